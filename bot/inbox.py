"""Listening: updates are stored before Telegram hears that they came, then handled in each chat's order.

Each is handled once, unless the process dies while handling it; then it is handled again, three times in
all. One that cannot be handled is set aside, and holds up nobody.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, TypeVar

import structlog
from telegram import Update
from telegram.ext import Application

from bot.transport import NotSent, ReplyLost, Transport
from storage import Received, Storage

log = structlog.get_logger()

Library = Application[Any, Any, Any, Any, Any, Any]
Answer = TypeVar("Answer")

UPDATES = ["message", "callback_query", "inline_query", "my_chat_member"]
LONG_POLL = timedelta(seconds=20)
FAREWELL = timedelta(seconds=15)
"""How long handlers have to finish when the program ends."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
"""Seconds between two tries while there is trouble, about doubled each time."""
PROBE = 60.0
"""Seconds between two tries while Telegram does not know the token."""
TOLD_EVERY = timedelta(minutes=1)
"""The same trouble is logged once in this time."""
MOST_AT_ONCE = 64
REMEMBERED = 4_096
"""Presses that are recognised when Telegram hands them on a second time."""
LARGEST = 2**63
LONGEST_REASON = 500
TROUBLE = {
    401: "Telegram does not know this token; set another and restart",
    404: "Telegram does not know this token; set another and restart",
    409: "another program listens with this token, or a webhook does; stop one of the two",
}


