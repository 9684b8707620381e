"""Deliver: a fault of ours, or a database that is away, loses no outcome and costs no other delivery."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from jobs.deliver import deliver
from jobs.scribe import LEASE
from news.answers import Accepted, ChatGone
from storage import Storage, Unavailable
from storage.outbox import Committed
from tests.jobs.given import NOW, Clock, FakeTelegram, add, chat_state, instead, rounds, state, states


async def test_a_fault_of_ours_costs_one_delivery_a_wait_and_the_others_nothing(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    async def stumble(chat_id: int) -> None:
        if chat_id == 1:
            raise ZeroDivisionError

    telegram.meanwhile = stumble
    bad, *_ = await add(sqlite, *range(1, 9))
    done = await deliver(sqlite, telegram, owner="me", clock=clock)
    at_first = await state(sqlite, bad.id)
    await rounds(sqlite, telegram, clock, {"seconds": LEASE.total_seconds()})

    assert done.states == {"sent": 7}
    [accident] = done.accidents
    assert isinstance(accident, ZeroDivisionError)
    assert accident.__notes__ == [f"while sending delivery {bad.id} to chat 1"]
    assert at_first == "sending"
    assert await state(sqlite, bad.id) == "doubt"


async def test_an_outcome_is_written_once_the_database_is_back(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    commit, tries = sqlite.outbox.commit, 0

    async def away_at_first(intents: Any, outcomes: Any, **more: Any) -> Committed:
        nonlocal tries
        tries += len(outcomes)
        if outcomes and tries < 3:
            raise Unavailable("its disk is full")
        return await commit(intents, outcomes, **more)

    sqlite.outbox = instead(sqlite.outbox, commit=away_at_first)
    await add(sqlite, 7)
    done = await deliver(sqlite, telegram, owner="me", clock=clock)

    assert (tries, done.states, len(telegram.sent)) == (3, {"sent": 1}, 1)


async def test_an_outcome_is_kept_while_the_database_is_away_for_longer_than_a_lease(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    commit = sqlite.outbox.commit

    async def away(intents: Any, outcomes: Any, **more: Any) -> Committed:
        if outcomes and clock.tick(seconds=60) - NOW < timedelta(minutes=3):
            raise Unavailable("its disk is full")
        return await commit(intents, outcomes, **more)

    sqlite.outbox = instead(sqlite.outbox, commit=away)
    await add(sqlite, 7)
    done = await deliver(sqlite, telegram, owner="me", clock=clock)
    await rounds(sqlite, telegram, clock, {"minutes": 2})

    assert (done.states, len(telegram.sent)) == ({"sent": 1}, 1)
    assert await states(sqlite) == {"sent": 1}


async def test_a_program_that_ends_does_not_wait_for_ever_for_a_database_that_is_away(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    commit, is_away = sqlite.outbox.commit, asyncio.Event()

    async def away(intents: Any, outcomes: Any, **more: Any) -> Committed:
        if outcomes:
            is_away.set()
            clock.tick(minutes=2)
            raise Unavailable("its disk is full")
        return await commit(intents, outcomes, **more)

    sqlite.outbox = instead(sqlite.outbox, commit=away)
    [delivery] = await add(sqlite, 7)
    sending = asyncio.create_task(deliver(sqlite, telegram, owner="me", clock=clock))
    await is_away.wait()
    sending.cancel()
    await asyncio.wait_for(asyncio.gather(sending, return_exceptions=True), 30)

    assert await state(sqlite, delivery.id) == "sending"


async def test_an_answer_that_comes_after_the_lease_ended_changes_nothing(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    async def sleep(_: int) -> None:
        await storage.outbox.recover(clock.tick(minutes=2))

    telegram.meanwhile = sleep
    telegram.answers[7] = [ChatGone("bot was blocked by the user")]
    [delivery] = await add(storage, 7)
    done = await deliver(storage, telegram, owner="me", clock=clock)

    assert done.states == {}
    assert await state(storage, delivery.id) == "doubt"
    assert await chat_state(storage, 7) == "active"


async def test_an_outcome_that_cannot_be_stored_spoils_no_other_of_its_batch(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    all_there = asyncio.Event()

    async def together(_: int) -> None:
        if len(telegram.sent) == 9:
            all_there.set()
        await all_there.wait()

    telegram.meanwhile = together
    telegram.answers[5] = [Accepted(1 << 80)]  # no database has room for such a number
    await add(sqlite, *range(1, 10))
    done = await deliver(sqlite, telegram, owner="me", clock=clock, in_flight=9)

    assert done.states == {"sent": 8}
    assert len(done.accidents) == 1


async def test_while_the_database_is_away_nothing_leaves(sqlite: Storage, telegram: FakeTelegram, clock: Clock) -> None:
    async def away(*_: Any, **__: Any) -> Committed:
        raise Unavailable("its disk is full")

    at_home = sqlite.outbox
    sqlite.outbox = instead(at_home, commit=away)
    await add(sqlite, *range(1, 50))
    done = await deliver(sqlite, telegram, owner="me", clock=clock)
    sqlite.outbox = at_home
    clock.tick(minutes=2)
    then = await deliver(sqlite, telegram, owner="me", clock=clock)

    assert (done.states, [type(each) for each in done.accidents]) == ({}, [Unavailable])
    assert then.states == {"sent": 49}
    assert len(telegram.sent) == 49
