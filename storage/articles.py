"""What we stored of the news, and what we have seen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select

from news.article import Article, Bullet, Entry, Filing
from storage.columns import fingerprint
from storage.engine import Database
from storage.reading import filed_on, read_articles, visible_to
from storage.tables import article_topics, articles, reading_positions, seen
from storage.telling import Choose, Telling, address_mark, remember, tell
from storage.together import Together

AT_ONCE = 500
"""Keys looked up in one statement."""
MET = select(seen.c.key_hash, seen.c.seen_at).where(seen.c.key_hash.in_(bindparam("its", expanding=True)))
"""Built once: building it takes as long as executing it."""

FRESH = timedelta(days=30)
"""A key met so lately need not be written again to be remembered long enough."""


class Articles:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._met = Together(self._all_met, most=AT_ONCE, size=len)

    async def add(
        self,
        entry: Entry,
        *,
        story_id: int | None,
        sketch: Mapping[str, float],
        keys: Sequence[str],
        bullets: Sequence[Bullet],
        topics: Sequence[Filing],
        source: str,
        feed_id: int | None,
        now: datetime,
    ) -> Article | None:
        """As `tell`, of a story that is chosen already."""
        told = Telling(
            entry=entry, sketch=sketch, keys=keys, bullets=bullets, topics=topics, source=source, feed_id=feed_id
        )
        [article_id] = await self.tell([told], choose=lambda *_: story_id, now=now)
        return None if article_id is None else await self.get(article_id)

    async def tell(
        self,
        some: Sequence[Telling],
        *,
        choose: Choose,
        knows: int | None = None,
        now: datetime,
    ) -> list[int | None]:
        """Stores entries as articles of stories, all or none, and returns their ids; None for one of which a key
        was seen.

        `choose` gets the stories told since the article `knows`, then those that the entries before joined, and says
        which each joins. One transaction chooses at a time, in whatever process, so each entry knows what the one
        before it told. Without a story, or when it has gone, an entry opens one. A rerun's other keys are remembered
        too. Those of a feed that has gone are None.
        """
        return await tell(self._database, some, choose=choose, knows=knows, now=now)

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
        met = await self._met(frozenset().union(*hashes))
        known = [its & met.keys() for its in hashes]
        changed = [
            keys
            for keys, its, old in zip(entries, hashes, known, strict=True)
            if old and (len(old) < len(its) or min(met[each] for each in old) < now - FRESH)
        ]
        if changed:
            async with self._database.write() as connection:
                await remember(self._database, connection, [set(map(fingerprint, keys)) for keys in changed], now)
        return list(map(bool, known))

    async def _all_met(self, some: Sequence[frozenset[bytes]]) -> list[dict[bytes, datetime]]:
        """When each key that was seen was seen last: one answer for all who asked at the same moment."""
        every, met = list(frozenset().union(*some)), dict[bytes, datetime]()
        async with self._database.read() as connection:
            for at in range(0, len(every), AT_ONCE):
                rows = await connection.execute(MET, {"its": every[at : at + AT_ONCE]})
                met |= dict(map(tuple, rows))
        return [met] * len(some)

    async def get(self, article_id: int) -> Article | None:
        """The article, whoever may see it: for us, not for a chat."""
        return await self._first(articles.c.id == article_id)

    async def read(self, article_ids: Sequence[int]) -> list[Article]:
        """The articles with these ids that are still there, whoever may see them."""
        async with self._database.read() as connection:
            return await read_articles(connection, article_ids)

    async def visible(self, article_id: int, chat_id: int) -> Article | None:
        """The article, if the chat may see it, or has begun to read it: it might then."""
        begun = exists().where(reading_positions.c.article_id == article_id, reading_positions.c.chat_id == chat_id)
        return await self._first(articles.c.id == article_id, or_(visible_to(chat_id), begun))

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

    async def _first(self, *where: ColumnElement[bool]) -> Article | None:
        return next(iter(await self._find(*where, limit=1)), None)

    async def _find(self, *where: ColumnElement[bool], order: Sequence[Any] = (), limit: int) -> list[Article]:
        found = select(articles.c.id).where(*where).order_by(*order, articles.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            ids = await connection.scalars(found)
            return await read_articles(connection, list(ids))
