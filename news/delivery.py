"""Deliveries: messages in the outbox, their states, and what follows from each answer.

The states and their proofs are in docs/delivery.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

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
