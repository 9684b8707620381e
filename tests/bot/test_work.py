"""The work of a process: what it leaves alone for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.settings import Settings
from bot.work import Hands, Work
from ingest.model import ModelSilent
from jobs.file import Shelves
from news.topics import Taxonomy
from storage import Storage
from tests.jobs.given import Clock, a_reader
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
