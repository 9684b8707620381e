"""Sketches: what an article is about, as some dozens of weighted words, compared by their angle.

A word weighs what general use says (`news.frequencies`), not what the corpus at hand says:
measured, the latter loses. A story's sketch is the sum of its articles'.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from news.article import Entry
from news.frequencies import zipf
from news.mastheads import unnamed
from news.outcomes import SIGNS, differ, mark, outcomes_of
from news.vocabulary import FUNCTION_WORDS, stem, words

TERMS = 48
"""Terms an article's sketch keeps, the heaviest."""
STORY_TERMS = 64
"""Terms a story's sketch keeps."""
BRIEF_TERMS = 16
"""A sketch with fewer terms comes from a headline alone."""
FORM_TERMS = 11
"""A sketch with fewer terms says too little to have a form: few bare headlines have so many, most notices do."""
OWN, SAME = 1.1, 0.85
"""How much more telling, as a ratio, what two share must be than what each has for itself; and the likeness from
which that is no matter, as one was written from the other."""
_EVERYDAY = 6.5
"""The Zipf value from which a word weighs nothing."""
_CAPITAL, _FIGURE = 1.3, 2.0
_FIGURE_WEIGHS = 2.2
_OUTCOME_WEIGHS = 2.2
_OPENING = 60
"""Words of the text that count as much as the headline."""
_OPENING_COUNTS = 3
_TAIL = re.compile(r"\s[-–—|]+\s[^-–—|]{1,60}$")
_READ = 1_500
"""Words of a text that are looked at."""
_LONGEST = 40
"""Letters of a word that are looked at."""


def sketch(entry: Entry) -> Mapping[str, float]:
    """The weighted stems of an entry, at most 48, unit length, heaviest first; empty where it says nothing.

    The headline and the first sixty words count three times; words with a capital, and figures, weigh more.
    """
    language = entry.language or "en"
    counts: dict[str, int] = {}
    raised: dict[str, int] = {}
    weights: dict[str, float] = {}

    def read(written: list[str], times: int) -> None:
        for word, found in Counter(written).items():
            stemmed, weighs = _weighed(word[:_LONGEST], language)
            if not stemmed:
                continue
            counts[stemmed] = counts.get(stemmed, 0) + times * found
            if word[0].isupper():
                raised[stemmed] = raised.get(stemmed, 0) + times * found
            if weighs < weights.get(stemmed, math.inf):
                weights[stemmed] = weighs

    body = words(entry.text[: _READ * 12])[:_READ]
    read(unnamed(words(_without_publisher(entry.headline[:1000], entry.source)), entry.source), _OPENING_COUNTS)
    read(body[:_OPENING], _OPENING_COUNTS)
    read(body[_OPENING:], 1)
    for outcome, found in Counter(outcomes_of(entry.headline[:1000], entry.text)).items():
        counts[outcome], weights[outcome] = _OPENING_COUNTS * found, _OUTCOME_WEIGHS

    def worth(stemmed: str, count: int) -> float:
        figure = _FIGURE if stemmed[0].isdigit() else 1.0
        capital = _CAPITAL if raised.get(stemmed, 0) * 2 > count else 1.0
        return (1 + math.log(count)) * weights[stemmed] * figure * capital

    return unit(heaviest({term: worth(term, count) for term, count in counts.items() if weights[term] > 0}, TERMS))


@lru_cache(maxsize=16_384)
def _weighed(word: str, language: str) -> tuple[str, float]:
    """The stem of a word as written, and what it weighs; no stem of one that says nothing."""
    folded = word.casefold().replace("’", "'")
    if folded in FUNCTION_WORDS or (len(folded) < 2 and folded.isascii()):
        return "", 0.0
    weighs = _FIGURE_WEIGHS if folded[0].isdigit() else _EVERYDAY - zipf(folded.removesuffix("'s"), language)
    return stem(folded), weighs


