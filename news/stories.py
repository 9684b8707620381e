"""Which story an arriving article tells: the most alike of those that still run, found without looking at all.

Live stories are kept packed, under their heaviest terms, in some 700 bytes each whatever their script.
`news.regrouping` looks again later, when more has been told.
"""

from __future__ import annotations

import math
import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zlib import crc32

from news import outcomes
from news.article import Entry
from news.sketches import FORM_TERMS, SAME, STORY_TERMS, is_brief, likeness, sketch
from news.story import Story

JOIN_TEXT, JOIN_HEADLINE = 0.34, 0.3
"""Cosines from which an article with text, or a bare headline, joins a story."""
OWN_AT_ARRIVAL = 1.0
"""As `OWN`, for the words that an entry has in common with a story, and those it has not."""
SILENT_AFTER, PATIENCE = 1.0, 0.3
"""Days without an article from which a story is silent, and how much more alike an entry must be for each day more:
the next match of the same teams, the next warning and the next trial are told in the same words."""
_DAY = 86_400
_ONE_GAME = 3 * 3600
"""Seconds within which another score is that of the same game, later."""
WINDOW = timedelta(days=7)
"""A story that brought nothing for so long takes no more articles."""
_LEAST, _MOST = 1e-6, 60_000.0
"""No weight is kept that is larger, and no sum of them that is smaller: a few bytes hold no more."""


def _patience(at: float, last_seen: float) -> float:
    """How much more alike an entry must be to a story that has been silent; both in seconds."""
    silent = (at - last_seen) / _DAY - SILENT_AFTER
    return 1 + PATIENCE * silent if silent > 0 else 1.0


def bar(entry_sketch: Mapping[str, float]) -> float:
    """The likeness from which an entry with this sketch joins a story."""
    return JOIN_HEADLINE if is_brief(entry_sketch) else JOIN_TEXT


def better_headline(story_sketch: Mapping[str, float], current: str, entry: Entry) -> str:
    """Of a story's headline and that of one more entry, the one that says more of the story; the older where equal."""
    said, offered = (
        likeness(story_sketch, sketch(Entry(headline=headline, language=entry.language)))
        for headline in (current, entry.headline)
    )
    return entry.headline if offered > said else current


