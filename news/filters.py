"""Filters: what a reader says they want; `news.grammar` reads it, `news.sieve` holds it against articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from news.roots import openings

FieldName = Literal["topic", "feed", "lang"]
TELLING = 10
"""Articles that say what a filter wants of others."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that stand side by side, each folded; the last may be only a beginning."""

    stems: tuple[str, ...]
    shown: str
    """As it was typed."""
    is_prefix: bool = False
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What an article is labelled with: a topic's slug, a feed's title in plain form, or a language's code."""

    name: FieldName
    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class Since:
    """Nothing first seen longer ago than `age`, or before `at`."""

    shown: str
    age: timedelta | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Not:
    part: Filter


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Filter, ...]


Filter = Term | Mark | Since | Not | All | AnyOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a filter would have wanted of the articles there were: how many, and headlines of either kind."""

    articles: int
    wanted: int
    kept: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def is_nearly_all(self) -> bool:
        """Whether it wants four of five articles, of so many that this says something of it."""
        return self.articles >= TELLING and self.wanted * 5 >= self.articles * 4


def titled(part: Filter) -> Filter:
    """The part, of the headline alone."""
    match part:
        case Term(stems, shown, is_prefix):
            return Term(stems, shown, is_prefix, in_title=True)
        case Not(inner):
            return Not(titled(inner))
        case All(parts):
            return All(tuple(map(titled, parts)))
        case AnyOf(parts):
            return AnyOf(tuple(map(titled, parts)))
    return part


def terms(part: Filter) -> Iterator[Term]:
    """Every word or phrase that is wanted, in order; those after NOT are not."""
    match part:
        case Term():
            yield part
        case All(parts) | AnyOf(parts):
            for each in parts:
                yield from terms(each)


def runs(term: Term) -> list[str]:
    """What stands among an article's roots, each between spaces, where the term does."""
    *before, last = term.stems
    start = " ".join(["", *before, ""])
    if not term.is_prefix:
        return [f"{start}{last} "]
    return [f"{start}{last}", *(f"{start}{each} " for each in sorted(openings(last)) if not each.startswith(last))]
