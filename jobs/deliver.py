"""Deliver: the outbox is sent, each delivery at least once and in order within its chat.

Before a byte leaves, the intent is committed; after the answer, the outcome is. What
happened in between can be unknown, and then the delivery is in doubt: it is sent again,
silently and marked, at most twice. `docs/delivery.md` says why.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from jobs.compose import scene_of
from news.delivery import Answer, ContentRefused, Delivery, Moved, Settled, repeat_of, settle
from news.messages import classic, rich, texts
from news.messages.markup import bare
from news.messages.message import Message
from news.messages.panels import note
from storage import Storage

LEASE = timedelta(seconds=90)


class Sender(Protocol):
    """Sends one message and says what came of it; never raises for what Telegram does."""

    async def __call__(self, chat_id: int, thread_id: int | None, message: Message) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round did: deliveries by the state they reached, and what an operator must hear."""

    states: Mapping[str, int]
    alerts: tuple[str, ...] = ()
    hold_until: datetime | None = None
    """Telegram asked for silence until then."""
    is_barred: bool = False
    """Telegram no longer knows the token: nothing more is sent until there is another."""


async def deliver(
    storage: Storage, send: Sender, *, owner: str, clock: Callable[[], datetime], in_flight: int = 4
) -> Delivered:
    """Sends what is due until nothing is, `in_flight` at the same moment at most."""
    await storage.outbox.recover(clock())
    states: Counter[str] = Counter()
    alerts: list[str] = []
    while claimed := await storage.outbox.claim(owner, now=clock(), lease=LEASE, limit=in_flight):
        settled = await asyncio.gather(*(_deliver_one(storage, send, one, clock) for one in claimed))
        done = [one for one in settled if one is not None]
        states.update(one.delivery.state for one in done)
        alerts += [one.alert for one in done if one.alert]
        barred = any(one.is_barred for one in done)
        holds = [one.hold_until for one in done if one.hold_until]
        # One chat that is asked to wait waits alone; two at once mean that all must.
        if barred or len(holds) > 1:
            return Delivered(states, tuple(alerts), max(holds, default=None), barred)
    return Delivered(states, tuple(alerts))


async def _deliver_one(
    storage: Storage, send: Sender, claimed: Delivery, clock: Callable[[], datetime]
) -> Settled | None:
    sending = await storage.outbox.sending(claimed, now=clock(), lease=LEASE)
    if sending is None:
        return None
    message = repeat_of(sending.message) if sending.doubt else sending.message
    answer = await send(sending.chat_id, sending.thread_id, message)
    plainer = await _plainer(storage, sending, clock()) if isinstance(answer, ContentRefused) else None
    settled = settle(sending, answer, now=clock(), plainer=plainer)
    await storage.outbox.settle(sending, settled.delivery)
    if isinstance(answer, Moved):
        await storage.chats.migrate(sending.chat_id, answer.chat_id)
    elif settled.chat_state:
        await storage.outbox.suspend(sending.chat_id, settled.chat_state, settled.delivery.reason or "", clock())
    elif settled.is_thread_gone:
        await _leave_thread(storage, sending, clock())
    return settled


async def _leave_thread(storage: Storage, delivery: Delivery, now: datetime) -> None:
    """Pauses the schedule of a thread that is closed or gone, and says so once outside of it."""
    for schedule in await storage.schedules.of(delivery.chat_id):
        if schedule.thread_id == delivery.thread_id and schedule.next_due_at:
            await storage.schedules.advance(schedule, None)
            chat = await storage.chats.get(delivery.chat_id)
            if chat:
                said = note(scene_of(chat, {}, now), texts.THREAD_GONE)
                await storage.outbox.add(delivery.chat_id, said, now=now)


async def _plainer(storage: Storage, delivery: Delivery, now: datetime) -> Message | None:
    """A refused message drawn plainer: without photos, then classic, then bare text, then not at all."""
    message = delivery.message
    if message.look == "rich":
        return rich.without_photos(message) or await _classic(storage, delivery, now)
    text = bare(message.html)
    return replace(message, html=text) if text != message.html else None


async def _classic(storage: Storage, delivery: Delivery, now: datetime) -> Message | None:
    chat = await storage.chats.get(delivery.chat_id)
    digest = await storage.digests.by_id(delivery.digest_id) if delivery.digest_id else None
    if chat is None or digest is None:
        return None
    topics = dict(await storage.topics.all())
    return replace(classic.digest(digest, scene_of(chat, topics, now)), is_silent=delivery.message.is_silent)