class Index:
    """Live stories by their heaviest terms, so that finding the best costs the same among ten or 100,000.

    It knows terms by their marks alone. It forgets no story: make a new one from the live stories now and then.
    """

    _INDEXED_TERMS = 24
    _SLOTS = 1 << 20
    _LOOKED_AT = 400
    """Postings of one term that a search goes through, newest first."""
    _LOOKED_UP = 1_000
    """Postings in all, heaviest term first."""
    _RESCORED = 40

    def __init__(self) -> None:
        self._place: dict[int, int] = {}
        self._ids, self._seen, self._packed = array("q"), array("d"), list[bytes]()
        self._sizes = array("f")
        # Chains of postings, the newest first: slot of a term -> posting -> the one before it.
        self._newest = array("i", [-1]) * self._SLOTS
        self._before, self._marks = array("i"), array("I")
        self._of = array("I")
        """Place of a story, and in the last eight bits how much the term weighs in it."""

    def __len__(self) -> int:
        return len(self._ids)

    def put_all(self, stories: Iterable[Story]) -> None:
        for story in stories:
            self.put(story.id, story.sketch, story.last_seen_at)

    def put(self, story_id: int, story_sketch: Mapping[str, float], at: datetime) -> None:
        """Add a story that was last told then, or replace the one with its id."""
        self._put(story_id, {_mark(term): value for term, value in story_sketch.items()}, at)

    def take(self, story_id: int, entry_sketch: Mapping[str, float], at: datetime) -> None:
        """Add one more entry to a story, or open it with the entry."""
        place = self._place.get(story_id)
        both = {} if place is None else _unpacked(self._packed[place])
        for term, value in entry_sketch.items():
            both[_mark(term)] = both.get(_mark(term), 0.0) + value
        self._put(story_id, both, at)

    def drop(self, story_id: int) -> None:
        """Forget a story; nothing is like it from now on."""
        if story_id in self._place:
            self._packed[self._place[story_id]] = b""

    def find(self, entry_sketch: Mapping[str, float], now: datetime) -> int | None:
        """The story that an entry tells, or None when it opens one; ties go to the newest, then the lowest id."""
        told = {_mark(term): value for term, value in entry_sketch.items()}
        size = math.sqrt(sum(value * value for value in told.values())) or 1.0
        at, since = now.timestamp(), (now - WINDOW).timestamp()
        asked, has_form = bar(entry_sketch), len(told) >= FORM_TERMS
        came_to = outcomes.among(told)
        alike = (
            (score / _patience(at, self._seen[place]), self._seen[place], -self._ids[place])
            for place in self._near(told)
            if self._seen[place] >= since
            and (score := self._likeness(told, place) / size) >= asked
            and (not has_form or score >= SAME or self._is_telling(told, place))
            and not (came_to and at - self._seen[place] > _ONE_GAME and outcomes.differ(came_to, self._came_to(place)))
        )
        score, _, negative_id = max(alike, default=(0.0, 0.0, 0))
        return -negative_id if score and score >= asked else None

    def _likeness(self, terms: Mapping[int, float], place: int) -> float:
        """The product with a story's sketch at unit length, to five places."""
        shared: float = sum([terms[mark] * weight for mark, weight in _pairs(self._packed[place]) if mark in terms])
        return round(shared / self._sizes[place], 5)

    def _is_telling(self, terms: Mapping[int, float], place: int) -> bool:
        """Whether the terms that a story has too weigh more, one by one, than those it has not."""
        marks = {mark for mark, _ in _pairs(self._packed[place])}
        common = [value for mark, value in terms.items() if mark in marks]
        apart = [value for mark, value in terms.items() if mark not in marks]
        return not apart or _heft(common) >= OWN_AT_ARRIVAL * _heft(apart)

    def _came_to(self, place: int) -> list[int]:
        """The outcomes that a story names."""
        return outcomes.among(mark for mark, _ in _pairs(self._packed[place]))

    def _put(self, story_id: int, terms: Mapping[int, float], at: datetime) -> None:
        place = self._place.setdefault(story_id, len(self._ids))
        if place == len(self._ids):
            self._ids.append(story_id)
            self._seen.append(0.0)
            self._sizes.append(0.0)
            self._packed.append(b"")
        known = set(list(_unpacked(self._packed[place]))[: self._INDEXED_TERMS])
        heavy = sorted(terms.items(), key=lambda item: (-item[1], item[0]))[:STORY_TERMS]
        self._seen[place] = at.timestamp()
        self._packed[place] = _packed(heavy)
        size = math.sqrt(sum(value * value for _, value in heavy)) or 1.0
        self._sizes[place] = min(max(size, _LEAST), _MOST)
        for mark, value in heavy[: self._INDEXED_TERMS]:
            if mark not in known:
                self._post(mark, place << 8 | max(0, min(255, round(value / size * 255))))

    def _post(self, mark: int, where: int) -> None:
        slot = mark % self._SLOTS
        self._before.append(self._newest[slot])
        self._of.append(where)
        self._marks.append(mark)
        self._newest[slot] = len(self._of) - 1

    def _near(self, terms: Mapping[int, float]) -> list[int]:
        """The places of stories that share heavy terms, the likeliest."""
        rough: defaultdict[int, float] = defaultdict(float)
        before, of, marks, left = self._before, self._of, self._marks, self._LOOKED_UP
        for mark, value in terms.items():
            posting, looked_at = self._newest[mark % self._SLOTS], 0
            while posting >= 0 and looked_at < self._LOOKED_AT:
                if marks[posting] == mark:
                    where = of[posting]
                    rough[where >> 8] += value * (where & 255)
                posting = before[posting]
                looked_at += 1
            left -= looked_at
            if left < 0:
                break
        return sorted(rough, key=rough.__getitem__, reverse=True)[: self._RESCORED]


def _heft(values: Sequence[float]) -> float:
    """What one of them weighs, the heavy ones counting as much more as they are heavier."""
    return sum(value * value for value in values) / (sum(values) or 1.0)


def _mark(term: str) -> int:
    outcome = outcomes.mark(term)
    return crc32(term.encode("utf-8", "surrogatepass")) if outcome is None else outcome


def _packed(terms: Iterable[tuple[int, float]]) -> bytes:
    """Four bytes a mark, then two a weight; terms come heaviest first."""
    marks, weights = zip(*terms, strict=True) if terms else ((), ())
    return struct.pack(f"<{len(marks)}I{len(marks)}e", *marks, *(min(weight, _MOST) for weight in weights))


def _unpacked(packed: bytes) -> dict[int, float]:
    return dict(_pairs(packed))


def _pairs(packed: bytes) -> Iterator[tuple[int, float]]:
    """Marks and weights, heaviest first."""
    count = len(packed) // 6
    both = struct.unpack(f"<{count}I{count}e", packed)
    return zip(both[:count], both[count:], strict=True)
