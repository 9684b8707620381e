"""Schedules: one a thread, due when they say, in the chat's zone."""

from dataclasses import replace
from datetime import time
from itertools import groupby, product
from typing import Any

import pytest

from news.schedule import Schedule
from storage import Missing, Storage
from tests.storage.given import NOW, a_chat, a_digest, a_schedule, a_slot, an_article, last_slot, later, statements


async def test_a_schedule_comes_back_with_every_field(storage: Storage) -> None:
    await a_chat(storage)
    await storage.chats.update(7, zone="Europe/Lisbon")
    schedule = await storage.schedules.set(
        7, times=(time(7), time(18, 30)), days=frozenset({0, 4}), thread_id=5, now=NOW, next_due_at=later(hours=1)
    )

    assert schedule == Schedule(
        id=schedule.id,
        chat_id=7,
        zone="Europe/Lisbon",
        times=(time(7), time(18, 30)),
        days=frozenset({0, 4}),
        thread_id=5,
        epoch=1,
        changed_at=NOW,
        next_due_at=later(hours=1),
    )
    assert await storage.schedules.of(7) == [schedule]


async def test_a_chat_without_a_zone_is_in_utc(storage: Storage) -> None:
    await a_chat(storage)

    assert (await a_schedule(storage)).zone == "UTC"


async def test_changing_a_schedule_begins_a_new_epoch_and_keeps_its_pause(storage: Storage) -> None:
    await a_chat(storage)
    before = await a_schedule(storage)
    await storage.schedules.pause(7, {before.id: later(days=2)})
    after = await storage.schedules.set(7, times=(time(9),), days=frozenset({6}), now=NOW, next_due_at=None)

    assert after == replace(
        before,
        times=(time(9),),
        days=frozenset({6}),
        epoch=2,
        changed_at=NOW,
        next_due_at=None,
        paused_until=later(days=2),
    )


async def test_each_thread_has_its_own_schedule(storage: Storage) -> None:
    await a_chat(storage)
    schedules = [await a_schedule(storage, thread_id=thread) for thread in (None, 5, None, 5)]

    assert [each.thread_id for each in await storage.schedules.of(7)] == [None, 5]
    assert [each.epoch for each in schedules] == [1, 1, 2, 2]


async def test_where_digests_are_to_come_is_asked_for_many_chats_at_once(storage: Storage) -> None:
    for chat_id in (7, 8, 9):
        await a_chat(storage, chat_id)
    for chat_id, thread in ((7, None), (7, 5), (8, 5), (9, 6)):
        await a_schedule(storage, chat_id, thread)
    await storage.schedules.advance((await storage.schedules.of(9))[0], None)

    with statements(storage) as asked:
        found = await storage.schedules.threads([7, 8, 9])

    assert {chat_id: set(threads) for chat_id, threads in found.items()} == {7: {None, 5}, 8: {5}}
    assert len(asked) == 1


async def test_a_schedule_of_a_chat_that_has_gone_is_refused(storage: Storage) -> None:
    with pytest.raises(Missing, match="no longer there"):
        await a_schedule(storage)


async def test_moving_to_another_zone_moves_every_schedule_of_the_chat(storage: Storage) -> None:
    await a_chat(storage)
    await a_chat(storage, 8)
    one, two = await a_schedule(storage), await a_schedule(storage, thread_id=5)
    other = await a_schedule(storage, 8)
    moved = await storage.schedules.rezone(7, "Asia/Tokyo", NOW, {one.id: later(hours=5)})

    change: dict[str, Any] = {"zone": "Asia/Tokyo", "epoch": 2, "changed_at": NOW}
    assert moved == await storage.schedules.of(7)
    assert moved == [replace(one, next_due_at=later(hours=5), **change), replace(two, next_due_at=None, **change)]
    assert (await storage.chats.update(7)).zone == "Asia/Tokyo"
    assert await storage.schedules.of(8) == [other]


