"""What digests are chosen from, read once for many chats; and what each of them has had."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, case, cast, exists, func, select
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
from storage.matching import wanted_among
from storage.reading import BEST_FIRST, read_articles
from storage.subscriptions import as_filter, topic_names
from storage.tables import article_topics, articles, digests, edition_items, editions, stories

AT_ONCE = 500
"""Articles read by one query."""
READ_AT_ONCE = 10
"""The same, with their text, before others may act: some tens of milliseconds."""
WORTH = 20
"""Articles that are read and taken apart in the time that the index takes to answer for one filter."""
MOST_SIFTED = 5_000
"""Articles that are taken apart at once: some 45 MB."""
MOST_HEARD = 40
"""Articles of a story that something new is held against."""
MOST_KEPT = 4_000
"""Articles of which what they say is kept at hand: some 20 MB."""
OF_ARTICLE = ("id", "feed_id", "is_shared", "first_seen_at", "teller", "language")
FOR_GOOD = 2**62
"""The newest article of a story that was told before this was written down: nothing is newer."""


@dataclass(frozen=True, slots=True)
class History:
    """What a chat's digests told it, as far back as was asked."""

    number: int = 0
    """Of its last digest; 0 where it had none."""
    composed_at: datetime | None = None
    told: frozenset[int] = frozenset()
    """Ids of the stories it has had."""
    up_to: frozenset[tuple[int, int]] = frozenset()
    """With each of them the newest article that it had then."""
    articles: frozenset[int] = frozenset()
    """Ids of the articles that told them."""
    in_vain: tuple[tuple[datetime, frozenset[int]], ...] = ()
    """What digests told that did not arrive, and when they were composed."""


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
                for typed, one in wanted.items():
                    pool.filtered[typed] = await wanted_among(connection, one, pool.outlines, now)
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

    async def last_composed(self, chat_ids: Collection[int]) -> dict[int, datetime]:
        """When each chat's last digest was composed; nothing of a chat that had none."""
        async with self._database.read() as connection:
            theirs = among(connection, digests.c.chat_id, chat_ids)
            last = select(digests.c.chat_id, func.max(digests.c.composed_at)).where(theirs).group_by(digests.c.chat_id)
            return {row[0]: row[1] for row in await connection.execute(last)}

    async def histories(
        self, chat_ids: Collection[int], since: datetime, known: dict[int, Edition] | None = None
    ) -> dict[int, History]:
        """What each chat had by its digests since then; nothing of a chat that had none at all.

        `known` editions are not read again; those that are read are added.
        """
        known = {} if known is None else known
        async with self._database.read() as connection:
            rows = (await connection.execute(_told(connection, chat_ids, since))).all()
            tokens = {row.told: _parse(row.told) for row in rows}
            await _learn(connection, known, {each.edition_id for some in tokens.values() for each in some})
            shown = {each: _shown(some, known) for each, some in tokens.items()}
            up_to = {each: _up_to(some) for each, some in shown.items()}
            by = {each: frozenset([it.article_id for it in some]) for each, some in shown.items()}
            had = {each: frozenset(story_id for story_id, _ in pairs) for each, pairs in up_to.items()}
            hurt = [row.chat_id for row in rows if GIVEN_UP in (row.told or "")]
            vain = await _in_vain(connection, hurt, since, known) if hurt else {}
        return {
            row.chat_id: History(
                row.number, row.composed_at, had[row.told], up_to[row.told], by[row.told], vain.get(row.chat_id, ())
            )
            for row in rows
        }

    async def were_quiet(self, chat_ids: Collection[int]) -> set[int]:
        """Those of the chats whose last digest told nothing, and was not given up."""
        later = digests.alias()
        is_last = ~exists().where(later.c.chat_id == digests.c.chat_id, later.c.number > digests.c.number)
        async with self._database.read() as connection:
            quiet = (
                select(digests.c.chat_id)
                .join(editions, editions.c.id == digests.c.edition_id)
                .where(
                    among(connection, digests.c.chat_id, chat_ids),
                    editions.c.pushed == 0,
                    digests.c.is_given_up.is_(False),
                    is_last,
                )
            )
            return set(await connection.scalars(quiet))


GIVEN_UP = "-"
"""Marks, in what a chat was told, a digest that did not arrive."""


class Shown(NamedTuple):
    """A story of an edition, its newest article then, and the article that told it."""

    story_id: int
    newest_id: int
    article_id: int


@dataclass(frozen=True, slots=True)
class Edition:
    """The stories of an edition by position, and how many of them its digests push."""

    stories: Mapping[int, Shown]
    pushed: int

    @property
    def told(self) -> frozenset[int]:
        """Ids of the stories that its digests push."""
        return frozenset(each.story_id for position, each in self.stories.items() if position <= self.pushed)


@dataclass(frozen=True, slots=True)
class Told:
    """One digest of a chat: its edition, whether it was given up, and what else of it the chat was shown."""

    edition_id: int
    is_given_up: bool
    shown: tuple[int, ...]


