"""Digests: the stories for one chat at one slot, ranked and cut to what the reader has time for."""

from __future__ import annotations

import json
import math
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from news.article import Article, Bullet
from news.chat import Subscription
from news.vocabulary import length


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A story that a chat could be shown: its best article, and why it matches."""

    article: Article
    source_count: int
    """Independent sources of its story."""
    story_first_seen_at: datetime
    subscriptions: tuple[int, ...]
    """Ids of the chat's subscriptions that match; empty for a digest asked for by topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A story as a digest shows it; `position` is its number, from 1."""

    position: int
    story_id: int
    article_id: int
    headline: str
    bullets: tuple[Bullet, ...]
    topic: str | None
    source_count: int
    source: str | None
    url: str | None
    first_seen_at: datetime
    language: str | None = None
    image_url: str | None = None
    image_credit: str | None = None
    is_update: bool = False
    score: float = 0.0
    reason: str = ""
    """Which subscription brought it, such as `topic:world`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """What is missing from a digest, and why."""

    quiet_topics: tuple[str, ...] = ()
    """Subscribed topics with nothing new."""
    failing_feeds: tuple[tuple[str, datetime], ...] = ()
    """Title of each subscribed feed that does not answer, and since when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The stories for one chat. `number` counts the chat's digests from 1.

    `items` are all that were chosen, best first; the first `pushed` of them are on
    the first page, the rest behind *More*.
    """

    chat_id: int
    number: int
    composed_at: datetime
    items: tuple[Item, ...]
    pushed: int
    topics: tuple[str, ...]
    """Topics that the digest is about, in the order of its tabs."""
    footer: Footer = Footer()
    since: datetime | None = None
    """When the chat's digest before this one was composed."""
    edition: str = field(default="", compare=False)
    """Key of what it shows, the same for every chat that is shown the same; its buttons name it."""


def edition_of(digest: Digest) -> str:
    """The key of what a digest shows: 16 letters and digits that nobody can aim at.

    Scores are no part of it: the same stories in the same order are the same edition a minute later.
    """
    footer = digest.footer
    shown = [
        digest.pushed,
        digest.topics,
        footer.quiet_topics,
        [(title, since.isoformat()) for title, since in footer.failing_feeds],
        [(it.story_id, it.article_id, it.topic, it.source_count, it.is_update, it.reason) for it in digest.items],
    ]
    return urlsafe_b64encode(blake2b(json.dumps(shown).encode(), digest_size=12).digest()).decode()


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a digest holds: stories on the first page, and more behind it.

    `words`, where given, rules the first page instead of `stories`: as many as are
    read in so many words, at least one.
    """

    stories: int = 7
    more: int = 23
    words: int | None = None


WORDS_A_MINUTE = 230
SHOWN_BULLETS = 3
_LINE_WORDS = 6
"""What topic, sources and age under a headline cost to read."""
_HALF_LIFE = timedelta(hours=12)
_CROWDING = 0.6
"""How much each story already chosen from a shelf holds back that shelf's next."""


def reading_words(item: Item) -> int:
    """Words a reader reads to take in one item."""
    return _words_of(item.headline, item.bullets) + _LINE_WORDS


@lru_cache(maxsize=4_096)  # many digests tell the same stories
def _words_of(headline: str, bullets: tuple[Bullet, ...]) -> int:
    return length(headline) + sum(length(bullet.text) for bullet in bullets)


def reading_minutes(items: Iterable[Item]) -> int:
    """Minutes the items take at 230 words a minute, rounded up; at least 1."""
    return max(1, math.ceil(sum(map(reading_words, items)) / WORDS_A_MINUTE))


def _shelf(
    candidate: Candidate, topics: Sequence[str], wishes: dict[int, Subscription]
) -> tuple[str | None, str, float]:
    """The topic a candidate is shown under, what brought it, and how well it fits (0 to 1)."""
    filings = candidate.article.topics
    own = filings[0].topic if filings else None
    for subscription_id in sorted(candidate.subscriptions):
        wish = wishes.get(subscription_id)
        if wish is not None and wish.kind != "topic":
            return own, f"{wish.kind}:{wish.value}", 1.0
    for filing in filings:
        if filing.topic in topics:
            return filing.topic, f"topic:{filing.topic}", filing.confidence
    return own, "", 0.3


