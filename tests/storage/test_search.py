"""Search: the words anybody types, found as a reader expects, and never an exception."""

import asyncio
import random

import pytest

from news.filters import Filter
from news.grammar import Unclear, sought
from storage import Found, Storage
from tests.storage.given import NOW, a_chat, an_article, later

HOSTILE = [
    'c++ "',
    '"',
    '""',
    '"""',
    "'",
    "*",
    "a*",
    "^a",
    "NEAR",
    "NEAR(a b, 5)",
    "a NEAR/2 b",
    "AND",
    "OR",
    "NOT",
    "a AND",
    "NOT a",
    "headline: a",
    "{headline body}: a",
    "(",
    "a)",
    "-a",
    "a & b | !c <-> d:*",
    "\x00",
    "a\x00b",
    "\ud800",
    "\\",
    "%_",
    "'; DROP TABLE articles; --",
    "x" * 4096,
    "wörter " * 600,
    "“a b„",
    "😀",
    "़ा",
    "\u202e\u200d",
    ":",
]


async def headlines(storage: Storage, query: str, topic: str | None = None, *, newest_first: bool = False) -> list[str]:
    topics = {"space": "Space", "sport": "Sport"}
    try:
        wanted: Filter | str = sought(query, topics=topics)
    except Unclear:
        wanted = query
    found = await storage.search.find(wanted, chat_id=None, now=NOW, topic=topic, newest_first=newest_first)
    return [hit.article.headline for hit in found.hits]


async def test_an_article_is_found_by_any_of_the_words_whatever_their_ending_or_accent(storage: Storage) -> None:
    article = await an_article(storage, "Cafés reopen", "The ceasefires held, Mr. O'Neill said.")

    for query in ("cafe", "CAFÉ", "reopening", "ceasefire", "tomorrow ceasefire", "O'Neill", "neill"):
        found = await storage.search.find(query, chat_id=None, now=NOW)
        assert ([hit.article for hit in found.hits], found.total) == ([article], 1), query
    assert await storage.search.find("tomorrow", chat_id=None, now=NOW) == Found()


async def test_what_holds_more_of_the_words_comes_first_and_the_headline_weighs_more(storage: Storage) -> None:
    await an_article(storage, "Weather", "The comet was not seen, it rained.")
    await an_article(storage, "Comet passes", "It was not seen, it rained then.")
    await an_article(storage, "Comet landing", "It was not seen, it rained then.")

    assert await headlines(storage, "comet") == ["Comet landing", "Comet passes", "Weather"]
    assert (await headlines(storage, "comet passes"))[0] == "Comet passes"


async def test_the_newest_come_first_when_asked_for(storage: Storage) -> None:
    await an_article(storage, "Comet, comet, comet")
    await an_article(storage, "Weather", "A comet.")

    assert await headlines(storage, "comet", newest_first=True) == ["Weather", "Comet, comet, comet"]


async def test_words_in_quotes_are_kept_together(storage: Storage) -> None:
    await an_article(storage, "White house, black door")
    await an_article(storage, "House painted white")

    for query in ('"white house"', "“white house”", "«White Houses»"):
        assert await headlines(storage, query) == ["White house, black door"]


async def test_a_search_can_keep_to_a_topic(storage: Storage) -> None:
    await an_article(storage, "Comet one", topics=["space"])
    await an_article(storage, "Comet two", topics=["sport"])

    assert await headlines(storage, "comet", topic="space") == ["Comet one"]


async def test_hits_come_page_by_page_and_all_are_counted(storage: Storage) -> None:
    for each in range(7):
        await an_article(storage, f"Comet {each}")
    pages = [
        await storage.search.find("comet", chat_id=None, now=NOW, limit=3, offset=offset) for offset in (0, 3, 6, 9)
    ]

    assert [page.total for page in pages] == [7] * 4
    assert [len(page.hits) for page in pages] == [3, 3, 1, 0]
    assert len({hit.article.id for page in pages for hit in page.hits}) == 7


@pytest.mark.parametrize("language", ["Комета пролетела", "彗星 通過", "हिन्दी समाचार", "مذنب يمر", "Κομήτης περνά"])
async def test_articles_in_other_scripts_are_found(storage: Storage, language: str) -> None:
    await an_article(storage, language)

    assert await headlines(storage, language.split()[0]) == [language]


