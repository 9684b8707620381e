"""Polling: updates are fetched from Telegram, and stored before it hears that they came."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.inbox import UPDATES, arrivals
from bot.patience import Telling, Trouble, pauses, surely
from bot.standing import Standing
from bot.transport import NotSent, ReplyLost, Transport
from news import answers
from storage import Arrival, Storage

LONG_POLL = timedelta(seconds=20)
PROBE = 60.0
"""Seconds between two tries while Telegram does not know the token."""
LONGEST_WAIT = int(answers.LONGEST_WAIT.total_seconds())
"""Seconds for which Telegram is left alone because it asks for it, at most."""
QUIET = 60.0
"""Seconds without a conflict after which another program with our token counts as gone.

Two such programs poll at least every 30 s each, and every poll ends the other's.
"""
UNKNOWN_TOKEN = "Telegram does not know this token; set another and restart"  # noqa: S105 - not one
OTHER_PROGRAM = "another program listens with this token, or a webhook does; stop one of the two"


@asynccontextmanager
async def polling(
    storage: Storage,
    line: Line,
    standing: Standing,
    *,
    heard: asyncio.Event,
    clock: Callable[[], datetime],
    quiet: float = QUIET,
) -> AsyncIterator[None]:
    """Fetches and stores updates until the block is left; sets `heard` for each that is new."""
    fetching = asyncio.create_task(_fetch(storage, line, standing, heard, clock, quiet))
    try:
        yield
    finally:
        fetching.cancel()
        await asyncio.gather(fetching, return_exceptions=True)
        standing.hears = False


async def _fetch(
    storage: Storage,
    line: Line,
    standing: Standing,
    heard: asyncio.Event,
    clock: Callable[[], datetime],
    quiet: float,
) -> None:
    """Fetches and stores, for ever. Trouble makes it wait, never end."""
    waits, tell, last_conflict = pauses(), Telling(), 0.0
    is_ours = standing.must_be_silent.is_set()  # else two programs would take the updates from each other for ever
    while True:
        offset = await surely(partial(storage.inbox.next_offset, clock()))
        try:
            if not is_ours:
                await line.take_from_webhook()
                is_ours = True
            # Asked for what is there already, Telegram answers at once: whether it does is known without waiting.
            updates = await line.fetch(offset, LONG_POLL if standing.hears else timedelta())
        except Trouble as trouble:
            standing.hears = False
            pause = trouble.wait or next(waits)
            if trouble.is_conflict:
                last_conflict = time.monotonic()
                standing.fall_silent(trouble.reason)
            else:
                tell(trouble, pause)
            await asyncio.sleep(pause)
            continue
        standing.hears = True
        if time.monotonic() - last_conflict >= quiet:
            standing.speak_again()
        fresh = await surely(partial(storage.inbox.take_in, updates, clock()))
        if fresh:
            heard.set()
        if fresh or not updates:
            waits = pauses()
        else:
            await asyncio.sleep(next(waits))


@dataclass(frozen=True, slots=True)
class Line:
    """The line to Telegram on which updates are fetched; `base_url` has the token in it."""

    transport: Transport
    base_url: str

    async def take_from_webhook(self) -> None:
        """Updates are fetched from now on, whatever was set before. Raises Trouble."""
        await self._ask("deleteWebhook", {}, deadline=self.transport.read_timeout)

    async def fetch(self, offset: int | None, patience: timedelta = LONG_POLL) -> list[Arrival]:
        """Updates from `offset` on; none when none came for so long. Raises Trouble."""
        asked: dict[str, Any] = {"timeout": int(patience.total_seconds()), "allowed_updates": UPDATES}
        if offset is not None:
            asked["offset"] = offset
        deadline = patience.total_seconds() + self.transport.read_timeout
        raws = await self._ask("getUpdates", asked, deadline=deadline)
        found = arrivals(raws) if isinstance(raws, list) else []
        if raws != [] and not found:
            raise _not_its_own()
        return found

    async def _ask(self, method: str, asked: dict[str, Any], *, deadline: float) -> Any:
        """The result. Raises Trouble."""
        wanted = None
        try:
            url = f"{self.base_url}/{method}"
            status, body = await self.transport.exchange("POST", url, deadline=deadline, json=asked)
            if status in (401, 404):
                raise Trouble(UNKNOWN_TOKEN, level=logging.ERROR, wait=PROBE)
            if status == 409:
                raise Trouble(OTHER_PROGRAM, level=logging.ERROR, is_conflict=True)
            reply = json.loads(body)
            if status == 200:
                return reply["result"]
            wanted = (reply.get("parameters") or {}).get("retry_after")
        except (NotSent, ReplyLost) as trouble:
            raise Trouble(str(trouble), level=logging.WARNING) from None
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise _not_its_own() from None
        wait = float(max(0, min(wanted, LONGEST_WAIT))) if isinstance(wanted, int) else 0.0
        raise Trouble(f"Telegram answers {status}", level=logging.WARNING, wait=wait)


def _not_its_own() -> Trouble:
    return Trouble("Telegram answers with something that is not its own", level=logging.WARNING)
