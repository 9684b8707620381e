"""A stream of entries told as stories, in memory: arrival, copies and second look as the program does them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from news.article import Entry
from news.columns import Columns
from news.copies import imprint, is_copy
from news.regrouping import regroup, summed
from news.stories import Index

PENDING = 4_000
"""Entries that wait for the second look, at most."""
SETTLED_AFTER = timedelta(days=2)
"""The second look is taken at entries of so long, as the program takes it."""
_COMPARED, _REMEMBERED = 60, 20_000
"""Imprints of a story that an entry is compared with, and stories whose imprints are remembered."""


@dataclass(slots=True)
class Telling:
    """An entry's number in the stream, the story it tells, and the entry it is a copy of.

    A story has the number of the entry that opened it; one that came apart from another is below 0.
    """

    number: int
    story: int
    at: datetime
    sketch: Mapping[str, float]
    copy_of: int | None = None


class Teller:
    """Tells a stream: `tell` each entry, then take what is `settled`; `settle_all` at its end."""

    def __init__(self) -> None:
        self._index = Index()
        self._columns = Columns()
        self._pending: deque[Telling] = deque()
        self._settled: set[int] = set()
        self._fresh = count(-1, -1)
        self._imprints: dict[int, list[tuple[int, bytes]]] = {}
        self._count = 0
        self._now = datetime.fromtimestamp(0, tz=UTC)

    def tell(self, entry: Entry, at: datetime | None = None) -> Telling:
        """The story of the next entry, as far as it can be known at its arrival; without `at` no time has passed."""
        self._now = at or self._now
        terms = self._columns.sketch(entry, self._now)
        self._columns.note(entry.headline, self._now)
        story = self._index.find(terms, self._now)
        number, self._count = self._count, self._count + 1
        telling = Telling(number, number if story is None else story, self._now, terms)
        self._index.take(telling.story, terms, self._now)
        telling.copy_of = self._copied(telling, imprint(entry))
        self._pending.append(telling)
        return telling

    def _copied(self, telling: Telling, mark: bytes) -> int | None:
        """The number of the entry this one is a copy of; a first telling is remembered."""
        told = self._imprints.pop(telling.story, [])
        self._imprints[telling.story] = told
        if len(self._imprints) > _REMEMBERED:
            del self._imprints[next(iter(self._imprints))]
        first = next((earlier for earlier, other in told if is_copy(mark, other)), None)
        if first is None:
            told.append((telling.number, mark))
            del told[:-_COMPARED]
        return first

    def forget(self) -> None:
        """Lets go of what waits for a second look."""
        self._pending.clear()

    def settled(self) -> Iterator[Telling]:
        """Entries whose second look is over, in order."""
        is_old = bool(self._pending) and self._now - self._pending[0].at > SETTLED_AFTER
        if len(self._pending) < PENDING and not is_old:
            return
        late = deque[Telling]()
        while self._pending[-1].at - self._pending[0].at > SETTLED_AFTER:
            late.appendleft(self._pending.pop())
        self._look_again()
        # The last day of them is looked at once more, with what comes next.
        half = self._now - SETTLED_AFTER / 2
        while self._pending and (len(self._pending) > PENDING // 2 or self._pending[0].at < half):
            self._settled.add(self._pending[0].story)
            yield self._pending.popleft()
        self._pending += late
        # What is left of a story that has been handed out in part stays with it.
        self._settled &= {telling.story for telling in self._pending}

    def settle_all(self) -> Iterator[Telling]:
        """What is left, after a last second look."""
        self._look_again()
        while self._pending:
            yield self._pending.popleft()

    def _look_again(self) -> None:
        after = regroup([(telling.story, telling.sketch) for telling in self._pending], self._settled, self._fresh)
        for telling, story in zip(self._pending, after, strict=True):
            telling.story = story
        last = {telling.story: telling.at for telling in sorted(self._pending, key=lambda telling: telling.at)}
        for story, terms in summed((telling.story, telling.sketch) for telling in self._pending).items():
            self._index.put(story, terms, last[story])
