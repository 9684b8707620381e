"""Gathering articles into stories anew: what arrival made of them is taken apart, and the most alike join first.

Each article is read with an echo of those most like it: so two that share no word meet through a third.
Texts and bare headlines are gathered each in their own manner.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from news.merging import Group, alike, merge, neighbours
from news.outcomes import differ
from news.sketches import FORM_TERMS, OWN, SAME, STORY_TERMS, are_apart, heaviest, is_form, product, telling, unit

GATHER_HEADLINES = 0.11
"""Likeness, of what more than one term says, from which two large stories of headlines are one."""
_FIRST_TERM = 0.7
"""Share of the heaviest common term that does not count between headlines: one name alone makes no story."""
_ALONE = 2.0
"""How much more alike two lone headlines must be than two large stories, as a share."""
GATHER_TEXTS = 0.7
"""Likeness of the texts of two stories, as a share of that within the stories, from which these are one."""
_WITHIN, _PAIRS = 0.62, 3
"""Likeness within a story of which too little is known, and how many pairs of texts weigh as much as that."""
OWN_LARGE = 1.4
"""As `OWN`, for what two large stories share."""
MOVE = 0.3
"""Mean likeness to the texts of another story from which a text may go there."""
_ROUNDS = 3
NEAR = 0.15
"""Likeness from which the story of an article is looked at again when another comes."""

Id = TypeVar("Id", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Manner:
    """How articles of one kind are gathered."""

    echo: float
    """How much an article takes on of those most like it."""
    echoed: int
    """Of how many."""
    beside: int
    """Stories that each is compared with."""
    excess: Callable[[Group, Group], float]
    """How much more alike two stories are than they need be, as a share; below 0 they stay two."""
    is_moved: bool
    """Whether in the end each goes where it fits best."""


def gather(
    stories: Mapping[Id, Sequence[int]],
    sketches: Sequence[Mapping[str, float]],
    manner: Manner,
    whole: Collection[Id] = (),
    fresh: Iterable[Id] = (),
    changed: Collection[int] | None = None,
) -> dict[Id, list[int]]:
    """The numbers of the articles of each story, by `sketches`; stories that are `whole` are not taken apart.

    Each goes on under the name that most of its articles had, or a `fresh` one where another has that name.
    Where only some articles have `changed`, their stories and those of the articles most like them are gathered
    anew, and answered.
    """
    numbers = sorted(number for members in stories.values() for number in members)
    if changed is not None:
        stories = _touched(stories, sketches, numbers, changed, manner)
    units: dict[int, Sequence[int]] = {}
    for story, members in stories.items():
        units |= {members[0]: members} if story in whole else {number: [number] for number in members}
    echoed = _echoed(sketches, numbers, [number for its in units.values() for number in its], manner)
    groups = {first: Group() for first in sorted(units)}
    for first, group in groups.items():
        for number in units[first]:
            group.take(number, echoed[number], sketches[number])
    merge(groups, neighbours(groups, manner.beside), manner.excess)
    if manner.is_moved:
        _move(groups, {number: echoed[number] for number, its in units.items() if len(its) == 1}, sketches, manner)
    return _named(stories, [sorted(group.members) for group in groups.values()], iter(fresh))


def _touched(
    stories: Mapping[Id, Sequence[int]],
    sketches: Sequence[Mapping[str, float]],
    numbers: Sequence[int],
    changed: Collection[int],
    manner: Manner,
) -> dict[Id, Sequence[int]]:
    """The stories with changed articles, and those of the articles that are most like these."""
    story_of = {number: story for story, members in stories.items() for number in members}
    asked = [place for place, number in enumerate(numbers) if number in changed]
    near = alike([sketches[number] for number in numbers], manner.beside, asked)
    touched = {number: story_of[number] for number in changed if number in story_of}
    touched |= {
        numbers[place]: story_of[numbers[place]] for likest in near for place, likeness in likest if likeness >= NEAR
    }
    return {story: stories[story] for story in stories if story in set(touched.values())}


def _echoed(
    sketches: Sequence[Mapping[str, float]], numbers: Sequence[int], of: Iterable[int], manner: Manner
) -> dict[int, Mapping[str, float]]:
    """Each of these sketches with something of those of `numbers` that are most like it, the liker the more."""
    place_of = {number: place for place, number in enumerate(numbers)}
    asked = sorted(of)
    found: dict[int, Mapping[str, float]] = {}
    near = alike([sketches[number] for number in numbers], manner.echoed, [place_of[number] for number in asked])
    for number, likest in zip(asked, near, strict=True):
        both = dict(sketches[number])
        for place, shared in likest:
            other = sketches[numbers[place]]
            if is_form(sketches[number], other) or are_apart(sketches[number], other):
                continue
            for term, value in other.items():
                both[term] = both.get(term, 0.0) + manner.echo * shared * value
        found[number] = unit(heaviest(both, STORY_TERMS))
    return found


def _headlines_excess(one: Group, other: Group) -> float:
    """What rests on one term counts little, and so do lone headlines."""
    fewer, more = (one.sum, other.sum) if len(one.sum) <= len(other.sum) else (other.sum, one.sum)
    shared = [value * more[term] for term, value in fewer.items() if term in more]
    size = math.sqrt(max(0.0, one.length * other.length))
    if not shared or not size:
        return -1.0
    likeness = (sum(shared) - _FIRST_TERM * max(shared)) / size
    excess = likeness / (GATHER_HEADLINES * (1 + _ALONE / max(len(one.members), len(other.members)))) - 1
    return -1.0 if excess >= 0 and _is_form(one, other, OWN) else excess


def _texts_excess(one: Group, other: Group) -> float:
    """Two events of one kind are alike too, but less than the texts of each are among themselves."""
    mean = product(one.sum, other.sum) / (len(one.members) * len(other.members))
    excess = mean / math.sqrt(_within(one) * _within(other)) / GATHER_TEXTS - 1
    asked = OWN_LARGE - (OWN_LARGE - OWN) / min(len(one.members), len(other.members))
    return -1.0 if excess >= 0 and _is_form(one, other, asked) else excess


def _is_form(one: Group, other: Group, asked: float) -> bool:
    """As `is_form` says of two sketches; or outcomes tell them apart."""
    if _have_other_outcomes(one, other):
        return True
    count, its_count = len(one.members), len(other.members)
    if one.terms < FORM_TERMS * count or other.terms < FORM_TERMS * its_count:
        return False
    mean = product(one.said, other.said) / (count * its_count)
    return mean < SAME and telling(one.said, other.said, count, its_count) < asked


def _have_other_outcomes(one: Group, other: Group) -> bool:
    """Whether half of the articles of each name outcomes, and these exclude each other."""
    if 2 * min(len(one.outcomes) / len(one.members), len(other.outcomes) / len(other.members)) < 1:
        return False
    return differ(*(chain.from_iterable(group.outcomes) for group in (one, other)))


def _within(group: Group) -> float:
    """The mean likeness of two texts of a story; of few texts little is believed."""
    count = len(group.members)
    of_all = max(0.0, (group.length - count) / 2)
    return (of_all + _PAIRS * _WITHIN) / (count * (count - 1) / 2 + _PAIRS)


HEADLINES = Manner(echo=0.25, echoed=10, beside=24, excess=_headlines_excess, is_moved=False)
TEXTS = Manner(echo=0.2, echoed=5, beside=12, excess=_texts_excess, is_moved=True)


def _move(
    groups: dict[int, Group],
    echoed: Mapping[int, Mapping[str, float]],
    sketches: Sequence[Mapping[str, float]],
    manner: Manner,
) -> None:
    """Moves each of these articles to the story whose articles it is most like on average, itself left out."""
    story_of = {member: story for story, group in groups.items() for member in group.members if member in echoed}
    times_changed = Counter[int]()
    compared: dict[int, list[tuple[int, int]]] = {}
    """For each article the stories it was compared with, each with how often it had changed by then."""
    for _ in range(_ROUNDS):
        beside = neighbours(groups, manner.beside)
        is_settled = True
        for member, story in story_of.items():
            states = [(each, times_changed[each]) for each in (story, *sorted(beside[story]))]
            if compared.get(member) == states:
                continue
            compared[member] = states
            best = _fits_best(echoed[member], sketches[member], story, groups, beside[story])
            if best != story:
                groups[story].give(member, echoed[member], sketches[member])
                groups[best].take(member, echoed[member], sketches[member])
                times_changed.update((story, best))
                story_of[member] = best
                is_settled = False
        for story in [story for story, group in groups.items() if not group.members]:
            del groups[story]
        if is_settled:
            break


def _fits_best(
    terms: Mapping[str, float],
    said: Mapping[str, float],
    story: int,
    groups: Mapping[int, Group],
    others: Iterable[int],
) -> int:
    own, alone = groups[story], Group()
    alone.take(0, terms, said)
    size = len(own.members) - 1
    best, most = story, (product(terms, own.sum) - product(terms, terms)) / size if size else 0.0
    for other in others:
        group = groups[other]
        if group.members:
            mean = product(terms, group.sum) / len(group.members)
            if mean > max(most, MOVE) and not _is_form(alone, group, OWN):
                best, most = other, mean
    return best


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
