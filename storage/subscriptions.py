"""What chats want."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.chat import Subscription, SubscriptionKind, Wished
from news.filters import Filter, Rehearsal
from storage.alerts import IS_ALERT, begin_at_newest
from storage.bulk import among
from storage.columns import fingerprint
from storage.engine import Database
from storage.follows import IS_STORY
from storage.matching import as_filter, topic_names, wanted_among
from storage.reading import filed_on, visible_to
from storage.tables import articles, feeds, subscriptions

FEED_TITLE = func.coalesce(subscriptions.c.title, feeds.c.title, feeds.c.url).label("title")
SHOWN: Select[Any] = select(
    subscriptions.c.id,
    subscriptions.c.chat_id,
    subscriptions.c.kind,
    subscriptions.c.value,
    subscriptions.c.created_at,
    FEED_TITLE,
    subscriptions.c.folder,
    subscriptions.c.thread_id,
    subscriptions.c.ends_at,
).select_from(subscriptions.outerjoin(feeds, feeds.c.id == subscriptions.c.feed_id))


class Subscriptions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        chat_id: int,
        kind: SubscriptionKind,
        value: str,
        now: datetime,
        *,
        title: str | None = None,
        folder: str | None = None,
        thread_id: int | None = None,
        ends_at: datetime | None = None,
    ) -> Subscription:
        """The subscription, new or as it is. Missing when the chat, the feed or the article has gone.

        A title and a folder that are given take the place of those it has.
        """
        new = {
            "chat_id": chat_id,
            "kind": kind,
            "value": value,
            "value_hash": fingerprint(value),
            "feed_id": int(value) if kind == "feed" else None,
            "article_id": int(value) if kind == "story" else None,
            "ends_at": ends_at,
            "created_at": now,
            "title": title,
            "folder": folder,
            "thread_id": thread_id,
        }
        insert = self._database.insert(subscriptions).values(new)
        names = {name: new[name] for name in ("title", "folder") if new[name]}
        key = ["chat_id", "kind", "value_hash"]
        if names:
            insert = insert.on_conflict_do_update(index_elements=key, set_=names)
        else:
            insert = insert.on_conflict_do_nothing()
        async with self._database.write() as connection:
            if kind in ("alert", "story"):
                await begin_at_newest(connection)
            await connection.execute(insert)
            row = (await connection.execute(SHOWN.where(_is(chat_id, kind, value)))).mappings().one()
            return Subscription(**row)

    async def remove(self, chat_id: int, kind: SubscriptionKind, value: str) -> bool:
        """Whether there was one to remove."""
        async with self._database.write() as connection:
            gone = await connection.execute(delete(subscriptions).where(_is(chat_id, kind, value)))
            return gone.rowcount > 0

    async def of(self, chat_id: int) -> list[Subscription]:
        """What the chat's digests bring and leave out, oldest first."""
        return await self._find(subscriptions.c.chat_id == chat_id, ~IS_ALERT, ~IS_STORY)

    async def alerts(self, chat_id: int) -> list[Subscription]:
        """The chat's alerts and followed stories, oldest first."""
        return await self._find(subscriptions.c.chat_id == chat_id, or_(IS_ALERT, IS_STORY))

    async def following(self, chat_id: int, article_id: int) -> list[Subscription]:
        """Those by which the chat follows the story of an article; several where two stories became one."""
        its = select(articles.c.story_id).where(articles.c.id == article_id).scalar_subquery()
        told_by = select(articles.c.id).where(articles.c.story_id == its)
        return await self._find(subscriptions.c.chat_id == chat_id, subscriptions.c.article_id.in_(told_by))

    async def place(self, chat_id: int, topic: str, thread_id: int | None) -> None:
        """The stories of a topic that the chat follows are told in this thread; None: where its schedule is."""
        this = update(subscriptions).where(_is(chat_id, "topic", topic))
        async with self._database.write() as connection:
            await connection.execute(this.values(thread_id=thread_id))

    async def places(self, chat_ids: Collection[int]) -> dict[int, dict[str, int]]:
        """By chat, the threads of topics that have one, for chats with such topics."""
        of, found = subscriptions.c, dict[int, dict[str, int]]()
        async with self._database.read() as connection:
            placed = among(connection, of.chat_id, chat_ids), of.kind == "topic", of.thread_id.is_not(None)
            for chat_id, topic, thread_id in await connection.execute(
                select(of.chat_id, of.value, of.thread_id).where(*placed)
            ):
                found.setdefault(chat_id, {})[topic] = thread_id
        return found

    async def leave_thread(self, chat_id: int, thread_id: int) -> int:
        """What is told in a thread that is closed or gone is told outside of it from now on; how many."""
        theirs = subscriptions.c.chat_id == chat_id, subscriptions.c.thread_id == thread_id
        async with self._database.write() as connection:
            return (await connection.execute(update(subscriptions).where(*theirs).values(thread_id=None))).rowcount

    async def _find(self, *where: ColumnElement[bool]) -> list[Subscription]:
        async with self._database.read() as connection:
            found = await connection.execute(SHOWN.where(*where).order_by(subscriptions.c.id))
            return [Subscription(**row) for row in found.mappings()]

    async def of_all(self, chat_ids: Collection[int]) -> dict[int, list[Wished]]:
        """As `of`, for many chats, as much as choosing looks at; nothing for those without any."""
        found: dict[int, list[Wished]] = {}
        said = select(*(subscriptions.c[name] for name in ("chat_id", *Wished._fields)))
        async with self._database.read() as connection:
            theirs = said.where(among(connection, subscriptions.c.chat_id, chat_ids), ~IS_ALERT, ~IS_STORY)
            for chat_id, *wish in await connection.execute(theirs.order_by(subscriptions.c.id)):
                found.setdefault(chat_id, []).append(Wished(*wish))
        return found

    async def matching(self, chat_id: int, article_id: int, now: datetime) -> list[Subscription]:
        """Those of the chat's subscriptions that bring an article or keep it out, oldest first."""
        theirs = await self.of(chat_id)
        async with self._database.read() as connection:
            return [each for each in theirs if await brought(connection, each.kind, each.value, [article_id], now)]

    async def foresee(
        self, chat_id: int, wishes: Sequence[tuple[SubscriptionKind, str]], since: datetime, now: datetime
    ) -> list[tuple[int, int]]:
        """For each wish, how many articles there were since then, and how many of them it would bring, or keep out."""
        visible = select(articles.c.id).where(articles.c.first_seen_at >= since, visible_to(chat_id))
        async with self._database.read() as connection:
            ids = set(await connection.scalars(visible)) if wishes else set()
            return [(len(ids), len(await brought(connection, *wish, ids, now))) for wish in wishes]

    async def rehearse(
        self, wanted: Filter, *, chat_id: int | None, since: datetime, now: datetime, examples: int = 3
    ) -> Rehearsal:
        """What a filter wants of the articles since then that the chat may see; of all of them without a chat."""
        recent = [articles.c.first_seen_at >= since, *([] if chat_id is None else [visible_to(chat_id)])]
        newest = select(articles.c.id).where(*recent).order_by(articles.c.id.desc())
        async with self._database.read() as connection:
            ids = list(await connection.scalars(newest))
            found = await wanted_among(connection, wanted, ids, now)
            kept = list(islice((each for each in ids if each in found), examples))
            dropped = list(islice((each for each in ids if each not in found), examples))
            said = select(articles.c.id, articles.c.headline).where(articles.c.id.in_([*kept, *dropped]))
            headlines = {row[0]: row[1] for row in await connection.execute(said)}
        return Rehearsal(
            articles=len(ids),
            wanted=len(found),
            kept=tuple(headlines[each] for each in kept),
            dropped=tuple(headlines[each] for each in dropped),
        )


def _is(chat_id: int, kind: SubscriptionKind, value: str) -> ColumnElement[bool]:
    return and_(
        subscriptions.c.chat_id == chat_id,
        subscriptions.c.kind == kind,
        subscriptions.c.value_hash == fingerprint(value),
    )


async def brought(
    connection: AsyncConnection, kind: SubscriptionKind, value: str, ids: Collection[int], now: datetime
) -> set[int]:
    """Which of these articles a subscription brings, or keeps out."""
    if kind in ("words", "mute", "alert"):
        return await wanted_among(connection, as_filter(value, await topic_names(connection)), ids, now)
    condition = filed_on(value) if kind == "topic" else articles.c.feed_id == int(value)
    where = among(connection, articles.c.id, ids), condition
    return set(await connection.scalars(select(articles.c.id).where(*where)))
