"""Alerts and followed stories: new articles are held against all of them at once; what matched waits here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import ColumnElement, RowMapping, and_, delete, exists, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.alerts import comes_at
from news.chat import Chat, Subscription
from news.filters import Filter
from news.roots import Roots, microseconds
from news.sieve import Sieve
from storage import words
from storage.bulk import among, for_rows
from storage.engine import Database
from storage.follows import IS_STORY, has_ended, match_arrived
from storage.matching import as_filter, topic_names
from storage.tables import alert_matches, alerting, articles, chats, schedules, subscriptions

AT_ONCE = 200
"""Articles that are held against alerts in one transaction."""
MOST_KEPT = 100_000
"""Filters that are kept as they were read."""
OF_CHAT = tuple(each.name for each in fields(Chat))
OF_ALERT = tuple(each.name for each in fields(Subscription) if each.name not in ("title", "folder"))
IS_ALERT = subscriptions.c.kind == literal_column("'alert'")
"""Condition; the databases know by the literal which index it means."""
FARTHEST = timedelta(days=2)
"""No quiet hours last so long: what waits for longer was put there by a clock that was ahead."""


class ToldMeanwhile(Exception):
    """What matched alerts of this chat was told or taken away meanwhile; look again."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Match(NamedTuple):
    """An article that an alert wants, or that goes on with a followed story."""

    subscription_id: int
    article_id: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What matched alerts and stories of one chat and thread and is due, and these by id."""

    chat: Chat
    thread_id: int | None
    alerts: Mapping[int, Subscription]
    matches: Sequence[Match]
    is_heard: bool
    """Whether the chat wants anything now: it is active, and not paused."""


class Alerts:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Filter | None] = {}
        self._topics: dict[str, str] = {}

    async def is_waiting(self, now: datetime) -> bool:
        """Whether there are articles to hold against alerts and stories, matches to be told, or follows to end."""
        due = select(alert_matches.c.article_id).where(_is_due(now)).limit(1)
        over = select(subscriptions.c.id).where(has_ended(now)).limit(1)
        async with self._database.read() as connection:
            for something in (due, over):
                if await connection.scalar(something) is not None:
                    return True
            # One after the other: with both at once no index would do.
            for wish in (IS_ALERT, IS_STORY):
                if await connection.scalar(select(subscriptions.c.id).where(wish).limit(1)) is not None:
                    break
            else:
                return False
            newest, up_to = select(func.max(articles.c.id)), select(alerting.c.up_to)
            return (await connection.scalar(newest) or 0) > (await connection.scalar(up_to) or 0)

    async def match(self, now: datetime) -> int:
        """Holds the next articles against the alerts and stories of all chats; how many articles.

        What matches is written together with how far this came, so each article is held against them once. Only
        articles that came after an alert, or after a story was followed, match it.
        """
        async with self._database.read() as connection:
            up_to = await connection.scalar(select(alerting.c.up_to)) or 0
            next_ids = select(articles.c.id).where(articles.c.id > up_to).order_by(articles.c.id).limit(AT_ONCE)
            ids = list(await connection.scalars(next_ids))
            alerts = await _alerts(connection, now) if ids else []
            topics = await topic_names(connection) if alerts else {}
            rows = await words.rows(connection, await words.parts(connection), ids) if alerts else []
        if not ids:
            return 0
        # In a thread: many alerts are seconds of work.
        matched = await asyncio.to_thread(self._held, rows, alerts, topics, now) if alerts else []
        async with self._database.write() as connection:
            moved = update(alerting).where(alerting.c.up_to == up_to).values(up_to=ids[-1])
            if (await connection.execute(moved)).rowcount:  # else another process did it
                await _wait(connection, matched)
                await match_arrived(connection, up_to, ids[-1])
        return len(ids)

    async def end(self, now: datetime) -> int:
        """Ends what was followed long enough; how many stories."""
        async with self._database.write() as connection:
            return (await connection.execute(delete(subscriptions).where(has_ended(now)))).rowcount

    def _held(
        self, rows: Sequence[Roots], alerts: Sequence[_Alert], topics: dict[str, str], now: datetime
    ) -> list[tuple[int, int, datetime]]:
        """What alerts want of articles that came after them, and when it may be told."""
        sieve, came = Sieve(rows), {each.id: each.seen_at for each in rows}
        filters = self._read({each.value for each in alerts}, topics)
        wanted = {typed: sieve.wanted(one, now) for typed, one in filters.items() if one}
        moments = {each: comes_at(now, *each) for each in {(each.zone, each.quiet) for each in alerts}}
        found = []
        for each in alerts:
            # One that seems to be of later was made by a clock that was ahead.
            since = microseconds(min(each.created_at, now))
            its = wanted.get(each.value, ())
            found += [
                (each.id, article_id, moments[each.zone, each.quiet]) for article_id in its if came[article_id] >= since
            ]
        return found

    def _read(self, typed: Iterable[str], topics: dict[str, str]) -> dict[str, Filter | None]:
        """Filters as they are read, most of them before now."""
        wanted = set(typed)
        if topics != self._topics or len(self._known) > MOST_KEPT:
            self._known, self._topics = {}, topics
        self._known |= {each: as_filter(each, topics) for each in wanted - self._known.keys()}
        return {each: self._known[each] for each in wanted}

    async def due(self, now: datetime, limit: int) -> list[Waiting]:
        """What may be told by now, of so many chats, one thread of each."""
        whose = select(subscriptions.c.chat_id).join(
            alert_matches, alert_matches.c.subscription_id == subscriptions.c.id
        )
        first = whose.where(_is_due(now)).group_by(subscriptions.c.chat_id)
        of_chat = [chats.c[name].label(f"its_{name}") for name in OF_CHAT]
        its = (
            select(*(subscriptions.c[name] for name in OF_ALERT), alert_matches.c.article_id, *of_chat)
            .add_columns(_is_heard(now).label("is_heard"))
            .join(alert_matches, alert_matches.c.subscription_id == subscriptions.c.id)
            .join(chats, chats.c.id == subscriptions.c.chat_id)
            .order_by(subscriptions.c.chat_id, subscriptions.c.id, alert_matches.c.article_id)
        )
        async with self._database.read() as connection:
            ids = list(await connection.scalars(first.order_by(func.min(alert_matches.c.due_at)).limit(limit)))
            those = among(connection, subscriptions.c.chat_id, ids), _is_due(now)
            rows = (await connection.execute(its.where(*those))).mappings().all() if ids else []
        return [_waiting(list(theirs)) for _, theirs in groupby(rows, key=lambda row: row["chat_id"])]

    async def put_off(self, waits: Sequence[tuple[Match, datetime]]) -> None:
        """Lets matches wait, each until its moment."""
        later = """
            UPDATE alert_matches SET due_at = listed.due_at FROM {rows}
            WHERE alert_matches.subscription_id = listed.subscription_id
            AND alert_matches.article_id = listed.article_id
        """
        async with self._database.write() as connection:
            columns = "subscription_id int, article_id int, due_at moment"
            await for_rows(connection, later, columns, [(*match, until) for match, until in waits])

    async def hush(self, chat_id: int, quiet: tuple[time, ...], now: datetime) -> None:
        """Changes the chat's quiet hours, and when what waits for their end is told."""
        async with self._database.write() as connection:
            await connection.execute(update(chats).where(chats.c.id == chat_id).values(quiet=quiet))
            await look_again(connection, chat_id, now)

    async def drop(self, matches: Sequence[Match]) -> None:
        """Lets go of matches that nobody is told."""
        async with self._database.write() as connection:
            await _delete(connection, matches)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Condition: a match may be told by now."""
    return or_(alert_matches.c.due_at <= now, alert_matches.c.due_at > now + FARTHEST)


def _is_heard(now: datetime) -> ColumnElement[bool]:
    """Condition: a chat is active, and not paused."""
    paused = exists().where(schedules.c.chat_id == chats.c.id, schedules.c.paused_until > now)
    return and_(chats.c.state == "active", ~paused)


def _waiting(rows: Sequence[RowMapping]) -> Waiting:
    """Of a chat's rows those of its first thread."""
    first = rows[0]
    some = [row for row in rows if row["thread_id"] == first["thread_id"]]
    alerts = {row["id"]: Subscription(**{name: row[name] for name in OF_ALERT}) for row in some}
    chat = Chat(**{name: first[f"its_{name}"] for name in OF_CHAT})
    matches = [Match(row["id"], row["article_id"]) for row in some]
    return Waiting(chat, first["thread_id"], alerts, matches, bool(first["is_heard"]))


