"""The language that is spoken in a chat, and that of stories, offered where there is a model."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.desk import Desk
from bot.settings import Settings
from news.messages import texts
from news.messages.speaking import words_in
from tests.bot.given import REFUSAL, Founding, Joining, settings_for
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


async def speaks(desk: Desk, reader: Person) -> str | None:
    chat = await desk.storage.chats.get(reader.chat_id)
    return chat.language if chat else None


async def reads(desk: Desk, reader: Person) -> str | None:
    chat = await desk.storage.chats.get(reader.chat_id)
    return chat.reads if chat else None


def said_in(tag: str, text: str, /, **values: str) -> str:
    return words_in(tag).say(text, **values)


async def test_the_language_of_stories_is_chosen_in_the_settings_and_taken_back_by_name(
    desk: Desk, reader: Person
) -> None:
    await reader.follows(desk, "world")
    settings = await reader.say("/start")
    panel = await reader.open(await reader.open(settings, "Language"), texts.READS)
    assert {"As written ✓", "Deutsch", "English"} <= buttons(panel).keys()
    chosen = await reader.tap(panel, "Deutsch")
    assert words(chosen).startswith("Stories in other languages are now shown in German")
    assert await reads(desk, reader) == "de"
    assert "Deutsch ✓" in buttons(await reader.open(await reader.say("/language"), texts.READS))
    assert words(await reader.say("/language off")).startswith(
        "Stories are now shown in the language they were written"
    )
    assert await reads(desk, reader) is None


async def test_a_language_that_cannot_be_had_is_answered_with_those_that_can(desk: Desk, reader: Person) -> None:
    said = words(await reader.say("/language Klingon"))
    assert said.startswith("I do not speak “Klingon”. Choose one of these: English, العربية, Deutsch")
    assert await speaks(desk, reader) == "en"


async def test_the_language_that_is_typed_is_spoken_and_offered_for_stories(desk: Desk, reader: Person) -> None:
    said = await reader.say("/language deutsch")
    assert words(said) == said_in("de", texts.SPEAKS_SET, language="Deutsch")
    assert (await speaks(desk, reader), await reads(desk, reader)) == ("de", None)
    told = await reader.tap(said, said_in("de", texts.READS_TOO, language="Deutsch"))
    assert words(told) == said_in("de", texts.READS_SET, language="Deutsch")
    assert (await speaks(desk, reader), await reads(desk, reader)) == ("de", "de")


async def test_the_language_that_is_tapped_is_spoken_from_then_on_and_english_is_always_there(
    desk: Desk, joins: Joining
) -> None:
    reader = await joins("Luisa", "pt-br")
    panel = await reader.say("/language")
    assert {"Português ✓", "English", "中文", "Indonesia", "Русский"} <= buttons(panel).keys()
    assert words(await reader.tap(panel, "English")) == "From now on I speak English here."
    assert words(await reader.say("/help")).startswith("News, condensed, at your time.")
    for typed in ("japanese", "日本語", "ja", "JA"):
        await reader.say("/language english")
        assert words(await reader.say(f"/language {typed}")) == said_in("ja", texts.SPEAKS_SET, language="日本語")
    await reader.say("/language sv")
    assert await speaks(desk, reader) == "ja"


async def test_in_a_group_only_administrators_change_what_is_spoken(desk: Desk, founds: Founding) -> None:
    group = await founds()
    panel = await group.member.say("/language")
    assert await group.member.press(panel, buttons(panel)["Deutsch"]) == REFUSAL
    assert words(await group.member.say("/language deutsch")) == REFUSAL
    assert words(await group.admin.say("/language deutsch")) == said_in("de", texts.SPEAKS_SET, language="Deutsch")
    assert await speaks(desk, group.admin) == "de"


async def test_a_story_comes_translated_and_its_article_as_it_was_written(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    await reader.tap(await reader.open(await reader.say("/language"), texts.READS), "Deutsch")
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
