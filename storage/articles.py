"""What we stored of the news, and what we have seen of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Article, Bullet, Entry, Filing
from news.copies import imprint, is_copy
from news.identity import canonical_url
from news.sketches import joined
from news.stories import better_headline
from news.story import Story
from storage import words
from storage.columns import fingerprint
from storage.editions import as_row
from storage.engine import Database
from storage.reading import filed_on, read_articles, visible_to
from storage.tables import article_topics, articles, feeds, seen, stories

AT_ONCE = 500
"""Keys looked up in one statement."""

COMPARED = 60
"""Articles of a story that a newcomer is compared with, to know whether it is a copy."""

FRESH = timedelta(days=30)
"""A key met so lately need not be written again to be remembered long enough."""

PLAIN = [
    "headline", "standfirst", "byline", "published", "section", "language", "guid", "url", "source",
    "image_url", "image_credit", "is_teaser",
]  # fmt: skip
"""Fields that an entry and its row spell alike."""


TELLING = 0x74656C6C
"""PostgreSQL advisory lock of the entry that finds its story and joins it."""

Choose = Callable[[Sequence[Story]], int | None]
"""The story that an entry joins (None opens one); told of newer stories."""


class Told(TypedDict):
    """What is stored with an entry."""

    sketch: Mapping[str, float]
    """The entry's; it is added to the story's."""
    keys: Sequence[str]
    bullets: Sequence[Bullet]
    topics: Sequence[Filing]
    source: str
    feed_id: int | None
    now: datetime


class Articles:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entry: Entry, *, story_id: int | None, **told: Unpack[Told]) -> Article | None:
        """As `tell`, of a story that is chosen already."""
        return await self.tell(entry, choose=lambda _: story_id, **told)

    async def tell(
        self, entry: Entry, *, choose: Choose, knows: int | None = None, **told: Unpack[Told]
    ) -> Article | None:
        """Stores an entry as an article of a story, unless one of its keys was seen: then None.

        `choose` gets the stories told since the article `knows`, and says which the entry joins. One entry
        at a time chooses, in whatever process, so each knows what the one before it told. Without a story,
        or when it has gone, the entry opens one. A rerun's other keys are remembered too. None, too, when
        the feed has gone.
        """
        keys, now, feed_id = told["keys"], told["now"], told["feed_id"]
        async with self._database.write() as connection:
            is_shared = await _is_shared(connection, feed_id)
            if is_shared is None or await self._is_rerun(connection, keys, now):
                return None
            if not self._database.is_sqlite:  # SQLite has one writer anyway
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": TELLING})
            newer = [] if knows is None else await read_stories(connection, _told_since(knows))
            story_id = choose(newer)
            mark = imprint(entry)
            teller = None if await _is_copied(connection, story_id, mark) else told["source"]
            story_id = await _tell(connection, story_id, entry, told["sketch"], teller, now)
            values = {name: getattr(entry, name) for name in PLAIN} | {
                "feed_id": feed_id,
                "story_id": story_id,
                "first_seen_at": now,
                "is_shared": is_shared,
                "address": address_mark(entry.url) if entry.url else None,
                "imprint": mark,
                "teller": teller,
                "paragraphs": entry.paragraphs,
                "publisher_bullets": entry.publisher_bullets,
                "bullets": [as_row(each) for each in told["bullets"]],
                "bullet_count": len(told["bullets"]),
                "text_length": len(entry.text),
            }
            article_id: int = await connection.scalar(insert(articles).values(values).returning(articles.c.id))
            filings = {each.topic: each.confidence for each in sorted(told["topics"], key=lambda it: it.confidence)}
            if filings:
                rows = [
                    {"article_id": article_id, "topic": topic, "confidence": confidence}
                    for topic, confidence in filings.items()
                ]
                await connection.execute(insert(article_topics), rows)
            row = words.row_of(article_id, entry, filings, now)
            await words.index(connection, [row], is_shared=is_shared)
            return (await read_articles(connection, [article_id]))[0]

    async def newest_id(self) -> int:
        """The id of the article stored last; 0 where there is none."""
        async with self._database.read() as connection:
            return await connection.scalar(select(func.max(articles.c.id))) or 0

    async def recognise(self, entries: Sequence[Sequence[str]], now: datetime) -> list[bool]:
        """Whether any of its keys was seen, for each of many entries: `tell` would call it a rerun.

        Reruns' keys, the new and the old, are remembered from now on.
        A feed that says the same again costs a read, unless it has done so for a month.
        """
        hashes = [{fingerprint(key) for key in keys} for keys in entries]
        every = list(set().union(*hashes))
        met: dict[bytes, datetime] = {}
        async with self._database.read() as connection:
            for at in range(0, len(every), AT_ONCE):
                where = seen.c.key_hash.in_(every[at : at + AT_ONCE])
                rows = await connection.execute(select(seen.c.key_hash, seen.c.seen_at).where(where))
                met |= {row.key_hash: row.seen_at for row in rows}
        known = [its & met.keys() for its in hashes]
        changed = [
            keys
            for keys, its, old in zip(entries, hashes, known, strict=True)
            if old and (len(old) < len(its) or min(met[each] for each in old) < now - FRESH)
        ]
        if changed:
            async with self._database.write() as connection:
                for keys in changed:
                    await self._is_rerun(connection, keys, now)
        return list(map(bool, known))

    async def get(self, article_id: int) -> Article | None:
        """The article, whoever may see it: for us, not for a chat."""
        return await self._first(articles.c.id == article_id)

    async def read(self, article_ids: Sequence[int]) -> list[Article]:
        """The articles with these ids that are still there, whoever may see them."""
        async with self._database.read() as connection:
            return await read_articles(connection, article_ids)

    async def visible(self, article_id: int, chat_id: int) -> Article | None:
        """The article, if the chat may see it."""
        return await self._first(articles.c.id == article_id, visible_to(chat_id))

    async def at_address(self, url: str, chat_id: int) -> Article | None:
        """The newest article at this address, however it is spelled, that the chat may see."""
        return await self._first(articles.c.address == address_mark(url), visible_to(chat_id))

    async def is_copy(self, article_id: int) -> bool:
        """Whether it says what another article of its story said before it, and so counts as no source."""
        # One of before copies were known has no imprint either.
        copied = articles.c.teller.is_(None), articles.c.imprint.is_not(None)
        its = select(articles.c.id).where(articles.c.id == article_id, *copied)
        async with self._database.read() as connection:
            return await connection.scalar(its) is not None

    async def latest(self, limit: int, topic: str | None = None) -> list[Article]:
        """The newest articles that every chat may see."""
        on_topic = [filed_on(topic)] if topic else []
        return await self._find(visible_to(None), *on_topic, limit=limit)

    async def related(self, article_id: int, chat_id: int, limit: int) -> list[Article]:
        """Others of the same story, then others on the same topics; the newest first."""
        this = select(articles.c.story_id).where(articles.c.id == article_id).scalar_subquery()
        its_topics = select(article_topics.c.topic).where(article_topics.c.article_id == article_id)
        same_story = articles.c.story_id == this
        same_topic = articles.c.id.in_(
            select(article_topics.c.article_id).where(article_topics.c.topic.in_(its_topics))
        )
        others = and_(articles.c.id != article_id, visible_to(chat_id))
        return await self._find(others, or_(same_story, same_topic), order=[same_story.desc()], limit=limit)

    async def count(self) -> int:
        async with self._database.read() as connection:
            return await connection.scalar(select(func.count()).select_from(articles)) or 0

    async def _is_rerun(self, connection: AsyncConnection, keys: Sequence[str], now: datetime) -> bool:
        # Sorted, so that two transactions with common keys wait for each other in the same order.
        hashes = sorted({fingerprint(key) for key in keys})
        new = 0
        for each in hashes:
            add = self._database.insert(seen).values(key_hash=each, seen_at=now).on_conflict_do_nothing()
            new += len((await connection.execute(add.returning(seen.c.key_hash))).all())
        if new == len(hashes):
            return False
        await connection.execute(update(seen).where(seen.c.key_hash.in_(hashes)).values(seen_at=now))
        return True

    async def _first(self, *where: ColumnElement[bool]) -> Article | None:
        return next(iter(await self._find(*where, limit=1)), None)

    async def _find(self, *where: ColumnElement[bool], order: Sequence[Any] = (), limit: int) -> list[Article]:
        found = select(articles.c.id).where(*where).order_by(*order, articles.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            ids = await connection.scalars(found)
            return await read_articles(connection, list(ids))


def address_mark(url: str) -> bytes:
    """By what an article's address is found, however it is spelled."""
    return fingerprint(canonical_url(url))


