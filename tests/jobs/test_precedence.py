"""Precedence: what is well is refreshed as if there were nothing else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from ingest.door import MAX_BYTES
from ingest.workers import BESIDE, Workers
from jobs.precedence import IN_FRONT, LARGE, MANY, Precedence
from jobs.refresh import Refreshed
from storage import Storage
from tests.jobs.given import Clock, instead
from tests.jobs.site import Item, Site, feed
from tests.jobs.test_refresh import Desk


@pytest_asyncio.fixture
async def desk(sqlite: Storage, site: Site, workers: Workers, clock: Clock) -> AsyncIterator[Desk]:
    async with site.door() as door:
        yield Desk(sqlite, door, workers, clock)


async def turns() -> None:
    """Lets everything go on that can without us."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_is_behind_begins_when_nothing_in_front_is_under_way_and_stops_when_something_is() -> None:
    precedence, steps = Precedence(), list[str]()

    async def behind(go: asyncio.Event) -> None:
        async with precedence.behind() as place:
            steps.append("begun")
            await go.wait()
            await place.turn()
            steps.append("went on")

    go = asyncio.Event()
    async with precedence.in_front(is_new=False):
        task = asyncio.create_task(behind(go))
        await turns()
        assert steps == []
    await turns()
    async with precedence.in_front(is_new=False):
        go.set()
        await turns()
        assert steps == ["begun"]
    await task
    assert steps == ["begun", "went on"]


async def test_what_waits_for_a_place_in_front_counts_as_one_that_has_it() -> None:
    precedence = Precedence()
    release = asyncio.Event()

    async def front() -> None:
        async with precedence.in_front(is_new=False):
            await release.wait()

    held = [asyncio.create_task(front()) for _ in range(IN_FRONT)]
    await turns()
    waiting = asyncio.create_task(front())
    await turns()
    for each in held:
        each.cancel()

    async def behind() -> None:
        async with precedence.behind():
            assert waiting.done()

    task = asyncio.create_task(behind())
    await turns()
    release.set()
    await asyncio.gather(*held, waiting, return_exceptions=True)
    await task


async def test_feeds_that_are_well_are_read_while_every_process_behind_is_held(
    sqlite: Storage, site: Site, clock: Clock
) -> None:
    async with site.door() as door, Workers(1) as workers:
        desk = Desk(sqlite, door, workers, clock)
        await desk.follow(site.put("/feed", feed(Item(title="Comet", guid="1"))))
        held = [asyncio.create_task(workers.behind.run(time.sleep, 3600)) for _ in range(BESIDE)]
        await turns()
        async with asyncio.timeout(30):
            done = await desk.refresh()

        assert done == Refreshed(1, 0, 1)
        assert not any(each.done() for each in held)
        for each in held:
            each.cancel()
        await asyncio.gather(*held, return_exceptions=True)


async def test_a_round_in_front_leaves_what_is_in_doubt_to_the_rounds_behind(desk: Desk, site: Site) -> None:
    bad = await desk.follow(site.put("/bad", "", status=500))
    await desk.refresh()
    await desk.follow(site.put("/good", feed(Item(title="Comet", guid="1"))))
    site.asked.clear()
    desk.clock.tick(days=1)

    front = await desk.refresh(part="front")
    asked_in_front = list(site.asked)
    behind = await desk.refresh(part="behind")

    assert (await desk.the(bad)).is_behind
    assert (front, asked_in_front) == (Refreshed(1, 0, 1), ["/good"])
    assert (behind, site.asked) == (Refreshed(0, 1, 0), ["/good", "/bad"])


async def test_a_large_feed_is_read_behind_and_after_that_asked_for_only_there(desk: Desk, site: Site) -> None:
    most: list[int] = []
    get = desk.door.get

    async def seen(url: str, **more: Any) -> Any:
        most.append(more["max_bytes"])
        return await get(url, **more)

    desk.door = instead(desk.door, get=seen)
    padding = f"<!--{'x' * LARGE}-->"
    await desk.follow(site.put("/feed", feed(Item(title="Comet", guid="1")) + padding))
    left = await desk.refresh(part="front")
    first = await desk.refresh(part="behind")
    site.put("/feed", feed(Item(title="Meteor", guid="2")) + padding)
    second = await desk.after(minutes=30)
    site.put("/feed", feed(Item(title="Eclipse", guid="3")))
    await desk.after(minutes=30)
    await desk.after(minutes=30)

    assert (left, first, second) == (Refreshed(), Refreshed(1, 0, 1), Refreshed(1, 0, 1))
    assert most == [LARGE, MAX_BYTES, MAX_BYTES, MAX_BYTES, LARGE]


async def test_a_feed_that_lists_very_much_at_once_is_taken_in_behind(desk: Desk, site: Site) -> None:
    await desk.follow(site.put("/feed", feed(Item(title="Comet", guid="0"))))
    await desk.refresh()
    site.put("/feed", feed(*(Item(title=f"Comet {n}", guid=str(n)) for n in range(MANY + 2))))
    desk.clock.tick(minutes=30)

    left = await desk.refresh(part="front")
    behind = await desk.refresh(part="behind")

    assert (left, behind) == (Refreshed(), Refreshed(1, 0, MANY + 1))
