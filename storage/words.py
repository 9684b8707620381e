"""The search index: the words of every article by their roots, as filters compare them.

It is kept in parts, one for every 25,000 ids, so that the newest articles are looked at first, and old ones
go with their part. On SQLite a part is an FTS5 table, on PostgreSQL a partition of one table. What only some
chats may see has parts of its own: nobody else's search comes near them, and forgetting rewrites little.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Entry
from news.roots import Roots, roots_of

SIZE = 25_000
"""Ids in a part."""
NEWEST = 2
"""Parts looked at before the others."""
TOKENS = "tokenize=\"ascii tokenchars '_.,:=+-'''\""
"""Everything but spaces belongs to a word: it was cut already."""
COLUMNS = ("headline", "body", "marks", "seen_at")
PIECES, PAGES = 4, 250
"""Of a full part on SQLite: pieces that may stay apart, and pages that are written in one transaction to join them."""
PREPARED = """
    set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true),
    set_config('max_parallel_workers_per_gather', '0', true), set_config('effective_io_concurrency', '0', true)
"""
"""Lets PostgreSQL neither read whole parts, as it does not know what looking into a row costs, nor plan anew.

Nor ask arms beside each other: the newest must come first. Nor have rows read by the processes it has for that since
version 18: what another process reads is waited for longer than reading it takes, on a busy machine ten times as long.
"""
BY_WORDS = """
    SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    JOIN pg_am ON pg_am.oid = relam WHERE indrelid = to_regclass(:name) AND amname = 'gin'
"""
INDEXING = 0x696E6478
"""PostgreSQL advisory lock of who makes a part."""

Family = Literal["article_search", "article_search_private"]
SHARED: Family = "article_search"
PRIVATE: Family = "article_search_private"


def row_of(article_id: int, entry: Entry, topics: Iterable[str], first_seen_at: datetime) -> Roots:
    """What the index keeps of an article."""
    return roots_of(
        article_id,
        entry.headline,
        entry.text,
        first_seen_at,
        topics=topics,
        feed=entry.source,
        language=entry.language,
    )


def family_of(*, is_shared: bool) -> Family:
    return SHARED if is_shared else PRIVATE


def _is_sqlite(connection: AsyncConnection) -> bool:
    return connection.dialect.name == "sqlite"


Parts = dict[Family, list[int]]
"""The numbers of the parts there are, the newest first; part 7 has the ids from 175,000 on."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the index reaches: its parts, the id of the newest article, and whether every article is in it."""

    parts: Parts
    newest: int
    is_whole: bool


async def prepared(connection: AsyncConnection) -> Extent:
    """How far the index reaches at this moment; in this transaction it can be asked."""
    return await _extent(connection, "" if _is_sqlite(connection) else f", {PREPARED}")


async def _extent(connection: AsyncConnection, also: str = "") -> Extent:
    if _is_sqlite(connection):
        known = "SELECT group_concat(name) FROM sqlite_master WHERE type = 'table' AND name GLOB 'article_search*[0-9]'"
    else:
        known = (
            "SELECT string_agg(relname::text, ',') FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid"
            " WHERE inhparent IN ('article_search'::regclass, 'article_search_private'::regclass)"
        )
    below, last = "SELECT max(below) FROM unindexed", "SELECT max(id) FROM articles"
    asked = await connection.exec_driver_sql(f"SELECT ({known}), ({below}), ({last}){also}")
    names, missing, newest = tuple(asked.one())[:3]
    found: Parts = {SHARED: [], PRIVATE: []}
    for name in names.split(",") if names else ():
        family, _, number = name.rpartition("_")
        found[SHARED if family == SHARED else PRIVATE].append(int(number))
    parts: Parts = {family: sorted(numbers, reverse=True) for family, numbers in found.items()}
    return Extent(parts, newest or 0, is_whole=missing is None)


async def parts(connection: AsyncConnection) -> Parts:
    """The parts there are, of either family."""
    return (await _extent(connection)).parts


