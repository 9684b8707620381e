"""Refresh: due feeds are fetched, and what they say that is new becomes articles."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.answers import Unreadable
from ingest.door import Door, Fetched
from ingest.workers import Workers
from jobs.file import Shelves, file_entry
from news.article import Entry
from news.feed import Feed, answered, failed
from storage import Storage

AT_ONCE = 8
MOST_PAGES = 30
"""Full texts fetched for one feed in one refresh; the rest keep their teaser."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What one round did: feeds that answered, feeds that did not, new articles."""

    answered: int = 0
    failing: int = 0
    articles: int = 0


async def refresh(
    storage: Storage,
    door: Door,
    workers: Workers,
    shelves: Shelves,
    *,
    now: datetime,
    interval: timedelta = timedelta(minutes=30),
    limit: int = 200,
) -> Refreshed:
    """Refreshes the feeds that are due, some at the same moment; one that fails delays no other.

    `interval` is the time to the next look at each.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(feed: Feed) -> tuple[Feed, int]:
        async with gate:
            return await refresh_feed(storage, door, workers, shelves, replace(feed, interval=interval), now=now)

    done = await asyncio.gather(*(one(feed) for feed in await storage.feeds.due(now, limit)))
    failing = sum(feed.problem is not None for feed, _ in done)
    return Refreshed(len(done) - failing, failing, sum(count for _, count in done))


async def refresh_feed(
    storage: Storage, door: Door, workers: Workers, shelves: Shelves, feed: Feed, *, now: datetime
) -> tuple[Feed, int]:
    """Refreshes one feed; returns it as recorded, and how many articles it brought."""
    try:
        fetched = await door.get(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        parsed = None if _is_unchanged(feed, fetched) else await workers.read_feed(fetched.body, url=fetched.url)
    except Unreadable as problem:
        after = failed(feed, str(problem), now=now)
        await storage.feeds.record(after)
        return after, 0
    after = answered(
        feed,
        now=now,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        body_hash=_hash(fetched.body) if parsed else None,
        title=parsed.title if parsed else None,
        site_url=parsed.site_url if parsed else None,
    )
    count = 0
    if parsed:
        count = await _take_in(storage, door, workers, shelves, after, parsed.entries, now)
    # Recorded last: a crash before it only means that the feed is read again, and its entries are reruns.
    await storage.feeds.record(after)
    return after, count


def _is_unchanged(feed: Feed, fetched: Fetched) -> bool:
    return fetched.is_unchanged or _hash(fetched.body) == feed.body_hash


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


async def _take_in(
    storage: Storage,
    door: Door,
    workers: Workers,
    shelves: Shelves,
    feed: Feed,
    entries: Sequence[Entry],
    now: datetime,
) -> int:
    guids = Counter(entry.guid for entry in entries if entry.guid)
    shared = frozenset(guid for guid, times in guids.items() if times > 1)
    count = fetched = 0
    # Oldest first, so that the newest has the highest id.
    for entry in reversed(entries):
        named = replace(entry, source=entry.source or feed.title)
        if entry.is_teaser and entry.url and fetched < MOST_PAGES and not await shelves.is_seen(storage, named, feed):
            fetched += 1
            named = await _full_text(door, workers, named)
        article = await file_entry(storage, shelves, named, feed=feed, shared_guids=shared, now=now)
        count += article is not None
    return count


async def _full_text(door: Door, workers: Workers, entry: Entry) -> Entry:
    """The entry with the text of its page; as it was where the page gives no more."""
    try:
        fetched = await door.get(entry.url or "")
        page = await workers.read_page(fetched.body, fetched.url)
    except Unreadable:
        return entry
    if len(page.text) <= len(entry.text):
        return entry
    return replace(
        entry,
        paragraphs=page.paragraphs,
        standfirst=entry.standfirst,
        byline=entry.byline or page.byline,
        published=entry.published or page.published,
        image_url=entry.image_url or page.image_url,
        language=entry.language or page.language,
        is_teaser=False,
    )
