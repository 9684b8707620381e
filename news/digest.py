"""Digests: the stories for one chat at one slot, cut to what the reader has time for."""

from __future__ import annotations

import json
import math
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from news.article import Article, Bullet
from news.candidates import Filed, Rank
from news.corrections import Corrected
from news.figures import Spread
from news.vocabulary import length
from news.votes import Weights


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
    """That of what is shown of it."""
    translated_from: str | None = None
    """The language of its article, where lines of it are translated."""
    image_url: str | None = None
    image_credit: str | None = None
    is_update: bool = False
    """The chat has had the story: `bullets` are what is new in it."""
    newest_id: int = 0
    """The newest article of its story: what comes after it may be an Update."""
    spread: Spread | None = None
    """Of something that it counts, from where to where its sources' numbers go."""
    score: float = 0.0
    reason: str = ""
    """Which subscription brought it, such as `topic:world`."""
    fit: float | None = None
    """How well it fits what brought it, 0 to 1; None where that was not kept."""
    freshness: float | None = None
    """1 when its story was just seen, half of it after twelve hours; None where that was not kept."""
    weight: float = 1.0
    """What the chat's weights made of its score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A story that a digest had no room for; `position` is the place it came to. Else as an item says it."""

    position: int
    story_id: int
    article_id: int
    reason: str
    source_count: int
    score: float
    fit: float
    freshness: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """What is missing from a digest, and why."""

    quiet_topics: tuple[str, ...] = ()
    """Subscribed topics with nothing new."""
    failing_feeds: tuple[tuple[str, datetime], ...] = ()
    """Title of each subscribed feed that does not answer, and since when."""
    silent_feeds: tuple[tuple[str, datetime], ...] = ()
    """Title of each that answers and brings nothing for longer than it usually does, and since when."""
    corrections: tuple[Corrected, ...] = ()
    """What publishers changed since in what the chat was told before."""
    kept_out: int = 0
    """Articles since the digest before that the chat's mutes left out."""


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
    asked: str | None = None
    """The topic that it was asked for by, whatever the chat follows."""
    missed: tuple[Miss, ...] = ()
    """The first that it had no room for."""
    weights: Weights = ()
    """The chat's weights that bore on what is told or missed."""
    language: str | None = None
    """What stories in other languages are shown in, where its chat asked for that."""
    is_alert: bool = False
    """Whether alerts brought it, at no slot."""
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
        [(title, since.isoformat()) for title, since in footer.silent_feeds],
        [(each.change, each.was, each.headline) for each in footer.corrections],
        [
            (it.story_id, it.article_id, it.newest_id, it.topic, it.source_count, it.reason, _new_lines(it), _range(it))
            for it in digest.items
        ],
        digest.asked,
        [(each.story_id, each.reason) for each in digest.missed],
        [(each.kind, each.value, each.votes) for each in digest.weights],
        digest.language,
        *(["alert"] if digest.is_alert else []),
        *([footer.kept_out] if footer.kept_out else []),
    ]
    return urlsafe_b64encode(blake2b(json.dumps(shown).encode(), digest_size=12).digest()).decode()


def _new_lines(item: Item) -> list[str] | None:
    return [bullet.text for bullet in item.bullets] if item.is_update else None


def _range(item: Item) -> tuple[float, float, str] | None:
    return (item.spread.low, item.spread.high, item.spread.noun) if item.spread else None


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
MISSED = 10
"""Stories that come next, of which a digest remembers why they are not in it."""


def reading_words(item: Item) -> int:
    """Words a reader reads to take in one item."""
    return _words_of(item.headline, *[bullet.text for bullet in item.bullets]) + _LINE_WORDS


@lru_cache(maxsize=4_096)  # many digests tell the same stories
def _words_of(*lines: str) -> int:
    return sum(map(length, lines))


def reading_minutes(items: Iterable[Item]) -> int:
    """Minutes the items take at 230 words a minute, rounded up; at least 1."""
    return max(1, math.ceil(sum(map(reading_words, items)) / WORDS_A_MINUTE))


def _item(position: int, ranked: Rank[Filed], article: Article) -> Item:
    candidate = ranked.candidate
    return Item(
        position=position,
        story_id=article.story_id,
        article_id=article.id,
        headline=article.headline,
        bullets=(article.bullets if candidate.news is None else candidate.news)[:SHOWN_BULLETS],
        topic=ranked.topic,
        source_count=candidate.source_count,
        source=article.source,
        url=article.url,
        first_seen_at=candidate.story_first_seen_at,
        language=article.language,
        image_url=article.image_url,
        image_credit=article.image_credit,
        is_update=candidate.news is not None,
        newest_id=candidate.newest_id,
        score=ranked.score,
        reason=ranked.reason,
        fit=ranked.fit,
        freshness=ranked.freshness,
        weight=ranked.weight,
    )


def choose(
    ranked: Iterable[Rank[Filed]], articles: Mapping[int, Article], budget: Budget = Budget()
) -> tuple[Item, ...]:
    """The stories a digest holds, of those ranked, whose articles are given by their ids."""
    items = (_item(position, each, articles[each.candidate.article.id]) for position, each in enumerate(ranked, 1))
    if budget.words is None:
        return tuple(islice(items, budget.stories + budget.more))
    chosen: list[Item] = []
    for item in items:
        chosen.append(item)
        if len(chosen) >= first_page(chosen, budget) + budget.more:
            break
    return tuple(chosen)


def missed(ranked: Sequence[Rank[Filed]], told: int) -> tuple[Miss, ...]:
    """The first of those ranked that a digest of so many stories has no room for."""
    return tuple(
        Miss(
            position=position,
            story_id=each.candidate.article.story_id,
            article_id=each.candidate.article.id,
            reason=each.reason,
            source_count=each.candidate.source_count,
            score=each.score,
            fit=each.fit,
            freshness=each.freshness,
            weight=each.weight,
        )
        for position, each in enumerate(ranked[told : told + MISSED], told + 1)
    )


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
    items: tuple[Item, ...],
    *,
    chat_id: int,
    number: int,
    topics: Sequence[str],
    filed: AbstractSet[str],
    now: datetime,
    budget: Budget = Budget(),
    failing_feeds: Sequence[tuple[str, datetime]] = (),
    silent_feeds: Sequence[tuple[str, datetime]] = (),
    corrections: Sequence[Corrected] = (),
    kept_out: int = 0,
    since: datetime | None = None,
    language: str | None = None,
) -> Digest:
    """One chat's digest: the chosen items, its tabs, and what is missing.

    A subscribed topic is quiet when it is none of `filed`, those that something new is filed on.
    """
    shown = {item.topic for item in items if item.topic is not None}
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
            silent_feeds=tuple(silent_feeds),
            corrections=tuple(corrections),
            kept_out=kept_out,
        ),
        since=since,
        language=language,
    )
