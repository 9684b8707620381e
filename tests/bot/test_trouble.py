"""Forged and stale presses, repeats, odd updates, and Telegram having a bad day."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import running
from bot.desk import Desk
from bot.settings import Settings
from tests.bot.given import QUICK, Joining
from tests.bot.talking import Clock, Person, an_article, buttons, some_news, until, words
from tests.sandbox.running import RunningSandbox

OLD = "This button is from an older message. Send /digest for today's news."
ROOT = Path(__file__).parents[2]
LATER = "That did not work just now. Please try again in a minute."
FORGED = [
    "open:0",
    "open:99999999999999999999",
    "open:-1",
    "open:",
    "open:1e3",
    "open:١",
    "read:7777:0",
    "read:x:y",
    "save::",
    "related:'; DROP TABLE articles; --",
    "digest:QW55IGVkaXRpb24h:-:0",
    "digest:\x00:-:0",
    "digest:x:world:0",
    "digest:::",
    "find:",
    "results:0:best:",
    "topic:gardening",
    "topic:",
    "time:9999",
    "time:",
    "look:shiny",
    "look:",
    "unfollow:9999",
    "unfollow:x",
    "begin:",
    "begin:nonsense",
    "begin:topic:gardening",
    "begin:at:9999",
    "begin:zone:Mars/Olympus",
    "begin:zone:../../etc/passwd",
    "nonsense",
    ":",
    "::::::",
    "😀" * 16,
    "open:" + "😀" * 14,
    "\x00" * 64,
]


async def test_forged_presses_of_every_kind_are_answered_and_change_nothing(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    panel = await reader.say("/help")
    for data in FORGED:
        assert await reader.press(panel, data) == OLD, data
    assert words(await reader.again(panel)) == words(panel)
    [followed] = await desk.storage.subscriptions.of(reader.chat_id)
    assert (followed.kind, followed.value) == ("topic", "world")


async def test_presses_with_wild_numbers_stay_within_what_there_is(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await reader.follows(desk, "world", "science")
    digest = await reader.say("/digest")
    number = buttons(digest)["Settings"] and buttons(digest)["World"].split(":")[1]
    for data in (f"digest:{number}:gardening:0", f"digest:{number}:world:999", f"digest:{number}:{'x' * 40}:99999"):
        assert await reader.press(digest, data) == "", data
        assert "Ferry runs aground" in words(await reader.again(digest))
    opened = await reader.open(digest, "1")
    article = buttons(opened)["Related"].split(":")[1]
    for data in (f"read:{article}:9999", f"read:{article}:-1", f"read:{article}:", f"save:{article}:1:2:3"):
        assert await reader.press(opened, data) == "", data
    assert words(await reader.again(opened)) == words(opened)
    saved = await reader.say("/saved")
    assert await reader.press(saved, "saved:9999") == ""
    assert words(await reader.again(saved)).startswith("1 saved article")


async def test_numbers_of_another_chats_digest_open_nothing(desk: Desk, joins: Joining) -> None:
    ada, ben = await joins("Ada"), await joins("Ben")
    await some_news(desk)
    await ada.follows(desk, "world", "science")
    digest = await ada.say("/digest")
    theirs = await ben.say("/help")
    assert await ben.press(theirs, buttons(digest)["World"]) == OLD


async def test_a_press_that_is_handed_on_twice_acts_once(desk: Desk, reader: Person) -> None:
    panel = await reader.say("/topics")
    await reader.telegram.fault("duplicate-update", chat_id=str(reader.chat_id), times=1)
    panel = await reader.tap(panel, "World")
    await reader.say("/help")
    assert "World ✓" in buttons(await reader.again(panel))


async def test_a_double_tap_does_what_two_taps_do_and_never_fails(desk: Desk, reader: Person) -> None:
    panel = await reader.say("/topics")
    data = buttons(panel)["World"]
    for _ in range(4):
        assert await reader.press(panel, data) == ""
    assert "World" in buttons(await reader.again(panel))


async def test_a_press_that_telegram_has_forgotten_still_does_its_work(desk: Desk, reader: Person) -> None:
    panel = await reader.say("/topics")
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    await reader.telegram.fault("error", method="answerCallbackQuery", description=too_old, times=1)
    await reader.telegram.press(reader.chat_id, reader.id, panel["message_id"], "topic:world", answer_within=0)
    await reader.say("/help")
    assert "World ✓" in buttons(await reader.again(panel))


async def test_updates_of_every_shape_are_survived_and_hold_up_nothing(desk: Desk, reader: Person) -> None:
    user = {"id": reader.id, "is_bot": False, "first_name": "Reader"}
    private = {"id": reader.chat_id, "type": "private", "first_name": "Reader"}
    channel = {"id": -1007, "type": "channel", "title": "News"}
    command = [{"type": "bot_command", "offset": 0, "length": 6}]
    shapes: list[dict[str, object]] = [
        {},
        {"message": {}},
        {"message": None},
        {"message": "text"},
        {"message": {"message_id": 1, "date": "yesterday", "chat": private}},
        {"message": {"message_id": 1, "date": 1, "chat": {"id": "x"}}},
        {"callback_query": {"id": "1", "from": user, "chat_instance": "1"}},
        {"callback_query": {"id": "2", "from": user, "chat_instance": "1", "data": "open:1", "inline_message_id": "9"}},
        {"callback_query": {"id": "3", "from": user, "chat_instance": "1", "data": "open:1",
                            "message": {"chat": private, "message_id": 5, "date": 0}}},
        {"inline_query": {"id": "4", "from": user, "query": "x", "offset": "99999999999999999999"}},
        {"channel_post": {"message_id": 1, "date": 1, "chat": channel, "text": "/start", "entities": command}},
        {"edited_message": {"message_id": 1, "date": 1, "chat": private, "from": user, "text": "/start"}},
        {"my_chat_member": {"chat": channel, "from": user, "date": 1,
                            "old_chat_member": {"status": "left", "user": user},
                            "new_chat_member": {"status": "administrator", "user": user}}},
        {"poll": {"id": "1"}},
        {"never_heard_of": {"a": [1, 2]}},
        {"message": {"message_id": 2, "date": 1, "chat": channel | {"type": "novelty"}, "text": "hm"}},
    ]  # fmt: skip
    for shape in shapes:
        await reader.telegram.inject(**shape)
    assert words(await reader.say("/help")).startswith("News, condensed")
    await until(reader.telegram.pending, 0)


async def test_a_reply_that_telegram_puts_off_comes_later(desk: Desk, reader: Person, clock: Clock) -> None:
    await reader.telegram.fault("429", method="sendMessage", chat_id=str(reader.chat_id), times=1, retry_after=7)
    await reader.write("/help")

    async def is_waiting() -> bool:
        return bool(await desk.storage.outbox.of(reader.chat_id))

    await until(is_waiting, True)
    assert not await reader.has_seen("News, condensed")
    clock.tick(seconds=8)
    await reader.sees("News, condensed")


@pytest.mark.parametrize("kind", ["reset-after-accept", "500", "502-html", "truncated-json"])
async def test_a_reply_whose_fate_is_unknown_is_repeated_silently_and_marked(
    desk: Desk, reader: Person, kind: str
) -> None:
    await reader.telegram.fault(kind, method="sendMessage", chat_id=str(reader.chat_id), times=1)
    await reader.write("/help")
    repeat = await reader.sees("↻ possible repeat")
    assert "News, condensed" in words(repeat)


async def test_a_reply_that_did_not_leave_comes_once(desk: Desk, reader: Person) -> None:
    await reader.telegram.fault("reset-before-accept", method="sendMessage", chat_id=str(reader.chat_id), times=1)
    await reader.write("/help")
    await reader.sees("News, condensed")
    await reader.say("/saved")
    assert len(await reader.has_seen("News, condensed")) == 1


async def test_a_message_that_cannot_be_changed_now_is_said(desk: Desk, reader: Person) -> None:
    panel = await reader.say("/topics")
    await reader.telegram.fault("429", method="editMessageText", times=1)
    said = await reader.press(panel, "topic:world")
    assert said == "Telegram could not change this message just now. Please try again in a minute."


async def test_one_readers_accident_is_nobody_elses(desk: Desk, joins: Joining) -> None:
    ada, ben = await joins("Ada"), await joins("Ben")
    panel = await ada.tap(await ada.tap(await ada.say("/start"), "World"), "Next")
    panel = await ada.tap(panel, "08:00")
    await ada.telegram.fault("500", method="sendMessage", chat_id=str(ada.chat_id), times=1)
    assert await ada.press(panel, "begin:share") == LATER
    assert words(await ben.say("/help")).startswith("News, condensed")
    assert words(await ada.again(panel)).startswith("Where are you?")


async def test_a_bad_hour_of_telegram_is_sat_out(settings: Settings, clock: Clock, reader: Person) -> None:
    for kind in ("502-html", "truncated-json", "reset-before-accept"):
        await reader.telegram.fault(kind, method="getMe", times=1)
        await reader.telegram.fault(kind, method="getUpdates", times=1)
    await reader.telegram.fault("500", method="setMyCommands", times=1)
    async with running(settings, clock=clock, rhythm=QUICK):
        assert words(
            await reader.say(
                "/help",
            )
        ).startswith("News, condensed")


async def test_the_bot_need_not_wait_for_somebody_to_speak_to_know_that_it_hears(
    settings: Settings, clock: Clock, telegram: RunningSandbox
) -> None:
    before = len(await telegram.requests())

    async def patience() -> list[str]:
        asked = [each["params"] for each in (await telegram.requests())[before:] if each["method"] == "getUpdates"]
        return [each["timeout"] for each in asked[:2]]

    async with running(settings, clock=clock, rhythm=QUICK):
        await until(patience, ["0", "20"])


@asynccontextmanager
async def serving(settings: Settings, token: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`newsdigest serve` as an operator runs it."""
    environment = {
        "BOT_TOKEN": token,
        "DATABASE_URL": settings.database_url,
        "TELEGRAM_URL": settings.telegram_url,
        "SEEDS": "none",
        "PATH": os.environ["PATH"],
    }
    command = (sys.executable, "-c", "from bot.cli import main; main()", "serve")
    process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=ROOT, stderr=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_served_bot_answers_and_ends_quietly_when_told_to(settings: Settings, reader: Person) -> None:
    async with serving(settings, reader.telegram.token) as process:
        assert process.stderr is not None
        assert b"listening" in await asyncio.wait_for(process.stderr.readline(), 60)
        assert words(await reader.say("/help")).startswith("News, condensed")
        process.send_signal(signal.SIGTERM)
        told = (await asyncio.wait_for(process.stderr.read(), 30)).decode()
        assert await process.wait() == 0
    assert "Traceback" not in told