async def test_due_schedules_come_with_their_chats_the_longest_due_first(storage: Storage) -> None:
    chats = [await a_chat(storage, chat_id) for chat_id in (1, 2, 3)]
    for chat, minutes in zip(chats, (2, 1, 3), strict=True):
        await storage.schedules.set(
            chat.id, times=(time(8),), days=frozenset(range(7)), now=NOW, next_due_at=later(minutes=minutes)
        )
    ids = await storage.schedules.due_ids(later(minutes=2), limit=9)
    due = await storage.schedules.due_among([*reversed(ids), 99], later(minutes=2))

    assert [each.chat for each in due] == [chats[1], chats[0]]
    assert [each.schedule for each in due] == [(await storage.schedules.of(chat_id))[0] for chat_id in (2, 1)]
    assert ids == [each.schedule.id for each in due]
    assert await storage.schedules.due_among(ids, NOW) == []
    assert len(await storage.schedules.due_ids(later(minutes=3), limit=1)) == 1
    assert await storage.schedules.due_ids(NOW, limit=9) == []


async def test_schedules_due_alike_come_by_what_their_chats_follow(postgres_url: str) -> None:
    storage, ids = await Storage.open(postgres_url), {}
    tastes = list(product(["world", "science", "climate"], ["ports", "comets", "bridges"])) * 2
    for chat_id, (topic, words) in enumerate(tastes, start=1):
        await a_chat(storage, chat_id)
        await storage.subscriptions.add(chat_id, "topic", topic, NOW)
        await storage.subscriptions.add(chat_id, "words", words, NOW)
        ids[(await a_schedule(storage, chat_id)).id] = topic, words
    early = (
        await storage.schedules.set(5, times=(time(8),), days=frozenset(range(7)), now=NOW, next_due_at=later(days=-1))
    ).id
    alike = await storage.schedules.alike([*ids])
    first, *others = alike
    await storage.close()

    assert first == early
    assert len({(ids[each], alike[each]) for each in alike}) == len({*alike.values()}) == 9
    assert [len(list(groupby(others, its))) for its in (ids.__getitem__, lambda each: ids[each][0])] == [9, 3]


async def test_a_paused_schedule_is_due_again_when_its_pause_ends(storage: Storage) -> None:
    await a_chat(storage)
    schedule = await a_schedule(storage)
    await storage.schedules.pause(7, {schedule.id: later(days=1)})
    during = await storage.schedules.due_ids(NOW, limit=9)
    after = await storage.schedules.due_ids(later(days=1), limit=9)
    await storage.schedules.pause(7, {})

    assert (len(during), len(after)) == (0, 1)
    assert len(await storage.schedules.due_ids(NOW, limit=9)) == 1


@pytest.mark.parametrize("state", ["stopped", "paused", "suspended"])
async def test_only_active_chats_are_due(storage: Storage, state: str) -> None:
    await a_chat(storage)
    await a_schedule(storage)
    await storage.chats.update(7, state=state)

    assert await storage.schedules.due_ids(NOW, limit=9) == []


async def test_a_slot_that_is_still_to_come_was_written_by_a_clock_that_was_ahead_and_does_not_count(
    storage: Storage,
) -> None:
    await a_chat(storage)
    schedule = await a_schedule(storage)
    nothing = replace(a_digest(await an_article(storage)), items=())
    last = []
    for slot in (replace(a_slot(schedule, 30), due_at=later(days=8)), a_slot(schedule)):
        await storage.digests.write(nothing, deliveries=(), slot=slot, next_due_at=NOW)
        last += [each.last_due_at for each in await storage.schedules.due_among([schedule.id], NOW)]

    assert last == [None, NOW]


async def test_a_removed_schedule_is_gone(storage: Storage) -> None:
    await a_chat(storage)
    schedule = await a_schedule(storage)
    await storage.digests.write(a_digest(), deliveries=[], slot=a_slot(schedule))

    assert await storage.schedules.remove(7)
    assert not await storage.schedules.remove(7)
    assert await storage.schedules.of(7) == []
    assert await last_slot(storage, schedule.id) is None
