"""Which deliveries may be claimed and begun: the conditions, and the statements that are built once from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from news.delivery import Delivery, DeliveryState
from news.messages.message import Message
from storage.engine import Database
from storage.tables import chats, outbox

# Spelled out: in RETURNING on SQLite the names of tables would be left away.
MESSAGE: ColumnElement[str] = literal_column("(SELECT texts.message FROM texts WHERE texts.id = outbox.text_id)")
MESSAGE_OF_TEXT = MESSAGE.label("message")
EDITED: ColumnElement[int] = literal_column(
    "(SELECT digests.message_id FROM digests WHERE digests.id = outbox.edits_id)"
)
COLUMNS = [
    *(column for column in outbox.c if column.name != "text_id"),
    MESSAGE_OF_TEXT,
    EDITED.label("edits"),
]
IN_FLIGHT = ("claimed", "sending")
WAITING: tuple[DeliveryState, ...] = ("pending", "doubt")
"""States that are claimed from, the first before the second."""
UNFINISHED = ("pending", "claimed", "sending", "doubt")
WRITABLE = ("active", "paused")
"""States of a chat that is sent to: a paused one is tried when its deliveries are due, once a day."""

FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}
UNSENT = case((outbox.c.doubt > 0, "doubt"), else_="pending")
"""The state of what was claimed, once it is known that no byte of it left."""

_same_chat = outbox.alias()
KNOWN = select(func.max(_same_chat.c.message_id)).where(_same_chat.c.chat_id == outbox.c.chat_id).scalar_subquery()
"""The highest message id known in a delivery's chat."""


def as_delivery(row: Any) -> Delivery:
    """A row of COLUMNS."""
    return Delivery(**dict(row) | {"message": Message.from_json(row["message"])})


def is_in(deliveries: FromClause, *states: str) -> ColumnElement[bool]:
    """Condition: they are in one of these states, all of them unfinished.

    The states are spelled out, and so is the condition of the partial indexes: they do not serve a state that is
    a parameter, and SQLite takes an index by its very words.
    """
    return and_(_spelled(deliveries, states), _spelled(deliveries, UNFINISHED))


@cache  # building it costs more than running it
def taking(state: DeliveryState) -> Any:
    """Claims what is due at `at`, the longest due first, `most` at most, for `holder` until `until`."""
    due = (
        select(outbox.c.id)
        .where(claimable(state), outbox.c.not_before <= bindparam("at"))
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=outbox)
        # A common table expression is evaluated once; a subquery could be twice, past its limit.
        .cte("due")
    )
    leased = {"state": "claimed", "lease_owner": bindparam("holder"), "lease_until": bindparam("until")}
    return update(outbox).where(outbox.c.id.in_(select(due.c.id))).values(leased).returning(*COLUMNS)


def intent(database: Database) -> Any:
    """Begins those of `ids` that `holder` still leases at `at`, for the first time after `tried` sends."""
    is_ours = (
        database.among(outbox.c.id, "ids"),
        is_in(outbox, "claimed"),
        outbox.c.lease_owner == bindparam("holder"),
        outbox.c.lease_until > bindparam("at"),
        outbox.c.attempt == bindparam("tried"),
        exists().where(chats.c.id == outbox.c.chat_id, chats.c.state.in_(WRITABLE)),
    )
    begun = {
        "state": "sending",
        "attempt": outbox.c.attempt + 1,
        "lease_until": bindparam("until"),
        "floor_message_id": KNOWN,
    }
    return (
        update(outbox).where(*is_ours).values(begun).returning(outbox.c.id, outbox.c.chat_id, outbox.c.floor_message_id)
    )


@cache
def claimable(state: DeliveryState) -> ColumnElement[bool]:
    """Condition: nothing but its time keeps a delivery from being claimed.

    Its chat can be sent to and has nothing in flight, and everything older in the chat has ended: so messages
    keep their order, and a digest its parts together. What is in doubt is waited for too; it ends after three tries.
    Edits wait for one another and for all that is none; nothing else waits for them. So at most one of a chat is.
    """
    flying, before = outbox.alias(), outbox.alias()
    is_edit, is_own = outbox.c.edits_id.is_not(None), before.c.edits_id.is_(None)
    conditions = [
        is_in(outbox, state),
        exists().where(chats.c.id == outbox.c.chat_id, chats.c.state.in_(WRITABLE)),
        ~exists().where(flying.c.chat_id == outbox.c.chat_id, _spelled(flying, IN_FLIGHT)),
        ~exists().where(
            before.c.chat_id == outbox.c.chat_id,
            _spelled(before, UNFINISHED),
            or_(
                and_(is_own, or_(before.c.id < outbox.c.id, is_edit)),
                and_(~is_own, before.c.id < outbox.c.id, is_edit),
            ),
        ),
    ]
    if state == "doubt":  # one at a time in all: what we cannot be sure of must not pile up
        doubted = outbox.alias()
        conditions.append(~exists().where(doubted.c.doubt > 0, _spelled(doubted, IN_FLIGHT)))
    return and_(*conditions)


def _spelled(deliveries: FromClause, states: Sequence[str]) -> ColumnElement[bool]:
    return deliveries.c.state.in_([literal_column(f"'{state}'") for state in states])
