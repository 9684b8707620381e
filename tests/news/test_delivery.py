"""What follows from each answer, in every state a delivery can be in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.answers import (
    Accepted,
    Answer,
    ChatClosed,
    ChatGone,
    ContentRefused,
    Moved,
    NotSent,
    ThreadGone,
    TokenRefused,
    Uncertain,
    Unknown,
    classify,
)
from news.chat import ChatState
from news.delivery import Delivery, DeliveryState, is_terminal, repeat_of, settle
from news.messages.markup import fits, shown, units
from news.messages.message import Button, Message

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
HELLO = Message(html="<b>Saturday</b>\n1 story", keyboard=((Button(text="1", data="read:1"),),))
SENDING = Delivery(id=31, chat_id=-5, message=HELLO, state="sending", attempt=1, lease_owner="me", lease_until=NOW)
"""Its id is one that adds no jitter to a wait."""
PLAINER = replace(HELLO, html="Saturday\n1 story")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def refused(code: int, description: str, *, retry_after: int | None = None, migrate_to: int | None = None) -> Answer:
    return classify(code, description, retry_after=retry_after, migrate_to=migrate_to)


Row = tuple[Answer, type[Answer], DeliveryState, ChatState | None, timedelta | None, bool]
GONE: tuple[DeliveryState, ChatState, None, bool] = ("cancelled", "suspended", None, False)
CLOSED: tuple[DeliveryState, ChatState, timedelta, bool] = ("pending", "paused", DAY, False)
THREAD: tuple[DeliveryState, None, None, bool] = ("parked", None, None, True)
CONTENT: tuple[DeliveryState, None, timedelta, bool] = ("pending", None, timedelta(0), False)
DOUBT: tuple[DeliveryState, None, timedelta, bool] = ("doubt", None, 30 * SECOND, False)
PARKED: tuple[DeliveryState, None, None, bool] = ("parked", None, None, True)
TOKEN: tuple[DeliveryState, None, timedelta, bool] = ("pending", None, 60 * SECOND, True)

TABLE: list[Row] = [
    (Accepted(77), Accepted, "sent", None, None, False),
    (NotSent(None), NotSent, "pending", None, 10 * SECOND, False),
    (Uncertain("no answer within 30 s"), Uncertain, *DOUBT),
    (refused(200, "half a jso"), Uncertain, *DOUBT),
    (refused(500, "Internal Server Error: restart"), Uncertain, *DOUBT),
    (refused(502, "Bad Gateway"), Uncertain, *DOUBT),
    (refused(503, ""), Uncertain, *DOUBT),
    (refused(504, "Gateway Timeout"), Uncertain, *DOUBT),
    (
        refused(500, "Internal Server Error: sent message was immediately deleted and can't be returned"),
        Accepted,
        *("sent", None, None, False),
    ),
    (refused(429, "Too Many Requests", retry_after=35), NotSent, "pending", None, 35 * SECOND, False),
    (
        refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to=-1001),
        Moved,
        *("pending", None, timedelta(0), False),
    ),
    (
        refused(403, "Forbidden: the group chat was deleted"),
        ChatGone,
        *("pending", None, timedelta(minutes=10), False),
    ),
    (refused(400, "Bad Request: chat not found"), ChatGone, *GONE),
    (refused(403, "Forbidden: bot was blocked by the user"), ChatGone, *GONE),
    (refused(403, "Forbidden: user is deactivated"), ChatGone, *GONE),
    (refused(403, "Forbidden: bot was kicked from the group chat"), ChatGone, *GONE),
    (refused(403, "Forbidden: bot was kicked from the supergroup chat"), ChatGone, *GONE),
    (refused(403, "Forbidden: bot was kicked from the channel chat"), ChatGone, *GONE),
    (refused(403, "Forbidden: bot is not a member of the channel chat"), ChatGone, *GONE),
    (refused(403, "Forbidden: bot can't initiate conversation with a user"), ChatGone, *GONE),
    (refused(403, "Forbidden: the bot can't send messages to the bot"), ChatGone, *GONE),
    (refused(400, "Bad Request: not enough rights to send text messages to the chat"), ChatClosed, *CLOSED),
    (refused(400, "Bad Request: have no write access to the chat"), ChatClosed, *CLOSED),
    (refused(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), ChatClosed, *CLOSED),
    (refused(400, "Bad Request: message thread not found"), ThreadGone, *THREAD),
    (refused(400, "Bad Request: TOPIC_CLOSED"), ThreadGone, *THREAD),
    (refused(400, "Bad Request: TOPIC_DELETED"), ThreadGone, *THREAD),
    (
        refused(400, 'Bad Request: can\'t parse entities: Unsupported start tag "chat not found" at byte offset 1'),
        ContentRefused,
        *CONTENT,
    ),
    (refused(400, "Bad Request: message is too long"), ContentRefused, *CONTENT),
    (refused(400, "Bad Request: text is too long"), ContentRefused, *CONTENT),
    (refused(400, "Bad Request: ENTITIES_TOO_LONG"), ContentRefused, *CONTENT),
    (refused(400, "Bad Request: text must be non-empty"), ContentRefused, *CONTENT),
    (refused(400, "Bad Request: message text is empty"), ContentRefused, *CONTENT),
    (refused(400, "Bad Request: BUTTON_DATA_INVALID"), ContentRefused, *CONTENT),
    (
        refused(400, "Bad Request: inline keyboard button URL 'http://bot was blocked' is invalid: Wrong host"),
        ContentRefused,
        *CONTENT,
    ),
    (refused(400, "Bad Request: RICH_MESSAGE_EMAIL_INVALID"), ContentRefused, *CONTENT),
    (refused(404, "Not Found: method not found"), ContentRefused, *CONTENT),
    (refused(401, "Unauthorized"), TokenRefused, *TOKEN),
    (refused(404, "Not Found"), TokenRefused, *TOKEN),
    (refused(413, "Request Entity Too Large"), Unknown, *PARKED),
    (refused(406, "Not Acceptable"), Unknown, *PARKED),
    (refused(400, "Bad Request: PHASE_OF_MOON_INVALID"), Unknown, *PARKED),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]}"[:70])
def test_every_answer_is_classified_once_and_right(row: Row) -> None:
    answer, kind, state, chat_state, wait, is_alerted = row

    settled = settle(SENDING, answer, now=NOW, plainer=PLAINER)

    assert type(answer) is kind
    assert settled.delivery.state == state
    assert settled.chat_state == chat_state
    assert settled.delivery.not_before == (None if wait is None else NOW + wait)
    assert bool(settled.alert) == is_alerted
    assert (settled.delivery.lease_owner, settled.delivery.lease_until) == (None, None)


@pytest.mark.parametrize(
    "description",
    [
        "BAD REQUEST: CHAT NOT FOUND",
        "chat not found",
        "Bad Request: Bad Request:  chat not found\n",
        "[Error]: Chat not found",
    ],
)
def test_case_and_prefix_of_a_refusal_make_no_difference(description: str) -> None:
    assert isinstance(refused(400, description), ChatGone)


@pytest.mark.parametrize(
    ("description", "retry_after", "wait"),
    [
        ("Too Many Requests: retry after 43837", None, timedelta(seconds=43_837)),
        ("Too Many Requests", None, timedelta(minutes=1)),
        ("Too Many Requests", -5, timedelta(0)),
        ("Too Many Requests", 10**30, timedelta(days=7)),
    ],
)
def test_any_demand_to_wait_is_understood(description: str, retry_after: int | None, wait: timedelta) -> None:
    assert refused(429, description, retry_after=retry_after) == NotSent(wait)


def test_a_refusal_without_a_word_still_has_a_reason() -> None:
    assert refused(418, " ") == Unknown("Telegram answered 418")


@given(st.integers(-1, 1000), st.text(), st.none() | st.integers(), st.none() | st.integers())
def test_no_refusal_breaks_the_classification(
    code: int, description: str, retry_after: int | None, migrate_to: int | None
) -> None:
    settled = settle(SENDING, refused(code, description, retry_after=retry_after, migrate_to=migrate_to), now=NOW)

    assert settled.delivery.state != "sending"


def test_nobody_is_asked_again_before_telegram_said_and_not_all_at_once() -> None:
    waits = [settle(replace(SENDING, id=n), NotSent(35 * SECOND), now=NOW) for n in range(1, 9)]

    assert all(
        NOW + 35 * SECOND <= one.delivery.not_before <= NOW + 38 * SECOND for one in waits if one.delivery.not_before
    )
    assert all(one.hold_until == one.delivery.not_before for one in waits)
    assert len({one.hold_until for one in waits}) == len(waits)


def test_without_a_connection_the_waits_grow_up_to_five_minutes() -> None:
    waits = [settle(replace(SENDING, attempt=n), NotSent(None), now=NOW).delivery.not_before for n in range(1, 40)]

    assert waits[:4] == [NOW + timedelta(seconds=s) for s in (10, 20, 40, 80)]
    assert set(waits[5:]) == {NOW + timedelta(minutes=5)}


def test_doubts_wait_longer_each_time_and_the_third_parks_visibly() -> None:
    first = settle(SENDING, Uncertain("no answer"), now=NOW)
    second = settle(again(first.delivery), Uncertain("no answer"), now=NOW)
    third = settle(again(second.delivery), Uncertain("no answer"), now=NOW)

    assert [one.delivery.state for one in (first, second, third)] == ["doubt", "doubt", "parked"]
    assert [one.delivery.doubt for one in (first, second, third)] == [1, 2, 3]
    assert [first.delivery.not_before, second.delivery.not_before] == [NOW + 30 * SECOND, NOW + 120 * SECOND]
    assert "no answer" in (third.alert or "")


def test_what_was_in_doubt_stays_in_its_lane_when_a_later_send_surely_failed() -> None:
    doubted = settle(SENDING, Uncertain("no answer"), now=NOW).delivery

    assert settle(again(doubted), NotSent(None), now=NOW).delivery.state == "doubt"


def test_an_accepted_delivery_keeps_its_message_id_and_no_reason() -> None:
    sent = settle(replace(SENDING, reason="no answer", doubt=1), Accepted(77), now=NOW).delivery

    assert (sent.state, sent.message_id, sent.reason) == ("sent", 77, None)


def test_refused_content_is_drawn_plainer_until_it_cannot_be() -> None:
    rich = replace(SENDING, message=Message(html="<h2>A</h2>", look="rich"))
    classic = Message(html="<b>A</b> longer than it was")

    first = settle(rich, ContentRefused("RICH_X"), now=NOW, plainer=classic)
    second = settle(again(first.delivery), ContentRefused("can't parse"), now=NOW, plainer=Message(html="A"))
    third = settle(again(second.delivery), ContentRefused("can't parse"), now=NOW, plainer=None)

    assert (first.delivery.message, first.delivery.is_rerendered) == (classic, True)
    assert second.delivery.state == "pending"
    assert (third.delivery.state, third.delivery.reason) == ("parked", "can't parse")


@pytest.mark.parametrize("no_plainer", [None, HELLO, replace(HELLO, html=HELLO.html + "!")])
def test_content_that_did_not_become_plainer_is_not_sent_again(no_plainer: Message | None) -> None:
    assert settle(SENDING, ContentRefused("x"), now=NOW, plainer=no_plainer).delivery.state == "parked"


def test_a_deleted_group_has_ten_minutes_to_turn_out_to_have_moved() -> None:
    deleted = refused(403, "Forbidden: the group chat was deleted")
    waiting = settle(SENDING, deleted, now=NOW)

    gone = settle(again(waiting.delivery), deleted, now=NOW)

    assert waiting.chat_state is None
    assert (gone.delivery.state, gone.chat_state) == ("cancelled", "suspended")


def test_a_delivery_follows_its_chat_that_moved() -> None:
    assert settle(SENDING, Moved(-1001), now=NOW).delivery.chat_id == -1001
    assert settle(SENDING, Moved(SENDING.chat_id), now=NOW).delivery.state == "parked"


def test_a_closed_chat_is_tried_once_a_day_for_a_week_and_then_counts_as_gone() -> None:
    delivery, states = SENDING, []
    for _ in range(8):
        settled = settle(delivery, ChatClosed("not enough rights"), now=NOW)
        states.append(settled.chat_state)
        delivery = again(settled.delivery)

    assert states == ["paused"] * 7 + ["suspended"]
    assert settled.delivery.state == "cancelled"


def test_waiting_for_telegram_does_not_use_up_the_patience_with_a_closed_chat() -> None:
    tired = replace(SENDING, attempt=50)

    assert settle(tired, ChatClosed("not enough rights"), now=NOW).chat_state == "paused"


def test_what_is_a_guest_in_a_closed_thread_goes_outside_of_it_once() -> None:
    settled = settle(replace(SENDING, thread_id=5), ThreadGone("TOPIC_CLOSED"), now=NOW, is_guest=True)
    again = settle(replace(settled.delivery, state="sending"), ThreadGone("TOPIC_CLOSED"), now=NOW, is_guest=True)

    assert (settled.is_thread_gone, settled.delivery.state, settled.delivery.thread_id) == (True, "pending", None)
    assert (settled.delivery.not_before, again.delivery.state) == (NOW, "parked")


def test_a_closed_thread_parks_its_delivery_and_says_so() -> None:
    settled = settle(SENDING, ThreadGone("TOPIC_CLOSED"), now=NOW)

    assert (settled.is_thread_gone, settled.chat_state, settled.delivery.reason) == (True, None, "TOPIC_CLOSED")


def test_a_refused_token_bars_everyone_and_changes_no_delivery() -> None:
    settled = settle(replace(SENDING, reason="x"), TokenRefused("Unauthorized"), now=NOW)

    assert settled.is_barred
    assert settled.hold_until == NOW + timedelta(minutes=1)
    assert (settled.delivery.state, settled.delivery.reason) == ("pending", "x")


ENDING = st.sampled_from(
    [
        Accepted(1),
        Uncertain("no answer"),
        ChatGone("bot was blocked by the user"),
        ChatGone("the group chat was deleted", may_have_moved=True),
        ChatGone("group chat was deactivated", may_have_moved=True),
        ChatClosed("not enough rights"),
        ChatClosed("CHAT_RESTRICTED"),
        ThreadGone("TOPIC_CLOSED"),
        Moved(-1001),
        Moved(-1002),
        ContentRefused("can't parse"),
        Unknown("odd"),
    ]
)
WAITING = st.sampled_from([NotSent(None), NotSent(5 * SECOND), TokenRefused("Unauthorized")])


@given(st.lists(ENDING | WAITING, max_size=40), st.lists(ENDING, min_size=15, max_size=15))
def test_every_delivery_ends_after_few_copies_and_what_was_sent_stays_sent(
    storm: list[Answer], calm: list[Answer]
) -> None:
    delivery = replace(SENDING, attempt=0, state="pending")
    copies = 0
    for answer in storm + calm:
        delivery = again(delivery)
        settled = settle(delivery, answer, now=NOW, plainer=plainer(delivery.message))
        delivery = settled.delivery
        copies += isinstance(answer, Accepted | Uncertain)
        assert settled.chat_state is None or delivery.reason
        if is_terminal(delivery.state):
            break
        assert delivery.state == ("doubt" if delivery.doubt else "pending")
        assert delivery.not_before is not None
        assert delivery.not_before >= NOW

    assert is_terminal(delivery.state)
    assert copies <= 3
    assert delivery.state == "sent" or delivery.reason
    for answer in calm:
        assert settle(delivery, answer, now=NOW).delivery == delivery


def again(delivery: Delivery) -> Delivery:
    return replace(delivery, state="sending", attempt=delivery.attempt + 1)


def plainer(message: Message) -> Message | None:
    return replace(message, html=message.html[:-8]) if len(message.html) > 8 else None


def test_a_repeat_is_silent_and_says_so_at_the_top_in_both_looks() -> None:
    classic = repeat_of(HELLO)
    rich = repeat_of(Message(html="<h2>Saturday</h2>", look="rich"))

    assert classic == replace(HELLO, html=f"↻ possible repeat\n{HELLO.html}", is_silent=True)
    assert rich == Message(html="<p>↻ possible repeat</p><h2>Saturday</h2>", look="rich", is_silent=True)


@pytest.mark.parametrize("length", range(4070, 4097))
def test_a_repeat_of_a_full_message_still_fits_and_is_still_marked(length: int) -> None:
    full = Message(html=f"<b>{'&amp;' * (length - 100)}</b>{'x' * 94}<i>😀😀😀</i>")
    assert units(shown(full.html)) == length

    repeat = repeat_of(full)

    assert fits(repeat.html)
    assert shown(repeat.html).startswith("↻")
    assert repeat.html.count("<") == full.html.count("<")
    assert units(shown(repeat.html)) >= length - 1


def test_a_repeat_adds_no_block_to_a_rich_message_that_is_full_of_them() -> None:
    blocks = Message(html="<details><summary>A</summary></details>" + "<p>1</p>" * 498, look="rich")
    letters = Message(html=f"<p>{'x' * 32_768}</p>", look="rich")

    assert repeat_of(blocks).html.startswith("<details><summary>↻ A</summary>")
    assert repeat_of(letters).html == f"<p>↻ {'x' * 32_766}</p>"
