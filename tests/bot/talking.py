"""People who talk to the bot in the sandbox, the news it has, and the clock it goes by."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk import Desk
from bot.timing import EVERY_DAY, move, plan
from news.article import Article, Bullet, Entry, Filing
from news.chat import Chat
from tests.sandbox.running import Json, RunningSandbox

EVENING = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)
BOT = "sandbox_digest_bot"
KEYS = count(1)


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = EVENING

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **span: float) -> None:
        self.now += timedelta(**span)

    def put_to(self, hour: int, minute: int = 0, zone: str = "UTC") -> None:
        """Puts it forward to the next time a clock in the zone shows this time."""
        local = self.now.astimezone(ZoneInfo(zone))
        goal = datetime.combine(local.date(), time(hour, minute), tzinfo=ZoneInfo(zone))
        if goal <= local:
            goal = datetime.combine(local.date() + timedelta(days=1), time(hour, minute), tzinfo=ZoneInfo(zone))
        self.now = goal.astimezone(UTC)


async def an_article(
    desk: Desk,
    headline: str,
    *paragraphs: str,
    topic: str = "world",
    bullets: Sequence[str] = ("What happened.",),
    feed_id: int | None = None,
    **more: Any,
) -> Article:
    """An article that is a story of its own."""
    article = await desk.storage.articles.add(
        Entry(
            headline=headline, paragraphs=paragraphs or (f"{headline}, people there say.",), source="The Herald", **more
        ),
        keys=[f"key-{next(KEYS)}"],
        bullets=[Bullet(bullet, "publisher") for bullet in bullets],
        topics=[Filing(topic, 0.9)],
        story_id=None,
        sketch={headline: 1.0},
        source="The Herald",
        feed_id=feed_id,
        now=desk.clock(),
    )
    assert article is not None
    return article


async def some_news(desk: Desk) -> list[Article]:
    """Five stories on three topics."""
    return [
        await an_article(desk, "Ferry runs aground in the strait", topic="world"),
        await an_article(desk, "Ceasefire talks begin in the capital", topic="world"),
        await an_article(desk, "Central bank lifts its key rate", topic="business"),
        await an_article(desk, "Water vapour found on a small planet", topic="science"),
        await an_article(desk, "Comet returns after eighty years", topic="science"),
    ]


LONG = tuple(f"Paragraph {at} of the long report. " + "The harbour was quiet that night. " * 12 for at in range(24))
"""Some 10,000 characters: four pages in the classic look."""


def words(message: Json) -> str:
    """What a message says, in either look."""
    if "rich_message" in message:
        return "\n".join(_texts(message["rich_message"]["blocks"]))
    return str(message.get("text", "")).replace("\u2060", "")


def _texts(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node.replace("\u2060", "")]
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for part in parts for text in _texts(part)]


def buttons(message: Json) -> dict[str, str]:
    """Labels and data (or address) of the buttons below a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return {each["text"]: each.get("callback_data") or each.get("url", "") for row in rows for each in row}


def label(message: Json, begins: str) -> str:
    """The one label that begins so."""
    [found] = [text for text in buttons(message) if text.startswith(begins)]
    return found


async def until(asked: Callable[[], Awaitable[object]], answer: object) -> None:
    """Comes back once `asked` answers so; TimeoutError when it never does."""
    async with asyncio.timeout(60):
        while await asked() != answer:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@dataclass(slots=True)
class Person:
    """Somebody in a chat with the bot: what they do, and what they see of it."""

    telegram: RunningSandbox
    id: int
    chat_id: int
    thread_id: int = 0
    toasts: list[str] = field(default_factory=list)
    """What the presses were answered with, the empty ones left out."""

    def among(self, chat_id: int, thread_id: int = 0) -> Person:
        """The same person in another chat."""
        return Person(self.telegram, self.id, chat_id, thread_id)

    async def write(self, text: str | None = None, **more: Any) -> Json:
        """Sends a message without waiting for an answer."""
        return await self.telegram.say(self.chat_id, self.id, text, thread_id=self.thread_id, **more)

    async def say(self, text: str | None = None, **more: Any) -> Json:
        """Sends a message; the bot's next message."""
        sent = await self.write(text, **more)
        return await self.telegram.wait_for_message(self.chat_id, after=sent["message_id"])

    async def press(self, message: Json, data: str) -> str:
        """Presses any data on a message; what the press is answered with."""
        done = await self.telegram.press(self.chat_id, self.id, message["message_id"], data)
        assert done["answer"] is not None, f"the press of {data} was not answered"
        said = str(done["answer"].get("text", ""))
        self.toasts += [said] if said else []
        return said

    async def tap(self, message: Json, begins: str) -> Json:
        """Presses the button whose label begins so; the message as it is then."""
        await self.press(message, buttons(message)[label(message, begins)])
        return await self.again(message)

    async def keeps(self, text: str) -> Json:
        """Asks for a filter and taps what keeps it; the message as it is then."""
        offer = await self.say(text)
        return await self.tap(offer, next(iter(buttons(offer))))

    async def open(self, message: Json, begins: str) -> Json:
        """Presses a button that is answered by a new message; that message."""
        last = await self.last()
        await self.press(message, buttons(message)[label(message, begins)])
        return await self.telegram.wait_for_message(self.chat_id, after=last)

    async def again(self, message: Json) -> Json:
        """The message as it stands now."""
        return next(each for each in await self.all() if each["message_id"] == message["message_id"])

    async def all(self) -> list[Json]:
        """The chat, as this person sees it."""
        return await self.telegram.messages(self.chat_id)

    async def last(self) -> int:
        """The id of the last message."""
        return max((each["message_id"] for each in await self.all()), default=0)

    async def sees(self, text: str, *, after: int = 0) -> Json:
        """The first message with these words, once it is there."""
        return await self.telegram.wait_for(self.chat_id, lambda each: text in words(each), after=after)

    async def has_seen(self, text: str) -> list[Json]:
        """The messages with these words, up to now."""
        return [each for each in await self.all() if text in words(each)]

    async def state(self, desk: Desk) -> str:
        """What state the chat is in, as the bot has it."""
        chat = await desk.storage.chats.get(self.chat_id)
        return chat.state if chat else "unknown"

    async def follows(self, desk: Desk, *topics: str, at: time = time(8), zone: str = "UTC") -> None:
        """Is set up already, as onboarding would have done it."""
        kind: Any = "private" if self.chat_id > 0 else "supergroup"
        chat, _ = await desk.storage.chats.join(Chat(id=self.chat_id, kind=kind, joined_at=desk.clock()))
        for topic in topics:
            await desk.storage.subscriptions.add(chat.id, "topic", topic, desk.clock())
        await plan(desk, chat, (at,), EVERY_DAY, thread_id=self.thread_id or None)
        await move(desk, chat, zone)
