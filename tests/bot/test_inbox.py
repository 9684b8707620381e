"""Listening: nothing that a person sends is lost or done twice, whatever happens to us or to Telegram."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from telegram import Update
from telegram.ext import TypeHandler

from bot.app import build
from bot.inbox import handling
from bot.polling import Line, polling
from bot.standing import Standing
from bot.transport import Transport
from storage import Storage, Unavailable
from storage.inbox import Inbox
from tests.bot.given import Joining
from tests.bot.talking import EVENING, Person, until
from tests.sandbox.running import RunningSandbox

ROOT = Path(__file__).parents[2]
UNREADABLE = {"message": {"message_id": 1, "text": "No date, no sender"}}


class Hearing:
    """What the handler was given, and what it does about it."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.answer: Callable[[Update], Any] | None = None

    async def __call__(self, update: Update, _: Any) -> None:
        self.updates.append(update)
        if self.answer:
            await self.answer(update)

    @property
    def texts(self) -> list[str | None]:
        return [each.effective_message.text if each.effective_message else None for each in self.updates]

    async def hears(self, *texts: str) -> None:
        """Comes back once exactly these were heard, in this order; TimeoutError otherwise."""

        async def heard() -> list[str | None]:
            return self.texts

        await until(heard, list(texts))


@pytest.fixture
def hearing() -> Hearing:
    return Hearing()


@pytest.fixture
async def storage(sqlite_url: str) -> AsyncIterator[Storage]:
    opened = await Storage.open(sqlite_url)
    yield opened
    await opened.close()


@asynccontextmanager
async def running(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, *, quiet: float = 60.0
) -> AsyncIterator[Standing]:
    """An application with one handler, listening; without anything else of the bot."""
    opened, heard, standing = Transport(), asyncio.Event(), Standing(lambda: EVENING)
    application = build(telegram.token, telegram.url, opened)
    application.add_handler(TypeHandler(Update, hearing))
    await application.initialize()
    line = Line(opened, f"{telegram.url}/bot{telegram.token}")
    try:
        async with (
            handling(application, storage, heard=heard, look_every=0.1),
            polling(storage, line, standing, heard=heard, clock=lambda: EVENING, quiet=quiet),
        ):
            yield standing
    finally:
        await application.shutdown()
        await opened.shutdown()


@pytest.fixture
async def telegram(telegram: RunningSandbox) -> RunningSandbox:
    """Without what earlier tests left unconfirmed."""
    await telegram.result("deleteWebhook", drop_pending_updates=True)
    return telegram


async def test_every_update_is_handled_once_and_in_its_chats_order(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, joins: Joining
) -> None:
    people = [await joins() for _ in range(5)]
    async with running(telegram, storage, hearing):
        for number in range(10):
            await asyncio.gather(*(each.write(f"{each.id} {number}") for each in people))
        await until(lambda: counted(hearing), 50)

    for each in people:
        theirs = [text for text in hearing.texts if str(text).startswith(f"{each.id} ")]
        assert theirs == [f"{each.id} {number}" for number in range(10)]
    assert await storage.inbox.waiting(9) == await storage.inbox.set_aside() == []


@pytest.mark.parametrize("moments", range(6))
async def test_handling_ends_even_where_it_is_told_to_at_the_moment_it_hears_of_something(
    telegram: RunningSandbox, storage: Storage, moments: int
) -> None:
    heard, opened = asyncio.Event(), Transport()
    application = build(telegram.token, telegram.url, opened)
    await application.initialize()
    async with asyncio.timeout(20):
        async with handling(application, storage, heard=heard, look_every=60):
            while heard.is_set() or not heard._waiters:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            heard.set()
            for _ in range(moments):
                await asyncio.sleep(0)
    await application.shutdown()
    await opened.shutdown()


async def counted(hearing: Hearing) -> int:
    return len(hearing.updates)


async def test_a_chat_whose_handler_takes_long_holds_up_no_other(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, joins: Joining
) -> None:
    slow, quick = await joins(), await joins()
    enough = asyncio.Event()

    async def answer(update: Update) -> None:
        if update.effective_chat and update.effective_chat.id == slow.id:
            await enough.wait()

    hearing.answer = answer
    async with running(telegram, storage, hearing):
        await slow.write("first")
        await hearing.hears("first")
        await slow.write("second")
        await quick.write("third")
        await hearing.hears("first", "third")
        enough.set()
        await hearing.hears("first", "third", "second")


