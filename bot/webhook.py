"""The webhook: Telegram brings updates to us, and hears that they came once they are stored."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from urllib.parse import urlsplit

from aiohttp import web
from telegram.error import RetryAfter, TelegramError

from bot.inbox import UPDATES, Library, arrivals
from bot.patience import Telling, Trouble, pauses, seconds_until
from bot.standing import Standing
from storage import Storage

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name alone
MOST_CONNECTIONS = 40
"""Updates that Telegram brings at the same moment; those of one chat it brings one after another."""
RETRY_AFTER = "5"
"""Seconds until Telegram brings an update again that could not be stored."""
WATCHED_EVERY = 3.0
"""Seconds between two looks whether Telegram still has our address."""
PROBE = 60.0
"""The same while it has another's."""
OTHER_ADDRESS = "another program has updates brought to its own address; stop one of the two, then restart this one"

tell = Telling()


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram brings updates, and the word by which we know that it is Telegram."""

    url: str
    secret: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path or "/"

    def is_knocked_at(self, request: web.Request) -> bool:
        """Whether this is Telegram: whoever does not know the word learns nothing, not even that there is one."""
        words = [word.encode(errors="surrogateescape") for word in request.headers.getall(SECRET_HEADER, [])]
        is_known = compare_digest(b"".join(words), self.secret.encode()) and len(words) == 1
        return is_known and request.method == "POST" and request.rel_url.raw_path == self.path

    async def receive(
        self, request: web.Request, storage: Storage, heard: asyncio.Event, clock: Callable[[], datetime]
    ) -> web.Response | None:
        """Stores the update, and says so only then; None for what is no update."""
        try:
            found = arrivals([json.loads(await request.read())])
        except (web.HTTPException, ValueError, RecursionError):
            return None
        if not found:
            return None
        try:
            fresh = await storage.inbox.take_in(found, clock())
        except Exception as trouble:
            tell(Trouble(f"an update cannot be stored now: {trouble}", level=logging.ERROR), float(RETRY_AFTER))
            return web.Response(status=503, headers={"Retry-After": RETRY_AFTER})
        if fresh:
            heard.set()
        return web.Response()


@asynccontextmanager
async def hooked(
    application: Library, webhook: Webhook, standing: Standing, *, every: float = WATCHED_EVERY, probe: float = PROBE
) -> AsyncIterator[None]:
    """Telegram brings updates to the webhook; watches that it goes on, until the block is left."""
    watching = asyncio.create_task(_watch(application, webhook, standing, every, probe))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        standing.hears = False


async def _watch(application: Library, webhook: Webhook, standing: Standing, every: float, probe: float) -> None:
    """Sets our address where there is none, and is silent while there is another's.

    At the start of the program it is set whatever was there, so of two programs the one started last speaks.
    """
    waits, is_set = pauses(), standing.must_be_silent.is_set()
    while True:
        try:
            there = (await application.bot.get_webhook_info()).url if is_set else None
            if there and there != webhook.url:
                standing.hears = False
                standing.fall_silent(OTHER_ADDRESS)
                await asyncio.sleep(probe)
                continue
            if there != webhook.url:
                await application.bot.set_webhook(
                    webhook.url,
                    secret_token=webhook.secret,
                    allowed_updates=UPDATES,
                    max_connections=MOST_CONNECTIONS,
                )
                is_set = True
        except TelegramError as trouble:
            standing.hears = False
            pause = seconds_until(trouble) if isinstance(trouble, RetryAfter) else next(waits)
            tell(Trouble(f"the webhook cannot be seen to now: {trouble}", level=logging.WARNING), pause)
            await asyncio.sleep(pause)
            continue
        standing.hears = True
        standing.speak_again()
        waits = pauses()
        await asyncio.sleep(every)
