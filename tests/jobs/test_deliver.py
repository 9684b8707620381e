"""Deliver: what each answer leads to, and that no chat holds up another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time, timedelta
from typing import Any

import pytest

from jobs.deliver import Leave, NotYet, deliver, freely
from jobs.scribe import LEASE
from jobs.tally import Waits
from news.answers import (
    Accepted,
    ChatClosed,
    ChatGone,
    ContentRefused,
    Moved,
    NotSent,
    ThreadGone,
    TokenRefused,
    Uncertain,
    Unknown,
)
from news.chat import Look
from news.delivery import Delivery
from news.messages import texts
from news.messages.message import Message
from storage import Storage, Unavailable
from storage.outbox import Committed
from tests.jobs.given import (
    HELLO,
    NOW,
    Clock,
    FakeTelegram,
    a_chat,
    a_reader,
    chat_state,
    instead,
    morning,
    news,
    rounds,
    state,
    states,
)
from tests.storage.given import a_digest

SHORT = NotSent(timedelta(seconds=20))
CLOSED = ChatClosed("not enough rights to send text messages to the chat")
BLOCKED = ChatGone("bot was blocked by the user")
DAY = {"days": 1}


async def add(storage: Storage, *chat_ids: int, message: Message = HELLO) -> list[Delivery]:
    """A delivery for each chat, known or new."""
    added = []
    for chat_id in chat_ids:
        await a_chat(storage, chat_id)
        added.append(await storage.outbox.add(chat_id, message, now=NOW))
    return added


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


async def test_a_chat_that_has_gone_costs_one_send_and_then_nothing(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[7] = [BLOCKED]
    await a_reader(storage)
    await news(storage, "Told in vain")
    await add(storage, 7)
    for _ in range(4):
        await morning(storage, telegram, clock)
        clock.tick(days=1)
    at_first = len(telegram.sent)
    telegram.answers.clear()
    await storage.outbox.resume(7)
    await morning(storage, telegram, clock)

    assert at_first == 1
    assert len(telegram.sent) == 2
    assert await states(storage) == {"cancelled": 2, "sent": 1}


async def test_what_a_chat_missed_while_it_was_gone_comes_when_it_returns_in_one_digest(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[7] = [BLOCKED, Accepted(None)]
    await a_reader(sqlite, times=(time(8), time(18)))
    await news(sqlite, "Told in vain")
    await morning(sqlite, telegram, clock)
    await sqlite.outbox.resume(7)
    clock.tick(days=1, hours=1)
    await morning(sqlite, telegram, clock)

    assert len(telegram.sent) == 2
    assert "Told in vain" in telegram.to(7)[1]


async def test_a_chat_that_lets_us_read_but_not_write_is_tried_daily_for_a_week(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[7] = [CLOSED]
    await add(storage, 7, 7)
    await rounds(storage, telegram, clock, {"hours": 23}, {"hours": 1})
    while_paused = await chat_state(storage, 7), len(telegram.sent)
    await rounds(storage, telegram, clock, *[DAY] * 5)
    after_six_days = await chat_state(storage, 7), len(telegram.sent)
    await rounds(storage, telegram, clock, *[DAY] * 30)

    assert while_paused == ("paused", 2)
    assert after_six_days == ("paused", 7)
    assert len(telegram.sent) == 8
    assert await chat_state(storage, 7) == "suspended"
    assert await states(storage) == {"cancelled": 2}


async def test_a_paused_chat_goes_on_by_itself_once_it_lets_us_write(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[7] = [CLOSED, CLOSED, Accepted(None)]
    await a_reader(storage)
    await news(storage, "First")
    await morning(storage, telegram, clock)
    await news(storage, "Second")
    clock.tick(days=1)
    await morning(storage, telegram, clock)
    paused = await chat_state(storage, 7)
    clock.tick(days=1)
    await morning(storage, telegram, clock)
    await morning(storage, telegram, clock)

    assert paused == "paused"
    assert await chat_state(storage, 7) == "active"
    assert ["First" in html for html in telegram.to(7)] == [True, True, True, False]
    assert "Second" in telegram.to(7)[3]


async def test_a_chat_that_stops_while_its_message_leaves_stays_stopped(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    async def stop(_: int) -> None:
        await sqlite.outbox.suspend(7, "stopped", "the reader sent /stop", NOW)

    telegram.answers[7] = [Uncertain("no reply"), Accepted(None)]
    await add(sqlite, 7)
    await rounds(sqlite, telegram, clock)
    telegram.meanwhile = stop
    await rounds(sqlite, telegram, clock, {"minutes": 1})

    assert await chat_state(sqlite, 7) == "stopped"
    assert await states(sqlite) == {"sent": 1}


async def test_a_thread_that_is_gone_ends_its_schedule_and_is_told_of_once_outside_of_it(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    async def answer(chat_id: int, thread_id: int | None, message: Message) -> Any:
        await telegram(chat_id, thread_id, message)
        return ThreadGone("TOPIC_CLOSED") if thread_id == 5 else Accepted(1)

    await a_reader(storage, -7, kind="supergroup", thread_id=5)
    await a_reader(storage, -7, kind="supergroup", thread_id=6, times=(time(9),), since=NOW)
    for day in range(3):
        await news(storage, f"Early on day {day}", now=clock())
        await morning(storage, answer, clock)
        await news(storage, f"Late on day {day}", now=clock.tick(hours=1))
        await morning(storage, answer, clock)
        clock.tick(hours=23)

    places = [one.thread_id for one in telegram.sent]
    assert places == [5, None, 6, 6, 6]
    assert telegram.sent[1].message.html == texts.THREAD_GONE
    # What the closed thread did not get, the other one does.
    assert "Early on day 0" in telegram.sent[2].message.html
    assert [one.next_due_at is None for one in await storage.schedules.of(-7)] == [True, False]


async def test_a_general_thread_that_is_closed_is_not_told_of_for_ever(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[-7] = [ThreadGone("TOPIC_CLOSED")]
    await a_reader(sqlite, -7, kind="supergroup")
    await news(sqlite, "Unread")
    for _ in range(3):
        await morning(sqlite, telegram, clock)
        clock.tick(days=1)

    assert len(telegram.sent) == 2


async def test_a_group_that_became_a_supergroup_gets_all_it_was_due_under_its_new_number(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[-7] = [Moved(-1007)]
    await add(storage, -7, -7, -7)
    done = await rounds(storage, telegram, clock)

    assert (len(telegram.to(-7)), len(telegram.to(-1007))) == (1, 3)
    assert done.states == {"pending": 1, "sent": 3}
    assert await storage.chats.get(-7) is None


async def test_a_group_that_moves_round_in_circles_is_given_up(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[-7], telegram.answers[-8] = [Moved(-8)], [Moved(-7)]
    await add(sqlite, -7)
    done = await rounds(sqlite, telegram, clock, *[DAY] * 3)

    assert len(telegram.sent) <= 9
    assert await states(sqlite) == {"parked": 1}
    assert done.states == {}


async def test_a_refused_message_is_drawn_plainer_until_it_is_taken(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    refused = ContentRefused("RICH_MESSAGE_PHOTO_INVALID")
    telegram.answers[7] = [refused, refused, refused, Accepted(None)]
    await a_reader(sqlite, look="rich")
    digest = a_digest(*await news(sqlite, "Hard to draw"))
    figure = '<figure><img src="https://herald.example/1.jpg"/></figure>'
    drawn = Message(html=f"<h2>Hard to draw</h2>{figure}", look="rich", is_silent=True)
    await sqlite.digests.write(digest, deliveries=[drawn], slot=None)
    done = await rounds(sqlite, telegram, clock)

    looks = [(one.message.look, "<figure>" in one.message.html, "<" in one.message.html) for one in telegram.sent]
    assert looks == [("rich", True, True), ("rich", False, True), ("classic", False, True), ("classic", False, False)]
    assert all("Hard to draw" in one.message.html and one.message.is_silent for one in telegram.sent)
    assert done.states == {"pending": 3, "sent": 1}


@pytest.mark.parametrize("look", ["classic", "rich"])
async def test_a_message_that_cannot_be_drawn_plainer_is_given_up_visibly(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock, look: Look
) -> None:
    telegram.answers[7] = [ContentRefused("can't parse entities")]
    [delivery] = await add(sqlite, 7, message=Message(html="Bare words", look=look))
    done = await rounds(sqlite, telegram, clock, *[DAY] * 3)
    stored = await sqlite.outbox.get(delivery.id)

    assert len(telegram.sent) == 1
    assert stored is not None
    assert (stored.state, stored.reason) == ("parked", "can't parse entities")
    assert done.states == {}


async def test_an_answer_that_nobody_knows_is_told_to_the_operator_and_not_tried_again(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.answers[7] = [Unknown("PEER_FLOOD")]
    await add(sqlite, 7)
    done = await deliver(sqlite, telegram, owner="me", clock=clock)
    await rounds(sqlite, telegram, clock, *[DAY] * 3)

    assert len(telegram.sent) == 1
    assert ["PEER_FLOOD" in alert for alert in done.alerts] == [True]


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
    telegram.answers[7] = [BLOCKED]
    [delivery] = await add(storage, 7)
    done = await deliver(storage, telegram, owner="me", clock=clock)

    assert done.states == {}
    assert await state(storage, delivery.id) == "doubt"
    assert await chat_state(storage, 7) == "active"


async def test_a_chat_that_stops_before_its_message_leaves_gets_nothing(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    claim = storage.outbox.claim

    async def then_stop(*args: Any, **more: Any) -> list[Delivery]:
        claimed = await claim(*args, **more)
        await storage.outbox.suspend(7, "stopped", "the reader sent /stop", NOW)
        return claimed

    storage.outbox = instead(storage.outbox, claim=then_stop)
    await add(storage, 7)
    done = await deliver(storage, telegram, owner="me", clock=clock)

    assert (telegram.sent, done.states) == ([], {})
    assert await states(storage) == {"cancelled": 1}


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
