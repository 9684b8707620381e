"""Composing in trouble: all of a digest or nothing, once, and no other chat is held up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
from sqlalchemy import event

from jobs.compose import Composed, compose, compose_now, put_off
from storage import Draft, Missing, NumberTaken, Storage, Unavailable
from tests.jobs.given import Clock, FakeTelegram, a_reader, instead, morning, news, states
from tests.storage.given import had, last_slot


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
