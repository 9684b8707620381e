"""Intents to send and what came of them, within the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.delivery import DOUBT_LIMIT, Delivery
from storage.bulk import among
from storage.claims import COLUMNS, FREE, as_delivery, is_in
from storage.editions import keep_texts
from storage.tables import digests, outbox

OUTCOME = ("state", "doubt", "message_id", "reason", "is_rerendered", "lease_owner", "lease_until")
"""What an answer changes in every delivery; when it is due and its message change now and then."""


async def begin(
    connection: AsyncConnection, intent: Any, claimed: Sequence[Delivery], now: datetime, lease: timedelta
) -> dict[int, Delivery]:
    """By id, those that may be sent now; `intent` is the statement of that name in claims.py, built once."""
    begun: dict[int, Delivery] = {}
    for (owner, attempt), theirs in by(claimed, lambda one: (one.lease_owner, one.attempt)).items():
        asked = {"ids": [one.id for one in theirs], "holder": owner, "tried": attempt, "at": now}
        rows = {row.id: row for row in await connection.execute(intent, asked | {"until": now + lease})}
        begun |= {
            one.id: replace(
                one,
                state="sending",
                chat_id=rows[one.id].chat_id,
                attempt=attempt + 1,
                lease_until=now + lease,
                floor_message_id=rows[one.id].floor_message_id,
            )
            for one in theirs
            if one.id in rows
        }
    return begun


async def settle(connection: AsyncConnection, outcomes: Sequence[tuple[Delivery, Delivery]]) -> frozenset[int]:
    """Ids of those that were in this very attempt, which are written and no other."""
    if not outcomes:
        return frozenset()
    flying = select(outbox.c.id, outbox.c.attempt, outbox.c.digest_id, outbox.c.part).where(
        among(connection, outbox.c.id, [before.id for before, _ in outcomes]), is_in(outbox, "sending")
    )
    rows = {(row.id, row.attempt): row for row in await connection.execute(flying.with_for_update())}
    ours = [(rows[at], *each) for each in outcomes if (at := (each[0].id, each[0].attempt)) in rows]
    if not ours:
        return frozenset()
    its = outbox.c.id == bindparam("key")
    changed = [
        {"key": before.id, "not_before": after.not_before or before.not_before}
        | {name: getattr(after, name) for name in OUTCOME}
        for _, before, after in ours
    ]
    await connection.execute(update(outbox).where(its), changed)
    redrawn = [(after.id, after.message) for _, before, after in ours if after.message != before.message]
    if redrawn:
        kept = await keep_texts(connection, [message for _, message in redrawn])
        drawn = [{"key": key, "text_id": text_id} for (key, _), text_id in zip(redrawn, kept, strict=True)]
        await connection.execute(update(outbox).where(its), drawn)
    for _, before, after in ours:
        if after.thread_id != before.thread_id:
            await connection.execute(update(outbox).where(outbox.c.id == after.id).values(thread_id=after.thread_id))
    shown = [
        {"key": row.digest_id, "message_id": after.message_id}
        for row, _, after in ours
        if after.state == "sent" and row.part == 1 and row.digest_id is not None
    ]
    if shown:
        await connection.execute(update(digests).where(digests.c.id == bindparam("key")), shown)
    await come_again(connection, [row.digest_id for row, _, after in ours if after.state in ("parked", "cancelled")])
    return frozenset(row.id for row, _, _ in ours)


async def give_up(connection: AsyncConnection, *whose: ColumnElement[bool]) -> tuple[Delivery, ...]:
    """Parks those being sent that would be in doubt once too often."""
    doubted = outbox.c.doubt + 1
    park = update(outbox).where(*whose, is_in(outbox, "sending"), doubted >= DOUBT_LIMIT)
    reason = "three sends in a row ended without an answer"
    park = park.values(state="parked", doubt=doubted, reason=reason, **FREE).returning(*COLUMNS)
    parked = sorted(map(as_delivery, (await connection.execute(park)).mappings()), key=lambda each: each.id)
    await come_again(connection, [each.digest_id for each in parked])
    return tuple(parked)


async def come_again(connection: AsyncConnection, digest_ids: Sequence[int | None]) -> None:
    """What these digests told counts as not had: nothing is lost, at the price of a rare repeat."""
    known = {each for each in digest_ids if each is not None}
    if known:
        await connection.execute(update(digests).where(digests.c.id.in_(known)).values(is_given_up=True))


def by(deliveries: Iterable[Delivery], key: Callable[[Delivery], Any]) -> Mapping[Any, list[Delivery]]:
    groups: dict[Any, list[Delivery]] = defaultdict(list)
    for one in deliveries:
        groups[key(one)].append(one)
    return groups
