"""Compose: for each due slot, the stories a chat has not had, written with their delivery in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Literal

from news.chat import Chat
from news.digest import Budget, Digest
from news.digest import compose as compose_digest
from news.messages.looks import drawn
from news.messages.message import Message
from news.messages.words import Scene, Words
from news.schedule import Schedule, Slot, newest_missed, next_slot
from storage import Missing, NumberTaken, Storage, Unavailable

LONGEST_WINDOW = timedelta(days=8)
"""A weekly digest looks back a week; nothing older is news."""
SHORTEST_WINDOW = timedelta(days=2)
FIRST_WINDOW = timedelta(days=3)
TRIES = 3
SILENT_AFTER = timedelta(days=1)
"""A feed that has not answered for so long is named in the footer."""


Outcome = Literal["digests", "quiet", "reruns", "none"]


@dataclass(frozen=True, slots=True)
class Composed:
    """What one round of composing did: slots with news, slots without, and slots that others wrote first."""

    digests: int = 0
    quiet: int = 0
    reruns: int = 0
    accidents: tuple[Exception, ...] = ()
    """Faults of ours, each with a note of where. The chats they met are due again at the next round."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A digest and the message that pushes it; no message when silence says it better."""

    digest: Digest
    message: Message | None


async def compose(storage: Storage, *, now: datetime, limit: int = 500) -> Composed:
    """Writes a digest for every chat that is due; a chat whose digest fails holds up no other."""
    return await compose_batch(storage, await storage.schedules.due_ids(now, limit), now=now)


async def compose_batch(storage: Storage, schedule_ids: Sequence[int], *, now: datetime) -> Composed:
    """As `compose`, for those of these schedules that are due."""
    topics = dict(await storage.topics.all())
    outcomes: Counter[Outcome] = Counter()
    accidents: list[Exception] = []
    for schedule, chat in await storage.schedules.due(now, len(schedule_ids), among=schedule_ids):
        try:
            outcomes[await _compose_one(storage, schedule, chat, topics, now)] += 1
        except Missing:  # the chat was forgotten meanwhile
            continue
        except Unavailable:
            raise
        except Exception as accident:
            accident.add_note(f"while composing for chat {chat.id}")
            accidents.append(accident)
    return Composed(outcomes["digests"], outcomes["quiet"], outcomes["reruns"], tuple(accidents))


async def put_off(storage: Storage, schedule_ids: Sequence[int], *, now: datetime) -> None:
    """Lets these schedules wait: composing for them was begun and never ended."""
    for schedule_id in schedule_ids:
        await storage.schedules.put_off(schedule_id, now)


async def _compose_one(
    storage: Storage, schedule: Schedule, chat: Chat, topics: Mapping[str, str], now: datetime
) -> Outcome:
    last = await storage.schedules.last_slot(schedule.id)
    after = max(schedule.changed_at, last.due_at) if last else schedule.changed_at
    slot = newest_missed(schedule, after=after, now=now)
    following = next_slot(schedule, after=now)
    next_due_at = following.due_at if following else None
    if slot is None:
        await storage.schedules.advance(schedule, next_due_at)
        return "none"
    ready, written = await _prepare_and_write(storage, chat, topics, now, slot, schedule.thread_id, next_due_at)
    if written is None and ready.message:
        return "reruns"
    return "digests" if ready.digest.items else "quiet"


async def _prepare_and_write(
    storage: Storage,
    chat: Chat,
    topics: Mapping[str, str],
    now: datetime,
    slot: Slot | None,
    thread_id: int | None,
    next_due_at: datetime | None,
    **asked: Any,
) -> tuple[Prepared, int | None]:
    """The digest and the id it was written under, None where nothing was.

    Tried again when another digest of the chat takes its number at the same moment.
    """
    tries = 1
    while True:
        ready = await prepare(storage, chat, topics, now=now, **asked)
        if slot is None and not ready.digest.items:
            return ready, None
        deliveries = [ready.message] if ready.message else []
        try:
            return ready, await storage.digests.write(
                ready.digest, deliveries=deliveries, slot=slot, thread_id=thread_id, next_due_at=next_due_at
            )
        except NumberTaken:
            if tries == TRIES:
                raise
            tries += 1


async def compose_now(
    storage: Storage,
    chat: Chat,
    *,
    now: datetime,
    topic: str | None = None,
    words: int | None = None,
    thread_id: int | None = None,
) -> Prepared:
    """Writes a digest that a reader asked for, by topic or by words they have time for.

    Nothing is written when there is nothing new; the message then says so.
    """
    topics = dict(await storage.topics.all())
    ready, _ = await _prepare_and_write(storage, chat, topics, now, None, thread_id, None, topic=topic, words=words)
    if ready.digest.items:
        return ready
    quiet = drawn(chat.look).digest(ready.digest, scene_of(chat, topics, now))
    return replace(ready, message=quiet)


async def prepare(
    storage: Storage,
    chat: Chat,
    topics: Mapping[str, str],
    *,
    now: datetime,
    topic: str | None = None,
    words: int | None = None,
    every_topic: bool = False,
) -> Prepared:
    """What a chat's digest would be at this moment; writes nothing.

    `topic` asks for one topic whatever the chat follows, `every_topic` for all of them.
    """
    since = await storage.digests.last_composed_at(chat.id)
    window = FIRST_WINDOW if since is None else max(SHORTEST_WINDOW, now - since)
    subscriptions = await storage.subscriptions.of(chat.id)
    wanted = [slug for slug in topics if any(s.kind == "topic" and s.value == slug for s in subscriptions)]
    asked = list(topics) if every_topic else [topic] if topic else [None]
    found = [
        await storage.digests.candidates(chat.id, since=now - min(window, LONGEST_WINDOW), topic=slug) for slug in asked
    ]
    digest = compose_digest(
        list(chain.from_iterable(found)),
        subscriptions=subscriptions,
        chat_id=chat.id,
        number=await storage.digests.next_number(chat.id),
        topics=[slug for slug in asked if slug] or wanted,
        now=now,
        since=since,
        budget=Budget(words=words),
        failing_feeds=tuple(await storage.feeds.failing_for(chat.id, now - SILENT_AFTER)),
    )
    if words is not None:
        digest = _without_more(digest)
    scene = scene_of(chat, topics, now)
    look = drawn(chat.look)
    if digest.items:
        digest = replace(digest, pushed=len(look.digest_pages(digest, scene)[0]))
        return Prepared(digest, look.digest(digest, scene))
    before = await storage.digests.latest(chat.id)
    was_quiet = before is not None and not before.pushed
    return Prepared(digest, None if was_quiet else look.digest(digest, scene))


def _without_more(digest: Digest) -> Digest:
    """The digest with what its reader has time for, and nothing behind *More*."""
    items = digest.items[: digest.pushed]
    shown = {item.topic for item in items}
    return replace(digest, items=items, topics=tuple(topic for topic in digest.topics if topic in shown))


def scene_of(chat: Chat, topics: Mapping[str, str], now: datetime, bot: str = "") -> Scene:
    """What rendering for a chat depends on."""
    return Scene(words=Words(), zone=chat.zone or "UTC", now=now, topics=topics, bot=bot)
