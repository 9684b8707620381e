"""D1, D3, D9, S7: the program as it is run: several at once, ten thousand chats at one slot, three days of memory."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time as clocks
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from statistics import linear_regression
from typing import Any

from benchmarks.reliability import stage
from benchmarks.reliability.account import account, damage, ledger
from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import a_telegram, digests_due, follow, opened, readers
from benchmarks.reliability.lives import ROOT, is_finished, program
from bot.pace import FREE
from storage import Storage
from tests.bot.talking import Clock
from tests.jobs.given import news
from tests.sandbox.running import RunningSandbox

AT_ONCE = 3
SERVE = "from bot.cli import main; main()"
LATEST_START = 60.0
MOST_MEMORY, MOST_GROWTH = 300.0, 1.0
"""MB in all, and MB more an hour once it is warm."""
WARM = 24
"""Hours."""


class Serving:
    """A `serve` process, as an operator starts it."""

    def __init__(self, database_url: str, sandbox: RunningSandbox) -> None:
        self._environment = os.environ | {
            "BOT_TOKEN": sandbox.token,
            "DATABASE_URL": database_url,
            "TELEGRAM_URL": sandbox.url,
            "SEEDS": "none",
            "LOG_LEVEL": "ERROR",
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SERVE, "serve"),
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def end(self, number: signal.Signals) -> None:
        if self._process:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)
            await self._process.wait()


@asynccontextmanager
async def serving(database_url: str, sandbox: RunningSandbox, count: int) -> AsyncIterator[list[Serving]]:
    """So many of them on one database."""
    processes = [Serving(database_url, sandbox) for _ in range(count)]
    try:
        for each in processes:
            await each.start()
        yield processes
    finally:
        await asyncio.gather(*(each.end(signal.SIGKILL) for each in processes))


async def three_at_once(seed: int, size: int, database_url: str) -> Outcome:
    """Three `serve` on one database; each in turn is killed and started again, `size` times in all."""
    return await _three(seed, size, database_url, signal.SIGKILL, repeats=4 * size)


async def three_in_good_order(seed: int, size: int, database_url: str) -> Outcome:
    """The same, but none dies: each is asked to end. Nothing excuses a repeat then."""
    return await _three(seed, size, database_url, signal.SIGTERM, repeats=0)


async def _three(seed: int, size: int, database_url: str, number: signal.Signals, *, repeats: int) -> Outcome:
    chance = random.Random(seed)
    async with a_telegram("--delay", "0.1") as sandbox, opened(database_url) as storage:
        chats = await readers(sandbox, storage, 20 * size)
        parts = await digests_due(storage, chats, 60 * size, most_parts=2, now=datetime.now(UTC))
        async with serving(database_url, sandbox, AT_ONCE) as processes:
            await _until_taken(sandbox, 1, seconds=60)
            for turn in range(size):
                await asyncio.sleep(chance.uniform(0.5, 2.5))
                await processes[turn % AT_ONCE].end(number)
                await processes[turn % AT_ONCE].start()
            # A doubt waits two minutes at most, and one after the other.
            await _until(lambda: is_finished(storage), seconds=300 + 10 * size + parts / 10)
        found = await account(storage, ledger(sandbox.ledger_file), chats, lives=None)
    found.problems += [f"{found.extra} repeats in {size} ends"] if found.extra > repeats else []
    return outcome(f"{AT_ONCE} processes, {size} ends, {parts} messages", found.told(), found.problems)


async def asked_for(seed: int, size: int, database_url: str) -> Outcome:
    """Digests asked for by /digest, ten people at a time, while `serve` is killed `size` times amid them."""
    chance = random.Random(seed)
    async with a_telegram("--delay", "0.05") as sandbox, opened(database_url) as storage:
        chats = await readers(sandbox, storage, 10 * (size + 1))
        await follow(storage, chats, since=datetime.now(UTC))
        await news(storage, "Comet passes", now=datetime.now(UTC) - timedelta(hours=1))
        async with serving(database_url, sandbox, 1) as [bot]:
            for life in range(size + 1):
                some, before = chats[10 * life : 10 * (life + 1)], len(ledger(sandbox.ledger_file))
                await asyncio.gather(*(sandbox.say(chat_id, chat_id, "/digest") for chat_id in some))
                if life < size:
                    await _until_taken(sandbox, before + chance.randint(0, 5), seconds=60)
                    await asyncio.sleep(chance.uniform(0, 0.05))
                    await bot.end(signal.SIGKILL)
                    await bot.start()
            await _until(lambda: _has_all(sandbox, storage, chats), seconds=200 + 10 * size)
        found = await account(storage, _digests(sandbox), chats, lives=None)
    told = Counter(chat_id for (chat_id, _), copies in found.copies.items() for _ in copies)
    found.problems += [f"chat {chat_id} was told nothing" for chat_id in chats if not told[chat_id]]
    found.problems += [f"{found.extra} repeats in {size} kills"] if found.extra > 4 * size else []
    found.problems += damage(database_url)
    return outcome(f"{size} kills, {len(chats)} commands", found.told(), found.problems)


def _digests(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    """What was taken that tells the news; a command that is dealt with again may also say that there is no more."""
    return [each for each in ledger(sandbox.ledger_file) if "Comet passes" in str(each)]


async def _has_all(sandbox: RunningSandbox, storage: Storage, chats: list[int]) -> bool:
    return {each["chat_id"] for each in _digests(sandbox)} >= set(chats) and await is_finished(storage)


async def one_slot(seed: int, size: int, database_url: str) -> Outcome:
    """`size` chats want their digest at the same minute, within Telegram's limits, replies after 300 ms."""
    async with a_telegram("--delay", "0.3", "--limits", "free") as sandbox, opened(database_url) as storage:
        chats = await readers(sandbox, storage, size)
        await news(storage, "Comet passes", now=datetime.now(UTC) - timedelta(hours=1))
        # Time for the chats to be written down, then the next full minute.
        due = datetime.fromtimestamp((clocks.time() + 30 + size / 40) // 60 * 60 + 60, UTC)
        await follow(storage, chats, times=(due.time(),), since=due - timedelta(minutes=30))
        async with serving(database_url, sandbox, 1):
            await asyncio.sleep(max(0.0, due.timestamp() - clocks.time()))
            allowed = size / 12 + LATEST_START
            taken = await _until_taken(sandbox, size, seconds=allowed + 60)
        times = sorted(each["time"] - due.timestamp() for each in ledger(sandbox.ledger_file))
    problems = [] if taken >= size else [f"{taken} of {size} were taken"]
    problems += [f"the first came {times[0]:.0f} s late"] if times and times[0] > LATEST_START else []
    problems += [f"the last came after {times[-1]:.0f} s of {allowed:.0f}"] if times and times[-1] > allowed else []
    problems += ["some came early"] if times and times[0] < 0 else []
    told = (
        f"first {times[0]:.1f} s, last {times[-1]:.0f} s after the slot; allowed {allowed:.0f} s" if times else "none"
    )
    return outcome(f"{size} chats", told, problems)


async def one_slot_put(seed: int, size: int, database_url: str) -> Outcome:
    """The same by a clock that is put to the slot, without the pauses between two looks for what is due."""
    clock, late = Clock(), timedelta(hours=1)
    async with a_telegram("--delay", "0.3", "--limits", "free") as sandbox, opened(database_url) as storage:
        chats = await readers(sandbox, storage, size)
        await news(storage, "Comet passes", now=clock())
        await follow(storage, chats, times=((clock() + late).time(),), since=clock())
        async with stage.serving(sandbox, database_url, clock, limits=FREE):
            clock.now += late
            begun = clocks.time()
            taken = await _until_taken(sandbox, size, seconds=size / 12 + LATEST_START)
        times = [each["time"] - begun for each in ledger(sandbox.ledger_file)]
        refused = sum(each["status"] == 429 for each in await sandbox.requests())
    problems = [] if taken == size else [f"{taken} of {size} were taken"]
    problems += [f"{refused} × 429"] if refused else []
    return outcome(f"{size} chats", f"the last after {max(times, default=0):.1f} s", problems)


async def _until(is_so: Callable[[], Awaitable[bool]], *, seconds: float) -> None:
    """Comes back once it is so, or the time is over."""
    deadline = clocks.monotonic() + seconds
    while not await is_so() and clocks.monotonic() < deadline:  # noqa: ASYNC110 - others do it
        await asyncio.sleep(0.5)


async def _until_taken(sandbox: RunningSandbox, count: int, *, seconds: float) -> int:
    """How many messages Telegram has taken when they are so many, or the time is over."""
    deadline = clocks.monotonic() + seconds
    while (taken := len(ledger(sandbox.ledger_file))) < count and clocks.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    return taken


async def soak(seed: int, size: int, database_url: str) -> Outcome:
    """`size` feeds and twice as many chats for seventy-two hours of a clock that is given."""
    told = await program("benchmarks.reliability.soaking", database_url, str(size))
    memory = told["memory"]
    slope = linear_regression(range(WARM, len(memory)), memory[WARM:]).slope
    problems = [f"{max(memory):.0f} MB"] if max(memory) > MOST_MEMORY else []
    problems += [f"{slope:.2f} MB more an hour"] if slope > MOST_GROWTH else []
    problems += [] if told["sent"] else ["nothing was sent"]
    seen = f"{max(memory):.0f} MB at most, {slope:+.2f} MB an hour after the first day; {told['sent']} digests"
    return outcome(f"{size} feeds, {2 * size} chats, {len(memory)} h", seen, problems)


CAMPAIGNS = [
    Campaign("D1", "digests asked for, killed amid commands", asked_for, 5, 100),
    Campaign("D3", "three serve on one database, killed in turn", three_at_once, 5, 30),
    Campaign("D3", "three serve on one database, ended in turn in good order", three_in_good_order, 5, 30),
    Campaign("D9", "all chats at one slot", one_slot, 300, 10_000),
    Campaign("D9", "all chats at one slot that is put", one_slot_put, 100, 1_000),
    Campaign("S7", "seventy-two hours", soak, 20, 500, ("sqlite",)),
]
