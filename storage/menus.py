"""Which menus of commands Telegram has of us, so that they are not set again at every start."""

from __future__ import annotations

from sqlalchemy import select

from storage.columns import fingerprint
from storage.engine import Database
from storage.tables import menus


class Menus:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def are_set(self, bot_id: int, said: str) -> bool:
        """Whether all menus of this bot that say this were set."""
        last = select(menus.c.fingerprint).where(menus.c.bot_id == bot_id)
        async with self._database.read() as connection:
            return await connection.scalar(last) == fingerprint(said)

    async def were_set(self, bot_id: int, said: str) -> None:
        """Remembers that they were."""
        insert = self._database.insert(menus).values(bot_id=bot_id, fingerprint=fingerprint(said))
        upsert = insert.on_conflict_do_update(
            index_elements=["bot_id"], set_={"fingerprint": insert.excluded.fingerprint}
        )
        async with self._database.write() as connection:
            await connection.execute(upsert)
