"""What tests of the storage begin with: a moment, and short ways to put something in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from news.article import Article, Bullet, Entry, Filing
from news.chat import Chat
from news.delivery import Delivery
from news.digest import Digest, Item
from news.messages.message import Message
from news.schedule import Schedule, Slot
from storage import Storage

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LEASE = timedelta(seconds=90)
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
    now: datetime = NOW,
) -> Article:
    article = await storage.articles.add(
        Entry(headline=headline, paragraphs=paragraphs),
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
    started = await storage.outbox.sending(claimed, now=now, lease=LEASE)
    assert started is not None
    return started


HELLO = Message(html="<b>Hello</b>")
