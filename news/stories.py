"""Which story an arriving article tells: the most alike of those that still run, found without looking at all.

Live stories are kept packed, about half a kilobyte each, and under their heaviest terms.
`news.regrouping` looks again later, when more has been told.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar
from zlib import crc32

from news.article import Entry
from news.sketches import TERMS, is_brief, joined, likeness, norm, sketch

__all__ = [
    "JOIN_HEADLINE",
    "JOIN_TEXT",
    "TERMS",
    "WINDOW",
    "Index",
    "Running",
    "bar",
    "better_headline",
    "choose_story",
    "joined",
    "likeness",
    "sketch",
]

JOIN_TEXT, JOIN_HEADLINE = 0.34, 0.3
"""Cosines from which an article with text, or a bare headline, joins a story."""
WINDOW = timedelta(days=7)
"""A story that brought nothing for so long takes no more articles."""


class Told(Protocol):
    """What must be known of a story to join it."""

    @property
    def id(self) -> int: ...
    @property
    def last_seen_at(self) -> datetime: ...
    @property
    def sketch(self) -> Mapping[str, float]: ...


@dataclass(frozen=True, slots=True)
class Running:
    """A live story, unpacked."""

    id: int
    last_seen_at: datetime
    sketch: Mapping[str, float]


Live = TypeVar("Live", bound=Told)


def bar(entry_sketch: Mapping[str, float]) -> float:
    """The likeness from which an entry with this sketch joins a story."""
    return JOIN_HEADLINE if is_brief(entry_sketch) else JOIN_TEXT


def choose_story(entry_sketch: Mapping[str, float], stories: Iterable[Live], *, now: datetime) -> Live | None:
    """The story an entry belongs to, or None when it opens one; ties go to the newest, then the lowest id."""
    best = _most_alike(entry_sketch, (story for story in stories if now - story.last_seen_at <= WINDOW))
    return best[0] if best is not None and best[1] >= bar(entry_sketch) else None


def better_headline(story_sketch: Mapping[str, float], current: str, entry: Entry) -> str:
    """Of a story's headline and that of one more entry, the one that says more of the story; the older where equal."""
    said, offered = (
        likeness(story_sketch, sketch(Entry(headline=headline, language=entry.language)))
        for headline in (current, entry.headline)
    )
    return entry.headline if offered > said else current


class Index:
    """Live stories by their heaviest terms, so that finding the best costs the same among ten or 100,000.

    It forgets no story: make a new one from the live stories now and then.
    """

    _INDEXED_TERMS = 24
    _SLOTS = 1 << 18
    _LOOKED_AT = 3_000
    """Postings of one term that a search goes through, newest first."""
    _LOOKED_UP = 6_000
    """Postings in all, heaviest term first."""
    _RESCORED = 60

    def __init__(self, stories: Iterable[Told] = ()) -> None:
        self._packed: dict[int, bytes] = {}
        self._seen = array("d")
        self._place: dict[int, int] = {}
        self._ids = array("q")
        # Chains of postings, the newest first: slot of a term -> posting -> the one before it.
        self._newest = array("i", [-1]) * self._SLOTS
        self._before, self._of, self._term, self._weighs = array("i"), array("i"), array("I"), array("B")
        for story in sorted(stories, key=lambda story: story.last_seen_at):
            self.put(story)

    def __len__(self) -> int:
        return len(self._ids)

    def put(self, story: Told) -> None:
        """Add a story, or replace the one with its id."""
        known = self._place.get(story.id)
        before = _unpacked(self._packed[story.id]) if known is not None else {}
        place = self._place.setdefault(story.id, len(self._ids))
        if known is None:
            self._ids.append(story.id)
            self._seen.append(0.0)
        self._seen[place] = story.last_seen_at.timestamp()
        self._packed[story.id] = _packed(story.sketch)
        indexed = set(list(before)[: self._INDEXED_TERMS])
        size = norm(story.sketch) or 1.0
        for term, value in list(story.sketch.items())[: self._INDEXED_TERMS]:
            if term not in indexed:
                self._post(term, place, value / size)

    def drop(self, story_id: int) -> None:
        """Forget a story; nothing is like it from now on."""
        if story_id in self._place:
            self.put(Running(story_id, datetime.fromtimestamp(0, tz=UTC), {}))

    def get(self, story_id: int) -> Running | None:
        """A story as last put."""
        place = self._place.get(story_id)
        return None if place is None else self._running(place)

    def best(self, entry_sketch: Mapping[str, float]) -> tuple[Running, float] | None:
        """The most alike story and its likeness (0 to 1); None where none shares a heavy term."""
        return _most_alike(entry_sketch, self.near(entry_sketch, self._RESCORED))

    def near(self, terms: Mapping[str, float], most: int) -> list[Running]:
        """At most so many stories that share heavy terms, the likely ones first."""
        rough: defaultdict[int, float] = defaultdict(float)
        looked_up = 0
        for term, value in terms.items():
            if looked_up > self._LOOKED_UP:
                break
            looked_up += self._gather(term, value, rough)
        likely = sorted(rough, key=lambda place: (-rough[place], place))[:most]
        return [self._running(place) for place in likely]

    def _post(self, term: str, place: int, value: float) -> None:
        mark = crc32(term.encode("utf-8", "replace"))
        slot = mark % self._SLOTS
        self._before.append(self._newest[slot])
        self._of.append(place)
        self._term.append(mark)
        self._weighs.append(min(255, round(value * 255)))
        self._newest[slot] = len(self._of) - 1

    def _gather(self, term: str, value: float, rough: dict[int, float]) -> int:
        """Adds what a term says of each story it is posted for; how many postings that took."""
        mark = crc32(term.encode("utf-8", "replace"))
        posting, looked_at = self._newest[mark % self._SLOTS], 0
        before, of, marks, weighs = self._before, self._of, self._term, self._weighs
        while posting >= 0 and looked_at < self._LOOKED_AT:
            if marks[posting] == mark:
                rough[of[posting]] += value * weighs[posting]
            posting = before[posting]
            looked_at += 1
        return looked_at

    def _running(self, place: int) -> Running:
        story_id = self._ids[place]
        return Running(story_id, datetime.fromtimestamp(self._seen[place], tz=UTC), _unpacked(self._packed[story_id]))


def _packed(terms: Mapping[str, float]) -> bytes:
    """Weights as four-byte floats, then the terms parted by NUL; terms come heaviest first."""
    return (
        bytes([len(terms)]) + array("f", terms.values()).tobytes() + "\0".join(terms).encode("utf-8", "surrogatepass")
    )


def _unpacked(packed: bytes) -> dict[str, float]:
    count = packed[0]
    if not count:
        return {}
    weights = array("f")
    weights.frombytes(packed[1 : 1 + 4 * count])
    return dict(zip(packed[1 + 4 * count :].decode("utf-8", "surrogatepass").split("\0"), weights, strict=True))


def _most_alike(entry_sketch: Mapping[str, float], stories: Iterable[Live]) -> tuple[Live, float] | None:
    """The story most like the sketch; ties go to the newest, then to the lowest id."""
    ranked = [(likeness(entry_sketch, s.sketch), s.last_seen_at, -s.id, s) for s in stories]
    score, _, _, story = max(ranked, key=lambda row: row[:3], default=(0.0, None, None, None))
    return (story, score) if story is not None and score > 0 else None
