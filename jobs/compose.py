"""Compose: for each due slot, the stories a chat has not had, written with their delivery in one go.

Chats are composed many at a time. Those that want the same and have had the same share the chosen stories,
and where they look alike the drawn text too; see docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from jobs.placing import NOWHERE, left_to_others, parted, places_of
from jobs.preparing import prepare_all
from jobs.round import Prepared, Round, Rounds, round_of
from jobs.scene import scene_of
from news.chat import Chat
from news.messages.looks import drawn
from storage import Draft, Due, Missing, NumberTaken, Storage, Unavailable

BATCH = 1_000
"""Chats that are written in one transaction: some tenths of a second in which nobody else writes."""
FIRST_BATCH = 50
"""The first of a round are few, so that sending begins while others are composed."""
LOOKED_AT = 20_000
"""Chats that are looked up as due at once."""
ASKED_FOR = timedelta(minutes=10)
"""A digest that waits in the outbox so short may have been asked for just now: it goes beside one that is newer."""
TRIES = 3
MOST_TOLD = 20
"""Accidents that are handed back; when everything fails they say the same."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What one round of composing did: slots with news, slots without, and slots that others wrote first."""

    digests: int = 0
    quiet: int = 0
    reruns: int = 0
    put_off: int = 0
    """Slots that failed and are tried again in some minutes."""
    accidents: tuple[Exception, ...] = ()
    """Faults of ours, each with a note of where; the first of them."""

    def __add__(self, other: Composed) -> Composed:
        return Composed(
            self.digests + other.digests,
            self.quiet + other.quiet,
            self.reruns + other.reruns,
            self.put_off + other.put_off,
            (self.accidents + other.accidents)[:MOST_TOLD],
        )


async def compose(storage: Storage, *, now: datetime, wrote: Callable[[], None] = lambda: None) -> Composed:
    """Writes a digest for every chat that is due; `wrote` is called as some are there.

    A chat whose digest fails holds up no other, and waits.
    """
    shared: Round | None = None
    done, tried = Composed(), set[int]()
    while True:
        # Whoever is due still after being tried must not keep us here for ever.
        ids = [each for each in await storage.schedules.due_ids(now, LOOKED_AT) if each not in tried]
        if not ids:
            return done
        tried.update(ids)
        shared = shared or await round_of(storage, now)
        done += await _in_batches(shared, ids, wrote)


async def compose_batch(
    rounds: Rounds, schedule_ids: Sequence[int], *, now: datetime, wrote: Callable[[], None] = lambda: None
) -> Composed:
    """As `compose`, for those of the schedules that are due; safe beside others who do the same."""
    return await _in_batches(await rounds.at(now), schedule_ids, wrote)


async def put_off(storage: Storage, schedule_ids: Sequence[int], *, now: datetime) -> None:
    """Lets schedules wait whose digests end whoever writes them; their slots are not lost."""
    for each in schedule_ids:
        await storage.schedules.put_off(each, now)


async def _in_batches(shared: Round, schedule_ids: Sequence[int], wrote: Callable[[], None]) -> Composed:
    done = Composed()
    first = BATCH if shared.choices else FIRST_BATCH
    for start, end in pairwise([0, *range(first, len(schedule_ids), BATCH), len(schedule_ids)]):
        done += await _compose(shared, schedule_ids[start:end])
        wrote()
    return done


async def _compose(shared: Round, schedule_ids: Sequence[int]) -> Composed:
    left = await shared.storage.schedules.due_among(schedule_ids, shared.now)
    done = Composed()
    while left:
        # Two schedules of one chat follow each other: the second must know what the first told.
        first = {due.chat.id: due for due in reversed(left)}
        some = [due for due in left if first[due.chat.id] is due]
        left = [due for due in left if first[due.chat.id] is not due]
        done += await _all_or_halves(shared, some)
    return done


