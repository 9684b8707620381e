"""Deliver: the outbox is sent, each delivery at least once and in order within its chat.

Before a byte leaves, the intent is committed; after the answer, the outcome is. What
happened in between can be unknown, and then the delivery is in doubt: it is sent again,
silently and marked, at most twice. `docs/delivery.md` says why.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from jobs.compose import scene_of
from news.answers import Answer, ContentRefused
from news.delivery import Delivery, Settled, repeat_of, settle
from news.messages import classic, rich, texts
from news.messages.markup import bare
from news.messages.message import Message
from news.messages.panels import note
from storage import Storage, Unavailable

LEASE = timedelta(seconds=90)
"""Longer than a send can take, so that no other sender takes over one that is under way."""
LOOK_AGAIN = 1.0
"""Seconds after which, while sends are slow, the outbox is looked through for what fell due meanwhile."""
WRITE_AGAIN = 0.5
"""Seconds between two tries to write down an outcome while the database is away."""
AT_ONCE = timedelta(seconds=1)
"""Two chats that are asked to wait within this time mean that all must: Telegram does not say which."""

Clock = Callable[[], datetime]


class Sender(Protocol):
    """Sends one message and says what came of it; never raises for what Telegram does."""

    async def __call__(self, chat_id: int, thread_id: int | None, message: Message) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round did: sends by the state they led to, and what an operator must hear."""

    states: Mapping[str, int] = field(default_factory=dict)
    alerts: tuple[str, ...] = ()
    accidents: tuple[Exception, ...] = ()
    """Faults of ours, each with a note of where; the deliveries they met are in doubt when their lease ends."""
    hold_until: datetime | None = None
    """Telegram asked for silence until then, in all chats."""
    is_barred: bool = False
    """Telegram no longer knows the token: nothing more is sent until there is another."""


async def deliver(storage: Storage, send: Sender, *, owner: str, clock: Clock, in_flight: int = 4) -> Delivered:
    """Sends what is due until nothing is, `in_flight` at the same moment at most.

    A chat that is slow to answer holds up no other. Cancelled, it first finishes what it has
    begun, because a send cut off would be in doubt.
    """
    await storage.outbox.recover(clock())
    told = _Tally(clock)
    flying: set[asyncio.Task[Settled | Exception | None]] = set()
    try:
        while True:
            if not told.is_over and (room := in_flight - len(flying)):
                claimed = await storage.outbox.claim(owner, now=clock(), lease=LEASE, limit=room)
                flying |= {asyncio.create_task(_tried(storage, send, one, clock)) for one in claimed}
            if not flying:
                return told.summary()
            landed, flying = await asyncio.wait(flying, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
            for each in landed:
                told.count(each.result())
    finally:
        await asyncio.gather(*flying, return_exceptions=True)


@dataclass(slots=True)
class _Tally:
    """What has come of a round so far, and whether it must end."""

    clock: Clock
    states: Counter[str] = field(default_factory=Counter)
    alerts: list[str] = field(default_factory=list)
    accidents: list[Exception] = field(default_factory=list)
    waits: dict[int, tuple[datetime, datetime]] = field(default_factory=dict)
    """By chat, when it was last asked to wait and until when."""
    hold_until: datetime | None = None
    is_barred: bool = False

    @property
    def is_over(self) -> bool:
        return self.is_barred or self.hold_until is not None

    def count(self, what: Settled | Exception | None) -> None:
        if isinstance(what, Exception):
            self.accidents.append(what)
        elif what is not None:
            self.states[what.delivery.state] += 1
            self.alerts += [what.alert] if what.alert and what.alert not in self.alerts else []
            self.is_barred = self.is_barred or what.is_barred
            if what.hold_until:
                self._wait(what.delivery.chat_id, what.hold_until)

    def _wait(self, chat_id: int, until: datetime) -> None:
        now = self.clock()
        self.waits[chat_id] = now, until
        asked = [until for at, until in self.waits.values() if now - at <= AT_ONCE]
        # The earliest, because one of them may be for its chat alone, and for half a day; those
        # that Telegram still does not want then are only asked to wait again.
        if self.is_barred or len(asked) > 1:
            self.hold_until = min(asked)

    def summary(self) -> Delivered:
        return Delivered(self.states, tuple(self.alerts), tuple(self.accidents), self.hold_until, self.is_barred)


async def _tried(storage: Storage, send: Sender, claimed: Delivery, clock: Clock) -> Settled | Exception | None:
    """`_deliver_one`, but a fault of ours costs this delivery alone."""
    try:
        return await _deliver_one(storage, send, claimed, clock)
    except Exception as accident:
        accident.add_note(f"while sending delivery {claimed.id} to chat {claimed.chat_id}")
        return accident


async def _deliver_one(storage: Storage, send: Sender, claimed: Delivery, clock: Clock) -> Settled | None:
    """What came of one delivery; None when it was no longer ours to send, or to say."""
    sending = await storage.outbox.sending(claimed, now=clock(), lease=LEASE)
    if sending is None:
        return None
    message = repeat_of(sending.message) if sending.doubt else sending.message
    answer = await send(sending.chat_id, sending.thread_id, message)
    plainer = await _plainer(storage, sending, clock()) if isinstance(answer, ContentRefused) else None
    settled = settle(sending, answer, now=clock(), plainer=plainer)
    if not await _written(storage, sending, settled.delivery, clock):
        return None
    await _see_to_chat(storage, sending, settled, clock())
    return settled


async def _written(storage: Storage, before: Delivery, after: Delivery, clock: Clock) -> bool:
    """Writes the outcome down, again and again while the database is away: what is known must not become doubt."""
    while True:
        try:
            return await storage.outbox.settle(before, after)
        except Unavailable:
            if before.lease_until is None or clock() >= before.lease_until:
                raise
            await asyncio.sleep(WRITE_AGAIN)


async def _see_to_chat(storage: Storage, before: Delivery, settled: Settled, now: datetime) -> None:
    """What an answer about one delivery means for the rest of its chat."""
    chat_id, after = before.chat_id, settled.delivery
    if after.chat_id != chat_id:
        await storage.chats.migrate(chat_id, after.chat_id)
    elif settled.chat_state:
        await storage.outbox.suspend(chat_id, settled.chat_state, after.reason, now)
    elif settled.is_thread_gone:
        await _leave_thread(storage, before, now)
    elif settled.hold_until and not settled.is_barred:
        await storage.outbox.hold(chat_id, settled.hold_until)
    elif after.state == "sent" and before.reason:
        # It was refused before; if that was for want of rights, they are back.
        chat = await storage.chats.get(chat_id)
        if chat and chat.state == "paused":
            await storage.outbox.resume(chat_id)


async def _leave_thread(storage: Storage, delivery: Delivery, now: datetime) -> None:
    """Ends the schedule of a thread that is closed or gone, and says so once outside of it."""
    chat = await storage.chats.get(delivery.chat_id)
    for schedule in await storage.schedules.of(delivery.chat_id):
        if chat and schedule.thread_id == delivery.thread_id and schedule.next_due_at:
            await storage.outbox.add(chat.id, note(scene_of(chat, {}, now), texts.THREAD_GONE), now=now)
            await storage.schedules.advance(schedule, None)


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
