"""The chats we serve."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Table, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.chat import Chat
from news.delivery import Delivery
from storage import inbox
from storage.claims import FREE, UNSENT
from storage.editions import drop_unused, shared_by
from storage.engine import Database, Missing
from storage.outcomes import give_up
from storage.tables import (
    articles,
    chats,
    digests,
    edition_items,
    feeds,
    keepers,
    outbox,
    reading_positions,
    saved,
    schedules,
    slots,
    subscriptions,
    votes,
)
from storage.tidying import ORPHAN, delete_articles

CHANGEABLE = {field.name for field in fields(Chat)} - {"id"}

THEIRS: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (subscriptions, ("kind", "value_hash")),
    (schedules, ("thread_id",)),
    (slots, ()),
    (digests, ()),
    (outbox, ()),
    (saved, ("article_id",)),
    (reading_positions, ("article_id",)),
    (votes, ("person_id", "story_id", "kind", "value_hash")),
    (keepers, ("person_id",)),
)
"""Every table with rows of a chat, and by what two rows of one chat would be the same."""


class Chats:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def join(self, chat: Chat) -> tuple[Chat, bool]:
        """The chat as we know it, and whether it is new: what we know wins."""
        values = {name: getattr(chat, name) for name in ("id", *CHANGEABLE)}
        add = self._database.insert(chats).values(values).on_conflict_do_nothing().returning(chats.c.id)
        async with self._database.write() as connection:
            is_new = (await connection.execute(add)).first() is not None
            row = await connection.execute(select(chats).where(chats.c.id == chat.id))
            return Chat(**row.mappings().one()), is_new

    async def get(self, chat_id: int) -> Chat | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(chats).where(chats.c.id == chat_id))).mappings().first()
            return Chat(**row) if row else None

    async def update(self, chat_id: int, **changes: Any) -> Chat:
        """Changes fields of Chat. TypeError for a name it has not; Missing for a chat that has gone."""
        if unknown := changes.keys() - CHANGEABLE:
            raise TypeError(f"a chat has no {', '.join(sorted(unknown))} to change")
        change = update(chats).where(chats.c.id == chat_id).values(changes or {"id": chat_id})
        async with self._database.write() as connection:
            row = (await connection.execute(change.returning(*chats.c))).mappings().first()
            if row is None:
                raise Missing
            return Chat(**row)

    async def readers(self, limit: int) -> list[Chat]:
        """Active chats that want stories in a language of theirs; those whose digest comes next come first."""
        due = select(schedules.c.chat_id, func.min(schedules.c.next_due_at).label("at")).group_by(schedules.c.chat_id)
        soon = due.subquery()
        theirs = (
            select(chats)
            .join(soon, soon.c.chat_id == chats.c.id, isouter=True)
            .where(chats.c.reads.is_not(None), chats.c.state == "active")
            .order_by(soon.c.at.is_(None), soon.c.at, chats.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [Chat(**row) for row in (await connection.execute(theirs)).mappings()]

    async def migrate(self, old_id: int, new_id: int) -> tuple[Delivery, ...]:
        """A group became a supergroup: all that is the old chat's follows, and the old chat is no more.

        Settings of the old chat win, unless it is not there: then nothing happens. A chat that Telegram
        had called gone is active again; one that the reader stopped stays so. Returns deliveries that were
        given up, for an operator to hear of.
        """
        if old_id == new_id:
            return ()
        async with self._database.write() as connection:
            held = select(chats).where(chats.c.id == old_id).with_for_update()
            old = (await connection.execute(held)).mappings().first()
            if old is None:
                return ()
            settings = dict(old) | {"id": new_id, "kind": "supergroup"}
            if old["state"] != "stopped":
                settings |= {"state": "active", "reason": None}
            upsert = self._database.insert(chats).values(settings)
            await connection.execute(upsert.on_conflict_do_update(index_elements=["id"], set_=settings))
            parked = await _land_one(connection, old_id, new_id)
            await _renumber(connection, old_id, new_id)
            for their, same in THEIRS:
                await _follow(connection, their, same, old_id, new_id)
            await inbox.follow(connection, old_id, new_id)
            await connection.execute(delete(chats).where(chats.c.id == old_id))
            return parked

    async def forget(self, chat_id: int) -> None:
        """Deletes the chat and everything of it, in every table and every file of the database.

        Feeds that it alone had followed go too, with their articles unless others keep them; so do editions and texts
        that it alone was sent, its person's votes in groups, and which channels they manage. What it sent after the
        wish to be forgotten still waits in the inbox.
        """
        async with self._database.write() as connection:
            followed = select(subscriptions.c.feed_id).where(subscriptions.c.chat_id == chat_id)
            theirs = list(await connection.scalars(followed.where(subscriptions.c.feed_id.is_not(None))))
            shared = await shared_by(connection, chat_id)
            await connection.execute(delete(chats).where(chats.c.id == chat_id))
            await connection.execute(delete(votes).where(votes.c.person_id == chat_id))
            await connection.execute(delete(keepers).where(keepers.c.person_id == chat_id))
            await drop_unused(connection, *shared)
            await inbox.scrub(connection, chat_id)
            alone = select(feeds.c.id).where(feeds.c.id.in_(theirs), *ORPHAN)
            orphans = list(await connection.scalars(alone))
            is_kept = or_(
                exists().where(saved.c.article_id == articles.c.id),
                exists().where(edition_items.c.article_id == articles.c.id),
            )
            unread = select(articles.c.id).where(articles.c.feed_id.in_(orphans), ~is_kept)
            await delete_articles(connection, list(await connection.scalars(unread)))
            await connection.execute(delete(feeds).where(feeds.c.id.in_(orphans)))
        await self._database.checkpoint()


async def _land_one(connection: AsyncConnection, old_id: int, new_id: int) -> tuple[Delivery, ...]:
    """Where both chats have a message in flight, one lands first: one chat may have only one. Those given up for it."""
    flying = outbox.c.state.in_(["claimed", "sending"])
    in_flight = select(func.count()).select_from(outbox).where(outbox.c.chat_id.in_([old_id, new_id]), flying)
    unsure: dict[str, Any] = {"state": "doubt", "doubt": outbox.c.doubt + 1}
    steps: list[tuple[int, str, dict[str, Any]]] = [
        (new_id, "claimed", {"state": UNSENT}),
        (old_id, "claimed", {"state": UNSENT}),
        (old_id, "sending", unsure),
    ]
    parked: tuple[Delivery, ...] = ()
    for chat_id, state, landed in steps:
        if (await connection.scalar(in_flight) or 0) > 1:
            if state == "sending":
                parked = await give_up(connection, outbox.c.chat_id == chat_id)
            theirs = update(outbox).where(outbox.c.chat_id == chat_id, outbox.c.state == state)
            await connection.execute(theirs.values(**landed, **FREE))
    return parked


async def _renumber(connection: AsyncConnection, old_id: int, new_id: int) -> None:
    """Counts the new chat's digests on from the old one's: their order is that of the conversation."""
    last = await connection.scalar(select(func.max(digests.c.number)).where(digests.c.chat_id == old_id))
    theirs = digests.c.chat_id == new_id
    # Messages of the old chat are not to be found by their numbers in the new one.
    await connection.execute(update(digests).where(digests.c.chat_id == old_id).values(message_id=None))
    # Through negative numbers: a key may not be held twice even for a moment.
    await connection.execute(update(digests).where(theirs).values(number=-digests.c.number - (last or 0)))
    await connection.execute(update(digests).where(theirs).values(number=-digests.c.number))


async def _follow(connection: AsyncConnection, their: Table, same: tuple[str, ...], old_id: int, new_id: int) -> None:
    if same:
        twin = their.alias()
        is_twin = and_(twin.c.chat_id == old_id, *(twin.c[name] == their.c[name] for name in same))
        await connection.execute(delete(their).where(their.c.chat_id == new_id, exists().where(is_twin)))
    await connection.execute(update(their).where(their.c.chat_id == old_id).values(chat_id=new_id))
