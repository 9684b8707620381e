"""Restoring: a backup takes the place of a SQLite database, which is kept beside it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage.backups import copy
from storage.engine import database_url
from storage.leads import all_leads
from storage.migrate import is_known

OURS = {"alembic_version", "articles", "chats", "digests", "feeds", "outbox"}
"""Tables that every schema of ours has."""
LOGS = ("-wal", "-shm")
"""What SQLite keeps beside a file: left behind, it would be read into another that takes the file's place."""
DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
NEWEST = """
    SELECT max(at) FROM (SELECT max(first_seen_at) AS at FROM articles
    UNION ALL SELECT max(composed_at) FROM digests UNION ALL SELECT max(refreshed_at) FROM feeds)
"""


class NotRestored(Exception):
    """Nothing was restored or changed; the argument says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What the database holds now."""

    chats: int
    articles: int
    newest_at: datetime | None
    """When the last feed was read, article taken in or digest written: about when the backup was made."""
    kept: Path | None = None
    """The database that was there before."""


def restore(url: str, file: Path, *, now: datetime) -> Restored:
    """Puts a backup in the place of the database, at once and whole or not at all. Raises NotRestored, Unavailable."""
    its = database_url(url)
    if its.get_backend_name() != "sqlite":
        raise NotRestored(
            "A PostgreSQL database is restored with its own pg_restore, into an empty database, while no bot runs."
        )
    place = Path(its.database or "")
    if not file.is_file():
        raise NotRestored(f"There is no file {file}.")
    unfinished = place.with_name(f"{place.name}.restoring")
    try:
        if place.exists() and place.samefile(file):
            raise NotRestored(f"{file} is the database itself. Name a backup of it.")
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        found = _taken_over(file, unfinished)
        _give(unfinished, place)
        with all_leads(place) as nobody_leads:
            if not nobody_leads or not _is_at_rest(place):
                raise NotRestored("A bot, or another command, is using the database. Stop it first.")
            kept = _kept(place, now)
            os.replace(unfinished, place)
        return Restored(chats=found.chats, articles=found.articles, newest_at=found.newest_at, kept=kept)
    except OSError as problem:
        raise NotRestored(f"{problem.filename or place} cannot be used: {problem.strerror}.") from problem
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _taken_over(file: Path, to: Path) -> Restored:
    """Copies a backup, and says what is in the copy: the backup itself may still be written to by somebody."""
    try:
        copy(file, to)
        with closing(sqlite3.connect(to)) as connection:
            return _looked_through(connection, file)
    except sqlite3.DatabaseError as problem:
        if _code(problem) in DAMAGED:
            raise NotRestored(f"{file} is damaged, or no database at all. Take another backup.") from problem
        raise NotRestored(f"{file} cannot be copied to where the database is: {problem}.") from problem


def _give(file: Path, place: Path) -> None:
    """Gives a file to whom the database belongs: root may restore for a bot that is not root."""
    if hasattr(os, "chown"):
        its = (place if place.exists() else place.parent).stat()
        with suppress(PermissionError):
            os.chown(file, its.st_uid, its.st_gid)


def _looked_through(connection: sqlite3.Connection, file: Path) -> Restored:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables >= OURS:
        raise NotRestored(f"{file} is a database, but no backup of this program's.")
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise NotRestored(f"{file} is damaged. Take another backup.")
    (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("none",)
    if not is_known(schema):
        raise NotRestored(f"{file} was made by a newer version of the program (schema {schema}). Restore it with that.")
    (chats,) = connection.execute("SELECT count(*) FROM chats").fetchone()
    (articles,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    (newest,) = connection.execute(NEWEST).fetchone()
    newest_at = datetime.fromisoformat(newest).replace(tzinfo=UTC) if newest else None
    return Restored(chats=chats, articles=articles, newest_at=newest_at)


def _is_at_rest(place: Path) -> bool:
    """Whether nobody has the database open; then its log is moved into it, unless it is damaged."""
    if not place.exists():
        return True
    try:
        with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=rw", uri=True, timeout=0)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=DELETE")  # refused while another has it open
            return True
    except sqlite3.DatabaseError as problem:
        if _code(problem) in (*DAMAGED, sqlite3.SQLITE_BUSY):
            return _code(problem) in DAMAGED
        raise NotRestored(f"{place} cannot be used: {problem}.") from problem


def _code(problem: sqlite3.Error) -> int:
    """The kind of a problem, without SQLite's finer distinctions."""
    return problem.sqlite_errorcode & 0xFF


def _kept(place: Path, now: datetime) -> Path | None:
    """Gives the database a second name, so that there is one at every moment; None where there was none."""
    kept = place.with_name(f"{place.stem}.until-{now:%Y-%m-%d-%H%M%S}{place.suffix}")
    is_there = place.exists()
    if is_there:
        try:
            os.link(place, kept)
        except FileExistsError:
            raise
        except OSError:  # some disks have one name for a file
            shutil.copy2(place, kept)
    for log in LOGS:
        with suppress(FileNotFoundError):
            os.replace(f"{place}{log}", f"{kept}{log}")
    return kept if is_there else None
