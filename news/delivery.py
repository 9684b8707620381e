"""Deliveries: messages in the outbox, their states, and what follows from each answer.

The states and their proofs are in docs/delivery.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from news.answers import (
    LONGEST_WAIT,
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
)
from news.chat import ChatState
from news.messages import texts
from news.messages.markup import MESSAGE_UNITS, fits, shown, units
from news.messages.message import Message

DeliveryState = Literal[
    "pending",  # to be sent once `not_before` has come
    "claimed",  # leased by a sender; no byte has left
    "sending",  # the intent is committed; bytes may have left
    "sent",  # Telegram accepted it
    "doubt",  # it may or may not have arrived
    "parked",  # given up, visibly: the operator is told, its items return in the next digest
    "cancelled",  # the chat is gone or no longer wants it
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message for one chat. `attempt` counts sends begun, `doubt` those of unknown outcome."""

    id: int
    chat_id: int
    message: Message
    part: int = 1
    thread_id: int | None = None
    digest_id: int | None = None
    state: DeliveryState = "pending"
    attempt: int = 0
    doubt: int = 0
    not_before: datetime | None = None
    lease_owner: str | None = None
    lease_until: datetime | None = None
    floor_message_id: int | None = None
    """The highest message id known in the chat when sending began."""
    message_id: int | None = None
    reason: str | None = None
    is_rerendered: bool = False
    """Its content was refused once and drawn again plainer."""
    edits_id: int | None = None
    """The digest whose message it takes the place of; None for a message of its own."""
    edits: int | None = None
    """That message, where it arrived."""
    created_at: datetime | None = None
    """When it was put into the outbox; of a digest at a slot, when that was due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What follows from an answer. `delivery` is to be stored, its lease given back."""

    delivery: Delivery
    chat_state: ChatState | None = None
    """What the chat becomes, because of `delivery.reason`; None where it stays as it is."""
    alert: str | None = None
    """One sentence for the operator."""
    hold_until: datetime | None = None
    """Telegram asked for silence until then: in this chat, and for all it tells us, everywhere."""
    is_barred: bool = False
    """Nothing can be sent to anyone until there is another token."""
    is_unreached: bool = False
    """Telegram was not there to be asked."""
    is_thread_gone: bool = False
    """The schedule of the thread is to pause, and the chat to be told outside of it."""


DOUBT_LIMIT = 3
"""Sends of unknown outcome after which a delivery is parked: so many copies at most."""
PATIENCE = 8
"""Sends begun after which a delivery that keeps being refused for a passing reason is given up."""
WAIT_FOR_TOKEN = timedelta(minutes=1)
WAIT_FOR_MOVE = timedelta(minutes=10)
WAIT_FOR_RIGHTS = timedelta(days=1)
_LONGEST_BACKOFF = timedelta(minutes=5)
_JITTER = timedelta(seconds=3)


def is_terminal(state: DeliveryState) -> bool:
    """Whether nothing changes a delivery any more."""
    return state in ("sent", "parked", "cancelled")


def settle(
    delivery: Delivery, answer: Answer, *, now: datetime, plainer: Message | None = None, is_guest: bool = False
) -> Settled:
    """What becomes of a delivery whose send was answered so; one that is finished stays as it is.

    `is_guest`: its thread is not that of its schedule, so where that is gone it is told outside of it.
    `plainer` is the message drawn plainer, for `ContentRefused`: of another look or shorter than
    the one refused, or it does not count. Delivery states as drawn in docs/delivery.md.
    """
    if is_terminal(delivery.state):
        return Settled(delivery=delivery)
    delivery = replace(delivery, lease_owner=None, lease_until=None)
    if delivery.edits_id is not None and isinstance(answer, ThreadGone | Unknown | ContentRefused) and plainer is None:
        # The message has gone, is too old or is not ours to change: it stays as it was read.
        return Settled(delivery=_ended(delivery, "cancelled", answer.reason))
    match answer:
        case Accepted(message_id):
            return Settled(delivery=replace(delivery, state="sent", message_id=message_id, reason=None))
        case NotSent(retry_after):
            return _not_sent(delivery, retry_after, now)
        case Uncertain(reason):
            return _doubted(delivery, reason, now)
        case Moved(chat_id):
            return _moved(delivery, chat_id, now)
        case ContentRefused(reason):
            return _redrawn(delivery, reason, plainer, now)
        case ChatGone(reason, may_have_moved=True) if not _is_given_up(delivery) and delivery.reason != reason:
            return Settled(delivery=_waiting(delivery, now + WAIT_FOR_MOVE, reason))
        case ChatClosed(reason) if not _is_given_up(delivery):
            return Settled(delivery=_waiting(delivery, now + WAIT_FOR_RIGHTS, reason), chat_state="paused")
        case ChatGone(reason) | ChatClosed(reason):
            return Settled(delivery=_ended(delivery, "cancelled", reason), chat_state="suspended")
        case ThreadGone(reason) if is_guest and delivery.thread_id is not None:
            return Settled(delivery=_waiting(replace(delivery, thread_id=None), now, reason), is_thread_gone=True)
        case ThreadGone(reason):
            return replace(_parked(delivery, reason), is_thread_gone=True)
        case TokenRefused(reason):
            waiting = _waiting(delivery, now + WAIT_FOR_TOKEN, delivery.reason)
            alert = f"Telegram refuses the bot's token ({reason}). Nothing is lost; set a new token and restart."
            return Settled(delivery=waiting, alert=alert, hold_until=waiting.not_before, is_barred=True)
        case Unknown(reason):
            return _parked(delivery, reason)


