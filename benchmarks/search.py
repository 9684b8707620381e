"""How fast is search, and how well does it find: every kind of query among many articles, and headlines' bodies.

    ./run bench search scale [COUNT [WORDS]]      fills a SQLite file and a PostgreSQL database, and asks both
    ./run bench search fill URL [COUNT [WORDS]]
    ./run bench search ask|suggestions|inline URL
    ./run bench search quality [path to bbc-dev.jsonl.gz]

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
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from benchmarks.made_up import LENGTH, NOW, TOPICS, fill, vocabulary
from bot.app import running
from news.article import Entry
from news.grammar import sought
from storage import Storage
from storage.tables import inbox
from tests import postgres
from tests.bot.given import settings_for
from tests.sandbox.running import running_sandbox

DATA = Path(__file__).parents[2] / "shared" / "data" / "topics" / "bbc-dev.jsonl.gz"
EACH = 25
"""Queries of a kind."""


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


async def suggestions(url: str) -> None:
    """Words with a slip in them: how long a suggestion takes, the first and the others."""
    storage, dice, known = await Storage.open(url), random.Random(5), vocabulary()
    walls = []
    for _ in range(4 * EACH):
        word = known[dice.randrange(3, 600)]
        at = dice.randrange(len(word))
        started = time.perf_counter()
        await storage.search.suggest(word[:at] + dice.choice("aeioulnrst") + word[at:])
        walls.append(1000 * (time.perf_counter() - started))
    first, *others = walls
    print(f"{'a suggested spelling':<24} first {first:.1f} ms, p95 of the others {p95(others):.1f} ms", flush=True)
    await storage.close()


async def inline(url: str) -> None:
    """From what is typed after the bot's name to the cards below it: through the sandbox, the bot and its inbox."""
    dice, kinds = random.Random(6), list(queries().values())
    typed = list(dict.fromkeys(dice.choice(kinds)[dice.randrange(EACH)] for _ in range(8 * EACH)))
    storage = await Storage.open(url)
    async with storage._database.write() as connection:
        # A sandbox counts its updates from one again: of a run before, they would be taken for known.
        await connection.execute(delete(inbox))
    await storage.close()
    with tempfile.TemporaryDirectory() as folder:
        async with running_sandbox(Path(folder)) as sandbox:
            reader = await sandbox.add_user("Reader")
            settings = settings_for(sandbox, url, keep_days=3_650)
            async with running(settings):
                walls, cards = list[float](), 0
                for each in typed:
                    started = time.perf_counter()
                    cards += len((await sandbox.inline(reader["id"], each))["results"])
                    walls.append(1000 * (time.perf_counter() - started))
    print(
        f"{'inline, from end to end':<24} p50 {sorted(walls)[len(walls) // 2]:6.1f} ms  p95 {p95(walls):6.1f} ms"
        f"  {cards / len(walls):.1f} cards, {len(walls)} queries",
        flush=True,
    )


def p95(walls: list[float]) -> float:
    return sorted(walls)[int(len(walls) * 0.95)]


async def scale(count: int, length: int) -> None:
    with tempfile.TemporaryDirectory() as folder, postgres.running() as server:
        async with server.database("search") as url:
            for where in (f"sqlite:///{folder}/news.db", url):
                print("SQLite" if where != url else "PostgreSQL", flush=True)
                await fill(where, count, length)
                for measured in (ask, suggestions, inline):
                    await measured(where)


def _numbers(said: list[str]) -> tuple[int, int]:
    count, length = (*map(int, said), *(100_000, LENGTH)[len(said) :])
    return count, length


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["quality", *path]:
            asyncio.run(quality(*map(Path, path)))
        case ["fill", url, *numbers]:
            asyncio.run(fill(url, *_numbers(numbers)))
        case [("ask" | "suggestions" | "inline") as name, url]:
            asyncio.run({"ask": ask, "suggestions": suggestions, "inline": inline}[name](url))
        case ["scale", *numbers]:
            asyncio.run(scale(*_numbers(numbers)))
        case _:
            sys.exit(__doc__)
