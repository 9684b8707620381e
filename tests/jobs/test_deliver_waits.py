"""Deliver: who waits when Telegram asks for silence, or is not there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from jobs.deliver import Leave, NotYet, deliver, freely
from jobs.scribe import LEASE
from jobs.tally import Waits
from news.answers import Accepted, NotSent, TokenRefused, Uncertain
from storage import Storage
from tests.jobs.given import NOW, Clock, FakeTelegram, add, rounds, states

SHORT = NotSent(timedelta(seconds=20))


async def test_a_chat_that_is_asked_to_wait_waits_whole_and_alone(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[1] = [SHORT, Accepted(None)]
    await add(storage, 1, 1, 2)
    await add(storage, 1)
    done = await rounds(storage, telegram, clock, {"seconds": 10}, {"seconds": 9.9})
    while_waiting = len(telegram.to(1)), len(telegram.to(2))
    await add(storage, 2)
    await rounds(storage, telegram, clock, {"seconds": 4})

    assert (while_waiting, done.hold_until) == ((1, 1), None)
    assert (len(telegram.to(1)), len(telegram.to(2))) == (4, 2)


async def test_what_waited_for_its_turn_longer_than_its_lease_is_sent_all_the_same(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    waits = iter([LEASE, timedelta()])

    @asynccontextmanager
    async def a_long_turn(chat_id: int) -> AsyncIterator[Leave]:
        clock.now += next(waits)
        async with freely(chat_id) as leave:
            yield leave

    await add(storage, 1)
    await deliver(storage, telegram, owner="me", clock=clock, turn=a_long_turn)

    assert await states(storage) == {"sent": 1}


async def test_what_is_in_doubt_does_not_slip_past_a_wait_and_nothing_slips_past_it(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[1] = [Uncertain("no reply"), NotSent(timedelta(hours=1)), Accepted(None)]
    await add(storage, 1, 1)
    await rounds(storage, telegram, clock, {"minutes": 1}, {"minutes": 58})
    while_waiting = len(telegram.to(1))
    await rounds(storage, telegram, clock, {"minutes": 3})

    assert while_waiting == 2
    assert [one.message.is_silent for one in telegram.sent] == [False, True, True, False]
    assert await states(storage) == {"sent": 2}


async def test_two_chats_asked_to_wait_within_a_second_are_remembered_from_round_to_round(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    waits = Waits()
    telegram.answers |= {chat_id: [SHORT] for chat_id in (1, 2, 3)}
    held = []
    for chat_id, seconds in ((1, 0), (2, 1.1), (3, 1)):
        clock.tick(seconds=seconds)
        await add(sqlite, chat_id)
        held.append((await deliver(sqlite, telegram, owner="me", clock=clock, waits=waits)).hold_until)

    assert held[:2] == [None, None]
    assert held[2] is not None


async def test_two_chats_that_are_asked_to_wait_at_once_mean_that_all_must(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[1] = [SHORT]
    telegram.answers[2] = [NotSent(timedelta(hours=12))]
    await add(sqlite, *range(1, 10))
    done = await deliver(sqlite, telegram, owner="me", clock=clock, in_flight=2)

    assert len(telegram.sent) <= 3  # one may have been on its way
    assert done.hold_until is not None
    # Not for half a day, which may be meant for the one chat alone.
    assert timedelta(seconds=20) <= done.hold_until - NOW < timedelta(seconds=24)


async def test_chats_that_are_asked_to_wait_one_after_the_other_wait_for_themselves(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    async def pass_time(_: int) -> None:
        clock.tick(seconds=2)

    telegram.meanwhile = pass_time
    telegram.answers[1] = telegram.answers[2] = [SHORT]
    await add(sqlite, 1, 2, 3)
    done = await deliver(sqlite, telegram, owner="me", clock=clock, in_flight=1)

    assert (done.hold_until, done.states) == (None, {"pending": 2, "sent": 1})


async def test_a_token_that_is_refused_stops_everything_and_loses_nothing(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat_id in range(1, 10):
        telegram.answers[chat_id] = [TokenRefused("Unauthorized"), Accepted(None)]
    await add(sqlite, *range(1, 10))
    done = await deliver(sqlite, telegram, owner="me", clock=clock)
    asked = len(telegram.sent)
    telegram.answers.clear()
    await rounds(sqlite, telegram, clock, {"minutes": 1})

    assert done.is_barred
    assert asked <= 4
    assert len(done.alerts) == 1
    assert "token" in done.alerts[0]
    assert await states(sqlite) == {"sent": 9}


async def test_a_telegram_that_is_not_there_costs_a_few_chats_a_try_and_the_others_nothing(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat_id in range(1, 60):
        telegram.answers[chat_id] = [NotSent(None)]
    added = await add(sqlite, *range(1, 60))
    done = await deliver(sqlite, telegram, owner="me", clock=clock)
    attempts = [stored.attempt for one in added if (stored := await sqlite.outbox.get(one.id))]

    assert done.is_unreachable
    assert 3 <= sum(attempts) == len(telegram.sent) <= 6
    assert await states(sqlite) == {"pending": 59}


async def test_chats_that_answer_between_those_for_which_telegram_was_not_there_let_the_round_go_on(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat_id in range(1, 20, 2):
        telegram.answers[chat_id] = [NotSent(None)]
    await add(sqlite, *range(1, 20))
    done = await deliver(sqlite, telegram, owner="me", clock=clock, in_flight=1)

    assert not done.is_unreachable
    assert len(telegram.sent) == 19


async def test_a_chat_that_is_not_to_be_written_to_yet_waits_in_the_outbox(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    @asynccontextmanager
    async def turn(chat_id: int) -> AsyncIterator[Leave]:
        if chat_id == 1 and clock() < NOW + timedelta(minutes=1):
            raise NotYet(60.0)
        async with freely(chat_id) as leave:
            yield leave

    await add(storage, 1, 1, 2)
    first = await deliver(storage, telegram, owner="me", clock=clock, turn=turn)
    clock.tick(minutes=1)
    then = await deliver(storage, telegram, owner="me", clock=clock, turn=turn)

    assert (first.states, first.accidents, then.states) == ({"sent": 1}, (), {"sent": 2})
    assert [one.chat_id for one in telegram.sent] == [2, 1, 1]
