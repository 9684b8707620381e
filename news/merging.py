"""Merging: of many groups of articles the two most alike become one, again and again, until none are alike enough."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from news.sketches import heaviest, outcomes, product

_INDEXED_TERMS = 24
_MOST_POSTINGS = 200
"""Groups that a term is looked up in, the last of them."""
_COMPARED = 200
"""Comparisons for each group that may be made in all; where everything is like everything, more stay apart."""

Id = TypeVar("Id", bound=Hashable)
Floats = NDArray[np.float64]
Ints = NDArray[np.int_]


@dataclass(slots=True)
class Group:
    """Articles while they are looked at: their numbers, and the sum of their sketches, with and without echo."""

    members: list[int] = field(default_factory=list)
    sum: dict[str, float] = field(default_factory=dict)
    length: float = 0.0
    """The square of the sum's norm."""
    said: dict[str, float] = field(default_factory=dict)
    terms: int = 0
    """Of all sketches together."""
    outcomes: list[Sequence[int]] = field(default_factory=list)
    """Of those articles that name any."""

    def take(self, member: int, terms: Mapping[str, float], said: Mapping[str, float]) -> None:
        self._add(terms, said, 1)
        self.terms += len(said)
        self.members.append(member)
        if found := outcomes(said):
            self.outcomes.append(found)

    def give(self, member: int, terms: Mapping[str, float], said: Mapping[str, float]) -> None:
        self._add(terms, said, -1)
        self.terms -= len(said)
        self.members.remove(member)
        if found := outcomes(said):
            self.outcomes.remove(found)

    def absorb(self, other: Group) -> None:
        self._add(other.sum, other.said, 1)
        self.terms += other.terms
        self.members.extend(other.members)
        self.outcomes.extend(other.outcomes)

    def _add(self, terms: Mapping[str, float], said: Mapping[str, float], sign: int) -> None:
        self.length += sign * 2 * product(terms, self.sum) + product(terms, terms)
        for sums, its in ((self.sum, terms), (self.said, said)):
            for term, value in its.items():
                sums[term] = sums.get(term, 0.0) + sign * value


def merge(
    groups: dict[Id, Group], beside: Mapping[Id, set[Id]], excess: Callable[[Group, Group], float]
) -> dict[Id, Group]:
    """The groups that are left, under the first of their names.

    `excess` says how much more alike two groups are than they need be; below 0 they stay two. Only groups
    that are `beside` each other are compared; what becomes one stands beside the neighbours of both.
    """
    order = {name: place for place, name in enumerate(groups)}
    version = dict.fromkeys(groups, 0)
    heap: list[tuple[float, int, int, int, int, Id, Id]] = []

    left = _COMPARED * len(groups)

    def weigh(one: Id, other: Id) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            return
        first, second = (one, other) if order[one] < order[other] else (other, one)
        if (more := excess(groups[first], groups[second])) >= 0:
            stamps = version[first], version[second]
            heapq.heappush(heap, (-more, order[first], order[second], *stamps, first, second))

    for one, others in beside.items():
        for other in others:
            if order[one] < order[other]:
                weigh(one, other)
    while heap:
        *_, stamp, its_stamp, one, other = heapq.heappop(heap)
        if one not in groups or other not in groups or (stamp, its_stamp) != (version[one], version[other]):
            continue
        groups[one].absorb(groups.pop(other))
        version[one] += 1
        mine, gone = beside[one], beside[other]
        mine |= gone
        mine -= {one, other}
        for near in gone - {one}:
            beside[near].discard(other)
            beside[near].add(one)
        for near in mine:
            weigh(one, near)
    return groups


def neighbours(groups: Mapping[Id, Group], most: int) -> dict[Id, set[Id]]:
    """For each group the few that share most of its heaviest terms; each is its neighbours' neighbour."""
    names = list(groups)
    beside: dict[Id, set[Id]] = {name: set() for name in names}
    heavy = []
    for group in groups.values():
        size = group.length**0.5 or 1.0
        heavy.append({term: value / size for term, value in heaviest(group.sum, _INDEXED_TERMS).items()})
    for place, likest in enumerate(alike(heavy, most)):
        for other, _ in likest:
            beside[names[place]].add(names[other])
            beside[names[other]].add(names[place])
    return beside


def alike(
    sketches: Sequence[Mapping[str, float]], most: int, of: Iterable[int] | None = None
) -> Iterator[list[tuple[int, float]]]:
    """For each sketch the places of those most like it, the likest first, and the product with each of them.

    Of those that have a term in common its last holders are looked at; ties go to the first place. `of` are
    the places that are asked for, else all.
    """
    asked = range(len(sketches)) if of is None else list(of)
    postings: dict[str, list[tuple[int, float]]] = {term: [] for place in asked for term in sketches[place]}
    for place, terms in enumerate(sketches):
        for term, value in terms.items():
            if (its := postings.get(term)) is not None:
                its.append((place, value))
    holders: dict[str, tuple[Ints, Floats]] = {}
    for term, some in postings.items():
        if len(some) > 1:  # who holds a term alone meets nobody by it
            places, values = zip(*some[-_MOST_POSTINGS:], strict=True)
            holders[term] = np.array(places), np.array(values)
    for place in asked:
        terms = sketches[place]
        common = [(*holders[term], value) for term, value in terms.items() if term in holders]
        if not common:
            yield []
            continue
        others = np.concatenate([places for places, _, _ in common])
        shared = np.bincount(others, np.concatenate([values * value for _, values, value in common]), len(sketches))
        shared[place] = 0.0
        found = (
            np.flatnonzero(shared >= np.partition(shared, -most)[-most])
            if most < len(shared)
            else np.arange(len(shared))
        )
        order = found[np.argsort(-shared[found], kind="stable")][:most]
        yield [
            (each, weighs) for each, weighs in zip(order.tolist(), shared[order].tolist(), strict=True) if weighs > 0
        ]
