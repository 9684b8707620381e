"""Listening: updates are fetched, handled in each chat's order, and confirmed once they were handled.

So a command outlives the program that heard it: what a crash leaves unfinished is heard again.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import Update
from telegram.ext import Application

from bot.sender import Telegram
from bot.transport import NotSent, ReplyLost

log = structlog.get_logger()

Library = Application[Any, Any, Any, Any, Any, Any]
UPDATES = ["message", "callback_query", "inline_query", "my_chat_member"]
LONG_POLL = timedelta(seconds=20)
GRACE = timedelta(seconds=1)
"""How long the next fetch waits for handlers, so that it can confirm them."""
FAREWELL = timedelta(seconds=15)
"""How long handlers have to finish when the program ends."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
"""Seconds between two fetches while there is trouble, doubled each time."""
MOST_AT_ONCE = 256
MOST_UNCONFIRMED = 50
REMEMBERED = 4_096
"""Presses that are recognised when Telegram hands them on a second time."""
TROUBLE = {
    401: "Telegram does not know this token; set another and restart",
    404: "Telegram does not know this token; set another and restart",
    409: "another program listens with this token; stop one of the two",
}


@asynccontextmanager
async def listening(application: Library, telegram: Telegram) -> AsyncIterator[None]:
    """Hears updates until the block is left, and then finishes what it has heard."""
    listener = _Listener(application, telegram)
    hearing = asyncio.create_task(listener.hear())
    try:
        yield
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        await listener.finish()


class _Listener:
    def __init__(self, application: Library, telegram: Telegram) -> None:
        self._application = application
        self._telegram = telegram
        self._newest = 0
        self._unfinished: set[int] = set()
        self._lines: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._under_way: set[asyncio.Task[None]] = set()
        self._pressed: OrderedDict[str, None] = OrderedDict()

    async def hear(self) -> None:
        """Fetches and hands on, for ever. Trouble makes it wait, never end."""
        pause = 0.0
        while True:
            try:
                updates = await self._fetch(LONG_POLL)
                pause = 0.0
            except _Trouble as trouble:
                pause = trouble.wait or min(LONGEST_PAUSE, pause * 2 or FIRST_PAUSE)
                log.log(trouble.level, trouble.reason, seconds=pause)
                await asyncio.sleep(pause)
                continue
            for raw in updates:
                if raw["update_id"] > self._newest:
                    self._newest = raw["update_id"]
                    self._hand_on(raw)
            await self._settle()

    @property
    def _offset(self) -> int:
        """What a fetch confirms is all before this: what is still being handled is not.

        Unless much has come since: Telegram hands on a hundred updates at a time, the oldest first.
        """
        oldest = min(self._unfinished, default=self._newest + 1)
        return oldest if self._newest - oldest < MOST_UNCONFIRMED else self._newest + 1

    async def finish(self) -> None:
        """Lets handlers end, and confirms what was handled, so that it does not come again."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FAREWELL.total_seconds())
        if self._newest:
            try:
                await self._fetch(timedelta())
            except _Trouble as trouble:
                log.warning("the last updates were handled but not confirmed", reason=trouble.reason)

    async def _fetch(self, wait: timedelta) -> list[dict[str, Any]]:
        asked = {"offset": self._offset, "timeout": int(wait.total_seconds()), "allowed_updates": UPDATES}
        transport, url = self._telegram.transport, f"{self._telegram.base_url}/getUpdates"
        deadline = wait.total_seconds() + transport.read_timeout
        try:
            status, body = await transport.exchange("POST", url, deadline=deadline, json=asked)
            reply = json.loads(body)
            if status == 200:
                return [raw for raw in reply["result"] if isinstance(raw["update_id"], int)]
            wanted = (reply.get("parameters") or {}).get("retry_after")
        except (NotSent, ReplyLost) as trouble:
            raise _Trouble(str(trouble)) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _Trouble("Telegram answers with something that is not its own") from None
        if status in TROUBLE:
            raise _Trouble(TROUBLE[status], level=logging.ERROR, wait=LONGEST_PAUSE)
        raise _Trouble(f"Telegram answers {status}", wait=float(wanted) if isinstance(wanted, int) else 0.0)

    def _hand_on(self, raw: dict[str, Any]) -> None:
        try:
            update = Update.de_json(raw, self._application.bot)
        except Exception:
            # What cannot be read once cannot be read ever: it must not hold up the rest.
            log.exception("an update could not be read", update=raw.get("update_id"))
            return
        if update.callback_query and self._is_known(update.callback_query.id):
            return
        self._unfinished.add(update.update_id)
        task = asyncio.create_task(self._handle(update))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _is_known(self, press: str) -> bool:
        """Whether this very press was heard before: clients send one again under a new update id."""
        is_known = press in self._pressed
        self._pressed[press] = None
        if len(self._pressed) > REMEMBERED:
            self._pressed.popitem(last=False)
        return is_known

    async def _handle(self, update: Update) -> None:
        chat = update.effective_chat
        # An inline query belongs to no chat, and waits for nobody.
        line = self._lines.setdefault(chat.id, asyncio.Lock()) if chat else asyncio.Lock()
        async with line:
            try:
                await self._application.process_update(update)
            except Exception:
                log.exception("an update was not handled", update=update.update_id)
            finally:
                self._unfinished.discard(update.update_id)

    async def _settle(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=GRACE.total_seconds())
        while len(self._under_way) >= MOST_AT_ONCE:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)


class _Trouble(Exception):
    """Updates cannot be fetched; `wait` seconds where it is known how long."""

    def __init__(self, reason: str, *, level: int = logging.WARNING, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.level, self.wait = reason, level, wait
