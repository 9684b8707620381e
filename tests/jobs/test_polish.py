"""A language model shortens stories, and is believed only where the article supports it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from jobs.file import Shelves, file_entry
from jobs.polish import polish
from news.article import Article, Entry
from news.topics import Taxonomy
from storage import Storage
from tests.jobs.given import NOW
from tests.jobs.model import KEY, USELESS, Answer, a_model

SAYS = "The mayor of Orsund opened the new bridge on Monday, the harbour office said."
TEXT = (
    SAYS,
    "It carries 4,000 cars a day, nearly twice as many as the old bridge, which was closed in March.",
    "Fishermen of the north shore had asked for a higher span, and did not get it.",
)


def saying(*lines: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        asked = await request.json()
        assert asked["model"] == "small"
        assert asked["messages"][-1]["content"].count("\n\n") >= 1
        return web.json_response({"choices": [{"message": {"content": json.dumps(lines)}}]})

    return answer


async def filed(storage: Storage, headline: str, **more: Any) -> Article:
    entry = Entry(headline=headline, **{"paragraphs": TEXT, **more})
    article = await file_entry(storage, Shelves(Taxonomy(())), entry, feed=None, now=NOW)
    assert article is not None
    return article


async def a_story(storage: Storage) -> Article:
    return await filed(storage, "A Bridge Opens in Orsund")


async def told(storage: Storage, article: Article) -> list[tuple[str, str]]:
    found = await storage.articles.get(article.id)
    assert found is not None
    return [(bullet.origin, bullet.text) for bullet in found.bullets]


async def test_a_model_shortens_what_the_article_says(storage: Storage) -> None:
    article = await a_story(storage)
    short = "It carries 4,000 cars a day, nearly twice as many as the old bridge."
    async with a_model(saying(SAYS, short)) as model:
        done = await polish(storage, model, now=NOW, daily=10)
    assert (done.asked, done.improved, done.unsupported) == (1, 1, 0)
    assert await told(storage, article) == [("model", SAYS), ("model", short)]


async def test_a_sentence_the_article_does_not_support_is_replaced_by_the_extract(storage: Storage) -> None:
    article = await a_story(storage)
    extract = [text for _, text in await told(storage, article)]
    async with a_model(saying(SAYS, "It carries 9,000 cars a day, and fishermen got a higher span.")) as model:
        done = await polish(storage, model, now=NOW, daily=10)
    assert done.unsupported == 1
    shown = await told(storage, article)
    assert shown[0] == ("model", SAYS)
    assert all(text in extract for origin, text in shown if origin == "extract")
    assert "9,000" not in str(shown)


async def test_a_sentence_that_leans_on_another_is_told_only_behind_it(storage: Storage) -> None:
    article = await a_story(storage)
    leaning = "It carries 4,000 cars a day, nearly twice as many as the old bridge."
    async with a_model(saying(TEXT[2], leaning)) as model:
        assert (await polish(storage, model, now=NOW, daily=10)).unsupported == 1
    assert leaning not in [text for _, text in await told(storage, article)]


async def test_a_model_that_only_lies_changes_nothing_and_is_not_asked_again(storage: Storage) -> None:
    article = await a_story(storage)
    before = await told(storage, article)
    async with a_model(saying("The bridge fell on Monday.", "Nobody was hurt in Orsund.")) as model:
        await polish(storage, model, now=NOW, daily=10)
        again = await polish(storage, model, now=NOW, daily=10)
    assert await told(storage, article) == before
    assert again.asked == 0


@pytest.mark.parametrize("answer", [*USELESS, saying()], ids=lambda it: it.__name__)
async def test_a_model_that_gives_nothing_to_use_costs_nothing(storage: Storage, answer: Answer) -> None:
    article = await a_story(storage)
    before = await told(storage, article)
    async with a_model(answer) as model:
        done = await polish(storage, model, now=NOW, daily=10)
    assert await told(storage, article) == before
    assert KEY not in str(done)


async def test_a_days_budget_is_kept_and_begins_anew_at_midnight(storage: Storage) -> None:
    await a_story(storage)
    await filed(
        storage, "Comet Returns", paragraphs=("Astronomers photographed a comet above Chile at dawn on Friday.",)
    )
    await filed(
        storage, "Bakers Strike", paragraphs=("Bread grew dear when every baker of Marenia walked out of work.",)
    )
    async with a_model(saying(SAYS)) as model:
        asked = [(await polish(storage, model, now=NOW, daily=2)).asked for _ in range(2)]
        tomorrow = await polish(storage, model, now=NOW + timedelta(hours=20), daily=2)
    assert asked == [2, 0]
    assert tomorrow.asked == 1


async def test_the_publishers_own_bullets_are_left_alone(storage: Storage) -> None:
    await filed(storage, "A Bridge Opens", publisher_bullets=("The bridge is open.",))
    listed = "• The mayor of Orsund opened the bridge\n• It carries 4,000 cars a day"
    await filed(storage, "A list above the text", guid="list", paragraphs=(listed, *TEXT))
    unasked: Any = saying()
    async with a_model(unasked) as model:
        assert (await polish(storage, model, now=NOW, daily=10)).asked == 0
