"""What many chats share: editions, the stories that digests show, and texts, the messages as drawn."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import astuple, fields
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Bullet
from news.digest import Digest, Item, Miss
from news.messages.message import Message
from storage.bulk import among, for_rows
from storage.columns import fingerprint, keepable
from storage.engine import Database
from storage.tables import digests, editions, outbox, texts

BATCH = 500
"""How many are looked at in one transaction when tidying, so that it never holds up the sender."""

IS_SHOWN = exists().where(digests.c.edition_id == editions.c.id)
IS_SENT = exists().where(outbox.c.text_id == texts.c.id)
TEXTS = {"topic": "text", "reason": "text"}
NUMBERS = {
    "position": "int", "story_id": "int", "article_id": "int", "source_count": "int", "is_update": "flag",
    "score": "real", "fit": "real", "freshness": "real", "weight": "real", "newest_id": "int",
}  # fmt: skip
OF_ITEM = (*TEXTS, *NUMBERS)
texts_of, numbers_of = attrgetter(*TEXTS), attrgetter(*NUMBERS)
OF_MISS = tuple(each.name for each in fields(Miss))


def as_row(bullet: Bullet) -> tuple[str, str, int | None, int | None]:
    """A bullet as it is kept."""
    return bullet.text, bullet.origin, bullet.start, bullet.end


async def keep_editions(connection: AsyncConnection, shown: Collection[Digest]) -> dict[str, int]:
    """The ids of the editions that these digests show, by their keys; new ones are written."""
    by_key = {digest.edition: digest for digest in shown}
    new = [
        {
            "key": key,
            "pushed": digest.pushed,
            "topics": digest.topics,
            "footer": _footer(digest),
            "asked": digest.asked,
            "missed": [[getattr(each, name) for name in OF_MISS] for each in digest.missed],
            "weights": [(each.kind, each.value, each.votes) for each in digest.weights],
            "language": digest.language,
        }
        for key, digest in sorted(by_key.items())
    ]
    known = await _known(connection, editions, "key", sorted(by_key))
    await _add(connection, editions, [each for each in new if each["key"] not in known])
    ids = known | await _known(connection, editions, "key", sorted(by_key.keys() - known.keys()))
    rows = [
        (ids[key], *map(keepable, texts_of(item)), *numbers_of(item), _new_bullets(item), _spread(item))
        for key, digest in by_key.items()
        if key not in known
        for item in digest.items
    ]
    kinds = {"edition_id": "int", **TEXTS, **NUMBERS, "bullets": "text", "spread": "text"}
    columns, names = ", ".join(map(" ".join, kinds.items())), ", ".join(kinds)
    # Another process may have written the same edition meanwhile, with the same items.
    add = f"INSERT INTO edition_items ({names}) SELECT {names} FROM {{rows}} WHERE true ON CONFLICT DO NOTHING"  # noqa: S608 - our own names
    await for_rows(connection, add, columns, rows)
    return ids


async def keep_texts(connection: AsyncConnection, messages: Sequence[Message]) -> list[int]:
    """The ids of these messages' texts, in their order; new ones are written."""
    drawn = {id(message): message.to_json() for message in messages}
    prints = {each: fingerprint(text) for each, text in drawn.items()}
    wanted = {prints[each]: text for each, text in drawn.items()}
    known = await _known(connection, texts, "fingerprint", sorted(wanted))
    new = [{"fingerprint": each, "message": wanted[each]} for each in sorted(wanted.keys() - known.keys())]
    await _add(connection, texts, new)
    ids = known | await _known(connection, texts, "fingerprint", [each["fingerprint"] for each in new])
    return [ids[prints[id(message)]] for message in messages]


def _new_bullets(item: Item) -> str | None:
    """The bullets of an update as JSON: they are not all of its article's, which may change."""
    if not item.is_update:
        return None
    return json.dumps(keepable([as_row(each) for each in item.bullets]), ensure_ascii=False)


def _spread(item: Item) -> str | None:
    return json.dumps(keepable([*astuple(item.spread)]), ensure_ascii=False) if item.spread else None


def _footer(digest: Digest) -> list[Any]:
    footer = digest.footer
    troubled = (
        [(title, since.isoformat()) for title, since in some] for some in (footer.failing_feeds, footer.silent_feeds)
    )
    return [footer.quiet_topics, *troubled, [astuple(each) for each in footer.corrections], footer.kept_out]


async def _known(connection: AsyncConnection, table: Table, key: str, values: Sequence[Any]) -> dict[Any, int]:
    if not values:
        return {}
    found = select(table.c[key], table.c.id).where(table.c[key].in_(values))
    return {row[0]: row[1] for row in await connection.execute(found)}


async def _add(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts what is not there. In the order of their keys, so that two who write the same wait in turn."""
    if rows:
        insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
        await connection.execute(insert.on_conflict_do_nothing(), rows)


async def shared_by(connection: AsyncConnection, chat_id: int) -> tuple[list[int], list[int]]:
    """Ids of the editions and of the texts that a chat was sent."""
    shown = select(digests.c.edition_id).where(digests.c.chat_id == chat_id).distinct()
    sent = select(outbox.c.text_id).where(outbox.c.chat_id == chat_id).distinct()
    return list(await connection.scalars(shown)), list(await connection.scalars(sent))


async def drop_unused(connection: AsyncConnection, edition_ids: Sequence[int], text_ids: Sequence[int]) -> None:
    """Deletes those of them that nobody refers to."""
    for table, ids, is_used in ((editions, edition_ids, IS_SHOWN), (texts, text_ids, IS_SENT)):
        unused = select(table.c.id).where(among(connection, table.c.id, ids), ~is_used)
        # Locked first and looked at again: somebody may just be about to refer to one.
        held = list(await connection.scalars(unused.with_for_update(skip_locked=True)))
        if held:
            await connection.execute(delete(table).where(among(connection, table.c.id, held), ~is_used))


async def tidy(database: Database) -> None:
    """Deletes editions and texts that nobody refers to, some at a time."""
    await _sweep(database, editions, IS_SHOWN)
    await _sweep(database, texts, IS_SENT)


async def _sweep(database: Database, table: Table, is_used: ColumnElement[bool]) -> None:
    last = 0
    while True:
        unused = select(table.c.id).where(table.c.id > last, ~is_used).order_by(table.c.id).limit(BATCH)
        async with database.read() as connection:
            ids = list(await connection.scalars(unused))
        if not ids:
            return
        last = ids[-1]
        async with database.tidying() as connection:
            await drop_unused(connection, *((ids, []) if table is editions else ([], ids)))
