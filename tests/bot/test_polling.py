"""Polling: whatever stands in the place of updates is trouble, and never the end of listening."""

from __future__ import annotations

import asyncio

import pytest

from bot.patience import Trouble
from bot.polling import Line
from tests.bot.test_wire import answering, transport


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "[]", "{}", '{"result":null}', '{"result":7}', '{"result":"text"}', '{"result":{"a":1}}',
        '{"result":[7]}', '{"result":[{"update_id":"7"}]}', '{"result":[{"update_id":-7}]}',
        '{"result":[{"update_id":9223372036854775808}]}', '{"result":' + "[" * 100_000,
    ],
)  # fmt: skip
async def test_a_reply_without_updates_in_it_is_trouble_like_any_other(body: str) -> None:
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    async with answering(reply) as url, transport() as opened:
        with pytest.raises(Trouble, match="Telegram answers with something that is not its own"):
            await Line(opened, url).fetch(None)


@pytest.mark.parametrize(("asked", "wait"), [("9", 9), ("1" + "0" * 400, 604_800), ("-9", 0), ('"9"', 0), ("9e99", 0)])
async def test_telegram_is_left_alone_for_as_long_as_it_asks_and_a_week_at_most(asked: str, wait: float) -> None:
    body = f'{{"ok":false,"parameters":{{"retry_after":{asked}}}}}'

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 429 Slow\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        writer.close()

    async with answering(reply) as url, transport() as opened:
        with pytest.raises(Trouble, match="Telegram answers 429") as trouble:
            await Line(opened, url).fetch(None)
    assert trouble.value.wait == wait
