"""The language that a chat reads: offered where there is a model, and asked for by button or by name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.desk import Desk
from bot.settings import Settings
from tests.bot.given import settings_for
from tests.bot.talking import Person, an_article, buttons, until, words
from tests.jobs.model import KEY, a_model_server
from tests.sandbox.running import RunningSandbox

HEADLINE = "Three men arrested in Dortmund on Sunday"
LINE = "Police in Dortmund arrested three men on Sunday, a spokesman said."
GERMAN = {
    HEADLINE: "Drei Männer am Sonntag in Dortmund festgenommen",
    LINE: "Die Polizei in Dortmund nahm am Sonntag drei Männer fest, sagte ein Sprecher.",
}


async def translate(request: web.Request) -> web.StreamResponse:
    lines = json.loads((await request.json())["messages"][-1]["content"])
    said = {number: GERMAN[line] for number, line in lines.items() if line in GERMAN}
    return web.json_response({"choices": [{"message": {"content": json.dumps(said)}}]})


@pytest.fixture
async def settings(telegram: RunningSandbox, sqlite_url: str) -> AsyncIterator[Settings]:
    """Those of an operator who has a language model."""
    async with a_model_server(translate) as url:
        yield settings_for(telegram, sqlite_url, llm_url=url, llm_model="small", llm_key=SecretStr(KEY))


async def reads(desk: Desk, reader: Person) -> str | None:
    chat = await desk.storage.chats.get(reader.chat_id)
    return chat.reads if chat else None


async def test_a_language_is_chosen_in_the_settings_and_taken_back_by_name(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    settings = await reader.say("/start")
    panel = await reader.open(settings, "Language")
    assert {"As written ✓", "Deutsch", "English"} <= buttons(panel).keys()
    chosen = await reader.tap(panel, "Deutsch")
    assert words(chosen).startswith("Stories in other languages are now shown in German")
    assert await reads(desk, reader) == "de"
    assert "Deutsch ✓" in buttons(await reader.say("/language"))
    assert words(await reader.say("/language off")).startswith(
        "Stories are now shown in the language they were written"
    )
    assert await reads(desk, reader) is None


async def test_a_language_that_cannot_be_had_is_answered_with_those_that_can(desk: Desk, reader: Person) -> None:
    said = words(await reader.say("/language Klingon"))
    assert said.startswith("I cannot translate into “Klingon”. Choose one of these: English, Deutsch")
    assert await reads(desk, reader) is None


async def test_a_story_comes_translated_and_its_article_as_it_was_written(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    await reader.say("/language german")
    article = await an_article(desk, HEADLINE, LINE, bullets=(LINE,), language="en")

    async def is_translated() -> bool:
        return article.id in await desk.storage.translations.of("de", [article.id])

    await until(is_translated, True)
    await reader.say("/digest")
    digest = await reader.sees(GERMAN[HEADLINE])
    assert GERMAN[LINE] in words(digest)
    assert "translated from English" in words(digest)
    assert "Its lines here are translated from English" in words(await reader.say("/why 1"))
    shown = words(await reader.say("/article 1"))
    assert LINE in shown
    assert "translated" not in shown
