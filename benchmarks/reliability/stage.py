"""What campaigns about Telegram are played on: people and groups, the whole bot, and clocks that are put."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.app import running
from bot.desk import Desk
from bot.metronome import Rhythm
from bot.pace import Limits
from bot.sender import Telegram
from jobs.deliver import deliver
from jobs.tally import Waits
from news.chat import Chat
from storage import Storage
from tests.bot.given import QUICK, settings_for
from tests.bot.talking import Clock, Person
from tests.sandbox.running import Json, RunningSandbox
from tests.storage.given import next_due

PATIENCE = 600.0
"""Seconds after which what was waited for is taken not to come."""


@asynccontextmanager
async def serving(
    sandbox: RunningSandbox,
    database_url: str,
    clock: Clock,
    rhythm: Rhythm = QUICK,
    port: int | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[Desk]:
    """The whole bot; with a port it is brought updates there."""
    settings = settings_for(
        sandbox, database_url, web_port=port, webhook_url=f"http://127.0.0.1:{port}/hook" if port else None
    )
    async with running(settings, clock=clock, rhythm=rhythm, limits=limits) as desk:
        yield desk


async def reader_in(sandbox: RunningSandbox, name: str = "Reader") -> Person:
    user = await sandbox.add_user(name)
    return Person(sandbox, user["id"], user["id"])


async def group_in(sandbox: RunningSandbox, kind: str = "group") -> Person:
    """The first reader, in a group with the bot that nobody else is in."""
    chat = await sandbox.add_chat(kind, "Family")
    await sandbox.set_member(chat["id"], 1001, "creator")
    await sandbox.set_member(chat["id"], (await sandbox.world())["bot"]["id"], "member")
    return Person(sandbox, 1001, int(chat["id"]))


async def joined(storage: Storage, person: Person, clock: Clock) -> None:
    """The chat is known to us."""
    kind: Any = "private" if person.chat_id > 0 else "supergroup"
    await storage.chats.join(Chat(id=person.chat_id, kind=kind, joined_at=clock()))


async def sent_out(storage: Storage, telegram: Telegram, clock: Clock, sandbox: RunningSandbox | None = None) -> int:
    """Sends until nothing waits, however long that takes by the clock; how many rounds it took."""
    waits = Waits()
    for rounds in range(1, 100_000):
        if sandbox:
            await sandbox.put_clock(clock().timestamp())
        done = await deliver(storage, telegram, owner="me", clock=clock, waits=waits)
        due = await next_due(storage, clock())
        if due is None:
            return rounds
        clock.now = max(due, done.hold_until or due)
    raise AssertionError("it never ends")


async def settled(desk: Desk) -> None:
    """Comes back once everything that is due has been composed and sent, and every update dealt with."""

    async def is_settled() -> bool:
        now, storage = desk.clock(), desk.storage
        if await storage.inbox.waiting(1) or await storage.schedules.due_ids(now, 1):
            return False
        # Looked at twice: between the two, what blocked the rest of a chat may have ended.
        for _ in range(2):
            due, counts = await next_due(storage, now), await storage.outbox.counts()
            if (due and due <= now) or counts["claimed"] + counts["sending"]:
                return False
        return True

    await eventually(is_settled)


async def eventually(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Comes back once it is so; TimeoutError when it never is."""
    async with asyncio.timeout(PATIENCE):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def sends(requests: list[Json]) -> list[Json]:
    """The requests that send a message, with the chat's number as one; 0 where the token was refused first."""
    wanted = ("sendMessage", "sendRichMessage")
    return [each | {"chat_id": int(each["params"].get("chat_id", 0))} for each in requests if each["method"] in wanted]


async def taken(sandbox: RunningSandbox) -> Counter[tuple[int, str]]:
    """Messages accepted, by chat and text without the mark of a repeat."""
    return Counter((each["chat_id"], each["text"].split("\n")[-1]) for each in await sandbox.ledger())
