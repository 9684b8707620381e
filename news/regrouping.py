"""The second look: which stories are one after all, and which full text belongs to another.

At arrival an article knows only what came before it. Once more has been told, stories that
turn out alike become one, and each full text goes to the story it fits best, itself left out.
Stories of bare headlines and stories of texts are judged apart: together they did worse.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from news.sketches import is_brief, joined, product

MERGE_TEXTS = 0.3
"""Mean likeness of the articles of two stories from which the stories are one."""
MERGE_HEADLINES = 0.17
"""As above for bare headlines, between the sums of the stories."""
MOVE = 0.2
"""Mean likeness to the articles of another story from which a text may go there."""
_NEIGHBOURS = 12
_ROUNDS = 3
_INDEXED_TERMS = 24
_MOST_POSTINGS = 200

Id = TypeVar("Id", bound=Hashable)


@dataclass(slots=True)
class _Group:
    """A story while it is looked at: its members, and the sum of their sketches."""

    members: list[int]
    sum: dict[str, float] = field(default_factory=dict)
    length: float = 0.0
    """The square of the sum's norm."""
    briefs: int = 0

    @property
    def is_brief(self) -> bool:
        return self.briefs * 2 > len(self.members)

    def take(self, member: int, terms: Mapping[str, float], sign: int = 1) -> None:
        self.length += sign * 2 * product(terms, self.sum) + product(terms, terms)
        for term, value in terms.items():
            self.sum[term] = self.sum.get(term, 0.0) + sign * value
        self.briefs += sign * is_brief(terms)
        if sign > 0:
            self.members.append(member)
        else:
            self.members.remove(member)

    def absorb(self, other: _Group) -> None:
        self.length += other.length + 2 * product(self.sum, other.sum)
        for term, value in other.sum.items():
            self.sum[term] = self.sum.get(term, 0.0) + value
        self.briefs += other.briefs
        self.members.extend(other.members)


def regroup(told: Sequence[tuple[Id, Mapping[str, float]]]) -> list[Id]:
    """The story of each article after the second look; `told` holds story and sketch of each, oldest first.

    A story keeps the id of the one that was told first; no new id is made.
    """
    groups: dict[Id, _Group] = {}
    for number, (story, terms) in enumerate(told):
        groups.setdefault(story, _Group([])).take(number, terms)
    _merge(groups)
    _reassign(groups, [terms for _, terms in told])
    after = [story for story, _ in told]
    for story, group in groups.items():
        for member in group.members:
            after[member] = story
    return after


def keep_shown(told: Sequence[tuple[Id, Mapping[str, float]]], after: Sequence[Id], shown: Collection[Id]) -> list[Id]:
    """The second look's outcome where some stories have been shown: each of these keeps its articles and its id.

    What came together with the articles of shown stories joins the first of these.
    """
    first: dict[Id, Id] = {}
    for (story, _), group in zip(told, after, strict=True):
        if story in shown:
            first.setdefault(group, story)
    return [story if story in shown else first.get(group, group) for (story, _), group in zip(told, after, strict=True)]


def summed(told: Iterable[tuple[Id, Mapping[str, float]]]) -> dict[Id, Mapping[str, float]]:
    """The sketch of each story: that of its articles together."""
    sums: dict[Id, Mapping[str, float]] = {}
    for story, terms in told:
        sums[story] = joined(sums[story], terms) if story in sums else terms
    return sums


def _merge(groups: dict[Id, _Group]) -> None:
    """Makes one of the two most alike stories, until none are alike enough."""
    order = {story: place for place, story in enumerate(groups)}
    beside = _neighbours(groups)
    version = dict.fromkeys(groups, 0)
    heap: list[tuple[float, int, int, int, Id, Id]] = []

    def weigh(one: Id, other: Id) -> None:
        first, second = (one, other) if order[one] < order[other] else (other, one)
        if (excess := _excess(groups[first], groups[second])) >= 0:
            stamp = version[first] + version[second]
            heapq.heappush(heap, (-excess, order[first], order[second], stamp, first, second))

    for one, others in beside.items():
        for other in others:
            if order[one] < order[other]:
                weigh(one, other)
    while heap:
        _, _, _, stamp, one, other = heapq.heappop(heap)
        if one not in groups or other not in groups or stamp != version[one] + version[other]:
            continue
        groups[one].absorb(groups.pop(other))
        version[one] += len(groups) + 1_000_000
        beside[one] |= beside.pop(other)
        beside[one] -= {one, other}
        for near in beside[one]:
            beside[near].discard(other)
            beside[near].add(one)
            weigh(one, near)


def _excess(one: _Group, other: _Group) -> float:
    """How much more alike two stories are than stories of their kind need be, as a share; below 0 they stay two."""
    if one.is_brief != other.is_brief:
        return -1.0
    shared = product(one.sum, other.sum)
    if one.is_brief:
        size = (one.length * other.length) ** 0.5
        return shared / size / MERGE_HEADLINES - 1 if size else -1.0
    return shared / (len(one.members) * len(other.members)) / MERGE_TEXTS - 1


def _neighbours(groups: Mapping[Id, _Group]) -> dict[Id, set[Id]]:
    """For each story the few that share most of its heaviest terms; each is its neighbours' neighbour."""
    postings: defaultdict[str, list[tuple[Id, float]]] = defaultdict(list)
    heavy: dict[Id, list[tuple[str, float]]] = {}
    for story, group in groups.items():
        size = group.length**0.5 or 1.0
        ranked = sorted(group.sum.items(), key=lambda item: (-item[1], item[0]))[:_INDEXED_TERMS]
        heavy[story] = [(term, value / size) for term, value in ranked]
        for term, value in heavy[story]:
            postings[term].append((story, value))
    beside: dict[Id, set[Id]] = {story: set() for story in groups}
    for story, terms in heavy.items():
        rough: defaultdict[Id, float] = defaultdict(float)
        for term, value in terms:
            for other, weighs in postings[term][-_MOST_POSTINGS:]:
                rough[other] += value * weighs
        rough.pop(story, None)
        for other in heapq.nlargest(_NEIGHBOURS, rough, key=lambda other: rough[other]):
            beside[story].add(other)
            beside[other].add(story)
    return beside


def _reassign(groups: dict[Id, _Group], sketches: Sequence[Mapping[str, float]]) -> None:
    """Moves each full text to the story whose articles it is most like on average, itself left out."""
    story_of = {member: story for story, group in groups.items() for member in group.members}
    for _ in range(_ROUNDS):
        beside = _neighbours(groups)
        moved = False
        for member, story in story_of.items():
            if is_brief(sketches[member]) or groups[story].is_brief:
                continue
            best = _fits_best(member, sketches[member], story, groups, beside[story])
            if best != story:
                groups[story].take(member, sketches[member], -1)
                groups[best].take(member, sketches[member])
                story_of[member] = best
                moved = True
        for story in [story for story, group in groups.items() if not group.members]:
            del groups[story]
        if not moved:
            break


def _fits_best(
    member: int, terms: Mapping[str, float], story: Id, groups: Mapping[Id, _Group], others: Iterable[Id]
) -> Id:
    own = groups[story]
    size = len(own.members) - 1
    best, most = story, (product(terms, own.sum) - product(terms, terms)) / size if size else 0.0
    for other in others:
        group = groups[other]
        if group.members and not group.is_brief:
            mean = product(terms, group.sum) / len(group.members)
            if mean > max(most, MOVE):
                best, most = other, mean
    return best
