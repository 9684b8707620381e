"""What is let go of when it is old, and what goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import editions, words
from storage.bulk import among
from storage.engine import Database
from storage.tables import articles, digests, edition_items, feeds, outbox, saved, seen, slots, stories, subscriptions

BATCH = 500
"""Articles and digests deleted in one transaction, so that tidying never holds up the sender."""

ORPHAN = (feeds.c.is_shared.is_(False), ~exists().where(subscriptions.c.feed_id == feeds.c.id))
"""A feed of which no chat has anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """How much `tidy` let go of."""

    articles: int = 0
    seen: int = 0
    stories: int = 0
    digests: int = 0
    deliveries: int = 0
    feeds: int = 0


async def tidy(database: Database, articles_before: datetime, seen_before: datetime) -> Tidied:
    """Lets go of articles that nobody saved or follows, and of digests, deliveries and slots as old as they.

    What was seen is forgotten by its own date. The latest digest, slot and known message of each
    chat stay, and so do unfinished deliveries, and digests of stories that go on: they tell what the chat
    has had. What editions and texts nobody refers to any more goes at once.
    """
    gone, told = 0, 0
    is_kept = (exists().where(its.article_id == articles.c.id) for its in (saved.c, subscriptions.c))
    is_old = and_(articles.c.first_seen_at < articles_before, *(~each for each in is_kept))
    oldest = select(articles.c.id).where(is_old).order_by(articles.c.id).limit(BATCH)
    while True:
        async with database.tidying() as connection:
            ids = list(await connection.scalars(oldest))
            told += await delete_articles(connection, ids)
        gone += len(ids)
        if len(ids) < BATCH:
            break
    async with database.tidying() as connection:
        orphans = and_(feeds.c.refreshed_at < articles_before, *ORPHAN)
        tidied = Tidied(
            articles=gone,
            stories=told,
            feeds=(await connection.execute(delete(feeds).where(orphans))).rowcount,
            seen=(await connection.execute(delete(seen).where(seen.c.seen_at < seen_before))).rowcount,
            deliveries=await _tidy_outbox(connection, articles_before),
        )
    async with database.tidying() as connection:
        await words.drop_empty(connection)
    tidied = replace(tidied, digests=await _tidy_digests(database, articles_before))
    await editions.tidy(database)
    return tidied


async def delete_articles(connection: AsyncConnection, ids: Sequence[int]) -> int:
    """Deletes articles and the stories they leave empty; returns how many stories."""
    if not ids:
        return 0
    those = among(connection, articles.c.id, ids)
    told = list(await connection.scalars(select(articles.c.story_id).where(those).distinct()))
    await words.unindex(connection, ids)
    await connection.execute(delete(articles).where(those))
    is_empty = ~exists().where(articles.c.story_id == stories.c.id)
    return (await connection.execute(delete(stories).where(among(connection, stories.c.id, told), is_empty))).rowcount


async def _tidy_outbox(connection: AsyncConnection, before: datetime) -> int:
    later = outbox.alias()
    is_latest = ~exists().where(later.c.chat_id == outbox.c.chat_id, later.c.message_id > outbox.c.message_id)
    is_finished = outbox.c.state.in_(["sent", "parked", "cancelled"])
    is_known = and_(outbox.c.message_id.is_not(None), is_latest)
    old = delete(outbox).where(outbox.c.created_at < before, is_finished, ~is_known)
    return (await connection.execute(old)).rowcount


async def _tidy_digests(database: Database, before: datetime) -> int:
    """Deletes old slots and digests, some at a time; not the latest, nor what still tells what a chat has had."""
    later, newer = digests.alias(), slots.alias()
    is_newest = ~exists().where(newer.c.schedule_id == slots.c.schedule_id, newer.c.due_at > slots.c.due_at)
    is_latest = ~exists().where(later.c.chat_id == digests.c.chat_id, later.c.number > digests.c.number)
    is_sent = ~exists().where(outbox.c.digest_id == digests.c.id)
    goes_on = exists().where(
        edition_items.c.edition_id == digests.c.edition_id,
        stories.c.id == edition_items.c.story_id,
        stories.c.last_seen_at >= before,
    )
    old = select(digests.c.id).where(digests.c.composed_at < before, ~is_latest, is_sent, ~goes_on).limit(BATCH)
    async with database.tidying() as connection:
        await connection.execute(delete(slots).where(slots.c.due_at < before, ~is_newest))
    gone = 0
    while True:
        async with database.tidying() as connection:
            count = (await connection.execute(delete(digests).where(digests.c.id.in_(old)))).rowcount
        gone += count
        if count < BATCH:
            return gone
