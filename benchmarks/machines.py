"""How work spreads over processes on one PostgreSQL: throughput per core with one, two and four, and after a death.

`python -m benchmarks.machines [FEEDS] [CHATS]`. A core second is a second of processor time, as the kernel counts it,
of the processes at work with their children, and of every PostgreSQL process; starting up is not counted. On two
cores four processes cannot be faster than two, so what is asked is whether a piece of work costs more of a core when
more processes share it.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as at_time
from pathlib import Path

from bot.seeding import taxonomy
from bot.timing import EVERY_DAY
from jobs.file import Shelves, file_entry
from news.article import Entry
from news.chat import Chat
from storage import Storage
from tests import postgres
from tests.bot.apart import apart
from tests.jobs.site import Item, feed

COUNTS = (1, 2, 4)
ENTRIES = 5
DEATHS_LEASE = 5.0
TICK = os.sysconf("SC_CLK_TCK")
PLACES = ("Lisbon", "Gdansk", "Atacama", "Porto", "Nairobi", "Quito", "Hanoi", "Tartu", "Cusco", "Bergen")
MATTERS = ("budget", "harbour", "railway", "comet", "election", "drought", "vaccine", "strike", "museum", "bridge")


@dataclass(frozen=True, slots=True)
class Run:
    """What so many processes did: pieces of work, and the core seconds and seconds it took."""

    processes: int
    done: int
    cores: float
    seconds: float

    @property
    def per_core(self) -> float:
        return self.done / self.cores


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
    async with asyncio.timeout(300):
        while not await is_so():
            await asyncio.sleep(0.2)


async def at_work(
    role: str,
    url: str,
    port: int,
    count: int,
    give: Callable[[], Awaitable[int]],
    left: Callable[[], Awaitable[int]],
    server: int,
) -> Run:
    """Gives `count` processes work when all are ready, and waits until none is left."""
    async with AsyncExitStack() as stack:
        started = [await stack.enter_async_context(apart(role, url, port, log=Path(os.devnull))) for _ in range(count)]
        roots = [server, *(process.pid for process in started)]
        done = await give()
        before, begun = core_seconds(roots), time.perf_counter()

        async def is_over() -> bool:
            return not await left()

        await until(is_over)
        return Run(count, done, core_seconds(roots) - before, time.perf_counter() - begun)


def told(name: str, runs: list[Run], piece: str) -> None:
    alone = runs[0].per_core
    for run in runs:
        print(
            f"{name}, {run.processes} processes: {run.done} {piece} in {run.seconds:.1f} s, {run.cores:.1f} core s:"
            f" {run.per_core:.1f} a core second, × {run.per_core / alone:.2f} of one process's"
        )


@asynccontextmanager
async def site(count: int) -> AsyncIterator[tuple[int, subprocess.Popen[bytes]]]:
    """A site with so many feeds, in a process of its own, so that its work is nobody else's; its port."""
    command = [sys.executable, "-m", "benchmarks.machines", "site", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process
        finally:
            process.terminate()


def story(at: int) -> str:
    """What entry `at` of all tells: each event is told about ten times, in words of its own."""
    event = at // 10
    place, matter = PLACES[event % 10], MATTERS[event // 10 % 10]
    lines = (
        f"The {matter} of {place} case{event} grew by {event + at % 7} on day {day}, people{event} said."
        for day in range(12)
    )
    return " ".join(lines)


async def serve_site(count: int) -> None:
    from aiohttp import web

    bodies = {}
    for number in range(count):
        entries = [number + count * at for at in range(ENTRIES)]
        items = [
            Item(
                title=f"The {MATTERS[at // 100 % 10]} of {PLACES[at // 10 % 10]}: case{at // 10} told {at}",
                text=story(at),
                guid=str(at),
            )
            for at in entries
        ]
        bodies[f"/{number}"] = feed(*items, title=f"Paper {number}")

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=bodies[request.path], content_type="text/xml")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def add_feeds(storage: Storage, port: int, count: int) -> int:
    now = datetime.now(UTC)
    for at in range(count):
        await storage.feeds.add(f"http://127.0.0.1:{port}/{at}", now=now)
    return count


async def refreshing(server: postgres.Server, count: int, feeds: int, port: int) -> Run:
    async with server.database(f"refresh{count}") as url:
        storage = await Storage.open(url)
        try:

            async def left() -> int:
                return len(await storage.feeds.due_ids(datetime.now(UTC), 1))

            run = await at_work(
                "ingest", url, port, count, lambda: add_feeds(storage, port, feeds), left, pid_of(server)
            )
            articles = await storage.articles.count()
            stories = len(await storage.stories.recent(datetime.now(UTC) - timedelta(days=1)))
            assert articles == feeds * ENTRIES, f"{articles} articles of {feeds * ENTRIES}"
            print(f"  {articles} articles in {stories} stories")
            return run
        finally:
            await storage.close()


async def composing(server: postgres.Server, count: int, chats: int) -> Run:
    async with server.database(f"compose{count}") as url:
        storage = await Storage.open(url)
        try:
            await some_news(storage)
            now = datetime.now(UTC)
            for chat in range(1, chats + 1):
                await storage.chats.join(Chat(id=chat, kind="private", joined_at=now - timedelta(days=2)))
                await storage.subscriptions.add(chat, "topic", "world", now)
                await schedule(storage, chat, now, None)

            async def give() -> int:
                for chat in range(1, chats + 1):
                    [theirs] = await storage.schedules.of(chat)
                    await storage.schedules.advance(theirs, now - timedelta(hours=1))
                return chats

            async def left() -> int:
                return len(await storage.schedules.due_ids(datetime.now(UTC), 1))

            run = await at_work("compose", url, 1, count, give, left, pid_of(server))
            waiting = (await storage.outbox.counts())["pending"]
            assert waiting == chats, f"{waiting} digests of {chats}"
            return run
        finally:
            await storage.close()


async def schedule(storage: Storage, chat: int, now: datetime, due: datetime | None) -> None:
    times = (at_time((now - timedelta(hours=1)).hour),)
    await storage.schedules.set(chat, times=times, days=EVERY_DAY, now=now - timedelta(days=2), next_due_at=due)


async def some_news(storage: Storage) -> None:
    """Two hundred articles on the world."""
    shelves = Shelves(taxonomy())
    await storage.topics.put([(topic.slug, topic.name, at) for at, topic in enumerate(shelves.taxonomy.topics)])
    now = datetime.now(UTC)
    for at in range(200):
        entry = Entry(headline=f"Event {at} in {PLACES[at % 10]}", paragraphs=(story(at * 10),), section="world")
        await file_entry(storage, shelves, entry, feed=None, now=now - timedelta(hours=2))


async def dying(server: postgres.Server, feeds: int, port: int) -> None:
    """Two processes share feeds; one is killed amid its work."""
    async with server.database("dying") as url:
        storage = await Storage.open(url)
        try:
            async with (
                apart("ingest", url, port, DEATHS_LEASE, log=Path(os.devnull)) as one,
                apart("ingest", url, port, DEATHS_LEASE, log=Path(os.devnull)),
            ):
                await add_feeds(storage, port, feeds)

                async def is_amid() -> bool:
                    return await storage.articles.count() > feeds * ENTRIES // 4

                await until(is_amid)
                one.kill()
                await one.wait()
                died = datetime.now(UTC)
                held = len(await storage.errands.unfinished("refresh"))

                async def is_over() -> bool:
                    return not await storage.errands.unfinished("refresh")

                await until(is_over)
                took = (datetime.now(UTC) - died).total_seconds()
            states = Counter("read" if each.answered_at else "left" for each in await storage.feeds.all())
            headlines = {each.headline for each in await storage.articles.latest(feeds * ENTRIES * 2)}
            articles = await storage.articles.count()
            print(
                f"killed amid {feeds} feeds, lease {DEATHS_LEASE:.0f} s: {held} unfinished then, all done {took:.1f} s later;"
                f" {states['read']} read, {states['left']} left; {articles} articles, {articles - len(headlines)} doubled"
            )
        finally:
            await storage.close()


def pid_of(server: postgres.Server) -> int:
    return int((server.folder / "data" / "postmaster.pid").read_text().split()[0])


async def main(feeds: int, chats: int) -> None:
    with postgres.running() as server:
        async with site(feeds) as (port, _):
            told("refresh", [await refreshing(server, count, feeds, port) for count in COUNTS], "feeds")
            told("compose", [await composing(server, count, chats) for count in COUNTS], "digests")
            await dying(server, feeds, port)


if __name__ == "__main__":
    if sys.argv[1:2] == ["site"]:
        asyncio.run(serve_site(int(sys.argv[2])))
    else:
        given = [int(each) for each in sys.argv[1:]]
        asyncio.run(main(*(given + [200, 1_000][len(given) :])))
