"""Backups: a copy of a SQLite database as of one moment, while the bot goes on."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from storage.engine import Database, Unavailable


class NoBackup(Exception):
    """No backup was made; the argument says why, and what to do."""


def back_up(database: Database, to: Path) -> int:
    """Writes the copy, which appears whole or not at all, and says how many bytes it has. Raises NoBackup."""
    if not database.is_sqlite:
        raise NoBackup("A PostgreSQL database is backed up with its own pg_dump.")
    if to.exists():
        raise NoBackup(f"There is a file {to} already. Name another, or move that one away.")
    unfinished = to.with_name(f"{to.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        copy(Path(database.url.database or ""), unfinished)
        os.replace(unfinished, to)
        return to.stat().st_size
    except sqlite3.Error as problem:
        raise Unavailable(str(problem)) from problem
    except OSError as problem:
        raise NoBackup(f"{to} cannot be written: {problem.strerror}.") from problem
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def copy(file: Path, to: Path) -> None:
    """Writes all that a database holds into a new file, which needs no log beside it. Raises sqlite3.Error, OSError."""
    to.touch(mode=0o600, exist_ok=False)  # chats are in it
    # Read only, so that it never moves the log into the file: one connection alone does.
    with (
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
