"""Opening: the schema is brought up to date, all of it or nothing, and every obstacle is named."""

import asyncio
import shutil
import signal
import sqlite3
import sys
from pathlib import Path
from socket import gaierror
from textwrap import dedent
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage import NewerSchema, OlderSchema, Storage, Unavailable, tables
from storage.engine import Database, caution_of, database_url, reason_of
from storage.migrate import MIGRATIONS, configuration, migrate
from tests import postgres
from tests.storage.given import a_chat

ROOT = Path(__file__).parents[2]
NEWEST = ScriptDirectory.from_config(configuration()).get_current_head()
BROKEN = """
import os, signal
from alembic import op

revision, down_revision = "9999", "{newest}"

def upgrade():
    op.execute("CREATE TABLE half (id INTEGER)")
    op.execute("DROP TABLE saved")
    {end}
"""


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ("data/news.db", "sqlite+aiosqlite:///data/news.db"),
        ("/data/news.db", "sqlite+aiosqlite:////data/news.db"),
        ("sqlite:///news.db", "sqlite+aiosqlite:///news.db"),
        ("sqlite+aiosqlite:///news.db", "sqlite+aiosqlite:///news.db"),
        ("postgresql://me@host/news", "postgresql+asyncpg://me@host/news"),
        ("postgres://me@host/news", "postgresql+asyncpg://me@host/news"),
        ("postgresql+asyncpg://me@host/news", "postgresql+asyncpg://me@host/news"),
    ],
)
def test_a_database_is_named_by_a_path_or_a_url(given: str, opened: str) -> None:
    assert str(database_url(given)) == opened


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://host/news", "“mysql” is neither sqlite nor postgresql"),
        ("sqlite://", "a database in memory would forget; name a file"),
        ("sqlite:///:memory:", "a database in memory would forget; name a file"),
        ("", "a database in memory would forget; name a file"),
        ("://", "its URL cannot be read"),
    ],
)
async def test_a_url_that_names_no_database_is_refused_in_one_sentence(url: str, why: str) -> None:
    with pytest.raises(Unavailable) as refusal:
        await Storage.open(url)

    assert str(refusal.value) == f"The database cannot be used right now: {why}."


async def test_a_new_sqlite_file_gets_its_folder_and_survives_power_loss(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "news.db"
    storage = await Storage.open(str(path))
    async with storage._database.write() as connection:
        settings = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        ]
    await storage.close()

    assert settings == ["wal", 2, 1, 1]
    assert [each.name for each in path.parent.iterdir()] == ["news.db"]


async def test_what_was_stored_is_there_after_opening_again(database_url: str) -> None:
    for is_new in (True, False):
        storage = await Storage.open(database_url, migrate=is_new)
        if is_new:
            await a_chat(storage)
        chat = await storage.chats.get(7)
        await storage.close()

    assert chat is not None


async def test_the_migrations_make_the_tables_that_the_code_expects(storage: Storage) -> None:
    def differences(connection: Connection) -> Any:
        options = {"include_object": lambda _, name, kind, *__: not str(name).startswith("article_search")}
        return compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata)

    async with storage._database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_newer_schema_is_refused_and_left_alone(database_url: str) -> None:
    storage = await Storage.open(database_url)
    async with storage._database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await storage.close()
    for may_migrate in (True, False):
        with pytest.raises(NewerSchema, match=r"newer version of the program \(schema 9999\); start that"):
            await Storage.open(database_url, migrate=may_migrate)


async def test_an_older_schema_is_refused_where_it_may_not_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with pytest.raises(OlderSchema, match=r"\(schema none\); migrate it first"):
        await Storage.open(str(path), migrate=False)

    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    path.write_bytes(b"Dear diary, " * 400)
    with pytest.raises(Unavailable, match="file is not a database"):
        await Storage.open(str(path))

    assert path.read_bytes() == b"Dear diary, " * 400


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="File exists"):
        await Storage.open(str(tmp_path / "file" / "news.db"))


