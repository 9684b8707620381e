"""The shelves that articles are filed on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from storage.engine import Database
from storage.tables import topics


class Topics:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, shelves: Sequence[tuple[str, str, int]]) -> None:
        """Adds or renames topics, each a slug, a name and a position."""
        async with self._database.write() as connection:
            for slug, name, position in shelves:
                insert = self._database.insert(topics).values(slug=slug, name=name, position=position)
                await connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["slug"],
                        set_={"name": insert.excluded.name, "position": insert.excluded.position},
                    )
                )

    async def all(self) -> list[tuple[str, str]]:
        """Slug and name of every topic, in order."""
        in_order = select(topics.c.slug, topics.c.name).order_by(topics.c.position, topics.c.slug)
        async with self._database.read() as connection:
            return [(slug, name) for slug, name in await connection.execute(in_order)]
