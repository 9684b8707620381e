"""Many rows in one statement: handed over as one JSON text, so that a statement is prepared once for any number."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, cast, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import Id

POSTGRESQL = {
    "int": "CAST(value ->> {at} AS bigint)",
    "real": "CAST(value ->> {at} AS double precision)",
    "flag": "CAST(value ->> {at} AS boolean)",
    "text": "value ->> {at}",
    "date": "CAST(value ->> {at} AS date)",
    "moment": "CAST(value ->> {at} AS timestamp) AT TIME ZONE 'UTC'",
}
"""How each kind of value comes out of JSON; SQLite keeps all of them as JSON has them."""


async def for_rows(
    connection: AsyncConnection, statement: str, columns: str, rows: Sequence[Sequence[Any]]
) -> Sequence[Row[Any]]:
    """Executes a statement in which `{rows}` stands for the rows, as a subquery; returns what it returns.

    `columns` names their columns with their kinds, such as `chat_id int, due_at moment`. Texts must be keepable.
    """
    if not rows:
        return ()
    named = [each.split() for each in columns.split(", ")]
    if connection.dialect.name == "sqlite":
        fields = ", ".join(f"json_extract(value, '$[{at}]') AS {name}" for at, (name, _) in enumerate(named))
        subquery = f"(SELECT {fields} FROM json_each(:rows)) AS listed"  # noqa: S608 - our own names
    else:
        fields = ", ".join(f"{POSTGRESQL[kind].format(at=at)} AS {name}" for at, (name, kind) in enumerate(named))
        source = "jsonb_array_elements(CAST(:rows AS jsonb)) AS each (value)"
        subquery = f"(SELECT {fields} FROM {source}) AS listed"  # noqa: S608
    listed = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_plain)
    found = await connection.execute(text(statement.replace("{rows}", subquery)), {"rows": listed})
    return found.all() if found.returns_rows else ()


@lru_cache(maxsize=1_024)  # the moments of many rows are few
def _plain(value: Any) -> str:
    """A moment as SQLite keeps it, in UTC; a date as ISO writes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]
    return str(value)


def among(connection: AsyncConnection, column: ColumnElement[Any], ids: Collection[int]) -> ColumnElement[bool]:
    """Condition: an id is one of these, however many: one parameter, where IN would take one each."""
    if connection.dialect.name == "sqlite":
        listed = func.json_each(json.dumps(list(ids))).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == func.any(cast(list(ids), ARRAY(Id)))
