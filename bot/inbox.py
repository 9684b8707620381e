"""Handling: updates that were stored are handed to the handlers, in each chat's order.

Each is handled once, unless the process dies while handling it; then it is handled again, by itself, because
it may be what killed it. One that cannot be handled is set aside, and holds up nobody.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from telegram import Update
from telegram.ext import Application

from bot.metrics import Meter
from bot.patience import surely
from storage import Arrival, Received, Storage, Unavailable

log = structlog.get_logger()

Library = Application[Any, Any, Any, Any, Any, Any]

UPDATES = ["message", "callback_query", "inline_query", "my_chat_member"]
FAREWELL = timedelta(seconds=15)
"""How long handlers have to finish when the program ends."""
ALONE_FOR = 5.0
"""Seconds for which nothing else begins while an update is handled that may have ended the program."""
MOST_AT_ONCE = 64
LARGEST = 2**63
LONGEST_REASON = 500


@asynccontextmanager
async def handling(
    application: Library, storage: Storage, *, heard: asyncio.Event, look_every: float, meter: Meter | None = None
) -> AsyncIterator[None]:
    """Handles what is in the inbox until the block is left, and then finishes what it has begun.

    For the process that leads alone. Looks into the inbox when `heard` is set, and every so many seconds for what
    other processes put there. Raises what the storage raises at the start.
    """
    for update_id in await storage.inbox.recover():
        log.error("an update ended the program each time; it is set aside", update=update_id)
    handler = _Handler(application, storage, heard, look_every, meter or Meter())
    handing_on = asyncio.create_task(handler.hand_on())
    try:
        yield
    finally:
        handing_on.cancel()
        await asyncio.gather(handing_on, return_exceptions=True)
        await handler.finish()


class _Handler:
    def __init__(
        self, application: Library, storage: Storage, heard: asyncio.Event, look_every: float, meter: Meter
    ) -> None:
        self._application = application
        self._inbox = storage.inbox
        self._wake = heard
        self._look_every = look_every
        self._meter = meter
        self._handling: dict[int, Received] = {}
        self._handled: list[int] = []
        """Not yet written down as done."""
        self._alone: asyncio.TimerHandle | None = None
        """While an update is handled with which nothing else may begin."""
        self._under_way: set[asyncio.Task[None]] = set()

    async def hand_on(self) -> None:
        """Begins to handle what waits, whenever something may, for ever.

        Whatever began or ended since the last look is one transaction, so that taps wait for as few as can be.
        """
        while True:
            self._wake.clear()
            waiting = await surely(partial(self._inbox.waiting, MOST_AT_ONCE))
            chosen = {each.update_id: each for each in self._chosen(waiting)}
            done = tuple(self._handled)
            if done or chosen:
                begun = await surely(partial(self._inbox.turn, done=done, begin=chosen.keys()))
                self._are_done(done)
                for update_id in sorted(begun):
                    self._begin(chosen[update_id])
                self._wake.set()  # what was done may have kept others of its chat
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_every):
                    await self._wake.wait()

    async def finish(self) -> None:
        """Lets what has begun end, within reason; what is cut off is handled again at the next start."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FAREWELL.total_seconds())
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._handled:
            with suppress(Unavailable):
                await self._inbox.turn(done=self._handled)

    def _chosen(self, waiting: Sequence[Received]) -> list[Received]:
        """What may begin now: one that may have ended the program by itself, so that it takes no other with it."""
        if self._alone:
            return []
        busy = [each for each in self._handling.values() if each.update_id not in self._handled]
        waiting = [each for each in waiting if each.update_id not in self._handling]
        suspects = sorted((each for each in waiting if each.is_suspect), key=lambda each: each.tries)
        if suspects and not any(each.is_suspect for each in busy):
            return [] if busy else suspects[:1]
        return [each for each in waiting if not each.is_suspect][: MOST_AT_ONCE - len(busy)]

    def _begin(self, received: Received) -> None:
        self._handling[received.update_id] = received
        if received.is_suspect:
            self._alone = asyncio.get_running_loop().call_later(ALONE_FOR, self._admit_others)
        task = asyncio.create_task(self._handle(received))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _admit_others(self) -> None:
        if self._alone:
            self._alone.cancel()
            self._alone = None
        self._wake.set()

    def _are_done(self, update_ids: Iterable[int]) -> None:
        for update_id in update_ids:
            self._handled.remove(update_id)
            del self._handling[update_id]

    async def _handle(self, received: Received) -> None:
        reason = None if received.is_repeat else await self._process(received)
        self._meter.handled("handled" if reason is None else "failed")
        if reason is None:
            self._handled.append(received.update_id)
        else:
            if await surely(partial(self._inbox.failed, received.update_id, reason)):
                log.error("an update cannot be handled; it is set aside", update=received.update_id, reason=reason)
            del self._handling[received.update_id]
        if received.is_suspect:
            self._admit_others()
        self._wake.set()

    async def _process(self, received: Received) -> str | None:
        """Why the update could not be handled; None when it was.

        A handler that stumbles has handled it: the library's error handler has told the person so.
        """
        try:
            update = Update.de_json(json.loads(received.payload), self._application.bot)
            await self._application.process_update(update)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return "the handler was cancelled from within"
        except Exception as accident:
            return f"{type(accident).__name__}: {accident}"[:LONGEST_REASON]
        return None


def arrivals(raws: Iterable[Any]) -> list[Arrival]:
    """Those of Telegram's updates that have a number, as the inbox takes them."""
    numbered = (raw for raw in raws if isinstance(raw, dict) and _is_id(raw.get("update_id")) and raw["update_id"] > 0)
    return [Arrival(raw["update_id"], _chat_key(raw), json.dumps(raw), _press(raw)) for raw in numbered]


def _chat_key(raw: dict[str, Any]) -> int | None:
    """The chat an update belongs to, else the person; None where it names neither."""
    for content in raw.values():
        for whose in _within(content, "chat"), _within(_within(content, "message"), "chat"), _within(content, "from"):
            key = _within(whose, "id")
            if _is_id(key):
                return int(key)
    return None


def _press(raw: dict[str, Any]) -> str | None:
    press = _within(raw.get("callback_query"), "id")
    return press if isinstance(press, str) else None


def _within(content: Any, name: str) -> Any:
    return content.get(name) if isinstance(content, dict) else None


def _is_id(value: Any) -> bool:
    return type(value) is int and abs(value) < LARGEST
