"""The lead: of all processes that run one bot, one alone speaks for it. See docs/storage.md."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from glob import escape
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.engine import KEEPALIVE, Database, Unavailable, gives_up_the_silent, named_answers, reason_of

LOOK_AGAIN = 0.25
"""Seconds between two tries to take a lead that another process has."""
BEAT = 5.0
"""Seconds between two signs of life on the connection that holds a lead."""
PATIENCE = 15.0
"""Seconds after which an answer that did not come means that the lead is lost: 20 after the last at most, which is
before the server gives it up."""


class LeadLost(Unavailable):
    """Another process may speak for the bot by now, so nothing is written in its name."""

    def __init__(self) -> None:
        super().__init__("another process may speak for the bot by now")


class Lead:
    """The right to speak for a bot, held until `lost` is set."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that commits only while the lead is ours. Raises LeadLost."""
        raise NotImplementedError
        yield


class _FileLead(Lead):
    """On SQLite: a lock on a file. Only the death of this process can take it away, so it is not asked for again."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        if self.lost.is_set():
            raise LeadLost
        async with self._database.write() as connection:
            yield connection


class _SessionLead(Lead):
    """On PostgreSQL: an advisory lock of one connection, which ends with it.

    What must not be written without the lead is written on that very connection: as long as it can commit,
    nobody else leads. A write that is cancelled in the middle breaks the connection, and costs the lead.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__()
        self._connection = connection
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        async with self._turn:
            if self.lost.is_set():
                raise LeadLost
            try:
                async with named_answers(), self._connection.begin():
                    yield self._connection
            finally:
                if self._connection.invalidated or self._connection.closed:
                    self.lost.set()

    async def watch(self) -> None:
        """Ends when the lead is lost: when the connection breaks, or answers no more."""
        raw = await self._connection.get_raw_connection()
        driver: Any = raw.driver_connection
        driver.add_termination_listener(lambda _: self.lost.set())
        while not self.lost.is_set():
            try:
                async with named_answers(), asyncio.timeout(PATIENCE), self.write() as connection:
                    await connection.execute(text("SELECT 1"))
            except Unavailable:
                self.lost.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT):
                    await self.lost.wait()


class Leads:
    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[Lead]:
        """Waits until this process has the lead of that name, and gives it back at the end of the block.

        Only one at a time. From then on `Database.leading` writes in this lead, and no more when it is over.
        Raises Unavailable.
        """
        async with self._file(name) if self._database.is_sqlite else self._session(name) as lead:
            self._database.lead = lead.write
            try:
                yield lead
            finally:
                lead.lost.set()

    @asynccontextmanager
    async def _file(self, name: str) -> AsyncIterator[Lead]:
        path = f"{self._database.url.database}.{name}.lead"
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as problem:
            raise Unavailable(reason_of(problem)) from problem
        try:
            while not _locks(file):  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(LOOK_AGAIN)
            yield _FileLead(self._database)
        finally:
            os.close(file)  # the lock goes with it; the file stays, or two processes could lock two of them

    @asynccontextmanager
    async def _session(self, name: str) -> AsyncIterator[Lead]:
        options = {"timeout": PATIENCE, "command_timeout": PATIENCE, "server_settings": KEEPALIVE}
        engine = create_async_engine(self._database.url, poolclass=NullPool, connect_args=options)
        gives_up_the_silent(engine)
        try:
            async with named_answers():
                connection = await engine.connect()
            try:
                while not await _takes(connection, name):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_AGAIN)
                lead = _SessionLead(connection)
                watching = asyncio.create_task(lead.watch())
                try:
                    yield lead
                finally:
                    lead.lost.set()
                    watching.cancel()
                    await asyncio.gather(watching, return_exceptions=True)
            finally:
                await connection.close()
        finally:
            await engine.dispose()


@contextmanager
def all_leads(database: Path) -> Iterator[bool]:
    """Keeps every lead that was ever held on a SQLite file until the block is left; whether nobody else has one."""
    with ExitStack() as stack:
        is_ours = True
        for path in database.parent.glob(f"{escape(database.name)}.*.lead"):
            file = os.open(path, os.O_RDWR)
            stack.callback(os.close, file)
            is_ours = is_ours and _locks(file)
        yield is_ours


async def _takes(connection: AsyncConnection, name: str) -> bool:
    """Whether the lock is ours now. Asked again and again: to wait for it would keep PostgreSQL from cleaning up."""
    key = int.from_bytes(blake2b(name.encode(), digest_size=8, person=b"newsdigest").digest(), signed=True)
    async with named_answers(), asyncio.timeout(PATIENCE), connection.begin():
        return bool(await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}))


if sys.platform == "win32":
    import msvcrt

    def _locks(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        except OSError as problem:
            raise Unavailable(reason_of(problem)) from problem
        return True

else:
    import fcntl

    def _locks(file: int) -> bool:
        """Whether the file is ours now; the system gives it back when the process dies, however it does."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as problem:
            raise Unavailable(reason_of(problem)) from problem
        return True
