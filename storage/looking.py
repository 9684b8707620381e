"""Looking through the index for one search: the newest parts first, and for so long as a reader waits gladly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
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

SPAN = 16
"""Older parts looked at by one statement: so many arms are planned in time."""
FIRST = 2
"""Windows of ids looked at by the first statement."""
A_PART = words.SIZE // WINDOW
"""Windows in a part."""
MARGIN = 1.25
"""So much more than it should take is looked at, that it need not be looked at again."""
A_PAGE = 10
"""Articles; as long as fewer are found a reader gladly waits for more, and ranking them takes little."""


@dataclass(slots=True)
class Looking:
    """One search under way: what it may look at, and until when; while they fill no page, until `latest`."""

    connection: AsyncConnection
    chat_id: int | None
    window: Window
    extent: words.Extent
    until: float
    latest: float
    trip: float = 0.0
    """Seconds that a statement takes at the moment, whatever it looks at."""
    is_complete: bool = True
    is_common: bool = True
    """Whether whole parts may hold too much of what is wanted to begin with them."""
    pace: float = inf
    """Seconds that an id takes, for what is looked for at the moment; infinite before anything was looked at."""

    async def ids(self, wanted: Filter, most: int) -> list[int]:
        """The newest articles the chat may see that a reduced filter wants."""
        found = await self._shared(wanted, most)
        private = self.extent.parts[words.PRIVATE]
        if self.chat_id is not None and private:
            hidden = await newest(self.connection, words.PRIVATE, private, replace(self.window, wanted=wanted), most)
            self.is_complete = self.is_complete and len(hidden) < most
            theirs = select(articles.c.id).where(
                among(self.connection, articles.c.id, hidden), visible_to(self.chat_id)
            )
            found += list(await self.connection.scalars(theirs)) if hidden else []
            found = sorted(found, reverse=True)[:most]
        if self.window.is_endless:
            return found
        # Of these some may be too new, and older ones be left.
        self.is_complete = self.is_complete and (self.window.before is None or len(found) < most)
        return sorted(await in_time(self.connection, self.window, found), reverse=True)

    async def _shared(self, wanted: Filter, most: int) -> list[int]:
        found: list[int] = []
        window, looked_at, self.pace = replace(self.window, wanted=wanted), 0, inf
        for step in self._steps(found, most):
            if looked_at and self.pace * min(step.ids, _needed(found, most, looked_at)) > self._left(found):
                self.is_complete = False
                break
            begun, still = monotonic(), most - len(found)
            # Whatever was thought: what takes longer, as rows do that are read from a disk, is left in the middle.
            within_s = (self._left(found) + self.latest - begun) / 2 if looked_at else inf
            found += await newest(
                self.connection, words.SHARED, step.parts, window, still, between=step.between, within_s=within_s
            )
            took = monotonic() - begun
            if len(found) == most:
                break
            if took > within_s and self._is_timed and len(step.parts) > 1:
                self.is_complete = False
                break
            # Whatever else the machine does makes it slower, never faster.
            self.pace = min(self.pace, max(took - self.trip, 0.0) / step.ids)
            looked_at += step.ids
        return found

    @property
    def _is_timed(self) -> bool:
        """Whether the database itself stops looking at more parts in time."""
        return self.connection.dialect.name != "sqlite"

    def _left(self, found: Sequence[int]) -> float:
        """Seconds in which what is begun should be done."""
        return (self.until if len(found) >= A_PAGE else self.latest) - monotonic()

    def _steps(self, found: Sequence[int], most: int) -> Iterator[_Step]:
        """The newest windows, as many more as it takes, then the other parts in groups that stay as parts are added."""
        numbers = self.extent.parts[words.SHARED]
        if not numbers or (len(numbers) < 2 and self.window.is_endless):
            yield _Step(numbers, words.SIZE)
            return
        lowest = numbers[: words.NEWEST][-1] * A_PART
        newest_id = max(self.extent.newest, lowest * WINDOW)
        high = newest_id // WINDOW + 1
        low = high - FIRST if self.is_common else lowest
        while high > lowest:
            low = max(low, lowest)
            parts = [each for each in numbers[: words.NEWEST] if each * A_PART < high and (each + 1) * A_PART > low]
            is_whole = low == lowest and high > newest_id // WINDOW and self.window.before is None
            first, end = low * WINDOW, min(high * WINDOW, newest_id + 1)
            yield _Step(parts, end - first, None if is_whole else (first, end))
            needed = MARGIN * _needed(found, most, newest_id + 1 - first) / WINDOW
            self.is_common = needed <= low - lowest
            more = needed + 1 if self.is_common else low - lowest
            in_time = self._left(found) / self.pace / WINDOW if self.pace else inf
            low, high = low - int(max(min(more, in_time), 1)), low
        others: dict[int, list[int]] = {}
        for number in numbers[words.NEWEST :]:
            others.setdefault(number // SPAN, []).append(number)
        for group in others.values():
            yield _Step(group, len(group) * words.SIZE)


@dataclass(frozen=True, slots=True)
class _Step:
    """What one statement looks at: whole parts, or what of them is between two ids."""

    parts: Sequence[int]
    ids: int
    between: tuple[int, int] | None = None


def _needed(found: Sequence[int], most: int, looked_at: int) -> float:
    """How many ids more it takes at what so many brought."""
    return looked_at * (most - len(found)) / len(found) if found else inf
