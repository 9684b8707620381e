"""Deliver: what each answer of Telegram leads to for its chat."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from jobs.deliver import deliver
from news.answers import Accepted, ChatClosed, ChatGone, ContentRefused, Moved, ThreadGone, Uncertain, Unknown
from news.chat import Look
from news.delivery import Delivery
from news.messages import texts
from news.messages.message import Message
from storage import Storage
from tests.jobs.given import NOW, Clock, FakeTelegram, a_reader, add, chat_state, instead, morning, news, rounds, states
from tests.storage.given import a_digest

CLOSED = ChatClosed("not enough rights to send text messages to the chat")
BLOCKED = ChatGone("bot was blocked by the user")
DAY = {"days": 1}


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
