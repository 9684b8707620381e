"""The inbox: updates as Telegram handed them over, until they are handled. See docs/storage.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.tables import inbox

MOST_TRIES = 3
"""How often handling an update begins; one that fails or ends the program so often is set aside."""
IDLE = timedelta(days=7)
"""After so long without an update Telegram may count on from any number, a lower one too."""
ASIDE_LONGER = timedelta(days=30)
"""How much longer than a finished update one that was set aside is kept, for the operator to look at."""
NOTHING: dict[str, Any] = {"state": "done", "chat_key": None, "payload": None, "reason": None}
"""What is left of a finished update: its number, by which a repeat is known, and nothing about anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An update in the inbox.

    `chat_key` is the chat whose order it keeps, or the person where it is of no chat, or None where it names
    neither.
    `payload` is the update as JSON.
    """

    update_id: int
    chat_key: int | None
    payload: str
    received_at: datetime
    tries: int
    reason: str | None = None
    """Why the last try failed."""


COLUMNS = [inbox.c[name] for name in Received.__slots__]


class Inbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_in(self, updates: Sequence[tuple[int, int | None, str]], now: datetime) -> int:
        """Stores updates (id, chat key, JSON), all or none; those seen before are passed over. How many are new."""
        if not updates:
            return 0
        rows = [
            {
                "update_id": update_id,
                "chat_key": chat_key,
                "payload": payload,
                "received_at": now,
                "tries": 0,
                "state": "waiting",
            }
            for update_id, chat_key, payload in updates
        ]
        add = self._database.insert(inbox).values(rows).on_conflict_do_nothing().returning(inbox.c.update_id)
        async with self._database.write() as connection:
            return len((await connection.execute(add)).all())

    async def next_offset(self, now: datetime) -> int | None:
        """The id from which on Telegram has news for us; None when nothing came for so long that it may be any."""
        lately = select(inbox.c.update_id).where(inbox.c.received_at > now - IDLE)
        async with self._database.read() as connection:
            highest = await connection.scalar(lately.order_by(inbox.c.update_id.desc()).limit(1))
            return None if highest is None else highest + 1

    async def waiting(self, limit: int) -> list[Received]:
        """What can be handled now, oldest first: of each chat the oldest, unless that is being handled."""
        # Its words are the index's: SQLite takes an index by them.
        unfinished = _is("waiting", "taken")
        oldest = select(func.min(inbox.c.update_id)).where(unfinished).group_by(inbox.c.chat_key)
        return await self._find(inbox.c.update_id.in_(oldest), _is("waiting"), limit=limit)

    async def begin(self, update_id: int) -> int | None:
        """Commits the intent to handle an update, before anything comes of it.

        Returns which try this is, from 1; None for an update that does not wait.
        """
        waits = and_(inbox.c.update_id == update_id, inbox.c.state == "waiting")
        take = update(inbox).where(waits).values(state="taken", tries=inbox.c.tries + 1)
        async with self._database.write() as connection:
            tries: int | None = await connection.scalar(take.returning(inbox.c.tries))
            return tries

    async def done(self, update_id: int) -> None:
        """The update is handled, and only its number stays."""
        async with self._database.write() as connection:
            await connection.execute(update(inbox).where(inbox.c.update_id == update_id).values(NOTHING))

    async def failed(self, update_id: int, reason: str) -> bool:
        """The update waits for its next try, or is set aside after the last; whether it is set aside."""
        async with self._database.write() as connection:
            return bool(await _give_back(connection, reason, inbox.c.update_id == update_id))

    async def recover(self) -> list[int]:
        """At start-up: updates whose handling was cut off wait again; ids of those set aside instead."""
        async with self._database.write() as connection:
            return await _give_back(connection, "the program ended while this was being handled")

    async def set_aside(self) -> list[Received]:
        """Updates that could not be handled, oldest first."""
        return await self._find(inbox.c.state == "set_aside")

    async def tidy(self, before: datetime) -> int:
        """Forgets the numbers of updates finished and received before then; how many.

        `before` must lie more than a day back: so long may Telegram repeat an update. Those set aside
        stay longer.
        """
        is_old = or_(
            and_(inbox.c.state == "done", inbox.c.received_at < before),
            and_(inbox.c.state == "set_aside", inbox.c.received_at < before - ASIDE_LONGER),
        )
        async with self._database.write() as connection:
            return (await connection.execute(delete(inbox).where(is_old))).rowcount

    async def _find(self, *where: ColumnElement[bool], limit: int | None = None) -> list[Received]:
        found = select(*COLUMNS).where(*where).order_by(inbox.c.update_id).limit(limit)
        async with self._database.read() as connection:
            return [Received(**row) for row in (await connection.execute(found)).mappings()]


async def follow(connection: AsyncConnection, old_id: int, new_id: int) -> None:
    """The updates of a chat that moved keep their place before those of the new one."""
    await connection.execute(update(inbox).where(inbox.c.chat_key == old_id).values(chat_key=new_id))


async def scrub(connection: AsyncConnection, chat_id: int) -> None:
    """Forgets what a chat sent, up to the update that is being handled; what it sent later still waits."""
    theirs = and_(inbox.c.chat_key == chat_id, inbox.c.state != "waiting")
    await connection.execute(update(inbox).where(theirs).values(NOTHING))


async def _give_back(connection: AsyncConnection, reason: str, *whose: ColumnElement[bool]) -> list[int]:
    """Ends the try of taken updates; ids of those that have none left."""
    state = case((inbox.c.tries >= MOST_TRIES, "set_aside"), else_="waiting")
    ended = update(inbox).where(inbox.c.state == "taken", *whose).values(state=state, reason=reason)
    rows = await connection.execute(ended.returning(inbox.c.update_id, inbox.c.state))
    return sorted(row.update_id for row in rows if row.state == "set_aside")


def _is(*states: str) -> ColumnElement[bool]:
    """Condition on the state, spelled out: partial indexes do not serve a state that is a parameter."""
    return inbox.c.state.in_([literal_column(f"'{state}'") for state in states])
