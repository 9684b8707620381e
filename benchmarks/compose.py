"""How fast digests are composed when many chats are due at once: 5,000 stories, some hundreds of appetites.

Of the chats 95 % share 400 appetites (one to four of nine topics, for some a feed or two), a few of them by many; each
of the rest has one of its own, with words or a feed.

`python -m benchmarks.compose [CHATS …]`, `full` for 100,000 and 200,000; each on SQLite and on PostgreSQL, for a
first day and, with what it told remembered, a second. PostgreSQL runs without fsync, as in the tests.

`python -m benchmarks.compose returning` measures on SQLite a second day that brings no story but one more article,
with something new, of each of the first day's: what finding the updates costs, by stories and chats.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.crowd import AWAKE, NOW, news, phrase, readers, tell, topics_and_feeds
from bot.collector import calm
from jobs import orders
from jobs.compose import compose
from jobs.returning import updates_of
from storage import Storage
from tests import postgres


@dataclass(frozen=True, slots=True)
class Day:
    """The digests of one morning: seconds of our processor, on SQLite with the database's, and by the clock."""

    name: str
    count: int
    cpu: float
    wall: float


async def size(storage: Storage) -> int:
    """Bytes on disk."""
    if storage._database.is_sqlite:
        await storage._database.checkpoint()
        return Path(storage._database.url.database or "").stat().st_size
    async with storage._database.read() as connection:
        return await connection.scalar(text("SELECT pg_database_size(current_database())")) or 0


async def server_seconds(storage: Storage) -> float:
    """CPU seconds that PostgreSQL spent for us so far."""
    if storage._database.is_sqlite:
        return 0.0
    async with storage._database.read() as connection:
        pids = await connection.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
        ticks = [Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:13] for pid in pids]
    return sum(int(user) + int(system) for user, system in ticks) / 100


def forget_peak() -> None:
    """From now on the kernel remembers the largest memory of this process anew."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> int:
    """The largest memory of this process since then, in megabytes."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) // 1024


async def measure(url: str, count: int) -> list[Day]:
    """What each of two days took."""
    dice, took = random.Random(7), []
    storage = await Storage.open(url)
    name = "SQLite" if storage._database.is_sqlite else "PostgreSQL"
    try:
        await topics_and_feeds(storage)
        await readers(storage, count, dice)
        for day in range(2):
            await news(storage, day, dice)
            if name == "PostgreSQL":
                async with storage._database.write() as connection:
                    await connection.execute(text("ANALYZE"))
            async with storage._database.write() as connection:
                await connection.execute(text("UPDATE outbox SET state = 'sent'"))
            before, theirs = await size(storage), await server_seconds(storage)
            forget_peak()
            begun, cpu = time.perf_counter(), time.process_time()
            done = await compose(storage, now=NOW + timedelta(days=day))
            cpu, wall = time.process_time() - cpu, time.perf_counter() - begun
            rss, theirs = peak_mb(), await server_seconds(storage) - theirs
            grown = (await size(storage) - before) / count
            took.append(Day(f"{name}, day {day + 1}", count, cpu, wall))
            assert (done.digests, done.accidents) == (count, ()), done
            async with storage._database.read() as connection:
                kept = [
                    await connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("editions", "texts")
                ]
            print(
                f"{name}, {count:,} chats, day {day + 1}: {count / cpu:,.0f} digests/s a core"
                f" ({cpu:.1f} s of ours, {theirs:.1f} s of the server's, {wall:.1f} s by the clock),"
                f" {grown:,.0f} bytes a chat, {kept[0]:,} editions, {kept[1]:,} texts, {rss} MB at most",
                flush=True,
            )
    finally:
        await storage.close()
    return took


def compared(small: list[Day], large: list[Day]) -> None:
    """Says how the time grew with the chats: the processor's does not depend on what else the machine does."""
    for one, other in zip(small, large, strict=True):
        print(
            f"{one.name}, {other.count:,} chats instead of {one.count:,}: × {other.cpu / one.cpu:.2f} of our CPU,"
            f" × {other.wall / one.wall:.2f} by the clock",
            flush=True,
        )


async def measure_returning(url: str, count: int, stories: int) -> None:
    dice, spent = random.Random(7), 0.0
    storage = await Storage.open(url)

    async def timed(*what: Any) -> Any:
        nonlocal spent
        begun = time.process_time()
        found = await updates_of(*what)
        spent += time.process_time() - begun
        return found

    vars(orders)["updates_of"] = timed
    try:
        await topics_and_feeds(storage)
        await readers(storage, count, dice)
        await news(storage, 0, dice, stories=stories)
        await compose(storage, now=NOW)
        spent = 0.0
        tomorrow = NOW + timedelta(days=1)
        seen = [tomorrow - timedelta(minutes=dice.uniform(1, 1_400)) for _ in range(stories)]
        await tell(storage, [(stories + n, n, phrase(dice, 9), seen[n - 1]) for n in range(1, stories + 1)], dice)
        async with storage._database.write() as connection:
            await connection.execute(text("UPDATE outbox SET state = 'sent'"))
            told = text("SELECT count(DISTINCT story_id) FROM edition_items")
            shown = await connection.scalar(told)
        cpu = time.process_time()
        done = await compose(storage, now=tomorrow)
        cpu = time.process_time() - cpu
        print(
            f"{count:,} chats, {stories:,} stories with one more article, {shown:,} of them told before:"
            f" {done.digests:,} digests of updates; finding these took {spent:.1f} s of CPU of {cpu:.1f} s",
            flush=True,
        )
    finally:
        vars(orders)["updates_of"] = updates_of
        await storage.close()


async def returning() -> None:
    calm()
    with tempfile.TemporaryDirectory() as folder:
        for count, stories in ((5_000, 5_000), (20_000, 5_000), (20_000, 2_500)):
            await measure_returning(f"sqlite:///{folder}/{count}-{stories}.db", count, stories)


async def main(counts: list[int]) -> None:
    calm()
    before: list[Day] = []
    with tempfile.TemporaryDirectory() as folder, postgres.running(**AWAKE) as server:
        for count in counts:
            days = await measure(f"sqlite:///{folder}/{count}.db", count)
            async with server.database(f"compose{count}") as url:
                days += await measure(url, count)
            if before:
                compared(before, days)
            before = days


if __name__ == "__main__":
    asked = sys.argv[1:] or ["10000", "20000"]
    if asked == ["returning"]:
        asyncio.run(returning())
    else:
        asyncio.run(main([100_000, 200_000] if asked == ["full"] else [int(each) for each in asked]))