async def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(Unavailable) as refusal:
        await Storage.open("postgresql://me:hunter2@127.0.0.1:1/news")

    assert str(refusal.value) == "The database cannot be used right now: nothing answers at its address."
    assert "hunter2" not in str(refusal.value)


def test_a_host_that_nobody_knows_is_said_in_words() -> None:
    assert reason_of(gaierror(-2, "Name or service not known")) == "its host is not known"


async def test_a_database_that_is_not_there_is_named(postgres_server: postgres.Server) -> None:
    with pytest.raises(Unavailable, match='database "nowhere" does not exist'):
        await Storage.open(postgres_server.url("nowhere"))


def with_second_migration(folder: Path, end: str) -> Path:
    migrations = Path(shutil.copytree(MIGRATIONS, folder / "migrations"))
    (migrations / "versions" / "9999_half.py").write_text(dedent(BROKEN).format(end=end, newest=NEWEST))
    return migrations


async def schema(url: str) -> tuple[set[str], str]:
    """Names of the tables, and the revision."""
    database = Database(url)
    async with database.read() as connection:
        names = await connection.run_sync(lambda sync: set(sync.dialect.get_table_names(sync)))
        revision = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    await database.close()
    return names, revision


async def test_a_migration_that_fails_halfway_changes_nothing(database_url: str, tmp_path: Path) -> None:
    before = await schema(database_url)
    database = Database(database_url)
    with pytest.raises(ZeroDivisionError):
        await migrate(database, folder=with_second_migration(tmp_path, "1 / 0"))
    await database.close()

    assert await schema(database_url) == before
    assert before[1] == NEWEST


async def run(script: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        dedent(script),
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_migration_killed_halfway_changes_nothing(database_url: str, tmp_path: Path) -> None:
    before = await schema(database_url)
    folder = with_second_migration(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    script = """
        import asyncio, sys
        from pathlib import Path
        from storage.engine import Database
        from storage.migrate import migrate
        asyncio.run(migrate(Database(sys.argv[1]), folder=Path(sys.argv[2])))
    """
    process = await run(script, database_url, str(folder))
    await process.communicate()

    assert process.returncode == -signal.SIGKILL
    assert await schema(database_url) == before


async def test_processes_that_open_a_new_database_at_once_all_succeed(new_url: str) -> None:
    script = """
        import asyncio, sys
        from storage import Storage

        async def open():
            await (await Storage.open(sys.argv[1])).close()

        print("ready", flush=True)
        sys.stdin.readline()
        asyncio.run(open())
        print("opened", flush=True)
    """
    processes = [await run(script, new_url) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    outputs = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))

    assert outputs == [(b"opened\n", b"")] * 2
    assert (await schema(new_url))[1] == NEWEST


async def test_openers_in_one_process_all_succeed(new_url: str) -> None:
    opened = await asyncio.gather(*(Storage.open(new_url) for _ in range(5)))
    for storage in opened:
        await storage.close()

    assert (await schema(new_url))[1] == NEWEST


def test_a_sqlite_with_a_known_fault_is_named_with_why_it_does_no_harm() -> None:
    caution = caution_of((3, 51, 2))

    assert caution is not None
    assert caution.startswith("SQLite 3.51.2 has a fault, mended in 3.51.3")
    assert "so the database is safe" in caution
    assert caution_of((3, 51, 3)) is None


async def test_the_connection_used_last_is_used_again_for_it_knows_how_to_answer(empty_postgres_url: str) -> None:
    database, asked = Database(empty_postgres_url), text("SELECT pg_backend_pid()")
    async with database.read() as one, database.read() as other:
        both = {await one.scalar(asked), await other.scalar(asked)}

    used = set()
    for _ in range(4):
        async with database.read() as connection:
            used.add(await connection.scalar(asked))
    await database.close()

    assert (len(both), len(used)) == (2, 1)
