"""The second look: which articles are one story after all.

At arrival an article knows only what came before it. Once more has been told, all are gathered anew
(`news.gathering`). Stories of bare headlines and stories of texts are judged apart: together they did worse.
In the end a story of headlines goes to the story of texts that surely tells the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from news.gathering import HEADLINES, TEXTS, gather
from news.merging import alike
from news.sketches import are_apart, heaviest, is_brief, is_form, joined, likeness, unit

JOIN_TEXTS, JOIN_TERMS = 0.35, 5
"""Likeness from which a story of headlines goes to one of texts, and how many terms they must share: one name, or
two, are no story."""
_INDEXED_TERMS, _BESIDE = 24, 3
"""Terms by which stories of texts are looked up for a story of headlines, and how many of these are compared."""

Id = TypeVar("Id", bound=Hashable)


def regroup(
    told: Sequence[tuple[Id, Mapping[str, float]]],
    whole: Collection[Id] = (),
    fresh: Iterable[Id] = (),
    changed: Collection[int] | None = None,
) -> list[Id]:
    """The story of each article after the second look; `told` holds story and sketch of each, oldest first.

    Stories that are `whole` are not taken apart. Those that come apart take `fresh` ids, as far as
    there are any. `changed` are the numbers of the articles that came, or came elsewhere, since the last look:
    then what is not near them stays as it is.
    """
    sketches = [terms for _, terms in told]
    stories: defaultdict[Id, list[int]] = defaultdict(list)
    briefs: Counter[Id] = Counter()
    for number, (story, terms) in enumerate(told):
        stories[story].append(number)
        briefs[story] += is_brief(terms)
    headlines = {story: members for story, members in stories.items() if briefs[story] * 2 > len(members)}
    texts = {
        story: [member for member in members if not is_brief(sketches[member])]
        for story, members in stories.items()
        if story not in headlines
    }
    names = iter(fresh)
    after = [story for story, _ in told]
    of_texts = gather(texts, sketches, TEXTS, whole, names, changed)
    for found in (of_texts, gather(headlines, sketches, HEADLINES, whole, names, changed)):
        for story, members in found.items():
            for member in members:
                after[member] = story
    regathered = {told[member][0] for members in of_texts.values() for member in members}
    among = [member for story in regathered for member in stories[story] if is_brief(sketches[member])]
    _follow(among, told, of_texts, after)
    return _brought_together(told, after)


def _brought_together(told: Sequence[tuple[Id, Mapping[str, float]]], after: Sequence[Id]) -> list[Id]:
    """The stories, where those of headlines have gone to the story of texts that they are most like.

    What becomes one has the name that most of its articles had, else that of the texts.
    """
    sizes, briefs = (
        Counter(after),
        Counter(story for story, (_, terms) in zip(after, told, strict=True) if is_brief(terms)),
    )
    if not briefs or briefs.total() == len(told):
        return list(after)
    sums = list(summed((story, terms) for story, (_, terms) in zip(after, told, strict=True)).items())
    heavy = [unit(heaviest(terms, _INDEXED_TERMS)) for _, terms in sums]
    asked = [place for place, (story, _) in enumerate(sums) if briefs[story] * 2 > sizes[story]]
    of_headlines = set(asked)
    parts: defaultdict[Id, list[Id]] = defaultdict(list)
    for place, near in zip(asked, alike(heavy, _BESIDE, asked), strict=True):
        story, terms = sums[place]
        found = [
            (score, -at)
            for at, _ in near
            if at not in of_headlines
            and len(terms.keys() & sums[at][1].keys()) >= JOIN_TERMS
            and (score := likeness(terms, sums[at][1])) >= JOIN_TEXTS
            and not is_form(terms, sums[at][1])
            and not are_apart(terms, sums[at][1])
        ]
        if found:
            parts[sums[-max(found)[1]][0]].append(story)
    names = {
        part: max((texts, *its), key=lambda story: sizes[story])
        for texts, its in parts.items()
        for part in (texts, *its)
    }
    return [names.get(story, story) for story in after]


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


def _follow(
    numbers: Iterable[int],
    told: Sequence[tuple[Id, Mapping[str, float]]],
    groups: Mapping[Id, Sequence[int]],
    after: list[Id],
) -> None:
    """Headlines among texts go with these: to that part of their story which they are most like."""
    parts: defaultdict[Id, set[Id]] = defaultdict(set)
    for name, members in groups.items():
        for member in members:
            parts[told[member][0]].add(name)
    sums = summed((name, told[member][1]) for name, members in groups.items() for member in members)
    for number in numbers:
        story, terms = told[number]
        after[number] = max(parts[story], key=lambda part: (likeness(sums[part], terms), part == story))
