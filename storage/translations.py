"""Translations: lines of articles in the languages that chats read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.translation import Translation
from storage.bulk import among
from storage.engine import Database
from storage.reading import visible_to
from storage.tables import articles, translations


class Translations:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, language: str, article_ids: Collection[int]) -> dict[int, Translation]:
        """What there is in a language, by article."""
        async with self._database.read() as connection:
            return await read_translations(connection, language, article_ids)

    async def put(self, article_id: int, language: str, lines: Mapping[str, str | None], now: datetime) -> None:
        """These are the article's lines from now on, and the model was asked once more; nothing where it has gone."""
        its = {"article_id": article_id, "language": language, "lines": dict(lines), "asks": 1, "asked_at": now}
        upsert = self._database.insert(translations).values(its)
        again = {"lines": upsert.excluded.lines, "asks": translations.c.asks + 1, "asked_at": now}
        async with self._database.write() as connection:
            held = select(articles.c.id).where(articles.c.id == article_id).with_for_update(read=True)
            if await connection.scalar(held) is not None:
                await connection.execute(
                    upsert.on_conflict_do_update(index_elements=["article_id", "language"], set_=again)
                )

    async def may_be_asked_for(self, article_ids: Collection[int]) -> set[int]:
        """Those of the articles that everybody may see: what a private feed says is told to no model."""
        async with self._database.read() as connection:
            those = select(articles.c.id).where(among(connection, articles.c.id, article_ids), visible_to(None))
            return set(await connection.scalars(those))

    async def count_asked(self, since: datetime) -> int:
        """How often the model was asked for those that it was last asked for since then."""
        asked = select(func.sum(translations.c.asks)).where(translations.c.asked_at >= since)
        async with self._database.read() as connection:
            return int(await connection.scalar(asked) or 0)


async def read_translations(
    connection: AsyncConnection, language: str, article_ids: Collection[int]
) -> dict[int, Translation]:
    """As `Translations.of`."""
    theirs = among(connection, translations.c.article_id, article_ids)
    rows = await connection.execute(select(translations).where(theirs, translations.c.language == language))
    return {row.article_id: Translation(row.lines, row.asks, row.asked_at) for row in rows}
