"""Entries (just parsed) and articles (stored), with their bullets and topics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Origin = Literal["publisher", "extract", "model"]


@dataclass(frozen=True, slots=True)
class Bullet:
    """One line under a headline.

    `start` and `end` are code-point offsets into the article's `text`: where the sentence stands that
    the bullet is, or is a shorter form of (`text` has words of it, in their order). Both are None when
    the bullet is the publisher's own and does not stand in the text.
    """

    text: str
    origin: Origin
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """A topic an article is filed on; `confidence` is 0 to 1."""

    topic: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed, a page or a file says, just parsed and not stored.

    All texts are plain (no markup). `published` is ISO 8601 as the publisher gave
    it, without an offset where the zone is unknown: it is shown, and decides nothing.
    """

    headline: str
    paragraphs: tuple[str, ...] = ()
    publisher_bullets: tuple[str, ...] = ()
    standfirst: str | None = None
    byline: str | None = None
    published: str | None = None
    section: str | None = None
    language: str | None = None
    """BCP 47 primary tag as declared or detected, lower case: `en`."""
    guid: str | None = None
    url: str | None = None
    source: str | None = None
    """The publisher's name as a reader knows it: feed title, site name or byline."""
    image_url: str | None = None
    image_credit: str | None = None
    is_teaser: bool = False
    """The source gives only a summary; the full text is to be had from `url`."""

    @property
    def text(self) -> str:
        """Standfirst and paragraphs, parted by empty lines: what bullets are offsets into."""
        return "\n\n".join(filter(None, (self.standfirst, *self.paragraphs)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Entry):
    """What we stored; immutable."""

    id: int
    first_seen_at: datetime
    feed_id: int | None = None
    story_id: int
    bullets: tuple[Bullet, ...] = ()
    topics: tuple[Filing, ...] = ()
    """Best first."""
