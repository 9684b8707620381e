"""A copy of a database, as a backup keeps it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg  # type: ignore[import-untyped]

from benchmarks.reliability.given import opened
from storage import Storage


async def backup(database_url: str, name: str) -> str:
    """The URL of a copy as of now; on PostgreSQL nobody may be connected to the database."""
    if database_url.startswith("sqlite"):
        async with opened(database_url) as storage:
            await storage.back_up(Path(f"{database_url.removeprefix('sqlite:///')}.{name}"))
        return f"{database_url}.{name}"
    database = urlsplit(database_url).path.strip("/")
    copy = f"{database}_{name}"
    await at_the_server(database_url, f'CREATE DATABASE "{copy}" TEMPLATE "{database}"')
    return database_url.replace(f"/{database}?", f"/{copy}?")


async def restored(database_url: str, copy_url: str, now: datetime) -> str:
    """The URL of the database that the copy is now: on SQLite that of which it was made."""
    if not database_url.startswith("sqlite"):
        return copy_url
    await Storage.restore(database_url, Path(copy_url.removeprefix("sqlite:///")), now=now)
    return database_url


async def dropped(copy_url: str) -> None:
    """Ends a copy; a SQLite file goes with its folder."""
    if not copy_url.startswith("sqlite"):
        await at_the_server(copy_url, f'DROP DATABASE "{urlsplit(copy_url).path.strip("/")}" WITH (FORCE)')


async def at_the_server(database_url: str, statement: str) -> None:
    """Executes a statement beside the database, as the server's owner."""
    [host] = parse_qs(urlsplit(database_url).query)["host"]
    connection = await asyncpg.connect(user="postgres", database="postgres", host=host)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
