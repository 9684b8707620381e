"""The wire: what each way of failing says about whether a message arrived."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Literal

import pytest
import structlog
from pydantic import SecretStr

from bot.logs import set_up_logs, striking
from bot.sender import Telegram, answer_of
from bot.settings import Settings
from bot.standing import Standing
from bot.transport import NotSent, ReplyLost, Transport
from news.answers import Accepted, Answer, ChatGone, ContentRefused, Moved, TokenRefused, Uncertain
from news.answers import NotSent as PutOff
from news.messages.message import Message

Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
TOKEN = "123456:abcdefghijklmnopqrstuvwxyz"


@asynccontextmanager
async def answering(reply: Reply) -> AsyncIterator[str]:
    """A server that answers every connection so; its address."""
    server = await asyncio.start_server(reply, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def transport(deadline: float = 5.0) -> AsyncIterator[Transport]:
    opened = Transport(deadline=deadline)
    await opened.initialize()
    yield opened
    await opened.shutdown()


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.transport.abort()


async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"ok":tr')
    writer.close()


async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"\x15\x03\x01 this is not HTTP\r\n\r\n")
    writer.close()


async def test_a_server_that_is_not_there_was_sent_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    async with transport() as wire:
        with pytest.raises(NotSent, match="cannot be reached"):
            await wire.exchange("POST", f"http://127.0.0.1:{port}/bot{TOKEN}/sendMessage", json={})
        with pytest.raises(NotSent):
            await wire.exchange("POST", f"http://no-such-host.invalid/bot{TOKEN}/sendMessage", json={})


async def test_a_transport_that_is_not_open_sends_nothing() -> None:
    with pytest.raises(NotSent):
        await Transport().exchange("POST", "http://127.0.0.1:1/", json={})


@pytest.mark.parametrize("reply", [hang, reset, break_off, babble])
async def test_a_reply_that_does_not_come_leaves_it_open_and_tells_no_token(reply: Reply) -> None:
    async with answering(reply) as address, transport(deadline=0.3) as wire:
        with pytest.raises(ReplyLost) as lost:
            await wire.exchange("POST", f"{address}/bot{TOKEN}/sendMessage", json={})
    assert TOKEN not in repr(lost.value)
    assert lost.value.__cause__ is None


async def test_a_message_is_said_to_be_put_off_or_in_doubt() -> None:
    message = Message(html="Hello")
    async with answering(reset) as address, transport() as wire:
        assert isinstance(await Telegram(wire, address)(7, None, message), Uncertain)
    async with transport() as wire:
        assert await Telegram(wire, address)(7, None, message) == PutOff(None)


@pytest.mark.parametrize(
    "date", [f"Mon, 01 Jan 2026 00:00:00 +{'9' * 20}", f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT", "?"]
)
async def test_a_message_arrived_whatever_its_answer_says_of_the_time(date: str) -> None:
    body = '{"ok":true,"result":{"message_id":5}}'

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(f"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        writer.close()

    standing = Standing(lambda: datetime.now(UTC))
    wire = Transport(see_date=standing.see_date)
    await wire.initialize()
    async with answering(reply) as address:
        assert await Telegram(wire, address)(7, None, Message(html="Hello")) == Accepted(5)
    await wire.shutdown()
    assert standing.is_clock_right


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, {"ok": True, "result": {"message_id": 5}}, Accepted(5)),
        (429, {"ok": False, "parameters": {"retry_after": 9}}, PutOff(timedelta(seconds=9))),
        (400, {"ok": False, "description": "group upgraded", "parameters": {"migrate_to_chat_id": -9}}, Moved(-9)),
        (403, {"ok": False, "description": "Forbidden: bot was blocked by the user"}, ChatGone),
        (404, {"ok": False, "description": "Not Found: method not found"}, ContentRefused),
        (404, {"ok": False, "description": "Not Found"}, TokenRefused),
        (401, {"ok": False, "description": "Unauthorized"}, TokenRefused),
        (500, {"ok": False, "description": "Internal Server Error"}, Uncertain),
        (400, {"ok": False, "description": "Bad Request: can't parse entities"}, ContentRefused),
    ],
)
def test_an_answer_of_telegram_is_read(status: int, body: object, answer: Answer | type[Answer]) -> None:
    read = answer_of(status, json.dumps(body).encode())
    assert read == answer or (isinstance(answer, type) and isinstance(read, answer))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502</html>",
        b'{"ok":tr',
        b"null",
        b"[]",
        b'"x"',
        b'{"ok":true}',
        b"\xff\xfe",
        b'{"ok":true,"result":{}}',
    ],
)
def test_an_answer_that_is_not_telegrams_leaves_it_open(body: bytes) -> None:
    assert isinstance(answer_of(200, body), Uncertain)
    assert isinstance(answer_of(502, body), Uncertain)


async def test_a_method_that_the_server_does_not_know_is_asked_for_once() -> None:
    asked: list[bytes] = []

    async def unknown(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        body = b'{"ok":false,"error_code":404,"description":"Not Found: method not found"}'
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
        writer.close()

    async with answering(unknown) as address, transport() as wire:
        telegram = Telegram(wire, address)
        for _ in range(3):
            answer = await telegram(7, None, Message(html="<p>Hello</p>", look="rich"))
            assert isinstance(answer, ContentRefused)
    assert len(asked) == 1


async def test_deliveries_are_paid_for_where_that_is_set_and_answers_to_taps_never() -> None:
    told: list[bool] = []

    async def heard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        [size] = [int(line.split(b":")[1]) for line in head.lower().splitlines() if line.startswith(b"content-length:")]
        told.append(json.loads(await reader.readexactly(size)).get("allow_paid_broadcast", False))
        body = b'{"ok":true,"result":{"message_id":1}}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
        writer.close()

    async with answering(heard) as address, transport() as wire:
        for is_paid in (False, True):
            telegram = Telegram(wire, address, is_paid=is_paid)
            await telegram(7, None, Message(html="A digest"))
            await telegram.send(7, Message(html="An answer"))
    assert told == [False, False, True, False]


@pytest.mark.parametrize("form", ["human", "json"])
def test_no_secret_reaches_the_log(form: Literal["human", "json"], monkeypatch: pytest.MonkeyPatch) -> None:
    stream = StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    settings = Settings(
        _env_file=None,
        bot_token=SecretStr(TOKEN),
        database_url="postgresql://news:p%40ssword@host/news",
        operator_token=SecretStr("the-operators-own-word"),
        web_port=8080,
        log_format=form,
    )
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    try:
        set_up_logs(settings)
        url = f"https://api.telegram.org/bot{TOKEN}/getMe"
        try:
            raise RuntimeError(url)
        except RuntimeError:
            structlog.get_logger().exception(
                "stumbled", deep={"url": [url]}, password="p@ssword", word="the-operators-own-word"
            )
        logging.getLogger("telegram").error("at %s with %s", url, "p%40ssword")
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers[:] = handlers
    written = stream.getvalue()
    assert "stumbled" in written
    assert "RuntimeError" in written
    assert not [secret for secret in (TOKEN, "p@ssword", "p%40ssword", "own-word") if secret in written]
    assert "\x1b" not in written, "colours are for a terminal"


def test_without_secrets_a_line_stays_as_it_is() -> None:
    assert striking(Settings(_env_file=None, bot_token=None, database_url="sqlite:///x.db"))("a line") == "a line"