def _score(candidate: Candidate, fit: float, now: datetime) -> float:
    """Freshness halves every twelve hours since we first saw the story; sources add with their logarithm."""
    age = max(timedelta(), now - candidate.story_first_seen_at)
    return (0.4 + 0.6 * fit) * (1 + math.log2(max(1, candidate.source_count))) * math.pow(0.5, age / _HALF_LIFE)


_Ranked = tuple[tuple[float, datetime, int, int], Candidate, str | None]
"""What puts the better candidate last (ties go to the newer story, then to the lower ids), and its topic."""


def _item(candidate: Candidate, position: int, topic: str | None, reason: str, score: float) -> Item:
    article = candidate.article
    return Item(
        position=position,
        story_id=article.story_id,
        article_id=article.id,
        headline=article.headline,
        bullets=article.bullets[:SHOWN_BULLETS],
        topic=topic,
        source_count=candidate.source_count,
        source=article.source,
        url=article.url,
        first_seen_at=candidate.story_first_seen_at,
        language=article.language,
        image_url=article.image_url,
        image_credit=article.image_credit,
        score=score,
        reason=reason,
    )


def choose(
    candidates: Sequence[Candidate],
    *,
    topics: Sequence[str],
    now: datetime,
    budget: Budget = Budget(),
    subscriptions: Sequence[Subscription] = (),
) -> tuple[Item, ...]:
    """The stories a digest holds, best first, each story once; the order of `candidates` says nothing.

    `topics` are the subscribed slugs; `subscriptions` explain the candidates' ids.
    Each shelf (a topic, a feed, words) gets its share: the more it has given, the
    better its next story must be.
    """
    wishes = {subscription.id: subscription for subscription in subscriptions}
    shelves: dict[str, list[_Ranked]] = {}
    for candidate in candidates:
        topic, reason, fit = _shelf(candidate, topics, wishes)
        score = round(_score(candidate, fit, now), 6)
        article = candidate.article
        merit = score, candidate.story_first_seen_at, -article.story_id, -article.id
        shelves.setdefault(reason, []).append((merit, candidate, topic))
    queues = {reason: sorted(ranked, key=lambda each: each[0]) for reason, ranked in sorted(shelves.items())}
    chosen: list[Item] = []
    told: set[int] = set()
    taken = dict.fromkeys(queues, 0)
    limit = budget.more + (len(candidates) if budget.words is not None else budget.stories)
    while len(chosen) < limit:
        for queue in queues.values():
            while queue and queue[-1][1].article.story_id in told:
                queue.pop()
        open_shelves = [reason for reason, queue in queues.items() if queue]
        if not open_shelves:
            break
        best = max(open_shelves, key=lambda r: (queues[r][-1][0][0] / (1 + _CROWDING * taken[r]), r))
        merit, candidate, topic = queues[best].pop()
        taken[best] += 1
        told.add(candidate.article.story_id)
        chosen.append(_item(candidate, len(chosen) + 1, topic, best, merit[0]))
        if budget.words is not None:
            limit = first_page(chosen, budget) + budget.more
    return tuple(chosen)


def first_page(items: Sequence[Item], budget: Budget) -> int:
    """How many of the items the first page shows."""
    if budget.words is None:
        return min(len(items), budget.stories)
    spent = 0
    for count, item in enumerate(items):
        spent += reading_words(item)
        if spent > budget.words:
            return max(1, count)
    return len(items)


def compose(
    candidates: Sequence[Candidate],
    *,
    chat_id: int,
    number: int,
    topics: Sequence[str],
    now: datetime,
    budget: Budget = Budget(),
    subscriptions: Sequence[Subscription] = (),
    failing_feeds: Sequence[tuple[str, datetime]] = (),
    since: datetime | None = None,
) -> Digest:
    """One chat's digest: the chosen items, its tabs, and what is missing.

    A subscribed topic is quiet when no candidate is filed on it.
    """
    items = choose(candidates, topics=topics, now=now, budget=budget, subscriptions=subscriptions)
    shown = {item.topic for item in items if item.topic is not None}
    filed = {filing.topic for candidate in candidates for filing in candidate.article.topics}
    return Digest(
        chat_id=chat_id,
        number=number,
        composed_at=now,
        items=items,
        pushed=first_page(items, budget),
        topics=tuple(t for t in dict.fromkeys((*topics, *sorted(shown))) if t in shown),
        footer=Footer(
            quiet_topics=tuple(topic for topic in topics if topic not in filed),
            failing_feeds=tuple(failing_feeds),
        ),
        since=since,
    )
