"""Figures for an operator: how much there is of what, read within the time that a scrape may take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from news.delivery import DeliveryState
from news.feed import Feed, State, state_of
from storage.claims import UNFINISHED, WAITING, claimable, is_in
from storage.engine import Database
from storage.feeds import FOLLOWED
from storage.inbox import UNFINISHED as UNHANDLED
from storage.inbox import is_in as is_update
from storage.tables import digests, feeds, inbox, outbox

MOST_DIGESTS = 100_000
"""Digests, the newest, of which is read what became of them."""
MOST_REASONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How the database was at one moment."""

    waiting: Mapping[DeliveryState, int]
    """Deliveries that are not finished."""
    due_since: datetime | None
    """Since when the delivery waits that could be sent the longest; None where none could."""
    unhandled: int
    """Updates that wait to be handled, or are being."""
    set_aside: int
    """Updates that could not be handled."""
    feeds: Mapping[State, int]
    bytes: int
    """What the database takes on the disk."""
    version: str
    """Of the database: `SQLite 3.51.3`."""


@dataclass(frozen=True, slots=True)
class End:
    """Deliveries of digests that ended, or stand, in the same way."""

    state: DeliveryState
    reason: str | None
    count: int


async def read_figures(database: Database, now: datetime) -> Figures:
    """All of them, at one moment; by indexes alone but for updates set aside, among those of two days."""
    count = func.count()
    async with database.read() as connection:
        waiting = select(outbox.c.state, count).where(is_in(outbox, *UNFINISHED)).group_by(outbox.c.state)
        found = {row[0]: row[1] for row in await connection.execute(waiting)}
        due = [await connection.scalar(_longest_due(state, now)) for state in WAITING]
        unhandled = await connection.scalar(select(count).select_from(inbox).where(is_update(*UNHANDLED)))
        set_aside = await connection.scalar(select(count).select_from(inbox).where(is_update("set_aside")))
        return Figures(
            waiting={cast(DeliveryState, state): found.get(state, 0) for state in UNFINISHED},
            due_since=min(filter(None, due), default=None),
            unhandled=unhandled or 0,
            set_aside=set_aside or 0,
            feeds=await _states(connection, now),
            bytes=await _size(database, connection),
            version=await _version(database, connection),
        )


async def read_ends(database: Database, since: datetime) -> list[End]:
    """What became of digests composed since then: the most frequent ways, the most frequent first."""
    # Not the least of the ids: SQLite would go through all that are older.
    first = select(digests.c.id).where(digests.c.composed_at >= since).order_by(digests.c.composed_at, digests.c.id)
    newest = select(func.max(digests.c.id) - MOST_DIGESTS).scalar_subquery()
    count = func.count().label("count")
    ways = select(outbox.c.state, outbox.c.reason, count).where(
        outbox.c.digest_id >= first.limit(1).scalar_subquery(), outbox.c.digest_id > newest
    )
    frequent = ways.group_by(outbox.c.state, outbox.c.reason).order_by(count.desc(), outbox.c.state).limit(MOST_REASONS)
    async with database.read() as connection:
        return [End(*row) for row in await connection.execute(frequent)]


def _longest_due(state: DeliveryState, now: datetime) -> Any:
    """Since when; not of what waits for something older in its chat, or for the chat."""
    due = select(outbox.c.not_before).where(claimable(state), outbox.c.not_before <= now)
    return due.order_by(outbox.c.not_before, outbox.c.id).limit(1)


async def _states(connection: AsyncConnection, now: datetime) -> Mapping[State, int]:
    """Feeds that are alike in all that their state is seen by are one row, however many."""
    alike = select(
        or_(feeds.c.is_shared, FOLLOWED).label("is_shared"),
        feeds.c.gone_at.is_not(None).label("gone_at"),
        (feeds.c.failures > 0).label("failures"),
        feeds.c.refreshed_at.is_not(None).label("refreshed_at"),
        feeds.c.replacement.is_not(None).label("replacement"),
        feeds.c.brought_at.is_not(None).label("brought_at"),
        func.coalesce(feeds.c.silent_at <= now, False).label("silent_at"),
    ).subquery()
    states: Counter[State] = Counter()
    for *seen, count in await connection.execute(select(*alike.c, func.count()).group_by(*alike.c)):
        is_shared, is_gone, fails, was_read, has_moved, has_brought, is_silent = seen
        one = Feed(
            id=0,
            url="",
            next_due_at=now,
            is_shared=is_shared,
            gone_at=now if is_gone else None,
            failures=int(fails),
            refreshed_at=now if was_read else None,
            replacement="another" if has_moved else None,
            brought_at=now if has_brought else None,
            silent_at=now if is_silent else None,
        )
        states[state_of(one, followers=0, now=now)] += count
    return states


async def _version(database: Database, connection: AsyncConnection) -> str:
    name, asked = ("SQLite", "SELECT sqlite_version()") if database.is_sqlite else ("PostgreSQL", "SHOW server_version")
    return f"{name} {await connection.scalar(text(asked))}"


async def _size(database: Database, connection: AsyncConnection) -> int:
    if not database.is_sqlite:
        return int(await connection.scalar(text("SELECT pg_database_size(current_database())")))
    size = 0
    for beside in ("", "-wal"):
        with suppress(OSError):
            size += Path(f"{database.url.database}{beside}").stat().st_size
    return size
