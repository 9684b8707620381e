"""Made-up articles by the million, of a vocabulary as unevenly frequent as a language's (Zipf).

They go into a database without a Python object for each: a million take a minute or two.
"""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import bindparam, text

from news.roots import marked, rooted
from storage import Storage, tables, words
from storage.columns import UtcDateTime

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
TOPICS = ["world", "politics", "business", "science", "technology", "health", "sport", "culture", "environment"]
VOCABULARY = 60_000
HEADLINE, LENGTH = 9, 60
"""Words of a headline, and of an article with it."""
POOL = 20_000
"""Articles that differ."""


def vocabulary() -> list[str]:
    """Words that differ in their roots, the most frequent first."""
    dice, found = random.Random(1), dict[str, str]()
    starts, middles = (
        ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "st"],
        ["a", "e", "i", "o", "u"],
    )
    while len(found) < VOCABULARY:
        word = "".join(dice.choice(starts) + dice.choice(middles) for _ in range(dice.choice([1, 2, 2, 3, 3, 4]))) + "k"
        found.setdefault(rooted(word), word)
    return list(found.values())


POOLED = """
    CREATE TABLE pooled (
        id INTEGER PRIMARY KEY, headline TEXT, paragraphs TEXT, source TEXT, language TEXT, topic TEXT,
        roots TEXT, body TEXT, marks TEXT
    )
"""
STORED = """
    INSERT INTO articles (
        id, story_id, first_seen_at, is_shared, headline, paragraphs, publisher_bullets, bullets, language, source,
        is_teaser, bullet_count, text_length
    )
    SELECT id + :first, 1, :at, :yes, headline, paragraphs, '[]', '[]', language, source, :no, 0, 300
    FROM pooled WHERE id + :first <= :count
"""
FILED = """
    INSERT INTO article_topics (article_id, topic, confidence)
    SELECT id + :first, topic, 1 FROM pooled WHERE id + :first <= :count
"""
INDEXED = """
    INSERT INTO {table} ({key}, headline, body, marks, seen_at)
    SELECT id + :first, roots, body, marks, :seen FROM pooled
    WHERE id + :first <= :count AND id + :first >= :from AND id + :first < :to
"""
FOUND_BY = "CREATE INDEX ix_article_search_words ON article_search USING gin (article_words(id, headline, body, marks))"


def pooled(length: int) -> list[dict[str, Any]]:
    """Articles of so many words to fill a database with, each many times."""
    known, dice = vocabulary(), random.Random(2)
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(known))))
    cut, found = {each: rooted(each) for each in known}, []
    for at in range(1, POOL + 1):
        said = dice.choices(known, cum_weights=weights, k=length)
        topic, feed, language = dice.choice(TOPICS), dice.randrange(300), dice.choice(["en", "en", "en", "de", "fr"])
        marks = (("topic", topic), ("feed", f"gazette {feed}"), ("lang", language))
        found.append(
            {
                "id": at,
                "headline": " ".join(said[:HEADLINE]),
                "paragraphs": json.dumps([" ".join(said[HEADLINE:])]),
                "source": f"Gazette {feed}",
                "language": language,
                "topic": topic,
                "roots": " ".join(cut[each] for each in said[:HEADLINE]),
                "body": " ".join(cut[each] for each in said[HEADLINE:]),
                "marks": " ".join(marked(*mark) for mark in marks),
            }
        )
    return found


async def fill(url: str, count: int, length: int = LENGTH) -> None:
    """Two months of articles, without a Python object for each: a million take minutes as it is."""
    storage, started = await Storage.open(url), time.monotonic()
    key = "rowid" if storage._database.is_sqlite else "id"
    story = {"id": 1, "headline": "", "first_seen_at": NOW, "last_seen_at": NOW, "sources": [], "sketch": {}}
    async with storage._database.write() as connection:
        await connection.execute(tables.stories.insert(), [story])
        await connection.execute(tables.topics.insert(), [{"slug": t, "name": t, "position": 0} for t in TOPICS])
        await connection.execute(text(POOLED))
        columns = "id, headline, paragraphs, source, language, topic, roots, body, marks"
        names = ", ".join(f":{each}" for each in columns.split(", "))
        await connection.execute(text(f"INSERT INTO pooled ({columns}) VALUES ({names})"), pooled(length))
        if not storage._database.is_sqlite:  # made at once it takes a third of the time
            await connection.execute(text("DROP INDEX ix_article_search_words"))
    for first in range(0, count, POOL):
        async with storage._database.write() as connection:
            at = NOW - timedelta(days=60) * (1 - first / count)
            given = {"first": first, "count": count, "yes": True, "no": False}
            seen = int(at.timestamp()) * 1_000_000
            stored = text(STORED).bindparams(bindparam("at", type_=UtcDateTime))
            await connection.execute(stored, given | {"at": at})
            await connection.execute(text(FILED), {"first": first, "count": count})
            for part in range((first + 1) // words.SIZE, (first + POOL) // words.SIZE + 1):
                await words.make(connection, words.SHARED, part)
                table = f"article_search_{part}" if storage._database.is_sqlite else "article_search"
                bounds = {"from": part * words.SIZE, "to": (part + 1) * words.SIZE}
                insert = text(INDEXED.format(table=table, key=key))
                await connection.execute(insert, {"first": first, "count": count, "seen": seen} | bounds)
    async with storage._database.write() as connection:
        await connection.execute(text("DROP TABLE pooled"))
        if not storage._database.is_sqlite:
            await connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
            await connection.execute(text(FOUND_BY))
            await connection.execute(text("ANALYZE"))
    while await storage.search.join():  # as tidy does
        pass
    print(f"filled with {count:,} articles of {length} words in {time.monotonic() - started:.0f} s", flush=True)
    await storage.close()
