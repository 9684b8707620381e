"""Errands: what several processes hand each other. PostgreSQL alone."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
import pytest_asyncio

from storage import Storage, Unavailable
from storage.errands import Doing
from tests import postgres
from tests.storage.given import NOW

LEASE = timedelta(seconds=1)
SOON = 30.0


@pytest_asyncio.fixture
async def news(postgres_url: str) -> AsyncIterator[Storage]:
    opened = await Storage.open(postgres_url)
    await opened.errands.ready()
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def other(postgres_url: str, news: Storage) -> AsyncIterator[Storage]:
    """The same database as `news`, as another process would have it."""
    opened = await Storage.open(postgres_url)
    yield opened
    await opened.close()


class Hand:
    """Runs errands in this process, and remembers which."""

    def __init__(self, storage: Storage, kind: str = "refresh") -> None:
        self.storage = storage
        self.kind = kind
        self.begun: list[list[int]] = []
        self.stop = asyncio.Event()

    async def _run(self, ids: Sequence[int]) -> None:
        self.begun.append(list(ids))

    async def work(self) -> None:
        doing = Doing(run=self._run, put_off=self._run)
        await self.storage.errands.run({self.kind: doing}, self.stop, lease=LEASE, at_once=3)

    async def until_nothing_is_left(self) -> None:
        working = asyncio.create_task(self.work())
        async with asyncio.timeout(SOON):
            while await self.storage.errands.unfinished(self.kind):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        self.stop.set()
        await working


async def test_what_is_handed_out_twice_is_done_once(news: Storage, other: Storage) -> None:
    await asyncio.gather(*(each.errands.hand_out("refresh", range(50), size=8) for each in (news, other) * 5))
    one, two = Hand(news), Hand(other)
    await asyncio.gather(one.until_nothing_is_left(), two.until_nothing_is_left())

    assert sorted(each for ids in one.begun + two.begun for each in ids) == list(range(50))


async def test_what_is_in_an_errand_is_in_no_other_even_when_the_batches_shift(news: Storage) -> None:
    first = await news.errands.hand_out("refresh", range(20), size=8)
    second = await news.errands.hand_out("refresh", range(5, 30), size=8)

    assert (first, second) == (3, 2)
    assert sorted(await news.errands.unfinished("refresh")) == list(range(30))


async def test_an_errand_that_kills_its_processes_kills_three_of_them_and_costs_the_others_nothing(
    news: Storage, postgres_url: str
) -> None:
    await news.errands.hand_out("refresh", range(1, 9), size=8)
    lives = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.storage.mortal", postgres_url, "5", stdout=asyncio.subprocess.PIPE
    )
    said = (await lives.communicate())[0].decode().splitlines()

    assert [line for line in said if line.startswith("ended")] == [f"ended {-signal.SIGKILL}"] * 3 + ["ended 0"]
    assert [line for line in said if "5" in line] == ["run 1 2 3 4 5 6 7 8", "run 5", "run 5", "put off 5"]
    assert {f"run {each}" for each in range(1, 9)} <= set(said)
    assert await news.errands.unfinished("refresh") == []


async def test_what_is_in_errands_already_is_left_out_where_it_is_looked_for(news: Storage) -> None:
    feeds = [await news.feeds.add(f"https://{at}.example", now=NOW) for at in range(4)]
    ids = [feed.id for feed in feeds]
    await news.errands.hand_out("refresh", ids[:1], size=8)
    await news.errands.hand_out("refresh behind", ids[1:2], size=8)
    await news.errands.hand_out("compose", ids[2:3], size=8)
    held = news.errands.held("refresh", "refresh behind")

    assert await news.feeds.due_ids(NOW, 9, besides=held) == ids[2:]
    assert await news.feeds.due_ids(NOW, 9) == ids


async def test_one_process_at_a_time_looks_what_is_due_of_a_kind(news: Storage, other: Storage) -> None:
    async with (
        news.errands.looking("compose") as first,
        other.errands.looking("compose") as second,
        other.errands.looking("refresh") as of_another_kind,
    ):
        pass
    async with other.errands.looking("compose") as later:
        pass

    assert (first, second, of_another_kind, later) == (True, False, True, True)


async def test_those_of_one_kin_come_into_one_errand_where_they_fit(news: Storage) -> None:
    kin = {1: 7, 2: 7, 3: 8, 4: 8, 5: 9, 6: 9, 7: 9, 8: 9, 9: 9, 10: 6}
    await news.errands.hand_out("compose", [*kin], size=3, kin=kin)
    hand = Hand(news, "compose")
    await hand.until_nothing_is_left()

    assert sorted(hand.begun) == [[1, 2], [3, 4], [5, 6, 7], [8, 9, 10]]


async def test_errands_that_were_swept_away_can_be_handed_out_again(news: Storage) -> None:
    await news.errands.hand_out("refresh", [1, 2, 3], size=8)
    async with news._database.migration() as connection:
        await connection.exec_driver_sql("TRUNCATE errands_1_6.pgqueuer")

    assert await news.errands.hand_out("refresh", [1, 2, 3], size=8) == 1


async def test_no_more_is_handed_out_than_can_be_told_apart(news: Storage) -> None:
    assert await news.errands.hand_out("refresh", range(1_000), size=1) == 400
    assert await news.errands.hand_out("refresh", range(1_000), size=1) == 0


async def test_ready_twice_at_once_is_ready(empty_postgres_url: str) -> None:
    one, two = [await Storage.open(empty_postgres_url) for _ in range(2)]
    await asyncio.gather(*(each.errands.ready() for each in (one, two) * 3))
    assert await one.errands.hand_out("refresh", [1], size=1) == 1
    await one.close()
    await two.close()


async def test_errands_tell_of_a_database_that_went_away(news: Storage, postgres_server: postgres.Server) -> None:
    hand = Hand(news)
    working = asyncio.create_task(hand.work())
    await news.errands.hand_out("refresh", [1], size=1)
    async with asyncio.timeout(SOON):
        while not hand.begun:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await postgres_server.disconnect_everybody()

    with pytest.raises(Unavailable):
        await asyncio.wait_for(working, SOON)


async def test_sqlite_has_no_errands(sqlite_url: str) -> None:
    storage = await Storage.open(sqlite_url)
    with pytest.raises(Unavailable, match="several need PostgreSQL"):
        _ = storage.errands
    await storage.close()


async def test_what_is_run_apart_waits_for_nobody_and_nothing_is_in_errands_of_both_kinds(
    news: Storage, other: Storage
) -> None:
    release, done, stop = asyncio.Event(), list[list[int]](), asyncio.Event()

    async def held(_: Sequence[int]) -> None:
        await release.wait()

    async def noted(ids: Sequence[int]) -> None:
        done.append(list(ids))

    first = await news.errands.hand_out("refresh behind", range(4), size=2)
    second = await news.errands.hand_out("refresh", range(2, 6), size=8, unless="refresh behind")
    tasks = [
        asyncio.create_task(news.errands.run({kind: Doing(run, run)}, stop, lease=LEASE, at_once=2))
        for kind, run in (("refresh behind", held), ("refresh", noted))
    ]
    async with asyncio.timeout(SOON):
        while await other.errands.unfinished("refresh"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    waiting = await other.errands.unfinished("refresh behind")
    release.set()
    stop.set()
    await asyncio.gather(*tasks)

    assert (first, second, done, sorted(waiting)) == (2, 1, [[4, 5]], [0, 1, 2, 3])
