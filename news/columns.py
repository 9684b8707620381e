"""Columns: headlines that come back with other news below them, day after day: `Morning briefing`, `Live: markets`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zlib import crc32

from news.article import Entry
from news.sketches import sketch
from news.story import Story

COMES_BACK = timedelta(hours=6)
"""After so long a headline that is told again may be a column's title."""
_TELLING = 6
"""Terms of a text that says enough by itself."""
_REMEMBERED = 200_000
"""Headlines, the oldest of which are forgotten."""


@dataclass(slots=True)
class Columns:
    """When each headline was first told. Of one that comes back the text alone says which story it tells."""

    _first: dict[int, datetime] = field(default_factory=dict)

    def note(self, headline: str, at: datetime) -> None:
        """A headline that was told then."""
        mark = _mark(headline)
        self._first[mark] = min(at, self._first.get(mark, at))
        if len(self._first) > _REMEMBERED:
            del self._first[next(iter(self._first))]

    def note_all(self, stories: Iterable[Story]) -> None:
        for story in stories:
            self.note(story.headline, story.first_seen_at)

    def sketch(self, entry: Entry, at: datetime) -> Mapping[str, float]:
        """The sketch of an entry told then: without its headline, where that has come back and a text stands below."""
        first = self._first.get(_mark(entry.headline))
        if first is None or at - first < COMES_BACK:
            return sketch(entry)
        of_text = sketch(replace(entry, headline=""))
        return of_text if len(of_text) >= _TELLING else sketch(entry)


def _mark(headline: str) -> int:
    return crc32(" ".join(headline.casefold().split()).encode("utf-8", "surrogatepass"))
