"""What tests of the storage begin with: a moment, and short ways to put something in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import MetaData, event, select

from news.answers import Answer
from news.article import Article, Bullet, Entry, Filing
from news.candidates import Candidate
from news.chat import Chat
from news.delivery import Delivery
from news.delivery import settle as decide
from news.digest import Digest, Item
from news.messages.message import Message
from news.pool import Wants, stock
from news.schedule import Schedule, Slot
from storage import History, Storage, tables
from storage.claims import WAITING, claimable
from storage.tables import outbox, slots
from storage.telling import Telling

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LEASE = timedelta(seconds=90)
AFTER_LEASE = NOW + LEASE
HELLO = Message(html="<b>Hello</b>")
FRESH = count(1)


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


async def a_chat(storage: Storage, chat_id: int = 7) -> Chat:
    chat, _ = await storage.chats.join(Chat(id=chat_id, kind="private", joined_at=NOW))
    return chat


async def an_article(
    storage: Storage,
    headline: str = "A comet passes",
    *paragraphs: str,
    bullets: int = 0,
    topics: Sequence[str] = (),
    story_id: int | None = None,
    source: str = "The Herald",
    feed_id: int | None = None,
    url: str | None = None,
    publisher: str | None = None,
    now: datetime = NOW,
) -> Article:
    article = await storage.articles.add(
        Entry(headline=headline, paragraphs=paragraphs, url=url, source=publisher),
        keys=[f"key-{next(FRESH)}"],
        bullets=[Bullet(f"Bullet {each}", "publisher") for each in range(bullets)],
        topics=[Filing(topic, 0.5) for topic in topics],
        story_id=story_id,
        sketch={"comet": 1.0},
        source=source,
        feed_id=feed_id,
        now=now,
    )
    assert article is not None
    return article


async def articles_alike(storage: Storage, count: int, headline: str, *paragraphs: str, now: datetime = NOW) -> None:
    """So many, in one transaction."""
    told = [
        Telling(
            entry=Entry(headline=headline, paragraphs=paragraphs),
            sketch={"comet": 1.0},
            keys=[f"key-{next(FRESH)}"],
            bullets=(),
            topics=(),
            source="The Herald",
        )
        for _ in range(count)
    ]
    await storage.articles.tell(told, choose=lambda *_: None, now=now)


def an_item(article: Article, position: int = 1) -> Item:
    return Item(
        position=position,
        story_id=article.story_id,
        article_id=article.id,
        headline=article.headline,
        bullets=article.bullets,
        topic=None,
        source_count=1,
        source=article.source,
        url=article.url,
        first_seen_at=article.first_seen_at,
    )


def a_digest(*shown: Article, chat_id: int = 7, number: int = 1, pushed: int | None = None) -> Digest:
    return Digest(
        chat_id=chat_id,
        number=number,
        composed_at=NOW,
        items=tuple(an_item(article, position) for position, article in enumerate(shown, 1)),
        pushed=len(shown) if pushed is None else pushed,
        topics=(),
    )


async def a_schedule(storage: Storage, chat_id: int = 7, thread_id: int | None = None) -> Schedule:
    return await storage.schedules.set(
        chat_id,
        times=(time(8),),
        days=frozenset(range(7)),
        thread_id=thread_id,
        now=later(days=-1),
        next_due_at=NOW,
    )


def a_slot(schedule: Schedule, day: int = 22) -> Slot:
    return Slot(
        schedule_id=schedule.id,
        chat_id=schedule.chat_id,
        epoch=schedule.epoch,
        local_date=date(2026, 11, day),
        ordinal=0,
        due_at=NOW,
    )


async def sending(storage: Storage, owner: str = "me", now: datetime = NOW) -> Delivery:
    """The one delivery that is due, with its intent to be sent committed."""
    [claimed] = await storage.outbox.claim(owner, now=now, lease=LEASE, limit=1)
    started = await begun(storage, claimed, now)
    assert started is not None
    return started


async def claim(storage: Storage, owner: str = "me", *, seconds: float = 0, limit: int = 9) -> list[Delivery]:
    return await storage.outbox.claim(owner, now=later(seconds=seconds), lease=LEASE, limit=limit)


async def state(storage: Storage, delivery: Delivery) -> str:
    stored = await storage.outbox.get(delivery.id)
    assert stored is not None
    return stored.state


async def doubtful(storage: Storage, chat_id: int = 7) -> Delivery:
    """A delivery in doubt, due again after thirty seconds."""
    await storage.outbox.add(chat_id, HELLO, now=NOW)
    delivery = await sending(storage)
    await settle(
        storage,
        delivery,
        replace(delivery, state="doubt", doubt=1, not_before=later(seconds=30), lease_owner=None, lease_until=None),
    )
    stored = await storage.outbox.get(delivery.id)
    assert stored is not None
    return stored


async def begun(storage: Storage, claimed: Delivery, now: datetime = NOW) -> Delivery | None:
    """A delivery with its intent to be sent committed; None when that is refused."""
    return (await storage.outbox.commit([claimed], [], now=now, lease=LEASE)).begun.get(claimed.id)


async def settle(storage: Storage, before: Delivery, after: Delivery) -> bool:
    """Commits one outcome; False when it is no longer this send's to say."""
    return before.id in (await storage.outbox.commit([], [(before, after)], now=NOW, lease=LEASE)).settled


