"""Filters in the language of each database's index: exactly what `news.sieve` would say.

SQLite has FTS5 tables, one for every 25,000 ids, and a filter becomes their MATCH expression. PostgreSQL
has one table in as many parts with the words of each article as a tsvector; where words must stand side by
side, what the index finds is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from math import inf
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.filters import All, AnyOf, Filter, Mark, Not, Term, runs
from news.grammar import Unclear, parse, plainly
from news.reduced import Window, is_open, opposite, windows
from news.roots import marked, microseconds, openings
from storage.bulk import among
from storage.tables import articles, topics
from storage.words import SIZE, Extent, Family, prepared

VECTOR = "article_words(id, headline, body, marks)"
WINDOW = 2_500
"""Ids in a window, ten of which are a part; PostgreSQL's index tells in which of them an article is."""
NEAR = 100
"""Articles stored about a moment, that many processes may have stored in another order than they first saw them."""
RUNS_FOR = "extract(epoch FROM clock_timestamp() - statement_timestamp())"
"""Seconds that a statement of PostgreSQL's has run."""
Add = Callable[[object], str]
"""Takes a parameter of a statement, and gives its name in it."""


def full_text(part: Filter) -> str:
    """A reduced filter as FTS5 reads it. It is not open: something is wanted in it."""
    match part:
        case Term(stems, _, is_prefix, in_title):
            before, last = " ".join(stems[:-1]), stems[-1]
            said = [f'"{before} {each}"' for each in (sorted(openings(last)) if is_prefix else [last])]
            said += [f'"{before} {last}" *'] if is_prefix else []
            column = "headline : " if in_title else ""
            return f"{column}({' OR '.join(said)})"
        case Mark(name, value):
            return f'"{marked(name, value)}"'
        case AnyOf(parts):
            return f"({' OR '.join(map(full_text, parts))})"
        case All(parts):
            wanted = " AND ".join(full_text(each) for each in parts if not is_open(each))
            unwanted = "".join(f" NOT {full_text(opposite(each))}" for each in parts if is_open(each))
            return f"({wanted}{unwanted})"
    raise ValueError(f"{part} wants nothing")


def lexemes(part: Filter) -> str | None:
    """A reduced filter as a tsquery, which may let through more; None lets everything through."""
    match part:
        case Term(stems, _, is_prefix, in_title):
            sign = "=" if in_title else ""
            every = [_lexeme(sign + each) for each in (stems[:-1] if is_prefix else stems)]
            if is_prefix:
                ends = [_lexeme(sign + each) for each in sorted(openings(stems[-1]))]
                every.append(f"({_lexeme(sign + stems[-1])}:* | {' | '.join(ends)})")
            return f"({' & '.join(every)})"
        case Mark(name, value):
            return _lexeme(marked(name, value))
        case Not(inner):
            return None if _is_phrase(inner) else f"!{lexemes(inner)}"
        case AnyOf(parts):
            some = [lexemes(each) for each in parts]
            return None if None in some else f"({' | '.join(filter(None, some))})"
        case All(parts):
            known = [said for each in parts if (said := lexemes(each)) is not None]
            return f"({' & '.join(known)})" if known else None
    raise ValueError(f"{part} is not reduced")


