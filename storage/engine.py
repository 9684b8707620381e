"""The connections to the database and the two kinds of transaction; see docs/storage.md for why."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from socket import gaierror
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, NullPool, Table, any_, bindparam, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.trips import connect

BUSY_TIMEOUT_S = 30
"""How long a statement waits for another process to finish writing the same SQLite file."""
OPTIONS = {"host", "ssl", "passfile", "target_session_attrs", "service", "servicefile"}
"""What may stand behind the question mark of a PostgreSQL URL; `sslmode` is another name for `ssl`."""
LISTENING_TIMEOUT_S, ANSWER_TIMEOUT_S = 30, 60
"""How long PostgreSQL's answer to a statement is waited for, on a connection that listens and on all others: the other
end may be gone without a word. Migrations and tidying may take as long as they want."""
KEEPALIVE = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
"""PostgreSQL gives up a connection whose machine is silent for 25 s, and the locks that it held."""


class Unavailable(Exception):
    """The database cannot be used right now: {why}."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The database cannot be used right now: {why}.")


class Missing(LookupError):
    """What this belongs to (a chat, a feed, an article) is no longer there."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def database_url(url: str) -> URL:
    """The URL with its asynchronous driver; a bare path is a SQLite file.

    Raises Unavailable for a database that is neither SQLite nor PostgreSQL.
    """
    if "://" not in url:
        url = f"sqlite:///{url}"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as problem:
        raise Unavailable("its URL cannot be read") from problem
    name = parsed.drivername.split("+")[0]
    if name == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise Unavailable("a database in memory would forget; name a file")
        _knows(parsed.query, set())
        return parsed.set(drivername="sqlite+aiosqlite")
    if name in ("postgres", "postgresql"):
        if parsed.port is not None and not 0 < parsed.port < 65536:
            raise Unavailable(f"{parsed.port} is no port")
        options = {"ssl" if name == "sslmode" else name: value for name, value in parsed.query.items()}
        _knows(options, OPTIONS)
        parsed = parsed.set(query=options)
        return parsed.set(drivername="postgresql+asyncpg")
    raise Unavailable(f"“{name}” is neither sqlite nor postgresql")


def _knows(options: Mapping[str, object], known: set[str]) -> None:
    if unknown := sorted(options.keys() - known):
        raise Unavailable(f"its URL has an option that is not known here, “{unknown[0]}”")


class Database:
    """Two engines on one database: one writes, the other only reads."""

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.lead: Callable[[], AbstractAsyncContextManager[AsyncConnection]] | None = None
        """The transactions of the lead that this process took last, lost or not; None before the first."""
        try:
            self._writer, self._reader, self._slow = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        except ImportError as problem:
            raise Unavailable(f"its driver is not installed ({problem})") from problem
        except OSError as problem:
            raise Unavailable(reason_of(problem)) from problem

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may write. On SQLite it is the only one, from its first statement on."""
        async with named_answers(), self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def tidying(self) -> AsyncIterator[AsyncConnection]:
        """As `write`, for statements that may take long; whoever asks limits the time."""
        async with named_answers(), self._slow.begin() as connection:
            yield connection

    def leading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """As `write`, for what only the process that leads may do. Raises LeadLost once a lead was taken and lost."""
        return self.lead() if self.lead else self.write()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that sees a single moment of the database and writes nothing."""
        async with named_answers(), self._reader.begin() as connection:
            yield connection

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may change the schema, on a connection of its own.

        Without foreign keys on SQLite, where a table is changed by copying it and dropping the old one.
        """
        engine = create_async_engine(self.url, poolclass=NullPool, **_options(self.url))
        if self.is_sqlite:
            _on_connect(engine, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF")
            _on_begin(engine, "BEGIN IMMEDIATE")
        try:
            async with named_answers(), engine.begin() as connection:
                yield connection
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Any]:
        """The PostgreSQL driver's own connection, outside any transaction, for as long as the block."""
        engine = create_async_engine(self.url, poolclass=NullPool, **_options(self.url, LISTENING_TIMEOUT_S))
        try:
            async with named_answers(), engine.connect() as connection:
                yield (await connection.get_raw_connection()).driver_connection
        finally:
            await engine.dispose()

    def insert(self, into: Table) -> Any:
        """An INSERT that knows ON CONFLICT: spelled alike on both databases, but typed apart."""
        return sqlite.insert(into) if self.is_sqlite else postgresql.insert(into)

    def among(self, column: ColumnElement[int], name: str) -> ColumnElement[bool]:
        """Condition: the column is one of the parameter `name`'s numbers; one statement for however many they are."""
        if self.is_sqlite:
            numbers = func.json_each(bindparam(name, type_=JSON)).table_valued("value")
            return column.in_(select(numbers.c.value))
        return column == any_(bindparam(name, type_=postgresql.ARRAY(BigInteger)))

    async def checkpoint(self) -> None:
        """Empties SQLite's write-ahead log, so that what was deleted is in no file any more."""
        if self.is_sqlite:
            async with named_answers(), self._writer.connect() as connection:
                driver = await connection.get_raw_connection()
                await driver.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    async def close(self) -> None:
        """Closes every connection; without it the interpreter hangs at exit."""
        await self._reader.dispose()
        await self._writer.dispose()


