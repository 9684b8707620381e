"""The outbox: deliveries, the leases on them, and what became of them. See docs/storage.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, get_args

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from news.chat import ChatState
from news.delivery import WAIT_FOR_RIGHTS, Delivery, DeliveryState
from news.messages.message import Message
from storage.engine import Database, Missing
from storage.tables import chats, digests, had, outbox

COLUMNS = [column for column in outbox.c if column.name != "created_at"]
IN_FLIGHT = ("claimed", "sending")
UNFINISHED = ("pending", "claimed", "sending", "doubt")
LANES: tuple[DeliveryState, ...] = ("pending", "doubt")
"""States that are claimed from, the first before the second."""
DOUBT_BACKOFF = (timedelta(seconds=30), timedelta(minutes=2))
"""How long the first and the second doubt wait; the third parks."""
FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}
WRITABLE = ("active", "paused")
"""States of a chat that is sent to: a paused one is tried when its deliveries are due, once a day."""

_same_chat = outbox.alias()
KNOWN = select(func.max(_same_chat.c.message_id)).where(_same_chat.c.chat_id == outbox.c.chat_id).scalar_subquery()
"""The highest message id known in a delivery's chat."""


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, chat_id: int, message: Message, *, now: datetime, thread_id: int | None = None) -> Delivery:
        """A delivery that is no digest. Missing when the chat has gone."""
        async with self._database.write() as connection:
            return await put(connection, chat_id, message, now=now, thread_id=thread_id)

    async def claim(self, owner: str, *, now: datetime, lease: timedelta, limit: int) -> list[Delivery]:
        """Leases deliveries that are due, the longest due first, at most one a chat.

        A paused chat's are due too when their time comes: that is how we learn that we may write again.

        When none is pending, at most one in doubt. Nothing that another owner leases at this moment.
        """
        return await self._claim("pending", owner, now, lease, limit) or await self._claim(
            "doubt", owner, now, lease, min(limit, 1)
        )

    async def sending(self, delivery: Delivery, *, now: datetime, lease: timedelta) -> Delivery | None:
        """Commits the intent to send, before a byte leaves; None when the lease or the chat is lost."""
        intent = (
            update(outbox)
            .where(
                outbox.c.id == delivery.id,
                outbox.c.state == "claimed",
                outbox.c.lease_owner == delivery.lease_owner,
                outbox.c.lease_until > now,
                outbox.c.attempt == delivery.attempt,
                exists().where(chats.c.id == outbox.c.chat_id, chats.c.state.in_(WRITABLE)),
            )
            .values(
                state="sending",
                attempt=outbox.c.attempt + 1,
                lease_until=now + lease,
                floor_message_id=KNOWN,
            )
            .returning(*COLUMNS)
        )
        async with self._database.leading() as connection:
            row = (await connection.execute(intent)).mappings().first()
            return _delivery(row) if row else None

    async def settle(self, before: Delivery, after: Delivery) -> bool:
        """Writes what became of a send; False, and nothing, when it is no longer this send's to say.

        Stories of a digest that is parked or cancelled count as not had: they come again.
        """
        outcome = {
            name: getattr(after, name)
            for name in ("state", "doubt", "message_id", "reason", "is_rerendered", "lease_owner", "lease_until")
        }
        outcome |= {"message": after.message.to_json(), "not_before": after.not_before or outbox.c.not_before}
        is_ours = and_(outbox.c.id == before.id, outbox.c.state == "sending", outbox.c.attempt == before.attempt)
        async with self._database.write() as connection:
            fenced = update(outbox).where(is_ours).values(outcome)
            row = (await connection.execute(fenced.returning(outbox.c.digest_id, outbox.c.part))).first()
            if row is None:
                return False
            if after.state == "sent" and row.part == 1 and row.digest_id is not None:
                its = update(digests).where(digests.c.id == row.digest_id)
                await connection.execute(its.values(message_id=after.message_id))
            if after.state in ("parked", "cancelled"):
                await _come_again(connection, [row.digest_id])
            return True

    async def recover(self, now: datetime) -> int:
        """Takes back what was leased and has not been settled in time; returns how many.

        What was only claimed is pending again; what was being sent is in doubt, or parked after the
        third doubt.
        """
        return await self._take_back(outbox.c.lease_until <= now, now)

    async def abandon(self, keep_owner: str, now: datetime) -> int:
        """At start-up: takes back, as `recover` does, whatever any other owner leases."""
        return await self._take_back(outbox.c.lease_owner != keep_owner, now)

    async def hold(self, chat_id: int, until: datetime) -> None:
        """Lets nothing that waits in the chat go before then."""
        async with self._database.write() as connection:
            await _hold(connection, chat_id, until)

    async def suspend(self, chat_id: int, state: ChatState, reason: str | None, now: datetime) -> int:
        """Sets the chat's state; returns how many deliveries that cancelled.

        A paused chat keeps its deliveries, they wait for a day. One that stopped or has gone loses those that
        are not being sent this moment; their stories come again if the chat does.
        """
        async with self._database.write() as connection:
            await _set_state(connection, chat_id, state, reason)
            if state == "paused":
                await _hold(connection, chat_id, now + WAIT_FOR_RIGHTS)
            if state in WRITABLE:
                return 0
            waiting = and_(outbox.c.chat_id == chat_id, outbox.c.state.in_(["pending", "claimed", "doubt"]))
            cancel = update(outbox).where(waiting).values(state="cancelled", reason=reason, **FREE)
            rows = (await connection.execute(cancel.returning(outbox.c.digest_id))).all()
            await _come_again(connection, [row.digest_id for row in rows])
            return len(rows)

    async def resume(self, chat_id: int) -> None:
        """The chat is active again, and its waiting deliveries are due."""
        async with self._database.write() as connection:
            await _set_state(connection, chat_id, "active", None)

    async def counts(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state; every state is named."""
        by_state = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        async with self._database.read() as connection:
            found = {row[0]: row[1] for row in await connection.execute(by_state)}
        return {state: found.get(state, 0) for state in get_args(DeliveryState)}

    async def get(self, delivery_id: int) -> Delivery | None:
        found = await self._find(outbox.c.id == delivery_id)
        return found[0] if found else None

    async def of(self, chat_id: int) -> list[Delivery]:
        """The chat's deliveries, oldest first."""
        return await self._find(outbox.c.chat_id == chat_id)

    async def next_due(self, now: datetime) -> datetime | None:
        """When there is next something to claim, `now` if there already is; None if nothing waits."""
        async with self._database.read() as connection:
            soonest = [
                await connection.scalar(
                    select(outbox.c.not_before).where(_claimable(state)).order_by(outbox.c.not_before).limit(1)
                )
                for state in LANES
            ]
        known = [each for each in soonest if each is not None]
        return max(now, min(known)) if known else None

    async def floor(self, chat_id: int) -> int | None:
        """The highest message id known in the chat."""
        known = select(func.max(outbox.c.message_id)).where(outbox.c.chat_id == chat_id)
        async with self._database.read() as connection:
            highest: int | None = await connection.scalar(known)
            return highest

    async def _claim(
        self, state: DeliveryState, owner: str, now: datetime, lease: timedelta, limit: int
    ) -> list[Delivery]:
        due = (
            select(outbox.c.id)
            .where(_claimable(state), outbox.c.not_before <= now)
            .order_by(outbox.c.not_before, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=outbox)
            # A common table expression is evaluated once; a subquery could be twice, past its limit.
            .cte("due")
        )
        take = (
            update(outbox)
            .where(outbox.c.id.in_(select(due.c.id)))
            .values(state="claimed", lease_owner=owner, lease_until=now + lease)
            .returning(*COLUMNS)
        )
        try:
            async with self._database.leading() as connection:
                rows = (await connection.execute(take)).mappings().all()
        except Missing:  # the key of one in flight per chat: another owner claimed there this moment
            return []
        return sorted(map(_delivery, rows), key=lambda each: (each.not_before or now, each.id))

    async def _take_back(self, whose: ColumnElement[bool], now: datetime) -> int:
        async with self._database.write() as connection:
            was = case((outbox.c.doubt > 0, "doubt"), else_="pending")
            claimed = update(outbox).where(whose, outbox.c.state == "claimed").values(state=was, **FREE)
            count = (await connection.execute(claimed)).rowcount
            sending = and_(whose, outbox.c.state == "sending")
            doubted = outbox.c.doubt + 1
            last = outbox.c.doubt >= len(DOUBT_BACKOFF)
            reason = "three sends in a row ended without an answer"
            park = update(outbox).where(sending, last).values(state="parked", doubt=doubted, reason=reason, **FREE)
            parked = (await connection.execute(park.returning(outbox.c.digest_id))).all()
            await _come_again(connection, [row.digest_id for row in parked])
            for before, wait in enumerate(DOUBT_BACKOFF):
                doubt = update(outbox).where(sending, outbox.c.doubt == before)
                values = {"state": "doubt", "doubt": doubted, "not_before": now + wait, **FREE}
                count += (await connection.execute(doubt.values(values))).rowcount
            return count + len(parked)

    async def _find(self, where: ColumnElement[bool]) -> list[Delivery]:
        found = select(*COLUMNS).where(where).order_by(outbox.c.id)
        async with self._database.read() as connection:
            return [_delivery(row) for row in (await connection.execute(found)).mappings()]


async def put(
    connection: AsyncConnection,
    chat_id: int,
    message: Message,
    *,
    now: datetime,
    thread_id: int | None,
    digest_id: int | None = None,
    part: int = 1,
) -> Delivery:
    """Puts a message into the outbox, within the caller's transaction."""
    values = {
        "chat_id": chat_id,
        "digest_id": digest_id,
        "part": part,
        "thread_id": thread_id,
        "message": message.to_json(),
        "state": "pending",
        "attempt": 0,
        "doubt": 0,
        "not_before": now,
        "is_rerendered": False,
        "created_at": now,
    }
    row = await connection.execute(insert(outbox).values(values).returning(*COLUMNS))
    return _delivery(row.mappings().one())


def _delivery(row: Any) -> Delivery:
    return Delivery(**dict(row) | {"message": Message.from_json(row["message"])})


def _is(deliveries: FromClause, *states: str) -> ColumnElement[bool]:
    """Condition on the state, spelled out: partial indexes do not serve a state that is a parameter."""
    return deliveries.c.state.in_([literal_column(f"'{state}'") for state in states])


@cache  # building it costs more than running it
def _claimable(state: DeliveryState) -> ColumnElement[bool]:
    """Condition: nothing but its time keeps a delivery from being claimed.

    Its chat can be sent to and has nothing in flight, no earlier part of its digest is unfinished, and
    nothing older in the same state waits in the chat: so messages keep their order.
    """
    flying, earlier, before = outbox.alias(), outbox.alias(), outbox.alias()
    conditions = [
        _is(outbox, state),
        _is(outbox, *UNFINISHED),  # as the index says: SQLite takes an index by its very words
        exists().where(chats.c.id == outbox.c.chat_id, chats.c.state.in_(WRITABLE)),
        ~exists().where(flying.c.chat_id == outbox.c.chat_id, _is(flying, *IN_FLIGHT)),
        ~exists().where(
            earlier.c.digest_id == outbox.c.digest_id,
            earlier.c.part < outbox.c.part,
            _is(earlier, *UNFINISHED),
        ),
        ~exists().where(
            before.c.chat_id == outbox.c.chat_id,
            _is(before, state),
            before.c.id < outbox.c.id,
        ),
    ]
    if state == "doubt":  # one at a time in all: what we cannot be sure of must not pile up
        doubted = outbox.alias()
        conditions.append(~exists().where(doubted.c.doubt > 0, _is(doubted, *IN_FLIGHT)))
    return and_(*conditions)


async def _hold(connection: AsyncConnection, chat_id: int, until: datetime) -> None:
    waiting = and_(outbox.c.chat_id == chat_id, outbox.c.state.in_(["pending", "doubt"]), outbox.c.not_before < until)
    await connection.execute(update(outbox).where(waiting).values(not_before=until))


async def _set_state(connection: AsyncConnection, chat_id: int, state: ChatState, reason: str | None) -> None:
    await connection.execute(update(chats).where(chats.c.id == chat_id).values(state=state, reason=reason))


async def _come_again(connection: AsyncConnection, digest_ids: Sequence[int | None]) -> None:
    """The stories of these digests count as not had: nothing is lost, at the price of a rare repeat."""
    known = {each for each in digest_ids if each is not None}
    if known:
        await connection.execute(delete(had).where(had.c.digest_id.in_(known)))
