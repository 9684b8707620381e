"""Compose: one digest a slot, one catch-up for any downtime, and one chat's trouble is its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from jobs.compose import Composed, compose, compose_batch, compose_now, prepare
from jobs.preparing import prepare_all
from jobs.round import Rounds, round_of
from storage import Storage
from tests.jobs.given import NOW, Clock, FakeTelegram, a_reader, morning, news, states
from tests.storage.given import last_slot


async def test_a_chat_gets_what_it_follows_at_its_hour_and_nothing_twice(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    await news(storage, "Comet passes")
    await news(storage, "Border opens", topic="world")
    first = await morning(storage, telegram, clock)
    again = await morning(storage, telegram, clock)
    await news(storage, "Comet returns", now=clock.tick(hours=23))
    early = await morning(storage, telegram, clock)
    clock.tick(hours=1)
    second = await morning(storage, telegram, clock)

    assert [one.digests for one in (first, again, early, second)] == [1, 0, 0, 1]
    assert ["Comet passes" in html for html in telegram.to(7)] == [True, False]
    assert ["Comet returns" in html for html in telegram.to(7)] == [False, True]
    assert not any("Border opens" in html for html in telegram.to(7))


@pytest.mark.parametrize("down", [{"hours": 1}, {"hours": 26}, {"days": 9}])
async def test_any_downtime_is_worth_one_digest_for_the_newest_missed_slot(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock, down: dict[str, float]
) -> None:
    hours = (2, 5, 8, 11, 17, 23)
    zones = ["Asia/Kolkata", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC", "Pacific/Marquesas"]
    for at, zone in enumerate(zones, 1):
        await a_reader(sqlite, at, times=tuple(time(hour) for hour in hours[:at]), zone=zone, since=NOW)
    clock.tick(**down)
    await news(sqlite, "Missed", now=clock() - timedelta(minutes=1))
    composed = await morning(sqlite, telegram, clock)
    again = await morning(sqlite, telegram, clock)

    due = {one.chat_id for one in telegram.sent}
    assert len(telegram.sent) == len(due) == composed.digests
    assert len(due) == 6 or down == {"hours": 1}
    assert again == Composed()
    for chat_id in due:
        [schedule] = await sqlite.schedules.of(chat_id)
        last = await last_slot(sqlite, schedule.id)
        assert last is not None
        assert last.due_at <= clock()
        assert schedule.next_due_at is not None
        assert schedule.next_due_at > clock()


async def test_a_quiet_morning_is_said_once_and_then_not_again_until_there_was_news(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    kinds = []
    for day in range(7):
        if day in (0, 4):
            await news(storage, f"News of day {day}", now=clock())
        before = len(telegram.sent)
        composed = await morning(storage, telegram, clock)
        kinds.append((composed.digests, composed.quiet, len(telegram.sent) - before))
        clock.tick(days=1)

    assert kinds == [(1, 0, 1), (0, 1, 1), (0, 1, 0), (0, 1, 0), (1, 0, 1), (0, 1, 1), (0, 1, 0)]
    quiet = [one.message for one in telegram.sent if "Nothing new" in one.message.html]
    assert [message.is_silent for message in quiet] == [True, True]


async def test_a_chat_that_follows_nothing_is_told_so_once(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(sqlite, topics=())
    await news(sqlite, "For others")
    for _ in range(4):
        await morning(sqlite, telegram, clock)
        clock.tick(days=1)

    assert len(telegram.sent) == 1
    assert "/topics" in telegram.to(7)[0]


async def test_a_quiet_day_of_old_digests_is_not_taken_for_silence_already_kept(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    await news(storage, "Long ago")
    await morning(storage, telegram, clock)
    clock.tick(days=90)
    await storage.tidy(clock() - timedelta(days=60), NOW)
    await morning(storage, telegram, clock)

    assert "Nothing new" in telegram.to(7)[1]


async def test_a_reader_gets_a_digest_when_they_ask_and_their_morning_still_comes(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    chat = await a_reader(storage, since=NOW)
    await news(storage, "Asked for", "Also science")
    await news(storage, "Border opens", topic="world")
    world = await compose_now(storage, chat, now=clock(), topics=["world"])
    short = await compose_now(storage, chat, now=clock(), words=1)
    rest = await compose_now(storage, chat, now=clock())
    none = await compose_now(storage, chat, now=clock())
    await news(storage, "Next day", now=clock.tick(days=1))
    composed = await morning(storage, telegram, clock)

    told = [[item.headline for item in ready.digest.items] for ready in (world, short, rest, none)]
    assert told[0] == ["Border opens"]
    assert sorted(set(told[1] + told[2])) == ["Also science", "Asked for"]
    assert told[3] == []
    assert none.message is not None
    assert "Nothing new" in none.message.html
    assert composed.digests == 1
    assert "Next day" in telegram.to(7)[-1]


async def test_a_preview_writes_nothing(sqlite: Storage, clock: Clock) -> None:
    chat = await a_reader(sqlite)
    await news(sqlite, "Comet passes")
    await news(sqlite, "Border opens", topic="world")
    topics = dict(await sqlite.topics.all())
    mine = await prepare(sqlite, chat, topics, now=clock())
    all_of_it = await prepare(sqlite, chat, topics, now=clock(), every_topic=True)

    assert [len(ready.digest.items) for ready in (mine, all_of_it)] == [1, 2]
    assert await sqlite.digests.latest(7) is None
    assert await states(sqlite) == {}


async def test_a_schedule_moved_past_its_hour_is_only_set_anew(sqlite: Storage, clock: Clock) -> None:
    await a_reader(sqlite, since=NOW)
    [schedule] = await sqlite.schedules.of(7)
    await sqlite.schedules.advance(schedule, NOW)

    assert await compose(sqlite, now=clock()) == Composed()
    [schedule] = await sqlite.schedules.of(7)
    assert schedule.next_due_at == NOW + timedelta(days=1)


async def test_a_slot_that_was_composed_is_not_looked_at_again_when_its_schedule_falls_back(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(sqlite)
    await morning(sqlite, telegram, clock)
    [schedule] = await sqlite.schedules.of(7)
    await sqlite.schedules.advance(schedule, NOW)
    await news(sqlite, "Comet passes")
    clock.tick(hours=1)

    assert await compose(sqlite, now=clock()) == Composed()
    assert await sqlite.schedules.of(7) == [schedule]


async def test_a_schedule_without_days_is_never_due_again(sqlite: Storage, clock: Clock) -> None:
    await a_reader(sqlite, days=frozenset())
    [schedule] = await sqlite.schedules.of(7)
    await sqlite.schedules.advance(schedule, NOW)
    await compose(sqlite, now=clock())

    assert [one.next_due_at for one in await sqlite.schedules.of(7)] == [None]


async def test_a_batch_is_composed_for_those_of_it_that_are_due(storage: Storage, clock: Clock) -> None:
    for chat_id in (7, 8, 9):
        await a_reader(storage, chat_id)
    await news(storage, "Comet passes")
    ids = await storage.schedules.due_ids(clock(), 10)
    first = await compose_batch(Rounds(storage), ids[:2], now=clock())
    again = await compose_batch(Rounds(storage), ids[:2], now=clock())

    assert (len(ids), first.digests, again.digests) == (3, 2, 0)
    assert await storage.schedules.due_ids(clock(), 10) == ids[2:]


async def test_a_digest_names_the_feeds_that_fell_silent(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    for title, topic in {"The Herald": "science", "The Post": "world"}.items():
        feed = await storage.feeds.add(f"https://{topic}.example", now=NOW, title=title, topic=topic)
        quiet_since = NOW - timedelta(days=3)
        await storage.feeds.record(replace(feed, brought_at=quiet_since, silent_at=quiet_since + timedelta(days=2)))
    await news(storage, "A comet passes")
    await morning(storage, telegram, clock)

    assert "The Herald has brought nothing new since Friday, 08:00." in telegram.to(7)[0]
    assert "The Post" not in telegram.to(7)[0]


async def test_a_digest_says_how_much_its_chats_own_mutes_left_out_since_the_one_before(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat_id in (7, 8, 9):
        await a_reader(storage, chat_id)
    await storage.subscriptions.add(8, "mute", "football", NOW)
    await storage.subscriptions.add(9, "mute", "rugby", NOW)
    await news(storage, "Comet passes", "Football in space", "Football on the moon")
    await news(storage, "Football at home", topic="world")
    await morning(storage, telegram, clock)
    await news(storage, "Football in the sun", now=clock.tick(hours=23))
    clock.tick(hours=1)
    await morning(storage, telegram, clock)

    left_out = "2 articles were left out by what you mute; /subscriptions shows what that is."
    assert [left_out in each for each in (telegram.to(7)[0], telegram.to(8)[0], telegram.to(9)[0])] == [0, 1, 0]
    assert telegram.to(8)[1] == (
        "Nothing new in Science since yesterday, 08:00.\n\n"
        "<i>1 article was left out by what you mute; /subscriptions shows what that is.</i>"
    )


async def test_a_digest_of_one_topic_counts_what_is_left_out_of_that_topic(storage: Storage, clock: Clock) -> None:
    chat = await a_reader(storage)
    await storage.subscriptions.add(7, "mute", "football", NOW)
    await news(storage, "Football in space")
    await news(storage, "Football at home", "Football abroad", topic="world")
    found = [await compose_now(storage, chat, now=clock(), topics=each) for each in ([], ["world"], ["science"])]

    assert [each.digest.footer.kept_out for each in found] == [1, 2, 1]


async def test_chats_that_mute_the_same_are_counted_for_together(storage: Storage, clock: Clock) -> None:
    for chat_id in (7, 8, 9):
        await a_reader(storage, chat_id)
    for chat_id in (8, 9):
        await storage.subscriptions.add(chat_id, "mute", "football", NOW)
    await news(storage, "Comet passes", "Football in space")
    shared = await round_of(storage, clock())
    await prepare_all(shared, [chat for each in (7, 8, 9) if (chat := await storage.chats.get(each))])

    assert len(shared.choices) == 2
    assert list(shared.kept_out.values()) == [1]
