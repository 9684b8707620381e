"""Three days of refreshing, composing and sending in all our languages, as fast as they go: `… DATABASE FEEDS`.

Prints the memory of this process at each hour of its clock, in MB. The feeds are on a site in a process of
its own (this module without arguments), and show one entry more for each hour that it is told of.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import sys
from datetime import time, timedelta
from pathlib import Path

from aiohttp import web

from benchmarks.beside import beside, serve
from benchmarks.reliability.given import FIRST_ID, opened
from benchmarks.reliability.polling import an_item
from bot.collector import calm, trim
from bot.seeding import taxonomy
from ingest.door import Door
from ingest.workers import Workers
from jobs.compose import compose
from jobs.deliver import deliver
from jobs.file import Shelves
from jobs.refresh import refresh
from jobs.tidy import tidy
from news.answers import Accepted, Answer
from news.chat import Chat
from news.messages.message import Message
from news.messages.speaking import spoken
from tests.jobs.given import NOW, Clock
from tests.jobs.site import feed

MODULE = "benchmarks.reliability.soaking"
HOURS = 72
SHOWN = 30
"""Entries of a feed at any time; one more each hour."""
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


def memory() -> float:
    """Of this process, in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * PAGE_SIZE / 1e6


def the_site() -> web.Application:
    """Of `/NUMBER.xml`, as it is in the hour that `/hour/HOUR` said last."""
    hour = 0

    async def answer(request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        items = [an_item(number, at, random.Random(f"{number} {at}")) for at in range(hour + SHOWN, hour, -1)]
        return web.Response(text=feed(*items, title=f"Feed {number}"), content_type="application/rss+xml")

    async def turn(request: web.Request) -> web.Response:
        nonlocal hour
        hour = int(request.match_info["hour"])
        return web.Response()

    app = web.Application()
    app.router.add_get("/{number}.xml", answer)
    app.router.add_get("/hour/{hour}", turn)
    return app


async def accept(chat_id: int, thread_id: int | None, message: Message, edits: int | None = None) -> Answer:
    """A Telegram that takes all."""
    return Accepted(1)


async def soak(database_url: str, feeds: int) -> None:
    async with beside(MODULE) as (port, _):
        await _soak(database_url, feeds, port)


async def _soak(database_url: str, feeds: int, port: int) -> None:
    clock, shelves, seen, tongues = Clock(), Shelves(taxonomy()), list[float](), list(spoken())
    url = f"http://127.0.0.1:{port}"
    door = Door(allow={("127.0.0.1", port)})
    async with opened(database_url) as storage, door, Workers(1) as workers:
        await storage.topics.put([(topic.slug, topic.name, at) for at, topic in enumerate(shelves.taxonomy.topics)])
        stored = [await storage.feeds.add(f"{url}/{at}.xml", now=NOW, title=f"Feed {at}") for at in range(feeds)]
        for at in range(2 * feeds):
            chat_id = FIRST_ID + at
            language = tongues[at % len(tongues)]
            await storage.chats.join(Chat(id=chat_id, kind="private", joined_at=NOW, zone="UTC", language=language))
            await storage.subscriptions.add(chat_id, "feed", str(stored[at % feeds].id), NOW)
            times = (time(at % 12), time(at % 12 + 12))
            days = frozenset(range(7))
            await storage.schedules.set(chat_id, times=times, days=days, now=NOW, next_due_at=NOW)
        for hour in range(HOURS):
            await door.get(f"{url}/hour/{hour}")
            for _ in range(2):
                await refresh(storage, door, workers, shelves, now=clock(), limit=2 * feeds)
                trim()
                await compose(storage, now=clock())
                await deliver(storage, accept, owner="me", clock=clock)
                clock.tick(minutes=30)
            await tidy(storage, now=clock(), keep=timedelta(days=2))
            seen.append(memory())
        articles, sent = await storage.articles.count(), (await storage.outbox.counts())["sent"]
    print(json.dumps({"memory": seen, "articles": articles, "sent": sent}))


if __name__ == "__main__":
    calm()  # as the bot is
    asyncio.run(soak(sys.argv[1], int(sys.argv[2])) if len(sys.argv) > 1 else serve(the_site()))
