"""Placing: in a forum a digest is parted where its topics have threads of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from jobs.preparing import laid_out
from jobs.returning import told_before
from jobs.round import Prepared, Round
from jobs.scene import scene_of
from news.chat import Chat
from news.digest import Digest, Footer, Item
from news.messages.looks import drawn
from storage import Due, Storage

Places = Mapping[str, int]
"""The thread that a topic's stories are told in; topics without one are told where their schedule is."""
NOWHERE: Places = {}


async def places_of(storage: Storage, some: Sequence[Due]) -> Mapping[int, Places]:
    """By chat, for those that have any."""
    forums = [due.chat.id for due in some if due.chat.kind == "supergroup"]
    return await storage.subscriptions.places(forums) if forums else dict[int, dict[str, int]]()


async def left_to_others(storage: Storage, some: Sequence[Due], places: Mapping[int, Places]) -> dict[int, set[str]]:
    """By chat, the topics that the schedule of another thread brings: that of the topic's own."""
    planned = await storage.schedules.threads(places) if places else {}
    left = {}
    for due in some:
        if theirs := places.get(due.chat.id, NOWHERE):
            others = {*planned.get(due.chat.id, ())} - {due.schedule.thread_id}
            left[due.chat.id] = {topic for topic, thread in theirs.items() if thread in others}
    return left


async def parted(
    shared: Round, chat: Chat, home: int | None, ready: Prepared, places: Places
) -> list[tuple[int | None, Prepared]]:
    """The digests that a chat's digest becomes, each with its thread: what has no place of its own comes first."""
    by_thread: dict[int | None, list[Item]] = {}
    for item in ready.digest.items:
        by_thread.setdefault(places.get(item.topic or "", home), []).append(item)
    if not places or by_thread.keys() <= {home}:
        return [(home, ready)]
    before = await told_before(shared.storage, [(chat.id, ready.digest.items)])
    scene, look = scene_of(chat, shared.topics, shared.now, before=before.get(chat.id)), drawn(chat.look)
    threads: list[int | None] = sorted(by_thread, key=lambda thread: (thread != home, thread or 0))
    parts = []
    for at, thread in enumerate(threads):
        part = _part(ready.digest, at, by_thread[thread], is_home=thread == home)
        parts.append((thread, Prepared(*laid_out(part, scene, look))))
    return parts


def _part(digest: Digest, at: int, items: Collection[Item], *, is_home: bool) -> Digest:
    """The stories of one place, numbered from 1; what else is said of the digest, its first part says."""
    shown = {item.topic for item in items}
    footer = Footer() if at else digest.footer if is_home else Footer(corrections=digest.footer.corrections)
    return replace(
        digest,
        number=digest.number + at,
        items=tuple(replace(item, position=position) for position, item in enumerate(items, 1)),
        topics=tuple(topic for topic in digest.topics if topic in shown),
        footer=footer,
        missed=() if at else digest.missed,
    )