async def make(connection: AsyncConnection, family: Family, part: int) -> None:
    """Makes a part, where it is not there."""
    name = f"{family}_{part}"
    if _is_sqlite(connection):
        columns = f"headline, body, marks, seen_at UNINDEXED, columnsize=0, {TOKENS}"
        await connection.exec_driver_sql(f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5({columns})")
        return
    if await connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is None:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": INDEXING})
        bounds = f"FROM ({part * SIZE}) TO ({(part + 1) * SIZE})"
        await connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {family} FOR VALUES {bounds}")
        # Whoever searches would have to read through the list of what is still to be put into the index.
        for index in await connection.scalars(text(BY_WORDS), {"name": name}):
            await connection.exec_driver_sql(f"ALTER INDEX {index} SET (fastupdate = off)")


async def index(connection: AsyncConnection, new: Sequence[Roots], *, is_shared: bool) -> None:
    """Makes articles findable. All are of one part, which is made where it is not there."""
    if not new:
        return
    family, part = family_of(is_shared=is_shared), new[0].id // SIZE
    await make(connection, family, part)
    table, key = (f"{family}_{part}", "rowid") if _is_sqlite(connection) else (family, "id")
    await connection.execute(_add(table, key), [dict(zip(("id", *COLUMNS), astuple(row), strict=True)) for row in new])


@lru_cache(maxsize=8)  # building it takes as long as executing it
def _add(table: str, key: str) -> TextClause:
    values = ", ".join(f":{name}" for name in ("id", *COLUMNS))
    return text(f"INSERT INTO {table} ({key}, {', '.join(COLUMNS)}) VALUES ({values})")  # noqa: S608


async def index_again(connection: AsyncConnection, changed: Roots, *, is_shared: bool) -> None:
    """Puts what an article says now in the place of what it said, where it is findable already."""
    if not await rows(connection, await parts(connection), [changed.id]):
        return
    await unindex(connection, [changed.id])
    if not _is_sqlite(connection):
        its = text(f"DELETE FROM {family_of(is_shared=is_shared)} WHERE id = :id")  # noqa: S608
        await connection.execute(its, {"id": changed.id})
    await index(connection, [changed], is_shared=is_shared)


async def unindex(connection: AsyncConnection, ids: Collection[int]) -> None:
    """Takes articles out of the index. Of what only some could see nothing is left in any file.

    PostgreSQL does it by itself, when the articles go.
    """
    if not _is_sqlite(connection):
        return
    for family, numbers in (await parts(connection)).items():
        for part in {each // SIZE for each in ids}.intersection(numbers):
            name, those = f"{family}_{part}", _listed(each for each in ids if each // SIZE == part)
            gone = await connection.exec_driver_sql(f"DELETE FROM {name} WHERE rowid IN ({those})")  # noqa: S608
            if (await connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1")).first() is None:  # noqa: S608
                await connection.exec_driver_sql(f"DROP TABLE {name}")
            elif family == PRIVATE and gone.rowcount:
                # Until it is merged, the index remembers words of what was deleted.
                await connection.exec_driver_sql(f"INSERT INTO {name} ({name}) VALUES ('optimize')")  # noqa: S608


async def rows(connection: AsyncConnection, known: Parts, ids: Collection[int]) -> list[Roots]:
    """What the index keeps of these articles, in any order."""
    arms, values, by_part = list[str](), list[object](), dict[int, list[int]]()
    for each in ids:
        by_part.setdefault(each // SIZE, []).append(each)
    for family, numbers in known.items():
        theirs = by_part.keys() & set(numbers)
        for part in theirs if _is_sqlite(connection) else _up_to(numbers, theirs):
            its = by_part.get(part, [])
            if _is_sqlite(connection):
                # FTS5 keeps what it was given in a table of its own; by that it is had at once.
                kept, those = f"c0, c1, c2, c3 FROM {family}_{part}_content", f"IN ({_listed(its)})"
            else:
                values.append(its)
                kept, those = f"{', '.join(COLUMNS)} FROM {family}_{part}", f"= ANY(CAST(${len(values)} AS bigint[]))"
            arms.append(f"SELECT id, {kept} WHERE id {those}")
    if not arms:
        return []
    found = await connection.exec_driver_sql(" UNION ALL ".join(arms), tuple(values))
    return [Roots(*tuple(row)) for row in found.all()]


def _up_to(numbers: Sequence[int], theirs: Collection[int]) -> Sequence[int]:
    """The newest parts as far as it takes, and some more: planning one of so few statements is seldom needed."""
    reach = NEWEST
    while theirs and min(theirs) not in numbers[:reach]:
        reach *= 4
    return numbers[:reach] if theirs else ()


def _listed(ids: Iterable[int]) -> str:
    """Numbers as they stand in a statement."""
    return ",".join(map(str, ids))


async def share(connection: AsyncConnection, ids: Collection[int]) -> None:
    """What only some chats could see may be found by all from now on."""
    for part in {each // SIZE for each in ids}.intersection((await parts(connection))[PRIVATE]):
        await make(connection, SHARED, part)
        moving = [each for each in ids if each // SIZE == part]
        of, key = (f"_{part}", "rowid") if _is_sqlite(connection) else ("", "id")
        columns, those = ", ".join((key, *COLUMNS)), f"{key} IN ({_listed(moving)})"
        move = f"INSERT INTO {SHARED}{of} ({columns}) SELECT {columns} FROM {PRIVATE}{of} WHERE {those}"  # noqa: S608
        await connection.exec_driver_sql(move)
        await connection.exec_driver_sql(f"DELETE FROM {PRIVATE}{of} WHERE {those}")  # noqa: S608


async def join(connection: AsyncConnection) -> bool:
    """Joins some pieces of a full part, each of which costs a search time; whether there was anything to join.

    Only SQLite keeps an index in pieces, some for each level of a merge.
    """
    if not _is_sqlite(connection):
        return False
    for family, numbers in (await parts(connection)).items():
        # All but the newest, which is written to.
        for part in numbers[1:]:
            name = f"{family}_{part}"
            pieces = await connection.exec_driver_sql(f"SELECT count(DISTINCT segid) FROM {name}_idx")  # noqa: S608
            if pieces.scalar_one() > PIECES:
                # A number below zero: all pieces, not only those of one level.
                await connection.exec_driver_sql(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', -{PAGES})")  # noqa: S608
                return True
    return False


async def drop_empty(connection: AsyncConnection) -> None:
    """Gives back the room of PostgreSQL's parts that hold nothing any more; SQLite's go with their last article."""
    if _is_sqlite(connection):
        return
    for family, numbers in (await parts(connection)).items():
        # All but the newest, which is about to be written to.
        for part in numbers[1:]:
            name = f"{family}_{part}"
            if (await connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1")).first() is None:  # noqa: S608
                await connection.exec_driver_sql(f"LOCK TABLE {family} IN ACCESS EXCLUSIVE MODE")
                if (await connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1")).first() is None:  # noqa: S608
                    await connection.exec_driver_sql(f"DROP TABLE {name}")