def _not_sent(delivery: Delivery, retry_after: timedelta | None, now: datetime) -> Settled:
    jitter = _JITTER * (delivery.id * 7 % 31 / 31)  # a spread that differs by delivery and needs no dice
    if retry_after is None:
        backoff = min(_LONGEST_BACKOFF, timedelta(seconds=5) * 2 ** min(delivery.attempt, 10))
        return Settled(delivery=_waiting(delivery, now + backoff + jitter, delivery.reason), is_unreached=True)
    until = now + min(max(retry_after, timedelta(seconds=1)), LONGEST_WAIT) + jitter
    return Settled(delivery=_waiting(delivery, until, delivery.reason), hold_until=until)


def _doubted(delivery: Delivery, reason: str, now: datetime) -> Settled:
    doubted = replace(delivery, doubt=delivery.doubt + 1)
    if doubted.doubt >= DOUBT_LIMIT:
        return _parked(doubted, reason)
    return Settled(delivery=_waiting(doubted, now + timedelta(seconds=30) * 4**delivery.doubt, reason))


def _moved(delivery: Delivery, chat_id: int, now: datetime) -> Settled:
    if chat_id == delivery.chat_id or _is_given_up(delivery):
        return _parked(delivery, f"the chat moved to {chat_id} again and again")
    moved = replace(delivery, chat_id=chat_id)
    return Settled(delivery=_waiting(moved, now, f"the chat moved to {chat_id}"))


def _redrawn(delivery: Delivery, reason: str, plainer: Message | None, now: datetime) -> Settled:
    if plainer is None or _plainness(plainer) >= _plainness(delivery.message):
        return _parked(delivery, reason)
    redrawn = replace(delivery, message=plainer, is_rerendered=True)
    return Settled(delivery=_waiting(redrawn, now, reason))


def _plainness(message: Message) -> tuple[bool, int]:
    """Less is plainer; it cannot become less for ever, so redrawing ends."""
    return message.look == "rich", len(message.html)


def _is_given_up(delivery: Delivery) -> bool:
    """Refused before, and tried often enough."""
    return delivery.reason is not None and delivery.attempt >= PATIENCE


def _waiting(delivery: Delivery, not_before: datetime, reason: str | None) -> Delivery:
    state: DeliveryState = "doubt" if delivery.doubt else "pending"
    return replace(delivery, state=state, not_before=not_before, reason=reason)


def _ended(delivery: Delivery, state: DeliveryState, reason: str) -> Delivery:
    return replace(delivery, state=state, reason=reason)


def alert_of(parked: Delivery) -> str:
    """What an operator is told of a delivery that was given up."""
    alert = f"A message to chat {parked.chat_id} (delivery {parked.id}) was given up: {parked.reason}."
    return alert if parked.digest_id is None else f"{alert} Its stories return in the next digest."


def _parked(delivery: Delivery, reason: str) -> Settled:
    parked = _ended(delivery, "parked", reason)
    return Settled(delivery=parked, alert=alert_of(parked))


_REPEAT_ROOM = 32_000
"""Characters of rich HTML up to which a line more is safe: Telegram takes 32,768, and 500 blocks."""
_TOKEN = re.compile(r"<[^>]*>|&#?\w+;|.", re.DOTALL)
_FIRST_WORD = re.compile(r"\s*(?:<[^>]*>\s*)*")


def repeat_of(message: Message) -> Message:
    """The message as it is sent when it may have arrived before: silent, and marked at the top.

    One that has no room for the whole mark gets a bare `↻`, and gives up as much of its end as that needs.
    """
    mark = texts.REPEAT
    marked = f"<p>{mark}</p>{message.html}" if message.look == "rich" else f"{mark}\n{message.html}"
    if not _has_room(replace(message, html=marked)):
        at = found.end() if (found := _FIRST_WORD.match(message.html)) else 0
        marked = _trimmed(message.look, f"{message.html[:at]}{mark[0]} {message.html[at:]}")
    return replace(message, html=marked, is_silent=True)


def _has_room(message: Message) -> bool:
    if message.look == "rich":
        return len(message.html) <= _REPEAT_ROOM and message.html.count("<") <= 2 * 500
    return fits(message.html)


def _trimmed(look: str, html: str) -> str:
    """The HTML without as many last characters as are past Telegram's limit; its tags stay whole."""
    limit = MESSAGE_UNITS if look == "classic" else 32_768
    excess = units(shown(html)) - limit
    tokens = _TOKEN.findall(html)
    for at in range(len(tokens) - 1, -1, -1):
        if excess <= 0:
            break
        if not (tokens[at].startswith("<") and len(tokens[at]) > 1):
            excess -= units(shown(tokens[at]))
            tokens[at] = ""
    return "".join(tokens)
