"""A day's stories by the thousand, and as many chats that want them, written straight into a database."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from benchmarks.made_up import TOPICS
from news.digest import SHOWN_BULLETS
from news.roots import roots_of
from storage import Storage, tables, words
from storage.columns import fingerprint

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
AWAKE = {"autovacuum": "on", "autovacuum_naptime": "5s"}
"""A PostgreSQL that looks at its tables while they fill, as one of its own does once a minute: until then its plans for
foreign keys are those of empty tables, and each row costs as much as there are rows."""
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


async def readers_who_missed(storage: Storage, count: int, now: datetime) -> None:
    """Chats of some hundred appetites, due tomorrow, that missed a digest an hour ago."""
    dice, since, ids = random.Random(7), now - timedelta(days=2), range(1, count + 1)
    appetites = [appetite(dice) for _ in range(APPETITES)]
    chat = CHAT | {"joined_at": since, "look": "classic"}
    missed = {"times": (clock_time((now - timedelta(hours=1)).hour),), "changed_at": since}
    schedule = SCHEDULE | missed | {"next_due_at": now + timedelta(days=1)}
    wishes = [row for each in ids for row in wishes_of(each, dice.choice(appetites))]
    await insert(storage, tables.chats, [{"id": each, **chat} for each in ids])
    await insert(storage, tables.subscriptions, wishes)
    await insert(storage, tables.schedules, [{"chat_id": each, **schedule} for each in ids])
