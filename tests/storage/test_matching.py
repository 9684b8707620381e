"""What the index of either database finds is what the filter itself says of each article."""

from __future__ import annotations

import random

from news.article import Article
from news.filters import Unclear, document, matches, parse
from storage import Storage
from storage.matching import wanted_among
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


def as_document(article: Article) -> object:
    return document(
        article.headline, article.text, first_seen_at=article.first_seen_at, topics=[f.topic for f in article.topics],
        feed=article.source, language=article.language,
    )  # fmt: skip


async def test_database_and_filter_agree_on_random_filters_and_articles(storage: Storage) -> None:
    dice = random.Random(11)
    private = await storage.feeds.add("https://secret.example", now=NOW, is_shared=False)
    stored = []
    for _ in range(60):
        stored.append(
            await an_article(
                storage,
                " ".join(dice.choices(NAMES, k=dice.randrange(1, 5))),
                " ".join(dice.choices(NAMES, k=dice.randrange(8))),
                topics=dice.sample(list(TOPICS), dice.randrange(2)),
                now=later(days=-dice.randrange(9)),
                feed_id=dice.choice([None, None, private.id]),
            )
        )
    tried = 0
    for _ in range(150):
        try:
            wanted = parse(a_filter(dice), topics=TOPICS)
        except Unclear:
            continue
        tried += 1
        expected = {each.id for each in stored if matches(wanted, as_document(each), NOW)}  # type: ignore[arg-type]
        async with storage._database.read() as connection:
            assert await wanted_among(connection, wanted, [each.id for each in stored], NOW) == expected, wanted
    assert tried > 50


async def test_an_article_of_before_the_index_is_indexed_afterwards(storage: Storage) -> None:
    old = [await an_article(storage, f"Comet {each}") for each in range(3)]
    async with storage._database.write() as connection:
        from storage import tables, words

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