@asynccontextmanager
async def named_answers() -> AsyncIterator[None]:
    """Raises Unavailable and Missing for what the drivers raise."""
    try:
        yield
    except IntegrityError as problem:
        # Every conflict over a unique key is met by ON CONFLICT; a foreign key is what remains.
        raise Missing from problem
    except DBAPIError as problem:
        raise Unavailable(reason_of(problem.orig or problem)) from problem
    except PoolTimeout as problem:
        raise Unavailable("it is too busy") from problem
    except TimeoutError as problem:
        raise Unavailable("it does not answer") from problem
    except OSError as problem:
        raise Unavailable(reason_of(problem)) from problem


def caution_of(version: tuple[int, ...]) -> str | None:
    """What is known to be wrong with a version of SQLite, and why it does no harm here; None where nothing is."""
    if version >= (3, 51, 3):
        return None
    return (
        f"SQLite {'.'.join(map(str, version))} has a fault, mended in 3.51.3, that can damage a file when two "
        "connections move its log into it at once. Here one connection alone does, so the database is safe; "
        "let no other program write to it."
    )


def reason_of(problem: BaseException) -> str:
    """The driver's first line, without the driver's name for it, its hints, or a full stop; or our words for it."""
    if isinstance(problem, ConnectionRefusedError):
        return "nothing answers at its address"
    if isinstance(problem, gaierror):
        return "its host is not known"
    if isinstance(problem, OSError) and problem.strerror:
        return ": ".join(filter(None, (problem.filename, problem.strerror)))
    return str(problem).split("\n")[0].rpartition(">: ")[2].rstrip(".")


def _options(url: URL, answer_timeout: float | None = None) -> dict[str, Any]:
    connecting: dict[str, Any] = {"timeout": BUSY_TIMEOUT_S}
    if url.get_backend_name() == "postgresql":
        connecting |= {"command_timeout": answer_timeout, "server_settings": KEEPALIVE}
    return {"connect_args": connecting}


def _sqlite(url: URL) -> tuple[AsyncEngine, AsyncEngine, AsyncEngine]:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    options = {"connect_args": _options(url)["connect_args"] | {"async_creator_fn": connect}}
    # One connection writes and is the only one to checkpoint: SQLite before 3.51.3 can lose the
    # log when two connections do so at once.
    writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=60, **options)
    reader = create_async_engine(url, pool_size=4, max_overflow=0, pool_timeout=60, **options)
    _on_connect(
        writer, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY"
    )
    _on_connect(reader, "query_only=ON", "temp_store=MEMORY")
    _opens_with(writer, "BEGIN IMMEDIATE")
    _opens_with(reader, "BEGIN")
    return writer, reader, writer


def _on_connect(engine: AsyncEngine, *pragmas: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver's own transactions lose updates
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _on_begin(engine: AsyncEngine, statement: str) -> None:
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(statement)


def _opens_with(engine: AsyncEngine, statement: str) -> None:
    """As `_on_begin`, on our own connections: without a trip of its own."""

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.connection.driver_connection.opening = statement


def _postgresql(url: URL) -> tuple[AsyncEngine, AsyncEngine, AsyncEngine]:
    options = _options(url, ANSWER_TIMEOUT_S)
    writer = create_async_engine(
        url, pool_size=10, max_overflow=0, pool_timeout=60, pool_pre_ping=True, pool_use_lifo=True, **options
    )
    gives_up_the_silent(writer)
    reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return writer, reader, create_async_engine(url, poolclass=NullPool, **_options(url))


def gives_up_the_silent(engine: AsyncEngine) -> None:
    """A connection on which an answer did not come in time is not asked again, not even to roll back."""

    @event.listens_for(engine.sync_engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        context.is_disconnect = context.is_disconnect or isinstance(context.original_exception, TimeoutError)
