"""The outbox: deliveries, the leases on them, and what became of them. See docs/storage.md."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.chat import ChatState
from news.delivery import WAIT_FOR_RIGHTS, Delivery, DeliveryState
from news.messages.message import Message
from storage.bulk import among
from storage.claims import COLUMNS, FREE, UNSENT, WAITING, WRITABLE, as_delivery, intent, is_in, taking
from storage.engine import Database, Missing
from storage.leads import LeadLost
from storage.outcomes import begin, by, come_again, give_up, settle
from storage.putting import put
from storage.tables import chats, digests, outbox

DOUBT_BACKOFF = (timedelta(seconds=30), timedelta(minutes=2))
"""How long the first and the second doubt wait; the third parks."""
FARTHEST = timedelta(days=8)
"""Nothing waits longer, save what a clock that was ahead put off."""
OVERDUE = timedelta(minutes=1)
"""What is in doubt and due for so long waits no more for all that is pending: it holds up its chat."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What one transaction wrote of what it was asked to."""

    begun: Mapping[int, Delivery]
    """By id, the deliveries that may be sent now."""
    settled: frozenset[int]
    """Ids of those whose outcome was still ours to say."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of leases that ended before their deliveries had."""

    count: int
    parked: tuple[Delivery, ...]
    """Those given up, for an operator to hear of."""


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._intent = intent(database)

    async def add(self, chat_id: int, message: Message, *, now: datetime, thread_id: int | None = None) -> Delivery:
        """A delivery that is no digest. Missing when the chat has gone."""
        async with self._database.write() as connection:
            return await put(connection, chat_id, message, now=now, thread_id=thread_id)

    async def claim(self, owner: str, *, now: datetime, lease: timedelta, limit: int) -> list[Delivery]:
        """Leases deliveries that are due, the longest due first, at most one a chat.

        A paused chat's are due too when their time comes: that is how we learn that we may write again.

        When none is pending, or one in doubt has waited too long for that, at most one in doubt. Nothing that
        another owner leases at this moment.
        """
        taken = {"at": now, "holder": owner, "until": now + lease, "most": limit}
        try:
            async with self._database.leading() as connection:
                rows = list((await connection.execute(taking("pending"), taken)).mappings())
                if len(rows) < limit:
                    alone = {"most": 1, "at": now - OVERDUE if rows else now}
                    rows += (await connection.execute(taking("doubt"), taken | alone)).mappings()
        except Missing:  # the key of one in flight per chat: another owner claimed there this moment
            return []
        return sorted(map(as_delivery, rows), key=lambda each: (each.doubt > 0, each.not_before or now, each.id))

    async def commit(
        self,
        intents: Sequence[Delivery],
        outcomes: Sequence[tuple[Delivery, Delivery]],
        *,
        now: datetime,
        lease: timedelta,
    ) -> Committed:
        """Commits intents to send, before a byte of them leaves, and outcomes, before and after, in one transaction.

        An intent is refused when its lease or its chat is lost; an outcome when it is no longer this send's to say.
        Stories of a digest that is parked or cancelled count as not had: they come again.
        """
        if intents:
            with suppress(LeadLost):
                async with self._database.leading() as connection:
                    settled = await settle(connection, outcomes)
                    return Committed(await begin(connection, self._intent, intents, now, lease), settled)
        # What is known is written whoever leads, or it would become doubt.
        async with self._database.write() as connection:
            return Committed({}, await settle(connection, outcomes))

    async def give_back(self, claimed: Sequence[Delivery], *, not_before: datetime | None = None) -> None:
        """Ends leases under which nothing was begun; the deliveries are due as before, or at `not_before`."""
        freed = {"state": UNSENT, **FREE} | ({"not_before": not_before} if not_before else {})
        async with self._database.write() as connection:
            for owner, theirs in by(claimed, lambda one: one.lease_owner).items():
                these = among(connection, outbox.c.id, [one.id for one in theirs])
                held = is_in(outbox, "claimed"), outbox.c.lease_owner == owner, these
                await connection.execute(update(outbox).where(*held).values(freed))

    async def recover(self, now: datetime, *, sparing: Collection[int] = ()) -> TakenBack:
        """Takes back what was leased and has not been settled in time, but for the ids in `sparing`.

        What was only claimed is pending again; what was being sent is in doubt, or parked after the
        third doubt. What a clock that was ahead put off is due.
        """
        ended = or_(outbox.c.lease_until <= now, outbox.c.lease_until > now + FARTHEST)
        return await self._take_back(ended & outbox.c.id.not_in(sparing), now)

    async def abandon(self, keep_owner: str, now: datetime) -> TakenBack:
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
            waiting = and_(outbox.c.chat_id == chat_id, is_in(outbox, *WAITING, "claimed"))
            cancel = update(outbox).where(waiting).values(state="cancelled", reason=reason, **FREE)
            rows = (await connection.execute(cancel.returning(outbox.c.digest_id))).all()
            await come_again(connection, [row.digest_id for row in rows])
            return len(rows)

    async def supersede(self, places: Collection[tuple[int, int | None]], before: datetime) -> int:
        """Cancels digests that were put here before then, of which nothing was begun, by chat and thread; how many.

        For a newer one that is about to be composed: their stories count as not had.
        """
        async with self._database.read() as connection:
            late = await connection.execute(_late(connection, [chat_id for chat_id, _ in places], before))
            ids = [row.digest_id for row in late if (row.chat_id, row.thread_id) in places]
        if not ids:
            return 0
        async with self._database.write() as connection:
            untouched = update(outbox).where(among(connection, outbox.c.digest_id, ids), UNTOUCHED)
            cancel = untouched.values(state="cancelled", reason="a newer digest holds what it told")
            gone = {row.digest_id for row in await connection.execute(cancel.returning(outbox.c.digest_id))}
            await come_again(connection, sorted(gone))
            return len(gone)

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

    async def _take_back(self, whose: ColumnElement[bool], now: datetime) -> TakenBack:
        async with self._database.write() as connection:
            ahead = is_in(outbox, *WAITING), outbox.c.not_before > now + FARTHEST
            await connection.execute(update(outbox).where(*ahead).values(not_before=now))
            claimed = update(outbox).where(whose, is_in(outbox, "claimed")).values(state=UNSENT, **FREE)
            count = (await connection.execute(claimed)).rowcount
            sending = and_(whose, is_in(outbox, "sending"))
            parked = await give_up(connection, whose)
            for before, wait in enumerate(DOUBT_BACKOFF):
                doubt = update(outbox).where(sending, outbox.c.doubt == before)
                values = {"state": "doubt", "doubt": outbox.c.doubt + 1, "not_before": now + wait, **FREE}
                count += (await connection.execute(doubt.values(values))).rowcount
            return TakenBack(count + len(parked), parked)

    async def _find(self, where: ColumnElement[bool]) -> list[Delivery]:
        found = select(*COLUMNS).where(where).order_by(outbox.c.id)
        async with self._database.read() as connection:
            return [as_delivery(row) for row in (await connection.execute(found)).mappings()]