async def test_no_text_makes_a_search_fail(storage: Storage) -> None:
    await a_chat(storage)
    await an_article(storage, "Comet")
    for query in HOSTILE:
        await storage.search.find(query, chat_id=7, now=NOW)
        await storage.search.suggest(query)
        await storage.subscriptions.foresee(7, [("words", query)], NOW, NOW)
    for query in ('"', "++", "\x00", "😀", "( * )", ""):
        assert await storage.search.find(query, chat_id=7, now=NOW) == Found()


async def test_no_random_text_makes_a_search_fail(storage: Storage) -> None:
    await an_article(storage, "Comet")
    chance = random.Random(20261122)
    alphabet = "aé\"*()^:-+&|!<>{}[]\\'%_ \t\n\x00\ud800ßİ़ा北\u202eNEARORNOT"
    for _ in range(200):
        query = "".join(chance.choices(alphabet, k=chance.randrange(1, 40)))
        await storage.search.find(query, chat_id=None, now=NOW)


async def test_a_long_query_is_looked_at_as_far_as_is_sensible(storage: Storage) -> None:
    await an_article(storage, "Comet")

    assert await headlines(storage, "comet " + " ".join(f"word{each}" for each in range(999))) == ["Comet"]


async def test_a_snippet_shows_the_words_around_the_match(storage: Storage) -> None:
    words = " ".join(f"w{each}" for each in range(30))
    await an_article(storage, "Comet", f"{words} The <i>café</i> & the (ÉTUDES). {words}")
    [hit] = (await storage.search.find("cafes étude", chat_id=None, now=NOW)).hits

    assert "".join(text for text, _ in hit.snippet) == "… w27 w28 w29 The <i>café</i> & the (ÉTUDES). w0 w1 w2 w3 …"
    assert [text for text, is_match in hit.snippet if is_match] == ["café", "ÉTUDES"]


async def test_without_a_match_in_the_text_a_snippet_is_its_beginning_or_the_headline(storage: Storage) -> None:
    await an_article(storage, "Comet passes", "Nobody saw it.")
    await an_article(storage, "Comet without a text")
    found = await storage.search.find("comet", chat_id=None, now=NOW, newest_first=True)

    assert [hit.snippet for hit in found.hits] == [(("Comet without a text", False),), (("Nobody saw it.", False),)]


async def test_an_enormous_article_is_stored_and_found_by_its_beginning(storage: Storage) -> None:
    many = " ".join(f"{each:x}word" for each in range(60_000))
    article = await an_article(storage, "Long", f"beginning {many} ending", many)

    assert [hit.article for hit in (await storage.search.find("beginning", chat_id=None, now=NOW)).hits] == [article]
    assert await headlines(storage, "ending") == []


async def test_a_misspelt_word_suggests_the_closest_of_the_headlines(storage: Storage) -> None:
    secret = await storage.feeds.add("https://secret.example", now=NOW, is_shared=False)
    await an_article(storage, "Ceasefire prospects dwindle in São Paulo")
    await an_article(storage, "Ceasefires elsewhere", feed_id=secret.id)

    assert await storage.search.suggest("ceasfire") == "ceasefire"
    assert await storage.search.suggest(" PROSPEKTS ") == "prospects"
    assert await storage.search.suggest("ceasefire") is None
    assert await storage.search.suggest("zebra") is None
    await an_article(storage, "Zebras", "A zebra crosses.")
    assert await storage.search.suggest("zebrra") == "zebra"
    assert await storage.search.suggest("zebra") is None


async def test_words_are_learnt_once_whoever_asks_at_the_same_moment(storage: Storage) -> None:
    await an_article(storage, "Ceasefire prospects dwindle")
    asked = await asyncio.gather(*(storage.search.suggest("ceasfire") for _ in range(3)))

    assert asked == ["ceasefire"] * 3
    assert storage.search._spelling._often["ceasefire"] == 1


async def test_a_tidied_article_is_not_found(storage: Storage) -> None:
    await an_article(storage, "Old comet", "“One” \\ two\n\nthree.", "", now=later(days=-9))
    await an_article(storage, "New comet")
    await storage.tidy(later(days=-1), later(days=-1))

    assert await headlines(storage, "comet") == ["New comet"]
    assert await headlines(storage, "old three") == []
