"""The scribe: writes intents and outcomes down, as many in one transaction as have gathered meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from news.delivery import Delivery
from storage import Storage, Unavailable

LEASE = timedelta(seconds=90)
"""Longer than a send can take, so that no other sender takes over one that is under way."""
WRITE_AGAIN = 0.5
"""Seconds between two tries to write down an outcome while the database is away."""

Clock = Callable[[], datetime]


@dataclass(slots=True, eq=False)
class _Entry:
    """What one sender wants written: an intent where `after` is None, else an outcome."""

    before: Delivery
    after: Delivery | None
    written: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Scribe:
    """Many senders ask, one task writes; each waits for what is its own."""

    def __init__(self, storage: Storage, clock: Clock, *, gather: float) -> None:
        """`gather`: seconds that a transaction waits for others to join the first who asked."""
        self._storage = storage
        self._clock = clock
        self._gather = gather
        self._entries: list[_Entry] = []
        self._asked = asyncio.Event()
        self._is_in_a_hurry = False

    def begin(self, claimed: Delivery) -> Awaitable[Delivery | None]:
        """The delivery, when its intent is committed; None when its lease or its chat is lost.

        Raises Unavailable when it cannot be committed now: nothing may leave then.
        """
        return self._written(_Entry(claimed, None))

    def settle(self, before: Delivery, after: Delivery) -> Awaitable[bool]:
        """Whether the outcome was still ours to say, when it is committed: before, or with, what is asked later.

        While the database is away it is written again and again: what is known must not become doubt.
        Raises Unavailable once the lease has ended, but only in a hurry.
        """
        return self._written(_Entry(before, after))

    def hurry(self) -> None:
        """The program ends: what cannot be written is not waited with for ever."""
        self._is_in_a_hurry = True

    async def write(self) -> None:
        """Writes what is asked, until cancelled."""
        while True:
            await self._asked.wait()
            await asyncio.sleep(self._gather)
            self._asked.clear()
            entries, self._entries = self._entries, []
            try:
                await self._commit(entries)
            except Unavailable as away:
                self._put_off(entries, away)
                await asyncio.sleep(WRITE_AGAIN)

    def _written(self, entry: _Entry) -> asyncio.Future[Any]:
        self._entries.append(entry)
        self._asked.set()
        return entry.written

    async def _commit(self, entries: list[_Entry]) -> None:
        intents = [each.before for each in entries if each.after is None]
        outcomes = [(each.before, each.after) for each in entries if each.after is not None]
        try:
            done = await self._storage.outbox.commit(intents, outcomes, now=self._clock(), lease=LEASE)
        except Unavailable:
            raise
        except Exception as fault:
            if len(entries) == 1:
                entries[0].written.set_exception(fault)
                return
            # The fault of one is not to be another's. Outcomes first: intents may count on their room.
            for each in sorted(entries, key=lambda one: one.after is None):
                await self._commit([each])
        else:
            for each in entries:
                key = each.before.id
                each.written.set_result(done.begun.get(key) if each.after is None else key in done.settled)

    def _put_off(self, entries: list[_Entry], away: Unavailable) -> None:
        for each in entries:
            if each.written.done():
                continue
            if each.after is None or (self._is_in_a_hurry and self._has_ended(each.before)):
                each.written.set_exception(away)
            else:
                self._entries.append(each)
                self._asked.set()

    def _has_ended(self, sending: Delivery) -> bool:
        return sending.lease_until is None or self._clock() >= sending.lease_until
