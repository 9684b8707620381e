"""Precedence: what is known to be good is refreshed first, what is heavy or in doubt when nothing good is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from ingest.door import MAX_BYTES

Part = Literal["all", "front", "behind"]
"""Of a round."""
IN_FRONT, BEHIND = 8, 2
"""Feeds that are refreshed at the same moment."""
LARGE = 1_000_000
"""Bytes: what is larger is not read in front."""
MANY = 50
"""New entries: a feed that was read before and lists more of them is not taken in in front."""
MOST_ENTRIES = 200
"""New ones of one feed that are taken in in one refresh, the newest; the others at the next."""
PATIENCE = timedelta(minutes=1)
"""For which what is behind waits at most: where something good is always under way, its turn comes all the same."""


class Heavy(Exception):
    """This feed takes more than those in front may, so it is refreshed behind them."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a feed may take, and `turn`, which comes back when it may go on."""

    turn: Callable[[], Awaitable[None]]
    is_in_front: bool = False
    max_bytes: int = MAX_BYTES
    most_entries: int = MOST_ENTRIES


async def _at_once() -> None: ...


ALONE = Place(_at_once)
"""Of a feed that somebody waits for."""


@dataclass(slots=True)
class Precedence:
    """The places of one process. What is behind lets all in front go first: at its start, and again and again."""

    _front: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FRONT))
    _behind: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BEHIND))
    _ahead: int = 0
    _calm: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def in_front(self, *, is_new: bool) -> AsyncIterator[Place]:
        """A place in front, as soon as one is free. One that `is_new` may bring as many entries as any."""
        self._ahead += 1
        self._calm.clear()
        try:
            async with self._front:
                yield Place(_at_once, True, LARGE, MOST_ENTRIES if is_new else MANY)
        finally:
            self._ahead -= 1
            if not self._ahead:
                self._calm.set()

    @asynccontextmanager
    async def behind(self) -> AsyncIterator[Place]:
        """A place behind, as soon as one is free and it may begin."""
        async with self._behind:
            until = asyncio.get_running_loop().time() + PATIENCE.total_seconds()

            async def turn() -> None:
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(until):
                        while self._ahead:
                            await self._calm.wait()

            await turn()
            yield Place(turn)
