"""The lead: of many processes one speaks, and another begins as soon as it has ended, however it ended."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from storage import LeadLost, Storage, Unavailable
from tests import postgres
from tests.storage.given import HELLO, LEASE, NOW, a_chat, begun

ROOT = Path(__file__).parents[2]
HOLDS = """
import asyncio, sys
from storage import Storage

async def hold():
    storage = await Storage.open(sys.argv[1])
    async with storage.leads.held("bot-7"):
        print("leads", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""


@pytest_asyncio.fixture
async def other(database_url: str, storage: Storage) -> AsyncIterator[Storage]:
    """The same database as `storage`, as another process would have it."""
    opened = await Storage.open(database_url)
    yield opened
    await opened.close()


async def lead(storage: Storage, name: str, order: list[str], ended: asyncio.Event) -> None:
    async with storage.leads.held(name):
        order.append("other leads")
        await ended.wait()


async def test_while_one_leads_another_waits_and_takes_over_at_its_end(storage: Storage, other: Storage) -> None:
    order: list[str] = []
    ended = asyncio.Event()
    async with storage.leads.held("bot-7") as mine:
        waiting = asyncio.create_task(lead(other, "bot-7", order, ended))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.6)
        assert not mine.lost.is_set()
        order.append("one ends")
    ended.set()
    await asyncio.wait_for(waiting, 20)

    assert order == ["one ends", "other leads"]
    assert mine.lost.is_set()


async def test_two_bots_in_one_database_have_a_lead_each(storage: Storage, other: Storage) -> None:
    ended = asyncio.Event()
    ended.set()
    async with storage.leads.held("bot-7"):
        await asyncio.wait_for(lead(other, "bot-8", [], ended), 20)


async def test_a_leader_that_is_killed_leaves_no_lock_behind(database_url: str, storage: Storage) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDS, database_url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"leads\n"
        ended = asyncio.Event()
        ended.set()
        waiting = asyncio.create_task(lead(storage, "bot-7", [], ended))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.6)
        os.kill(process.pid, signal.SIGKILL)
        await asyncio.wait_for(waiting, 20)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_whoever_led_and_leads_no_more_sends_nothing_and_handles_nothing(storage: Storage) -> None:
    await a_chat(storage)
    await storage.outbox.add(7, HELLO, now=NOW)
    await storage.inbox.take_in([(1, 7, "{}")], NOW)
    async with storage.leads.held("bot-7"):
        [claimed] = await storage.outbox.claim("me", now=NOW, lease=LEASE, limit=9)

    assert await begun(storage, claimed) is None
    with pytest.raises(LeadLost):
        await storage.outbox.claim("me", now=NOW, lease=LEASE, limit=9)
    with pytest.raises(LeadLost):
        await storage.inbox.turn(begin=[1])
    assert (await storage.outbox.counts())["claimed"] == 1


async def test_a_lead_that_is_taken_again_counts_again(storage: Storage) -> None:
    await storage.inbox.take_in([(1, 7, "{}")], NOW)
    for _ in range(2):
        async with storage.leads.held("bot-7"):
            pass
    async with storage.leads.held("bot-7"):
        assert await storage.inbox.turn(begin=[1]) == {1}


async def test_when_the_server_drops_the_connection_the_lead_is_lost_and_the_next_one_has_it(
    postgres_url: str, postgres_server: postgres.Server
) -> None:
    storage, other = await Storage.open(postgres_url), await Storage.open(postgres_url)
    await storage.inbox.take_in([(1, 7, "{}")], NOW)
    ended = asyncio.Event()
    ended.set()
    async with storage.leads.held("bot-7") as mine:
        await postgres_server.disconnect_everybody()
        await asyncio.wait_for(mine.lost.wait(), 20)
        await asyncio.wait_for(lead(other, "bot-7", [], ended), 20)
        with pytest.raises(LeadLost):
            await storage.inbox.turn(begin=[1])
    await storage.close()
    await other.close()


async def test_what_a_leader_has_begun_to_write_does_not_outlive_its_lead(
    postgres_url: str, postgres_server: postgres.Server
) -> None:
    storage, other = await Storage.open(postgres_url), await Storage.open(postgres_url)
    await storage.inbox.take_in([(1, 7, "{}")], NOW)
    ended = asyncio.Event()
    ended.set()
    async with storage.leads.held("bot-7"):
        with pytest.raises(Unavailable):  # noqa: PT012
            async with storage._database.leading() as connection:
                await connection.execute(text("UPDATE inbox SET state = 'taken'"))
                await postgres_server.disconnect_everybody()
                await asyncio.wait_for(lead(other, "bot-7", [], ended), 20)
    assert [each.update_id for each in await other.inbox.waiting(9)] == [1]
    await storage.close()
    await other.close()
