"""Votes: what they make of a chat's topics and sources, slowly and within bounds."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal

from news.article import Article, Filing

MOST = 6
"""Votes that count, of all for or against a topic or source: so many weigh as much as twelve hours of age."""

WeightKind = Literal["topic", "source"]


@dataclass(frozen=True, slots=True, order=True)
class Weight:
    """How many more votes a topic (by its slug) or a source (by its name) has for it than against it."""

    kind: WeightKind
    value: str
    votes: int

    @property
    def key(self) -> str:
        """What a button calls it, whose room is too small for a source's name."""
        named = f"{self.kind}:{self.value}".encode(errors="replace")
        return urlsafe_b64encode(blake2b(named, digest_size=12).digest()).decode()


Weights = tuple[Weight, ...]
"""A chat's, within bounds and in order: chats of equal weights are told the same."""


def bounded(weights: Iterable[Weight]) -> Weights:
    """Weights as they count: none above the most, and none that votes for and against have made nothing of."""
    within = (Weight(each.kind, each.value, max(-MOST, min(MOST, each.votes))) for each in weights)
    return tuple(sorted(each for each in within if each.votes))


def marks(article: Article) -> list[tuple[WeightKind, str]]:
    """What a vote on an article is about: its topics, the best first, and its source."""
    found: list[tuple[WeightKind, str]] = [("topic", filing.topic) for filing in article.topics]
    return [*found, ("source", article.source)] if article.source else found


@dataclass(slots=True)
class Scales:
    """A chat's weights at hand."""

    weights: Weights
    topics: dict[str, Weight] = field(init=False)
    sources: dict[str, Weight] = field(init=False)

    def __post_init__(self) -> None:
        self.topics = {each.value: each for each in self.weights if each.kind == "topic"}
        self.sources = {each.value: each for each in self.weights if each.kind == "source"}

    def bearing(self, topics: Sequence[Filing], source: str | None) -> list[Weight]:
        """The weights that bear on a story: of its topics, and of its source."""
        known = [self.topics[filing.topic] for filing in topics if filing.topic in self.topics]
        return [*known, self.sources[source]] if source in self.sources else known

    def factor(self, topics: Sequence[Filing], source: str | None) -> float:
        """What a story's score is multiplied with, from 0.5 to 2: by the mean of its topics, and by its source."""
        votes = 0.0
        if topics and self.topics:
            votes = sum(self.topics[each.topic].votes for each in topics if each.topic in self.topics) / len(topics)
        if source in self.sources:
            votes += self.sources[source].votes
        return float(2 ** (max(-MOST, min(MOST, votes)) / MOST))


def only(weights: Weights, bearing: Collection[Weight]) -> Weights:
    """Those of the weights that bore on something."""
    return tuple(each for each in weights if each in bearing)
