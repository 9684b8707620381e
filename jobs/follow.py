"""Following an address: the feed there, or the feed that the page there names."""

from __future__ import annotations

from datetime import datetime

from ingest.answers import NotAFeed, Unreadable
from ingest.door import Door, Fetched
from ingest.workers import Workers
from news.feed import Feed
from storage import Storage

MOST_CANDIDATES = 3
"""Feeds of a page that are tried; more would be a way to make us knock at strangers' doors."""


class NoFeed(Exception):
    """Neither the address nor the page there has a feed."""


async def feed_at(
    storage: Storage, door: Door, workers: Workers, address: str, *, now: datetime, is_shared: bool = False
) -> Feed:
    """The feed at an address, known from now on and due at once.

    Raises NoFeed where there is none, and Unreadable where the address cannot be read.
    """
    url = address if "://" in address else f"https://{address}"
    known = await storage.feeds.by_url(url)
    if known and known.gone_at is None and known.is_shared >= is_shared:
        return known

    async def followed(url: str, fetched: Fetched) -> Feed:
        parsed = await workers.read_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)
        # Where a passing redirect leads is not where the feed lives.
        home = fetched.moved_permanently_to or url
        return await storage.feeds.add(home, now=now, title=parsed.title, site_url=parsed.site_url, is_shared=is_shared)

    there = await door.get(url)
    try:
        return await followed(url, there)
    except NotAFeed:
        named = await workers.find_feeds(there.body, there.url)
    for candidate in named[:MOST_CANDIDATES]:
        try:
            return await followed(candidate, await door.get(candidate))
        except Unreadable:
            continue
    raise NoFeed
