"""What the index of either database finds is what the filter itself says of each article."""

from __future__ import annotations

import random
from contextlib import suppress

from news.article import Article
from news.filters import Filter
from news.grammar import Unclear, parse
from news.sieve import Sieve
from storage import Storage, tables, words
from storage.matching import each_wants
from tests.storage.given import NOW, an_article, later

TOPICS = {"world": "World", "sport": "Sport"}
NAMES = [
    "alpha",
    "beta",
    "gammas",
    "deltas",
    "l'été",
    "O'Neill",
    "thetas",
    "theta",
    "alphabet",
    "don't",
    "3.5",
    "北京市",
]


def a_filter(dice: random.Random, depth: int = 0) -> str:
    word, other = dice.sample(NAMES, 2)
    kind = dice.randrange(10 if depth < 3 else 6)
    if kind < 2:
        return word
    if kind == 2:
        return f'"{word} {other}"'
    if kind == 3:
        return dice.choice(["topic:world", "topic:sport", "lang:en", 'feed:"the gazette"', "since:3d", "since:6d"])
    if kind == 4:
        return f"title:{word}"
    if kind == 5:
        return dice.choice([f"{word[:3]}*", f'"{word} the*"', f'title:"{word} alp*"'])
    left, right = a_filter(dice, depth + 1), a_filter(dice, depth + 1)
    return f"({left} {dice.choice(['AND', 'OR', 'NOT', 'AND NOT', 'OR NOT'])} {right})"


async def some_articles(storage: Storage, dice: random.Random, count: int) -> list[Article]:
    private = await storage.feeds.add("https://secret.example", now=NOW, is_shared=False)
    return [
        await an_article(
            storage,
            " ".join(dice.choices(NAMES, k=dice.randrange(1, 5))),
            " ".join(dice.choices(NAMES, k=dice.randrange(8))),
            topics=dice.sample(list(TOPICS), dice.randrange(2)),
            now=later(days=-dice.randrange(9)),
            feed_id=dice.choice([None, None, private.id]),
        )
        for _ in range(count)
    ]


def some_filters(dice: random.Random, tries: int) -> dict[str, Filter]:
    found = {}
    for _ in range(tries):
        typed = a_filter(dice)
        with suppress(Unclear):
            found[typed] = parse(typed, topics=TOPICS)
    return found


def sieve_of(stored: list[Article]) -> Sieve:
    return Sieve([words.row_of(each.id, each, [f.topic for f in each.topics], each.first_seen_at) for each in stored])


async def test_database_and_filter_agree_on_random_filters_and_articles(storage: Storage) -> None:
    dice = random.Random(11)
    stored = await some_articles(storage, dice, 60)
    sieve, filters = sieve_of(stored), some_filters(dice, 150)
    assert len(filters) > 50
    async with storage._database.read() as connection:
        every = await each_wants(connection, list(filters.values()), [each.id for each in stored], NOW)
    for wanted, found in zip(filters.values(), every, strict=True):
        assert found == set(sieve.wanted(wanted, NOW)), wanted


async def test_few_filters_and_many_bring_a_digest_the_same_articles(storage: Storage) -> None:
    dice = random.Random(12)
    stored = await some_articles(storage, dice, 60)
    filters = some_filters(dice, 40)
    alone: dict[str, set[int]] = {}
    for typed in filters:
        pool = await storage.pools.read(later(days=-30))
        await storage.pools.look_up(pool, [typed], NOW)
        alone |= pool.filtered
        assert pool.sieve is None
    together = await storage.pools.read(later(days=-30))
    await storage.pools.look_up(together, list(filters), NOW)
    assert together.sieve is not None
    assert together.filtered == alone
    await storage.pools.look_up(together, ["alpha"], NOW)
    assert together.filtered["alpha"] == set(sieve_of(stored).wanted(parse("alpha", topics=TOPICS), NOW)) != set()


async def test_an_article_of_before_the_index_is_indexed_afterwards(storage: Storage) -> None:
    old = [await an_article(storage, f"Comet {each}") for each in range(3)]
    async with storage._database.write() as connection:
        await words.unindex(connection, [each.id for each in old])
        if not storage._database.is_sqlite:
            await connection.exec_driver_sql("DELETE FROM article_search")
        await connection.execute(tables.unindexed.insert().values(below=old[-1].id + 1))
    new = await an_article(storage, "Comet new")
    found = await storage.search.find("comet", chat_id=None, now=NOW)
    assert ([hit.article for hit in found.hits], found.is_complete) == ([new], False)
    assert await storage.search.catch_up() == 3
    assert await storage.search.catch_up() == 0
    found = await storage.search.find("comet", chat_id=None, now=NOW)
    assert (found.total, found.is_complete) == (4, True)
