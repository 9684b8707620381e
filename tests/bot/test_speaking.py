"""Somebody whose app is not in English meets no English of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bot
from benchmarks.make_catalogues import english
from bot.desk import LONGEST_TOAST, Desk
from news.messages import texts
from news.messages.markup import units
from news.messages.speaking import spoken, words_in
from news.messages.texts import sources
from tests.bot.given import Joining
from tests.bot.talking import Clock, Person, an_article, buttons
from tests.bot.web import Web

FIELD = re.compile(r"\{\w*\}")
SHORTEST = 4
"""Letters of a piece of English that is told from other languages."""


def forms_of(said: str | tuple[str, str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else said


def of_ours(language: str) -> re.Pattern[str]:
    """Whatever of our English, between what is filled in, does not occur in the texts of a language as well."""
    spoken = words_in(language)
    theirs = "\n".join(
        spoken.catalogue.gettext(said) if isinstance(said, str) else spoken.catalogue.ngettext(*said, n)
        for _, said in english()
        for n in (range(102) if isinstance(said, tuple) else (0,))
    )
    pieces = {
        piece.strip(" .,:;·()–“”✓◂▸▾▴↗⇢")
        for _, said in english()
        for form in forms_of(said)
        for piece in FIELD.split(form)
    }
    told = sorted(piece for piece in pieces if len(piece) >= SHORTEST and piece not in theirs)
    assert len(told) > 400
    return re.compile("|".join(rf"(?<!\w){re.escape(piece)}(?!\w)" for piece in told))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        try:
            inner = json.loads(value)
        except ValueError:
            inner = None
        if isinstance(inner, dict | list):
            yield from strings(inner)
        else:
            yield value.replace("\u2060", "")
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in strings(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in strings(each))


async def read_and_search(desk: Desk, reader: Person, web: Web, clock: Clock, say: Any) -> None:
    """The first days of a reader: set up, read, searched, followed, muted, paused, with what goes wrong on the way."""
    await an_article(desk, "Fähre läuft auf Grund", *["Im Hafen war es still. " * 40] * 12, topic="world")
    await an_article(desk, "Komet kehrt zurück", "Nach 80 Jahren.", topic="science", is_teaser=True)
    step = await reader.say("/start")
    for topic in ("World", "Science"):
        step = await reader.tap(step, say(texts.TOPIC_NAMES[topic.lower()]))
    step = await reader.tap(await reader.tap(step, say(texts.NEXT)), "08:00")
    place = next(label for label, data in buttons(step).items() if "begin:zone" in data)
    await reader.tap(step, place)
    digest = await reader.sees("Fähre")
    await reader.tap(await reader.sees(say(texts.CARD_TITLE)), say(texts.NO_SEE))
    article = await reader.say("/article 1")
    for label in (texts.FOLLOW_STORY, texts.SAVE):
        article = await reader.tap(article, say(label))
    await reader.tap(article, texts.UP)
    await reader.open(article, say(texts.WHY))
    await reader.open(article, say(texts.RELATED))
    for typed in (
        "/search Fähre", "/search Fhre", "/search", "/saved", "/alert", "/weights", "/schedule", "/schedule quiet",
        "/timezone", "/timezone Atlantis", "/pause", "/pause until monday", "/resume", "/subscriptions", "/topics",
        "/look", "/language", "/language Klingon", "/privacy", "/forget", "/opml", "/export", "/help", "/weather",
        "/serach", "/article 9", "/full 1", "/why 1", "/channels", "/here", "/watch", "/subscribe (", "/mute",
        "/subscribe topic:world komet since:7d", "/mute lang:de title:Komet -fähre", f"/subscribe {web.at('/none')}",
        f"/subscribe {say(texts.TOPIC_NAMES['sport'])}",
        f"/mute topic:{say(texts.TOPIC_NAMES['world'])}", "/digest 3min", "/digest Atlantis", "hallo",
    ):  # fmt: skip
        await reader.say(typed)
    await reader.press(digest, "nothing:1")
    await reader.say(f"/subscribe {web.put_feed('/feed', 'Anzeiger', 'Der Anzeiger meldet sich')}")
    await reader.telegram.inline(reader.id, "Fähre")
    clock.tick(days=1, hours=13)
    await an_article(desk, "Fähre wieder frei", topic="world")
    await reader.say("/digest")
    assert ("topic", "sport") in [(one.kind, one.value) for one in await desk.storage.subscriptions.of(reader.chat_id)]
    await reader.say("/stop")


@pytest.mark.parametrize("language", ["de", "ar"])
async def test_a_reader_meets_nothing_in_english(
    desk: Desk, joins: Joining, web: Web, clock: Clock, language: str
) -> None:
    ours, spoken = of_ours(language), words_in(language)
    reader = await joins("Reader", language)
    before = len(await reader.telegram.requests())
    await read_and_search(desk, reader, web, clock, spoken.say)
    asked = [each for each in (await reader.telegram.requests())[before:] if each["method"] != "setMyCommands"]
    said = [text for each in asked for text in strings(each["params"])]
    assert [(found[0], text) for text in said for found in ours.finditer(text)] == []
    assert len(said) > 200


TOASTS = (
    "LOOK_NOT_HERE", "READS_NO_MODEL", "ALREADY_FOLLOWED", "ALREADY_MUTED", "ALREADY_ALERTED", "TOO_MANY",
    "TOO_MANY_ALERTS", "WISH_GONE", "TRY_LATER", "MAY_NOT_MAKE_THREADS", "NOT_SHOWN", "OLD_BUTTON",
    "ONLY_ADMINISTRATORS", "CHOOSE_ONE_FIRST", "WEIGHT_UNDONE", "WEIGHTS_FORGOTTEN", "UNSUBSCRIBED", "UNMUTED",
    "NO_FEED_AT", "FOLLOWED_INSTEAD", "NO_LONGER_LISTED", "NOT_PAUSED", "IS_STOPPED", "STORY_FOLLOWED",
    "STORY_UNFOLLOWED", "STORY_NOT_FOLLOWED", "VOTED_FOR", "VOTED_AGAINST", "VOTE_TAKEN_BACK", "NOTHING_TO_WEIGH",
    "ALERT_STOPPED", "TOO_MANY_TIMES", "CHANNEL_UNKNOWN", "CHANNEL_NOT_MINE", "CHANNEL_NOT_YOURS", "IN_CHANNEL",
    *(name for name in vars(sources) if name.isupper()),
)  # fmt: skip
"""Texts that a press is answered with."""
ROOM = {"silence": 2, "most": 3}
"""Characters of what is filled in; of names, what leaves them recognised."""


def test_what_a_press_is_answered_with_is_known() -> None:
    named = re.compile(r"toast(?:=|\(update, )(?:\"\" if \w+ else )?texts\.([A-Z_]+)")
    found = {name for path in Path(bot.__path__[0]).glob("*.py") for name in named.findall(path.read_text("utf-8"))}
    assert len(found) > 15
    assert sorted(found - {*TOASTS}) == []


@pytest.mark.parametrize("language", spoken())
def test_what_a_press_is_answered_with_fits_into_what_telegram_shows(language: str) -> None:
    words = words_in(language)
    for name in TOASTS:
        text = words.known(getattr(texts, name))
        filled = re.sub(r"\{(\w+)\}", lambda field: "x" * ROOM.get(field[1], 25), text)
        assert units(filled) <= LONGEST_TOAST, filled
