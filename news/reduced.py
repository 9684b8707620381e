"""Filters reduced to what an index of words can answer: times taken out, NOT only before words and marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from news.filters import All, AnyOf, Filter, Mark, Not, Since, Term


@dataclass(frozen=True, slots=True)
class Window:
    """Of articles first seen at `since` or later and before `before`, those are wanted that match."""

    wanted: Filter
    since: datetime | None = None
    before: datetime | None = None

    @property
    def is_endless(self) -> bool:
        """Whether every moment is in it."""
        return self.since is None and self.before is None


def windows(wanted: Filter, now: datetime) -> list[Window]:
    """What a filter wants of each stretch of time, the newest first; of what is left out it wants nothing."""
    cuts = sorted({_cut(each, now) for each in _times(wanted)}, reverse=True)
    edges = [None, *cuts, None]
    found = []
    for before, since in pairwise(edges):
        reduced = _reduced(wanted, since, now)
        if reduced is not False:
            # Whatever a filter says of times, it names something that is wanted: see filters.parse.
            assert reduced is not True
            found.append(Window(reduced, since, before))
    return found


def _times(part: Filter) -> Iterator[Since]:
    match part:
        case Since():
            yield part
        case Not(inner):
            yield from _times(inner)
        case All(parts) | AnyOf(parts):
            for each in parts:
                yield from _times(each)


def _cut(time: Since, now: datetime) -> datetime:
    return now - time.age if time.age is not None else time.at or now


def _reduced(part: Filter, since: datetime | None, now: datetime, *, is_not: bool = False) -> Filter | bool:
    """The part for articles that begin at `since`; `is_not`: its opposite."""
    match part:
        case Since():
            return (since is not None and since >= _cut(part, now)) is not is_not
        case Not(inner):
            return _reduced(inner, since, now, is_not=not is_not)
        case All(parts) | AnyOf(parts):
            reduced = [_reduced(each, since, now, is_not=is_not) for each in parts]
            return _joined(reduced, is_all=isinstance(part, All) is not is_not)
        case Term() | Mark():
            return Not(part) if is_not else part


def _joined(parts: list[Filter | bool], *, is_all: bool) -> Filter | bool:
    if (not is_all) in parts:
        return not is_all
    kept = tuple(dict.fromkeys(each for each in parts if not isinstance(each, bool)))
    if len(kept) < 2:
        return kept[0] if kept else is_all
    return All(kept) if is_all else AnyOf(kept)


def opposite(part: Filter) -> Filter:
    """The opposite of a reduced filter, reduced as well."""
    match part:
        case Not(inner):
            return inner
        case All(parts):
            return AnyOf(tuple(map(opposite, parts)))
        case AnyOf(parts):
            return All(tuple(map(opposite, parts)))
    return Not(part)


def is_open(part: Filter) -> bool:
    """Whether a reduced filter says only what is not wanted, at least in one of its alternatives."""
    match part:
        case Not():
            return True
        case All(parts):
            return all(map(is_open, parts))
        case AnyOf(parts):
            return any(map(is_open, parts))
    return False