@asynccontextmanager
async def listening(
    application: Library, storage: Storage, transport: Transport, base_url: str, *, clock: Callable[[], datetime]
) -> AsyncIterator[None]:
    """Hears updates until the block is left, and then finishes what it has begun; the rest waits in the inbox.

    `base_url` is the bot's own address, with the token in it. Raises what the storage raises at the start.
    """
    for update_id in await storage.inbox.recover():
        log.error("an update ended the program each time; it is set aside", update=update_id)
    listener = _Listener(application, storage, _Line(transport, base_url), clock)
    tasks = [asyncio.create_task(listener.take_in()), asyncio.create_task(listener.hand_on())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listener.finish()


class _Listener:
    def __init__(self, application: Library, storage: Storage, line: _Line, clock: Callable[[], datetime]) -> None:
        self._application = application
        self._inbox = storage.inbox
        self._line = line
        self._clock = clock
        self._wake = asyncio.Event()
        self._handling: dict[int, Received] = {}
        self._under_way: set[asyncio.Task[Any]] = set()
        self._pressed: OrderedDict[str, int] = OrderedDict()
        self._told: tuple[str, datetime] | None = None

    async def take_in(self) -> None:
        """Fetches and stores, for ever. Trouble makes it wait, never end."""
        pauses = _pauses()
        while True:
            offset = await self._surely(partial(self._inbox.next_offset, self._clock()))
            try:
                updates = await self._line.fetch(offset)
            except _Trouble as trouble:
                pause = trouble.wait or next(pauses)
                self._tell(trouble, pause)
                await asyncio.sleep(pause)
                continue
            fresh = await self._surely(partial(self._inbox.take_in, updates, self._clock()))
            if fresh:
                self._wake.set()
            if fresh or not updates:
                pauses = _pauses()
            else:
                await asyncio.sleep(next(pauses))

    async def hand_on(self) -> None:
        """Begins to handle what waits, whenever something may, for ever."""
        while True:
            self._wake.clear()
            waiting = await self._surely(partial(self._inbox.waiting, MOST_AT_ONCE))
            for received in sorted(waiting, key=lambda each: each.tries):
                if self._may_begin(received):
                    self._handling[received.update_id] = received
                    self._track(self._handle(received))
            await self._wake.wait()

    async def finish(self) -> None:
        """Lets what has begun end, within reason; what is cut off is handled again at the next start."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FAREWELL.total_seconds())
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _may_begin(self, received: Received) -> bool:
        if received.update_id in self._handling or len(self._handling) >= MOST_AT_ONCE:
            return False
        # Whichever ended the program is among those tried before: one at a time, it takes no other with it.
        return not received.tries or not any(each.tries for each in self._handling.values())

    async def _handle(self, received: Received) -> None:
        update_id = received.update_id
        try:
            if await self._surely(partial(self._inbox.begin, update_id)) is None:
                return
            reason = await self._process(received)
            if reason is None:
                await self._surely(partial(self._inbox.done, update_id))
            elif await self._surely(partial(self._inbox.failed, update_id, reason)):
                log.error("an update cannot be handled; it is set aside", update=update_id, reason=reason)
        finally:
            del self._handling[update_id]
            self._wake.set()

    async def _process(self, received: Received) -> str | None:
        """Why the update could not be handled; None when it was.

        A handler that stumbles has handled it: the library's error handler has told the person so.
        """
        try:
            update = Update.de_json(json.loads(received.payload), self._application.bot)
            if not self._is_repeated(update):
                await self._application.process_update(update)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return "the handler was cancelled from within"
        except Exception as accident:
            return f"{type(accident).__name__}: {accident}"[:LONGEST_REASON]
        return None

    def _is_repeated(self, update: Update) -> bool:
        """Whether this very press was heard before: clients send one again under a new update id."""
        if update.callback_query is None:
            return False
        first = self._pressed.setdefault(update.callback_query.id, update.update_id)
        if len(self._pressed) > REMEMBERED:
            self._pressed.popitem(last=False)
        return first != update.update_id

    async def _surely(self, fact: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """What the storage answers, asked again until it does. Never cut off in the middle."""
        for pause in _pauses():
            try:
                return await asyncio.shield(self._track(fact()))
            except Exception as trouble:
                log.error("the inbox cannot be used now", reason=str(trouble), seconds=pause)
            await asyncio.sleep(pause)
        raise AssertionError  # pauses never end

    def _track(self, doing: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
        task = asyncio.create_task(doing)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    def _tell(self, trouble: _Trouble, pause: float) -> None:
        now = self._clock()
        if self._told and self._told[0] == trouble.reason and now - self._told[1] < TOLD_EVERY:
            return
        self._told = trouble.reason, now
        log.log(trouble.level, trouble.reason, seconds=pause)


@dataclass(frozen=True, slots=True)
class _Line:
    """The line to Telegram on which updates come."""

    transport: Transport
    base_url: str

    async def fetch(self, offset: int | None) -> list[tuple[int, int | None, str]]:
        """Updates from `offset` on, as the inbox takes them; none when none came for a while. Raises _Trouble."""
        asked: dict[str, Any] = {"timeout": int(LONG_POLL.total_seconds()), "allowed_updates": UPDATES}
        if offset is not None:
            asked["offset"] = offset
        deadline = LONG_POLL.total_seconds() + self.transport.read_timeout
        try:
            url = f"{self.base_url}/getUpdates"
            status, body = await self.transport.exchange("POST", url, deadline=deadline, json=asked)
            if status in TROUBLE:
                wait = 0.0 if status == 409 else PROBE
                raise _Trouble(TROUBLE[status], level=logging.ERROR, wait=wait)
            reply = json.loads(body)
            if status == 200:
                return _read(reply["result"])
            wanted = (reply.get("parameters") or {}).get("retry_after")
        except (NotSent, ReplyLost) as trouble:
            raise _Trouble(str(trouble)) from None
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise _Trouble("Telegram answers with something that is not its own") from None
        raise _Trouble(f"Telegram answers {status}", wait=float(max(0, wanted)) if isinstance(wanted, int) else 0.0)


def _read(result: list[Any]) -> list[tuple[int, int | None, str]]:
    """Updates that have a number. ValueError when there are some, but none with one."""
    numbered = [
        raw for raw in result if isinstance(raw, dict) and _is_id(raw.get("update_id")) and raw["update_id"] > 0
    ]
    if result and not numbered:
        raise ValueError("no update has a number")
    return [(raw["update_id"], _chat_key(raw), json.dumps(raw)) for raw in numbered]


def _chat_key(raw: dict[str, Any]) -> int | None:
    """The chat an update belongs to, else the person; None where it names neither."""
    for content in raw.values():
        for whose in _within(content, "chat"), _within(_within(content, "message"), "chat"), _within(content, "from"):
            key = _within(whose, "id")
            if _is_id(key):
                return int(key)
    return None


def _within(content: Any, name: str) -> Any:
    return content.get(name) if isinstance(content, dict) else None


def _is_id(value: Any) -> bool:
    return type(value) is int and abs(value) < LARGEST


def _pauses() -> Iterator[float]:
    """Seconds to wait before the next try and the one after, for ever: longer and longer, and never in step."""
    for tries in count():
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries, 16))
        yield random.uniform(longest / 2, longest)  # noqa: S311 - chance, not a secret


class _Trouble(Exception):
    """Updates cannot be fetched; `wait` seconds where it is known how long."""

    def __init__(self, reason: str, *, level: int = logging.WARNING, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.level, self.wait = reason, level, wait
