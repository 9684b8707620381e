"""Digests: what a chat could be shown, what it was shown, and that each slot is composed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, literal, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.digest import Candidate, Digest, Footer, Item
from news.messages.message import Message
from news.schedule import Slot
from storage.articles import filed_on, read_articles, visible_to
from storage.engine import Database
from storage.outbox import put
from storage.subscriptions import bringing
from storage.tables import (
    article_topics,
    articles,
    digest_items,
    digests,
    had,
    outbox,
    schedules,
    slots,
    stories,
    subscriptions,
)

OF_ITEM = ("position", "story_id", "article_id", "topic", "source_count", "is_update", "score", "reason")
OF_ARTICLE = (
    "headline", "bullets", "source", "url", "first_seen_at", "language", "image_url", "image_credit",
)  # fmt: skip
"""Fields of an item that are its article's."""


class NumberTaken(Exception):
    """Another digest of this chat took the number meanwhile; compose this one again."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Digests:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def candidates(
        self, chat_id: int, *, since: datetime, topic: str | None = None, limit: int = 400
    ) -> list[Candidate]:
        """Stories the chat has not had, with an article since then that its subscriptions bring.

        With `topic`: that topic's, whatever the chat subscribes to. Older ones too, where a digest since
        then that told them did not arrive. The newest come first, each by its article with the most
        bullets, then the longest text.
        """
        async with self._database.read() as connection:
            recent = await _recent(connection, chat_id, since)
            brought = await self._brought(connection, chat_id, recent, topic)
            if brought is None:
                return []
            has_had = exists().where(had.c.chat_id == chat_id, had.c.story_id == articles.c.story_id)
            weights = articles.c.bullet_count, articles.c.text_length, articles.c.id
            newest = (
                select(articles.c.story_id, brought.c.subscription_id, *weights)
                .join(brought, brought.c.id == articles.c.id)
                .where(recent, visible_to(chat_id), ~has_had)
                .order_by(articles.c.id.desc(), brought.c.subscription_id)
                .limit(limit * 10)
            )
            best: dict[int, tuple[int, int, int]] = {}
            reasons: dict[int, dict[int, None]] = {}
            for story_id, subscription_id, *weight in await connection.execute(newest):
                if story_id in best or len(best) < limit:
                    best[story_id] = max(best.get(story_id, (-1, 0, 0)), tuple(weight))
                    reasons.setdefault(story_id, {})[subscription_id] = None
            return await _candidates(connection, best, reasons)

    async def next_number(self, chat_id: int) -> int:
        """What the chat's next digest is numbered, from 1."""
        last = select(func.max(digests.c.number)).where(digests.c.chat_id == chat_id)
        async with self._database.read() as connection:
            return (await connection.scalar(last) or 0) + 1

    async def last_composed_at(self, chat_id: int) -> datetime | None:
        last = select(func.max(digests.c.composed_at)).where(digests.c.chat_id == chat_id)
        async with self._database.read() as connection:
            composed_at: datetime | None = await connection.scalar(last)
            return composed_at

    async def write(
        self,
        digest: Digest,
        *,
        deliveries: Sequence[Message],
        slot: Slot | None,
        thread_id: int | None = None,
        next_due_at: datetime | None = None,
    ) -> int | None:
        """Writes a digest, its deliveries and what the chat has had by it; all or nothing. Returns its id.

        None, and nothing written, when the slot was composed before or its schedule has gone; its
        schedule is due next at `next_due_at` all the same, unless it was changed. An empty digest
        without deliveries is only a slot found empty. Raises NumberTaken, and Missing when the chat
        has gone.
        """
        is_empty = not digest.items and not deliveries
        async with self._database.write() as connection:
            state = "empty" if is_empty else "digest"
            if slot and not await self._close(connection, slot, state, None, next_due_at):
                return None
            if is_empty:
                return None
            digest_id = await self._insert(connection, digest)
            await self._mark_had(connection, digest.chat_id, digest_id, digest.items[: digest.pushed])
            for part, message in enumerate(deliveries, 1):
                await put(
                    connection,
                    digest.chat_id,
                    message,
                    now=digest.composed_at,
                    thread_id=thread_id,
                    digest_id=digest_id,
                    part=part,
                )
            return digest_id

    async def skip(self, slot: Slot, reason: str, next_due_at: datetime | None) -> bool:
        """Lets a slot pass without a digest; False when it was composed before."""
        async with self._database.write() as connection:
            return await self._close(connection, slot, "skipped", reason, next_due_at)

    async def get(self, chat_id: int, number: int) -> Digest | None:
        """The digest, with those of its items whose article we still have."""
        return await self._read(select(digests).where(digests.c.chat_id == chat_id, digests.c.number == number))

    async def by_id(self, digest_id: int) -> Digest | None:
        """As `get`, by the id that its deliveries carry."""
        return await self._read(select(digests).where(digests.c.id == digest_id))

    async def latest(self, chat_id: int) -> Digest | None:
        theirs = select(digests).where(digests.c.chat_id == chat_id)
        return await self._read(theirs.order_by(digests.c.number.desc()).limit(1))

    async def show(self, chat_id: int, number: int, positions: Sequence[int]) -> None:
        """Remembers that the chat has had these stories of a digest too, after *More*."""
        shown = (
            select(literal(chat_id), digest_items.c.story_id, digests.c.id)
            .distinct()
            .join(digests, digests.c.id == digest_items.c.digest_id)
            .join(stories, stories.c.id == digest_items.c.story_id)
            .where(
                digests.c.chat_id == chat_id,
                digests.c.number == number,
                digest_items.c.position.in_(positions),
            )
        )
        add = self._database.insert(had).from_select(["chat_id", "story_id", "digest_id"], shown)
        async with self._database.write() as connection:
            await connection.execute(add.on_conflict_do_nothing())

    async def had(self, chat_id: int) -> set[int]:
        """Ids of the stories the chat has had."""
        async with self._database.read() as connection:
            return set(await connection.scalars(select(had.c.story_id).where(had.c.chat_id == chat_id)))

    async def _brought(
        self, connection: AsyncConnection, chat_id: int, recent: ColumnElement[bool], topic: str | None
    ) -> Any:
        """Subquery of article `id` and `subscription_id`; None when nothing can match."""
        if topic is not None:
            return select(articles.c.id, literal(0).label("subscription_id")).where(filed_on(topic)).subquery()
        named = subscriptions.c.id.label("subscription_id")
        theirs = subscriptions.c.chat_id == chat_id
        by_topic = and_(subscriptions.c.kind == "topic", article_topics.c.topic == subscriptions.c.value)
        branches: list[Select[Any]] = [
            select(articles.c.id, named)
            .join(article_topics, article_topics.c.article_id == articles.c.id)
            .join(subscriptions, by_topic)
            .where(theirs, recent),
            select(articles.c.id, named)
            .join(subscriptions, subscriptions.c.feed_id == articles.c.feed_id)
            .where(theirs, recent),
        ]
        kinds = select(subscriptions.c.id, subscriptions.c.kind, subscriptions.c.value).where(theirs)
        rows = (await connection.execute(kinds)).all()
        for subscription_id, kind, value in rows:
            if kind == "words":
                found = bringing("words", value, is_sqlite=self._database.is_sqlite).where(recent)
                branches.append(found.add_columns(literal(subscription_id).label("subscription_id")))
        return union_all(*branches).subquery() if rows else None

    async def _close(
        self, connection: AsyncConnection, slot: Slot, state: str, reason: str | None, next_due_at: datetime | None
    ) -> bool:
        """Takes the slot, once for all, and moves its schedule on; whether it was still to be had."""
        held = select(schedules.c.epoch).where(schedules.c.id == slot.schedule_id).with_for_update()
        epoch = await connection.scalar(held)
        if epoch is None:
            return False
        if epoch == slot.epoch:
            move = update(schedules).where(schedules.c.id == slot.schedule_id)
            await connection.execute(move.values(next_due_at=next_due_at))
        take = self._database.insert(slots).values(**asdict(slot), state=state, reason=reason)
        taken = await connection.execute(take.on_conflict_do_nothing().returning(slots.c.schedule_id))
        return taken.first() is not None

    async def _insert(self, connection: AsyncConnection, digest: Digest) -> int:
        new = self._database.insert(digests).values(
            chat_id=digest.chat_id,
            number=digest.number,
            composed_at=digest.composed_at,
            since=digest.since,
            pushed=digest.pushed,
            topics=digest.topics,
            footer=[
                digest.footer.quiet_topics,
                [(title, since.isoformat()) for title, since in digest.footer.failing_feeds],
            ],
        )
        digest_id = await connection.scalar(new.on_conflict_do_nothing().returning(digests.c.id))
        if digest_id is None:
            raise NumberTaken
        rows = [{"digest_id": digest_id} | {name: getattr(item, name) for name in OF_ITEM} for item in digest.items]
        if rows:
            await connection.execute(insert(digest_items), rows)
        return int(digest_id)

    async def _mark_had(self, connection: AsyncConnection, chat_id: int, digest_id: int, items: Sequence[Item]) -> None:
        # Selected from stories: one tidied away meanwhile cannot come again, and holds nothing up.
        told = select(literal(chat_id), stories.c.id, literal(digest_id)).where(
            stories.c.id.in_([item.story_id for item in items])
        )
        add = self._database.insert(had).from_select(["chat_id", "story_id", "digest_id"], told)
        await connection.execute(add.on_conflict_do_nothing())

    async def _read(self, query: Select[Any]) -> Digest | None:
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
            if row is None:
                return None
            its = select(*(digest_items.c[name] for name in OF_ITEM)).where(digest_items.c.digest_id == row["id"])
            stored = list((await connection.execute(its.order_by(digest_items.c.position))).mappings())
            found = await read_articles(connection, [each["article_id"] for each in stored])
            alive = {article.id: article for article in found}
            quiet_topics, failing_feeds = row["footer"]
            return Digest(
                chat_id=row["chat_id"],
                number=row["number"],
                composed_at=row["composed_at"],
                since=row["since"],
                pushed=row["pushed"],
                topics=tuple(row["topics"]),
                footer=Footer(
                    quiet_topics=tuple(quiet_topics),
                    failing_feeds=tuple((title, datetime.fromisoformat(since)) for title, since in failing_feeds),
                ),
                items=tuple(
                    Item(**each, **{name: getattr(alive[each["article_id"]], name) for name in OF_ARTICLE})
                    for each in stored
                    if each["article_id"] in alive
                ),
            )


