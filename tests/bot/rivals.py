"""Processes on one database that would all speak for one bot: `python -m tests.bot.rivals '{"url": …}'`.

Whoever leads is killed again and again, a newcomer takes its place in the queue, and in the end nothing is left to
send. Their clock runs fast, so that what is in doubt does not take minutes.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.sender import Telegram
from bot.transport import Transport
from jobs.deliver import deliver
from storage import Storage
from tests.storage.given import next_due

ROOT = Path(__file__).parents[2]
BEGAN = datetime(2026, 9, 1, tzinfo=UTC)
FAST = 20.0
"""Seconds that pass in one."""
SHORTEST, LONGEST = 0.05, 0.4
"""Seconds that a leader leads before it is killed."""
PROCESSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What they are to do."""

    url: str
    """The sandbox's."""
    token: str
    database: str
    told: str
    """A file in which each says that it leads."""
    deaths: int
    seed: str


def clock() -> datetime:
    # The same in all processes: a clock of its own would let one take back what another has just leased.
    return BEGAN + FAST * (datetime.now(UTC) - BEGAN)


async def speak(plan: Plan) -> None:
    """Waits for the lead, then sends until all is sent."""
    storage, transport = await Storage.open(plan.database), Transport()
    await transport.initialize()
    send = Telegram(transport, f"{plan.url}/bot{plan.token}")
    owner = str(os.getpid())
    async with storage.leads.held("bot"):
        tell(plan, owner)
        await storage.outbox.abandon(owner, clock())
        while await next_due(storage, clock()):
            await deliver(storage, send, owner=owner, clock=clock)
            await asyncio.sleep(0.05)
    await transport.shutdown()
    await storage.close()


def tell(plan: Plan, owner: str) -> None:
    with Path(plan.told).open("a") as file:
        file.write(f"{owner}\n")


def leaders(plan: Plan) -> list[int]:
    told = Path(plan.told)
    return [int(line) for line in told.read_text().split()] if told.exists() else []


def born(plan: Plan) -> int:
    """A new process. A fork, because most of a short life would be spent on imports."""
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(speak(plan))
        finally:
            os._exit(0 if sys.exception() is None else 1)
    return child


def main(plan: Plan) -> None:
    chance = random.Random(plan.seed)
    living = [born(plan) for _ in range(PROCESSES)]
    for death in range(plan.deaths):
        while len(leaders(plan)) <= death:
            time.sleep(0.01)
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        leader = leaders(plan)[-1]
        os.kill(leader, signal.SIGKILL)
        os.waitpid(leader, 0)
        living.remove(leader)
        living.append(born(plan))
    for child in living:
        _, status = os.waitpid(child, 0)
        if status:
            sys.exit(1)


async def rivalled(plan: Plan, *, within: float = 110.0) -> list[int]:
    """Who led, in order, until everything was sent."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.rivals", json.dumps(asdict(plan)), cwd=ROOT, start_new_session=True
    )
    try:
        assert await asyncio.wait_for(process.wait(), within) == 0
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return leaders(plan)


if __name__ == "__main__":
    main(Plan(**json.loads(sys.argv[1])))
