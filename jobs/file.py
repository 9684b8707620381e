"""Filing an entry: what it says in short, which topics and which story it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from news.article import Article, Bullet, Entry, Filing
from news.bullets import choose_bullets
from news.feed import Feed
from news.identity import keys
from news.stories import WINDOW, Index, bar, joined, sketch
from news.story import Story
from news.topics import Taxonomy, file_under
from storage import Storage


@dataclass(slots=True)
class Shelves:
    """What filing needs at hand: the topics, and the running stories."""

    taxonomy: Taxonomy
    stories: Index = field(default_factory=lambda: Index())

    async def remember(self, storage: Storage, now: datetime) -> None:
        """Takes up the stories that still run, as storage has them."""
        self.stories = Index(await storage.stories.recent(now - WINDOW))

    def story_of(self, words: Mapping[str, float]) -> Story | None:
        """The running story that an entry of this sketch tells; None when it opens one."""
        best = self.stories.best(words)
        return best[0] if best and best[1] >= bar(words) else None

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
    bullets, topics = condensed(entry, shelves.taxonomy, fallback=feed.topic if feed else None)
    words = sketch(entry)
    story = shelves.story_of(words)
    article = await storage.articles.add(
        entry,
        keys=known,
        bullets=bullets,
        topics=topics,
        story_id=story.id if story else None,
        sketch=joined(story.sketch, words) if story else words,
        source=source_of(entry, feed),
        feed_id=feed.id if feed else None,
        now=now,
    )
    if article is not None:
        told = await storage.stories.get(article.story_id)
        if told is not None:
            shelves.stories.put(told)
    return article


def condensed(
    entry: Entry, taxonomy: Taxonomy, *, fallback: str | None
) -> tuple[tuple[Bullet, ...], tuple[Filing, ...]]:
    """What an entry says in short, and the topics it is filed on; `fallback` where nothing better is known."""
    return choose_bullets(entry), file_under(entry, taxonomy, fallback=fallback)


def source_of(entry: Entry, feed: Feed | None) -> str:
    """Who tells it, so that sources can be counted: the publisher's name, else the byline."""
    return (feed.title if feed else None) or entry.source or entry.byline or "unknown"
