"""Deliver: everything that is due is sent, in order, and no chat holds up another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from jobs.deliver import Leave, deliver, freely
from news.messages.message import Message
from storage import Storage
from storage.outbox import Committed
from tests.jobs.given import Clock, FakeTelegram, add, instead, rounds, states


async def test_everything_due_is_sent_once_and_in_order_within_its_chat(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for number in range(3):
        await add(storage, *range(1, 7), message=Message(html=f"Message {number}"))
    done = await rounds(storage, telegram, clock, {"hours": 1})

    assert all(telegram.to(chat_id) == ["Message 0", "Message 1", "Message 2"] for chat_id in range(1, 7))
    assert await states(storage) == {"sent": 18}
    assert (done.states, done.alerts, done.accidents) == ({}, (), ())


async def test_no_more_are_in_flight_than_allowed_and_never_two_in_one_chat(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    flying: list[int] = []
    full = asyncio.Event()

    async def fly(chat_id: int) -> None:
        assert chat_id not in flying
        flying.append(chat_id)
        assert len(flying) <= 3
        if len(flying) == 3:
            full.set()
        await asyncio.wait_for(full.wait(), 20)
        flying.remove(chat_id)

    telegram.meanwhile = fly
    await add(sqlite, *range(1, 7), *range(1, 7))
    done = await deliver(sqlite, telegram, owner="me", clock=clock, in_flight=3)

    assert (done.states, done.accidents) == ({"sent": 12}, ())


async def test_a_chat_that_is_slow_holds_up_no_other_not_even_one_that_falls_due_meanwhile(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    early_done, all_done = asyncio.Event(), asyncio.Event()

    async def stall(chat_id: int) -> None:
        if len(telegram.sent) == 7:
            early_done.set()
        if len(telegram.sent) == 9:
            all_done.set()
        if chat_id == 1:
            await asyncio.wait_for(all_done.wait(), 20)

    telegram.meanwhile = stall
    await add(sqlite, *range(1, 8))
    sending = asyncio.create_task(deliver(sqlite, telegram, owner="me", clock=clock, in_flight=2))
    await early_done.wait()
    await add(sqlite, 8, 9)  # written by a compose that runs at the same time

    assert (await sending).states == {"sent": 9}


async def test_a_send_under_way_is_finished_when_the_program_ends(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def stall(chat_id: int) -> None:
        begun.set()
        await may_end.wait()

    telegram.meanwhile = stall
    await add(sqlite, 1, 1)
    sending = asyncio.create_task(deliver(sqlite, telegram, owner="me", clock=clock))
    await begun.wait()
    sending.cancel()
    asyncio.get_running_loop().call_later(0.02, may_end.set)

    with pytest.raises(asyncio.CancelledError):
        await sending
    assert await states(sqlite) == {"sent": 1, "pending": 1}


async def test_what_was_only_claimed_is_given_back_when_the_program_ends(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def stall(chat_id: int) -> None:
        begun.set()
        await may_end.wait()

    telegram.meanwhile = stall
    await add(storage, *range(1, 20))
    sending = asyncio.create_task(deliver(storage, telegram, owner="me", clock=clock, in_flight=1))
    await begun.wait()
    at_work = await states(storage)
    sending.cancel()
    may_end.set()
    await asyncio.gather(sending, return_exceptions=True)

    assert at_work == {"claimed": 18, "sending": 1}
    assert await states(storage) == {"sent": 1, "pending": 18}
    assert len(telegram.sent) == 1


async def test_only_what_may_leave_now_is_being_sent_and_what_waits_for_its_turn_is_not(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    turns, all_wait = asyncio.Semaphore(0), asyncio.Event()

    @asynccontextmanager
    async def turn(chat_id: int) -> AsyncIterator[Leave]:
        if chat_id == 3:
            all_wait.set()
        await turns.acquire()
        async with freely(chat_id) as leave:
            yield leave

    await add(sqlite, 1, 2, 3)
    sending = asyncio.create_task(deliver(sqlite, telegram, owner="me", clock=clock, turn=turn))
    await all_wait.wait()
    while_waiting = await states(sqlite)
    for _ in range(3):
        turns.release()

    assert while_waiting == {"claimed": 3}
    assert (await sending).states == {"sent": 3}


async def test_many_outcomes_are_committed_together(sqlite: Storage, telegram: FakeTelegram, clock: Clock) -> None:
    commit, batches = sqlite.outbox.commit, []
    all_there = asyncio.Event()

    async def count(intents: Any, outcomes: Any, **more: Any) -> Committed:
        batches.append(len(intents) + len(outcomes))
        return await commit(intents, outcomes, **more)

    async def together(_: int) -> None:
        if len(telegram.sent) == 40:
            all_there.set()
        await all_there.wait()

    telegram.meanwhile = together
    sqlite.outbox = instead(sqlite.outbox, commit=count)
    await add(sqlite, *range(1, 41))
    done = await deliver(sqlite, telegram, owner="me", clock=clock, in_flight=40)

    assert done.states == {"sent": 40}
    assert sum(batches) == 80
    assert len(batches) <= 20
