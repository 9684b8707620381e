"""Errands: pieces of a job that whichever process is free runs. PgQueuer carries them, on PostgreSQL alone.

What is due is said by rows (`next_due_at`), never by an errand: errands may be lost or emptied at any
moment, and what is still due is handed out again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any, cast

from asyncpg import InterfaceError, InternalClientError, PostgresError  # type: ignore[import-untyped]
from pgqueuer import Job, QueueManager
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.domain.errors import PgqException
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.queries import Queries
from sqlalchemy import SelectBase, Text, bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY

from storage.columns import Id
from storage.engine import Database, Unavailable

LOOK = 6
"""How often in a lease an idle process looks for errands that nobody told it of."""
MOST_UNFINISHED = 400
"""Errands of one kind at a time; what is due beyond them is handed out as they finish."""
EVERY = 100_000
"""More errands than there ever are, also after many were split."""
MOST_STARTS = 3
"""An errand begun so often without an end is not begun again: it may be what kills its processes."""
INSTALLING, HANDING_OUT, LOOKING = 0x65727230, 0x65727231, 0x65727232
"""Advisory locks: of the process that makes the tables, of the one that hands out, and of the one that looks what is
due of a kind."""
SETTINGS = DBSettings(db_schema="errands_1_6", durability=Durability.volatile)
"""Where the library has its tables. Named for its minor version: another version makes its own."""

COUNT_START = f"UPDATE {SETTINGS.qualified.queue_table} SET attempts = attempts + 1 WHERE id = $1 RETURNING attempts"  # noqa: S608
IN_ERRANDS = f"""
    SELECT CAST(jsonb_array_elements_text(CAST(convert_from(payload, 'UTF8') AS jsonb) -> 'ids') AS bigint)
    FROM {SETTINGS.qualified.queue_table}
    WHERE entrypoint = ANY(:kinds) AND status IN ('queued', 'picked')
"""  # noqa: S608
LOOK_ALONE = """
    SELECT pg_try_advisory_xact_lock(:lock, hashtext(:kind)),
        set_config('idle_in_transaction_session_timeout', '60s', true)
"""
"""The lock of a process that was cut off is not kept for long."""
FORGET = f"DELETE FROM {SETTINGS.qualified.queue_table_log} WHERE created < now() - interval '10 minutes'"  # noqa: S608
"""The library keeps a diary of its own, for ever."""


@dataclass(frozen=True, slots=True)
class Doing:
    """How errands of one kind are run, and what is done instead with one that was begun too often."""

    run: Callable[[Sequence[int]], Awaitable[None]]
    put_off: Callable[[Sequence[int]], Awaitable[None]]


class Errands:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._room = Room()

    async def ready(self) -> None:
        """Makes what errands need in the database, unless it is there."""
        async with self._transaction(INSTALLING) as queries:
            if not await queries.schema_is_installed():
                await queries.install()

    @asynccontextmanager
    async def looking(self, kind: str) -> AsyncIterator[bool]:
        """Whether nobody else looks at this moment what is due of a kind; while the block lasts nobody will.

        All look at the same moments, and what is due is handed out once.
        """
        async with self._database.write() as connection:
            is_alone = await connection.scalar(text(LOOK_ALONE), {"lock": LOOKING, "kind": kind})
            yield bool(is_alone)

    def held(self, *kinds: str) -> SelectBase:
        """SELECT of the ids in errands of these kinds that are waiting or being run."""
        return text(IN_ERRANDS).bindparams(bindparam("kinds", list(kinds), ARRAY(Text))).columns(column("id", Id))

    async def hand_out(
        self, kind: str, ids: Sequence[int], *, size: int, unless: str | None = None, kin: Mapping[int, int] = {}
    ) -> int:
        """Errands of at most `size` ids each, for those ids that are in none yet; how many errands are new.

        What is in an errand of the kind `unless` is in one, too. Neighbours of one `kin` come into one errand, where
        they fit.
        """
        async with self._transaction(HANDING_OUT) as queries:
            unfinished = await queries.browse_queue(EVERY, 0, ["queued", "picked"], [kind, unless or kind])
            known = {each for job in unfinished for each in _read(job)[0]}
            room = max(0, MOST_UNFINISHED - sum(job.entrypoint == kind for job in unfinished))
            batches = _cut([each for each in ids if each not in known], size, kin)[:room]
            await _put(queries, kind, [(f"{kind}:{batch[0]}", batch) for batch in batches], starts=0)
            await queries.driver.execute(FORGET)
            return len(batches)

    async def unfinished(self, kind: str) -> list[int]:
        """The ids in errands of this kind that are waiting or being run."""
        async with self._transaction(HANDING_OUT) as queries:
            jobs = await queries.browse_queue(EVERY, 0, ["queued", "picked"], [kind])
            return [each for job in jobs for each in _read(job)[0]]

    async def run(self, doings: Mapping[str, Doing], stop: asyncio.Event, *, lease: timedelta, at_once: int) -> None:
        """Runs errands of these kinds until `stop` is set, and finishes those it has begun.

        One whose process has not been heard of for a `lease` is begun by another. Kinds that are run apart do not
        wait for each other, save for one that is suspected. Raises Unavailable when the database goes away.
        """
        async with self._database.listening() as connection:
            queries = _queries(connection)
            manager = QueueManager(queries, channel=SETTINGS.channel)
            for kind, doing in doings.items():
                manager.entrypoint(kind, accepts_context=False)(_begin(queries, kind, doing, self._room))

            async def stopping() -> None:
                await stop.wait()
                manager.shutdown.set()

            waiting = asyncio.create_task(stopping())
            try:
                with _named_answers():
                    await manager.run(
                        dequeue_timeout=lease / LOOK,
                        batch_size=1,
                        max_concurrent_tasks=at_once,
                        heartbeat_timeout=lease,
                        shutdown_on_listener_failure=True,
                        log_aggregation_interval=timedelta(0),
                    )
            finally:
                waiting.cancel()

    @asynccontextmanager
    async def _transaction(self, lock: int) -> AsyncIterator[Queries]:
        """One transaction that holds an advisory lock."""
        async with self._database.write() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
            raw = await connection.get_raw_connection()
            with _named_answers():
                yield _queries(raw.driver_connection)


class Room:
    """Where errands of one process run: many together, but one that is suspected alone."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._inside = 0
        self._is_closed = False

    @asynccontextmanager
    async def enter(self, *, alone: bool) -> AsyncIterator[None]:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._is_closed and not (alone and self._inside))
            self._inside += 1
            self._is_closed = alone
        try:
            yield
        finally:
            async with self._changed:
                self._inside -= 1
                self._is_closed = False
                self._changed.notify_all()


