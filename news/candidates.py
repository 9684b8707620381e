"""Candidates: the stories that a chat could be shown, and which of them comes first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Generic, Protocol, TypeVar

from news.article import Bullet, Filing
from news.chat import Wish

HALF_LIFE = 12 * 3_600.0
"""Seconds."""
_CROWDING = 0.6
"""How much each story already chosen from a shelf holds back that shelf's next."""


class Filed(Protocol):
    """As much of an article as ranking looks at."""

    @property
    def id(self) -> int: ...
    @property
    def story_id(self) -> int: ...
    @property
    def topics(self) -> tuple[Filing, ...]: ...


Of = TypeVar("Of", bound=Filed, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Generic[Of]):
    """A story that a chat could be shown: its best article, and why it matches."""

    article: Of
    source_count: int
    """Independent sources of its story."""
    story_first_seen_at: datetime
    subscriptions: tuple[int, ...] = ()
    """Ids of the chat's feeds and words that bring it, the oldest first; topics are the article's own."""
    newest_id: int = 0
    """The newest article of its story."""
    news: tuple[Bullet, ...] | None = None
    """Of a story that the chat has had: what is new in it."""


def _shelf(
    candidate: Candidate[Filed], topics: Sequence[str], wishes: dict[int, Wish]
) -> tuple[str | None, str, float]:
    """The topic a candidate is shown under, what brought it, and how well it fits (0 to 1)."""
    filings = candidate.article.topics
    own = filings[0].topic if filings else None
    for subscription_id in candidate.subscriptions:
        wish = wishes.get(subscription_id)
        if wish is not None and wish.kind != "topic":
            return own, f"{wish.kind}:{wish.value}", 1.0
    for filing in filings:
        if filing.topic in topics:
            return filing.topic, f"topic:{filing.topic}", filing.confidence
    return own, "", 0.3


def of_fit(fit: float) -> float:
    """What fit does to a score: what does not fit at all may still be told."""
    return 0.4 + 0.6 * fit


def of_sources(count: int) -> float:
    """What sources do to a score: they add with their logarithm."""
    return 1 + math.log2(max(1, count))


def freshness(first_seen_at: datetime, now: datetime) -> float:
    """What age does to a score: it halves every twelve hours since we first saw the story."""
    return math.pow(0.5, max(0.0, (now - first_seen_at).total_seconds() / HALF_LIFE))


@lru_cache(maxsize=16_384)  # many chats are told of the same stories at one moment
def _score(fit: float, source_count: int, first_seen_at: datetime, now: datetime) -> float:
    """How good a story is for whoever has no weights."""
    return round(of_fit(fit) * of_sources(source_count) * freshness(first_seen_at, now), 6)


@dataclass(frozen=True, slots=True)
class Rank(Generic[Of]):
    """A candidate that has its place in a digest, the topic it is shown under, what brought it, and how good it is.

    `score` and what it is made of are as an item's.
    """

    candidate: Candidate[Of]
    topic: str | None
    reason: str
    score: float
    fit: float
    freshness: float
    weight: float


Place = tuple[float, datetime, int, int]
"""Score, when first seen, story and article below zero: the better is greater, ties go to the newer story, then to
the lower ids."""
Merit = tuple[Place, Candidate[Of], str | None, float, float]
"""A place, the candidate that has it, its topic, fit and weight."""
Merits = dict[str, list[Merit[Of]]]
"""By what brought them, what candidates are worth at one moment, the best last."""
Known = dict[tuple[int, str], Merit[Of]]
"""By article and what brought it, what it is worth at one moment to all who have no weights."""


def rank(
    candidates: Sequence[Candidate[Of]],
    *,
    topics: Sequence[str],
    now: datetime,
    subscriptions: Sequence[Wish] = (),
    weigh: Callable[[Of], float] | None = None,
    beside: Merits[Of] | None = None,
) -> Iterator[Rank[Of]]:
    """Candidates, best first, each story once; the order of `candidates` says nothing.

    `topics` are the subscribed slugs; `subscriptions` explain the candidates' ids; `weigh` is what
    the reader's weights make of an article's score. `beside` them are others, whose merits are known; it is used up.
    Each shelf (a topic, a feed, words) gets its share: the more it has given, the
    better its next story must be. What comes first comes first among fewer too.
    """
    queues = merits(candidates, topics=topics, now=now, subscriptions=subscriptions, weigh=weigh)
    for reason, others in (beside or {}).items():
        queues[reason] = sorted([*queues[reason], *others], key=itemgetter(0)) if reason in queues else others
    told: set[int] = set()
    taken = dict.fromkeys(queues, 0)
    while True:
        for queue in queues.values():
            while queue and queue[-1][1].article.story_id in told:
                queue.pop()
        open_shelves = [reason for reason, queue in queues.items() if queue]
        if not open_shelves:
            return
        best = max(open_shelves, key=lambda r: (queues[r][-1][0][0] / (1 + _CROWDING * taken[r]), r))
        (score, seen_at, _, _), candidate, topic, fit, weight = queues[best].pop()
        taken[best] += 1
        told.add(candidate.article.story_id)
        yield Rank(candidate, topic, best, score, fit, freshness(seen_at, now), weight)


def merits(
    candidates: Iterable[Candidate[Of]],
    *,
    topics: Sequence[str],
    now: datetime,
    subscriptions: Sequence[Wish] = (),
    weigh: Callable[[Of], float] | None = None,
    known: Known[Of] | None = None,
) -> Merits[Of]:
    """What candidates are worth, for `rank`. What is `known` is not worked out again, and what was not is added: it is
    only for candidates that topics alone bring.
    """
    wishes = {subscription.id: subscription for subscription in subscriptions}
    found: Merits[Of] = {}
    for candidate in candidates:
        topic, reason, fit = _shelf(candidate, topics, wishes)
        merit = known.get((candidate.article.id, reason)) if known else None
        if merit is None:
            merit = _merit(candidate, topic, fit, now, weigh)
            if known is not None:
                known[candidate.article.id, reason] = merit
        found.setdefault(reason, []).append(merit)
    for some in found.values():
        some.sort(key=itemgetter(0))
    return found


def _merit(
    candidate: Candidate[Of], topic: str | None, fit: float, now: datetime, weigh: Callable[[Of], float] | None
) -> Merit[Of]:
    article, seen_at = candidate.article, candidate.story_first_seen_at
    score, weight = _score(fit, candidate.source_count, seen_at, now), 1.0
    if weigh:
        weight = weigh(article)
        score = round(score * weight, 6)
    return (score, seen_at, -article.story_id, -article.id), candidate, topic, fit, weight