async def begin_at_newest(connection: AsyncConnection) -> None:
    """Before the first alert or story there is: articles of before are nothing to hold against it."""
    newest = select(func.coalesce(func.max(articles.c.id), 0)).scalar_subquery()
    none = ~exists().where(IS_ALERT), ~exists().where(IS_STORY)
    await connection.execute(update(alerting).where(*none, alerting.c.up_to < newest).values(up_to=newest))


async def look_again(connection: AsyncConnection, chat_id: int, now: datetime) -> None:
    """Whatever waits for the end of the chat's quiet hours is looked at now: told, or put off to where that is now."""
    theirs = select(subscriptions.c.id).where(subscriptions.c.chat_id == chat_id)
    waiting = alert_matches.c.subscription_id.in_(theirs), alert_matches.c.due_at > now
    await connection.execute(update(alert_matches).where(*waiting).values(due_at=now))


async def settle_matches(connection: AsyncConnection, matches: Sequence[Match]) -> None:
    """Takes matches away that are told, or not worth telling; ToldMeanwhile where one does not wait any more."""
    if matches and await _delete(connection, matches) < len(matches):
        raise ToldMeanwhile


async def _delete(connection: AsyncConnection, matches: Sequence[Match]) -> int:
    gone = """
        DELETE FROM alert_matches
        WHERE (subscription_id, article_id) IN (SELECT subscription_id, article_id FROM {rows})
        RETURNING article_id
    """
    return len(await for_rows(connection, gone, "subscription_id int, article_id int", matches))


class _Alert(NamedTuple):
    id: int
    value: str
    created_at: datetime
    zone: str | None
    quiet: tuple[time, ...]


async def _alerts(connection: AsyncConnection, now: datetime) -> list[_Alert]:
    """The alerts of every chat that is active and not paused."""
    its = select(subscriptions.c.id, subscriptions.c.value, subscriptions.c.created_at, chats.c.zone, chats.c.quiet)
    its = its.join(chats, chats.c.id == subscriptions.c.chat_id).where(IS_ALERT, _is_heard(now))
    return [_Alert(*row) for row in await connection.execute(its)]


async def _wait(connection: AsyncConnection, matched: Sequence[tuple[int, int, datetime]]) -> None:
    """Keeps matches of alerts and articles that are still there."""
    add = """
        INSERT INTO alert_matches (subscription_id, article_id, due_at)
        SELECT subscription_id, article_id, due_at FROM {rows}
        WHERE EXISTS (SELECT 1 FROM subscriptions WHERE subscriptions.id = subscription_id)
        AND EXISTS (SELECT 1 FROM articles WHERE articles.id = article_id)
        ON CONFLICT DO NOTHING
    """
    await for_rows(connection, add, "subscription_id int, article_id int, due_at moment", matched)
