"""What goes into the outbox, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from news.delivery import Delivery
from news.messages.message import Message
from storage.bulk import for_rows
from storage.claims import COLUMNS, as_delivery
from storage.editions import keep_texts
from storage.tables import outbox


async def put(
    connection: AsyncConnection,
    chat_id: int,
    message: Message,
    *,
    now: datetime,
    thread_id: int | None,
    digest_id: int | None = None,
    part: int = 1,
) -> Delivery:
    """Puts a message into the outbox, within the caller's transaction."""
    [text_id] = await keep_texts(connection, [message])
    values = {
        "chat_id": chat_id,
        "digest_id": digest_id,
        "part": part,
        "thread_id": thread_id,
        "text_id": text_id,
        "state": "pending",
        "attempt": 0,
        "doubt": 0,
        "not_before": now,
        "is_rerendered": False,
        "created_at": now,
    }
    row = await connection.execute(insert(outbox).values(values).returning(*COLUMNS))
    return as_delivery(row.mappings().one())


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery to be put into the outbox with others."""

    chat_id: int
    digest_id: int | None
    part: int
    thread_id: int | None
    text_id: int
    now: datetime
    since: datetime
    """When it was due: at its slot, where it has one, else now."""
    edits_id: int | None = None
    """The digest whose message it takes the place of."""


async def put_all(connection: AsyncConnection, waiting: Sequence[Waiting]) -> None:
    """As `put`, for any number of deliveries at once; their texts are kept already."""
    statement = """
        INSERT INTO outbox (chat_id, digest_id, part, thread_id, text_id, state, attempt, doubt, not_before,
            is_rerendered, created_at, edits_id)
        SELECT chat_id, digest_id, part, thread_id, text_id, 'pending', 0, 0, now, false, since, edits_id FROM {rows}
    """
    columns = "chat_id int, digest_id int, part int, thread_id int, text_id int, now moment, since moment, edits_id int"
    rows = [
        (each.chat_id, each.digest_id, each.part, each.thread_id, each.text_id, each.now, each.since, each.edits_id)
        for each in waiting
    ]
    await for_rows(connection, statement, columns, rows)
