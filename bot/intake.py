"""Taking in what an operator names: article files, folders, feeds, pages, OPML lists, addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from bot.opening import file_bytes
from ingest.answers import NotAFeed, NoText, Unreadable
from ingest.article_file import decode, read_article
from ingest.door import Door, Fetched
from ingest.opml import read_opml
from ingest.workers import Workers
from jobs.file import Shelves, condensed, file_entry
from jobs.follow import NoFeed, SeveralFeeds, feed_at, home_of
from jobs.refresh import refresh_feed
from jobs.taking import article_on
from news.article import Article, Entry
from news.feed import Feed
from storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One thing taken in, or what was wrong with it in a sentence."""

    source: str
    article: Article | None = None
    is_new: bool = False
    note: str | None = None
    problem: str | None = None


async def take_in(
    storage: Storage,
    shelves: Shelves,
    door: Door,
    workers: Workers,
    paths: Sequence[str],
    *,
    clock: Callable[[], datetime],
) -> AsyncIterator[Taken]:
    """Takes in each path in order; one that cannot be read holds up no other."""
    intake = _Intake(storage, shelves, door, workers, clock)
    for path in paths:
        if "://" in path:
            async for taken in intake.address(path):
                yield taken
            continue
        place = Path(path)
        if not path or not place.exists():
            yield Taken(
                source=path,
                problem="There is no such file or folder. Look for a slip in its path; an address begins with https://.",
            )
            continue
        files = sorted(one for one in place.rglob("*") if one.is_file()) if place.is_dir() else [place]
        if not files:
            yield Taken(source=path, problem="This folder is empty. Name one that holds articles.")
        for one in files:
            async for taken in intake.file(one):
                yield taken


@dataclass(frozen=True, slots=True)
class _Intake:
    storage: Storage
    shelves: Shelves
    door: Door
    workers: Workers
    clock: Callable[[], datetime]

    async def file(self, path: Path) -> AsyncIterator[Taken]:
        source = str(path)
        try:
            data = await asyncio.to_thread(file_bytes, source)
        except Unreadable as problem:
            yield Taken(source=source, problem=str(problem))
            return
        async for taken in self.content(source, data, url=None):
            yield taken

    async def content(self, source: str, data: bytes, *, url: str | None) -> AsyncIterator[Taken]:
        """Whatever a file or an address held: an OPML list, a feed, a page, or an article's text."""
        start = _start(data)
        try:
            if b"<opml" in start:
                for outline in read_opml(data):
                    yield await self.subscription(source, outline.url, outline.title, outline.folder)
            elif _is_page(data):
                yield await self.entry(source, await self.workers.read_page(data, url or ""))
            elif start.startswith((b"<", b"{")):
                for entry in reversed((await self.workers.read_feed(data, url=url)).entries):
                    [told] = await self.workers.in_their_languages([entry])
                    yield await self.entry(source, told)
            else:
                yield await self.entry(source, read_article(decode(data)))
        except Unreadable as problem:
            yield Taken(source=source, problem=str(problem))

    async def address(self, url: str) -> AsyncIterator[Taken]:
        """A feed's address is followed from now on; an article's page is read once; of any other page the feed is
        looked for as `feeds add` does.
        """
        try:
            fetched = await self.door.get(url)
            parsed = await self.workers.read_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)
        except NotAFeed:
            if _is_page(bytes(fetched.body)):
                yield await self.page(url, fetched)
                return
            async for taken in self.content(url, bytes(fetched.body), url=fetched.url):
                yield taken
        except Unreadable as problem:
            yield Taken(source=url, problem=str(problem))
        else:
            add = self.storage.feeds.add
            home = home_of(url, fetched)
            feed = await add(home, now=self.clock(), title=parsed.title, site_url=parsed.site_url)
            yield await self.follow(url, feed)

    async def page(self, url: str, fetched: Fetched) -> Taken:
        try:
            return await self.entry(url, await article_on(self.door, self.workers, fetched))
        except Unreadable as problem:
            # Behind a wall stands an article all the same: whoever named it asked for no feed.
            found = await self.site(url) if type(problem) is NoText else None
            return found or Taken(source=url, problem=str(problem))

    async def site(self, url: str) -> Taken | None:
        """The feed of a site, followed from now on; None where it has none."""
        try:
            feed = await feed_at(
                self.storage, self.door, self.workers, url, now=self.clock(), is_shared=True, is_choosing=True
            )
        except SeveralFeeds as several:
            return Taken(source=url, problem=str(several))
        except (NoFeed, Unreadable):
            return None
        return await self.follow(url, feed)

    async def follow(self, source: str, feed: Feed) -> Taken:
        read = await refresh_feed(self.storage, self.door, self.workers, self.shelves, feed, now=self.clock())
        name = read.feed.title or read.feed.url
        return Taken(source=source, note=f"Following {name}: {read.articles} new articles.")

    async def subscription(self, source: str, url: str, title: str | None, folder: str | None) -> Taken:
        topics = {t.name.casefold(): t.slug for t in self.shelves.taxonomy.topics}
        topic = topics.get((folder or "").casefold())
        feed = await self.storage.feeds.add(url, now=self.clock(), title=title, topic=topic)
        return Taken(source=source, note=f"Following {feed.title or feed.url}.")

    async def entry(self, source: str, entry: Entry) -> Taken:
        article = await file_entry(self.storage, self.shelves, entry, feed=None, now=self.clock())
        if article is not None:
            return Taken(source=source, article=article, is_new=True)
        bullets, topics = condensed(entry, self.shelves.taxonomy, fallback=None)
        said = {field.name: getattr(entry, field.name) for field in fields(Entry)}
        known = Article(**said, id=0, story_id=0, first_seen_at=self.clock(), bullets=bullets, topics=topics)
        return Taken(source=source, article=known)


def _start(data: bytes) -> bytes:
    return data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()


def _is_page(data: bytes) -> bool:
    return _start(data).startswith((b"<!doctype html", b"<html"))