async def ends_with(storage: Storage, chat_id: int, answer: Answer | None, composed_at: datetime = NOW) -> None:
    """A digest for a new chat, and what Telegram answered to it; None where it was not sent yet."""
    await a_chat(storage, chat_id)
    digest = replace(a_digest(await an_article(storage, str(chat_id)), chat_id=chat_id), composed_at=composed_at)
    await storage.digests.write(digest, deliveries=[HELLO], slot=None)
    if answer:
        [claimed] = await storage.outbox.claim("me", now=NOW, lease=LEASE, limit=1)
        started = await begun(storage, claimed)
        assert started
        await settle(storage, started, decide(started, answer, now=NOW).delivery)


async def next_due(storage: Storage, now: datetime) -> datetime | None:
    """When there is next something to claim, `now` if there already is; None if nothing waits."""
    async with storage._database.read() as connection:
        soonest = [
            await connection.scalar(
                select(outbox.c.not_before).where(claimable(state)).order_by(outbox.c.not_before).limit(1)
            )
            for state in WAITING
        ]
    known = [each for each in soonest if each is not None]
    return max(now, min(known)) if known else None


async def had(storage: Storage, chat_id: int) -> set[int]:
    """Ids of the stories that the chat has had."""
    histories = await storage.histories.of([chat_id], NOW - timedelta(days=365))
    return set(histories.get(chat_id, History()).told)


async def next_number(storage: Storage, chat_id: int) -> int:
    """What the chat's next digest is numbered."""
    histories = await storage.histories.of([chat_id], NOW)
    return histories[chat_id].number + 1 if chat_id in histories else 1


async def candidates(
    storage: Storage, chat_id: int, *, since: datetime, topic: str | None = None, limit: int = 400
) -> list[Candidate[Article]]:
    """What the chat's next digest is chosen from, the newest first."""
    wishes = await storage.subscriptions.of(chat_id)
    pool = await storage.pools.read(since)
    history = (await storage.histories.of([chat_id], since - timedelta(days=99))).get(chat_id, History())
    again = frozenset(story for at, told in history.in_vain if at >= since for story in told - history.told)
    await storage.pools.extend(pool, again)
    await storage.pools.look_up(pool, [each.value for each in wishes if each.kind in ("words", "mute")], NOW)
    found = sorted(
        stock(pool, wishes, Wants(since, again), had=history.told, topic=topic, most=limit),
        key=lambda each: -each.article.id,
    )
    articles = [await storage.articles.get(each.article.id) for each in found]
    return [
        Candidate(
            article=article,
            source_count=each.source_count,
            story_first_seen_at=each.story_first_seen_at,
            subscriptions=each.subscriptions,
        )
        for each, article in zip(found, articles, strict=True)
        if article
    ]


async def last_slot(storage: Storage, schedule_id: int) -> Slot | None:
    """The latest occasion of a schedule that was composed or found empty."""
    columns = [slots.c[field.name] for field in fields(Slot)]
    latest = select(*columns).where(slots.c.schedule_id == schedule_id).order_by(slots.c.due_at.desc())
    async with storage._database.read() as connection:
        row = (await connection.execute(latest.order_by(slots.c.epoch.desc()).limit(1))).mappings().first()
        return Slot(**row) if row else None


async def traces(storage: Storage, number: int) -> dict[str, int]:
    """How many rows of each column of each table that the database has hold a number, or a text with it."""
    kept, word = MetaData(), re.compile(rf"(?<!\d){number}(?!\d)")
    found: Counter[str] = Counter()
    async with storage._database.read() as connection:
        await connection.run_sync(kept.reflect)
        assert tables.metadata.tables.keys() <= kept.tables.keys()
        for table in kept.tables.values():
            for row in (await connection.execute(select(table))).mappings():
                told = {name: str(value) for name, value in row.items() if not isinstance(value, (bytes, date))}
                found.update(f"{table.name}.{name}" for name, value in told.items() if word.search(value))
    return dict(found)


@contextmanager
def statements(storage: Storage) -> Iterator[list[tuple[str, Any]]]:
    """What is read meanwhile, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, parameters))

    engine = storage._database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
