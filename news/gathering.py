"""Gathering bare headlines into stories: a headline says so little that only all of them together tell.

What arrival made of them is taken apart and put together anew, beginning with the most alike. Each headline
is read with an echo of those most like it: so two that share no word meet through a third.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from news.merging import Group, alike, merge, neighbours
from news.sketches import heaviest, unit

GATHER = 0.11
"""Likeness, of what more than one term says, from which two large stories of headlines are one; see `_excess`."""
_ECHO, _ECHOED = 0.25, 10
"""How much a headline takes on of those most like it, and of how many."""
_TERMS = 48
_FIRST_TERM = 0.7
"""Share of the heaviest common term that does not count: one name alone makes no story."""
_ALONE = 2.0
"""How much more alike two lone headlines must be than two large stories, as a share."""
_NEIGHBOURS = 24

Id = TypeVar("Id", bound=Hashable)


def gather(
    stories: Mapping[Id, Sequence[int]],
    sketches: Sequence[Mapping[str, float]],
    whole: Collection[Id] = (),
    fresh: Iterable[Id] = (),
) -> dict[Id, list[int]]:
    """The numbers of the headlines of each story, by `sketches`; stories that are `whole` are not taken apart.

    Each goes on under the name that most of its headlines had, or a `fresh` one where another has that name.
    """
    numbers = sorted(number for members in stories.values() for number in members)
    echoed = dict(zip(numbers, _echoed([sketches[number] for number in numbers]), strict=True))
    units: dict[int, list[int]] = {}
    for story, members in stories.items():
        units |= {members[0]: list(members)} if story in whole else {number: [number] for number in members}
    groups = {first: Group() for first in sorted(units)}
    for first, group in groups.items():
        for number in units[first]:
            group.take(number, echoed[number])
    merged = merge(groups, neighbours(groups, _NEIGHBOURS), _excess)
    return _named(stories, [sorted(group.members) for group in merged.values()], iter(fresh))


def _echoed(sketches: Sequence[Mapping[str, float]]) -> list[Mapping[str, float]]:
    """Each sketch with something of the ten that are most like it, the more the liker they are."""
    found: list[Mapping[str, float]] = []
    for terms, shared in zip(sketches, alike(sketches), strict=True):
        both = dict(terms)
        for other in heapq.nlargest(_ECHOED, shared, key=lambda other: shared[other]):
            for term, value in sketches[other].items():
                both[term] = both.get(term, 0.0) + _ECHO * shared[other] * value
        found.append(unit(heaviest(both, _TERMS)))
    return found


def _excess(one: Group, other: Group) -> float:
    """How much more alike than need be. What rests on one term counts little, and so do lone headlines."""
    fewer, more = (one.sum, other.sum) if len(one.sum) <= len(other.sum) else (other.sum, one.sum)
    shared = [value * more[term] for term, value in fewer.items() if term in more]
    size = math.sqrt(max(0.0, one.length * other.length))
    if not shared or not size:
        return -1.0
    likeness = (sum(shared) - _FIRST_TERM * max(shared)) / size
    return likeness / (GATHER * (1 + _ALONE / max(len(one.members), len(other.members)))) - 1


def _named(
    stories: Mapping[Id, Sequence[int]], groups: Sequence[list[int]], fresh: Iterator[Id]
) -> dict[Id, list[int]]:
    """The groups under names of stories, else fresh ones; without these they go where most of their story went."""
    story_of = {number: story for story, members in stories.items() for number in members}
    shares = [
        (-count, members[0], place, story)
        for place, members in enumerate(groups)
        for story, count in Counter(story_of[number] for number in members).items()
    ]
    named: dict[Id, list[int]] = {}
    nameless = dict(enumerate(groups))
    for _, _, place, story in sorted(shares, key=lambda share: share[:3]):
        if place in nameless and story not in named:
            named[story] = nameless.pop(place)
    for members in nameless.values():
        if (name := next(fresh, None)) is not None:
            named[name] = members
        else:
            for number in members:
                named[story_of[number]].append(number)
    return named
