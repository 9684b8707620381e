"""Compose: one digest a slot, one catch-up for any downtime, and one chat's trouble is its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
from sqlalchemy import event

from jobs.compose import Composed, compose, compose_batch, compose_now, prepare, put_off
from jobs.round import Rounds
from storage import Draft, Missing, NumberTaken, Storage, Unavailable
from tests.jobs.given import NOW, Clock, FakeTelegram, a_reader, instead, morning, news, states
from tests.storage.given import had, last_slot


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
    assert "Topics" in telegram.to(7)[0]


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


async def test_a_chat_whose_zone_is_no_more_holds_up_no_other_and_is_told_of(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(sqlite, 7)
    await sqlite.chats.update(7, zone="Europe/Atlantis")
    await a_reader(sqlite, 8)
    await news(sqlite, "Comet passes")
    first = await morning(sqlite, telegram, clock)
    at_once = await morning(sqlite, telegram, clock)
    clock.tick(minutes=2)
    second = await morning(sqlite, telegram, clock)
    await sqlite.chats.update(7, zone="Europe/Athens")
    clock.tick(minutes=4)
    await morning(sqlite, telegram, clock)

    assert [one.chat_id for one in telegram.sent] == [8, 7]
    assert at_once == Composed()
    for composed in (first, second):
        [accident] = composed.accidents
        assert isinstance(accident, ZoneInfoNotFoundError)
        assert accident.__notes__ == ["while composing for chat 7"]


async def test_a_database_that_is_away_ends_the_round(sqlite: Storage, clock: Clock) -> None:
    async def away(_: object) -> None:
        raise Unavailable("its disk is full")

    await a_reader(sqlite)
    sqlite.histories = instead(sqlite.histories, last_composed=away)

    with pytest.raises(Unavailable):
        await compose(sqlite, now=clock())


async def test_a_chat_that_is_forgotten_meanwhile_is_no_accident(sqlite: Storage, clock: Clock) -> None:
    async def gone(_: object) -> None:
        raise Missing

    await a_reader(sqlite)
    await news(sqlite, "Comet passes")
    sqlite.digests = instead(sqlite.digests, write_all=gone)

    assert await compose(sqlite, now=clock()) == Composed()


async def test_two_composers_at_once_write_one_digest(storage: Storage, clock: Clock) -> None:
    write_all = storage.digests.write_all

    async def after_another(drafts: Sequence[Draft]) -> list[int | None]:
        await write_all(drafts)
        return await write_all([replace(one, digest=replace(one.digest, number=2)) for one in drafts])

    await a_reader(storage)
    await news(storage, "Comet passes")
    storage.digests = instead(storage.digests, write_all=after_another)

    assert await compose(storage, now=clock()) == Composed(reruns=1)
    assert await states(storage) == {"pending": 1}


async def test_a_digest_asked_for_while_the_mornings_is_written_takes_nothing_twice(
    storage: Storage, clock: Clock
) -> None:
    write_all, is_first = storage.digests.write_all, True

    async def overtaken(drafts: Sequence[Draft]) -> list[int | None]:
        nonlocal is_first
        if is_first:
            is_first = False
            await write_all([replace(one, slot=None) for one in drafts])
        return await write_all(drafts)

    chat = await a_reader(storage)
    await news(storage, "Comet passes")
    storage.digests = instead(storage.digests, write_all=overtaken)
    composed = await compose(storage, now=clock())
    asked = await compose_now(storage, chat, now=clock())

    assert (composed.digests, composed.quiet) == (0, 1)
    assert asked.digest.items == ()
    assert ["Comet passes" in one.message.html for one in await storage.outbox.of(7)] == [True, False]


async def test_a_number_that_is_taken_again_and_again_is_an_accident_and_the_slot_stays_due(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    digests, tries = sqlite.digests, 0

    async def taken(_: object) -> None:
        nonlocal tries
        tries += 1
        raise NumberTaken

    await a_reader(sqlite)
    await news(sqlite, "Comet passes")
    sqlite.digests = instead(digests, write_all=taken)
    composed = await compose(sqlite, now=clock())
    sqlite.digests = digests
    clock.tick(minutes=2)
    await morning(sqlite, telegram, clock)

    assert (tries, [type(each) for each in composed.accidents]) == (3, [NumberTaken])
    assert len(telegram.sent) == 1


async def test_a_reader_gets_a_digest_when_they_ask_and_their_morning_still_comes(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    chat = await a_reader(storage, since=NOW)
    await news(storage, "Asked for", "Also science")
    await news(storage, "Border opens", topic="world")
    world = await compose_now(storage, chat, now=clock(), topic="world")
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


class PowerCut(Exception):
    """The power went, before a statement."""


@contextmanager
def cut_before(storage: Storage, statement: int) -> Iterator[Callable[[], bool]]:
    """Cuts the power before the nth statement that is written; tells whether it came to that."""
    engine = storage._database._writer.sync_engine
    seen = 0

    def cut(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            raise PowerCut

    event.listen(engine, "before_cursor_execute", cut)
    try:
        yield lambda: seen >= statement
    finally:
        event.remove(engine, "before_cursor_execute", cut)


async def test_wherever_composing_is_cut_off_there_is_all_of_the_digest_or_nothing(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(sqlite)
    told = {article.story_id for article in await news(sqlite, "One", "Two", "Three")}
    [before] = await sqlite.schedules.of(7)
    cuts = 0
    while True:
        with cut_before(sqlite, cuts + 1) as came_to_it:
            composed = await compose(sqlite, now=clock())
            if not came_to_it():
                break
        cuts += 1
        assert [type(each) for each in composed.accidents] == [PowerCut]
        [put_off] = await sqlite.schedules.of(7)
        assert put_off.next_due_at is not None
        assert replace(put_off, next_due_at=before.next_due_at) == before
        clock.now = put_off.next_due_at
        assert (await sqlite.digests.latest(7), await had(sqlite, 7), await states(sqlite)) == (None, set(), {})
        assert await last_slot(sqlite, before.id) is None

    assert cuts >= 7
    assert composed == Composed(digests=1)
    assert await had(sqlite, 7) == told
    await morning(sqlite, telegram, clock)
    assert len(telegram.sent) == 1


async def test_a_schedule_whose_digest_never_ends_waits_and_then_gets_it(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    await news(storage, "Comet passes")
    [schedule] = await storage.schedules.of(7)
    await put_off(storage, [schedule.id], now=clock())
    first = await morning(storage, telegram, clock)
    clock.tick(hours=1)
    second = await morning(storage, telegram, clock)

    assert (first.digests, second.digests) == (0, 1)


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