def _lexeme(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _is_phrase(part: Filter) -> bool:
    """Whether it asks which words stand side by side, which no tsvector of ours knows."""
    match part:
        case Term(stems):
            return len(stems) > 1
        case Not(inner):
            return _is_phrase(inner)
        case All(parts) | AnyOf(parts):
            return any(map(_is_phrase, parts))
    return False


def condition(part: Filter, add: Add, within: Sequence[int] = ()) -> str:
    """A reduced filter as a condition on a row of PostgreSQL's index; `within` are the only windows looked at."""
    said = lexemes(part)
    if within:
        said = (
            f"{said or ''}{' & ' if said else ''}({' | '.join(_lexeme(marked('ids', str(each))) for each in within)})"
        )
    found = [f"{VECTOR} @@ CAST({add(said)} AS tsquery)"] if said else []
    if _is_phrase(part):
        found.append(_exactly(part, add))
    return " AND ".join(found)


def _exactly(part: Filter, add: Add) -> str:
    match part:
        case Term(in_title=in_title):
            row = "(' ' || headline || ' ')" if in_title else "(' ' || headline || ' | ' || body || ' ')"
            return f"({' OR '.join(f'strpos({row}, {add(run)}) > 0' for run in runs(part))})"
        case Not(inner):
            return f"NOT {_exactly(inner, add)}"
        case All(parts):
            return f"({' AND '.join(_exactly(each, add) for each in parts)})"
        case AnyOf(parts):
            return f"({' OR '.join(_exactly(each, add) for each in parts)})"
        case Mark(name, value):
            return f"{VECTOR} @@ CAST({add(_lexeme(marked(name, value)))} AS tsquery)"
    raise ValueError(f"{part} is not reduced")


async def newest(
    connection: AsyncConnection,
    family: Family,
    numbers: Sequence[int],
    window: Window,
    most: int,
    *,
    between: tuple[int, int] | None = None,
    within_s: float = inf,
) -> list[int]:
    """Ids of the newest articles of these parts that a window wants, the newest first, `most` of them.

    SQLite's parts do not tell the time: see `in_time`. `between`: only those from the first id on and before the
    second; PostgreSQL looks at the windows of ids that these are in. `within_s`: PostgreSQL looks at the first
    part, and begins with another as long as no more seconds are over.
    """
    if not numbers:
        return []
    if connection.dialect.name == "sqlite":
        values: tuple[object, ...] = (full_text(window.wanted), most)
        where = "{0} MATCH ?1"
        if between:
            where += " AND rowid >= ?3 AND rowid < ?4"
            values += between
        arm = f"SELECT * FROM (SELECT rowid AS id FROM {{0}} WHERE {where} ORDER BY rowid DESC LIMIT ?2)"  # noqa: S608
        limit = bounded = "?2"
        listed = "group_concat(id)"
    else:
        given: list[object] = [most]

        def add(value: object) -> str:
            given.append(value)
            return f"${len(given)}"

        # id + 0: or the planner reads the articles one after the other, in the order that is wanted.
        within = range(between[0] // WINDOW, (between[1] - 1) // WINDOW + 1) if between else ()
        where = _seen(condition(window.wanted, add, within), window, add)
        arm = f"SELECT * FROM (SELECT id FROM {{0}} WHERE {where} ORDER BY id + 0 DESC LIMIT {{2}}) AS part_{{1}}"  # noqa: S608
        limit = bounded = "$1"
        listed = "string_agg(CAST(id AS text), ',')"
        if len(numbers) > 1:  # an arm of which nothing is wanted is not begun
            bounded = f"CASE WHEN {RUNS_FOR} < CAST({add(within_s)} AS float8) THEN $1 ELSE 0 END"
        values = tuple(given)
    # The arms are asked one after the other, and no more of them than it takes.
    arms = " UNION ALL ".join(
        arm.format(f"{family}_{part}", part, bounded if at else limit) for at, part in enumerate(numbers)
    )
    # One row for all: a thousand of them cost a millisecond.
    every = f"SELECT {listed} FROM (SELECT id FROM ({arms}) AS arms LIMIT {limit}) AS found"  # noqa: S608
    found = (await connection.exec_driver_sql(every, values)).scalar()
    return sorted(map(int, found.split(",")), reverse=True) if found else []


def _seen(where: str, window: Window, add: Add) -> str:
    """A condition on a row of PostgreSQL's index, and that it was seen in the window."""
    if window.since is not None:
        where += f" AND seen_at >= {add(microseconds(window.since))}"
    if window.before is not None:
        where += f" AND seen_at < {add(microseconds(window.before))}"
    return where


async def wanted_among(
    connection: AsyncConnection, wanted: Filter | None, ids: Collection[int], now: datetime
) -> set[int]:
    """Which of these articles a filter wants: exactly those that a `Sieve` would say."""
    return (await each_wants(connection, [wanted], ids, now))[0]


async def each_wants(
    connection: AsyncConnection, filters: Sequence[Filter | None], ids: Collection[int], now: datetime
) -> list[set[int]]:
    """As `wanted_among`, for each of these filters."""
    within, theirs = frozenset(ids), {each // SIZE for each in ids}
    known = (await prepared(connection)).parts if ids else {}
    here = [(family, part) for family, numbers in known.items() for part in theirs.intersection(numbers)]
    found: list[set[int]] = []
    for wanted in filters:
        found.append(set())
        for window in windows(wanted, now) if wanted and here else ():
            some: set[int] = set()
            for family, part in here:
                some.update(await newest(connection, family, [part], window, SIZE))
            found[-1] |= await in_time(connection, window, within & some)
    return found


async def counts(
    connection: AsyncConnection, family: Family, part: int, wanted: Sequence[Filter], most: int, *, is_full: bool
) -> list[int]:
    """How many articles of a part each reduced filter wants, counted up to `most`.

    Of a full part PostgreSQL counts those of the middle window, and tells ten times as many.
    """
    name, values = f"{family}_{part}", list[object]([most])

    def add(value: object) -> str:
        values.append(value)
        return f"?{len(values)}" if is_sqlite else f"${len(values)}"

    is_sqlite, arms = connection.dialect.name == "sqlite", []
    within = [(2 * part + 1) * SIZE // WINDOW // 2] if is_full and not is_sqlite else []
    limit = "?1" if is_sqlite else "$1"
    for each in wanted:
        where = f"{name} MATCH {add(full_text(each))}" if is_sqlite else condition(each, add, within)
        arms.append(f"(SELECT count(*) FROM (SELECT 1 FROM {name} WHERE {where} LIMIT {limit}) AS counted)")  # noqa: S608
    row = (await connection.exec_driver_sql(f"SELECT {', '.join(arms)}", tuple(values))).one()
    return [min(int(count) * (SIZE // WINDOW if within else 1), most) for count in row]


async def in_reach(connection: AsyncConnection, extent: Extent, window: Window) -> Extent:
    """What of the index can hold articles of the window: ids grow with time, but for what is stored at one moment."""
    if window.is_endless:
        return extent
    seen_at = articles.c.first_seen_at

    def near(which: Callable[..., Any], where: ColumnElement[bool], order: ColumnElement[Any]) -> Any:
        some = select(articles.c.id).where(where).order_by(order).limit(NEAR).subquery()
        return select(which(some.c.id)).scalar_subquery()

    lowest = near(func.min, seen_at < window.since, seen_at.desc()) if window.since else null()
    highest = near(func.max, seen_at >= window.before, seen_at.asc()) if window.before else null()
    first, last = (await connection.execute(select(lowest, highest))).one()
    last = extent.newest if last is None else last
    parts = {
        family: [each for each in numbers if (first or 0) // SIZE <= each <= last // SIZE]
        for family, numbers in extent.parts.items()
    }
    return Extent(parts, last, extent.is_whole)


async def in_time(connection: AsyncConnection, window: Window, ids: Collection[int]) -> set[int]:
    """Which of these articles, that `newest` brought, were first seen in the window."""
    if window.is_endless or not ids or connection.dialect.name != "sqlite":
        return set(ids)
    seen_at, bounds = articles.c.first_seen_at, list[ColumnElement[bool]]()
    if window.since is not None:
        bounds.append(seen_at >= window.since)
    if window.before is not None:
        bounds.append(seen_at < window.before)
    # One row for all, as above.
    listed = func.aggregate_strings(cast(articles.c.id, Text), ",")
    found = await connection.scalar(select(listed).where(among(connection, articles.c.id, ids), *bounds))
    return set(map(int, found.split(","))) if found else set()


def as_filter(typed: str, topics: Mapping[str, str]) -> Filter | None:
    """A stored filter; every word of it, where it cannot be read any more."""
    try:
        return parse(typed, topics=topics)
    except Unclear:
        return plainly(typed, every=True)


async def topic_names(connection: AsyncConnection) -> dict[str, str]:
    """The topics' names by slug."""
    return {row[0]: row[1] for row in await connection.execute(select(topics.c.slug, topics.c.name))}
