"""Articles about one event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from news.article import Article
from news.story import Story
from storage.articles import read_articles, read_stories, visible_to
from storage.engine import Database
from storage.tables import articles, stories


class Stories:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def recent(self, since: datetime) -> list[Story]:
        """Stories with an article since then, oldest first."""
        return await self._find(stories.c.last_seen_at >= since)

    async def get(self, story_id: int) -> Story | None:
        found = await self._find(stories.c.id == story_id)
        return found[0] if found else None

    async def articles(self, story_id: int) -> list[Article]:
        """Every article of the story, oldest first, whoever may see it."""
        its = select(articles.c.id).where(articles.c.story_id == story_id).order_by(articles.c.id)
        async with self._database.read() as connection:
            return await read_articles(connection, list(await connection.scalars(its)))

    async def top(self, since: datetime, limit: int, offset: int = 0) -> list[Article]:
        """The newest article of each story told since then that every chat may see; the most told first."""
        newest = func.max(articles.c.id)
        told = (
            select(newest)
            .where(visible_to(None), articles.c.first_seen_at >= since)
            .group_by(articles.c.story_id)
            .order_by(func.count().desc(), newest.desc())
        )
        async with self._database.read() as connection:
            return await read_articles(connection, list(await connection.scalars(told.limit(limit).offset(offset))))

    async def _find(self, where: ColumnElement[bool]) -> list[Story]:
        async with self._database.read() as connection:
            return await read_stories(connection, where)
