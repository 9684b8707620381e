"""What tests of the jobs begin with: a clock that moves when told, a Telegram that answers as told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any, cast

from jobs.compose import Composed, compose
from jobs.deliver import deliver
from jobs.tally import Delivered
from news.answers import Accepted, Answer
from news.article import Article
from news.chat import Chat, ChatKind
from news.delivery import Delivery
from news.messages.message import Message
from news.schedule import next_slot
from storage import Storage
from tests.storage.given import an_article

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday."""
HELLO = Message(html="Hello")
IDS = count(5_000)
"""Chats of their own for tests that share a sandbox."""


class Clock:
    """Shows what it was set to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@dataclass(frozen=True, slots=True)
class Sent:
    """One request to Telegram."""

    chat_id: int
    message: Message
    thread_id: int | None = None
    edits: int | None = None


class FakeTelegram:
    """Accepts everything, or answers each chat as a test tells it to, the last answer for ever."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.answers: defaultdict[int, list[Answer]] = defaultdict(list)
        self.meanwhile: Callable[[int], Awaitable[object]] | None = None
        """What happens between a request and its answer."""
        self._ids = count(1)

    async def __call__(self, chat_id: int, thread_id: int | None, message: Message, edits: int | None = None) -> Answer:
        self.sent.append(Sent(chat_id, message, thread_id, edits))
        if self.meanwhile:
            await self.meanwhile(chat_id)
        told = self.answers[chat_id]
        answer = told.pop(0) if len(told) > 1 else told[0] if told else Accepted(None)
        return Accepted(next(self._ids)) if answer == Accepted(None) else answer

    def to(self, chat_id: int) -> list[str]:
        """What was sent to a chat, in order."""
        return [one.message.html for one in self.sent if one.chat_id == chat_id]


class Instead:
    """A noun of the storage of which some methods are the test's own."""

    def __init__(self, noun: object, **methods: Callable[..., Awaitable[Any]]) -> None:
        self._noun = noun
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        return self._methods.get(name) or getattr(self._noun, name)


def instead(noun: object, **methods: Callable[..., Awaitable[Any]]) -> Any:
    """`noun`, typed as itself, with methods of the test's own."""
    return cast(Any, Instead(noun, **methods))


async def a_chat(storage: Storage, chat_id: int = 7, kind: ChatKind = "private", **more: Any) -> Chat:
    chat, _ = await storage.chats.join(Chat(id=chat_id, kind=kind, joined_at=NOW, **more))
    return chat


async def a_reader(
    storage: Storage,
    chat_id: int = 7,
    *,
    times: tuple[time, ...] = (time(8),),
    topics: tuple[str, ...] = ("science",),
    days: frozenset[int] = frozenset(range(7)),
    thread_id: int | None = None,
    since: datetime = NOW - timedelta(days=1, hours=1),
    **more: Any,
) -> Chat:
    """A chat that follows science and wants it at eight."""
    await storage.topics.put([("science", "Science", 0), ("world", "World", 1)])
    chat = await a_chat(storage, chat_id, **more)
    for topic in topics:
        await storage.subscriptions.add(chat_id, "topic", topic, since)
    schedule = await storage.schedules.set(
        chat_id, times=times, days=days, thread_id=thread_id, now=since, next_due_at=since
    )
    first = next_slot(schedule, after=since)
    await storage.schedules.advance(schedule, first.due_at if first else None)
    return chat


async def news(storage: Storage, *headlines: str, now: datetime = NOW, topic: str = "science") -> list[Article]:
    """Articles on a topic, each a story of its own."""
    return [await an_article(storage, headline, bullets=1, topics=[topic], now=now) for headline in headlines]


async def add(storage: Storage, *chat_ids: int, message: Message = HELLO) -> list[Delivery]:
    """A delivery for each chat, known or new."""
    added = []
    for chat_id in chat_ids:
        await a_chat(storage, chat_id)
        added.append(await storage.outbox.add(chat_id, message, now=NOW))
    return added


async def rounds(
    storage: Storage, send: Any, clock: Clock, *spans: Mapping[str, float], owner: str = "me"
) -> Delivered:
    """A round of sending, and one more after each span of time; what the last one did."""
    done = await deliver(storage, send, owner=owner, clock=clock)
    for span in spans:
        clock.tick(**span)
        done = await deliver(storage, send, owner=owner, clock=clock)
    return done


async def morning(storage: Storage, send: Any, clock: Clock) -> Composed:
    """What is due is composed and sent."""
    composed = await compose(storage, now=clock())
    await deliver(storage, send, owner="me", clock=clock)
    return composed


async def state(storage: Storage, delivery_id: int) -> str:
    stored = await storage.outbox.get(delivery_id)
    assert stored is not None
    return stored.state


async def states(storage: Storage) -> dict[str, int]:
    """How many deliveries are in each state that any is in."""
    return {state: count for state, count in (await storage.outbox.counts()).items() if count}


async def chat_state(storage: Storage, chat_id: int) -> str:
    chat = await storage.chats.get(chat_id)
    assert chat is not None
    return chat.state
