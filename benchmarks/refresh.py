"""Refreshing end to end, beside the library `reader` updating the same feeds: `./run bench refresh [FEEDS]`.

The feeds are made-up papers of 20 to 40 entries (`benchmarks/papers.py`) on a site in a process of its own. We
condense, file and index each new entry and find its story, `reader` stores it; all seconds of processor are of
everything but the site. `reader` is no dependency of ours: `python3 -m venv /tmp/peer && /tmp/peer/bin/pip install
reader sgmllib3k`, then `READER_PYTHON=/tmp/peer/bin/python ./run bench refresh`; without it its column is left out.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from aiohttp import web

from benchmarks.beside import beside, serve
from benchmarks.machines import core_seconds
from benchmarks.papers import paper
from bot.seeding import taxonomy
from ingest.door import Door
from ingest.workers import Workers
from jobs.file import Shelves
from jobs.refresh import refresh
from storage import Storage
from tests.jobs.given import Clock

TURNS = {
    "first read": "0/plain",
    "unchanged, same body": "0/plain",
    "marked for the first time": "0/marked",
    "unchanged, answer 304": "0/marked",
    "one new entry each": "1/marked",
}
"""What a turn is called, and what the site is told before it: the version of the feeds, and whether they have marks."""
SITE = "benchmarks.refresh", "serve"
MANY, RHYTHM, BUSY = 10_000, timedelta(minutes=15), 0.1
"""The load that is worked out: so many feeds, looked at so often, and at this part of the looks one new entry."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds by the clock and of processor, for all feeds."""

    seconds: float
    spent: float


def the_site() -> web.Application:
    version, is_marked = 0, False

    @lru_cache(maxsize=10_000)
    def body(number: int, version: int) -> bytes:
        return paper(number, version)

    async def turn(request: web.Request) -> web.Response:
        nonlocal version, is_marked
        version, is_marked = int(request.match_info["version"]), request.match_info["marks"] == "marked"
        return web.Response()

    async def feed(request: web.Request) -> web.Response:
        mark = f'"{version}"'
        headers = {"ETag": mark} if is_marked else {}
        if is_marked and request.headers.get("If-None-Match") == mark:
            return web.Response(status=304, headers=headers)
        said = body(int(request.match_info["number"]), version)
        return web.Response(body=said, headers=headers, content_type="application/xml")

    app = web.Application()
    app.router.add_get("/turn/{version}/{marks}", turn)
    app.router.add_get("/{number}", feed)
    return app


async def ours(port: int, server: int, count: int) -> tuple[list[Turn], int]:
    """Our turns, and how many articles there are then."""
    clock, turns = Clock(), []
    with tempfile.TemporaryDirectory() as folder:
        storage = await Storage.open(f"sqlite:///{folder}/news.db")
        try:
            async with Door(allow={("127.0.0.1", port)}) as door, Workers() as workers:
                shelves = Shelves(taxonomy())
                await workers.read_feed(paper(0), url=None)  # so that starting is no part of it
                for number in range(count):
                    await storage.feeds.add(f"http://127.0.0.1:{port}/{number}", now=clock())
                for said in TURNS.values():
                    # The second look at stories is taken by the clock, however many feeds there are.
                    looked = time.process_time()
                    await shelves.forget_now_and_then(storage, clock())
                    looked = time.process_time() - looked
                    await door.get(f"http://127.0.0.1:{port}/turn/{said}")
                    before, begun = _spent(server), time.perf_counter()
                    done = await refresh(storage, door, workers, shelves, now=clock(), limit=count)
                    turns.append(Turn(time.perf_counter() - begun, _spent(server) - before))
                    assert (done.answered, done.accidents) == (count, ())
                    clock.tick(days=1)
            articles = await storage.articles.count()
            print(f"the second look at {articles} articles, every few minutes: {looked:.2f} s of CPU")
            return turns, articles
        finally:
            await storage.close()


def _spent(server: int) -> float:
    return core_seconds([os.getpid()]) - core_seconds([server])


async def theirs(port: int, count: int) -> tuple[list[Turn], int] | None:
    """The library's turns, and how many entries it has then; None where it is not installed."""
    python = os.environ.get("READER_PYTHON", sys.executable)
    script = Path(__file__).with_name("peer_reader.py")
    arguments = str(script), f"http://127.0.0.1:{port}", str(count), ",".join(TURNS.values())
    process = await asyncio.create_subprocess_exec(
        python, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    said, _ = await process.communicate()
    if process.returncode:
        return None
    told = json.loads(said)
    return [Turn(*each) for each in told["turns"]], told["entries"]


async def main(count: int) -> None:
    async with beside(*SITE) as (port, server):
        mine, articles = await ours(port, server, count)
    async with beside(*SITE) as (port, _):
        peer = await theirs(port, count)
    print(f"{count} feeds, {articles} articles" + (f"; reader has {peer[1]} entries" if peer else ""))
    for at, name in enumerate(TURNS):
        turn = mine[at]
        line = f"{name}: {count / turn.seconds:.1f} feeds/s, {turn.spent / count * 1000:.1f} ms of CPU a feed"
        if peer:
            other = peer[0][at]
            line += f"; reader {count / other.seconds:.1f} feeds/s, {other.spent / count * 1000:.1f} ms"
            line += f"; × {other.seconds / turn.seconds:.1f} by the clock, × {other.spent / turn.spent:.1f} of CPU"
        print(line)
    quiet, busy = (
        mine[list(TURNS).index(name)].spent / count for name in ("unchanged, answer 304", "one new entry each")
    )
    load = MANY * ((1 - BUSY) * quiet + BUSY * busy) / RHYTHM.total_seconds()
    print(f"worked out: {MANY} feeds every {RHYTHM}, {BUSY:.0%} of the looks with a new entry: {load:.2f} of a core")
    if not peer:
        print("reader is not installed where READER_PYTHON says; its column is left out.")


if __name__ == "__main__":
    asyncio.run(serve(the_site()) if sys.argv[1:] == ["serve"] else main(int(sys.argv[1]) if sys.argv[1:] else 60))
