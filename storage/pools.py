"""What digests are chosen from, read once for many chats."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Filing
from news.facts import Said, said
from news.figures import Count, counts
from news.filters import Filter
from news.pool import Outline, Pool
from news.sieve import Sieve
from storage import words
from storage.bulk import among
from storage.engine import Database
from storage.matching import as_filter, each_wants, topic_names
from storage.reading import BEST_FIRST, read_articles
from storage.tables import article_topics, articles, stories

AT_ONCE = 500
"""Articles read by one query."""
READ_AT_ONCE = 10
"""The same, with their text, before others may act: some tens of milliseconds."""
WORTH = 4
"""Articles that are read and taken apart in the time that the index takes to answer for one filter."""
MOST_SIFTED = 5_000
"""Articles that are taken apart at once: some 45 MB."""
MOST_HEARD = 40
"""Articles of a story that something new is held against."""
MOST_KEPT = 4_000
"""Articles of which what they say is kept at hand: some 20 MB."""
OF_ARTICLE = ("id", "feed_id", "is_shared", "first_seen_at", "teller", "language")


Reading = tuple[int, str, int]
"""An article as it reads now, corrected or not: its id, its headline, the length of its text."""


Says = tuple[Said, tuple[Count, ...]]


class Heard(NamedTuple):
    """An article of a story, who may see it, and what it says."""

    id: int
    feed_id: int | None
    is_shared: bool
    told_at: datetime
    teller: str | None
    """The source that it counts as; none where it is a copy."""
    language: str | None
    said: Said
    counts: tuple[Count, ...]


class Pools:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._said: dict[Reading, Says] = {}
        """What articles say, of those that were looked at."""

    async def read(self, since: datetime) -> Pool:
        """The articles first seen since then, in outline."""
        pool = Pool(since)
        async with self._database.read() as connection:
            await _read(connection, pool, articles.c.first_seen_at >= since)
        return pool

    async def about(self, article_ids: Collection[int], now: datetime) -> Pool:
        """The stories of these articles, in outline, however old."""
        pool = Pool(now)
        async with self._database.read() as connection:
            theirs = select(articles.c.story_id).where(among(connection, articles.c.id, article_ids))
            pool.again |= set(await connection.scalars(theirs))
            await _read(connection, pool, among(connection, articles.c.story_id, pool.again))
        return pool

    async def extend(self, pool: Pool, again: Collection[int]) -> None:
        """Adds all articles of these stories, however old."""
        missing = set(again) - pool.again
        if missing:
            async with self._database.read() as connection:
                await _read(connection, pool, among(connection, articles.c.story_id, missing))
            pool.again |= missing

    async def look_up(self, pool: Pool, filters: Collection[str], now: datetime) -> None:
        """Finds what filters bring, or keep out, of the articles that the pool has by now.

        The index is asked for a few filters; once there were many, the articles are read and all held against them.
        """
        if pool.looked_up != len(pool.outlines):
            pool.filtered, pool.sieve, pool.looked_up = {}, None, len(pool.outlines)
        missing = set(filters) - pool.filtered.keys()
        if not missing:
            return
        are_many = (len(pool.filtered) + len(missing)) * WORTH > len(pool.outlines)
        async with self._database.read() as connection:
            topics = await topic_names(connection)
            wanted = {typed: as_filter(typed, topics) for typed in missing}
            if pool.sieve is None and not (are_many and len(pool.outlines) <= MOST_SIFTED):
                found = await each_wants(connection, list(wanted.values()), pool.outlines, now)
                pool.filtered |= dict(zip(wanted, found, strict=True))
                return
            known = await words.parts(connection)
            rows = [] if pool.sieve else await words.rows(connection, known, pool.outlines)
        # In a thread: taken apart and held against each other they are hundreds of milliseconds of work.
        if pool.sieve is None:
            pool.sieve = await asyncio.to_thread(Sieve, rows)
        pool.filtered |= await asyncio.to_thread(_sifted, pool.sieve, wanted, now)

    async def name_sources(self, pool: Pool) -> None:
        """Reads who published the articles of the pool, where that is not known yet."""
        missing = pool.outlines.keys() - pool.sources.keys()
        if missing:
            async with self._database.read() as connection:
                named = select(articles.c.id, articles.c.source).where(among(connection, articles.c.id, missing))
                pool.sources |= dict.fromkeys(missing) | {row[0]: row[1] for row in await connection.execute(named)}

    async def fill(self, pool: Pool, ids: Iterable[int]) -> None:
        """Reads these articles, without their text, where the pool has them not yet, and notes which have gone."""
        missing = sorted(set(ids) - pool.articles.keys())
        if not missing:
            return
        async with self._database.read() as connection:
            for at in range(0, len(missing), AT_ONCE):
                some = missing[at : at + AT_ONCE]
                found = await read_articles(connection, some, without_text=True)
                pool.articles |= {article.id: article for article in found}
                pool.gone |= set(some) - pool.articles.keys()

    async def heard(self, story_ids: Collection[int]) -> dict[int, list[Heard]]:
        """What the articles of these stories say, oldest first; of a story told very often, the newest articles."""
        columns = [articles.c[name] for name in ("story_id", *OF_ARTICLE, "headline", "text_length")]
        found: dict[int, list[Any]] = {each: [] for each in story_ids}
        async with self._database.read() as connection:
            its = select(*columns).where(among(connection, articles.c.story_id, story_ids)).order_by(articles.c.id)
            for row in await connection.execute(its):
                found[row.story_id].append(row)
            rows = {story_id: some[-MOST_HEARD:] for story_id, some in found.items()}
            says = await self._listen(connection, {_reading(row) for some in rows.values() for row in some})
        return {
            story_id: [Heard(*(*row[1:-2], *says[_reading(row)])) for row in some if _reading(row) in says]
            for story_id, some in rows.items()
        }

    async def _listen(self, connection: AsyncConnection, wanted: set[Reading]) -> dict[Reading, Says]:
        """What these articles say, but for those that went this moment."""
        found = {each: self._said[each] for each in wanted if each in self._said}
        missing = sorted(wanted - found.keys())
        if len(self._said) + len(missing) > MOST_KEPT:
            self._said.clear()
        for at in range(0, len(missing), READ_AT_ONCE):
            by_id = {each[0]: each for each in missing[at : at + READ_AT_ONCE]}
            for article in await read_articles(connection, list(by_id)):
                what = said(article), counts((article.headline, article.text), article.language)
                found[by_id[article.id]] = self._said[by_id[article.id]] = what
        return found


def _sifted(sieve: Sieve, filters: Mapping[str, Filter | None], now: datetime) -> dict[str, set[int]]:
    return {typed: set(sieve.wanted(wanted, now)) if wanted else set() for typed, wanted in filters.items()}


def _reading(row: Any) -> Reading:
    return row.id, row.headline, row.text_length


async def _read(connection: AsyncConnection, pool: Pool, where: ColumnElement[bool]) -> None:
    columns = (
        articles.c.id, articles.c.story_id, articles.c.feed_id, articles.c.is_shared, articles.c.first_seen_at,
        articles.c.bullet_count, articles.c.text_length,
    )  # fmt: skip
    filed = select(article_topics).join(articles, articles.c.id == article_topics.c.article_id).where(where)
    topics: dict[int, list[Filing]] = {}
    for article_id, topic, confidence in (await connection.execute(filed.order_by(*BEST_FIRST))).all():
        topics.setdefault(article_id, []).append(Filing(topic, confidence))
    rows = (await connection.execute(select(*columns).where(where))).all()
    pool.add(
        Outline(its, story_id, feed_id, is_shared, first_seen_at, (bullets, length, its), tuple(topics.get(its, ())))
        for its, story_id, feed_id, is_shared, first_seen_at, bullets, length in rows
    )
    told = select(stories.c.id, stories.c.first_seen_at, stories.c.sources).where(
        stories.c.id.in_(select(articles.c.story_id).where(where))
    )
    for story_id, first_seen_at, sources in (await connection.execute(told)).all():
        pool.stories[story_id] = first_seen_at, len(sources)
