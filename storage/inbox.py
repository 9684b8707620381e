"""The inbox: updates as Telegram handed them over, until they are handled. See docs/storage.md."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, case, delete, exists, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import fingerprint
from storage.engine import Database
from storage.tables import inbox

MOST_TRIES = 3
"""How often handling an update may fail, or end the program while nothing else is handled; then it is set aside."""
IDLE = timedelta(days=7)
"""After so long without an update Telegram may count on from any number, a lower one too."""
ASIDE_LONGER = timedelta(days=30)
"""How much longer than a finished update one that was set aside is kept, for the operator to look at."""
UNFINISHED = ("waiting", "taken")
"""As the index says: SQLite takes an index by its very words."""
CUT_OFF = "the program ended while this was being handled"
NOTHING: dict[str, Any] = {"state": "done", "chat_key": None, "payload": None, "reason": None}
"""What is left of a finished update: its number, by which a repeat is known, and nothing about anybody."""


class Arrival(NamedTuple):
    """An update as it comes in.

    `chat_key` is the chat whose order it keeps, or the person where it is of no chat, or None where it names
    neither. `payload` is the update as JSON. `press` is the id of the press that it is, if it is one.
    """

    update_id: int
    chat_key: int | None
    payload: str
    press: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An update in the inbox; the first fields are those of its arrival."""

    update_id: int
    chat_key: int | None
    payload: str
    received_at: datetime
    tries: int
    """How many failed."""
    reason: str | None = None
    """Why the last try failed, or ended."""
    is_repeat: bool = False
    """Whether the same press came before under another number."""

    @property
    def is_suspect(self) -> bool:
        """Whether it was being handled when the program died: it may be what killed it."""
        return self.reason == CUT_OFF


_other = inbox.alias()
_REPEATED = exists().where(
    _other.c.press == inbox.c.press,
    _other.c.press.is_not(None),  # as the index says
    _other.c.update_id != inbox.c.update_id,
    or_(_other.c.state != "waiting", _other.c.update_id < inbox.c.update_id),
)
COLUMNS = [*(inbox.c[name] for name in Received.__slots__ if name != "is_repeat"), _REPEATED.label("is_repeat")]


class Inbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_in(self, updates: Sequence[tuple[Any, ...]], now: datetime) -> int:
        """Stores arrivals, all or none; those seen before are passed over. How many are new."""
        if not updates:
            return 0
        rows = [
            {
                "update_id": each.update_id,
                "chat_key": each.chat_key,
                "payload": each.payload,
                "received_at": now,
                "tries": 0,
                "state": "waiting",
                "press": fingerprint(each.press) if each.press else None,
            }
            for each in (Arrival(*one) for one in updates)
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
        oldest = select(func.min(inbox.c.update_id)).where(is_in(*UNFINISHED)).group_by(inbox.c.chat_key)
        taken = exists().where(
            _other.c.chat_key == inbox.c.chat_key, is_in("taken", of=_other), is_in(*UNFINISHED, of=_other)
        )
        return await self._find(inbox.c.update_id.in_(oldest), is_in("waiting"), ~taken, limit=limit)

    async def turn(self, *, done: Collection[int] = (), begin: Collection[int] = ()) -> set[int]:
        """Writes that updates were handled, and the intent to handle others before anything comes of it.

        Returns which of `begin` were waiting and are begun. For the process that leads alone.
        """
        async with self._database.leading() as connection:
            if done:
                await connection.execute(update(inbox).where(inbox.c.update_id.in_(done)).values(NOTHING))
            if not begin:
                return set()
            waits = and_(inbox.c.update_id.in_(begin), inbox.c.state == "waiting")
            take = update(inbox).where(waits).values(state="taken").returning(inbox.c.update_id)
            return set((await connection.execute(take)).scalars())

    async def failed(self, update_id: int, reason: str) -> bool:
        """The update waits for its next try, or is set aside after the last; whether it is set aside."""
        async with self._database.leading() as connection:
            return bool(await _give_back(connection, reason, 1, inbox.c.update_id == update_id))

    async def recover(self) -> list[int]:
        """Once the lead is ours: updates whose handling was cut off wait again; ids of those set aside instead.

        A try counts only where an update was alone in being handled: of several none is known to be to blame.
        """
        async with self._database.leading() as connection:
            taken = await connection.scalar(select(func.count()).where(inbox.c.state == "taken"))
            return await _give_back(connection, CUT_OFF, 1 if taken == 1 else 0)

    async def retry(self, update_ids: Collection[int] | None) -> list[int]:
        """Puts updates that were set aside back, all of them for None; ids of those that wait again."""
        whose = inbox.c.state == "set_aside"
        if update_ids is not None:
            whose = and_(whose, inbox.c.update_id.in_(update_ids))
        again = update(inbox).where(whose).values(state="waiting", tries=0, reason=None)
        async with self._database.write() as connection:
            return sorted((await connection.execute(again.returning(inbox.c.update_id))).scalars())

    async def set_aside(self, *, limit: int | None = None) -> list[Received]:
        """Updates that could not be handled, oldest first."""
        return await self._find(inbox.c.state == "set_aside", limit=limit)

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
    await connection.execute(update(inbox).where(theirs).values(NOTHING | {"press": None}))


async def _give_back(connection: AsyncConnection, reason: str, counted: int, *whose: ColumnElement[bool]) -> list[int]:
    """Ends the try of taken updates, which counts so much; ids of those that have none left."""
    tries = inbox.c.tries + counted
    state = case((tries >= MOST_TRIES, "set_aside"), else_="waiting")
    ended = update(inbox).where(inbox.c.state == "taken", *whose).values(state=state, tries=tries, reason=reason)
    rows = await connection.execute(ended.returning(inbox.c.update_id, inbox.c.state))
    return sorted(row.update_id for row in rows if row.state == "set_aside")


def is_in(*states: str, of: FromClause = inbox) -> ColumnElement[bool]:
    """Condition on the state, spelled out: partial indexes do not serve a state that is a parameter."""
    return of.c.state.in_([literal_column(f"'{state}'") for state in states])
