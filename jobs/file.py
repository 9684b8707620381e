"""Filing an entry: what it says in short, which topics and which story it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from news.article import Article, Entry
from news.bullets import choose_bullets
from news.feed import Feed
from news.identity import keys
from news.stories import Index, joined, sketch
from news.topics import Taxonomy, file_under
from storage import Storage

STORY_LASTS = timedelta(days=3)
"""A story that nobody told for so long is over; what comes next is another."""


@dataclass(slots=True)
class Shelves:
    """What filing needs at hand: the topics, and the running stories."""

    taxonomy: Taxonomy
    stories: Index = field(default_factory=lambda: Index(()))

    async def remember(self, storage: Storage, now: datetime) -> None:
        """Takes up the stories that still run, as storage has them."""
        self.stories = Index(await storage.stories.recent(now - STORY_LASTS))

    async def is_seen(self, storage: Storage, entry: Entry, feed: Feed | None) -> bool:
        """Whether an entry is a rerun, before any work is spent on it."""
        return await storage.articles.is_seen(keys(entry, feed.id if feed else None))


async def file_entry(
    storage: Storage,
    shelves: Shelves,
    entry: Entry,
    *,
    feed: Feed | None,
    now: datetime,
    shared_guids: frozenset[str] = frozenset(),
) -> Article | None:
    """The article that the entry became; None for a rerun."""
    known = keys(entry, feed.id if feed else None, shared_guids=shared_guids)
    if await storage.articles.is_seen(known):
        return None
    words = sketch(entry)
    best = shelves.stories.best(words, now=now)
    article = await storage.articles.add(
        entry,
        keys=known,
        bullets=choose_bullets(entry),
        topics=file_under(entry, shelves.taxonomy, fallback=feed.topic if feed else None),
        story_id=best.id if best else None,
        sketch=joined(best.sketch, words) if best else words,
        source=source_of(entry, feed),
        feed_id=feed.id if feed else None,
        now=now,
    )
    if article is not None:
        story = await storage.stories.get(article.story_id)
        if story is not None:
            shelves.stories.put(story)
    return article


def source_of(entry: Entry, feed: Feed | None) -> str:
    """Who tells it, so that sources can be counted: the publisher's name, else the byline."""
    return (feed.title if feed else None) or entry.source or entry.byline or "unknown"
