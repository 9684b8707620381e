"""T1: no 429 is earned, and every one is obeyed."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import a_sender, a_telegram, opened
from benchmarks.reliability.stage import group_in, joined, reader_in, sends, sent_out, taken
from bot.pace import FREE, Pace
from jobs.deliver import deliver
from news.messages.message import Message
from tests.bot.talking import Clock
from tests.sandbox.running import Json
from tests.storage.given import next_due

HALF_A_DAY = 43_837
IN_FLIGHT = 4


async def earns_none(seed: int, size: int, database_url: str) -> Outcome:
    """`size` messages to a fifth as many chats, three in twenty of them groups, at the limits Telegram names."""
    chance, problems = random.Random(seed), list[str]()
    async with (
        a_telegram("--limits", "free") as sandbox,
        opened(database_url) as storage,
        a_sender(sandbox, pace=Pace(FREE)) as telegram,
    ):
        chats = [await (group_in(sandbox) if at % 20 < 3 else reader_in(sandbox)) for at in range(size // 5)]
        for each in chats:
            await joined(storage, each, Clock())
        wanted = [(chance.choice(chats).chat_id, f"Message {number}") for number in range(size)]
        for chat_id, text in wanted:
            await storage.outbox.add(chat_id, Message(html=text), now=datetime.now(UTC))
        while await next_due(storage, datetime.now(UTC)):
            now = partial(datetime.now, UTC)
            await deliver(storage, telegram, owner="me", clock=now, in_flight=IN_FLIGHT, turn=telegram.turn)
            if await sandbox.refused():
                break
            await asyncio.sleep(0.05)
        refused = [
            f"429 in chat {each['chat_id']}" for each in sends(await sandbox.requests()) if each["status"] == 429
        ]
        if not refused and await taken(sandbox) != dict.fromkeys(wanted, 1):
            problems.append("not every message arrived once")
        times = [each["time"] for each in await sandbox.ledger()]
    rate = (len(times) - 1) / (times[-1] - times[0])
    count = f"{size} messages, {len(chats)} chats"
    return outcome(count, f"{len(refused)} × 429, {rate:.1f} messages/s", refused + problems)


async def obeys_each(seed: int, size: int, database_url: str) -> Outcome:
    """`size` messages to a fifth as many chats; three requests in ten are refused for 1 to 35 s, one for half a day."""
    chance, clock, problems = random.Random(seed), Clock(), list[str]()
    async with (
        a_telegram() as sandbox,
        opened(database_url) as storage,
        a_sender(sandbox) as telegram,
    ):
        chats = [await reader_in(sandbox) for _ in range(size // 5)]
        for each in chats:
            await joined(storage, each, clock)
        patient = chats[0].chat_id
        wanted = [(patient, "Message -1"), (patient, "Message -2")]
        wanted += [(chance.choice(chats).chat_id, f"Message {number}") for number in range(size)]
        for chat_id, text in wanted:
            await storage.outbox.add(chat_id, Message(html=text), now=clock())
        await sandbox.fault("429", method="sendMessage", chat_id=patient, nth=2, retry_after=HALF_A_DAY)
        await sandbox.fault("429", method="sendMessage", probability=0.3, seed=seed, retry_after=[1, 35])
        begun = clock()
        await sent_out(storage, telegram, clock, sandbox)
        asked = sends(await sandbox.requests())
        problems += too_early(asked)
        if await taken(sandbox) != dict.fromkeys(wanted, 1):
            problems.append("not every message arrived once")
        others = [each["time"] for each in await sandbox.ledger() if each["chat_id"] != patient]
        if max(others) - begun.timestamp() > HALF_A_DAY / 2:
            problems.append("one chat's half a day held up the others")
    refused = sum(each["status"] == 429 for each in asked)
    return outcome(f"{len(wanted)} messages, {refused} × 429", f"0 early, {(clock() - begun)} by the clock", problems)


def too_early(asked: Sequence[Json]) -> list[str]:
    """Requests that came before the silence asked for was over: of their chat, or of all after two within a second."""
    found: list[str] = []
    until: dict[int, float] = {}
    hits: dict[int, float] = {}
    silent_since = silent_until = float("-inf")
    since_silence = 0
    for each in asked:
        chat_id, at = each["chat_id"], each["time"]
        if at < until.get(chat_id, 0):
            found.append(f"chat {chat_id} was asked {until[chat_id] - at:.0f} s early")
        if silent_since <= at < silent_until:
            since_silence += 1
            # What has begun until the second refusal is known cannot be called back.
            if at > silent_since or since_silence > 2 * IN_FLIGHT:
                found.append(f"chat {chat_id} was asked while all had to wait")
        if each["status"] == 429:
            wait = re.search(r"\d+$", each["description"])
            assert wait is not None
            hits[chat_id], until[chat_id] = at, at + int(wait[0])
            together = [other for other, when in hits.items() if at - when <= 1]
            if len(together) > 1:
                silent_since, silent_until = at, min(until[other] for other in together)
                since_silence = 0
    return found


CAMPAIGNS = [
    Campaign("T1", "at Telegram's own limits", earns_none, 300, 10_000),
    Campaign("T1", "three requests in ten refused, one for half a day", obeys_each, 60, 10_000),
]