async def test_a_token_that_telegram_does_not_know_is_said_in_one_line(settings: Settings) -> None:
    async with serving(settings, "123456:" + "x" * 30) as process:
        assert process.stderr is not None
        told = (await asyncio.wait_for(process.stderr.read(), 60)).decode()
        assert await process.wait() == 2
    expected = "Telegram does not know this BOT_TOKEN. Look for it with @BotFather, and set it again.\n"
    assert told == expected


async def test_a_command_that_a_crash_cut_short_is_heard_again(
    settings: Settings, clock: Clock, reader: Person
) -> None:
    await reader.telegram.fault("hang-before-accept", method="sendMessage", chat_id=str(reader.chat_id), times=1)

    async def is_answering() -> bool:
        methods = [each["method"] for each in (await reader.telegram.requests())[before:]]
        return "sendMessage" in methods

    async with serving(settings, reader.telegram.token) as process:
        assert process.stderr is not None
        assert b"listening" in await asyncio.wait_for(process.stderr.readline(), 60)
        before = len(await reader.telegram.requests())
        await reader.write("/help")
        await until(is_answering, True)
        process.kill()
    async with running(settings, clock=clock, rhythm=QUICK):
        await reader.sees("News, condensed")


async def test_what_was_heard_before_the_end_is_answered_and_not_heard_again(
    settings: Settings, clock: Clock, reader: Person
) -> None:
    async with running(settings, clock=clock, rhythm=QUICK):
        panel = await reader.say("/topics")
        await reader.tap(panel, "World")
    async with running(settings, clock=clock, rhythm=QUICK) as desk:
        await reader.say("/help")
        assert [one.value for one in await desk.storage.subscriptions.of(reader.chat_id)] == ["world"]


async def test_many_people_at_once_are_all_answered(desk: Desk, joins: Joining) -> None:
    await an_article(desk, "A story for all")
    crowd = [await joins(f"Reader {at}") for at in range(20)]
    for person in crowd:
        await person.write("/digest world")
        await person.write("/help")
    for person in crowd:
        await person.sees("A story for all")
        await person.sees("News, condensed")
