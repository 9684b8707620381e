"""The search index: the words of every article by their roots, as filters compare them.

It is kept in parts, one for every 25,000 ids, so that the newest articles are looked at first, and old ones
go with their part. On SQLite a part is an FTS5 table, on PostgreSQL a partition of one table. What only some
chats may see has parts of its own: nobody else's search comes near them, and forgetting rewrites little.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Entry
from news.filters import MOST_TITLE_WORDS, cut, marks_of

SIZE = 25_000
"""Ids in a part."""
TOKENS = "tokenize=\"ascii tokenchars '_.,:=+-'''\""
"""Everything but spaces belongs to a word: it was cut already."""
INDEXING = 0x696E6478
"""PostgreSQL advisory lock of who makes a part."""

Family = Literal["article_search", "article_search_private"]
SHARED: Family = "article_search"
PRIVATE: Family = "article_search_private"


@dataclass(frozen=True, slots=True)
class Row:
    """An article in the index: roots and marks, each list parted by spaces."""

    id: int
    headline: str
    body: str
    marks: str


def marked(name: str, value: str) -> str:
    """The token of a mark; no word begins with a colon."""
    return f":{name}:" + re.sub(r"[^\w.,'-]", "+", value)[:200]


def row_of(article_id: int, entry: Entry, topics: Iterable[str]) -> Row:
    """What the index keeps of an article."""
    marks = marks_of(topics=topics, feed=entry.source, language=entry.language)
    return Row(
        article_id,
        " ".join(cut(entry.headline, MOST_TITLE_WORDS)),
        " ".join(cut(entry.text)),
        " ".join(sorted(marked(name, value) for name, value in marks)),
    )


def family_of(*, is_shared: bool) -> Family:
    return SHARED if is_shared else PRIVATE


def _is_sqlite(connection: AsyncConnection) -> bool:
    return connection.dialect.name == "sqlite"


async def parts(connection: AsyncConnection, family: Family) -> list[int]:
    """The numbers of the parts there are, the newest first; part 7 has the ids from 175,000 on."""
    if _is_sqlite(connection):
        known = f"SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '{family}_[0-9]*'"  # noqa: S608
    else:
        known = (
            "SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid"
            f" WHERE inhparent = '{family}'::regclass"
        )
    names = [name.removeprefix(f"{family}_") for (name,) in await connection.exec_driver_sql(known)]
    return sorted((int(name) for name in names if name.isdigit()), reverse=True)


async def _make(connection: AsyncConnection, family: Family, part: int) -> None:
    name = f"{family}_{part}"
    if _is_sqlite(connection):
        columns = f"headline, body, marks, columnsize=0, {TOKENS}"
        await connection.exec_driver_sql(f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5({columns})")
        return
    if await connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is None:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": INDEXING})
        bounds = f"FROM ({part * SIZE}) TO ({(part + 1) * SIZE})"
        await connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {family} FOR VALUES {bounds}")


async def index(connection: AsyncConnection, new: Sequence[Row], *, is_shared: bool) -> None:
    """Makes articles findable. All are of one part, which is made where it is not there."""
    if not new:
        return
    family, part = family_of(is_shared=is_shared), new[0].id // SIZE
    await _make(connection, family, part)
    table, key = (f"{family}_{part}", "rowid") if _is_sqlite(connection) else (family, "id")
    insert = text(f"INSERT INTO {table} ({key}, headline, body, marks) VALUES (:id, :headline, :body, :marks)")  # noqa: S608
    values = [{"id": row.id, "headline": row.headline, "body": row.body, "marks": row.marks} for row in new]
    await connection.execute(insert, values)


async def unindex(connection: AsyncConnection, ids: Collection[int]) -> None:
    """Takes articles out of the index. Of what only some could see nothing is left in any file.

    PostgreSQL does it by itself, when the articles go.
    """
    if not _is_sqlite(connection):
        return
    for family in (SHARED, PRIVATE):
        for part in set(await parts(connection, family)) & {each // SIZE for each in ids}:
            name, listed = f"{family}_{part}", json.dumps([each for each in ids if each // SIZE == part])
            gone = await connection.exec_driver_sql(
                f"DELETE FROM {name} WHERE rowid IN (SELECT value FROM json_each(?))",  # noqa: S608
                (listed,),
            )
            if (await connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1")).first() is None:  # noqa: S608
                await connection.exec_driver_sql(f"DROP TABLE {name}")
            elif family == PRIVATE and gone.rowcount:
                # Until it is merged, the index remembers words of what was deleted.
                await connection.exec_driver_sql(f"INSERT INTO {name} ({name}) VALUES ('optimize')")  # noqa: S608


async def rows(connection: AsyncConnection, ids: Collection[int]) -> list[Row]:
    """What the index keeps of these articles, in any order."""
    found: list[Row] = []
    for family in (SHARED, PRIVATE):
        for part in set(await parts(connection, family)) & {each // SIZE for each in ids}:
            those = [each for each in ids if each // SIZE == part]
            name = f"{family}_{part}"
            if _is_sqlite(connection):
                where, values = "rowid IN (SELECT value FROM json_each(?))", (json.dumps(those),)
                select = f"SELECT rowid, headline, body, marks FROM {name} WHERE {where}"  # noqa: S608
                kept = await connection.exec_driver_sql(select, values)
            else:
                select = f"SELECT id, headline, body, marks FROM {name} WHERE id = ANY($1)"  # noqa: S608
                kept = await connection.exec_driver_sql(select, (those,))
            found += [Row(row[0], row[1], row[2], row[3]) for row in kept]
    return found


async def share(connection: AsyncConnection, ids: Collection[int]) -> None:
    """What only some chats could see may be found by all from now on."""
    for part in set(await parts(connection, PRIVATE)) & {each // SIZE for each in ids}:
        await _make(connection, SHARED, part)
        moving = [each for each in ids if each // SIZE == part]
        if _is_sqlite(connection):
            source, target, key = f"{PRIVATE}_{part}", f"{SHARED}_{part}", "rowid"
            those, values = "rowid IN (SELECT value FROM json_each(?))", (json.dumps(moving),)
        else:
            source, target, key = PRIVATE, SHARED, "id"
            those, values = "id = ANY($1)", (moving,)
        columns = f"{key}, headline, body, marks"
        move = f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {source} WHERE {those}"  # noqa: S608
        await connection.exec_driver_sql(move, values)
        await connection.exec_driver_sql(f"DELETE FROM {source} WHERE {those}", values)  # noqa: S608


async def drop_empty(connection: AsyncConnection) -> None:
    """Gives back the room of PostgreSQL's parts that hold nothing any more; SQLite's go with their last article."""
    if _is_sqlite(connection):
        return
    for family in (SHARED, PRIVATE):
        # All but the newest, which is about to be written to.
        for part in (await parts(connection, family))[1:]:
            name = f"{family}_{part}"
            if (await connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1")).first() is None:  # noqa: S608
                await connection.exec_driver_sql(f"LOCK TABLE {family} IN ACCESS EXCLUSIVE MODE")
                if (await connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1")).first() is None:  # noqa: S608
                    await connection.exec_driver_sql(f"DROP TABLE {name}")
