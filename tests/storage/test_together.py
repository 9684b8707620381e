"""Many at once: nothing is lost, nothing done twice, and nobody is told to come back later."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import time

import pytest
import pytest_asyncio
from sqlalchemy import text

from news.article import Entry
from storage import NumberTaken, Storage, Unavailable
from tests import postgres
from tests.storage.given import (
    HELLO,
    LEASE,
    NOW,
    a_chat,
    a_digest,
    a_schedule,
    a_slot,
    an_article,
    begun,
    later,
    next_due,
    settle,
)


@pytest_asyncio.fixture
async def other(database_url: str, storage: Storage) -> AsyncIterator[Storage]:
    """The same database as `storage`, as another process would have it."""
    opened = await Storage.open(database_url)
    yield opened
    await opened.close()


async def at_once(count: int, act: Callable[[int], Awaitable[object]]) -> list[object]:
    return list(await asyncio.gather(*(act(each) for each in range(count))))


async def test_fifty_changes_of_one_story_at_once_lose_nothing(storage: Storage, other: Storage) -> None:
    story = await an_article(storage, source="Source 0")

    async def tell(each: int) -> None:
        await an_article((storage, other)[each % 2], story_id=story.story_id, source=f"Source {each + 1}")

    await at_once(50, tell)

    told = await storage.stories.get(story.story_id)
    assert told is not None
    assert set(told.sources) == {f"Source {each}" for each in range(51)}


async def test_one_entry_stored_by_many_at_once_is_one_article(storage: Storage, other: Storage) -> None:
    async def add(each: int) -> object:
        return await (storage, other)[each % 2].articles.add(
            Entry(headline="Comet"),
            keys=[f"only {each}", "guid", "url"],
            bullets=[],
            topics=[],
            story_id=None,
            sketch={},
            source="",
            feed_id=None,
            now=NOW,
        )

    stored = await at_once(20, add)

    assert len([each for each in stored if each is not None]) == 1
    assert await storage.articles.count() == 1
    assert len(await storage.stories.recent(NOW)) == 1


async def test_every_change_of_a_schedule_at_once_is_an_epoch(storage: Storage, other: Storage) -> None:
    await a_chat(storage)

    async def change(each: int) -> None:
        await (storage, other)[each % 2].schedules.set(
            7, times=(time(each % 24),), days=frozenset({0}), now=NOW, next_due_at=None
        )

    await at_once(20, change)

    assert [each.epoch for each in await storage.schedules.of(7)] == [20]


async def test_two_claimers_never_get_the_same_delivery_or_chat(storage: Storage, other: Storage) -> None:
    for chat_id in range(1, 21):
        await a_chat(storage, chat_id)
        for _ in range(3):
            await storage.outbox.add(chat_id, HELLO, now=NOW)
    sent: Counter[int] = Counter()
    flying: set[int] = set()

    async def send(each: int) -> None:
        mine = (storage, other)[each % 2]
        while await next_due(mine, NOW) or flying:
            for claimed in await mine.outbox.claim(f"owner {each}", now=NOW, lease=LEASE, limit=4):
                assert claimed.chat_id not in flying
                flying.add(claimed.chat_id)
                started = await begun(mine, claimed)
                assert started is not None
                sent[started.id] += 1
                flying.remove(claimed.chat_id)
                done = replace(started, state="sent", lease_owner=None, lease_until=None)
                assert await settle(mine, started, done)

    await at_once(4, send)

    assert len(sent) == 60
    assert set(sent.values()) == {1}
    assert (await storage.outbox.counts())["sent"] == 60


async def test_a_claimer_passes_by_what_another_is_just_claiming(postgres_url: str) -> None:
    storage = await Storage.open(postgres_url)
    for chat_id in (1, 2):
        await a_chat(storage, chat_id)
        await storage.outbox.add(chat_id, HELLO, now=NOW)
    async with storage._database.write() as another:
        await another.execute(text("SELECT id FROM outbox WHERE chat_id = 1 FOR UPDATE"))
        claimed = await storage.outbox.claim("me", now=NOW, lease=LEASE, limit=9)
    await storage.close()

    assert [each.chat_id for each in claimed] == [2]


async def test_a_slot_composed_by_many_at_once_is_written_once(storage: Storage, other: Storage) -> None:
    await a_chat(storage)
    slot = a_slot(await a_schedule(storage))

    async def compose(each: int) -> object:
        return await (storage, other)[each % 2].digests.write(
            a_digest(), deliveries=[HELLO], slot=slot, next_due_at=later(days=1)
        )

    written = await at_once(10, compose)

    assert len([each for each in written if each is not None]) == 1
    assert len(await storage.outbox.of(7)) == 1


async def test_of_two_digests_with_one_number_at_once_one_is_composed_again(storage: Storage, other: Storage) -> None:
    await a_chat(storage)

    async def write(each: int) -> object:
        try:
            return await (storage, other)[each % 2].digests.write(a_digest(), deliveries=[HELLO], slot=None)
        except NumberTaken:
            return "again"

    assert Counter(map(type, await at_once(5, write))) == {int: 1, str: 4}


async def test_a_write_broken_off_by_its_caller_leaves_the_writer_free(storage: Storage) -> None:
    for steps in range(12):
        task = asyncio.ensure_future(a_chat(storage, 100 + steps))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert await a_chat(storage) == await storage.chats.get(7)


async def test_while_another_process_writes_readers_read_and_writers_wait(sqlite_url: str) -> None:
    storage = await Storage.open(sqlite_url)
    await a_chat(storage)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.ensure_future(storage.chats.update(7, language="fr"))
    read = [await storage.chats.get(7) for _ in range(5)]
    was_waiting = not writing.done()
    other.execute("COMMIT")
    other.close()
    changed = await writing
    await storage.close()

    assert was_waiting
    assert [each and each.language for each in read] == ["en"] * 5
    assert changed.language == "fr"


async def test_a_full_disk_is_named_loses_nothing_and_is_got_over(sqlite_url: str) -> None:
    storage = await Storage.open(sqlite_url)
    await a_chat(storage)
    await a_limit(storage, 1)
    with pytest.raises(Unavailable, match="database or disk is full"):
        await at_once(500, lambda _: an_article(storage, "Comet", "words " * 500))
    kept = await storage.articles.count()
    await a_limit(storage, 1_000_000)
    await an_article(storage, "Comet")
    counted = await storage.articles.count()
    await storage.close()

    assert counted == kept + 1


async def a_limit(storage: Storage, pages: int) -> None:
    """As many pages as there are, or as given, are all that the disk holds."""
    async with storage._database.write() as connection:
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


async def test_a_server_that_restarts_is_got_over(postgres_url: str, postgres_server: postgres.Server) -> None:
    storage = await Storage.open(postgres_url)
    await a_chat(storage)
    await postgres_server.disconnect_everybody()

    assert await storage.chats.get(7) == await a_chat(storage)
    await storage.close()
