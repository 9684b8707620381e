"""Following an address: the feed there, or the feed that the page there names."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

from ingest.answers import CutShort, Downgraded, Garbled, NoAnswer, NotAFeed, NotGenuine, TooSlow, Unreadable
from ingest.door import Door, Fetched
from ingest.feeds import ParsedFeed
from ingest.listing import web_address
from ingest.sites import MOST_GUESSES, USUAL_SITEMAPS, kept_by_site, sitemaps_named, usual_places
from ingest.watching import selector_of, watched_address
from ingest.workers import Workers
from news.feed import Feed, full_address
from storage import Storage

MOST_CANDIDATES = 3
"""Feeds of a page that are tried; more would be a way to make us knock at strangers' doors."""
MOST_SITEMAPS = 6
MOST_KNOCKS = 2 + MOST_CANDIDATES + MOST_GUESSES + MOST_SITEMAPS
"""At a site that keeps no feed."""
PATIENCE = timedelta(seconds=60)
"""For all of it."""


class NoFeed(Exception):
    """Neither the address nor the page there has a feed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A feed as it was found: the address to ask from now on, and what came."""

    url: str
    parsed: ParsedFeed
    fetched: Fetched


def home_of(url: str, fetched: Fetched) -> str:
    """Where to ask from now on what was asked for at `url`, with what is watched there."""
    moved, watched = fetched.moved_permanently_to, selector_of(url)
    if moved is None:
        return url
    return moved if watched is None else watched_address(moved, watched)


async def find(door: Door, workers: Workers, address: str) -> Found:
    """The feed at an address; or where its site is known to keep one; or the one that the page names; or where most
    sites keep theirs; or the site's news sitemap.

    Raises NoFeed where there is none, and Unreadable where the address cannot be read.
    """
    url, search = full_address(address), _Search(door, workers)
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            try:
                return await search.find(url)
            except (NoAnswer, NotGenuine, CutShort, Garbled, Downgraded):
                # Who types no https:// asks for none, and some sites have none.
                if "https://" in address or not url.startswith("https://"):
                    raise
                with suppress(Unreadable):
                    return await search.find(url.replace("https://", "http://", 1))
                raise
    except TimeoutError as cause:
        raise TooSlow from cause


@dataclass(slots=True)
class _Search:
    """One search for a feed."""

    door: Door
    workers: Workers
    empty: Found | None = None
    """The first feed that was found and lists nothing: better than none."""

    async def find(self, url: str) -> Found:
        if selector_of(url) is not None:
            return await self._read(url, await self.door.get(url))
        if found := await self._first(kept_by_site(url)):
            return found
        try:
            there = await self.door.get(url)
        except Unreadable:
            if self.empty:
                return self.empty
            raise
        try:
            return await self._read(url, there)
        except NotAFeed:
            named = await self.workers.find_feeds(there.body, there.url)
        told = (address for rel in ("feed", "alternate") if (address := there.links.get(rel)))
        found = await self._first(list(dict.fromkeys((*told, *named)))[:MOST_CANDIDATES])
        if not found and not self.empty:
            found = await self._first(usual_places(there.url)) or await self._first_sitemap(there.url)
        if found := found or self.empty:
            return found
        raise NoFeed

    async def _first(self, candidates: Iterable[str]) -> Found | None:
        """The first of these that is a feed with something in it."""
        for candidate in candidates:
            try:
                found = await self._read(candidate, await self.door.get(candidate))
            except Unreadable:
                continue
            if found.parsed.entries:
                return found
            self.empty = self.empty or found
        return None

    async def _first_sitemap(self, url: str) -> Found | None:
        """The first news sitemap among those that the site's robots.txt names, or at the usual places."""
        try:
            robots = bytes((await self.door.get(urljoin(url, "/robots.txt"))).body).decode(errors="replace")
        except Unreadable:
            robots = ""
        named = (*sitemaps_named(robots)[:MOST_CANDIDATES], *USUAL_SITEMAPS)
        waiting = [address for each in named if (address := web_address(url, each))]
        for _ in range(MOST_SITEMAPS):
            if not waiting:
                break
            candidate = waiting.pop(0)
            try:
                fetched = await self.door.get(candidate)
                within = await self.workers.sitemaps_in(fetched.body, fetched.url)
                if not within:
                    return await self._read(candidate, fetched)
                waiting[:0] = [each for each in within if "news" in each.lower()][:MOST_CANDIDATES]
            except Unreadable:
                continue
        return None

    async def _read(self, url: str, fetched: Fetched) -> Found:
        watched = selector_of(url)
        parsed = await self.workers.read_feed(
            fetched.body, url=fetched.url, content_type=fetched.content_type, watched=watched
        )
        # Where a passing redirect leads is not where the feed lives.
        return Found(home_of(url, fetched), parsed, fetched)


async def feed_at(
    storage: Storage, door: Door, workers: Workers, address: str, *, now: datetime, is_shared: bool = False
) -> Feed:
    """The feed at an address, known from now on and due at once. Raises as `find` does."""
    known = await storage.feeds.by_url(full_address(address))
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