async def test_what_telegram_hands_over_again_is_handled_once(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    async with running(telegram, storage, hearing):
        await reader.write("first")
        await hearing.hears("first")
        known = hearing.updates[0]
        await telegram.inject(update_id=known.update_id, message=known.to_dict()["message"])
        await reader.write("second")
        await hearing.hears("first", "second")


async def test_a_press_that_comes_again_under_a_new_number_acts_once(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    press = {"id": "77", "from": {"id": reader.id, "is_bot": False, "first_name": "R"}, "chat_instance": "1"}
    async with running(telegram, storage, hearing):
        for _ in range(2):
            await telegram.inject(callback_query=press | {"data": "x"})
        await reader.write("after")
        await until(lambda: counted(hearing), 2)

    assert [each.callback_query is not None for each in hearing.updates] == [True, False]


async def test_a_press_that_comes_again_after_a_restart_acts_once(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    press = {"id": "78", "from": {"id": reader.id, "is_bot": False, "first_name": "R"}, "chat_instance": "1"}
    for text in ("first", "second"):
        async with running(telegram, storage, hearing):
            await telegram.inject(callback_query=press | {"data": "x"})
            await reader.write(text)
            await until(partial(is_heard, hearing, text), True)

    assert [each.callback_query is not None for each in hearing.updates] == [True, False, False]


async def is_heard(hearing: Hearing, text: str) -> bool:
    return text in hearing.texts


async def test_what_another_process_put_into_the_inbox_is_handled_too(
    telegram: RunningSandbox, sqlite_url: str, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    other = await Storage.open(sqlite_url)
    await reader.write("first")
    [update] = await telegram.result("getUpdates")
    async with running(telegram, storage, hearing):
        await other.inbox.take_in([(update["update_id"], reader.chat_id, json.dumps(update))], EVENING)
        await hearing.hears("first")
    await other.close()


async def test_an_update_that_cannot_be_read_is_set_aside_and_the_chat_goes_on(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    chat = {"id": reader.chat_id, "type": "private"}
    poison = await telegram.inject(message=UNREADABLE["message"] | {"chat": chat})
    await telegram.inject(message="not even that")
    async with running(telegram, storage, hearing):
        await reader.write("after")
        await hearing.hears("after")
        await until(lambda: count_aside(storage), 2)

    first, second = await storage.inbox.set_aside()
    assert (first.update_id, first.chat_key, first.tries) == (poison, reader.chat_id, 3)
    assert "date" in str(first.reason)
    assert second.chat_key is None


async def count_aside(storage: Storage) -> int:
    return len(await storage.inbox.set_aside())


async def test_a_handler_that_stumbles_has_handled_its_update(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    async def stumble(update: Update) -> None:
        raise ZeroDivisionError

    hearing.answer = stumble
    async with running(telegram, storage, hearing):
        await reader.write("first")
        await reader.write("second")
        await hearing.hears("first", "second")

    assert await storage.inbox.set_aside() == []


async def test_after_a_restart_it_goes_on_where_it_was(
    telegram: RunningSandbox, sqlite_url: str, hearing: Hearing, reader: Person
) -> None:
    for text in ("first", "second"):
        storage = await Storage.open(sqlite_url)
        before = len(await telegram.requests())
        async with running(telegram, storage, hearing):
            await reader.write(text)
            await until(lambda: counted(hearing), 1 if text == "first" else 2)
        await storage.close()

    offsets = [each["params"].get("offset") for each in (await telegram.requests())[before:]]
    offsets = [int(each) for each in offsets if each is not None]
    assert hearing.texts == ["first", "second"]
    assert offsets[0] == hearing.updates[0].update_id + 1


async def test_what_waited_or_was_being_handled_when_the_program_died_is_handled_at_the_next_start(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    for text in ("first", "second"):
        await reader.write(text)
    updates = await telegram.result("getUpdates")
    raw = [(each["update_id"], reader.chat_id, json.dumps(each)) for each in updates]
    await storage.inbox.take_in(raw, EVENING)
    await storage.inbox.turn(begin=[raw[0][0]])
    async with running(telegram, storage, hearing):
        await hearing.hears("first", "second")


async def test_a_handler_that_is_cut_off_does_not_hold_up_its_chat(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    async def cut_off(update: Update) -> None:
        if update.message and update.message.text == "first":
            raise asyncio.CancelledError

    hearing.answer = cut_off
    async with running(telegram, storage, hearing):
        await reader.write("first")
        await reader.write("second")
        await hearing.hears("first", "first", "first", "second")
        await until(lambda: count_aside(storage), 1)


class Stalling:
    """An inbox whose every method is out of order the first time."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.stalled: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def stall(*given: Any, **more: Any) -> Any:
            if name not in self.stalled:
                self.stalled.append(name)
                raise Unavailable("the disk is full")
            return await getattr(self._inbox, name)(*given, **more)

        return stall


async def test_while_the_database_cannot_be_written_nothing_is_lost(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    inbox = storage.inbox
    stalling = Stalling(inbox)
    stalling.stalled.append("recover")
    storage.inbox = stalling  # type: ignore[assignment]
    async with running(telegram, storage, hearing):
        await reader.write("first")
        await reader.write("second")
        await hearing.hears("first", "second")

    assert set(stalling.stalled) == {"recover", "next_offset", "take_in", "waiting", "turn"}


async def test_another_program_with_the_same_token_is_named_once_and_outlasted(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    with capture_logs() as logs:

        def named() -> list[str]:
            return [each["log_level"] for each in logs if "another program listens" in each["event"]]

        async def poll_as_another() -> bool:
            await telegram.call("getUpdates", timeout=30)  # until ours polls again: each ends the other's
            return bool(named())

        async with running(telegram, storage, hearing, quiet=0.5) as standing:
            await until(poll_as_another, True)
            assert not standing.may_send.is_set()
            await poll_as_another()
            await reader.write("after")
            await hearing.hears("after")
            await asyncio.wait_for(sends_again(standing, reader), 30)

    assert named() == ["error"]


async def sends_again(standing: Standing, reader: Person) -> None:
    while not standing.may_send.is_set():
        await reader.write("anything that ends the long poll")
        await asyncio.sleep(0.05)


async def test_a_token_that_telegram_does_not_know_is_tried_again_in_a_minute(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing
) -> None:
    with capture_logs() as logs:

        async def told() -> list[Any]:
            return [(each["event"], each.get("seconds")) for each in logs]

        await telegram.fault("error", method="getUpdates", error_code=401)
        async with running(telegram, storage, hearing):
            await until(told, [("Telegram does not know this token; set another and restart", 60.0)])


async def test_whatever_telegram_answers_the_next_update_is_heard(
    telegram: RunningSandbox, storage: Storage, hearing: Hearing, reader: Person
) -> None:
    for kind in ("502-html", "truncated-json", "reset-before-accept", "429"):
        await telegram.fault(kind, method="getUpdates", times=1)
    async with running(telegram, storage, hearing):
        await reader.write("after")
        await hearing.hears("after")

    assert [each["struck"] for each in await telegram.faults()] == [1] * 4
