"""Articles about one event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Article
from news.story import Story
from storage.articles import read_articles, read_stories, visible_to
from storage.engine import Database
from storage.tables import articles, edition_items, stories


@dataclass(frozen=True, slots=True)
class Told:
    """An article, its story, and whether a digest shows that story."""

    article_id: int
    story_id: int
    is_told: bool


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

    async def tellings(self, since: datetime, limit: int) -> list[Told]:
        """The newest articles of stories that still run, oldest first."""
        is_told = exists().where(edition_items.c.story_id == articles.c.story_id)
        newest = (
            select(articles.c.id, articles.c.story_id, is_told)
            .where(articles.c.first_seen_at >= since)
            .order_by(articles.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [Told(*row) for row in reversed((await connection.execute(newest)).all())]

    async def move(self, moves: Mapping[int, int], sketches: Mapping[int, Mapping[str, float]]) -> set[int]:
        """Gives articles to other stories: `moves` is article to story. The stories whose articles changed.

        What a digest has told stays where it is: an article leaves no story that one shows. A story
        left empty is gone. `sketches` are the stories' from now on.
        """
        async with self._database.write() as connection:
            leaving = select(articles.c.story_id).where(articles.c.id.in_(moves))
            touched = {*(await connection.scalars(leaving)), *moves.values()}
            # In one order, so that two who move wait for each other and never both ways.
            held = select(stories.c.id).where(stories.c.id.in_(touched)).order_by(stories.c.id).with_for_update()
            there = set(await connection.scalars(held))
            changed: set[int] = set()
            for target in sorted({*moves.values()} & there):
                these = [article for article, story in moves.items() if story == target]
                its = articles.c.story_id
                is_told = exists().where(edition_items.c.story_id == its)
                was = select(its).where(articles.c.id.in_(these), its != target, ~is_told).distinct()
                if left := set(await connection.scalars(was)):
                    where = (articles.c.id.in_(these), its.in_(left))
                    await connection.execute(update(articles).where(*where).values(story_id=target))
                    changed |= {*left, target}
            for story_id in sorted(changed):
                await _retell(connection, story_id, sketches.get(story_id))
            return changed

    async def _find(self, where: ColumnElement[bool]) -> list[Story]:
        async with self._database.read() as connection:
            return await read_stories(connection, where)


async def _retell(connection: AsyncConnection, story_id: int, sketch: Mapping[str, float] | None) -> None:
    """Says anew of a story what its articles say of it; deletes it when it has none."""
    its = select(articles.c.teller, articles.c.first_seen_at).where(articles.c.story_id == story_id)
    told = (await connection.execute(its.order_by(articles.c.id))).all()
    if not told:
        await connection.execute(delete(stories).where(stories.c.id == story_id))
        return
    values = {
        "first_seen_at": min(row.first_seen_at for row in told),
        "last_seen_at": max(row.first_seen_at for row in told),
        "sources": list(dict.fromkeys(row.teller for row in told if row.teller is not None)),
    }
    if sketch is not None:
        values["sketch"] = dict(sketch)
    await connection.execute(update(stories).where(stories.c.id == story_id).values(values))
