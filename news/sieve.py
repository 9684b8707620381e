"""The sieve: any number of filters held against the same articles.

What is known of a word is a number with a bit for each article, set where the article has it. So a filter of two
words costs one AND, however many articles there are; only phrases are looked for in the articles themselves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from itertools import chain
from operator import and_, or_

import numpy as np

from news.filters import All, AnyOf, Filter, Mark, Not, Since, Term, runs
from news.roots import Roots, marked, microseconds, openings

TITLED = "="
"""Stands before the roots of headlines; no word begins so."""
LAST_LETTER = chr(0x10FFFF)


class Sieve:
    """Articles taken apart together."""

    def __init__(self, articles: Sequence[Roots]) -> None:
        self._articles = articles
        self._ids = np.array([each.id for each in articles], dtype=np.int64)
        self._every = (1 << len(articles)) - 1
        self._places: dict[str, list[int]] = {}
        """Of each root and mark the articles that have it, by their place among all."""
        for place, each in enumerate(articles):
            titled = [TITLED + root for root in each.headline.split()]
            for token in {*each.headline.split(), *titled, *each.body.split(), *each.marks.split()}:
                self._places.setdefault(token, []).append(place)
        self._sorted = sorted(self._places)
        self._known: dict[str | tuple[str, ...], int] = {}
        """What was asked of roots, marks and runs of roots so far."""

    def wanted(self, wanted: Filter, now: datetime) -> list[int]:
        """Ids of the articles that a filter wants, in their order."""
        bits = self._wanted(wanted, now)
        if not bits:
            return []
        octets = np.frombuffer(bits.to_bytes(len(self._articles) // 8 + 1, "little"), np.uint8)
        are_wanted = np.unpackbits(octets, count=len(self._articles), bitorder="little").view(bool)
        found: list[int] = self._ids[are_wanted].tolist()
        return found

    def _wanted(self, part: Filter, now: datetime) -> int:
        match part:
            case Term():
                return self._having(part)
            case Mark(name, value):
                return self._holding(marked(name, value))
            case Since(_, age, at):
                return self._since(now - age if age else at or now)
            case Not(inner):
                return self._every & ~self._wanted(inner, now)
            case All(parts):
                bits = self._every
                for each in parts:
                    bits &= self._wanted(each, now)
                    if not bits:
                        break
                return bits
            case AnyOf(parts):
                bits = 0
                for each in parts:
                    bits |= self._wanted(each, now)
                return bits

    def _having(self, term: Term) -> int:
        sign = TITLED if term.in_title else ""
        *before, last = term.stems
        ends = self._beginning(sign, last) if term.is_prefix else self._holding(sign + last)
        if not before:
            return ends
        sought = (sign, *runs(term))
        if sought not in self._known:
            bits = reduce(and_, [self._holding(sign + each) for each in before], ends)
            self._known[sought] = _set(place for place in _places(bits) if self._stands(sought, place))
        return self._known[sought]

    def _beginning(self, sign: str, prefix: str) -> int:
        key = sign, prefix
        if key not in self._known:
            first = sign + prefix
            begin, end = (bisect_left(self._sorted, edge) for edge in (first, first + LAST_LETTER))
            tokens = self._sorted[begin:end]
            also = (sign + each for each in openings(prefix))
            self._known[key] = reduce(or_, map(self._holding, chain(tokens, also)), 0)
        return self._known[key]

    def _holding(self, token: str) -> int:
        if token not in self._known:
            self._known[token] = _set(self._places.get(token, ()))
        return self._known[token]

    def _stands(self, sought: tuple[str, ...], place: int) -> bool:
        article, (sign, *sides) = self._articles[place], sought
        text = f" {article.headline} " if sign else f" {article.headline} | {article.body} "
        return any(side in text for side in sides)

    def _since(self, at: datetime) -> int:
        oldest = microseconds(at)
        return _set(place for place, each in enumerate(self._articles) if each.seen_at >= oldest)


def _set(places: Iterable[int]) -> int:
    """A number with these bits set; no place comes twice."""
    return sum(map((1).__lshift__, places))


def _places(bits: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
