"""What several ask for at the same moment is written at once, and each hears of his own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from storage import Storage, Unavailable
from storage.together import Together
from tests.storage.given import NOW


class Writer:
    """Notes what it is to write at once; stumbles over `bad`, and is away when told so."""

    def __init__(self) -> None:
        self.written: list[list[str]] = []
        self.may_go_on = asyncio.Event()
        self.is_away = False

    async def __call__(self, some: Sequence[str]) -> list[str]:
        self.written.append(list(some))
        await self.may_go_on.wait()
        if self.is_away:
            raise Unavailable("its disk is full")
        if "bad" in some:
            raise ZeroDivisionError
        return [each.upper() for each in some]


async def asked(together: Together[str, str], *some: str) -> list[asyncio.Task[str]]:
    """Each in a task of its own; they wait."""
    tasks = [asyncio.create_task(together(each)) for each in some]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


async def test_what_is_asked_for_meanwhile_is_written_at_once_up_to_a_size() -> None:
    write = Writer()
    together = Together(write, most=4, size=len)
    tasks = await asked(together, "a", "bb", "cc", "dddddd", "e")
    write.may_go_on.set()

    assert await asyncio.gather(*tasks) == ["A", "BB", "CC", "DDDDDD", "E"]
    assert write.written == [["a"], ["bb", "cc"], ["dddddd"], ["e"]]


async def test_who_stumbles_stumbles_alone() -> None:
    write = Writer()
    tasks = await asked(Together(write, most=9), "a", "b", "bad", "c")
    write.may_go_on.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)

    assert (done[:2], done[3]) == (["A", "B"], "C")
    assert isinstance(done[2], ZeroDivisionError)


async def test_while_the_database_is_away_nobody_tries_alone() -> None:
    write = Writer()
    write.is_away = True
    tasks = await asked(Together(write, most=9), "a", "b", "c")
    write.may_go_on.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(each) for each in done] == [Unavailable] * 3
    assert write.written == [["a"], ["b", "c"]]


@pytest.mark.parametrize("leaving", [0, 1, 2], ids=["who writes", "who writes next", "who only waits"])
async def test_who_leaves_takes_nobody_along(leaving: int) -> None:
    write = Writer()
    together = Together(write, most=9)
    tasks = await asked(together, "a", "b", "c")
    tasks[leaving].cancel()
    write.may_go_on.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(each) for each in done] == [asyncio.CancelledError if at == leaving else str for at in range(3)]
    assert await together("d") == "D"


async def test_feeds_that_are_recorded_at_the_same_moment_are_all_recorded(storage: Storage) -> None:
    feeds = [await storage.feeds.add(f"https://herald.example/{n}", now=NOW) for n in range(9)]
    later = [replace(each, title=f"Herald {each.id}", next_due_at=NOW + timedelta(hours=each.id)) for each in feeds]
    await asyncio.gather(*map(storage.feeds.record, reversed(later)))

    assert await storage.feeds.all() == later


async def test_wherever_a_transaction_is_cut_off_nothing_of_it_stays_open(sqlite_url: str) -> None:
    sqlite = await Storage.open(sqlite_url)
    for steps in range(40):
        task = asyncio.create_task(sqlite.feeds.add(f"https://herald.example/{steps}", now=NOW))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        with closing(sqlite3.connect(sqlite._database.url.database or "", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")

    assert await sqlite.feeds.add("https://herald.example/last", now=NOW)
    await sqlite.close()
