"""Looking through the index for one search: the newest parts first, and for so long as a reader waits gladly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, inf
from time import monotonic

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.reduced import Window
from storage import words
from storage.bulk import among
from storage.matching import WINDOW, Reading, in_time, newest
from storage.reading import visible_to
from storage.tables import articles

NEWEST, SPAN = 2, 16
"""Parts looked at before the others, and how many of those by one statement: so many arms are planned in time."""
FIRST = 2
"""Windows of ids looked at by the first statement."""
A_PART = words.SIZE // WINDOW
"""Windows in a part."""
MARGIN = 1.25
"""So much more than it should take is looked at, that it need not be looked at again."""
MOST_GROWTH = 4
"""After a few windows the next statement is not thought to take more than so many times as long."""
STATEMENT_S = 0.0005
"""What a statement costs whatever it looks at."""


@dataclass(slots=True)
class Looking:
    """One search under way: what it may look at, and until when; as long as nothing is found, until `latest`."""

    connection: AsyncConnection
    chat_id: int | None
    window: Window
    extent: words.Extent
    until: float
    latest: float
    is_complete: bool = True
    is_common: bool = True
    """Whether whole parts may hold too much of what is wanted to begin with them."""

    async def ids(self, readings: Sequence[Reading]) -> list[list[int]]:
        """For each reading the newest articles the chat may see."""
        found = await self._shared(readings)
        private = self.extent.parts[words.PRIVATE]
        if self.chat_id is not None and private:
            found = await self._with_hidden(found, readings, private)
        if self.window.is_endless:
            return found
        within = await in_time(self.connection, self.window, {each for its in found for each in its})
        return [[each for each in its if each in within] for its in found]

    async def _with_hidden(
        self, found: list[list[int]], readings: Sequence[Reading], parts: Sequence[int]
    ) -> list[list[int]]:
        """With what only some chats may see, where this chat is one of them."""
        hidden = await newest(self.connection, words.PRIVATE, parts, readings)
        if not any(hidden):
            return found
        self.is_complete &= all(len(its) < most for its, (_, most) in zip(hidden, readings, strict=True))
        some = {each for its in hidden for each in its}
        theirs = select(articles.c.id).where(among(self.connection, articles.c.id, some), visible_to(self.chat_id))
        seen = set(await self.connection.scalars(theirs))
        return [
            sorted([*its, *seen.intersection(others)], reverse=True)[:most]
            for its, others, (_, most) in zip(found, hidden, readings, strict=True)
        ]

    async def _shared(self, readings: Sequence[Reading]) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in readings]
        looked_at, pace = 0, inf
        for step in self._steps(found, readings):
            if looked_at:
                needed = min(step.ids, _needed(found, readings, looked_at))
                # Few ids tell little of the pace.
                growth = needed if looked_at >= words.SIZE else min(needed, MOST_GROWTH * looked_at)
                if monotonic() + pace * growth > (self.until if any(found) else self.latest):
                    self.is_complete = False
                    break
            begun = monotonic()
            lacking = [(wanted, most - len(its)) for its, (wanted, most) in zip(found, readings, strict=True)]
            brought = await newest(self.connection, words.SHARED, step.parts, lacking, between=step.between)
            for its, more in zip(found, brought, strict=True):
                its += more
            took, looked_at = max(monotonic() - begun - STATEMENT_S, 0.0), looked_at + step.ids
            # Whatever else the machine does makes it slower, never faster.
            pace = min(pace, took / step.ids)
            if not _needed(found, readings, looked_at):
                break
        return found

    def _steps(self, found: Sequence[Sequence[int]], readings: Sequence[Reading]) -> Iterator[_Step]:
        """The newest windows, as many more as it takes, then the other parts in groups that stay as parts are added."""
        numbers = self.extent.parts[words.SHARED]
        if len(numbers) < 2:
            yield _Step(numbers, words.SIZE)
            return
        lowest = numbers[:NEWEST][-1] * A_PART
        newest_id = max(self.extent.newest, lowest * WINDOW)
        high = newest_id // WINDOW + 1
        low = high - FIRST if self.is_common else lowest
        while high > lowest:
            low = max(low, lowest)
            parts = [each for each in numbers[:NEWEST] if each * A_PART < high and (each + 1) * A_PART > low]
            is_whole = low == lowest and high > newest_id // WINDOW
            ids = min(high * WINDOW, newest_id + 1) - low * WINDOW
            yield _Step(parts, ids, None if is_whole else (low, high))
            needed = MARGIN * _needed(found, readings, newest_id + 1 - low * WINDOW) / WINDOW
            self.is_common = needed <= low - lowest
            low, high = low - ceil(needed) if self.is_common else lowest, low
        others: dict[int, list[int]] = {}
        for number in numbers[NEWEST:]:
            others.setdefault(number // SPAN, []).append(number)
        for group in others.values():
            yield _Step(group, len(group) * words.SIZE)


@dataclass(frozen=True, slots=True)
class _Step:
    """What one statement looks at: whole parts, or what of them is between two windows."""

    parts: Sequence[int]
    ids: int
    between: tuple[int, int] | None = None


def _needed(found: Sequence[Sequence[int]], readings: Sequence[Reading], looked_at: int) -> float:
    """How many ids more it takes at what so many brought; 0 when there is enough."""
    return max(
        (most - len(its)) * looked_at / len(its) if its else inf if most else 0
        for its, (_, most) in zip(found, readings, strict=True)
    )
