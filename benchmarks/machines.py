"""How work spreads over processes on one PostgreSQL: pieces a core second with one, two and four, and after a death.

`python -m benchmarks.machines [FEEDS] [CHATS]`; where one of them is 0, nothing of it. A core second is a second of
processor time, as the kernel counts it, of the processes at work with their children; starting up is not counted, and
what PostgreSQL spends is told apart. On two cores four processes cannot be faster than two, so what is asked is whether
a piece of work costs more of a core when more processes share it: the ratio says how much of one process's yield a core
still gives.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import text

from benchmarks.crowd import AWAKE, news, readers_who_missed, topics_and_feeds
from benchmarks.wires import ENTRIES, site, story
from bot.metronome import USUAL
from bot.seeding import taxonomy
from bot.work import AT_ONCE, FEEDS_AN_ERRAND, SCHEDULES_AN_ERRAND
from jobs.file import Shelves, file_entry
from news.article import Entry
from storage import Storage
from storage.errands import SETTINGS
from tests import postgres
from tests.bot.apart import apart

COUNTS = (1, 2, 4)
WARMING, WARMING_FEEDS = AT_ONCE * SCHEDULES_AN_ERRAND, AT_ONCE * FEEDS_AN_ERRAND
"""Chats and feeds before the clock begins: as many for each process as it takes at once, so that each has some."""
PATIENCE = 300.0
"""Seconds that a stage may take before the benchmark says that it hangs."""
DEATHS_LEASE = 5.0
LATER = timedelta(days=1)
NOWHERE = Path(os.devnull)
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Run:
    """What so many processes did: pieces of work, core seconds of theirs and of the server's, seconds by the clock."""

    processes: int
    done: int
    ours: float
    servers: float
    seconds: float

    @property
    def per_core(self) -> float:
        return self.done / self.ours


@dataclass(frozen=True, slots=True)
class Work:
    """So many pieces; the port of the site they come from, and the process of the PostgreSQL server."""

    pieces: int
    port: int
    server: int


def core_seconds(roots: list[int]) -> float:
    """Processor time so far of these processes and all below them, with the children they have seen end."""
    parents, times = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(folder.name)
        parents[pid] = int(fields[1])
        times[pid] = sum(map(int, fields[11:15])) / TICK

    def is_ours(pid: int) -> bool:
        while pid > 1:
            if pid in roots:
                return True
            pid = parents.get(pid, 0)
        return False

    return sum(times[pid] for pid in parents if is_ours(pid))


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def at_work(
    role: str,
    url: str,
    count: int,
    warm: Callable[[], Awaitable[None]],
    give: Callable[[], Awaitable[None]],
    left: Callable[[], Awaitable[int]],
    work: Work,
) -> Run:
    """Gives `count` processes work when all are ready and warm, and waits until none is left."""

    async def is_over() -> bool:
        return not await left()

    async with AsyncExitStack() as stack:
        # Looking what is due as often as a program that serves: more often costs a process 4 % of a core.
        often = USUAL.hand_out.total_seconds()
        ready = (stack.enter_async_context(apart(role, url, work.port, log=NOWHERE, often=often)) for _ in range(count))
        roots = [process.pid for process in await asyncio.gather(*ready)]
        for _ in range(2):
            # What a process loads when it is first used is no part of a piece's cost.
            await warm()
            await until(is_over)
        ours, servers, begun = core_seconds(roots), core_seconds([work.server]), time.perf_counter()
        await give()
        await until(is_over)
        took = time.perf_counter() - begun
        return Run(count, work.pieces, core_seconds(roots) - ours, core_seconds([work.server]) - servers, took)


def told(name: str, runs: list[Run], piece: str) -> None:
    for run in runs:
        print(
            f"{name}, {run.processes} processes: {run.per_core:,.1f} {piece} a core second,"
            f" {run.per_core / runs[0].per_core:.2f} of one process's"
            f" ({run.done:,} in {run.ours:.1f} core s of the processes, {run.servers:.1f} of PostgreSQL,"
            f" {run.seconds:.1f} s by the clock)",
            flush=True,
        )


async def add_feeds(storage: Storage, port: int, count: int, due: datetime) -> None:
    for at in range(count):
        await storage.feeds.add(f"http://127.0.0.1:{port}/{at}", now=due)


async def make_due(storage: Storage, table: str, where: str = "true") -> None:
    """All at once, so that no process begins before the clock does."""
    async with storage._database.write() as connection:
        await connection.exec_driver_sql(f"UPDATE {table} SET next_due_at = now() - interval '1 hour' WHERE {where}")


async def refreshing(server: postgres.Server, count: int, feeds: int, port: int) -> Run:
    async with server.database(f"refresh{count}") as url:
        storage = await Storage.open(url)
        try:

            async def left() -> int:
                return len(await storage.feeds.due_ids(datetime.now(UTC), 1))

            await add_feeds(storage, port, feeds, datetime.now(UTC) + LATER)
            for at in range(WARMING_FEEDS * count):
                await storage.feeds.add(f"http://127.0.0.1:{port}/warm{at}", now=datetime.now(UTC) + LATER)
            warm = partial(make_due, storage, "feeds", "url LIKE '%%warm%%'")
            give = partial(make_due, storage, "feeds", "url NOT LIKE '%%warm%%'")
            run = await at_work("ingest", url, count, warm, give, left, Work(feeds, port, pid_of(server)))
            # A warming feed brings one article each of the two times.
            assert await storage.articles.count() == feeds * ENTRIES + 2 * WARMING_FEEDS * count
            return run
        finally:
            await storage.close()


