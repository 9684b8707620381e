"""What readers keep: saved articles, and the place where they stopped reading."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, select

from news.article import Article
from storage.engine import Database
from storage.reading import read_articles
from storage.tables import reading_positions, saved


class Shelf:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, chat_id: int, article_id: int, now: datetime) -> None:
        """Keeps an article for as long as the chat wants it. Missing when either has gone."""
        keep = self._database.insert(saved).values(chat_id=chat_id, article_id=article_id, saved_at=now)
        async with self._database.write() as connection:
            await connection.execute(keep.on_conflict_do_nothing())

    async def unsave(self, chat_id: int, article_id: int) -> None:
        async with self._database.write() as connection:
            await connection.execute(delete(saved).where(saved.c.chat_id == chat_id, saved.c.article_id == article_id))

    async def is_saved(self, chat_id: int, article_id: int) -> bool:
        kept = exists().where(saved.c.chat_id == chat_id, saved.c.article_id == article_id)
        return bool(await self._scalar(select(kept)))

    async def saved(self, chat_id: int, limit: int, offset: int = 0) -> list[Article]:
        """The chat's saved articles, the last saved first."""
        last_first = saved.c.saved_at.desc(), saved.c.article_id.desc()
        kept = select(saved.c.article_id).where(saved.c.chat_id == chat_id).order_by(*last_first)
        async with self._database.read() as connection:
            ids = await connection.scalars(kept.limit(limit).offset(offset))
            return await read_articles(connection, list(ids))

    async def saved_count(self, chat_id: int) -> int:
        kept = select(func.count()).select_from(saved).where(saved.c.chat_id == chat_id)
        return int(await self._scalar(kept))

    async def place(self, chat_id: int, article_id: int) -> int:
        """Where the chat stopped reading: a code-point offset into the article's text, 0 at first."""
        here = and_(reading_positions.c.chat_id == chat_id, reading_positions.c.article_id == article_id)
        return int(await self._scalar(select(reading_positions.c.offset).where(here)) or 0)

    async def places(self, chat_id: int) -> list[tuple[int, int, datetime]]:
        """Where the chat stopped in each article it turned pages of: its id, the place, and when; the last first."""
        of = reading_positions.c
        theirs = select(of.article_id, of.offset, of.read_at).where(of.chat_id == chat_id)
        async with self._database.read() as connection:
            rows = await connection.execute(theirs.order_by(of.read_at.desc(), of.article_id.desc()))
            return [(article_id, offset, read_at) for article_id, offset, read_at in rows]

    async def put_place(self, chat_id: int, article_id: int, offset: int, now: datetime) -> None:
        """Missing when the chat or the article has gone."""
        insert = self._database.insert(reading_positions).values(
            chat_id=chat_id, article_id=article_id, offset=offset, read_at=now
        )
        upsert = insert.on_conflict_do_update(
            index_elements=["chat_id", "article_id"],
            set_={"offset": insert.excluded.offset, "read_at": insert.excluded.read_at},
        )
        async with self._database.write() as connection:
            await connection.execute(upsert)

    async def _scalar(self, query: Select[Any]) -> Any:
        async with self._database.read() as connection:
            return await connection.scalar(query)
