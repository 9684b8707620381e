"""Keepers: people who manage channels from their private chats.

What is kept says whom to ask Telegram about, never that somebody may do something: that is asked anew each time.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select, update

from news.chat import Chat
from storage.engine import Database
from storage.tables import chats, keepers


class Keepers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, person_id: int, channel_id: int) -> None:
        """The person manages the channel, among others. Missing when it has gone."""
        new = self._database.insert(keepers).values(person_id=person_id, chat_id=channel_id, is_chosen=False)
        async with self._database.write() as connection:
            await connection.execute(new.on_conflict_do_nothing())

    async def leave(self, person_id: int, channel_id: int) -> None:
        """The person does not manage the channel any more."""
        this = keepers.c.person_id == person_id, keepers.c.chat_id == channel_id
        async with self._database.write() as connection:
            await connection.execute(delete(keepers).where(*this))

    async def choose(self, person_id: int, channel_id: int | None) -> None:
        """What the person sends is about this one of their channels from now on; None: about none."""
        chosen = update(keepers).where(keepers.c.person_id == person_id)
        async with self._database.write() as connection:
            await connection.execute(chosen.values(is_chosen=keepers.c.chat_id == (channel_id or 0)))

    async def chosen(self, person_id: int) -> Chat | None:
        """The channel that what the person sends is about."""
        found = await self._channels(keepers.c.person_id == person_id, keepers.c.is_chosen)
        return found[0] if found else None

    async def channels(self, person_id: int) -> list[Chat]:
        """The channels that the person manages, for all we know."""
        return await self._channels(keepers.c.person_id == person_id)

    async def of(self, channel_id: int) -> list[int]:
        """The people who manage a channel, for all we know."""
        theirs = select(keepers.c.person_id).where(keepers.c.chat_id == channel_id).order_by(keepers.c.person_id)
        async with self._database.read() as connection:
            return list(await connection.scalars(theirs))

    async def _channels(self, *where: ColumnElement[bool]) -> list[Chat]:
        theirs = select(chats).join(keepers, keepers.c.chat_id == chats.c.id).where(*where)
        async with self._database.read() as connection:
            rows = await connection.execute(theirs.order_by(chats.c.title, chats.c.id))
            return [Chat(**row) for row in rows.mappings()]