_part = outbox.alias()
UNTOUCHED: ColumnElement[bool] = and_(
    # By no index of states: SQLite would go through all that is pending, instead of some chats' own.
    outbox.c.state.concat(literal_column("''")) == literal_column("'pending'"),
    outbox.c.attempt == 0,
    outbox.c.message_id.is_(None),
    ~exists().where(
        _part.c.digest_id == outbox.c.digest_id, or_(_part.c.state != literal_column("'pending'"), _part.c.attempt > 0)
    ),
)
"""Condition: no part of a delivery's digest was ever begun."""


def _late(connection: AsyncConnection, chat_ids: Collection[int], before: datetime) -> Select[Any]:
    waiting = (among(connection, outbox.c.chat_id, chat_ids), outbox.c.created_at < before, UNTOUCHED)
    # Not what alerts told: the newer digest need not bring that.
    of_slots = select(outbox.c.digest_id, outbox.c.chat_id, outbox.c.thread_id).join(
        digests, digests.c.id == outbox.c.digest_id
    )
    return of_slots.where(*waiting, ~digests.c.is_alert)


async def _hold(connection: AsyncConnection, chat_id: int, until: datetime) -> None:
    waiting = and_(outbox.c.chat_id == chat_id, is_in(outbox, *WAITING), outbox.c.not_before < until)
    await connection.execute(update(outbox).where(waiting).values(not_before=until))


async def _set_state(connection: AsyncConnection, chat_id: int, state: ChatState, reason: str | None) -> None:
    await connection.execute(update(chats).where(chats.c.id == chat_id).values(state=state, reason=reason))
