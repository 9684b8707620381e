"""Following an address: the feed there, or the feed that the page there names."""

from __future__ import annotations

from datetime import datetime

from ingest.answers import NotAFeed, Unreadable
from ingest.door import Door
from ingest.workers import Workers
from news.feed import Feed
from storage import Storage


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
    if known:
        return known
    fetched = await door.get(url)
    candidates = [fetched.url, *(await workers.find_feeds(fetched.body, fetched.url))[:3]]
    for candidate in candidates:
        body = fetched.body if candidate == fetched.url else await _body(door, candidate)
        try:
            parsed = await workers.read_feed(body, url=candidate)
        except NotAFeed:
            continue
        return await storage.feeds.add(
            candidate, now=now, title=parsed.title, site_url=parsed.site_url, is_shared=is_shared
        )
    raise NoFeed


async def _body(door: Door, url: str) -> bytes:
    try:
        return (await door.get(url)).body
    except Unreadable:
        return b""
