"""Bullets that a language model made of articles, in place of the extracts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, exists, func, select, tuple_, type_coerce, update

from news.article import Article, Bullet
from storage.editions import as_row
from storage.engine import Database
from storage.reading import read_articles, visible_to
from storage.tables import articles, stories, translations

_OF_THE_PUBLISHER = '%","publisher",%'
"""In the bullets as they are kept; a text that says so has its quotes escaped."""


class Polishing:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def wanted(self, since: datetime, limit: int) -> list[Article]:
        """The best article of each story that a language model has not been asked about; the most told first.

        Only what every chat may see, was first seen since then, has no bullets of its publisher's own and was not
        translated.
        """
        better, asked = articles.alias(), articles.alias()
        merit = [articles.c.bullet_count, articles.c.text_length, articles.c.id]
        is_best = ~exists().where(
            better.c.story_id == articles.c.story_id,
            tuple_(*(better.c[column.name] for column in merit)) > tuple_(*merit),
        )
        wanted = (
            select(articles.c.id, stories.c.sources)
            .join(stories, stories.c.id == articles.c.story_id)
            .where(
                visible_to(None),
                is_best,
                articles.c.first_seen_at >= since,
                ~exists().where(asked.c.story_id == articles.c.story_id, asked.c.polished_at.is_not(None)),
                type_coerce(articles.c.bullets, Text).not_like(_OF_THE_PUBLISHER),
                articles.c.bullet_count > 0,
                # Its lines would be others than those translated.
                ~exists().where(translations.c.article_id == articles.c.id),
            )
            .order_by(articles.c.id.desc())
            .limit(limit * 10)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
            most_told = sorted(rows, key=lambda row: (-len(row.sources), -row.id))
            return await read_articles(connection, [row.id for row in most_told[:limit]])

    async def put(self, article_id: int, bullets: Sequence[Bullet], now: datetime) -> None:
        """Puts these bullets in place of the extract; the model is not asked again."""
        kept = [as_row(each) for each in bullets]
        these = update(articles).where(articles.c.id == article_id)
        async with self._database.write() as connection:
            await connection.execute(these.values(bullets=kept, bullet_count=len(bullets), polished_at=now))

    async def count_asked(self, since: datetime) -> int:
        """How often a language model answered since then."""
        asked = select(func.count()).select_from(articles).where(articles.c.polished_at >= since)
        async with self._database.read() as connection:
            return await connection.scalar(asked) or 0
