"""The webhook takes updates from Telegram alone; health checks say how the bot is."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs
from yarl import URL

from bot.app import running
from bot.standing import Standing
from bot.web import NotServed, serving
from bot.webhook import SECRET_HEADER, Webhook
from storage import Storage, Unavailable
from tests.bot.dying import a_free_port
from tests.bot.given import QUICK, settings_for
from tests.bot.talking import EVENING, Person, until, words
from tests.sandbox.running import running_sandbox

SECRET = "kanarienvogel-Kanarienvogel_77"
UPDATE = b'{"update_id": 5, "message": {"text": "hello", "chat": {"id": 7}}}'
HUGE = b'{"update_id": 5, "filler": "' + b"x" * 10_000_000 + b'"}'
DEEP = b'{"update_id": 5, "deep": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
KNOWN = {SECRET_HEADER: SECRET}

FORGERIES: dict[str, tuple[str, str, Any, bytes]] = {
    "without a secret": ("POST", "/hook", {}, UPDATE),
    "with an empty one": ("POST", "/hook", {SECRET_HEADER: ""}, UPDATE),
    "with its beginning": ("POST", "/hook", {SECRET_HEADER: SECRET[:-1]}, UPDATE),
    "with more than it": ("POST", "/hook", {SECRET_HEADER: SECRET + "7"}, UPDATE),
    "in capitals": ("POST", "/hook", {SECRET_HEADER: SECRET.upper()}, UPDATE),
    "twice": ("POST", "/hook", [(SECRET_HEADER, SECRET), (SECRET_HEADER, SECRET)], UPDATE),
    "in two halves": ("POST", "/hook", [(SECRET_HEADER, SECRET[:9]), (SECRET_HEADER, SECRET[9:])], UPDATE),
    "in other letters": ("POST", "/hook", {SECRET_HEADER: SECRET.replace("a", "а")}, UPDATE),
    "under another name": ("POST", "/hook", {"X-Secret-Token": SECRET}, UPDATE),
    "in the address": ("POST", f"/hook?secret={SECRET}", {}, UPDATE),
    "at another path": ("POST", "/hook/", KNOWN, UPDATE),
    "at a path that only looks like it": ("POST", "/%68ook", KNOWN, UPDATE),
    "by GET": ("GET", "/hook", KNOWN, b""),
    "by PUT": ("PUT", "/hook", KNOWN, UPDATE),
    "with ten megabytes": ("POST", "/hook", KNOWN, HUGE),
    "with ten megabytes and no secret": ("POST", "/hook", {}, HUGE),
    "with JSON that is too deep": ("POST", "/hook", KNOWN, DEEP),
    "with no JSON": ("POST", "/hook", KNOWN, b"\xff\xfe"),
    "with no number": ("POST", "/hook", KNOWN, b'{"message": {}}'),
    "with a list": ("POST", "/hook", KNOWN, b"[" + UPDATE + b"]"),
}

NONSENSE = {
    "another version": b"GET / HTTP/9.9\r\n\r\n",
    "no header": b"GET /healthz HTTP/1.1\r\nHost: here\r\nno header\r\n\r\n",
    "a line without an end": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n",
    "a length below nothing": b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: -4\r\n\r\n",
    "no chunk": b"POST /hook HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "no gzip": b"POST / HTTP/1.1\r\nHost: here\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    "no address": b"GET http://[::1/x HTTP/1.1\r\nHost: here\r\n\r\n",
    "a cookie of bytes": b"GET / HTTP/1.1\r\nHost: here\r\nCookie: operator=\x01\r\n\r\n",
}


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    storage: Storage
    standing: Standing
    heard: asyncio.Event
    session: aiohttp.ClientSession

    async def ask(
        self, method: str, path: str, headers: Any = (), body: bytes = b""
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers but the date, and body."""
        async with self.session.request(
            method, URL(f"{self.url}{path}", encoded=True), headers=headers, data=BytesIO(body)
        ) as answer:
            told = {name: value for name, value in answer.headers.items() if name != "Date"}
            return answer.status, told, await answer.text()


@asynccontextmanager
async def served(storage: Storage) -> AsyncIterator[Served]:
    port, heard, standing = a_free_port(), asyncio.Event(), Standing(lambda: EVENING)
    webhook = Webhook(f"https://example.org:{port}/hook", SECRET)
    async with (
        serving("127.0.0.1", port, storage, standing, webhook=webhook, heard=heard, clock=lambda: EVENING),
        aiohttp.ClientSession() as session,
    ):
        yield Served(f"http://127.0.0.1:{port}", storage, standing, heard, session)


@pytest.fixture
async def storage(sqlite_url: str) -> AsyncIterator[Storage]:
    opened = await Storage.open(sqlite_url)
    yield opened
    await opened.close()


