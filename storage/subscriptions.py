"""What chats want."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, false, func, select

from news.chat import Subscription, SubscriptionKind
from storage.articles import filed_on, visible_to
from storage.bulk import among
from storage.engine import Database
from storage.tables import articles, feeds, fingerprint, subscriptions
from storage.words import matches, parse

FEED_TITLE = func.coalesce(feeds.c.title, feeds.c.url).label("title")
SHOWN: Select[Any] = select(
    subscriptions.c.id,
    subscriptions.c.chat_id,
    subscriptions.c.kind,
    subscriptions.c.value,
    subscriptions.c.created_at,
    FEED_TITLE,
).select_from(subscriptions.outerjoin(feeds, feeds.c.id == subscriptions.c.feed_id))


class Subscriptions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, chat_id: int, kind: SubscriptionKind, value: str, now: datetime) -> Subscription:
        """The subscription, new or as it is. Missing when the chat or the feed has gone."""
        new = {
            "chat_id": chat_id,
            "kind": kind,
            "value": value,
            "value_hash": fingerprint(value),
            "feed_id": int(value) if kind == "feed" else None,
            "created_at": now,
        }
        async with self._database.write() as connection:
            await connection.execute(self._database.insert(subscriptions).values(new).on_conflict_do_nothing())
            row = (await connection.execute(SHOWN.where(_is(chat_id, kind, value)))).mappings().one()
            return Subscription(**row)

    async def remove(self, chat_id: int, kind: SubscriptionKind, value: str) -> bool:
        """Whether there was one to remove."""
        async with self._database.write() as connection:
            gone = await connection.execute(delete(subscriptions).where(_is(chat_id, kind, value)))
            return gone.rowcount > 0

    async def of(self, chat_id: int) -> list[Subscription]:
        """The chat's subscriptions, oldest first."""
        theirs = SHOWN.where(subscriptions.c.chat_id == chat_id).order_by(subscriptions.c.id)
        async with self._database.read() as connection:
            return [Subscription(**row) for row in (await connection.execute(theirs)).mappings()]

    async def of_all(self, chat_ids: Collection[int]) -> dict[int, list[Subscription]]:
        """As `of`, for many chats; nothing for those without any."""
        found: dict[int, list[Subscription]] = {}
        async with self._database.read() as connection:
            theirs = SHOWN.where(among(connection, subscriptions.c.chat_id, chat_ids)).order_by(subscriptions.c.id)
            for row in await connection.execute(theirs):
                found.setdefault(row.chat_id, []).append(Subscription(**row._mapping))
        return found

    async def foresee(self, chat_id: int, kind: SubscriptionKind, value: str, since: datetime) -> tuple[int, int]:
        """How many articles there were since then, and how many of them such a subscription would bring."""
        visible = and_(articles.c.first_seen_at >= since, visible_to(chat_id))
        matching = bringing(kind, value, is_sqlite=self._database.is_sqlite).where(visible)
        async with self._database.read() as connection:
            among = await connection.scalar(select(func.count()).select_from(articles).where(visible))
            count = await connection.scalar(select(func.count()).select_from(matching.subquery()))
            return among or 0, count or 0


def _is(chat_id: int, kind: SubscriptionKind, value: str) -> ColumnElement[bool]:
    return and_(
        subscriptions.c.chat_id == chat_id,
        subscriptions.c.kind == kind,
        subscriptions.c.value_hash == fingerprint(value),
    )


def bringing(kind: SubscriptionKind, value: str, *, is_sqlite: bool) -> Select[tuple[int]]:
    """SELECT of the ids of articles that a subscription brings, from `articles`.

    Words bring what holds all of them: a filter that lets any of them through would flood the chat.
    """
    if kind == "topic":
        return select(articles.c.id).where(filed_on(value))
    if kind == "feed":
        return select(articles.c.id).where(articles.c.feed_id == int(value))
    query = parse(value)
    if not query.phrases:
        return select(articles.c.id).where(false())
    return matches(query, any_of=False, is_sqlite=is_sqlite)
