"""Introducing: the menu of commands in every reader's language, set when it is another than before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs
from telegram import Bot

from bot.app import build, running
from bot.introducing import introduce
from bot.settings import Settings
from bot.transport import Transport
from news.messages.commands import GROUPS_ALONE, menus, said
from storage import Storage
from tests.bot.given import QUICK
from tests.bot.talking import Clock, until
from tests.sandbox.running import RunningSandbox


@pytest.fixture
async def bot(telegram: RunningSandbox) -> AsyncIterator[Bot]:
    application = build(telegram.token, telegram.url, Transport())
    await application.initialize()
    yield application.bot
    await application.shutdown()


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Storage]:
    opened = await Storage.open(sqlite_url)
    yield opened
    await opened.close()


async def asked(telegram: RunningSandbox) -> list[dict[str, Any]]:
    return [each["params"] for each in await telegram.requests() if each["method"] == "setMyCommands"]


async def test_every_reader_is_shown_the_menu_in_their_language(
    telegram: RunningSandbox, bot: Bot, sqlite: Storage
) -> None:
    before = len(await asked(telegram))
    await introduce(bot, sqlite, gap=0)
    requests = (await asked(telegram))[before:]

    places = [(each["scope"]["type"], each.get("language_code")) for each in requests]
    assert places == [(each.audience, each.language) for each in menus()]
    german = [(each.command, each.description) for each in await bot.get_my_commands(language_code="de")]
    assert german == [(name, said()["de"][name]) for name in said()["en"] if name not in GROUPS_ALONE]
    assert len(await bot.get_my_commands(language_code="sv")) == 0
    assert (await bot.get_my_commands())[0].description == "A digest now"


async def test_a_start_that_would_say_the_same_asks_for_nothing(
    telegram: RunningSandbox, bot: Bot, storage: Storage
) -> None:
    await introduce(bot, storage, gap=0)
    before = len(await asked(telegram))
    await introduce(bot, storage, gap=0)
    assert len(await asked(telegram)) == before
    await storage.menus.were_set(bot.id, "other words, of the version before")
    await introduce(bot, storage, gap=0)
    assert len(await asked(telegram)) == before + len(menus())


async def test_menus_that_could_not_be_set_are_told_of_once_and_set_at_the_next_start(
    telegram: RunningSandbox, bot: Bot, sqlite: Storage
) -> None:
    await telegram.fault("500", method="setMyCommands", nth=5)
    with capture_logs() as logs:
        await introduce(bot, sqlite, gap=0)
    await telegram.clear_faults()
    before = len(await asked(telegram))
    await introduce(bot, sqlite, gap=0)

    assert [each["event"] for each in logs] == [
        "the menu of commands was not set in every language; the next start tries again"
    ]
    assert len(await asked(telegram)) == before + len(menus())


async def test_a_telegram_that_asks_to_wait_is_waited_for(telegram: RunningSandbox, bot: Bot, sqlite: Storage) -> None:
    await telegram.fault("429", method="setMyCommands", nth=2, retry_after=1)
    before = len(await asked(telegram))
    await introduce(bot, sqlite, gap=0)
    assert len(await asked(telegram)) == before + len(menus()) + 1


async def test_a_bot_that_starts_introduces_itself_and_hears_meanwhile(
    settings: Settings, clock: Clock, telegram: RunningSandbox
) -> None:
    before = len(await asked(telegram))

    async def first() -> object:
        return [each.get("language_code") for each in (await asked(telegram))[before : before + 1]]

    async with running(settings, clock=clock, rhythm=QUICK):
        await until(first, [None])
