"""Following an address: the feed there, or the feed that the page there names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from ingest.answers import NotAFeed, Unreadable
from ingest.door import Door, Fetched
from ingest.feeds import ParsedFeed
from ingest.workers import Workers
from news.feed import Feed
from storage import Storage

MOST_CANDIDATES = 3
"""Feeds of a page that are tried; more would be a way to make us knock at strangers' doors."""


class NoFeed(Exception):
    """Neither the address nor the page there has a feed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A feed as it was found: the address to ask from now on, and what came."""

    url: str
    parsed: ParsedFeed
    fetched: Fetched


async def find(door: Door, workers: Workers, address: str) -> Found:
    """The feed at an address, or the one that the page there names.

    Raises NoFeed where there is none, and Unreadable where the address cannot be read.
    """
    url = address if "://" in address else f"https://{address}"
    there = await door.get(url)
    try:
        return await _read(workers, url, there)
    except NotAFeed:
        named = await workers.find_feeds(there.body, there.url)
    for candidate in named[:MOST_CANDIDATES]:
        try:
            return await _read(workers, candidate, await door.get(candidate))
        except Unreadable:
            continue
    raise NoFeed


async def _read(workers: Workers, url: str, fetched: Fetched) -> Found:
    parsed = await workers.read_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)
    # Where a passing redirect leads is not where the feed lives.
    return Found(fetched.moved_permanently_to or url, parsed, fetched)


async def feed_at(
    storage: Storage, door: Door, workers: Workers, address: str, *, now: datetime, is_shared: bool = False
) -> Feed:
    """The feed at an address, known from now on and due at once. Raises as `find` does."""
    known = await storage.feeds.by_url(address if "://" in address else f"https://{address}")
    if known and known.gone_at is None and known.is_shared >= is_shared:
        return known
    found = await find(door, workers, address)
    about = found.parsed
    return await storage.feeds.add(found.url, now=now, title=about.title, site_url=about.site_url, is_shared=is_shared)


async def replacement(door: Door, workers: Workers, feed: Feed) -> str | None:
    """The address of another feed, named where this one was or by its site; None where there is none."""
    for address in dict.fromkeys((feed.url, feed.site_url or urljoin(feed.url, "/"))):
        try:
            found = await find(door, workers, address)
        except (NoFeed, Unreadable):
            continue
        if found.url != feed.url:
            return found.url
    return None
