"""H2, H3: whatever is served, this process stays small, every bad source is told of, and no other feed waits long."""

from __future__ import annotations

import gc
import os
import random
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from benchmarks.hostile.bombs import BOMBS
from benchmarks.hostile.site import ANSWERS, serving
from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import opened
from bot.ailing import told_of
from bot.collector import give_back
from ingest.door import Door
from ingest.workers import Workers
from jobs.file import Shelves
from jobs.refresh import Refreshed, refresh
from news.feed import Feed
from news.topics import Taxonomy
from storage import Storage
from tests.jobs.given import Clock, a_chat, instead

MOST_GROWN = {"bomb": 32.0, "answer": 24.0}
"""MB that the process may grow by at any moment, by kind of source."""
HONEST = 20
CHAT = 7
TIMED = 12
"""Sources from which on the time of the others is judged: below that it says more of the machine."""
WARM = 3
"""Rounds with honest feeds alone, before anything is measured."""
AGAIN = 1
"""Rounds with hostile feeds that are known by then."""


def reset_peak() -> float:
    """What this process holds now, in MB; from here on its peak counts."""
    gc.collect()
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak() -> float:
    """The most that this process held since `reset_peak`, in MB."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024 / 1e6


@dataclass(slots=True)
class Newsroom:
    """Feeds that are refreshed, and when each was done. Honest ones live on a site of their own."""

    storage: Storage
    door: Door
    workers: Workers
    shelves: Shelves
    clock: Clock
    site: str
    done: dict[int, float]

    async def follow(self, path: str, at: str | None = None) -> Feed:
        """As a chat follows it."""
        url = f"{at or self.site}/{quote(path)}"
        stored = await self.storage.feeds.add(url, now=self.clock(), is_shared=False)
        await self.storage.subscriptions.add(CHAT, "feed", str(stored.id), self.clock())
        return stored

    async def round(self, honest: Sequence[Feed], version: int, *, is_alone: bool) -> tuple[float, Refreshed]:
        """All that is due at once, or the honest feeds alone, each with one more entry; their mean time, in seconds."""
        for number, each in enumerate(honest):
            assert await self.storage.feeds.move(each.id, f"{self.site}/honest/{number}/{version}")
        self.clock.tick(days=2)
        self.done.clear()
        begun = time.perf_counter()
        among = [each.id for each in honest] if is_alone else None
        met = await refresh(
            self.storage, self.door, self.workers, self.shelves, now=self.clock(), limit=500, among=among
        )
        return statistics.fmean(self.done[each.id] - begun for each in honest), met


@asynccontextmanager
async def newsroom(names: Sequence[str], database_url: str, deadline: timedelta) -> AsyncIterator[tuple[Newsroom, str]]:
    """A newsroom and the site of its hostile feeds, which has these ready."""
    async with (
        serving() as port,
        serving(*names) as other,
        opened(database_url) as storage,
        Door(allow={("127.0.0.1", port), ("127.0.0.1", other)}, deadline=deadline) as door,
        Workers(2) as workers,
    ):
        done: dict[int, float] = {}
        record = storage.feeds.record

        async def timed(feed: Feed) -> None:
            await record(feed)
            done[feed.id] = time.perf_counter()

        storage.feeds = instead(storage.feeds, record=timed)
        await a_chat(storage, CHAT)
        shelves, site = Shelves(Taxonomy(())), f"http://127.0.0.1:{port}"
        yield Newsroom(storage, door, workers, shelves, Clock(), site, done), f"http://127.0.0.1:{other}"


async def standing(names: Sequence[str], kind: str, database_url: str) -> Outcome:
    """Rounds with honest feeds alone and beside hostile ones in turn: memory, sentences, what honest ones take."""
    give_back()
    problems, is_timed = list[str](), len(names) >= TIMED
    count, deadline = (HONEST, timedelta(seconds=15)) if is_timed else (HONEST // 5, timedelta(seconds=2))
    async with newsroom(names, database_url, deadline) as (desk, elsewhere):
        honest = [await desk.follow(f"honest/{number}/0") for number in range(count)]
        for version in range(WARM):
            await desk.round(honest, version + 1, is_alone=True)
        held = reset_peak()
        hostile = [await desk.follow(f"{kind}/{name}", elsewhere) for name in names]
        alone, beside = list[float](), list[float]()
        for turn in range(1 + (AGAIN if is_timed else 1)):
            version = WARM + 1 + 2 * turn
            alone.append((await desk.round(honest, version, is_alone=True))[0])
            took, met = await desk.round(honest, version + 1, is_alone=False)
            beside.append(took)
            problems += [f"stumbled: {each!r}" for each in met.accidents]
            if is_timed:
                print(
                    f"  round {turn + 1}: {alone[-1]:.2f} s alone, {took:.2f} s beside; {peak() - held:+.0f} MB so far"
                )
        grown = peak() - held
        if grown > MOST_GROWN[kind]:
            problems.append(f"{grown:.0f} MB more")
        usual = statistics.fmean(alone)
        first, then = beside[0], statistics.fmean(beside[1:])
        if is_timed:
            problems += [f"honest feeds waited {took:.1f} s" for took in (first, then) if took > 2 * usual]
        told, bad = await _told(desk.storage, hostile, desk.clock)
        problems += bad
    said = (
        f"{grown:+.0f} MB at most; honest feeds after {usual:.2f} s alone, {first:.2f} s when the others came first,"
        f" {then:.2f} s from then on; "
    )
    return outcome(f"{len(names)} sources beside {count} honest feeds", said + f"{told} told of", problems)


async def _told(storage: Storage, hostile: Sequence[Feed], clock: Clock) -> tuple[int, list[str]]:
    """How many sources `newsdigest feeds health` tells of, and what is wrong with what it says."""
    told, problems = 0, list[str]()
    for each in hostile:
        known = await storage.feeds.get(each.id)
        assert known is not None
        if known.problem is None:
            continue
        line = told_of(known, followers=1, now=clock())
        told += 1
        if each.url not in line or known.problem not in line or not line.endswith(".") or "\n" in line:
            problems.append(f"told badly: {line[:200]}")
    return told, problems


def _drawn(names: Sequence[str], seed: int, size: int) -> Sequence[str]:
    return names if size >= len(names) else random.Random(seed).sample(names, size)


async def feed_bombs(seed: int, size: int, database_url: str) -> Outcome:
    """Up to `size` of the feeds and pages that are made to be heavy."""
    return await standing(_drawn(list(BOMBS), seed, size), "bomb", database_url)


async def response_bombs(seed: int, size: int, database_url: str) -> Outcome:
    """Up to `size` of the answers that no server should give."""
    return await standing(_drawn(list(ANSWERS), seed, size), "answer", database_url)


CAMPAIGNS = [
    Campaign("H2", "feeds and pages made to be heavy", feed_bombs, 100, 100, ("sqlite",)),
    Campaign("H3", "answers that no server should give", response_bombs, 100, 100, ("sqlite",)),
]
