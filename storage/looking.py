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
from storage.articles import visible_to
from storage.bulk import among
from storage.matching import WINDOW, in_time, newest
from storage.tables import articles

FIRST, SPAN = 2, 16
"""Parts looked at by the first statement, and by each that follows: so many arms are planned in reasonable time."""
WINDOWS = (2, 8)
"""Windows of ids that PostgreSQL looks at before whole parts, where what is wanted is common."""
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
        numbers = self.extent.parts[words.SHARED]
        found: list[int] = []
        is_windowed = self.connection.dialect.name != "sqlite" and len(numbers) > 1
        last = self.extent.newest // WINDOW
        for count in WINDOWS if is_windowed else ():
            within = range(last, last - count, -1)
            found = await newest(self.connection, words.SHARED, numbers[:FIRST], wanted, most, within=within)
            if len(found) == most:
                return found
            if 8 * len(found) < most:  # whole parts are as cheap
                break
        found, looked_at, spent = [], 0, 0.0
        for some in _steps(numbers):
            still = most - len(found)
            if looked_at:
                # As many parts as it takes at what they brought so far, each for as long as it took so far.
                needed = min(len(some), looked_at * still / len(found)) if found else len(some)
                until = self.until if found else self.until + GLADLY_S
                if monotonic() + max(spent, 0.0) / looked_at * needed > until:
                    self.is_complete = False
                    break
            begun = monotonic()
            found += await newest(self.connection, words.SHARED, some, wanted, still)
            looked_at, spent = looked_at + len(some), spent + monotonic() - begun - STATEMENT_S
            if len(found) == most:
                break
        return found


def _steps(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """The newest parts, then the others in groups that stay the same as parts are added."""
    yield numbers[:FIRST]
    others: dict[int, list[int]] = {}
    for number in numbers[FIRST:]:
        others.setdefault(number // SPAN, []).append(number)
    yield from others.values()
