"""Composing many chats at once: what they share is kept once, and what parts them is theirs alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from sqlalchemy import func, select

from jobs.compose import FIRST_BATCH, Composed, compose, compose_batch, compose_now, prepare
from jobs.round import Rounds
from storage import Draft, Storage, tables
from tests.jobs.given import NOW, Clock, FakeTelegram, a_reader, instead, morning, news, states
from tests.storage.given import an_article, sending, settle

TOPICS = ("science", "world")


async def rows(storage: Storage, table: Any) -> int:
    async with storage._database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


async def test_chats_that_want_and_had_the_same_share_their_stories_and_their_text(
    storage: Storage, clock: Clock
) -> None:
    for chat_id in range(1, 21):
        await a_reader(storage, chat_id, look="rich" if chat_id % 4 == 0 else "classic")
    await news(storage, "One", "Two", "Three")
    composed = await compose(storage, now=clock())

    assert composed == Composed(digests=20)
    assert await rows(storage, tables.editions) == 1
    assert await rows(storage, tables.edition_items) == 3
    assert await rows(storage, tables.texts) == 2


async def test_a_chat_pages_only_through_editions_that_it_was_given(storage: Storage, clock: Clock) -> None:
    await a_reader(storage, 7)
    await a_reader(storage, 8, topics=("world",))
    await news(storage, "One")
    await news(storage, "Two", topic="world")
    await compose(storage, now=clock())
    mine = await storage.digests.latest(7)
    assert mine

    assert await storage.digests.of_edition(7, mine.edition) == mine
    assert await storage.digests.of_edition(8, mine.edition) is None


async def test_a_chat_that_cannot_be_composed_is_put_off_longer_each_time_and_keeps_its_slot(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    write_all = storage.digests.write_all

    async def stumbling(drafts: Sequence[Draft]) -> list[int | None]:
        if any(draft.digest.chat_id == 5 for draft in drafts):
            raise ZeroDivisionError
        return await write_all(drafts)

    for chat_id in range(1, 12):
        await a_reader(storage, chat_id)
    await news(storage, "One")
    digests = storage.digests
    storage.digests = instead(digests, write_all=stumbling)
    first = await compose(storage, now=clock())
    waits = []
    for _ in range(3):
        [schedule] = await storage.schedules.of(5)
        assert schedule.next_due_at
        waits.append(schedule.next_due_at - clock())
        assert await compose(storage, now=schedule.next_due_at - timedelta(seconds=1)) == Composed()
        clock.now = schedule.next_due_at
        await compose(storage, now=clock())
    storage.digests = digests
    clock.tick(hours=1)
    await morning(storage, telegram, clock)

    assert (first.digests, first.put_off, len(first.accidents)) == (10, 1, 1)
    assert waits == [timedelta(minutes=each) for each in (2, 4, 8)]
    assert "One" in telegram.to(5)[0]
    assert [each.next_due_at for each in await storage.schedules.of(5)] == [NOW + timedelta(days=1)]


async def test_two_schedules_of_one_chat_at_one_hour_tell_different_things(storage: Storage, clock: Clock) -> None:
    await a_reader(storage, 7)
    await a_reader(storage, 7, thread_id=5)
    await news(storage, *(f"Story {at}" for at in range(10)))
    composed = await compose(storage, now=clock())

    assert composed.digests == 2
    first, second = [await storage.digests.get(7, number) for number in (1, 2)]
    assert first
    assert second
    both = [item.story_id for one in (first, second) for item in one.items[: one.pushed]]
    assert len(both) == len(set(both)) == 10


async def test_a_backup_that_is_restored_brings_one_digest_at_most(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat_id in range(1, 6):
        await a_reader(storage, chat_id, times=(time(8), time(18)))
    await news(storage, "One")
    await morning(storage, telegram, clock)
    await news(storage, "Two", now=clock.tick(days=3))
    composed = await compose(storage, now=clock())
    again = await compose(storage, now=clock.tick(minutes=1))

    assert (composed.digests, again) == (5, Composed())


async def test_workers_that_are_handed_the_same_schedules_write_each_digest_once(
    storage: Storage, clock: Clock
) -> None:
    for chat_id in range(1, 9):
        await a_reader(storage, chat_id)
    await news(storage, "One")
    ids = await storage.schedules.due_ids(clock(), 99)
    done = await asyncio.gather(*(compose_batch(Rounds(storage), ids, now=clock()) for _ in range(3)))

    assert sum(each.digests for each in done) == 8
    assert not any(each.accidents for each in done)
    assert await states(storage) == {"pending": 8}


async def test_the_first_digests_are_told_of_while_others_are_composed(storage: Storage, clock: Clock) -> None:
    for chat_id in range(1, FIRST_BATCH + 2):
        await a_reader(storage, chat_id)
    await news(storage, "One")
    calls: list[str] = []
    await compose(storage, now=clock(), wrote=lambda: calls.append("some"))

    assert calls == ["some", "some"]


async def test_batches_begun_together_share_a_round_within_its_minute(storage: Storage, clock: Clock) -> None:
    rounds = Rounds(storage)
    one, two = await asyncio.gather(rounds.at(clock()), rounds.at(clock()))
    same = await rounds.at(clock.tick(seconds=20))
    other = await rounds.at(clock.tick(minutes=1))

    assert one is two is same
    assert other is not one
    begun_at = other.now
    del other
    assert (await rounds.at(clock.tick(seconds=20))).now > begun_at  # the last batch of that round was done


async def test_batches_that_share_a_round_write_what_they_would_write_alone(storage: Storage, clock: Clock) -> None:
    for chat_id in range(1, 9):
        await a_reader(storage, chat_id)
    await news(storage, "One")
    rounds, ids = Rounds(storage), await storage.schedules.due_ids(clock(), 99)
    done = await asyncio.gather(*(compose_batch(rounds, ids[at : at + 3], now=clock()) for at in (0, 3, 6)))

    assert [each.digests for each in done] == [3, 3, 2]
    assert await states(storage) == {"pending": 8}


async def test_what_did_not_arrive_comes_again_to_that_chat_alone(storage: Storage, clock: Clock) -> None:
    for chat_id in (7, 8):
        await a_reader(storage, chat_id)
    await news(storage, "One")
    await compose(storage, now=clock())
    delivery, other = [await sending(storage, now=clock()) for _ in range(2)]
    await settle(storage, delivery, replace(delivery, state="parked", reason="refused"))
    await settle(storage, other, replace(other, state="sent", message_id=1))
    await news(storage, "Two", now=clock.tick(days=1))
    await compose(storage, now=clock())
    latest = {chat_id: await storage.digests.latest(chat_id) for chat_id in (7, 8)}

    brought = {chat_id: sorted(it.headline for it in one.items) for chat_id, one in latest.items() if one}
    lost = delivery.chat_id
    assert brought == {lost: ["One", "Two"], 15 - lost: ["Two"]}


async def test_a_digest_that_still_waits_at_the_next_slot_is_told_by_the_newer_one(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage, 7)
    await news(storage, "One")
    await compose(storage, now=clock())
    await news(storage, "Two", now=clock.tick(days=3))
    await morning(storage, telegram, clock)
    [text] = telegram.to(7)

    assert "One" in text
    assert "Two" in text
    assert await states(storage) == {"cancelled": 1, "sent": 1}


async def test_what_is_on_its_way_asked_for_just_now_or_of_another_thread_goes_beside_the_newer_one(
    storage: Storage, clock: Clock
) -> None:
    await a_reader(storage, 7)
    await a_reader(storage, 8, thread_id=5, days=frozenset({0}))
    await news(storage, "One")
    await compose(storage, now=clock())
    await sending(storage, now=clock())
    for chat_id in (8, 9):
        await a_reader(storage, chat_id)
    asking = await storage.chats.get(9)
    assert asking
    await news(storage, "Two", now=clock.tick(hours=23, minutes=55))
    await compose_now(storage, asking, now=clock())
    await news(storage, "Three", now=clock.tick(minutes=5))
    await compose(storage, now=clock())
    states = {chat_id: [each.state for each in await storage.outbox.of(chat_id)] for chat_id in (7, 8, 9)}

    assert states == {7: ["sending", "pending"], 8: ["pending", "pending"], 9: ["pending", "pending"]}


async def test_a_chat_hears_that_nothing_is_new_though_the_word_of_it_was_overtaken(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage, 7)
    await compose(storage, now=clock())
    clock.tick(days=1)
    await morning(storage, telegram, clock)

    assert len(telegram.to(7)) == 1


async def test_chats_whose_clocks_disagree_read_their_own_dates(storage: Storage, clock: Clock) -> None:
    for chat_id, zone, local in ((7, "UTC", 8), (8, "Europe/London", 8), (9, "Pacific/Auckland", 21)):
        await a_reader(storage, chat_id, zone=zone, times=(time(local),))
    await news(storage, "One", now=NOW - timedelta(hours=36))
    await compose(storage, now=clock())
    told = {chat_id: (await storage.outbox.of(chat_id))[0].message.html for chat_id in (7, 8, 9)}

    assert ["21 Nov" in told[7], "22 Nov" in told[9]] == [True, True]
    assert told[7] == told[8]
    assert await rows(storage, tables.texts) == 2


async def test_why_a_story_is_told_or_missed_is_kept_with_the_edition(storage: Storage, clock: Clock) -> None:
    chats = [await a_reader(storage, chat_id, topics=TOPICS) for chat_id in (7, 8)]
    await news(storage, *(f"Story {at}" for at in range(33)), now=NOW - timedelta(hours=12))
    await compose(storage, now=clock())
    kept = [await storage.digests.latest(chat.id) for chat in chats]
    await compose_now(storage, chats[0], now=clock.tick(hours=1), words=40, topics=["science"])
    brief = await storage.digests.latest(7)

    assert await rows(storage, tables.editions) == 2
    assert brief
    assert (brief.asked, brief.missed[0].position) == ("science", len(brief.items) + 1)
    for digest in filter(None, kept):
        assert digest.asked is None
        assert {(it.fit, it.freshness, it.score) for it in digest.items} == {(0.5, 0.5, 0.35)}
        assert [(each.position, each.score, each.reason) for each in digest.missed] == [
            (at, 0.35, "topic:science") for at in (31, 32, 33)
        ]
        assert not {it.story_id for it in digest.items} & {each.story_id for each in digest.missed}


async def test_chats_whose_weights_differ_share_no_edition_and_all_others_still_do(
    storage: Storage, clock: Clock
) -> None:
    for chat_id in range(1, 9):
        await a_reader(storage, chat_id, topics=TOPICS)
    for chat_id, value, vote in ((1, "science", -1), (2, "science", -1), (3, "world", 1), (4, "gardening", 1)):
        await storage.votes.vote(chat_id, 1, 99, [("topic", value)], vote, NOW)
    await news(storage, "One")
    await news(storage, "Two", topic="world")
    await compose(storage, now=clock())
    digests = {chat_id: await storage.digests.latest(chat_id) for chat_id in range(1, 9)}
    editions = {chat_id: digest.edition for chat_id, digest in digests.items() if digest}

    assert [len({editions[each] for each in some}) for some in ((1, 2), (4, 5, 6, 7, 8), editions)] == [1, 1, 3]
    first = {chat_id: digest.items[0] for chat_id, digest in digests.items() if digest}
    assert [(first[each].headline, round(first[each].weight, 2)) for each in (1, 3)] == [("Two", 1), ("Two", 1.12)]


async def test_a_vote_on_a_source_moves_its_stories(storage: Storage, clock: Clock) -> None:
    chat = await a_reader(storage, 7)
    names = ("The Herald", "The Post", None)
    for at in range(6):
        await an_article(storage, f"Story {at}", publisher=names[at % 3], topics=["science"], now=NOW)
    await storage.votes.vote(7, 7, 99, [("source", "The Post")], 1, NOW)
    await storage.votes.vote(7, 7, 98, [("source", "The Herald")], -1, NOW)
    told = (await prepare(storage, chat, {"science": "Science"}, now=clock())).digest

    assert [item.source for item in told.items] == ["The Post"] * 2 + [None] * 2 + ["The Herald"] * 2


async def test_only_the_first_digests_of_a_round_are_written_as_few(storage: Storage, clock: Clock) -> None:
    calls: list[str] = []
    for chat_id in range(1, 2 * (FIRST_BATCH + 1) + 1):
        await a_reader(storage, chat_id)
    await news(storage, "One")
    ids, rounds = await storage.schedules.due_ids(clock(), 999), Rounds(storage)
    at_hand = await rounds.at(clock())
    for some in (ids[: FIRST_BATCH + 1], ids[FIRST_BATCH + 1 :]):
        await compose_batch(rounds, some, now=clock(), wrote=lambda: calls.append("some"))
        calls.append("|")

    assert calls == ["some", "some", "|", "some", "|"]
    assert at_hand.choices
