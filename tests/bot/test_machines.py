"""Many processes on one database, as on many machines: real ones, on a real PostgreSQL, some of them killed."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import running
from bot.roles import ROLES
from bot.timing import EVERY_DAY
from news.chat import Chat
from storage import Storage
from tests import postgres
from tests.bot.apart import apart
from tests.bot.given import QUICK, settings_for
from tests.bot.talking import some_news, words
from tests.jobs.site import Item, feed
from tests.sandbox.running import RunningSandbox

PATHS = [f"/feed{at}" for at in range(24)]
EVENTS = (
    "Comet Halloran passes Earth while astronomers watch from Atacama",
    "Parliament in Lisbon votes on the railway budget after a long night",
    "Floods close the harbour of Gdansk for a third day",
)
SOON = 60.0
LEASE = 2.0


class Slow:
    """A site of feeds that answers nobody until it is let go, and remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.go = asyncio.Event()
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self.server = TestServer(app, host="127.0.0.1")

    @property
    def port(self) -> int:
        return self.server.port or 0

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked[request.path] += 1
        await self.go.wait()
        name = request.path.strip("/")
        items = [Item(title=event, text=f"{event}. {name} was there.", guid=name + event) for event in EVENTS]
        return web.Response(text=feed(*items, title=name), content_type="text/xml")


@asynccontextmanager
async def slow() -> AsyncIterator[Slow]:
    site = Slow()
    await site.server.start_server()
    try:
        yield site
    finally:
        site.go.set()
        await site.server.close()


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SOON):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.fixture
async def news(postgres_url: str) -> AsyncIterator[Storage]:
    opened = await Storage.open(postgres_url)
    yield opened
    await opened.close()


async def some_feeds(storage: Storage, port: int) -> None:
    for path in PATHS:
        await storage.feeds.add(f"http://127.0.0.1:{port}{path}", now=datetime.now(UTC))


async def a_schedule(storage: Storage, chat_id: int) -> None:
    """One that has been due for less than an hour."""
    now = datetime.now(UTC)
    before = now - timedelta(days=2)
    await storage.schedules.set(chat_id, times=(time(now.hour),), days=EVERY_DAY, now=before, next_due_at=before)


async def is_all_read(storage: Storage) -> bool:
    return all(each.answered_at for each in await storage.feeds.all())


async def headlines(storage: Storage) -> list[str]:
    return sorted(each.headline for each in await storage.articles.latest(1000))


async def test_what_a_killed_process_had_begun_is_done_by_another_within_its_lease(
    news: Storage, postgres_url: str
) -> None:
    async def is_begun() -> bool:
        return bool(site.asked)

    async with slow() as site:
        await some_feeds(news, site.port)
        async with apart("ingest", postgres_url, site.port, LEASE) as one:
            await until(is_begun)
            one.kill()
            await one.wait()
        begun = set(site.asked)
        site.go.set()
        async with apart("ingest", postgres_url, site.port, LEASE):
            await until(partial(is_all_read, news))

    assert site.asked == {path: 2 if path in begun else 1 for path in PATHS}
    assert await headlines(news) == sorted(EVENTS * len(PATHS))


async def test_two_processes_share_the_feeds_each_is_read_once_and_each_event_is_one_story(
    news: Storage, postgres_url: str
) -> None:
    async with slow() as site:
        site.go.set()
        await some_feeds(news, site.port)
        async with apart("ingest", postgres_url, site.port), apart("ingest", postgres_url, site.port):
            await until(partial(is_all_read, news))

    assert site.asked == dict.fromkeys(PATHS, 1)
    assert await headlines(news) == sorted(EVENTS * len(PATHS))
    stories = await news.stories.recent(datetime.now(UTC) - timedelta(hours=1))
    assert [len(await news.stories.articles(each)) for each in stories] == [len(PATHS)] * len(EVENTS)


async def test_two_processes_compose_each_slot_once(news: Storage, postgres_url: str) -> None:
    now = datetime.now(UTC)
    for chat_id in range(1, 61):
        await news.chats.join(Chat(id=chat_id, kind="private", joined_at=now - timedelta(days=2)))
        await a_schedule(news, chat_id)

    async def is_all_composed() -> bool:
        return not await news.schedules.due_ids(now, 1)

    async with apart("compose", postgres_url), apart("compose", postgres_url):
        await until(is_all_composed)

    waiting = await news.outbox.claim("me", limit=1000, now=now + timedelta(minutes=5), lease=timedelta(minutes=1))
    assert sorted(each.chat_id for each in waiting) == list(range(1, 61))


async def test_a_database_that_goes_away_is_told_of_once_and_work_goes_on_when_it_is_back(
    news: Storage, postgres_url: str, postgres_server: postgres.Server, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    cuts = 0

    async def is_noticed() -> bool:
        nonlocal cuts  # connections that nobody uses at the moment are not missed
        cuts += 1
        await postgres_server.disconnect_everybody()
        await asyncio.sleep(1)
        return "everything waits for the database" in log.read_text()

    async def is_told() -> bool:
        return "the database is back" in log.read_text()

    async with slow() as site, apart("ingest", postgres_url, site.port, log=log) as process:
        site.go.set()
        await until(is_noticed)
        await until(is_told)
        await some_feeds(news, site.port)
        await until(partial(is_all_read, news))
        process.terminate()
        await process.wait()
    told = [json.loads(line) for line in log.read_text().splitlines()]

    assert process.returncode == 0
    helping, *events = [each["event"] for each in told if each["event"] != "refreshed"]
    times = len(events) // 2  # a slow machine may notice a cut only when there were more
    assert helping == "helping"
    assert events == ["everything waits for the database", "the database is back"] * times
    assert 1 <= times <= cuts
    assert site.asked == dict.fromkeys(PATHS, 1)


async def test_a_process_told_to_end_finishes_what_it_has_begun(news: Storage, postgres_url: str) -> None:
    async def is_begun() -> bool:
        return bool(site.asked)

    async with slow() as site:
        await some_feeds(news, site.port)
        async with apart("ingest", postgres_url, site.port) as process:
            await until(is_begun)
            process.terminate()
            site.go.set()
            await process.wait()
        read = {f"/{each.url.rpartition('/')[2]}" for each in await news.feeds.all() if each.answered_at}

    assert process.returncode == 0
    assert read == set(site.asked)


async def test_a_digest_that_one_process_writes_another_sends(
    shared_telegram: RunningSandbox, postgres_url: str
) -> None:
    settings = settings_for(shared_telegram, postgres_url)
    chat = (await shared_telegram.add_user("Reader"))["id"]

    async def is_sent() -> bool:
        return any("Ferry runs aground" in words(each) for each in await shared_telegram.messages(chat))

    async with running(settings, role=ROLES["send"], rhythm=QUICK) as desk, apart("compose", postgres_url):
        await shared_telegram.say(chat, chat, "/help")
        await desk.storage.chats.join(Chat(id=chat, kind="private", joined_at=desk.clock()))
        await desk.storage.subscriptions.add(chat, "topic", "world", desk.clock())
        await some_news(desk)
        await a_schedule(desk.storage, chat)
        await until(is_sent)
