"""Following an address: the feed there, or the feed that the page there names."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin

from ingest.answers import CutShort, Downgraded, Garbled, NoAnswer, NotAFeed, NotGenuine, TooSlow, Unreadable
from ingest.door import Door, Fetched
from ingest.feeds import ParsedFeed
from ingest.listing import web_address
from ingest.naming import Named
from ingest.sites import MOST_GUESSES, USUAL_SITEMAPS, kept_by_site, sitemaps_named, usual_places
from ingest.watching import selector_of, watched_address
from ingest.workers import Workers
from news.feed import Feed, full_address
from storage import Storage

MOST_CANDIDATES = 3
"""Feeds of a page that are tried; more would be a way to make us knock at strangers' doors."""
MOST_SITEMAPS = 6
MOST_MOVES = 2
"""Pages that move whoever opens them on to another, one after the other."""
MOST_KNOCKS = 2 + MOST_MOVES + 2 * MOST_CANDIDATES + MOST_GUESSES + MOST_SITEMAPS
"""At a site that keeps no feed."""
PATIENCE = timedelta(seconds=60)
"""For all of it."""


class NoFeed(Exception):
    """Neither the address nor the page there has a feed."""


class SeveralFeeds(Exception):
    """The site lists several feeds, and names none for all of it."""

    def __init__(self, feeds: Sequence[Named]) -> None:
        super().__init__("This site lists several feeds. Name one of them: " + ", ".join(each.url for each in feeds))
        self.feeds = feeds


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


async def find(door: Door, workers: Workers, address: str, *, is_choosing: bool = False) -> Found:
    """The feed at an address; or where its site is known to keep one; or the one that the page names; or the first
    that a page lists which is named there; or where most sites keep theirs; or the site's news sitemap.

    Raises NoFeed where there is none, Unreadable where the address cannot be read, and SeveralFeeds where somebody
    `is_choosing` and there are several to choose from.
    """
    url, search = full_address(address), _Search(door, workers, is_choosing=is_choosing)
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
    is_choosing: bool = False
    empty: Found | None = None
    """The first feed that was found and lists nothing: better than none."""
    pages: list[Fetched] = field(default_factory=list)
    """What was no feed where one was looked for: perhaps a page that lists some."""
    has_listed: bool = False
    """One such page was followed: more would be too many doors."""

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
        for _ in range(MOST_MOVES + 1):
            try:
                return await self._read(url, there)
            except NotAFeed:
                named = await self._named(there)
            if named or (onward := await self.workers.onward(there.body, there.url)) is None:
                break
            url, there = onward, await self.door.get(onward)
        found = await self._first(named) or await self._first_listed()
        if not found and not self.empty:
            found = await self._first(usual_places(there.url))
            found = found or await self._first_listed() or await self._first_sitemap(there.url)
        if found := found or self.empty:
            return found
        raise NoFeed

    async def _named(self, there: Fetched) -> list[str]:
        """The feeds that a page names, or those of the site that sent it."""
        named = await self.workers.find_feeds(there.body, there.url)
        told = (address for rel in ("feed", "alternate") if (address := there.links.get(rel)))
        return list(dict.fromkeys((*told, *named)))[:MOST_CANDIDATES]

    async def _first(self, candidates: Iterable[str]) -> Found | None:
        """The first of these that is a feed with something in it."""
        for candidate in candidates:
            try:
                fetched = await self.door.get(candidate)
                found = await self._read(candidate, fetched)
            except NotAFeed:
                self.pages.append(fetched)
                continue
            except Unreadable:
                continue
            if found.parsed.entries:
                return found
            self.empty = self.empty or found
        return None

    async def _first_listed(self) -> Found | None:
        """The first feed that one of the pages lists which were met so far."""
        pages, self.pages = self.pages, []
        for page in [] if self.has_listed else pages[:MOST_CANDIDATES]:
            if listed := await self.workers.feeds_listed(page.body, page.url):
                self.has_listed = True
                found = await self._first([each.url for each in listed[:MOST_CANDIDATES]])
                if found and self.is_choosing and len(listed) > 1:
                    raise SeveralFeeds(listed)
                return found
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
    storage: Storage,
    door: Door,
    workers: Workers,
    address: str,
    *,
    now: datetime,
    is_shared: bool = False,
    is_choosing: bool = False,
) -> Feed:
    """The feed at an address, known from now on and due at once. Raises as `find` does."""
    known = await storage.feeds.by_url(full_address(address))
    if known and known.gone_at is None and known.is_shared >= is_shared:
        return known
    found = await find(door, workers, address, is_choosing=is_choosing)
    about = found.parsed
    return await storage.feeds.add(found.url, now=now, title=about.title, site_url=about.site_url, is_shared=is_shared)


async def listed(door: Door, workers: Workers, address: str) -> Sequence[Named]:
    """The feeds to choose from at an address, none where it has one for all. Raises NoFeed and Unreadable."""
    try:
        await find(door, workers, address, is_choosing=True)
    except SeveralFeeds as several:
        return several.feeds
    return ()


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
