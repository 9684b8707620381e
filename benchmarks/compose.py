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
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.collector import calm
from jobs import orders
from jobs.compose import compose
from jobs.returning import updates_of
from news.digest import SHOWN_BULLETS
from news.roots import roots_of
from storage import Storage, tables, words
from storage.columns import fingerprint
from tests import postgres

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
TOPICS = ["world", "politics", "business", "science", "technology", "health", "sport", "culture", "environment"]
FEEDS, STORIES, APPETITES = 60, 5_000, 400
ALONE = 0.05
"""Share of the chats whose wishes are like nobody else's, with words or a feed besides topics."""
MORNINGS = [
    ("Europe/Berlin", clock_time(8)),
    ("Europe/Berlin", clock_time(8)),
    ("Europe/Madrid", clock_time(8)),
    ("Europe/London", clock_time(7)),
    ("Europe/Athens", clock_time(9)),
    ("Africa/Lagos", clock_time(8)),
    ("Asia/Kolkata", clock_time(12, 30)),
]
"""Zones with the time there that is seven in UTC; an evening follows for every third chat."""
LOOKS = ["classic", "classic", "rich"]
SINCE = NOW - timedelta(days=1)
CHAT = {"kind": "private", "joined_at": SINCE, "language": "en", "state": "active"}
SCHEDULE = {
    "thread_id": None,
    "days": frozenset(range(7)),
    "epoch": 1,
    "failures": 0,
    "changed_at": SINCE,
    "next_due_at": NOW,
}
INSERTED = 5_000
"""Rows in one statement: the benchmark's own needs are no part of what composing needs."""
SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
VOCABULARY = [a + b + c for a in SYLLABLES[:24] for b in SYLLABLES for c in SYLLABLES[36:44]]
"""Each word stands in some three of a hundred articles."""


def phrase(dice: random.Random, length: int) -> str:
    return " ".join(dice.choices(VOCABULARY, k=length))


async def insert(storage: Storage, table: Any, rows: list[dict[str, Any]]) -> None:
    async with storage._database.write() as connection:
        for at in range(0, len(rows), INSERTED):
            await connection.execute(table.insert(), rows[at : at + INSERTED])


async def topics_and_feeds(storage: Storage) -> None:
    await insert(storage, tables.topics, [{"slug": s, "name": s, "position": 0} for s in TOPICS])
    feeds = [
        {
            "id": at,
            "url": f"https://{at}.example",
            "url_hash": fingerprint(f"{at}"),
            "is_shared": True,
            "next_due_at": NOW,
            "interval": timedelta(hours=1),
            "failures": 0,
        }
        for at in range(1, FEEDS + 1)
    ]
    await insert(storage, tables.feeds, feeds)


async def news(
    storage: Storage, day: int, dice: random.Random, first_morning: datetime = NOW, stories: int = STORIES
) -> None:
    """A day's stories, of one article each, seen in the day before its morning."""
    first = day * stories + 1
    ids = range(first, first + stories)
    seen = {each: first_morning + timedelta(days=day, minutes=-dice.uniform(1, 1_400)) for each in ids}
    told: list[dict[str, Any]] = [
        {
            "id": each,
            "headline": phrase(dice, 9),
            "first_seen_at": seen[each],
            "last_seen_at": seen[each],
            "sources": ["a", "b", "c"][: dice.randint(1, 3)],
            "sketch": {},
        }
        for each in ids
    ]
    await insert(storage, tables.stories, told)
    await tell(storage, [(each["id"], each["id"], each["headline"], each["first_seen_at"]) for each in told], dice)


async def tell(storage: Storage, told: list[tuple[int, int, str, datetime]], dice: random.Random) -> None:
    """An article each: its id and story, its headline, and when it was seen."""
    articles: list[dict[str, Any]] = [
        {
            "id": article_id,
            "feed_id": dice.randint(1, FEEDS),
            "story_id": story_id,
            "first_seen_at": seen_at,
            "is_shared": True,
            "headline": headline,
            "paragraphs": [phrase(dice, 60) for _ in range(5)],
            "publisher_bullets": [],
            "bullets": [(phrase(dice, 14), "extract", 0, 1) for _ in range(SHOWN_BULLETS)],
            "source": "The Herald",
            "url": f"https://herald.example/{article_id}",
            "language": "en",
            "is_teaser": False,
            "bullet_count": SHOWN_BULLETS,
            "text_length": 2_000,
        }
        for article_id, story_id, headline, seen_at in told
    ]
    await insert(storage, tables.articles, articles)
    filed = [{"article_id": each, "topic": dice.choice(TOPICS), "confidence": dice.random()} for each, *_ in told]
    await insert(storage, tables.article_topics, filed)
    rooted = [
        roots_of(each["id"], each["headline"], " ".join(each["paragraphs"]), each["first_seen_at"], language="en")
        for each in articles
    ]
    async with storage._database.write() as connection:
        for part in {each.id // words.SIZE for each in rooted}:
            await words.index(connection, [each for each in rooted if each.id // words.SIZE == part], is_shared=True)


def appetite(dice: random.Random) -> list[tuple[str, str]]:
    """A few topics, and for some a feed or two."""
    topics = dice.sample(TOPICS, dice.choice([1, 2, 2, 3, 3, 4]))
    feeds = dice.sample(range(1, FEEDS + 1), dice.choice([0, 0, 0, 1, 2]))
    return [*(("topic", each) for each in topics), *(("feed", str(each)) for each in feeds)]


def wishes_of(chat_id: int, wanted: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Rows of subscriptions."""
    return [
        {
            "chat_id": chat_id,
            "kind": kind,
            "value": value,
            "value_hash": fingerprint(value),
            "feed_id": int(value) if kind == "feed" else None,
            "created_at": SINCE,
        }
        for kind, value in dict.fromkeys(wanted)
    ]


async def readers(storage: Storage, count: int, dice: random.Random) -> None:
    """Chats in several zones, all of which want a digest at the same moment."""
    shared = [appetite(dice) for _ in range(APPETITES)]
    popular = [1 / (at + 1) for at in range(APPETITES)]
    for first in range(1, count + 1, INSERTED):
        chats, wishes, schedules = [], [], []
        for chat_id in range(first, min(first + INSERTED, count + 1)):
            zone, morning = dice.choice(MORNINGS)
            chats.append({"id": chat_id, "zone": zone, "look": dice.choice(LOOKS), **CHAT})
            wanted = dice.choices(shared, popular)[0]
            if dice.random() < ALONE:
                own = ("words", phrase(dice, 1)) if dice.random() < 0.5 else ("feed", str(dice.randint(1, FEEDS)))
                wanted = [*appetite(dice), own]
            wishes += wishes_of(chat_id, wanted)
            times = (morning, clock_time(18)) if dice.random() < 0.33 else (morning,)
            schedules.append({"chat_id": chat_id, "times": times, **SCHEDULE})
        await insert(storage, tables.chats, chats)
        await insert(storage, tables.subscriptions, wishes)
        await insert(storage, tables.schedules, schedules)


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


async def measure(url: str, count: int) -> None:
    dice = random.Random(7)
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
    with tempfile.TemporaryDirectory() as folder, postgres.running() as server:
        for count in counts:
            await measure(f"sqlite:///{folder}/{count}.db", count)
            async with server.database(f"compose{count}") as url:
                await measure(url, count)


if __name__ == "__main__":
    asked = sys.argv[1:] or ["10000", "20000"]
    if asked == ["returning"]:
        asyncio.run(returning())
    else:
        asyncio.run(main([100_000, 200_000] if asked == ["full"] else [int(each) for each in asked]))