def _cut(ids: Iterable[int], size: int, kin: Mapping[int, int]) -> list[list[int]]:
    """The ids in their order, in pieces of at most `size`; neighbours of one kin are parted only where they must be."""
    pieces: list[list[int]] = []
    for _, some in groupby(ids, lambda each: kin.get(each)):
        family = list(some)
        for at in range(0, len(family), size):
            part = family[at : at + size]
            if pieces and len(pieces[-1]) + len(part) <= size:
                pieces[-1] += part
            else:
                pieces.append(part)
    return pieces


def _begin(queries: Queries, kind: str, doing: Doing, room: Room) -> Callable[[Job], Awaitable[None]]:
    async def begin(job: Job) -> None:
        ids, before = _read(job)
        # Begun before without an end: others that ran beside it must not be taken for the killer.
        async with room.enter(alone=before + job.attempts > 0):
            # Committed first, so that a start is counted even if it is the end of this process.
            counted = await queries.driver.fetch(COUNT_START, job.id)
            if not counted:  # done by another, or swept away
                return
            starts = before + cast(int, counted[0]["attempts"])
            if starts > MOST_STARTS:
                await doing.put_off(ids)
            elif starts > 1 and len(ids) > 1:
                # One of them may be a killer: from now on each is begun alone.
                await _put(queries, kind, [(f"{kind}:{each}:alone", [each]) for each in ids], starts=starts - 1)
            else:
                await doing.run(ids)

    return begin


async def _put(queries: Queries, kind: str, batches: Sequence[tuple[str, Sequence[int]]], *, starts: int) -> None:
    """New errands by key; one that is there under its key stays as it is."""
    if not batches:
        return
    await queries.enqueue(
        [kind] * len(batches),
        [json.dumps({"ids": list(ids), "starts": starts}).encode() for _, ids in batches],
        [0] * len(batches),
        dedupe_key=[key for key, _ in batches],
        on_conflict="skip",
    )


def _read(job: Job) -> tuple[list[int], int]:
    """The ids of an errand, and how often they were begun before it was made."""
    said = json.loads(job.payload or b"{}")
    return said["ids"], said["starts"]


def _queries(connection: Any) -> Queries:
    return Queries(
        AsyncpgDriver(connection),
        qbe=QueryBuilderEnvironment(SETTINGS),
        qbq=QueryQueueBuilder(SETTINGS),
        qbs=QuerySchedulerBuilder(SETTINGS),
    )


@contextmanager
def _named_answers() -> Iterator[None]:
    """What the driver raises where no engine stands between."""
    try:
        yield
    except (PostgresError, InterfaceError, InternalClientError, PgqException, OSError) as problem:
        raise Unavailable((str(problem) or type(problem).__name__).split("\n")[0].rstrip(".")) from problem
