"""A copy of a database, as a backup keeps it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import asyncpg  # type: ignore[import-untyped]


async def backup(database_url: str, name: str) -> str:
    """The URL of a copy as of now; on PostgreSQL nobody may be connected to the database."""
    if database_url.startswith("sqlite"):
        path = database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(f"{path}.{name}")) as target:
            source.backup(target)
        return f"{database_url}.{name}"
    database = urlsplit(database_url).path.strip("/")
    copy = f"{database}_{name}"
    await at_the_server(database_url, f'CREATE DATABASE "{copy}" TEMPLATE "{database}"')
    return database_url.replace(f"/{database}?", f"/{copy}?")


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
