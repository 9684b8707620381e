"""H2, H3: whatever is served, this process stays small, every bad source is told of, and no other feed waits long."""

from __future__ import annotations

import gc
import os
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from benchmarks.hostile.bombs import BOMBS
from benchmarks.hostile.site import ANSWERS, serving
from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import opened
from bot.collector import give_back
from bot.feeds import told_of
from ingest.door import Door
from ingest.workers import Workers
from jobs.file import Shelves
from jobs.refresh import Refreshed, refresh
from news.feed import Feed
from news.topics import Taxonomy
from storage import Storage
from tests.jobs.given import Clock, a_chat, instead

MOST_GROWN = 32.0
"""MB that the process may grow by at any moment."""
HONEST = 20
CHAT = 7
TIMED = 12
"""Sources from which on the time of the others is judged: below that it says more of the machine."""
WARM = 3
"""Rounds with honest feeds alone, before anything is measured."""


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
    begun: float = 0.0

    async def follow(self, path: str, at: str | None = None) -> Feed:
        """As a chat follows it."""
        url = f"{at or self.site}/{quote(path)}"
        stored = await self.storage.feeds.add(url, now=self.clock(), is_shared=False)
        await self.storage.subscriptions.add(CHAT, "feed", str(stored.id), self.clock())
        return stored

    async def round(self) -> Refreshed:
        """All that is due, at once."""
        self.done.clear()
        self.begun = time.perf_counter()
        return await refresh(self.storage, self.door, self.workers, self.shelves, now=self.clock(), limit=500)

    async def turn(self, feeds: Sequence[Feed], version: int) -> None:
        """The honest feeds are of another version, and due."""
        for number, each in enumerate(feeds):
            assert await self.storage.feeds.move(each.id, f"{self.site}/honest/{number}/{version}")
        self.clock.tick(days=2)

    def latencies(self, feeds: Sequence[Feed]) -> list[float]:
        return sorted(self.done[each.id] - self.begun for each in feeds)


async def standing(names: Sequence[str], kind: str, database_url: str) -> Outcome:
    """Honest feeds alone, then in rounds with hostile ones: memory, sentences, and how long the honest ones take."""
    give_back()
    problems, is_timed = list[str](), len(names) >= TIMED
    count, deadline = (HONEST, timedelta(seconds=15)) if is_timed else (HONEST // 5, timedelta(seconds=2))
    async with (
        serving() as port,
        serving() as other,
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
        desk = Newsroom(storage, door, workers, Shelves(Taxonomy(())), Clock(), f"http://127.0.0.1:{port}", done)
        honest = [await desk.follow(f"honest/{number}/0") for number in range(count)]
        alone = []
        for version in range(WARM):
            await desk.turn(honest, version + 1)
            await desk.round()
            alone.append(desk.latencies(honest))
        usual = min(alone[1:], key=statistics.fmean)
        held = reset_peak()
        hostile = [await desk.follow(f"{kind}/{name}", f"http://127.0.0.1:{other}") for name in names]
        seen = []
        for version in range(2):
            await desk.turn(honest, version + 9)
            met = await desk.round()
            seen.append(desk.latencies(honest))
            problems += [f"stumbled: {each!r}" for each in met.accidents]
        grown = peak() - held
        if grown > MOST_GROWN:
            problems.append(f"{grown:.0f} MB more")
        for times, when in zip(seen, ("at first sight", "from then on"), strict=True):
            if is_timed and statistics.fmean(times) > 2 * statistics.fmean(usual):
                problems.append(f"honest feeds waited {when}: {statistics.fmean(times):.1f} s")
        told, bad = await _told(storage, hostile, desk.clock)
        problems += bad
    waits = " / ".join(f"{statistics.fmean(each):.2f}, {each[-1]:.2f}" for each in (usual, *seen))
    said = f"{grown:+.0f} MB at most; honest feeds after (mean, last) {waits} s alone / at first / then; "
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
