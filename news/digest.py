"""Digests: the stories for one chat at one slot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from news.article import Article, Bullet


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
