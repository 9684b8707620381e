"""The second look: which stories are one after all, and which full text belongs to another.

At arrival an article knows only what came before it. Once more has been told, stories that
turn out alike become one, and each full text goes to the story it fits best, itself left out.
Stories of bare headlines (`news.gathering`) and stories of texts are judged apart: together they did worse.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from news.gathering import gather
from news.merging import Group, merge, neighbours
from news.sketches import is_brief, joined, product

MERGE = 0.3
"""Mean likeness of the articles of two stories of texts from which the stories are one."""
MOVE = 0.2
"""Mean likeness to the articles of another story from which a text may go there."""
_NEIGHBOURS = 12
_ROUNDS = 3

Id = TypeVar("Id", bound=Hashable)


def regroup(
    told: Sequence[tuple[Id, Mapping[str, float]]], whole: Collection[Id] = (), fresh: Iterable[Id] = ()
) -> list[Id]:
    """The story of each article after the second look; `told` holds story and sketch of each, oldest first.

    Stories of headlines that are `whole` are not taken apart. Those that come apart take `fresh` ids, as far as
    there are any.
    """
    sketches = [terms for _, terms in told]
    stories: dict[Id, list[int]] = {}
    for number, (story, _) in enumerate(told):
        stories.setdefault(story, []).append(number)
    brief = {story for story, its in stories.items() if sum(is_brief(sketches[each]) for each in its) * 2 > len(its)}
    texts = {story: members for story, members in stories.items() if story not in brief}
    headlines = {story: members for story, members in stories.items() if story in brief}
    after = [story for story, _ in told]
    for found in (_fitted(texts, sketches), gather(headlines, sketches, whole, fresh)):
        for story, members in found.items():
            for member in members:
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


def _fitted(stories: Mapping[Id, Sequence[int]], sketches: Sequence[Mapping[str, float]]) -> dict[Id, list[int]]:
    """Stories of texts: alike ones become one under the older name, then each text goes where it fits best."""
    groups: dict[Id, Group] = {}
    for story, members in stories.items():
        groups[story] = Group()
        for member in members:
            groups[story].take(member, sketches[member])
    merge(groups, neighbours(groups, _NEIGHBOURS), _excess)
    _reassign(groups, sketches)
    return {story: group.members for story, group in groups.items()}


def _excess(one: Group, other: Group) -> float:
    return product(one.sum, other.sum) / (len(one.members) * len(other.members)) / MERGE - 1


def _reassign(groups: dict[Id, Group], sketches: Sequence[Mapping[str, float]]) -> None:
    """Moves each full text to the story whose articles it is most like on average, itself left out."""
    story_of = {member: story for story, group in groups.items() for member in group.members}
    for _ in range(_ROUNDS):
        beside = neighbours(groups, _NEIGHBOURS)
        moved = False
        for member, story in story_of.items():
            if is_brief(sketches[member]):
                continue
            best = _fits_best(sketches[member], story, groups, beside[story])
            if best != story:
                groups[story].give(member, sketches[member])
                groups[best].take(member, sketches[member])
                story_of[member] = best
                moved = True
        for story in [story for story, group in groups.items() if not group.members]:
            del groups[story]
        if not moved:
            break


def _fits_best(terms: Mapping[str, float], story: Id, groups: Mapping[Id, Group], others: Iterable[Id]) -> Id:
    own = groups[story]
    size = len(own.members) - 1
    best, most = story, (product(terms, own.sum) - product(terms, terms)) / size if size else 0.0
    for other in others:
        group = groups[other]
        if group.members:
            mean = product(terms, group.sum) / len(group.members)
            if mean > max(most, MOVE):
                best, most = other, mean
    return best
