"""D1, D2, D4: what is sent survives deaths, crash loops and a Telegram that refuses."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import count

from benchmarks.reliability.account import Account, account, damage, interleaved, ledger
from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.dying import POINTS
from benchmarks.reliability.given import a_sender, a_telegram, digests_due, follow, opened, readers
from benchmarks.reliability.lives import BETWEEN, Life, Plan, alerts_of, is_finished, lives
from jobs.deliver import deliver
from storage import Storage
from tests.jobs.given import NOW, Clock, news
from tests.sandbox.running import RunningSandbox

REPLY = "0.03"
"""Seconds between a message that is taken and the reply that says so."""


def plan_of(sandbox: RunningSandbox, database_url: str, seed: int, deaths: int) -> Plan:
    return Plan(
        database=database_url,
        base_url=f"{sandbox.base_url}{sandbox.token}",
        diary=str(sandbox.ledger_file.with_name("diary.jsonl")),
        start=NOW.isoformat(),
        seed=seed,
        deaths=deaths,
    )


async def killed_at_random(seed: int, size: int, database_url: str) -> Outcome:
    """`size` kills over 25 deliveries each, composing among them."""
    deliveries = 25 * size
    async with a_telegram("--delay", REPLY) as sandbox, opened(database_url) as storage:
        chats = await readers(sandbox, storage, max(5, deliveries // 5))
        await digests_due(storage, chats, deliveries // 2)
        await follow(storage, chats[: len(chats) // 5])
        await news(storage, "Comet passes", "Bridge opens")
        plan = plan_of(sandbox, database_url, seed, size)
        lived = await lives(plan)
        found = await _accounted(storage, sandbox, chats, lived, database_url)
        found.problems += _without(found, chats[: len(chats) // 5], "Comet passes")
    deaths = sum(life.was_killed for life in lived)
    return outcome(f"{deaths} kills", found.told(), found.problems)


async def killed_at_each_point(seed: int, size: int, database_url: str) -> Outcome:
    """`size` kills at each of the places in a digest's way; in each life another chat's slot comes."""
    deaths = size * len(POINTS)
    async with a_telegram("--delay", "0.005") as sandbox, opened(database_url) as storage:
        chats = await readers(sandbox, storage, deaths + 5)
        await digests_due(storage, chats, 10 * deaths)
        for life, chat_id in enumerate(chats[:deaths]):
            at = (NOW + life * BETWEEN).time()
            await follow(storage, [chat_id], times=(at,), since=NOW - timedelta(minutes=1))
        await news(storage, "Comet passes")
        lived = await lives(replace(plan_of(sandbox, database_url, seed, deaths), points=POINTS))
        found = await _accounted(storage, sandbox, chats, lived, database_url)
        found.problems += _without(found, chats[:deaths], "Comet passes")
    killed = Counter(life.point for life in lived if life.was_killed)
    found.problems += [f"nobody passed “{point}”" for point in POINTS if not killed[point]]
    return outcome(f"{killed.total()} kills at {len(killed)} points", found.told(), found.problems)


async def parked_is_told(seed: int, size: int, database_url: str) -> Outcome:
    """What kills us `size` times and is parked for it is told to the operator."""
    async with a_telegram() as sandbox, opened(database_url) as storage:
        chats = await readers(sandbox, storage, 1)
        await follow(storage, chats)
        await news(storage, "Doom")
        plan = replace(plan_of(sandbox, database_url, seed, size), doomed="Doom")
        await lives(plan)
        told = alerts_of(plan).read_text().splitlines()
        parked = (await storage.outbox.counts())["parked"]
    problems = [] if (parked, len(told)) == (1, 1) else [f"{parked} parked, {len(told)} told"]
    return outcome(f"{size} restarts", f"told: {'; '.join(told)}", problems)


async def crash_loop(seed: int, size: int, database_url: str) -> Outcome:
    """`size` restarts with a digest that ends the process each time it is sent, and ten chats a restart beside it."""
    async with a_telegram() as sandbox, opened(database_url) as storage:
        chats = await readers(sandbox, storage, 10 * size)
        await digests_due(storage, chats[1:], len(chats) - 1)
        await follow(storage, chats[:1])
        await news(storage, "Doom")
        plan = plan_of(sandbox, database_url, seed, size)
        lived = await lives(replace(plan, doomed="Doom"))
        found = await _accounted(storage, sandbox, chats, lived, database_url)
        copies = sum(len(each) for (chat_id, _), each in found.copies.items() if chat_id == chats[0])
        found.problems += [] if copies == 3 else [f"the doomed one was taken {copies} times"]
        reached = {chat_id for chat_id, _ in found.copies}
        found.problems += [f"chat {chat_id} was held up" for chat_id in chats if chat_id not in reached]
        await news(storage, "Hope", now=NOW + timedelta(days=1))
        after = replace(plan, deaths=0, diary=plan.diary + "2", start=(NOW + timedelta(days=1)).isoformat())
        await lives(after)
        next_day = [each for each in ledger(sandbox.ledger_file, chats[:1]) if "Hope" in each["text"]]
        if not any("Doom" in each["text"] for each in next_day):
            found.problems.append("what was parked did not come again in the next digest")
    return outcome(f"{size} restarts, {len(chats)} chats", f"{copies} copies of the doomed one, parked", found.problems)


async def order_under_refusals(seed: int, size: int, database_url: str) -> Outcome:
    """`size` digests of two to six parts while a tenth of all sends is refused or answered by rubbish."""
    return await _refused(seed, size, database_url, may_interleave=True)


async def nothing_between_parts(seed: int, size: int, database_url: str) -> Outcome:
    """The same, and no message of one digest comes between those of another."""
    return await _refused(seed, size, database_url, may_interleave=False)


async def _refused(seed: int, size: int, database_url: str, *, may_interleave: bool) -> Outcome:
    clock, rounds = Clock(), count()
    async with a_telegram() as sandbox, opened(database_url) as storage, a_sender(sandbox) as send:
        chats = await readers(sandbox, storage, max(5, size // 3))
        await digests_due(storage, chats, size, fewest_parts=2, most_parts=6)
        await sandbox.fault("429", method="sendMessage", probability=0.05, seed=seed, retry_after=2)
        await sandbox.fault("502-html", method="sendMessage", probability=0.03, seed=seed + 1, accept=True)
        await sandbox.fault("500", method="sendMessage", probability=0.03, seed=seed + 2)
        while not await is_finished(storage) and next(rounds) < 50 * size:
            await deliver(storage, send, owner="me", clock=clock)
            clock.tick(seconds=30)
        found = await _accounted(storage, sandbox, chats, None, database_url)
        found.problems += [] if may_interleave else interleaved(ledger(sandbox.ledger_file))
    return outcome(f"{size} digests", found.told(), found.problems)


async def _accounted(
    storage: Storage, sandbox: RunningSandbox, chats: list[int], lived: list[Life] | None, database_url: str
) -> Account:
    found = await account(storage, ledger(sandbox.ledger_file), chats, lives=lived)
    found.problems += damage(database_url)
    return found


def _without(found: Account, chats: list[int], headline: str) -> list[str]:
    """The chats that Telegram never took this story for."""
    told = {chat_id for chat_id, text in found.copies if headline in text}
    return [f"“{headline}” never reached {chat_id}" for chat_id in chats if chat_id not in told]


CAMPAIGNS = [
    Campaign("D1", "killed at random moments", killed_at_random, 40, 2_000),
    Campaign("D1", "killed at each named point", killed_at_each_point, 3, 10),
    Campaign("D2", "a message that kills us, in a crash loop", crash_loop, 10, 50),
    Campaign("D2", "the operator hears of what was parked for it", parked_is_told, 5, 10),
    Campaign("D4", "parts under 429, 500 and lost replies", order_under_refusals, 100, 1_000),
    Campaign("D4", "nothing comes between parts, under the same", nothing_between_parts, 100, 1_000),
]