async def test_what_is_forged_gets_one_and_the_same_answer_and_leaves_no_trace(
    storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        async with served(storage) as server:
            nothing = await server.ask("GET", "/nothing-of-the-kind")
            answers = {name: await server.ask(*forgery) for name, forgery in FORGERIES.items()}
            was_heard = server.heard.is_set()

    assert nothing[0] == 404
    assert [name for name, answer in answers.items() if answer != nothing] == []
    assert not was_heard
    assert await storage.inbox.waiting(9) == []
    assert SECRET not in caplog.text + str(logs)


async def test_what_is_no_request_is_told_in_no_line_and_refused(
    storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logs:
        async with served(storage) as server:
            answers = {name: await _said_raw(server.url, raw) for name, raw in NONSENSE.items()}
            is_well = (await server.ask("GET", "/healthz"))[0] == 200

    assert [name for name, answer in answers.items() if not answer.startswith(b"HTTP/1.") or b" 4" not in answer] == []
    assert is_well
    assert caplog.text == ""
    assert {each["log_level"] for each in logs} == {"debug"}


async def _said_raw(url: str, raw: bytes) -> bytes:
    """The first line of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(url).port)
    writer.write(raw)
    line = await reader.readline()
    await reader.read()  # until it hangs up
    writer.close()
    await writer.wait_closed()
    return line


async def test_an_update_that_telegram_brings_is_stored_once_and_the_leader_hears_of_it(storage: Storage) -> None:
    async with served(storage) as server:
        first, again = [await server.ask("POST", "/hook", KNOWN, UPDATE) for _ in range(2)]
        was_heard = server.heard.is_set()

    assert (first[0], again[0], was_heard) == (200, 200, True)
    [received] = await storage.inbox.waiting(9)
    assert (received.update_id, received.chat_key) == (5, 7)
    assert json.loads(received.payload) == json.loads(UPDATE)


class OutOfOrder:
    async def take_in(self, *given: Any) -> int:
        raise Unavailable("the disk is full")

    async def waiting(self, limit: int) -> None:
        raise Unavailable("the disk is full")


async def test_while_the_database_cannot_be_written_telegram_is_asked_to_come_again(storage: Storage) -> None:
    true_inbox = storage.inbox
    async with served(storage) as server:
        storage.inbox = OutOfOrder()  # type: ignore[assignment]
        refused = await server.ask("POST", "/hook", KNOWN, UPDATE)
        unready = await server.ask("GET", "/readyz")
        storage.inbox = true_inbox
        taken = await server.ask("POST", "/hook", KNOWN, UPDATE)

    assert (refused[0], refused[1]["Retry-After"]) == (503, "5")
    assert (unready[0], json.loads(unready[2])["database"]) == (503, False)
    assert taken[0] == 200


async def test_a_health_check_hears_how_this_process_stands(storage: Storage) -> None:
    async with served(storage) as server:

        async def ready() -> int:
            return (await server.ask("GET", "/readyz"))[0]

        starting = await ready()
        server.standing.role = "standing by"
        standing_by = await ready()
        server.standing.role = "leading"
        deaf = await ready()
        server.standing.hears = True
        hearing = await ready()
        server.standing.fall_silent("another program speaks")
        silent = await ready()
        server.standing.speak_again()
        alive = await server.ask("GET", "/healthz")
        said = json.loads((await server.ask("GET", "/readyz"))[2])

    assert (starting, standing_by, deaf, hearing, silent) == (503, 200, 503, 200, 503)
    assert (alive[0], json.loads(alive[2])) == (200, {"alive": True})
    assert said == {"database": True, "role": "leading", "hears": True, "may_send": True, "clock": True}


async def test_an_address_that_is_not_ours_is_not_said_to_be_taken(storage: Storage) -> None:
    async with served(storage) as server:
        with pytest.raises(NotServed, match=r"This machine is not at 192.0.2.1:8123. Set another WEB_HOST"):
            async with serving(
                "192.0.2.1", 8123, storage, server.standing, webhook=None, heard=server.heard, clock=lambda: EVENING
            ):
                raise AssertionError


async def test_a_port_that_is_taken_is_said_in_a_line(storage: Storage) -> None:
    async with served(storage) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(NotServed, match=f"Another program has 127.0.0.1:{port}. Set another WEB_PORT"):
            async with serving(
                "127.0.0.1", port, storage, server.standing, webhook=None, heard=server.heard, clock=lambda: EVENING
            ):
                raise AssertionError


async def test_with_a_webhook_the_whole_bot_is_brought_what_people_say(tmp_path: Path, sqlite_url: str) -> None:
    port = a_free_port()
    async with running_sandbox(tmp_path, "--loopback-webhooks", "--webhook-retry", "0.01") as telegram:
        settings = settings_for(telegram, sqlite_url, web_port=port, webhook_url=f"http://127.0.0.1:{port}/hook")
        user = await telegram.add_user("Reader")
        reader = Person(telegram, user["id"], user["id"])
        # Two processes: the one that listens at the port stands by, and the other one handles what came to it.
        elsewhere = settings.model_copy(update={"web_port": a_free_port()})
        async with running(elsewhere, rhythm=QUICK) as leader:
            await until(lambda: role(leader.standing), "leading")
            async with running(settings, rhythm=QUICK) as receiver:
                assert words(await reader.say("/help")).startswith("News, condensed")
                panel = await reader.say("/topics")
                await reader.tap(panel, "World")
                await until(lambda: role(receiver.standing), "standing by")
        asked = [each for each in await telegram.requests() if each["method"] == "setWebhook"]
        polled = [each for each in await telegram.requests() if each["method"] == "getUpdates"]

    assert polled == []
    assert asked[0]["params"]["allowed_updates"] == [
        "message", "callback_query", "inline_query", "my_chat_member",
    ]  # fmt: skip
    assert asked[0]["params"]["secret_token"] == settings.webhook_word


async def role(standing: Standing) -> str:
    return standing.role
