"""S4: a PostgreSQL that restarts and drops connections while messages leave."""

from __future__ import annotations

import asyncio
import random

from benchmarks.reliability.account import account, ledger
from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import a_sender, a_telegram, digests_due, opened, readers
from benchmarks.reliability.lives import is_finished
from jobs.deliver import Sender, deliver
from storage import Storage, Unavailable
from tests import postgres
from tests.jobs.given import Clock

RESTARTS = 10
"""One in so many blows is a restart; the others end every connection."""


async def unsteady_server(seed: int, size: int, database_url: str) -> Outcome:
    """`size` blows at a server of its own, one in ten a crash, over 25 messages each."""
    chance, clock, accidents = random.Random(seed), Clock(), 0
    # What it has committed it keeps through a crash of its own, as one that is not made for tests does.
    with postgres.running(synchronous_commit="on") as server:
        async with (
            server.database("unsteady") as url,
            a_telegram("--delay", "0.005") as sandbox,
            a_sender(sandbox) as send,
            opened(url) as storage,
        ):
            chats = await readers(sandbox, storage, 50)
            await digests_due(storage, chats, 15 * size, most_parts=3)
            sending = asyncio.create_task(_through_all(storage, send, clock))
            for blow in range(size):
                await asyncio.sleep(chance.uniform(0.02, 0.4))
                if blow % RESTARTS == RESTARTS // 2 or size == blow + 1:
                    await asyncio.to_thread(server.restart)
                else:
                    await server.disconnect_everybody()
            while not sending.done():
                clock.tick(minutes=1)
                await asyncio.wait({sending}, timeout=0.3)
            accidents = await sending
            found = await account(storage, ledger(sandbox.ledger_file), chats, lives=None)
    problems = list(found.problems)
    problems += [f"{found.extra} repeats in {size} blows"] if found.extra > 4 * size else []
    return outcome(f"{size} blows", f"{found.told()}, {accidents} times told that it is away", problems)


async def _through_all(storage: Storage, send: Sender, clock: Clock) -> int:
    """Sends until nothing is unfinished; how often the storage was away."""
    away = 0
    while True:
        try:
            done = await deliver(storage, send, owner="me", clock=clock)
            away += len(done.accidents)
            if await is_finished(storage):
                return away
        except Unavailable:
            away += 1
        await asyncio.sleep(0.05)


CAMPAIGNS = [
    Campaign("S4", "restarts and dropped connections", unsteady_server, 30, 220, ("postgresql",)),
]
