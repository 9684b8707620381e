"""Looking through the index for one search: the newest parts first, and for so long as a reader waits gladly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.filters import Filter
from news.reduced import Window
from storage import words
from storage.bulk import among
from storage.matching import WINDOW, in_time, newest
from storage.reading import visible_to
from storage.tables import articles

FIRST, SPAN = 2, 16
"""Parts looked at by the first statement, and by each that follows: so many arms are planned in reasonable time."""
WINDOWS = (2, 8)
"""Windows of ids that are looked at first, where what is wanted is common, and before whole parts."""
A_PART = words.SIZE // WINDOW
"""Windows in a part."""
MOST_GROWTH = 4
"""After a few windows the next statement is not thought to take more than so many times as long."""
GLADLY_S = 0.03
"""So much longer it takes as long as nothing was found."""
STATEMENT_S = 0.0005
"""What a statement costs whatever it looks at."""


@dataclass(slots=True)
class Looking:
    """One search under way: what it may look at, and until when."""

    connection: AsyncConnection
    chat_id: int | None
    window: Window
    extent: words.Extent
    until: float
    is_complete: bool = True

    async def ids(self, wanted: Filter, most: int) -> list[int]:
        """The newest articles the chat may see that a reduced filter wants."""
        found = await self._shared(wanted, most)
        private = self.extent.parts[words.PRIVATE]
        if self.chat_id is not None and private:
            hidden = await newest(self.connection, words.PRIVATE, private, wanted, most)
            self.is_complete = self.is_complete and len(hidden) < most
            theirs = select(articles.c.id).where(
                among(self.connection, articles.c.id, hidden), visible_to(self.chat_id)
            )
            found += list(await self.connection.scalars(theirs)) if hidden else []
            found = sorted(found, reverse=True)[:most]
        if self.window.is_endless:
            return found
        return sorted(await in_time(self.connection, self.window, found), reverse=True)

    async def _shared(self, wanted: Filter, most: int) -> list[int]:
        found: list[int] = []
        looked_at, last, took = 0, 1, 0.0
        for step in self._steps(found, most):
            if looked_at:
                # As many ids as it takes at what they brought so far, at the pace of the last; few tell little of it.
                needed = min(step.ids, looked_at * (most - len(found)) / len(found)) if found else step.ids
                growth = needed / last if last >= words.SIZE else min(needed / last, MOST_GROWTH)
                until = self.until if found else self.until + GLADLY_S
                if monotonic() + took * growth > until:
                    self.is_complete = False
                    break
            begun, still = monotonic(), most - len(found)
            found += await newest(self.connection, words.SHARED, step.parts, wanted, still, between=step.between)
            took, last, looked_at = max(monotonic() - begun - STATEMENT_S, 0.0), step.ids, looked_at + step.ids
            if len(found) == most:
                break
        return found

    def _steps(self, found: Sequence[int], most: int) -> Iterator[_Step]:
        """The newest windows, the rest of the newest parts, then the others in groups that stay as parts are added."""
        numbers = self.extent.parts[words.SHARED]
        if len(numbers) < 2:
            yield _Step(numbers, words.SIZE)
            return
        lowest = numbers[:FIRST][-1] * A_PART
        high = last = max(self.extent.newest // WINDOW, lowest) + 1
        for count in WINDOWS:
            # Where few were in the newest windows, whole parts are as cheap.
            if last - count > lowest and (high == last or 8 * len(found) > most):
                yield _between(last - count, high, numbers)
                high = last - count
        yield _between(lowest, high, numbers)
        others: dict[int, list[int]] = {}
        for number in numbers[FIRST:]:
            others.setdefault(number // SPAN, []).append(number)
        for group in others.values():
            yield _Step(group, len(group) * words.SIZE)


@dataclass(frozen=True, slots=True)
class _Step:
    """What one statement looks at: whole parts, or what of them is between two windows."""

    parts: Sequence[int]
    ids: int
    between: tuple[int, int] | None = None


def _between(low: int, high: int, numbers: Sequence[int]) -> _Step:
    """What of the newest parts is between two windows."""
    parts = [each for each in numbers[:FIRST] if each * A_PART < high and (each + 1) * A_PART > low]
    return _Step(parts, (high - low) * WINDOW, (low, high))
