"""What campaigns begin with: readers that Telegram and we know, digests that are due, news for them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.pace import Pace
from bot.sender import Telegram
from bot.transport import Transport
from news.chat import Chat
from news.messages.message import Message
from storage import Storage
from tests.jobs.given import NOW, a_reader
from tests.sandbox.running import RunningSandbox, running_sandbox
from tests.storage.given import a_digest, next_number

IMPATIENT = 0.35
"""Seconds for a reply, where many do not come."""
FIRST_ID = 1_000_000


@asynccontextmanager
async def a_telegram(*options: str) -> AsyncIterator[RunningSandbox]:
    """A sandbox in a process of its own that remembers every request, and a folder beside its ledger."""
    with tempfile.TemporaryDirectory(prefix="news-campaign-") as folder:
        async with running_sandbox(Path(folder), "--requests", "1000000", *options) as sandbox:
            yield sandbox


@asynccontextmanager
async def a_sender(sandbox: RunningSandbox, deadline: float = 5, pace: Pace | None = None) -> AsyncIterator[Telegram]:
    """The program's own sender; it waits so many seconds for a reply."""
    transport = Transport(deadline=deadline)
    await transport.initialize()
    try:
        yield Telegram(transport, f"{sandbox.base_url}{sandbox.token}", pace=pace)
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


async def follow(storage: Storage, chat_ids: Sequence[int], **wanted: Any) -> None:
    """The chats follow one topic and want it at eight, or as is said, UTC."""
    for chat_id in chat_ids:
        await a_reader(storage, chat_id, zone="UTC", **wanted)
