"""T10 and T11: Telegram is bad for half an hour, or no longer knows our token; nothing is lost by it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from benchmarks.reliability_telegram.campaign import Outcome, outcome
from benchmarks.reliability_telegram.stage import (
    eventually,
    joined,
    reader_in,
    sandboxed,
    sender_to,
    sends,
    sent_out,
    serving,
    settled,
    stored,
    taken,
)
from jobs.deliver import deliver
from news.messages.message import Message
from tests.bot.talking import Clock

QUICK = ("500", "502-html", "502-json", "truncated-json", "invalid-json", "wrong-content-type", "garbage",
         "reset-before-accept", "reset-after-accept")  # fmt: skip
SLOW = ("hang-before-accept", "hang-after-accept", "slow")
NOWHERE = {"TLS fails": "https{address}", "no such name": "http://no-such-host.invalid"}
BAD_MINUTES = 30
MOST_BYTES = 30 << 20
OTHER_TOKEN = "700100200:another-token-of-the-sandbox"


async def bad_telegram(seed: int, size: int, database_url: str) -> Outcome:
    """Fourteen kinds of trouble, half an hour of each by the clock: all is drained after, in copies or visibly."""
    clock, problems, copies = Clock(), list[str](), 0
    async with sandboxed() as sandbox, stored(database_url) as storage, sender_to(sandbox) as telegram:
        before = _memory()
        for kind in (*QUICK, *SLOW, *NOWHERE):
            people = [await reader_in(sandbox) for _ in range(size)]
            wanted = [(each.chat_id, f"{kind} {number}.") for each in people for number in range(2)]
            for each in people:
                await joined(storage, each, clock)
            for chat_id, text in wanted:
                await storage.outbox.add(chat_id, Message(html=text), now=clock())
            away = telegram
            if kind in NOWHERE:
                address = NOWHERE[kind].format(address=sandbox.url.removeprefix("http"))
                away = replace(telegram, base_url=f"{address}/bot{sandbox.token}")
            else:
                await sandbox.fault(kind, method="sendMessage", probability=0.95, seed=seed)
            for _ in range(0, BAD_MINUTES, 5):
                await deliver(storage, away, owner="me", clock=clock)
                clock.tick(minutes=5)
            await sandbox.clear_faults()
            await sent_out(storage, telegram, clock)
            arrived = await taken(sandbox)
            copies += sum(arrived[each] for each in wanted)
            for chat_id, text in wanted:
                [state] = [row.state for row in await storage.outbox.of(chat_id) if row.message.html == text]
                count = arrived[chat_id, text]
                if (count == 0 and state != "parked") or count > 3 or state not in ("sent", "parked"):
                    problems.append(f"{kind}: {count} copies, {state}")
        grown = _memory() - before
    if grown > MOST_BYTES:
        problems.append(f"{grown >> 20} MB more")
    tried = f"{len(QUICK + SLOW) + len(NOWHERE)} kinds × {2 * size} messages"
    return outcome(tried, f"{copies} copies, {grown >> 20} MB more", problems)


async def bad_listening(seed: int, size: int, database_url: str) -> Outcome:
    """Nine kinds of trouble with getUpdates, `size` commands during each: every one is answered."""
    problems = list[str]()
    async with sandboxed() as sandbox, serving(sandbox, database_url, Clock()) as desk:
        person = await reader_in(sandbox)
        for kind in QUICK:
            await sandbox.fault(kind, method="getUpdates", probability=0.7, seed=seed, times=2 * size)
            before = await sandbox.ledger()
            for _ in range(size):
                await person.write("/help")

            async def is_answered(count: int = len(before) + size) -> bool:
                return len(await sandbox.ledger()) >= count

            await eventually(is_answered)
            await settled(desk)
            if len(await sandbox.ledger()) != len(before) + size:
                problems.append(f"{kind}: answered more than once")
            await sandbox.clear_faults()
    return outcome(f"{len(QUICK)} kinds × {size} commands", "each answered once", problems)


async def revoked(seed: int, size: int, database_url: str) -> Outcome:
    """The token is taken back for `size` minutes while half as many chats wait: one probe a minute, nothing changes."""
    del seed
    clock, problems = Clock(), list[str]()
    async with sandboxed() as sandbox, stored(database_url) as storage:
        people = [await reader_in(sandbox) for _ in range(max(4, size // 2))]
        for each in people:
            await joined(storage, each, clock)
            await storage.outbox.add(each.chat_id, Message(html="Hello"), now=clock())
        async with sender_to(sandbox) as telegram:
            await sandbox.revoke(OTHER_TOKEN)
            rows = [await storage.outbox.of(each.chat_id) for each in people]
            for _ in range(size):
                asked = len(await sandbox.requests())
                done = await deliver(storage, telegram, owner="me", clock=clock, in_flight=1)
                clock.tick(minutes=1)
                if (probes := len(await sandbox.requests()) - asked) != 1:
                    problems.append(f"{probes} probes in a minute")
                if not (done.is_barred and len(done.alerts) == 1 and "token" in done.alerts[0]):
                    problems.append("the operator was not told")
            after = [await storage.outbox.of(each.chat_id) for each in people]
            same = ("id", "state", "message", "doubt", "reason", "message_id")
            changed = [
                name
                for old, new in zip(rows, after, strict=True)
                for name in same
                if getattr(old[0], name) != getattr(new[0], name)
            ]
            problems += [f"{name} changed" for name in changed]
        async with sender_to(sandbox) as telegram:
            await sent_out(storage, telegram, clock)
        arrived = await taken(sandbox)
        if arrived != {(each.chat_id, "Hello"): 1 for each in people}:
            problems.append("not everything was sent once with the new token")
        refused = sum(each["status"] == 401 for each in sends(await sandbox.requests()))
        if refused != size:
            problems.append(f"{refused} requests with the old token")
    return outcome(f"{size} minutes, {len(people)} chats", "1 probe a minute, all sent after", problems)


def _memory() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