async def _is_shared(connection: AsyncConnection, feed_id: int | None) -> bool | None:
    """Whether every chat may see what this feed brings; None when the feed has gone."""
    if feed_id is None:
        return True
    held = select(feeds.c.is_shared).where(feeds.c.id == feed_id).with_for_update(read=True)
    return await connection.scalar(held)


def _told_since(article_id: int) -> ColumnElement[bool]:
    """Of a story: it has an article newer than this one."""
    return stories.c.id.in_(select(articles.c.story_id).where(articles.c.id > article_id))


async def read_stories(connection: AsyncConnection, where: ColumnElement[bool]) -> list[Story]:
    """The stories that are meant, by id."""
    found = await connection.execute(select(stories).where(where).order_by(stories.c.id))
    return [Story(**dict(row) | {"sources": tuple(row["sources"])}) for row in found.mappings()]


async def _is_copied(connection: AsyncConnection, story_id: int | None, mark: bytes) -> bool:
    """Whether the story has an article that this is the mark of a copy of."""
    if story_id is None:
        return False
    marks = select(articles.c.imprint).where(articles.c.story_id == story_id, articles.c.teller.is_not(None))
    newest = marks.order_by(articles.c.id.desc()).limit(COMPARED)
    return any(is_copy(mark, other or b"") for other in await connection.scalars(newest))


async def _tell(
    connection: AsyncConnection,
    story_id: int | None,
    entry: Entry,
    sketch: Mapping[str, float],
    teller: str | None,
    now: datetime,
) -> int:
    """Adds to the story, or opens one; returns its id."""
    if story_id is not None:
        columns = (stories.c.sources, stories.c.headline, stories.c.sketch)
        held = select(*columns).where(stories.c.id == story_id).with_for_update()
        found = (await connection.execute(held)).first()
        if found is not None:
            both = joined(found.sketch, sketch)
            told = {
                "last_seen_at": now,
                "sketch": dict(both),
                "headline": better_headline(both, found.headline, entry),
                "sources": found.sources if teller in (None, *found.sources) else [*found.sources, teller],
            }
            await connection.execute(update(stories).where(stories.c.id == story_id).values(told))
            return story_id
    opened = insert(stories).values(
        headline=entry.headline, first_seen_at=now, last_seen_at=now, sources=[teller], sketch=dict(sketch)
    )
    return int((await connection.execute(opened.returning(stories.c.id))).scalar_one())
