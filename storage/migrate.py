"""Brings the schema of a database up to date: all of it or nothing, by one process at a time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.engine import Database, Unavailable

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x6E657773
"""PostgreSQL advisory lock that a migrating process holds; the number is `news` in ASCII."""


class NewerSchema(Exception):
    """The database was written by a newer version of the program; `found` is its schema."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"This database was written by a newer version of the program (schema {found}); "
            "start that version, or restore a backup."
        )


class OlderSchema(Exception):
    """The database has an older schema, or none, and may not be changed; `found` is its schema."""

    def __init__(self, found: str | None) -> None:
        self.found = found
        super().__init__(
            f"This database was written by an older version of the program (schema {found or 'none'}); "
            "migrate it first."
        )


def configuration(folder: Path = MIGRATIONS) -> Config:
    """Alembic's settings, for `migrate` and for writing a new migration."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


@cache
def _scripts(folder: Path) -> ScriptDirectory:
    """The migrations of a folder, read once: that takes longer than opening a database that needs none."""
    return ScriptDirectory.from_config(configuration(folder))


def is_known(revision: str, folder: Path = MIGRATIONS) -> bool:
    """Whether a schema is the newest, or one that leads to it."""
    return revision in {script.revision for script in _scripts(folder).walk_revisions()}


async def migrate(database: Database, *, may_change: bool = True, folder: Path = MIGRATIONS) -> None:
    """Raises NewerSchema, OlderSchema where it may not change what it finds, and Unavailable for a damaged file."""
    if database.is_sqlite:
        await _look_for_damage(database)
    async with database.migration() as connection:
        await connection.run_sync(_migrate, folder, may_change)


async def _look_for_damage(database: Database) -> None:
    # In a transaction that only reads, so that it holds up nobody who writes meanwhile.
    async with database.read() as connection:
        verdict = (await connection.exec_driver_sql("PRAGMA quick_check(1)")).scalar_one()
    if verdict != "ok":
        reason = str(verdict).removeprefix("*** in database main ***").split("\n")
        raise Unavailable(f"its file is damaged ({next(filter(None, reason), verdict)}); restore a backup")


def _migrate(connection: Connection, folder: Path, may_change: bool) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    scripts = _scripts(folder)
    found = MigrationContext.configure(connection).get_current_revision()
    if found == scripts.get_current_head():
        return
    if found is not None and not is_known(found, folder):
        raise NewerSchema(found)
    if not may_change:
        raise OlderSchema(found)
    config = configuration(folder)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
