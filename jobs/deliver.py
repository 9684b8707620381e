"""Deliver: the outbox is sent, each delivery at least once and in order within its chat.

Deliveries are claimed ahead, which is harmless: no byte has left. Before one does, the intent
is committed; after the answer, the outcome is. What happened in between can be unknown, and
then the delivery is in doubt: it is sent again, silently and marked, at most twice.
`docs/delivery.md` says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Protocol

from jobs.keepers import tell_keepers
from jobs.redraw import plainer_of
from jobs.scene import scene_of
from jobs.scribe import LEASE, Clock, Scribe
from jobs.tally import Delivered, Tally, Told, Waits
from news.answers import Answer, ContentRefused, ThreadGone, Unknown
from news.delivery import Delivery, Settled, repeat_of, settle
from news.messages import texts
from news.messages.message import Message
from news.messages.panels import note
from storage import Storage, Unavailable

LOOK_AGAIN = 1.0
"""Seconds after which, while sends are slow, the outbox is looked through for what fell due meanwhile."""
IN_A_ROW = 3
"""Chats for which Telegram cannot be reached, one after the other, that mean that it cannot be reached at all."""
CLAIMED_AHEAD = 32
"""Deliveries claimed while they wait for room and for their turn, at least; twice as many as fly, where more do."""
GATHERED = 0.00003
"""Seconds that a transaction waits for others to join, for each that may be in flight."""


class Sender(Protocol):
    """Sends one message, or puts it in the place of the one it edits; says what came of it.

    Never raises for what Telegram does.
    """

    async def __call__(
        self, chat_id: int, thread_id: int | None, message: Message, edits: int | None = None
    ) -> Answer: ...


Leave = Callable[[], Awaitable[None]]
"""Waits for the very moment at which a message may leave."""
Turn = Callable[[int], AbstractAsyncContextManager[Leave]]
"""Entered when a message to the chat may leave soon, left when it was answered. Raises NotYet."""


class NotYet(Exception):
    """The chat must not be written to for some time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(self.__doc__)
        self.seconds = seconds


@asynccontextmanager
async def freely(chat_id: int) -> AsyncIterator[Leave]:
    """A turn that comes at once."""

    async def leave() -> None:
        pass

    yield leave


async def deliver(
    storage: Storage,
    send: Sender,
    *,
    owner: str,
    clock: Clock,
    in_flight: int = 4,
    turn: Turn = freely,
    most: int | None = None,
    waits: Waits | None = None,
    told: Told | None = None,
) -> Delivered:
    """Sends what is due until nothing is, or `most` are; `in_flight` at the same moment at most.

    `told` hears of each whose outcome is written down, while the others are still being sent.

    A chat that is slow to answer holds up no other. Cancelled, it first finishes what it has
    begun, because a send cut off would be in doubt; what it has only claimed it gives back.
    While the database is away it stays, with the outcomes that are not yet written.
    """
    return await _Round(storage, send, owner, clock, in_flight, turn, most, waits or Waits(), told).run()


