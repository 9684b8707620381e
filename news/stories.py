"""Which articles tell one event: sketches of weighted words, compared by their angle.

A word weighs what general use says (`news.vocabulary.weight`), not what the corpus at hand
says: measured, the latter loses. A story's sketch is the sum of its articles'.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from news.article import Entry
from news.story import Story
from news.vocabulary import FUNCTION_WORDS, stem, weight, words

TERMS = 64
"""Terms a sketch keeps, the heaviest."""
BRIEF_TERMS = 16
"""A sketch with fewer terms comes from a headline alone."""
JOIN_TEXT, JOIN_HEADLINE = 0.31, 0.22
"""Cosines from which an article with text, or a bare headline, joins a story."""
WINDOW = timedelta(days=7)
"""A story that brought nothing for so long takes no more articles."""
_OPENING = 60
"""Words of the text that count as much as the headline."""
_OPENING_COUNTS = 3
_READ = 1_500
"""Words of a text that are looked at."""


def sketch(entry: Entry) -> Mapping[str, float]:
    """The weighted stems of an entry, at most 64, unit length; empty where it says nothing.

    The headline and the first sixty words count three times; figures weigh double,
    words with a capital a third more.
    """
    counts: Counter[str] = Counter()
    raised: Counter[str] = Counter()

    def read(written: list[str], times: int) -> None:
        for word in written:
            folded = word.casefold().replace("’", "'")
            if folded in FUNCTION_WORDS or (len(folded) < 2 and folded.isascii()):
                continue
            stemmed = stem(folded)
            counts[stemmed] += times
            raised[stemmed] += times * word[0].isupper()

    body = words(entry.text[: _READ * 12])[:_READ]
    read(words(entry.headline[:1000]), _OPENING_COUNTS)
    read(body[:_OPENING], _OPENING_COUNTS)
    read(body[_OPENING:], 1)

    def worth(stemmed: str, count: int) -> float:
        figure = 2.0 if stemmed[0].isdigit() else 1.0
        capital = 1.3 if raised[stemmed] * 2 > count else 1.0
        return (1 + math.log(count)) * weight(stemmed) * figure * capital

    return _unit(_top({stemmed: worth(stemmed, count) for stemmed, count in counts.items()}))


def joined(story_sketch: Mapping[str, float], entry_sketch: Mapping[str, float]) -> Mapping[str, float]:
    """The story's sketch with one more article in it: the sum, cut to the heaviest 64."""
    both = dict(story_sketch)
    for term, value in entry_sketch.items():
        both[term] = both.get(term, 0.0) + value
    return _top(both)


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two sketches: 0 nothing in common, 1 the same."""
    fewer, more = (one, other) if len(one) <= len(other) else (other, one)
    product = sum(value * more[term] for term, value in fewer.items() if term in more)
    size = _norm(one) * _norm(other)
    return min(1.0, product / size) if size else 0.0


def bar(entry_sketch: Mapping[str, float]) -> float:
    """The likeness from which an entry with this sketch joins a story."""
    return JOIN_HEADLINE if len(entry_sketch) < BRIEF_TERMS else JOIN_TEXT


def choose_story(entry_sketch: Mapping[str, float], stories: Iterable[Story], *, now: datetime) -> Story | None:
    """The story an entry belongs to, or None when it opens one; ties go to the newest, then the lowest id."""
    best = _most_alike(entry_sketch, (story for story in stories if now - story.last_seen_at <= WINDOW))
    return best[0] if best is not None and best[1] >= bar(entry_sketch) else None


class Index:
    """Live stories by their heaviest terms, so that finding the best costs the same among ten or 100,000.

    It forgets no story: make a new one from the live stories now and then.
    """

    _INDEXED_TERMS = 24
    _POSTINGS = 3_000
    _LOOKED_UP = 6_000
    """Postings that one search goes through, rarest term first."""
    _RESCORED = 60

    def __init__(self, stories: Iterable[Story] = ()) -> None:
        self._stories: dict[int, Story] = {}
        self._indexed: dict[int, dict[str, float]] = {}
        self._postings: defaultdict[str, deque[int]] = defaultdict(lambda: deque(maxlen=self._POSTINGS))
        for story in sorted(stories, key=lambda story: story.last_seen_at):
            self.put(story)

    def __len__(self) -> int:
        return len(self._stories)

    def put(self, story: Story) -> None:
        """Add a story, or replace the one with its id."""
        heavy = _unit(story.sketch)
        terms = dict(sorted(heavy.items(), key=_heaviest)[: self._INDEXED_TERMS])
        for term in terms.keys() - self._indexed.get(story.id, {}).keys():
            self._postings[term].append(story.id)
        self._stories[story.id] = story
        self._indexed[story.id] = terms

    def best(self, entry_sketch: Mapping[str, float]) -> tuple[Story, float] | None:
        """The most alike story and its likeness (0 to 1); None where none shares a heavy term."""
        rough: defaultdict[int, float] = defaultdict(float)
        looked_up = 0
        known = (term for term in entry_sketch if term in self._postings)
        for term in sorted(known, key=lambda term: (len(self._postings[term]), term)):
            if looked_up > self._LOOKED_UP:
                break
            looked_up += len(self._postings[term])
            for story_id in self._postings[term]:
                rough[story_id] += entry_sketch[term] * self._indexed[story_id].get(term, 0.0)
        likely = sorted(rough, key=lambda story_id: (-rough[story_id], story_id))[: self._RESCORED]
        return _most_alike(entry_sketch, (self._stories[story_id] for story_id in likely))


def _most_alike(entry_sketch: Mapping[str, float], stories: Iterable[Story]) -> tuple[Story, float] | None:
    """The story most like the sketch; ties go to the newest, then to the lowest id."""
    ranked = [(likeness(entry_sketch, s.sketch), s.last_seen_at, -s.id, s) for s in stories]
    score, _, _, story = max(ranked, key=lambda row: row[:3], default=(0.0, None, None, None))
    return (story, score) if story is not None and score > 0 else None


def _heaviest(item: tuple[str, float]) -> tuple[float, str]:
    return -item[1], item[0]


def _top(terms: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(terms.items(), key=_heaviest)[:TERMS])


def _norm(terms: Mapping[str, float]) -> float:
    return math.sqrt(sum(value * value for value in terms.values()))


def _unit(terms: Mapping[str, float]) -> dict[str, float]:
    norm = _norm(terms)
    return {term: value / norm for term, value in terms.items()} if norm else {}
