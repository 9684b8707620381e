"""Placing: what the schedules of a forum's threads leave to each other."""

from __future__ import annotations

from jobs.placing import left_to_others, places_of
from storage import Storage
from tests.jobs.given import Clock, a_chat
from tests.storage.given import NOW, a_schedule, statements

FORUMS = range(-14, -10)


async def test_the_topics_that_schedules_leave_to_each_other_are_read_at_once_for_all_chats(storage: Storage) -> None:
    for chat_id in FORUMS:
        await a_chat(storage, chat_id, kind="supergroup")
        for thread in (None, 5):
            await a_schedule(storage, chat_id, thread)
        for topic, thread in (("world", 5), ("science", 6)):
            await storage.subscriptions.add(chat_id, "topic", topic, NOW)
            await storage.subscriptions.place(chat_id, topic, thread)
    ids = [one.id for chat_id in FORUMS for one in await storage.schedules.of(chat_id)]
    due = await storage.schedules.due_among(ids, Clock()())
    general, threaded = ([one for one in due if one.schedule.thread_id == thread] for thread in (None, 5))
    places = await places_of(storage, due)

    with statements(storage) as asked:
        left = await left_to_others(storage, general, places)

    assert left == {chat_id: {"world"} for chat_id in FORUMS}
    assert len(asked) == 1
    assert await left_to_others(storage, threaded, places) == {chat_id: set() for chat_id in FORUMS}