def _without_publisher(headline: str, publisher: str | None) -> str:
    """The headline without a tail such as `- The Herald`, which would make one story of all that it tells."""
    parted = _TAIL.search(headline)
    if parted is None or not publisher:
        return headline
    named = {word.casefold() for word in words(publisher[:200])} - FUNCTION_WORDS
    is_its_name = any(word.casefold() in named for word in words(parted.group()))
    return headline[: parted.start()] if is_its_name else headline


def joined(story_sketch: Mapping[str, float], entry_sketch: Mapping[str, float]) -> Mapping[str, float]:
    """The story's sketch with one more article in it: the sum, cut to the heaviest 64."""
    both = dict(story_sketch)
    for term, value in entry_sketch.items():
        both[term] = both.get(term, 0.0) + value
    return heaviest(both, STORY_TERMS)


def product(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The scalar product of two sketches."""
    fewer, more = (one, other) if len(one) <= len(other) else (other, one)
    return sum([value * more[term] for term, value in fewer.items() if term in more])


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two sketches: 0 nothing in common, 1 the same."""
    size = norm(one) * norm(other)
    return min(1.0, product(one, other) / size) if size else 0.0


def telling(one: Mapping[str, float], other: Mapping[str, float], count: int = 1, its_count: int = 1) -> float:
    """How much heavier, as a ratio, what two share is than what each has for itself, word by word.

    Two tellings of one event share its names and figures, and each has plain words of its own: above 1. Two
    notices of one form share the form, and each has its own names and figures: below. Where either is the sum
    of several sketches, `count` and `its_count` say of how many.
    """
    common = commonly = lower = 0.0
    for term in one.keys() & other.keys():
        low, high = one[term] / count, other[term] / its_count
        if low > high:
            low, high = high, low
        common += low
        commonly += low * high
        lower += low * low
    apart = sum(one.values()) / count + sum(other.values()) / its_count - 2 * common
    severally = _square(one) / count**2 + _square(other) / its_count**2 - lower - commonly
    return commonly * apart / (common * severally) if common > 0 and severally > 0 else math.inf


def is_form(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether two sketches share no more than the form in which such news is told."""
    return min(len(one), len(other)) >= FORM_TERMS and product(one, other) < SAME and telling(one, other) < OWN


def outcomes(terms: Mapping[str, float]) -> list[int]:
    """The marks of the outcomes that a sketch names."""
    marks = [mark(term) for term in terms if term.startswith(SIGNS)]
    return [each for each in marks if each is not None]


def are_apart(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether two sketches name outcomes that exclude each other."""
    mine = outcomes(one)
    return bool(mine) and differ(mine, outcomes(other))


def is_brief(entry_sketch: Mapping[str, float]) -> bool:
    """Whether a sketch comes from a headline alone."""
    return len(entry_sketch) < BRIEF_TERMS


def heaviest(terms: Mapping[str, float], most: int) -> dict[str, float]:
    """The `most` heaviest terms, heaviest first; ties go to the first in the alphabet."""
    return {term: -value for value, term in sorted([(-value, term) for term, value in terms.items()])[:most]}


def norm(terms: Mapping[str, float]) -> float:
    return math.sqrt(_square(terms))


def _square(terms: Mapping[str, float]) -> float:
    return sum([value * value for value in terms.values()])


def unit(terms: Mapping[str, float]) -> dict[str, float]:
    """The terms scaled to length 1."""
    size = norm(terms)
    return {term: value / size for term, value in terms.items()} if size else {}


Packed = tuple[str, bytes]
"""A sketch in a fifth of the room: its terms by line, and their weights."""
NOTHING: Packed = ("", b"")


def packed(terms: Mapping[str, float]) -> Packed:
    return "\n".join(terms), array("d", terms.values()).tobytes()


def unpacked(kept: Packed) -> dict[str, float]:
    terms, weights = kept
    return dict(zip(terms.split("\n"), array("d", weights), strict=True)) if weights else {}
