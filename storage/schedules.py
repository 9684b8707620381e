"""When chats want digests, and which of them are due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, SelectBase, and_, delete, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.chat import Chat
from news.schedule import FARTHEST, Schedule, patience
from storage.alerts import look_again
from storage.bulk import among
from storage.engine import Database
from storage.tables import chats, schedules, slots, subscriptions

ZONE = func.coalesce(chats.c.zone, "UTC").label("zone")
KEPT = [column for column in schedules.c if column.name != "failures"]
OF_SCHEDULE = (*(column.name for column in KEPT), "zone")
OF_CHAT = tuple(column.name for column in chats.c)
WITH_ZONE: Select[Any] = select(*KEPT, ZONE).join(chats, chats.c.id == schedules.c.chat_id)


class Schedules:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def set(
        self,
        chat_id: int,
        *,
        times: tuple[time, ...],
        days: frozenset[int],
        thread_id: int | None = None,
        now: datetime,
        next_due_at: datetime | None,
    ) -> Schedule:
        """The one schedule of this chat and thread, new or changed. Missing when the chat has gone.

        A change begins a new epoch; a pause stays.
        """
        insert = self._database.insert(schedules).values(
            chat_id=chat_id,
            thread_id=thread_id,
            times=times,
            days=days,
            epoch=1,
            failures=0,
            changed_at=now,
            next_due_at=next_due_at,
        )
        upsert = insert.on_conflict_do_update(
            index_elements=["chat_id", "thread_id"],
            set_={name: insert.excluded[name] for name in ("times", "days", "changed_at", "next_due_at")}
            | {"epoch": schedules.c.epoch + 1, "failures": 0},
        )
        async with self._database.write() as connection:
            schedule_id = (await connection.execute(upsert.returning(schedules.c.id))).scalar_one()
            return Schedule(
                **(await connection.execute(WITH_ZONE.where(schedules.c.id == schedule_id))).mappings().one()
            )

    async def of(self, chat_id: int) -> list[Schedule]:
        """The chat's schedules, oldest first."""
        async with self._database.read() as connection:
            return await _of(connection, chat_id)

    async def threads(self, chat_ids: Collection[int]) -> dict[int, list[int | None]]:
        """By chat, the threads in which digests are to come, for chats with any; None is outside of threads."""
        of, found = schedules.c, dict[int, list[int | None]]()
        async with self._database.read() as connection:
            planned = among(connection, of.chat_id, chat_ids), of.next_due_at.is_not(None)
            for chat_id, thread_id in await connection.execute(select(of.chat_id, of.thread_id).where(*planned)):
                found.setdefault(chat_id, []).append(thread_id)
        return found

    async def rezone(
        self, chat_id: int, zone: str, now: datetime, next_dues: Mapping[int, datetime | None]
    ) -> list[Schedule]:
        """Moves the chat to another zone: a new epoch for its schedules, due next as `next_dues` says by id."""
        async with self._database.write() as connection:
            await connection.execute(update(chats).where(chats.c.id == chat_id).values(zone=zone))
            await look_again(connection, chat_id, now)
            for each in await _of(connection, chat_id):
                moved = {
                    "epoch": schedules.c.epoch + 1,
                    "changed_at": now,
                    "next_due_at": next_dues.get(each.id),
                    "failures": 0,
                }
                await connection.execute(update(schedules).where(schedules.c.id == each.id).values(moved))
            return await _of(connection, chat_id)

    async def pause(self, chat_id: int, ends: Mapping[int, datetime]) -> None:
        """Holds the chat's digests until `ends` says, by schedule; of those not named the missed one comes first."""
        theirs = schedules.c.chat_id == chat_id
        async with self._database.write() as connection:
            await connection.execute(update(schedules).where(theirs).values(paused_until=None))
            for schedule_id, until in ends.items():
                held = update(schedules).where(theirs, schedules.c.id == schedule_id).values(paused_until=until)
                await connection.execute(held)

    async def remove(self, chat_id: int) -> bool:
        """Whether the chat had a schedule to remove."""
        async with self._database.write() as connection:
            gone = await connection.execute(delete(schedules).where(schedules.c.chat_id == chat_id))
            return gone.rowcount > 0

    async def due_ids(self, now: datetime, limit: int, besides: SelectBase | None = None) -> list[int]:
        """Ids of schedules that are due, of active chats and not paused, the longest due first; none of `besides`."""
        others = [] if besides is None else [schedules.c.id.not_in(besides)]
        may = select(schedules.c.id).join(chats, chats.c.id == schedules.c.chat_id)
        may = may.where(_may_be_composed(now), *others)
        may = may.order_by(schedules.c.next_due_at, schedules.c.id)
        found: list[int] = []
        async with self._database.read() as connection:
            # One after the other: with both at once no index would give them in order.
            for is_due in _is_due(now):
                found += await connection.scalars(may.where(is_due).limit(limit - len(found)))
        return found

    async def alike(self, ids: Sequence[int]) -> dict[int, int]:
        """The schedules, the longest due first, with a number that those have in common whose chats follow the same.

        Of those due alike, such come together, and beside them chats that follow the same topics. On PostgreSQL alone,
        where pieces of a list go to different processes.
        """
        wish = func.hashtext(subscriptions.c.kind + func.encode(subscriptions.c.value_hash, "hex"))
        topical = func.sum(wish).filter(subscriptions.c.kind == "topic").label("topical")
        tastes = select(func.sum(wish).label("whole"), topical).where(subscriptions.c.chat_id == schedules.c.chat_id)
        taste = tastes.lateral()
        these = select(schedules.c.id, func.coalesce(taste.c.whole, 0)).join(taste, true())
        async with self._database.read() as connection:
            these = these.where(among(connection, schedules.c.id, ids))
            in_order = these.order_by(schedules.c.next_due_at, taste.c.topical, taste.c.whole, schedules.c.id)
            return {row[0]: row[1] for row in (await connection.execute(in_order)).all()}

    async def due_among(self, ids: Sequence[int], now: datetime) -> list[Due]:
        """Those of the schedules that are due, the longest due first."""
        # A slot that is still to come was composed by a clock that was ahead.
        past = and_(slots.c.schedule_id == schedules.c.id, slots.c.due_at <= now)
        last = select(func.max(slots.c.due_at)).where(past).scalar_subquery()
        whose = [column.label(f"chat_{column.name}") for column in chats.c]
        due = WITH_ZONE.add_columns(last.label("last_due_at"), *whose).where(_may_be_composed(now), or_(*_is_due(now)))
        async with self._database.read() as connection:
            rows = await connection.execute(
                due.where(among(connection, schedules.c.id, ids)).order_by(schedules.c.next_due_at, schedules.c.id)
            )
            return [_due(row) for row in rows]

    async def put_off(self, schedule_id: int, now: datetime) -> None:
        """Lets a schedule that could not be composed wait, longer each time; its slot is not lost."""
        this = schedules.c.id == schedule_id, or_(*_is_due(now))
        async with self._database.write() as connection:
            failures = await connection.scalar(select(schedules.c.failures).where(*this).with_for_update())
            if failures is not None:
                later = {"failures": failures + 1, "next_due_at": now + patience(failures)}
                await connection.execute(update(schedules).where(*this).values(later))

    async def advance(self, schedule: Schedule, next_due_at: datetime | None) -> None:
        """Lets an occasion pass that is no slot; a schedule changed meanwhile keeps its own next one."""
        same = and_(schedules.c.id == schedule.id, schedules.c.epoch == schedule.epoch)
        async with self._database.write() as connection:
            await connection.execute(update(schedules).where(same).values(next_due_at=next_due_at))


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions: its time has come; or is so far off that a clock that was ahead must have said so."""
    return schedules.c.next_due_at <= now, schedules.c.next_due_at > now + FARTHEST


def _may_be_composed(now: datetime) -> ColumnElement[bool]:
    return and_(chats.c.state == "active", or_(schedules.c.paused_until.is_(None), schedules.c.paused_until <= now))


@dataclass(frozen=True, slots=True)
class Due:
    """A schedule that is due, its chat, and when the latest of its occasions was that have come."""

    schedule: Schedule
    chat: Chat
    last_due_at: datetime | None


def _due(row: Any) -> Due:
    values = tuple(row)
    at = len(OF_SCHEDULE)
    schedule = Schedule(**dict(zip(OF_SCHEDULE, values, strict=False)))
    return Due(schedule, Chat(**dict(zip(OF_CHAT, values[at + 1 :], strict=True))), values[at])


async def _of(connection: AsyncConnection, chat_id: int) -> list[Schedule]:
    theirs = WITH_ZONE.where(schedules.c.chat_id == chat_id).order_by(schedules.c.id)
    return [Schedule(**row) for row in (await connection.execute(theirs)).mappings()]
