"""The work of a process: what it leaves alone for a while, and what it shares."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.settings import Settings
from bot.work import Hands, Work
from ingest.model import ModelSilent
from jobs.file import Shelves
from news.topics import Taxonomy
from storage import Storage
from tests.jobs.given import Clock, a_chat, a_reader, news
from tests.jobs.test_translate import a_story


class Silent:
    """A language model that says nothing, and counts how often it was asked."""

    asked = 0

    async def translations(self, *_: object) -> dict[int, str]:
        self.asked += 1
        raise ModelSilent("it is away")

    async def bullets(self, *_: object) -> tuple[str, ...]:
        self.asked += 1
        raise ModelSilent("it is away")


@pytest.fixture
async def storage(sqlite_url: str) -> AsyncIterator[Storage]:
    opened = await Storage.open(sqlite_url)
    yield opened
    await opened.close()


async def test_a_model_that_is_silent_is_left_alone_for_some_minutes(storage: Storage) -> None:
    nothing: Any = None
    model: Any = Silent()
    clock = Clock()
    hands = Hands(
        storage=storage,
        clock=clock,
        door=nothing,
        workers=nothing,
        shelves=Shelves(Taxonomy(())),
        standing=nothing,
        model=model,
    )
    work = Work(hands, Settings(_env_file=None))
    await a_reader(storage, reads="de")
    await a_story(storage)
    await a_story(storage, "Another bridge opens in Hamburg")
    asked = []
    for minutes in (0, 1, 3, 2):
        clock.tick(minutes=minutes)
        await work.polish()
        asked.append(model.asked)
    assert asked == [1, 1, 1, 2]

    clock.tick(hours=-5)  # it was put back
    await a_story(storage, "A third bridge opens in Hamburg")
    await work.polish()
    assert model.asked == 3


async def test_alerts_are_shared_by_processes_as_an_errand_where_something_waits(postgres_url: str) -> None:
    storage, clock, nothing, stop = await Storage.open(postgres_url), Clock(), cast(Any, None), asyncio.Event()
    standing: Any = SimpleNamespace(is_clock_right=True)
    shelves = Shelves(Taxonomy(()))
    hands = Hands(storage=storage, clock=clock, door=nothing, workers=nothing, shelves=shelves, standing=standing)
    work = Work(hands, Settings(_env_file=None))
    await storage.errands.ready()
    await a_chat(storage)
    await storage.subscriptions.add(7, "alert", "comet", clock())
    await work.hand_out("alert")
    before = await storage.errands.unfinished("alert")
    await news(storage, "Comet passes")
    await work.hand_out("alert")
    await work.hand_out("alert")
    handed_out = await storage.errands.unfinished("alert")
    doings = {"alert": work.doing("alert")}
    running = asyncio.create_task(storage.errands.run(doings, stop, lease=timedelta(seconds=1), at_once=2))
    async with asyncio.timeout(60):
        while await storage.errands.unfinished("alert"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    stop.set()
    await running

    assert (before, handed_out) == ([], [0])
    assert ["Comet passes" in each.message.html for each in await storage.outbox.of(7)] == [True]
    await storage.close()
