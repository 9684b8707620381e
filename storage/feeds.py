"""The URLs we poll."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SelectBase, and_, bindparam, case, delete, exists, func, or_, select, update

from news.feed import FARTHEST, Feed
from storage import words
from storage.columns import fingerprint
from storage.engine import Database
from storage.tables import articles, feeds, subscriptions
from storage.together import Together

IS_BEHIND = or_(feeds.c.is_heavy, feeds.c.failures > 0, and_(feeds.c.answered_at.is_(None), ~feeds.c.is_shared))
"""The one place that says so."""
COLUMNS = [*(column for column in feeds.c if column.name != "url_hash"), IS_BEHIND.label("is_behind")]
OUTCOME = [
    "title", "site_url", "next_due_at", "etag", "last_modified", "body_hash", "interval", "failures",
    "failing_since", "problem", "status", "refreshed_at", "answered_at", "gone_at", "brought_at", "rhythm", "silent_at",
    "listed", "ttl", "replacement", "known", "looked_up_at", "is_heavy",
]  # fmt: skip
"""What a refresh decides. Not `is_shared` and `topic`: somebody may change them meanwhile."""

RECORDED = 50
"""Outcomes that are written at once."""
RECORD = update(feeds).where(feeds.c.id == bindparam("its"))
"""Built once: building it takes as long as the writing."""

HURRIED_AGAIN = timedelta(minutes=1)

FOLLOWED = exists().where(subscriptions.c.feed_id == feeds.c.id)


def _is_due(now: datetime) -> ColumnElement[bool]:
    wanted = or_(feeds.c.is_shared, FOLLOWED)
    has_come = or_(feeds.c.next_due_at <= now, feeds.c.next_due_at > now + FARTHEST)
    return and_(has_come, feeds.c.gone_at.is_(None), wanted)


class Feeds:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._record = Together(self._record_all, most=RECORDED)

    async def add(
        self,
        url: str,
        *,
        now: datetime,
        title: str | None = None,
        site_url: str | None = None,
        topic: str | None = None,
        is_shared: bool = True,
    ) -> Feed:
        """The feed at `url`, new and due at once, or as it is.

        A known feed becomes shared if it is now, and then so do its articles; it keeps its title,
        site and topic, and where a shared one is filed is not said by who follows it alone; a gone one is due again.
        """
        new = {
            "url": url,
            "url_hash": fingerprint(url),
            "title": title,
            "site_url": site_url,
            "topic": topic,
            "is_shared": is_shared,
            "next_due_at": now,
            "interval": timedelta(minutes=30),
            "failures": 0,
        }
        insert = self._database.insert(feeds).values(new)
        may_file = or_(~feeds.c.is_shared, insert.excluded.is_shared)
        upsert = insert.on_conflict_do_update(
            index_elements=["url_hash"],
            set_={
                "is_shared": or_(feeds.c.is_shared, insert.excluded.is_shared),
                "title": func.coalesce(feeds.c.title, insert.excluded.title),
                "site_url": func.coalesce(feeds.c.site_url, insert.excluded.site_url),
                "topic": case((may_file, func.coalesce(feeds.c.topic, insert.excluded.topic)), else_=feeds.c.topic),
            },
        ).returning(feeds.c.id, feeds.c.gone_at)
        async with self._database.write() as connection:
            feed_id, gone_at = (await connection.execute(upsert)).one()
            its = feeds.c.id == feed_id
            if gone_at is not None:
                await connection.execute(update(feeds).where(its).values(gone_at=None, next_due_at=now))
            if is_shared:
                hidden = and_(articles.c.feed_id == feed_id, articles.c.is_shared.is_(False))
                shown = update(articles).where(hidden).values(is_shared=True).returning(articles.c.id)
                await words.share(connection, list(await connection.scalars(shown)))
            # Read, and not returned: SQLite 3.40 returns a wrong answer to whether a column is null.
            return Feed(**(await connection.execute(select(*COLUMNS).where(its))).mappings().one())

    async def get(self, feed_id: int) -> Feed | None:
        found = await self._find(feeds.c.id == feed_id)
        return found[0] if found else None

    async def by_url(self, url: str) -> Feed | None:
        found = await self._find(feeds.c.url_hash == fingerprint(url))
        return found[0] if found else None

    async def all(self) -> list[Feed]:
        """Every feed, oldest first."""
        return await self._find()

    async def due(
        self, now: datetime, limit: int, *, among: Sequence[int] | None = None, is_behind: bool | None = None
    ) -> list[Feed]:
        """Feeds to refresh, the longest due first: not gone, and shared or followed by somebody.

        `among` leaves out all but these, `is_behind` those of which it is not so.
        """
        these: list[ColumnElement[bool]] = [] if among is None else [feeds.c.id.in_(among)]
        if is_behind is not None:
            these.append(IS_BEHIND if is_behind else ~IS_BEHIND)
        return await self._find(_is_due(now), *these, order=feeds.c.next_due_at, limit=limit)

    async def due_ids(
        self, now: datetime, limit: int, *, is_behind: bool | None = None, besides: SelectBase | None = None
    ) -> list[int]:
        """The ids of feeds to refresh, the longest due first; none of `besides`, nor where `is_behind` is not so."""
        these = [] if is_behind is None else [IS_BEHIND if is_behind else ~IS_BEHIND]
        these += [] if besides is None else [feeds.c.id.not_in(besides)]
        due = select(feeds.c.id).where(_is_due(now), *these).order_by(feeds.c.next_due_at, feeds.c.id).limit(limit)
        async with self._database.read() as connection:
            return list(await connection.scalars(due))

    async def record(self, feed: Feed) -> None:
        """Writes how a refresh of an existing feed went. A feed removed meanwhile stays removed."""
        await self._record(feed)

    async def _record_all(self, some: Sequence[Feed]) -> Sequence[None]:
        # By id, so that two transactions wait for each other in the same order.
        outcomes = [
            {name: getattr(feed, name) for name in OUTCOME} | {"its": feed.id}
            for feed in sorted(some, key=lambda feed: feed.id)
        ]
        async with self._database.write() as connection:
            await connection.execute(RECORD, outcomes)
        return [None] * len(some)

    async def weigh(self, feed_id: int) -> None:
        """Remembers that a feed is more than a place in front is for."""
        async with self._database.write() as connection:
            await connection.execute(update(feeds).where(feeds.c.id == feed_id).values(is_heavy=True))

    async def move(self, feed_id: int, url: str) -> bool:
        """Polls the feed at another address from now on; False, and nothing, where another feed has it."""
        other = feeds.alias()
        is_free = ~exists().where(other.c.url_hash == fingerprint(url))
        moved = update(feeds).where(feeds.c.id == feed_id, is_free).values(url=url, url_hash=fingerprint(url))
        async with self._database.write() as connection:
            return (await connection.execute(moved)).rowcount > 0

    async def remove(self, feed_id: int) -> None:
        """Forgets the feed and the subscriptions to it. Its articles stay with those who could see them."""
        async with self._database.write() as connection:
            await connection.execute(delete(feeds).where(feeds.c.id == feed_id))

    async def failing(self, before: datetime, *, limit: int | None = None) -> list[Feed]:
        """Feeds that somebody may miss, the longest failing first: those that fail since `before`; and those for which
        something can be done, since they are gone or something seems to have taken their place.
        """
        is_lost = or_(feeds.c.gone_at.is_not(None), feeds.c.replacement.is_not(None))
        is_missed = and_(feeds.c.failing_since.is_not(None), or_(feeds.c.failing_since <= before, is_lost))
        return await self._find(is_missed, order=feeds.c.failing_since, limit=limit)

    async def silent(self, now: datetime, *, limit: int | None = None) -> list[Feed]:
        """Feeds that answer and have brought nothing for longer than they usually do, the longest silent first."""
        answers = feeds.c.failing_since.is_(None), feeds.c.gone_at.is_(None)
        return await self._find(feeds.c.silent_at <= now, *answers, order=feeds.c.brought_at, limit=limit)

    async def name_hub(self, feed_id: int, hub: str, topic: str, now: datetime) -> None:
        """Remembers who tells of what is new in a feed; one that was not known yet is due to be asked."""
        is_other = or_(feeds.c.hub.is_distinct_from(hub), feeds.c.hub_topic.is_distinct_from(topic))
        named = update(feeds).where(feeds.c.id == feed_id, is_other).values(hub=hub, hub_topic=topic, hub_due_at=now)
        async with self._database.write() as connection:
            await connection.execute(named)

    async def with_due_hub(self, now: datetime, limit: int, *, among: Sequence[int] | None = None) -> list[Feed]:
        """Feeds that are read, and whose hub is to be asked to tell us of them."""
        these = [] if among is None else [feeds.c.id.in_(among)]
        wanted = feeds.c.gone_at.is_(None), or_(feeds.c.is_shared, FOLLOWED)
        return await self._find(feeds.c.hub_due_at <= now, *wanted, *these, order=feeds.c.hub_due_at, limit=limit)

    async def put_off_hub(self, feed_id: int, until: datetime) -> None:
        async with self._database.write() as connection:
            await connection.execute(update(feeds).where(feeds.c.id == feed_id).values(hub_due_at=until))

    async def hear_from_hub(self, feed_id: int, topic: str, ask_again_at: datetime) -> bool:
        """A hub says that it will tell us of this topic; whether it is this feed's."""
        ours = feeds.c.hub_topic == topic, feeds.c.gone_at.is_(None), or_(feeds.c.is_shared, FOLLOWED)
        heard = update(feeds).where(feeds.c.id == feed_id, *ours).values(hub_due_at=ask_again_at)
        async with self._database.write() as connection:
            return (await connection.execute(heard)).rowcount > 0

    async def hurry(self, feed_id: int, now: datetime) -> None:
        """Makes a feed due at once, where it was not read within the last minute; else when that is over."""
        async with self._database.write() as connection:
            read_at = await connection.scalar(select(feeds.c.refreshed_at).where(feeds.c.id == feed_id))
            soon = max(now, read_at + HURRIED_AGAIN) if read_at and read_at <= now else now
            later = feeds.c.id == feed_id, feeds.c.next_due_at > soon, feeds.c.gone_at.is_(None)
            await connection.execute(update(feeds).where(*later).values(next_due_at=soon))

    async def some(self, feed_ids: Sequence[int]) -> dict[int, Feed]:
        """Those of these feeds that there are, by id."""
        return {feed.id: feed for feed in await self._find(feeds.c.id.in_(feed_ids))} if feed_ids else {}

    async def followers(self) -> dict[int, int]:
        """How many chats follow each feed by itself; nothing for those that none does."""
        counted = select(subscriptions.c.feed_id, func.count()).where(subscriptions.c.feed_id.is_not(None))
        async with self._database.read() as connection:
            rows = await connection.execute(counted.group_by(subscriptions.c.feed_id))
            return {row[0]: row[1] for row in rows}

    async def _find(self, *where: Any, order: Any = None, limit: int | None = None) -> list[Feed]:
        found = select(*COLUMNS).where(*where).order_by(*([] if order is None else [order]), feeds.c.id)
        async with self._database.read() as connection:
            return [Feed(**row) for row in (await connection.execute(found.limit(limit))).mappings()]