async def _all_or_halves(shared: Round, some: Sequence[Due]) -> Composed:
    """Composes for many at once; where that fails, for each half, until the trouble stands alone."""
    try:
        return await _together(shared, some)
    except Unavailable:
        raise
    except Exception as problem:
        if len(some) == 1:
            return await _trouble(shared, some[0], problem)
        middle = len(some) // 2
        done = await _all_or_halves(shared, some[:middle])
        return done + await _all_or_halves(shared, some[middle:])


async def _trouble(shared: Round, due: Due, problem: Exception) -> Composed:
    tries = 1
    while isinstance(problem, NumberTaken) and tries < TRIES:
        tries += 1
        try:
            return await _together(shared, [due])
        except NumberTaken as again:
            problem = again
    if isinstance(problem, Missing):  # the chat was forgotten meanwhile
        return Composed()
    problem.add_note(f"while composing for chat {due.chat.id}")
    await shared.storage.schedules.put_off(due.schedule.id, shared.now)
    return Composed(put_off=1, accidents=(problem,))


async def _together(shared: Round, some: Sequence[Due]) -> Composed:
    slots = [shared.occasion(due.schedule, due.last_due_at) for due in some]
    for due, (slot, next_due_at) in zip(some, slots, strict=True):
        if slot is None:
            await shared.storage.schedules.advance(due.schedule, next_due_at)
    wanted = [(due, slot, at) for due, (slot, at) in zip(some, slots, strict=True) if slot]
    dues = [due for due, _, _ in wanted]
    threads = await places_of(shared.storage, dues)
    left = await left_to_others(shared.storage, dues, threads)
    places = {(due.chat.id, due.schedule.thread_id) for due in dues}
    places |= {
        (chat_id, thread)
        for chat_id, its in threads.items()
        for topic, thread in its.items()
        if topic not in left[chat_id]
    }
    await shared.storage.outbox.supersede(places, shared.now - ASKED_FOR)
    ready = await prepare_all(shared, [due.chat for due in dues], left=left)
    drafts = [
        Draft(digest=one.digest, deliveries=one.deliveries, slot=slot, thread_id=thread, next_due_at=next_due_at)
        for whole, (due, slot, next_due_at) in zip(ready, wanted, strict=True)
        for thread, one in await parted(
            shared, due.chat, due.schedule.thread_id, whole, threads.get(due.chat.id, NOWHERE)
        )
    ]
    return _told(drafts, await shared.storage.digests.write_all(drafts))


def _told(drafts: Iterable[Draft], written: Iterable[int | None]) -> Composed:
    digests = quiet = reruns = 0
    for draft, digest_id in zip(drafts, written, strict=True):
        if digest_id is None and draft.deliveries:
            reruns += 1
        elif draft.digest.items:
            digests += 1
        else:
            quiet += 1
    return Composed(digests, quiet, reruns)


async def compose_now(
    storage: Storage,
    chat: Chat,
    *,
    now: datetime,
    topics: Sequence[str] = (),
    words: int | None = None,
    thread_id: int | None = None,
) -> Prepared:
    """Writes a digest that a reader asked for, by topics or by words they have time for.

    Nothing is written when there is nothing new; the message then says so. Tried again when another
    digest of the chat takes its number at the same moment.
    """
    shared = await round_of(storage, now)
    for tries in range(1, TRIES + 1):
        [ready] = await prepare_all(shared, [chat], asked=topics or [None], words=words)
        if not ready.digest.items:
            break
        try:
            await storage.digests.write(ready.digest, deliveries=ready.deliveries, slot=None, thread_id=thread_id)
        except NumberTaken:
            if tries == TRIES:
                raise
        else:
            return ready
    quiet = drawn(chat.look).digest(ready.digest, scene_of(chat, shared.topics, now))
    return replace(ready, message=quiet)


async def prepare(
    storage: Storage, chat: Chat, topics: Mapping[str, str], *, now: datetime, every_topic: bool = False
) -> Prepared:
    """What a chat's digest would be at this moment, or one of every topic whatever it follows; writes nothing."""
    shared = await round_of(storage, now, topics)
    [ready] = await prepare_all(shared, [chat], asked=list(topics) if every_topic else [None])
    return ready
