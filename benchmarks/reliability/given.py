"""What campaigns begin with: readers that Telegram and we know, digests that are due, news for them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

from bot.sender import Telegram
from bot.transport import Transport
from news.chat import Chat
from news.messages.message import Message
from news.schedule import next_slot
from storage import Storage
from tests.jobs.given import NOW
from tests.sandbox.running import RunningSandbox, running_sandbox
from tests.storage.given import a_digest, an_article, next_number

FIRST_ID = 1_000_000
TOPIC = "science"


@asynccontextmanager
async def a_telegram(*options: str) -> AsyncIterator[RunningSandbox]:
    """A sandbox in a process of its own, and a folder beside its ledger that ends with it."""
    with tempfile.TemporaryDirectory(prefix="news-campaign-") as folder:
        async with running_sandbox(Path(folder), *options) as sandbox:
            yield sandbox


@asynccontextmanager
async def a_sender(sandbox: RunningSandbox, deadline: float = 5) -> AsyncIterator[Telegram]:
    """The program's own sender; it waits so many seconds for a reply."""
    transport = Transport(deadline=deadline)
    await transport.initialize()
    try:
        yield Telegram(transport, f"{sandbox.base_url}{sandbox.token}")
    finally:
        await transport.shutdown()


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Storage]:
    storage = await Storage.open(database_url)
    try:
        yield storage
    finally:
        await storage.close()


async def readers(sandbox: RunningSandbox | None, storage: Storage, count: int) -> list[int]:
    """Private chats that have begun to talk to the bot, known to us; to us alone where there is no sandbox."""
    ids = list(range(FIRST_ID, FIRST_ID + count))
    for at in range(0, count, 50):
        if sandbox:
            await asyncio.gather(*(sandbox.add_user("Reader", id=chat_id) for chat_id in ids[at : at + 50]))
        for chat_id in ids[at : at + 50]:
            await storage.chats.join(Chat(id=chat_id, kind="private", joined_at=NOW, zone="UTC"))
    return ids


async def digests_due(
    storage: Storage,
    chat_ids: Sequence[int],
    count: int,
    *,
    fewest_parts: int = 1,
    most_parts: int = 3,
    now: datetime = NOW,
) -> int:
    """So many digests in the outbox, dealt out to the chats in turn, in some parts each; how many parts in all."""
    numbers = {chat_id: await next_number(storage, chat_id) for chat_id in chat_ids}
    parts = 0
    for at in range(count):
        chat_id, of = chat_ids[at % len(chat_ids)], fewest_parts + at % (most_parts - fewest_parts + 1)
        digest = replace(a_digest(chat_id=chat_id, number=numbers[chat_id]), composed_at=now)
        messages = [Message(html=f"digest {numbers[chat_id]}, part {part}") for part in range(1, of + 1)]
        await storage.digests.write(digest, deliveries=messages, slot=None)
        numbers[chat_id] += 1
        parts += of
    return parts


async def follow(
    storage: Storage,
    chat_ids: Sequence[int],
    *,
    times: tuple[time, ...] = (time(8),),
    since: datetime = NOW - timedelta(days=1, hours=1),
) -> None:
    """The chats follow one topic and want it at these times, UTC."""
    await storage.topics.put([(TOPIC, "Science", 0)])
    for chat_id in chat_ids:
        await storage.subscriptions.add(chat_id, "topic", TOPIC, since)
        schedule = await storage.schedules.set(
            chat_id, times=times, days=frozenset(range(7)), now=since, next_due_at=since
        )
        first = next_slot(schedule, after=since)
        await storage.schedules.advance(schedule, first.due_at if first else None)


async def news(storage: Storage, *headlines: str, now: datetime = NOW) -> None:
    for headline in headlines:
        await an_article(storage, headline, bullets=1, topics=[TOPIC], now=now)
