"""Articles about one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Article, Entry
from news.stories import better_headline
from news.story import Story
from storage.engine import Database
from storage.follows import match_moved
from storage.reading import read_articles, visible_to
from storage.tables import articles, edition_items, stories
from storage.telling import read_stories

COMPARED = 60
"""Headlines of a story among which its own is chosen, the oldest."""


@dataclass(frozen=True, slots=True)
class Told:
    """An article, its story, and whether a digest shows that story."""

    article_id: int
    story_id: int
    is_told: bool


class Stories:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def recent(self, since: datetime) -> list[int]:
        """The ids of stories with an article since then, the longest untold first."""
        last = stories.c.last_seen_at
        async with self._database.read() as connection:
            ids = await connection.scalars(select(stories.c.id).where(last >= since).order_by(last, stories.c.id))
            return list(ids)

    async def read(self, ids: Sequence[int]) -> list[Story]:
        """The stories with these ids, in their order; those that have gone are left out."""
        async with self._database.read() as connection:
            found = {story.id: story for story in await read_stories(connection, stories.c.id.in_(ids))}
            return [found[each] for each in ids if each in found]

    async def get(self, story_id: int) -> Story | None:
        return next(iter(await self.read([story_id])), None)

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
        left empty is gone; one below 0 is opened. `sketches` are the stories' from now on.
        """
        async with self._database.write() as connection:
            leaving = select(articles.c.story_id).where(articles.c.id.in_(moves))
            touched = {*(await connection.scalars(leaving)), *moves.values()}
            # In one order, so that two who move wait for each other and never both ways.
            held = select(stories.c.id).where(stories.c.id.in_(touched)).order_by(stories.c.id).with_for_update()
            there = set(await connection.scalars(held))
            changed: set[int] = set()
            sums = dict(sketches)
            for target in sorted(each for each in {*moves.values()} if each < 0 or each in there):
                these = [article for article, story in moves.items() if story == target]
                its = articles.c.story_id
                is_told = exists().where(edition_items.c.story_id == its)
                was = select(its).where(articles.c.id.in_(these), its != target, ~is_told).distinct()
                if left := set(await connection.scalars(was)):
                    story_id = target if target > 0 else await _open(connection, min(these))
                    where = (articles.c.id.in_(these), its.in_(left))
                    await connection.execute(update(articles).where(*where).values(story_id=story_id))
                    changed |= {*left, story_id}
                    sums[story_id] = sums.get(target, {})
            for story_id in sorted(changed):
                await _retell(connection, story_id, sums.get(story_id))
            await match_moved(connection, list(moves))
            return changed


async def _open(connection: AsyncConnection, article_id: int) -> int:
    """A story in the name of an article that is about to be its first."""
    its = select(articles.c.headline, articles.c.first_seen_at).where(articles.c.id == article_id)
    first = (await connection.execute(its)).one()
    at = first.first_seen_at
    values = {"headline": first.headline, "first_seen_at": at, "last_seen_at": at, "sources": [], "sketch": {}}
    return int((await connection.execute(insert(stories).values(values).returning(stories.c.id))).scalar_one())


async def _retell(connection: AsyncConnection, story_id: int, sketch: Mapping[str, float] | None) -> None:
    """Says anew of a story what its articles say of it; deletes it when it has none."""
    columns = (articles.c.teller, articles.c.first_seen_at, articles.c.headline, articles.c.language)
    its = select(*columns).where(articles.c.story_id == story_id)
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
        values |= {"sketch": dict(sketch), "headline": _headline(sketch, told)}
    await connection.execute(update(stories).where(stories.c.id == story_id).values(values))


def _headline(sketch: Mapping[str, float], told: Sequence[Row[Any, Any, Any, Any]]) -> str:
    """Of the articles' headlines the one that says most of the story, the oldest where equal."""
    best: str = told[0].headline
    for row in told[1:COMPARED]:
        best = better_headline(sketch, best, Entry(headline=row.headline, language=row.language))
    return best