async def _recent(connection: AsyncConnection, chat_id: int, since: datetime) -> ColumnElement[bool]:
    """Condition: first seen since then, or told by a digest since then that was given up."""
    is_given_up = exists().where(outbox.c.digest_id == digests.c.id, outbox.c.state.in_(["parked", "cancelled"]))
    untold = (
        select(digest_items.c.story_id)
        .join(digests, digests.c.id == digest_items.c.digest_id)
        .where(digests.c.chat_id == chat_id, digests.c.composed_at >= since, is_given_up)
        .where(digest_items.c.position <= digests.c.pushed)
    )
    again = list(await connection.scalars(untold))
    is_new = articles.c.first_seen_at >= since
    return or_(is_new, articles.c.story_id.in_(again)) if again else is_new


async def _candidates(
    connection: AsyncConnection, best: dict[int, tuple[int, int, int]], reasons: dict[int, dict[int, None]]
) -> list[Candidate]:
    """`best` names the article of each story last in its value; a reason of 0 is no subscription."""
    about = select(stories.c.id, stories.c.first_seen_at, stories.c.sources).where(stories.c.id.in_(best))
    told = {row[0]: row for row in await connection.execute(about)}
    return [
        Candidate(
            article=article,
            source_count=len(told[article.story_id].sources),
            story_first_seen_at=told[article.story_id].first_seen_at,
            subscriptions=tuple(sorted(filter(None, reasons[article.story_id]))),
        )
        for article in await read_articles(connection, [weight[-1] for weight in best.values()])
    ]