def _told(connection: AsyncConnection, chat_ids: Collection[int], since: datetime) -> Select[Any]:
    """SELECT of a row a chat, with its digests since then as a text: chats of one history have one text."""
    token = (
        cast(digests.c.edition_id, Text)
        + case((digests.c.is_given_up, GIVEN_UP), else_="")
        + func.coalesce(":" + cast(digests.c.shown, Text), "")
    )
    return (
        select(
            digests.c.chat_id,
            func.max(digests.c.number).label("number"),
            func.max(digests.c.composed_at).label("composed_at"),
            func.aggregate_strings(case((digests.c.composed_at >= since, token)), ",").label("told"),
        )
        .where(among(connection, digests.c.chat_id, chat_ids))
        .group_by(digests.c.chat_id)
    )


def _sifted(sieve: Sieve, filters: Mapping[str, Filter | None], now: datetime) -> dict[str, set[int]]:
    return {typed: set(sieve.wanted(wanted, now)) if wanted else set() for typed, wanted in filters.items()}


def _reading(row: Any) -> Reading:
    return row.id, row.headline, row.text_length


def _parse(told: str | None) -> list[Told]:
    found = []
    for token in told.split(",") if told else ():
        edition, _, shown = token.partition(":")
        is_given_up = edition.endswith(GIVEN_UP)
        positions = tuple(map(int, shown.split("."))) if shown else ()
        found.append(Told(int(edition.rstrip(GIVEN_UP)), is_given_up, positions))
    return found


def _shown(told: Iterable[Told], known: Mapping[int, Edition]) -> list[Shown]:
    found = []
    for each in told:
        edition = known[each.edition_id]
        pushed = 0 if each.is_given_up else edition.pushed
        found += [it for position, it in edition.stories.items() if position <= pushed or position in each.shown]
    return found


def _up_to(shown: Iterable[Shown]) -> frozenset[tuple[int, int]]:
    had: dict[int, int] = {}
    for story_id, newest_id, _ in shown:
        had[story_id] = max(newest_id, had.get(story_id, 0))
    return frozenset(had.items())


async def _learn(connection: AsyncConnection, known: dict[int, Edition], edition_ids: Collection[int]) -> None:
    new = set(edition_ids) - known.keys()
    if not new:
        return
    found: dict[int, dict[int, Shown]] = {each: {} for each in new}
    of_item = (edition_items.c[name] for name in ("edition_id", "position", "story_id", "newest_id", "article_id"))
    its = select(*of_item).where(among(connection, edition_items.c.edition_id, new))
    for edition_id, position, story_id, newest_id, article_id in await connection.execute(its):
        found[edition_id][position] = Shown(story_id, FOR_GOOD if newest_id is None else newest_id, article_id)
    pushed = select(editions.c.id, editions.c.pushed).where(among(connection, editions.c.id, new))
    most = {row.id: row.pushed for row in await connection.execute(pushed)}
    known |= {each: Edition(stories, most.get(each, 0)) for each, stories in found.items()}


async def _in_vain(
    connection: AsyncConnection, chat_ids: Collection[int], since: datetime, known: Mapping[int, Edition]
) -> dict[int, tuple[tuple[datetime, frozenset[int]], ...]]:
    lost = select(digests.c.chat_id, digests.c.composed_at, digests.c.edition_id).where(
        among(connection, digests.c.chat_id, chat_ids), digests.c.is_given_up, digests.c.composed_at >= since
    )
    vain: dict[int, list[tuple[datetime, frozenset[int]]]] = {}
    for chat_id, composed_at, edition_id in await connection.execute(lost):
        vain.setdefault(chat_id, []).append((composed_at, known[edition_id].told))
    return {chat_id: tuple(some) for chat_id, some in vain.items()}


async def _read(connection: AsyncConnection, pool: Pool, where: ColumnElement[bool]) -> None:
    columns = (
        articles.c.id, articles.c.story_id, articles.c.feed_id, articles.c.is_shared, articles.c.first_seen_at,
        articles.c.bullet_count, articles.c.text_length,
    )  # fmt: skip
    filed = select(article_topics).join(articles, articles.c.id == article_topics.c.article_id).where(where)
    topics: dict[int, list[Filing]] = {}
    for article_id, topic, confidence in await connection.execute(filed.order_by(*BEST_FIRST)):
        topics.setdefault(article_id, []).append(Filing(topic, confidence))
    rows = await connection.execute(select(*columns).where(where))
    pool.add(
        Outline(its, story_id, feed_id, is_shared, first_seen_at, (bullets, length, its), tuple(topics.get(its, ())))
        for its, story_id, feed_id, is_shared, first_seen_at, bullets, length in rows
    )
    told = select(stories.c.id, stories.c.first_seen_at, stories.c.sources).where(
        stories.c.id.in_(select(articles.c.story_id).where(where))
    )
    for story_id, first_seen_at, sources in await connection.execute(told):
        pool.stories[story_id] = first_seen_at, len(sources)