class _Round:
    """One round of sending. Each delivery is a task: it waits for room, then for its turn, and is then sent."""

    def __init__(
        self,
        storage: Storage,
        send: Sender,
        owner: str,
        clock: Clock,
        in_flight: int,
        turn: Turn,
        most: int | None,
        waits: Waits,
        told: Told | None,
    ) -> None:
        self._storage = storage
        self._send = send
        self._owner = owner
        self._clock = clock
        self._turn = turn
        self._left = most
        self._ahead = max(CLAIMED_AHEAD, 2 * in_flight)
        self._room = asyncio.Semaphore(in_flight)
        self._scribe = Scribe(storage, clock, gather=GATHERED * in_flight)
        self._told = Tally(clock, waits, in_a_row=min(IN_A_ROW, most or IN_A_ROW), told=told)
        self._tasks: dict[asyncio.Task[None], int] = {}
        """With the delivery of each."""
        self._waiting: dict[int, tuple[Delivery, asyncio.Task[None]]] = {}
        """By id, what is claimed and not begun: nothing of it has left."""
        self._has_all = True
        """The last claim found all that could be claimed."""
        self._death: BaseException | None = None
        self._stir = asyncio.Event()
        """Set when there may be something to claim, or nothing is left to wait for."""
        self._recovered_at = clock() - LEASE

    async def run(self) -> Delivered:
        writing = asyncio.create_task(self._scribe.write())
        try:
            await self._go_round()
            return self._told.summary()
        except asyncio.CancelledError:
            self._scribe.hurry()
            raise
        finally:
            for _, task in self._waiting.values():
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            if self._waiting and self._death is None:
                with suppress(Unavailable):  # their leases end by themselves
                    await self._storage.outbox.give_back([claimed for claimed, _ in self._waiting.values()])

    async def _go_round(self) -> None:
        while True:
            self._stir.clear()
            was_idle = not self._tasks
            try:
                claimed = await self._claimed()
            except Unavailable as away:
                if was_idle:
                    raise
                self._told.stumbled(away)  # what is known and not yet written is stayed with
                claimed = []
            if self._death:
                raise self._death
            if was_idle and not claimed:
                return
            for one in claimed:
                task = asyncio.create_task(self._tried(one))
                self._tasks[task] = one.id
                self._waiting[one.id] = one, task
                task.add_done_callback(self._landed)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._stir.wait()

    async def _claimed(self) -> list[Delivery]:
        room = self._ahead - len(self._waiting)
        if self._left is not None:
            room = min(room, self._left)
        if self._told.is_over or room <= 0:
            return []
        now = self._clock()
        if abs(now - self._recovered_at) >= LEASE / 2:
            self._recovered_at = now
            ended = await self._storage.outbox.recover(now, sparing=set(self._tasks.values()))
            for parked in ended.parked:
                self._told.gave_up(parked)
        claimed = await self._storage.outbox.claim(self._owner, now=now, lease=LEASE, limit=room)
        self._has_all = len(claimed) < room
        if self._left is not None:
            self._left -= len(claimed)
        return claimed

    def _landed(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        if not task.cancelled() and task.exception():
            self._death = task.exception()
        if self._has_all or self._death or not self._tasks:
            self._stir.set()

    async def _tried(self, claimed: Delivery) -> None:
        """`_sent`; a fault of ours costs this delivery alone."""
        try:
            if settled := await self._sent_or_postponed(claimed):
                self._told.count(settled)
        except Exception as accident:
            accident.add_note(f"while sending delivery {claimed.id} to chat {claimed.chat_id}")
            self._told.stumbled(accident)

    async def _sent_or_postponed(self, claimed: Delivery) -> Settled | None:
        try:
            return await self._sent(claimed)
        except NotYet as wait:
            self._begins(claimed)
            due_at = self._clock() + timedelta(seconds=wait.seconds)
            await self._storage.outbox.give_back([claimed], not_before=due_at)
            return None

    async def _sent(self, claimed: Delivery) -> Settled | None:
        """What came of one delivery; None when it was no longer ours to send, or to say."""
        async with self._room:
            if self._told.is_over or (answered := await self._answered(claimed)) is None:
                return None
            sending, settled = answered
            self._told.heed(settled)
            # Written down before, or with, the intent of whatever takes its room: so no more than have
            # room are ever under way, and nobody waits for this to be committed.
            written = self._scribe.settle(sending, settled.delivery)
        if not await written:
            return None
        for parked in await _see_to_chat(self._storage, sending, settled, self._clock()):
            self._told.gave_up(parked)
        return settled

    async def _answered(self, claimed: Delivery) -> tuple[Delivery, Settled] | None:
        """The delivery as it was sent, and what its answer means for it."""
        async with self._turn(claimed.chat_id) as leave:
            if self._told.is_over:
                return None
            self._begins(claimed)
            sending = await self._scribe.begin(claimed)
            if sending is None:
                # Its lease had ended, or its chat was just moving: where it is still ours, it comes again at once.
                await self._storage.outbox.give_back([claimed])
                return None
            is_edit = sending.edits_id is not None
            # An edit that is made twice is made once.
            message = repeat_of(sending.message) if sending.doubt and not is_edit else sending.message
            await leave()
            if not is_edit:
                answer = await self._send(sending.chat_id, sending.thread_id, message)
            elif sending.edits is None:
                answer = Unknown("what it would correct did not arrive")
            else:
                answer = await self._send(sending.chat_id, sending.thread_id, message, sending.edits)
        now = self._clock()
        plainer = await plainer_of(self._storage, sending, now) if isinstance(answer, ContentRefused) else None
        is_guest = await _is_guest(self._storage, sending) if isinstance(answer, ThreadGone) else False
        return sending, settle(sending, answer, now=self._clock(), plainer=plainer, is_guest=is_guest)

    def _begins(self, claimed: Delivery) -> None:
        """From here on it is seen through, even when the program ends."""
        del self._waiting[claimed.id]
        if len(self._waiting) <= self._ahead // 2:
            self._stir.set()


async def _see_to_chat(storage: Storage, before: Delivery, settled: Settled, now: datetime) -> tuple[Delivery, ...]:
    """What an answer about one delivery means for the rest of its chat; those of it that were given up."""
    chat_id, after = before.chat_id, settled.delivery
    if after.chat_id != chat_id:
        return await storage.chats.migrate(chat_id, after.chat_id)
    if settled.chat_state:
        chat = await storage.chats.get(chat_id)
        await storage.outbox.suspend(chat_id, settled.chat_state, after.reason, now)
        if chat and chat.kind == "channel" and chat.state == "active":
            is_lost = settled.chat_state == "suspended"
            text = texts.CHANNEL_LOST if is_lost else texts.CHANNEL_CANNOT_POST
            await tell_keepers(storage, chat, text, now=now)
    elif settled.is_thread_gone:
        await _leave_thread(storage, before, now)
    elif settled.hold_until and not settled.is_barred:
        await storage.outbox.hold(chat_id, settled.hold_until)
    elif after.state == "sent" and before.reason:
        # It was refused before; if that was for want of rights, they are back.
        chat = await storage.chats.get(chat_id)
        if chat and chat.state == "paused":
            await storage.outbox.resume(chat_id)
    return ()


async def _is_guest(storage: Storage, delivery: Delivery) -> bool:
    """Whether it is a digest told in a thread that no schedule is of: its topics were given the thread."""
    if delivery.digest_id is None:
        return False
    planned = await storage.schedules.threads([delivery.chat_id])
    return delivery.thread_id not in planned.get(delivery.chat_id, ())


async def _leave_thread(storage: Storage, delivery: Delivery, now: datetime) -> None:
    """Ends the schedule of a thread that is closed or gone; what else was told there is told outside of it.

    Says so once.
    """
    chat = await storage.chats.get(delivery.chat_id)
    ended = False
    for schedule in await storage.schedules.of(delivery.chat_id):
        if chat and schedule.thread_id == delivery.thread_id and schedule.next_due_at:
            await storage.outbox.add(chat.id, note(scene_of(chat, {}, now), texts.THREAD_GONE), now=now)
            await storage.schedules.advance(schedule, None)
            ended = True
    if delivery.thread_id is not None:
        places = (await storage.subscriptions.places([delivery.chat_id])).get(delivery.chat_id, {})
        theirs = [topic for topic, thread in places.items() if thread == delivery.thread_id]
        await storage.subscriptions.leave_thread(delivery.chat_id, delivery.thread_id)
        if chat and theirs and not ended:
            scene = scene_of(chat, dict(await storage.topics.all()), now)
            listed = scene.words.listed([scene.topic(each) for each in theirs])
            await storage.outbox.add(chat.id, note(scene, texts.PLACE_GONE, topics=listed), now=now)
