"""A site of feeds that tell the same events in other words, in a process of its own: its work is nobody else's.

`python -m benchmarks.wires FEEDS` says its port and serves until it is ended.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from benchmarks.beside import beside, serve
from benchmarks.papers import SYLLABLES, WORDS
from tests.jobs.site import Item, feed

ENTRIES = 5
"""Of each feed."""
MATTERS = "budget harbour railway comet election drought vaccine strike museum bridge ferry orchard".split()  # noqa: SIM905


@asynccontextmanager
async def site(count: int) -> AsyncIterator[int]:
    """A site with so many feeds, in a process of its own; its port."""
    async with beside("benchmarks.wires", str(count)) as (port, _):
        yield port


def story(at: int) -> tuple[str, str]:
    """Headline and text of entry `at` of all: each event is told about ten times, in other words each time."""
    event, teller = random.Random(at // 10), random.Random(-1 - at)
    names = ["".join(event.choices(SYLLABLES, k=3)).title() for _ in range(12)]
    matter = event.sample(MATTERS, 3)

    def sentence() -> str:
        said = [*teller.sample(names, 5), *teller.sample(matter, 1), *teller.sample(WORDS, 4)]
        teller.shuffle(said)
        return " ".join(said).capitalize() + "."

    return f"{names[0]} and {names[1]}: {matter[0]} {at}", " ".join(sentence() for _ in range(20))


def the_site(count: int) -> web.Application:
    bodies = {}
    for number in range(count):
        entries = [number + count * at for at in range(ENTRIES)]
        items = [Item(title=title, text=text, guid=str(at)) for at in entries for title, text in [story(at)]]
        bodies[f"/{number}"] = feed(*items, title=f"Paper {number}")

    async def answer(request: web.Request) -> web.Response:
        # A warming feed has a new entry each time, so that whoever reads it has loaded what that takes.
        now = time.monotonic_ns()
        title, text = story(now)
        warming = feed(Item(title=title, text=text, guid=f"{now}"), title=f"Warm {now}")
        return web.Response(text=bodies.get(request.path, warming), content_type="text/xml")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    return app


if __name__ == "__main__":
    asyncio.run(serve(the_site(int(sys.argv[1]))))
