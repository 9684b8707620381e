"""Stories in the language that a chat reads: translated ahead, believed line by line, and never waited for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from aiohttp import web

from ingest.language import detect as detect_language
from jobs.compose import compose_now, prepare
from jobs.polish import polish
from jobs.translate import Detect, Translated, translate
from news.article import Article, Bullet, Entry, Filing
from news.chat import Chat
from storage import Storage
from storage.corrections import Standing
from tests.jobs.given import NOW, a_reader
from tests.jobs.model import KEY, USELESS, Answer, a_model
from tests.news.lying import Pair, lies

HEADLINE = "New bridge in Hamburg opens after four years"
OPENED = "The mayor of Hamburg opened the new bridge on Monday, the port office said."
CARS = "It carries 4,000 cars a day, nearly twice as many as the old bridge, which was closed in March."
NO_SPAN = "Fishermen of Hamburg had asked for a higher span, and did not get it."
GERMAN = {
    HEADLINE: "Neue Brücke in Hamburg nach vier Jahren eröffnet",
    OPENED: "Die Bürgermeisterin von Hamburg eröffnete am Montag die neue Brücke, sagte die Hafenbehörde.",
    CARS: "Sie trägt täglich 4.000 Autos, fast doppelt so viele wie die alte Brücke, die im März geschlossen wurde.",
    NO_SPAN: "Fischer aus Hamburg hatten eine höhere Brücke gefordert und bekamen sie nicht.",
}
TOPICS = {"science": "Science", "world": "World"}


async def detect(text: str) -> str | None:
    return detect_language(text)


def translating(said: Mapping[str, Any] = GERMAN, asked: list[list[str]] | None = None) -> Answer:
    """A model that says of each line what is set down here, and nothing of the others."""

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        lines = json.loads((await request.json())["messages"][-1]["content"])
        if asked is not None:
            asked.append(list(lines.values()))
        found = {number: said[line] for number, line in lines.items() if line in said}
        return web.json_response({"choices": [{"message": {"content": json.dumps(found)}}]})

    return answer


async def a_story(storage: Storage, headline: str = HEADLINE, language: str = "en", **more: Any) -> Article:
    lines = (OPENED, CARS, NO_SPAN)
    told: Any = {"keys": [headline], "topics": [Filing("science", 0.9)], "source": "The Herald", "feed_id": None}
    article = await storage.articles.add(
        Entry(headline=headline, paragraphs=lines, language=language),
        bullets=[Bullet(line, "extract", 0, 1) for line in lines],
        story_id=None,
        sketch={},
        **told | {"now": NOW - timedelta(hours=1)} | more,
    )
    assert article is not None
    return article


async def a_round(storage: Storage, answer: Answer, *, daily: int = 10, detect: Detect = detect) -> Translated:
    async with a_model(answer) as model:
        return await translate(storage, model, detect, now=NOW, daily=daily)


async def shown(storage: Storage, chat: Chat) -> str:
    ready = await prepare(storage, chat, TOPICS, now=NOW)
    assert ready.message is not None
    return ready.message.html


@pytest.mark.parametrize("look", ["classic", "rich"])
async def test_a_story_is_told_in_the_language_that_its_reader_asked_for_and_says_so(
    storage: Storage, look: Any
) -> None:
    chat = await a_reader(storage, reads="de", look=look)
    await a_story(storage)
    done = await a_round(storage, translating())
    assert (done.asked, done.lines, done.doubted) == (1, 4, 0)
    html = await shown(storage, chat)
    assert all(line in html for line in GERMAN.values())
    assert "translated from English" in html


async def test_who_did_not_ask_reads_it_as_it_was_written_and_others_cost_nothing(storage: Storage) -> None:
    chat, other = await a_reader(storage, reads=None), await a_reader(storage, 8, reads="en")
    await a_story(storage)
    asked: list[list[str]] = []
    await a_round(storage, translating(asked=asked))
    assert asked == []
    for each in (chat, other):
        html = await shown(storage, each)
        assert OPENED in html
        assert "translated" not in html


async def test_chats_that_read_different_languages_share_no_text(storage: Storage) -> None:
    german, plain = await a_reader(storage, reads="de"), await a_reader(storage, 8)
    await a_story(storage)
    await a_round(storage, translating())
    for chat, line in ((german, GERMAN[OPENED]), (plain, OPENED)):
        await compose_now(storage, chat, now=NOW)
        kept = await storage.digests.latest(chat.id)
        assert kept is not None
        assert [line in [bullet.text for bullet in item.bullets] for item in kept.items] == [True]
        assert [item.translated_from for item in kept.items] == ["en" if chat is german else None]


async def test_a_line_that_is_not_believed_is_shown_as_the_article_has_it(storage: Storage) -> None:
    chat = await a_reader(storage, reads="de")
    await a_story(storage)
    lie = GERMAN[CARS].replace("4.000", "9.000")
    done = await a_round(storage, translating(GERMAN | {CARS: lie}))
    assert (done.lines, done.doubted) == (3, 1)
    html = await shown(storage, chat)
    assert CARS in html
    assert "9.000" not in html
    assert GERMAN[OPENED] in html


@pytest.mark.parametrize("answer", USELESS, ids=lambda it: it.__name__)
async def test_a_model_with_nothing_to_use_costs_a_digest_nothing(storage: Storage, answer: Answer) -> None:
    chat = await a_reader(storage, reads="de")
    await a_story(storage)
    done = await a_round(storage, answer)
    assert done.silence is not None
    assert KEY not in str(done)
    html = await shown(storage, chat)
    assert OPENED in html
    assert "translated" not in html


async def test_a_story_that_silences_the_model_holds_up_no_other_and_is_tried_again_later(storage: Storage) -> None:
    await a_reader(storage, reads="de")
    await a_story(storage, "A bridge of ill omen opens in Hamburg")
    await a_story(storage)
    async with a_model(USELESS[2]) as model:
        await translate(storage, model, detect, now=NOW, daily=10)
    asked: list[list[str]] = []
    await a_round(storage, translating(asked=asked))
    assert len(asked) == 1
    async with a_model(translating(asked=asked)) as model:
        await translate(storage, model, detect, now=NOW + timedelta(minutes=31), daily=10)
    assert {lines[0] for lines in asked} == {HEADLINE, "A bridge of ill omen opens in Hamburg"}


async def test_a_days_budget_is_for_shortening_and_translating_together(storage: Storage) -> None:
    await a_reader(storage, reads="de")
    for each in range(4):
        await a_story(storage, f"Bridge number {each + 3} opens in Hamburg")
    asked: list[list[str]] = []
    await a_round(storage, translating(asked=asked), daily=3)
    await a_round(storage, translating(asked=asked), daily=3)
    async with a_model(translating()) as model:
        done = await polish(storage, model, now=NOW, daily=3)
    assert (len(asked), done.asked) == (3, 0)


async def test_what_was_translated_is_not_asked_for_again_nor_shortened(storage: Storage) -> None:
    await a_reader(storage, reads="de")
    await a_story(storage)
    asked: list[list[str]] = []
    await a_round(storage, translating(asked=asked))
    async with a_model(translating(asked=asked)) as model:
        await translate(storage, model, detect, now=NOW + timedelta(hours=2), daily=10)
        done = await polish(storage, model, now=NOW, daily=10)
    assert (len(asked), done.asked) == (1, 0)


async def test_what_a_private_feed_says_is_told_to_no_model(storage: Storage) -> None:
    chat = await a_reader(storage, reads="de")
    feed = await storage.feeds.add("https://intern.example/feed", is_shared=False, now=NOW)
    await storage.subscriptions.add(chat.id, "feed", str(feed.id), NOW)
    await a_story(storage, feed_id=feed.id)
    asked: list[list[str]] = []
    await a_round(storage, translating(asked=asked))
    assert asked == []


async def test_a_corrected_headline_is_shown_in_its_own_words_until_it_is_translated_again(storage: Storage) -> None:
    chat = await a_reader(storage, reads="de")
    article = await a_story(storage)
    await a_round(storage, translating())
    await compose_now(storage, chat, now=NOW)
    now_reads = Entry(headline="New bridge in Hamburg opens after five years", paragraphs=article.paragraphs)
    was = Standing(article.id, article.headline, article.guid, article.url)
    assert await storage.corrections.record(was, now_reads, "headline", None, NOW)
    kept = await storage.digests.latest(chat.id)
    assert kept is not None
    assert kept.items[0].headline == now_reads.headline
    assert kept.items[0].bullets[0].text == GERMAN[OPENED]


async def test_whatever_a_lying_model_says_no_lie_of_it_is_shown(storage: Storage) -> None:
    chat = await a_reader(storage, reads="de")
    for each in range(20):
        await a_story(storage, f"Bridge number {each + 3} opens in Hamburg")
    made = [Pair("en", "de", line, said) for line, said in GERMAN.items()]
    lying = {
        pair.line: cycle([lie for _, lie in lies(pair, made) if lie not in GERMAN.values()][::-3]) for pair in made
    }
    told: set[str] = set()

    async def answer(request: web.Request) -> web.StreamResponse:
        lines = json.loads((await request.json())["messages"][-1]["content"])
        said = {number: next(lying[line]) for number, line in lines.items() if line in lying} | {
            "9": "Noch eine Zeile."
        }
        told.update(said.values())
        return web.json_response({"choices": [{"message": {"content": json.dumps(said)}}]})

    done = [await a_round(storage, answer, daily=100) for _ in range(2)]
    ready = await prepare(storage, chat, TOPICS, now=NOW)
    shown = [bullet.text for item in ready.digest.items for bullet in item.bullets]
    assert len(told) > 40
    assert sum(each.doubted for each in done) == 60
    assert len(shown) == 60
    assert set(shown) <= GERMAN.keys()
