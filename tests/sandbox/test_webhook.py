"""Updates posted to a webhook, over real connections on loopback; the clock is the test's own where days must pass."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from sandbox.postman import Pauses
from tests.sandbox.beside import beside
from tests.sandbox.hooks import Hook, answers, emptied, hooked, listening, say, told
from tests.sandbox.running import running_sandbox

DAY = 24 * 3600


async def test_updates_are_posted_with_the_secret_and_then_forgotten(tmp_path: Path) -> None:
    async with hooked(tmp_path, secret_token="s3cret-Token_") as (bot, hook):
        say(bot, "hello")
        await hook.until(lambda: len(hook.posted) == 1)
        await emptied(bot)
        info = await bot.call("getWebhookInfo")
    assert (hook.texts, hook.secrets) == (["hello"], ["s3cret-Token_"])
    assert (info["ip_address"], info["pending_update_count"], info.get("last_error_date")) == ("127.0.0.1", 0, None)


async def test_what_waited_before_the_webhook_was_set_is_posted_too(tmp_path: Path) -> None:
    async with hooked(tmp_path) as (bot, hook):
        await bot.call("deleteWebhook")
        say(bot, "early")
        bot.sandbox.updates._next_webhook_at = 0.0
        await bot.call("setWebhook", url=hook.url)
        await hook.until(lambda: hook.texts == ["early"])


async def test_one_update_that_always_fails_blocks_its_chat_and_no_other(tmp_path: Path) -> None:
    async def answer(update: dict[str, Any]) -> web.Response:
        return web.Response(status=500 if update["message"]["text"] == "bad" else 200)

    async with hooked(tmp_path, answer) as (bot, hook):
        say(bot, "bad")
        say(bot, "behind it")
        say(bot, "elsewhere", chat_id=1002)
        await hook.until(lambda: hook.texts.count("bad") == 3)
        info = await bot.call("getWebhookInfo")
    assert "elsewhere" in hook.texts
    assert "behind it" not in hook.texts
    assert info["pending_update_count"] == 2
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert info["last_error_date"] == 1_790_000_000


async def test_the_presses_of_a_user_do_not_wait_for_the_messages_of_the_chat(tmp_path: Path) -> None:
    held = asyncio.Event()

    async def answer(update: dict[str, Any]) -> web.Response:
        if "message" in update:
            await held.wait()
        return web.Response()

    async with hooked(tmp_path, answer) as (bot, hook):
        say(bot, "slow")
        bot.sandbox.tell("callback_query", {"from": {"id": 1001}, "data": "x"}, 1001)
        await hook.until(lambda: any("callback_query" in update for update in hook.posted))
        held.set()


async def test_an_update_is_tried_again_until_the_bot_takes_it(tmp_path: Path) -> None:
    refusals = [lambda: web.Response(status=502), lambda: web.Response(status=301, headers={"Location": "/elsewhere"})]
    async with hooked(tmp_path, answers(*refusals)) as (bot, hook):
        say(bot, "a")
        say(bot, "b")
        await emptied(bot)
    assert hook.texts == ["a", "a", "a", "b"]


async def test_lanes_run_side_by_side_up_to_max_connections(tmp_path: Path) -> None:
    held = asyncio.Event()

    async def answer(update: dict[str, Any]) -> web.Response:
        await held.wait()
        return web.Response()

    async with hooked(tmp_path, answer, max_connections=3) as (bot, hook):
        for chat_id in range(1, 9):
            say(bot, "a", chat_id)
        await hook.until(lambda: len(hook.posted) == 3)
        held.set()
        await emptied(bot)
    assert (hook.most_at_once, len(hook.posted)) == (3, 8)


def test_pauses_double_after_one_attempt_at_once_and_end_at_one_to_two_minutes() -> None:
    pauses = Pauses()
    assert [pauses.next(0, longest=75) for _ in range(9)] == [0, 2, 4, 8, 16, 32, 64, 75, 75]


def test_a_bot_that_names_its_pause_is_heard_up_to_an_hour() -> None:
    pauses = Pauses()
    assert [pauses.next(seconds, longest=60) for seconds in (7, 50_000, 0, 3, 0)] == [7, 3600, 2, 3, 4]


async def test_a_pause_the_bot_named_is_kept(tmp_path: Path) -> None:
    async def answer(update: dict[str, Any]) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "3600"})

    async with hooked(tmp_path, answer, webhook_retry=1.0) as (bot, hook):
        say(bot, "a")
        await told(bot, lambda info: "429" in info.get("last_error_message", ""))
        say(bot, "b", chat_id=1002)
        await hook.until(lambda: "b" in hook.texts)
        say(bot, "c", chat_id=1003)
        await hook.until(lambda: "c" in hook.texts)
    assert hook.texts == ["a", "b", "c"]


async def test_an_update_is_dropped_when_its_day_is_over_and_the_next_gets_its_turn(tmp_path: Path) -> None:
    async def answer(update: dict[str, Any]) -> web.Response:
        return web.Response(status=500 if update["message"]["text"] == "bad" else 200)

    async with hooked(tmp_path, answer) as (bot, hook):
        say(bot, "bad")
        await hook.until(lambda: len(hook.posted) == 2)
        bot.tick(DAY - 10)
        say(bot, "next")
        bot.tick(20)
        await emptied(bot)
    assert set(hook.texts) == {"bad", "next"}


async def test_an_update_whose_day_ends_before_the_next_attempt_is_dropped_at_once(tmp_path: Path) -> None:
    async def answer(update: dict[str, Any]) -> web.Response:
        status = 503 if update["message"]["text"] == "bad" else 200
        return web.Response(status=status, headers={"Retry-After": "3600"})

    async with hooked(tmp_path, answer, webhook_retry=1.0) as (bot, hook):
        await bot.call("deleteWebhook")
        say(bot, "bad")
        bot.tick(DAY - 10)
        say(bot, "next")
        bot.sandbox.updates._next_webhook_at = 0.0
        await bot.call("setWebhook", url=hook.url)
        await emptied(bot)
    assert hook.texts == ["bad", "next"]


async def test_410_for_23_hours_closes_the_webhook_and_what_is_pending_can_be_polled(tmp_path: Path) -> None:
    async def answer(update: dict[str, Any]) -> web.Response:
        return web.Response(status=410)

    async with hooked(tmp_path, answer) as (bot, hook):
        say(bot, "a")
        await hook.until(lambda: len(hook.posted) == 2)
        assert (await bot.call("getWebhookInfo"))["url"] == hook.url
        bot.tick(23 * 3600 + 1)
        await told(bot, lambda info: not info["url"])
        assert [update["message"]["text"] for update in await bot.call("getUpdates")] == ["a"]


@pytest.mark.parametrize("is_json", [True, False])
async def test_a_method_called_in_the_answer_is_carried_out_and_nobody_hears_of_it(
    tmp_path: Path, is_json: bool
) -> None:
    call = {"method": "sendMESSAGE", "chat_id": "1001", "text": "<b>hi</b>", "parse_mode": "HTML"}

    async def answer(update: dict[str, Any]) -> web.Response:
        if is_json:
            return web.json_response(call | {"reply_markup": {"keyboard": [["a"]]}})
        body = "method=sendMessage&chat_id=1001&text=<b>hi</b>&parse_mode=HTML"
        return web.Response(text=body, content_type="application/x-www-form-urlencoded")

    async with hooked(tmp_path, answer) as (bot, _):
        say(bot, "a")
        await emptied(bot)
        sent = [(entry["text"], entry["entities"][0]["type"]) for entry in bot.sandbox.ledger.entries]
        request = bot.sandbox.requests[-1]
    assert sent == [("hi", "bold")]
    assert (request["method"], request["status"]) == ("sendMessage", 200)


@pytest.mark.parametrize(
    "body", ['{"method": "deleteWebhook"}', '{"method": "getMe"}', '{"method": "sendMessage"}', "[1]", "{", "\\ud800"]
)
async def test_an_answer_that_cannot_be_obeyed_is_still_an_answer(tmp_path: Path, body: str) -> None:
    async def answer(update: dict[str, Any]) -> web.Response:
        return web.Response(text=body, content_type="application/json")

    async with hooked(tmp_path, answer) as (bot, hook):
        say(bot, "a")
        await emptied(bot)
        assert (await bot.call("getWebhookInfo"))["url"] == hook.url
    assert (hook.texts, bot.sandbox.ledger.entries) == (["a"], [])


async def test_a_webhook_where_nobody_listens_is_told_so(tmp_path: Path) -> None:
    async with hooked(tmp_path) as (bot, _):
        bot.sandbox.updates._next_webhook_at = 0.0
        await bot.call("setWebhook", url="http://127.0.0.1:1/")
        say(bot, "a")
        info = await told(bot, lambda info: "last_error_message" in info)
    assert (info["last_error_message"], info["pending_update_count"]) == ("Connection refused", 1)


async def test_nothing_is_posted_beyond_this_computer(tmp_path: Path) -> None:
    async with hooked(tmp_path) as (bot, _):
        bot.sandbox.updates._next_webhook_at = 0.0
        await bot.call("setWebhook", url="https://e.example/hook")
        say(bot, "a")
        info = await told(bot, lambda info: "last_error_message" in info)
    assert "this computer alone" in info["last_error_message"]


async def test_loopback_is_refused_where_it_was_not_allowed(tmp_path: Path) -> None:
    with beside(tmp_path) as bot:
        refused = await bot.refusal("setWebhook", url="http://127.0.0.1:8080/hook")
    assert refused == (400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080@e.example/", "http://10.0.0.1:8080/", "http://127.0.0.1.e.example:80/"]
)
async def test_only_loopback_itself_is_allowed_as_loopback(tmp_path: Path, url: str) -> None:
    with beside(tmp_path, loopback_webhooks=True) as bot:
        assert (await bot.refusal("setWebhook", url=url))[1].endswith("An HTTPS URL must be provided for webhook")


async def test_the_process_posts_what_a_person_says_and_ends_in_good_order(tmp_path: Path) -> None:
    options = ("--loopback-webhooks", "--webhook-retry", "0.01")
    async with listening(Hook(answers(lambda: web.Response(status=503)))) as hook:
        async with running_sandbox(tmp_path, *options) as sandbox:
            await sandbox.result("setWebhook", url=hook.url, secret_token="abc")
            await sandbox.say(1001, 1001, "/start")
            await hook.until(lambda: len(hook.posted) == 2)
            assert await sandbox.refusal("getUpdates") == (
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        assert await sandbox.process.wait() == 0
    assert (hook.texts, set(hook.secrets)) == (["/start", "/start"], {"abc"})