async def filing(server: postgres.Server, count: int) -> None:
    """Entries that two processes' worth of shelves file at once; one at a time joins its story."""
    async with server.database("filing") as url:
        opened = [await Storage.open(url) for _ in range(2)]
        shelves = [Shelves(taxonomy()) for _ in opened]
        now = datetime.now(UTC)

        async def file(which: int) -> None:
            for at in range(which, count, 2):
                headline, text = story(at)
                entry = Entry(headline=headline, paragraphs=(text,), source=f"Paper {at}")
                await file_entry(opened[which], shelves[which], entry, feed=None, now=now)

        roots = [pid_of(server), os.getpid()]
        before, begun = core_seconds(roots), time.perf_counter()
        await asyncio.gather(file(0), file(1))
        seconds, cores = time.perf_counter() - begun, core_seconds(roots) - before
        print(f"filing, two at once: {count / seconds:.0f} articles/s, {1000 * cores / count:.1f} core ms each")
        for storage in opened:
            await storage.close()


async def composing(server: postgres.Server, count: int, chats: int) -> Run:
    async with server.database(f"compose{count}") as url:
        storage = await Storage.open(url)
        try:
            now = datetime.now(UTC)
            await topics_and_feeds(storage)
            await news(storage, 0, random.Random(7), now - timedelta(hours=1))
            await readers_who_missed(storage, WARMING * count + chats, now)
            await as_a_server_would(storage)

            async def left() -> int:
                return len(await storage.schedules.due_ids(datetime.now(UTC), 1))

            warm = partial(make_due, storage, "schedules", f"chat_id <= {WARMING * count}")
            give = partial(make_due, storage, "schedules", f"chat_id > {WARMING * count}")
            run = await at_work("compose", url, count, warm, give, left, Work(chats, 1, pid_of(server)))
            assert (await storage.outbox.counts())["pending"] == WARMING * count + chats
            return run
        finally:
            await storage.close()


async def as_a_server_would(storage: Storage) -> None:
    """What it does by itself within a minute."""
    async with storage._database.write() as connection:
        await connection.exec_driver_sql("ANALYZE")


async def dying(server: postgres.Server, feeds: int, port: int) -> None:
    """Two processes share feeds; one is killed amid its work."""
    async with server.database("dying") as url:
        storage = await Storage.open(url)
        try:
            await add_feeds(storage, port, feeds, datetime.now(UTC) + LATER)
            warm = await storage.feeds.add(f"http://127.0.0.1:{port}/warm", now=datetime.now(UTC))
            async with apart("ingest", url, port, DEATHS_LEASE, log=NOWHERE) as one:
                # While it is alone, what is begun is its own.
                await until(partial(anything, storage))
                [its_name] = {owner for _, owner in await begun(storage)}
                async with apart("ingest", url, port, DEATHS_LEASE, log=NOWHERE):
                    await make_due(storage, "feeds", f"id <> {warm.id}")

                    async def is_amid() -> bool:
                        ours = [job for job, owner in await begun(storage) if owner == its_name]
                        return bool(ours) and await storage.articles.count() > 1  # the first is the warming feed's

                    await until(is_amid)
                    await die(one)
                    died = time.perf_counter()
                    left = {job for job, owner in await begun(storage) if owner == its_name}

                    async def are_others_at_it() -> bool:
                        return its_name not in {owner for _, owner in await begun(storage)}

                    await until(are_others_at_it)
                    taken = time.perf_counter() - died

                    async def is_over() -> bool:
                        return not await storage.errands.unfinished("refresh")

                    await until(is_over)
                    over = time.perf_counter() - died
            read = sum(each.answered_at is not None for each in await storage.feeds.all())
            articles = await storage.articles.latest(feeds * ENTRIES * 2)
            print(
                f"killed amid {feeds} feeds, lease {DEATHS_LEASE:.0f} s: {len(left)} jobs were its own, all begun by"
                f" another {taken:.1f} s later ({taken / DEATHS_LEASE:.1f} leases); everything done {over:.1f} s later:"
                f" {read - 1} of {feeds} feeds read, {len(articles) - 1} of {feeds * ENTRIES} articles,"
                f" {len(articles) - len({each.headline for each in articles})} twice"
            )
        finally:
            await storage.close()


async def begun(storage: Storage) -> list[tuple[int, str]]:
    """The errands that are being run, and the process that runs each."""
    running = text(f"SELECT id, queue_manager_id::text FROM {SETTINGS.qualified.queue_table} WHERE status = 'picked'")
    async with storage._database.read() as connection:
        return [(row[0], row[1]) for row in await connection.execute(running)]


async def anything(storage: Storage) -> bool:
    return bool(await begun(storage))


async def die(process: asyncio.subprocess.Process) -> None:
    """As when its machine dies: it goes with its children, and says nothing."""
    os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def pid_of(server: postgres.Server) -> int:
    return int((server.folder / "data" / "postmaster.pid").read_text().split()[0])


async def main(feeds: int, chats: int) -> None:
    with postgres.running(**AWAKE) as server:
        print(
            "A core second is processor time of the processes at work and their children: on two cores the honest base."
        )
        if feeds:
            await filing(server, feeds * ENTRIES)
        async with site(feeds) as port:
            if feeds:
                told("refresh", [await refreshing(server, count, feeds, port) for count in COUNTS], "feeds")
            if chats:
                told("compose", [await composing(server, count, chats) for count in COUNTS], "digests")
            if feeds:
                await dying(server, feeds, port)


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    asyncio.run(main(*(given + [30, 4_000][len(given) :])))
