"""The dispatch: while nothing can be sent to anyone it asks seldom, touches little, and says so once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest_asyncio
from structlog.testing import capture_logs

from bot.dispatch import LONGEST_PAUSE, dispatch
from bot.standing import Standing
from jobs.deliver import freely
from news.answers import Accepted, Answer, NotSent, TokenRefused
from news.messages.message import Message
from storage import Storage
from tests.jobs.given import HELLO, Clock, a_chat, states


@dataclass
class Telegram:
    """Answers all alike, until told otherwise; knows what was asked between one pause and the next."""

    answer: Answer = field(default_factory=lambda: NotSent(None))
    asked: list[int] = field(default_factory=list)
    turn = staticmethod(freely)

    async def __call__(self, chat_id: int, thread_id: int | None, message: Message, edits: int | None = None) -> Answer:
        self.asked.append(chat_id)
        return self.answer


@pytest_asyncio.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Storage]:
    opened = await Storage.open(sqlite_url)
    yield opened
    await opened.close()


async def dispatched(storage: Storage, telegram: Any, pauses: int, well_after: int) -> tuple[list[float], list[int]]:
    """The first so many pauses, and how often Telegram was asked before each; it is well after some of them."""
    clock, wake, end = Clock(), asyncio.Event(), asyncio.Event()
    slept: list[float] = []
    asked: list[int] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        asked.append(len(telegram.asked))
        clock.tick(seconds=seconds)
        if len(slept) == well_after:
            telegram.answer = Accepted(1)
        if len(slept) == pauses:
            end.set()
        wake.set()

    wake.set()
    running = asyncio.create_task(
        dispatch(storage, telegram, wake, owner="me", standing=Standing(clock), clock=clock, in_flight=4, sleep=sleep)
    )
    async with asyncio.timeout(30):
        while not (end.is_set() and (pauses > well_after or (await states(storage)).keys() == {"sent"})):
            wake.set()
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return slept, asked


async def fifty_chats(storage: Storage) -> None:
    for chat_id in range(1, 51):
        await a_chat(storage, chat_id)
        await storage.outbox.add(chat_id, HELLO, now=Clock()())


async def test_while_telegram_is_not_there_one_delivery_at_a_time_is_tried_after_growing_pauses(
    sqlite: Storage,
) -> None:
    await fifty_chats(sqlite)
    telegram = Telegram()
    with capture_logs() as logged:
        slept, asked = await dispatched(sqlite, telegram, pauses=9, well_after=9)

    assert slept == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert max(slept) == LONGEST_PAUSE
    assert asked[0] <= 6  # those that were under way when it was noticed
    assert [after - before for before, after in pairwise(asked)] == [1] * 8
    assert await states(sqlite) == {"sent": 50}
    assert [line["event"] for line in logged] == [
        "Telegram cannot be reached; one delivery at a time is tried until it can",
        "Telegram takes messages again",
    ]


async def test_a_revoked_token_is_tried_once_a_minute_told_of_once_and_loses_nothing(sqlite: Storage) -> None:
    await fifty_chats(sqlite)
    telegram = Telegram(TokenRefused("Unauthorized"))
    with capture_logs() as logged:
        slept, asked = await dispatched(sqlite, telegram, pauses=8, well_after=8)

    assert slept == [60] * 8
    assert asked[0] <= 4
    assert [after - before for before, after in pairwise(asked)] == [1] * 7
    assert await states(sqlite) == {"sent": 50}
    assert len([line for line in logged if line["log_level"] == "error"]) == 1
