"""Databases for every room's tests: fresh ones, copied from a migrated template."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import pytest_asyncio
from sqlalchemy import Connection, Engine, event

from storage import Storage
from tests import postgres

# How long an example takes says something of the machine, and nothing of the code.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

NUMBERS = count(1)


class _Compiled(dict[tuple[Any, ...], Any]):
    """What SQLAlchemy made of statements, by the name of the database's kind: each engine would make it anew."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


COMPILED = _Compiled()


@event.listens_for(Engine, "engine_connect")
def _compiles_once(connection: Connection) -> None:
    """A fifth of the processor's time of tests that open a storage each was spent compiling the same statements."""
    connection.execution_options(compiled_cache=COMPILED)


@pytest_asyncio.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    storage = await Storage.open(str(path))
    await storage.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite file of the newest schema, with nothing in it."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'news.db')}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


@pytest_asyncio.fixture(scope="session")
async def postgres_template(postgres_server: postgres.Server) -> AsyncIterator[str]:
    async with postgres_server.database("template") as url:
        storage = await Storage.open(url)
        await storage.close()
        yield "template"


@pytest_asyncio.fixture
async def postgres_url(postgres_server: postgres.Server, postgres_template: str) -> AsyncIterator[str]:
    """A PostgreSQL database of the newest schema, with nothing in it."""
    async with postgres_server.database(f"news{next(NUMBERS)}", postgres_template) as url:
        yield url


@pytest_asyncio.fixture
async def empty_postgres_url(postgres_server: postgres.Server) -> AsyncIterator[str]:
    """A PostgreSQL database without a schema."""
    async with postgres_server.database(f"empty{next(NUMBERS)}") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that nobody has opened yet."""
    if request.param == "sqlite":
        return str(tmp_path / "new.db")
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind: what takes this runs once on either."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest_asyncio.fixture
async def storage(database_url: str) -> AsyncIterator[Storage]:
    """A fresh storage, once on SQLite and once on PostgreSQL."""
    opened = await Storage.open(database_url)
    yield opened
    await opened.close()
