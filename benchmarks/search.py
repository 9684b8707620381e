"""How fast is search, and how well does it find: every kind of query among many articles, and headlines' bodies.

    python -m benchmarks.search [COUNT]            fills a SQLite file and a PostgreSQL database and asks both
    python -m benchmarks.search fill|ask URL [COUNT]
    python -m benchmarks.search quality [path to bbc-dev.jsonl.gz]

The articles are made up: 60 words, of a vocabulary whose words are as unevenly frequent as a language's (Zipf).
CPU is this process's alone: on PostgreSQL look at the time by the clock.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, text

from news.article import Entry
from news.grammar import sought
from news.roots import marked, rooted
from storage import Storage, tables, words
from tests import postgres

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "shared" / "data" / "topics" / "bbc-dev.jsonl.gz"
TOPICS = ["world", "politics", "business", "science", "technology", "health", "sport", "culture", "environment"]
VOCABULARY = 60_000
HEADLINE, BODY = 9, 51
POOL = 20_000
"""Articles that differ."""
EACH = 25
"""Queries of a kind."""


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


def pooled() -> list[dict[str, Any]]:
    """Articles to fill a database with, each many times."""
    known, dice = vocabulary(), random.Random(2)
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(known))))
    cut, found = {each: rooted(each) for each in known}, []
    for at in range(1, POOL + 1):
        said = dice.choices(known, cum_weights=weights, k=HEADLINE + BODY)
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


async def fill(url: str, count: int) -> None:
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
        await connection.execute(text(f"INSERT INTO pooled ({columns}) VALUES ({names})"), pooled())
        if not storage._database.is_sqlite:  # made at once it takes a third of the time
            await connection.execute(text("DROP INDEX ix_article_search_words"))
    for first in range(0, count, POOL):
        async with storage._database.write() as connection:
            at = NOW - timedelta(days=60) * (1 - first / count)
            given = {"first": first, "count": count, "yes": True, "no": False}
            seen = int(at.timestamp()) * 1_000_000
            stored = text(STORED).bindparams(bindparam("at", type_=tables.UtcDateTime))
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
    print(f"filled with {count:,} articles in {time.monotonic() - started:.0f} s", flush=True)
    await storage.close()


def queries() -> dict[str, list[str]]:
    """By kind. With these weights the word of rank r is in about 60 / 10 / (r + 3) of the articles."""
    known, dice = vocabulary(), random.Random(3)

    def some(low: int, high: int) -> str:
        return known[dice.randrange(low, high)]

    def common() -> str:
        return some(3, 25)

    def mid() -> str:
        return some(200, 600)

    def rare() -> str:
        return some(20_000, 59_000)

    makers = {
        "rare": rare,
        "mid (1 %)": mid,
        "over 20 %": common,
        "two words": lambda: f"{mid()} {mid()}",
        "two words, one common": lambda: f"{mid()} {common()}",
        "two common words": lambda: f"{common()} {common()}",
        "three words": lambda: f"{mid()} {mid()} {common()}",
        "a headline": lambda: " ".join([common(), common(), *(mid() for _ in range(4)), rare(), rare()]),
        "AND of two": lambda: f"{mid()} AND {mid()}",
        "AND of two common": lambda: f"{common()} AND {common()}",
        "AND of three": lambda: f"{mid()} AND {common()} AND {common()}",
        "OR": lambda: f"{mid()} OR {mid()}",
        "NOT": lambda: f"{mid()} -{common()}",
        "common phrase": lambda: f'"{common()} {common()}"',
        "rare phrase": lambda: f'"{mid()} {mid()}"',
        "prefix, 3 letters": lambda: f"{mid()[:3]}*",
        "prefix, 5 letters": lambda: f"{(mid() + 'xx')[:5]}*",
        "word topic:": lambda: f"{mid()} topic:{dice.choice(TOPICS)}",
        "common topic: lang:": lambda: f"{common()} topic:{dice.choice(TOPICS)} lang:de",
        "word feed:": lambda: f'{common()} feed:"gazette {dice.randrange(300)}"',
        "title:": lambda: f"title:{mid()}",
        "title: common": lambda: f"title:{common()}",
        "word since:7d": lambda: f"{mid()} since:7d",
        "newest first": common,
    }
    return {kind: [make() for _ in range(EACH)] for kind, make in makers.items()}


async def ask(url: str) -> None:
    storage = await Storage.open(url)
    names = {each: each for each in TOPICS}
    slowest = 0.0
    for kind, asked in queries().items():
        walls, cpus, totals, partly = [], [], 0, 0
        for again in (False, True):  # the second time warm, as a bot that runs is
            for typed in asked:
                wall, cpu = time.perf_counter(), time.process_time()
                wanted = sought(typed, topics=names)
                found = await storage.search.find(wanted, chat_id=1, now=NOW, newest_first=kind == "newest first")
                if again:
                    walls.append(1000 * (time.perf_counter() - wall))
                    cpus.append(1000 * (time.process_time() - cpu))
                    totals, partly = totals + found.total, partly + (not found.is_complete)
        walls.sort(), cpus.sort()
        p95 = int(len(walls) * 0.95)
        slowest = max(slowest, walls[p95])
        print(
            f"{kind:<24} p50 {walls[len(walls) // 2]:6.1f} ms  p95 {walls[p95]:6.1f} ms  CPU p95 {cpus[p95]:6.1f} ms"
            f"  {totals / len(asked):7.1f} found, {partly:2} of {len(asked)} partly",
            flush=True,
        )
    print(f"slowest kind: p95 {slowest:.1f} ms", flush=True)
    await storage.close()


async def quality(path: Path = DATA) -> None:
    """Headline → body: the headline is the query, and stands in no article."""
    with gzip.open(path, "rt") as lines:
        items = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as folder, postgres.running() as server:
        async with server.database("quality") as url:
            for name, where in (("SQLite", f"{folder}/news.db"), ("PostgreSQL", url)):
                mrr, at_10 = await _quality(where, items)
                print(f"{name}: {len(items)} headlines, MRR@10 {mrr:.3f}, R@10 {at_10:.3f}", flush=True)


async def _quality(url: str, items: list[dict[str, Any]]) -> tuple[float, float]:
    storage, ids = await Storage.open(url), {}
    for item in items:
        entry = Entry(headline="", paragraphs=tuple(item["body"].split("\n\n")))
        article = await storage.articles.add(
            entry,
            keys=[str(item["id"])],
            bullets=[],
            topics=[],
            story_id=None,
            sketch={},
            source="",
            feed_id=None,
            now=NOW,
        )
        assert article is not None
        ids[article.id] = item["same_as"] or item["id"]
    mrr = at_10 = 0.0
    for item in items:
        right = item["same_as"] or item["id"]  # a copy is as right
        found = await storage.search.find(item["headline"], chat_id=None, now=NOW, limit=10)
        places = [at for at, hit in enumerate(found.hits, 1) if ids[hit.article.id] == right]
        mrr += 1 / places[0] if places else 0
        at_10 += bool(places)
    await storage.close()
    return mrr / len(items), at_10 / len(items)


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder, postgres.running() as server:
        async with server.database("search") as url:
            for where in (f"{folder}/news.db", url):
                print("SQLite" if where != url else "PostgreSQL", flush=True)
                await fill(where, count)
                await ask(where)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["quality", *path]:
            asyncio.run(quality(*map(Path, path)))
        case ["fill", url, *number]:
            asyncio.run(fill(url, int(number[0]) if number else 100_000))
        case ["ask", url]:
            asyncio.run(ask(url))
        case number:
            asyncio.run(main(int(number[0]) if number else 100_000))
