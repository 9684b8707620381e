"""One trip to SQLite's thread for each statement, and none to begin: the driver's own cursor makes four and one.

Each trip waits for its turn in the event loop, and a busy loop makes a transaction as long as its trips: while the
one writer waits for the loop, everybody waits for the writer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

import aiosqlite


class Connection(aiosqlite.Connection):
    """The driver's, with other cursors."""

    opening: str | None = None
    """The statement with which a transaction begins: it goes with the first that is executed in it."""

    def cursor(self) -> Any:
        return _Cursor(self)

    async def commit(self) -> None:
        """No trip where nothing was executed."""
        if self.opening:
            self.opening = None
        else:
            await super().commit()

    async def rollback(self) -> None:
        """No trip where no transaction is open: whoever gives a connection back rolls back, also what is committed."""
        self.opening = None
        # One that was cut off in the middle of a statement does not go back: it is closed.
        if self.in_transaction:
            await super().rollback()


def connect(*where: Any, **options: Any) -> Connection:
    """A connection to be awaited; it does not keep the process alive."""
    connection = Connection(lambda: sqlite3.connect(*where, **options), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection


class _Cursor:
    """What SQLAlchemy asks of a cursor: it takes all rows at once and closes it."""

    __slots__ = ("_connection", "_rows", "arraysize", "description", "lastrowid", "rowcount")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        return await self._run(lambda cursor: cursor.execute(statement, parameters))

    async def executemany(self, statement: str, parameters: Sequence[Any]) -> Self:
        return await self._run(lambda cursor: cursor.executemany(statement, parameters))

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    async def _run(self, run: Callable[[sqlite3.Cursor], Any]) -> Self:
        def there() -> None:
            cursor = self._connection._conn.cursor()
            try:
                if self._connection.opening:
                    cursor.execute(self._connection.opening)
                    self._connection.opening = None
                run(cursor)
                self._rows = cursor.fetchall() if cursor.description else []
                self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
            finally:
                cursor.close()

        await self._connection._execute(there)  # type: ignore[no-untyped-call]
        return self
