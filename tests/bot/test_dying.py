"""Killed at any moment, fetching updates or having them brought: nothing that a person sends is lost or done twice."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from telegram import Update
from telegram.ext import TypeHandler

from bot.app import build
from bot.transport import Transport
from storage import Storage
from tests.bot.dying import Plan, a_free_port, died, listening
from tests.bot.talking import Person, until
from tests.sandbox.running import RunningSandbox, running_sandbox


@pytest.fixture(params=["polling", "webhook"])
def port(request: pytest.FixtureRequest) -> int | None:
    return a_free_port() if request.param == "webhook" else None


@pytest.fixture
async def telegram(tmp_path: Path) -> AsyncIterator[RunningSandbox]:
    # A second between two posts is shortened, because a bot that is killed all the time misses many.
    async with running_sandbox(tmp_path, "--loopback-webhooks", "--webhook-retry", "0.01") as sandbox:
        yield sandbox


async def crowd(telegram: RunningSandbox, count: int) -> list[Person]:
    users = [await telegram.add_user(f"Reader {number}") for number in range(count)]
    return [Person(telegram, each["id"], each["id"]) for each in users]


async def test_killed_at_any_moment_it_loses_no_command_and_does_none_twice(
    telegram: RunningSandbox, sqlite_url: str, tmp_path: Path, port: int | None
) -> None:
    """A command runs again only if the process died after it was begun and before it was written down as done.

    So its effect is once when the effect itself is idempotent by the update's id, as an INSERT under that id is
    here and as our storage's methods are. What died three times by itself is set aside, where it is seen.
    """
    seed = str(random.randrange(10**6))
    people = await crowd(telegram, 8)
    commands = [(each.chat_id, f"{number}") for number in range(15) for each in people]
    plan = Plan(
        url=telegram.url, token=telegram.token, database=sqlite_url, diary=str(tmp_path / "diary.db"),
        expected=len(commands), seed=seed, deaths=12, port=port,
    )  # fmt: skip

    async def command() -> None:
        for number in range(15):
            await asyncio.gather(*(each.write(f"{number}") for each in people))

    found, _ = await asyncio.gather(died(plan), command())
    storage = await Storage.open(sqlite_url)
    aside = {(each.chat_key, json.loads(each.payload)["message"]["text"]) for each in await storage.inbox.set_aside()}
    await storage.close()

    effects = [(chat_id, text) for _, chat_id, text in found.effects]
    print(f"seed {seed}: {found.deaths} deaths, {len(found.runs)} runs, {len(aside)} set aside")
    assert found.deaths > 5
    assert aside.union(effects) == set(commands)
    assert len(effects) == len(set(effects))
    for each in people:
        theirs = [int(text) for _, chat_id, text in found.effects if chat_id == each.chat_id]
        assert theirs == sorted(theirs)
    done_in = dict(found.finished)
    assert [run for run in found.runs if run[1] > done_in.get(run[0], run[1])] == []
    assert len(found.runs) == len(set(found.runs))


async def test_a_command_that_ends_the_program_is_set_aside_and_takes_no_other_with_it(
    telegram: RunningSandbox, sqlite_url: str, tmp_path: Path, port: int | None
) -> None:
    people = await crowd(telegram, 4)
    plan = Plan(
        url=telegram.url, token=telegram.token, database=sqlite_url, diary=str(tmp_path / "diary.db"),
        expected=5, seed="none", deaths=0, port=port,
    )  # fmt: skip
    await people[0].write("/die")
    for each in people:
        await each.write("/linger")
    found = await died(plan)
    storage = await Storage.open(sqlite_url)
    [aside] = await storage.inbox.set_aside()
    await storage.close()

    # Among others it may die unblamed; from then on it is handled by itself.
    assert found.deaths in (3, 4)
    assert sorted(chat_id for _, chat_id, _ in found.effects) == sorted(each.chat_id for each in people)
    assert (aside.tries, aside.reason) == (3, "the program ended while this was being handled")


async def test_poison_among_many_good_ones_costs_none_of_them(
    telegram: RunningSandbox, sqlite_url: str, tmp_path: Path, port: int | None
) -> None:
    people = await crowd(telegram, 4)
    plan = Plan(
        url=telegram.url, token=telegram.token, database=sqlite_url, diary="", expected=0, seed="", deaths=0, port=port
    )
    storage, transport, heard = await Storage.open(sqlite_url), Transport(), list[tuple[int, str]]()
    application = build(telegram.token, telegram.url, transport)

    async def handle(update: Update, _: Any) -> None:
        if update.message and update.message.text:
            heard.append((update.message.chat.id, update.message.text))

    application.add_handler(TypeHandler(Update, handle))
    await application.initialize()
    for number in range(20):
        chat = {"id": people[number % 4].chat_id}
        await telegram.inject(message={"message_id": 1, "text": "No date, no sender", "chat": chat})
        await telegram.inject(newest_thing={"chat": chat, "of": "next year"})
        for each in people:
            await each.write(str(number))

    async def ends() -> tuple[int, int]:
        return len(await storage.inbox.set_aside()), len(heard)

    async with listening(plan, application, storage, transport):
        await until(ends, (20, 80))
    await application.shutdown()
    await transport.shutdown()
    await storage.close()

    for person in people:
        assert [text for chat_id, text in heard if chat_id == person.chat_id] == [str(number) for number in range(20)]
