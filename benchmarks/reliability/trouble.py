"""T10 and T11: Telegram is bad for half an hour, or no longer knows our token; nothing is lost by it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter
from pathlib import Path

from structlog.testing import capture_logs

from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import IMPATIENT, a_sender, a_telegram, opened
from benchmarks.reliability.stage import eventually, joined, reader_in, sends, sent_out, serving, settled, taken
from bot.dispatch import dispatch
from bot.standing import Standing
from jobs.deliver import deliver
from news.messages.message import Message
from tests.bot.talking import Clock

QUICK = ("500", "502-html", "502-json", "truncated-json", "invalid-json", "wrong-content-type", "garbage",
         "reset-before-accept", "reset-after-accept")  # fmt: skip
SLOW = ("hang-before-accept", "hang-after-accept", "slow")
NOWHERE = {"TLS fails": "https{address}", "no such name": "http://no-such-host.invalid"}
IN_FLIGHT = 4
BAD_MINUTES = 30
MINUTE = 60.0
MOST_BYTES = 30 << 20
OTHER_TOKEN = "700100200:another-token-of-the-sandbox"


async def bad_telegram(seed: int, size: int, database_url: str) -> Outcome:
    """Fourteen kinds of trouble, half an hour of each by the clock: all is drained after, in copies or visibly."""
    clock, problems, copies = Clock(), list[str](), 0
    async with a_telegram() as sandbox, opened(database_url) as storage, a_sender(sandbox, IMPATIENT) as telegram:
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
    async with a_telegram() as sandbox, serving(sandbox, database_url, Clock()) as desk:
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
    """The token is taken back for `size` minutes while half as many chats wait: one probe a minute, nothing changes.

    Of the messages that may be in flight at once, the first round asks for each.
    """
    del seed
    clock, wake, is_over = Clock(), asyncio.Event(), asyncio.Event()
    asked, looks = [0], [clock()]
    same = attrgetter("id", "state", "message", "doubt", "reason", "message_id")
    async with a_telegram() as sandbox, opened(database_url) as storage:
        people = [await reader_in(sandbox) for _ in range(max(2 * IN_FLIGHT, size // 2))]
        for each in people:
            await joined(storage, each, clock)
            await storage.outbox.add(each.chat_id, Message(html="Hello"), now=clock())
        rows = [same(row) for each in people for row in await storage.outbox.of(each.chat_id)]
        async with a_sender(sandbox, IMPATIENT) as telegram:
            await sandbox.revoke(OTHER_TOKEN)

            async def sleep(seconds: float) -> None:
                asked.append(len(sends(await sandbox.requests())))
                clock.tick(seconds=seconds)
                looks.append(clock())
                wake.set()
                if len(asked) > size:
                    is_over.set()
                    await asyncio.Event().wait()

            wake.set()
            with capture_logs() as logs:
                sending = asyncio.create_task(
                    dispatch(
                        storage,
                        telegram,
                        wake,
                        owner="me",
                        standing=Standing(clock),
                        clock=clock,
                        in_flight=IN_FLIGHT,
                        sleep=sleep,
                    )
                )
                await asyncio.wait_for(is_over.wait(), 60 + size)
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        probes = [after - before for before, after in pairwise(asked)]
        after = [same(row) for each in people for row in await storage.outbox.of(each.chat_id)]
        async with a_sender(sandbox, IMPATIENT) as telegram:
            await sent_out(storage, telegram, clock)
        arrived = await taken(sandbox)
    told = [line for line in logs if line["log_level"] == "error" and "token" in str(line)]
    waits = [(after - before).total_seconds() for before, after in pairwise(looks)]
    problems = [f"{count} probes at once" for count in probes[1:] if count != 1]
    problems += [f"the next probe after {wait:.0f} s" for wait in waits if wait != MINUTE]
    problems += [f"{probes[0]} requests before the first answer"] if probes[0] > IN_FLIGHT else []
    problems += [] if len(told) == 1 else [f"the operator was told {len(told)} times"]
    problems += [] if after == rows else ["the messages changed"]
    if arrived != {(each.chat_id, "Hello"): 1 for each in people}:
        problems.append("not everything was sent once with the new token")
    seen = f"{probes[0]} requests at once, then 1 probe a minute, all sent after"
    return outcome(f"{size} minutes, {len(people)} chats", seen, problems)


def _memory() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


CAMPAIGNS = [
    Campaign("T10", "half an hour of each trouble with sending", bad_telegram, 2, 50),
    Campaign("T10", "each trouble with listening", bad_listening, 2, 50),
    Campaign("T11", "the token is taken back", revoked, 5, 1_000),
]
