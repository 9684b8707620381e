"""When slots are due, and which of them a pause of the program costs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.schedule import FOREVER, NEVER, Schedule, newest_missed, next_slot, pause_end, paused_day

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]
)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
TIMES = st.sets(st.times().map(lambda t: t.replace(second=0, microsecond=0)), min_size=1, max_size=6)
DAYS = st.frozensets(st.integers(0, 6), min_size=1)


def schedule(*times: time, zone: str = "Europe/Berlin", **fields: Any) -> Schedule:
    return Schedule(id=7, chat_id=42, zone=zone, times=times, **({"changed_at": LONG_AGO} | fields))


def test_the_next_slot_is_the_first_local_time_still_to_come() -> None:
    slot = next_slot(schedule(time(8), time(18, 30), epoch=3), after=at(2026, 7, 1, 6, 0))

    assert slot is not None
    assert (slot.schedule_id, slot.chat_id, slot.epoch) == (7, 42, 3)
    assert (slot.local_date, slot.ordinal) == (date(2026, 7, 1), 1)
    assert slot.due_at == at(2026, 7, 1, 16, 30)


def test_a_slot_due_at_this_very_moment_is_not_the_next_one() -> None:
    daily = schedule(time(8))

    assert due(daily, at(2026, 7, 1, 5, 59)) == at(2026, 7, 1, 6, 0)
    assert due(daily, at(2026, 7, 1, 6, 0)) == at(2026, 7, 2, 6, 0)


def test_a_changed_schedule_begins_with_the_first_time_after_the_change() -> None:
    changed = schedule(time(8), changed_at=at(2026, 7, 5, 12, 0))

    assert due(changed, at(2026, 7, 1, 0, 0)) == at(2026, 7, 6, 6, 0)
    assert newest_missed(changed, after=at(2026, 7, 1, 0, 0), now=at(2026, 7, 6, 5, 0)) is None


def test_a_schedule_keeps_to_its_days_of_the_week() -> None:
    fridays = schedule(time(8), days=frozenset({4}))

    assert due(fridays, at(2026, 7, 3, 6, 0)) == at(2026, 7, 10, 6, 0)


@pytest.mark.parametrize("empty", [schedule(), schedule(time(8), days=frozenset())])
def test_a_schedule_without_times_or_days_has_no_slots(empty: Schedule) -> None:
    assert next_slot(empty, after=LONG_AGO) is None
    assert newest_missed(empty, after=LONG_AGO, now=at(2026, 7, 1, 0, 0)) is None


def test_a_time_that_the_clocks_leap_over_moves_forward_by_the_leap() -> None:
    assert due(schedule(time(2, 30)), at(2026, 3, 28, 12, 0)) == at(2026, 3, 29, 1, 30)


def test_a_time_that_comes_twice_is_its_first_occurrence() -> None:
    assert due(schedule(time(2, 30)), at(2026, 10, 24, 12, 0)) == at(2026, 10, 25, 0, 30)
    assert due(schedule(time(2, 30)), at(2026, 10, 25, 0, 30)) == at(2026, 10, 26, 1, 30)


def test_two_times_that_a_leap_makes_one_share_one_slot() -> None:
    both = schedule(time(2, 30), time(3, 30))

    shared = next_slot(both, after=at(2026, 3, 28, 12, 0))

    assert shared is not None
    assert (shared.due_at, shared.ordinal) == (at(2026, 3, 29, 1, 30), 0)
    assert newest_missed(both, after=at(2026, 3, 29, 0, 0), now=at(2026, 3, 29, 2, 0)) == shared
    assert due(both, shared.due_at) == at(2026, 3, 30, 0, 30)


def test_times_that_a_leap_puts_in_another_order_come_by_the_clock() -> None:
    both = schedule(time(2, 30), time(3))

    assert due(both, at(2026, 3, 28, 12, 0)) == at(2026, 3, 29, 1, 0)
    assert due(both, at(2026, 3, 29, 1, 0)) == at(2026, 3, 29, 1, 30)


def test_a_late_slot_that_a_leap_at_midnight_moves_comes_after_an_early_one_of_the_next_day() -> None:
    long_before = datetime(1900, 1, 1, tzinfo=UTC)
    toronto = schedule(time(0, 30), time(23, 45), zone="America/Toronto", changed_at=long_before)

    early = next_slot(toronto, after=at(1919, 3, 31, 4, 0))  # from 23:30 on the 30th to 00:30 on the 31st
    late = next_slot(toronto, after=at(1919, 3, 31, 4, 30))

    assert early is not None
    assert late is not None
    assert (early.local_date, early.due_at) == (date(1919, 3, 31), at(1919, 3, 31, 4, 30))
    assert (late.local_date, late.due_at) == (date(1919, 3, 30), at(1919, 3, 31, 4, 45))
    assert newest_missed(toronto, after=long_before, now=at(1919, 3, 31, 5, 0)) == late


def test_a_weekly_slot_on_a_date_that_a_zone_leaves_out_waits_a_week() -> None:
    fridays = schedule(time(8), zone="Pacific/Apia", days=frozenset({4}))

    slot = next_slot(fridays, after=datetime(2011, 12, 25, tzinfo=UTC))

    assert slot is not None
    assert slot.local_date == date(2012, 1, 6)
    missed = newest_missed(fridays, after=LONG_AGO, now=datetime(2012, 1, 5, tzinfo=UTC))
    assert missed is not None
    assert missed.local_date == date(2011, 12, 23)


def test_any_downtime_is_worth_one_catch_up_and_it_is_the_newest() -> None:
    thrice = schedule(time(8), time(12), time(18))

    missed = newest_missed(thrice, after=at(2026, 6, 22, 0, 0), now=at(2026, 7, 1, 11, 0))

    assert missed is not None
    assert (missed.local_date, missed.ordinal) == (date(2026, 7, 1), 1)
    assert newest_missed(thrice, after=missed.due_at, now=at(2026, 7, 1, 11, 0)) is None


def test_a_zone_that_this_machine_does_not_know_is_said_so() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        next_slot(schedule(time(8), zone="Europe/Atlantis"), after=LONG_AGO)


@given(ZONES, TIMES, DAYS, MOMENTS)
def test_slots_strictly_advance_and_no_key_returns(
    zone: str, times: set[time], days: frozenset[int], moment: datetime
) -> None:
    wanted = schedule(*sorted(times), zone=zone, days=days)
    keys = set()
    for _ in range(12):
        slot = next_slot(wanted, after=moment)
        assert slot is not None
        assert moment < slot.due_at <= moment + timedelta(days=15)
        assert slot.local_date.weekday() in days
        assert newest_missed(wanted, after=moment, now=slot.due_at) == slot
        assert newest_missed(wanted, after=moment, now=slot.due_at - timedelta(microseconds=1)) is None
        keys.add((slot.local_date, slot.ordinal))
        moment = slot.due_at
    assert len(keys) == 12


def due(wanted: Schedule, after: datetime) -> datetime:
    slot = next_slot(wanted, after=after)
    assert slot is not None
    return slot.due_at


def at(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@given(zone=ZONES, times=TIMES, days=DAYS, moment=MOMENTS)
def test_a_pause_until_a_day_of_digests_ends_as_its_first_one_is_due(
    zone: str, times: set[time], days: frozenset[int], moment: datetime
) -> None:
    paused = schedule(*sorted(times), zone=zone, days=days)
    slot = next_slot(paused, after=moment)

    assert slot is not None
    assert slot.ordinal > 0 or pause_end(paused, slot.local_date) == slot.due_at


@pytest.mark.parametrize(
    ("zone", "times", "day", "end"),
    [
        ("Europe/Berlin", [time(8), time(18)], date(2027, 3, 28), datetime(2027, 3, 28, 6, tzinfo=UTC)),
        ("Europe/Berlin", [time(2, 30)], date(2027, 3, 28), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # 03:30 there
        ("Europe/Berlin", [time(2, 30)], date(2027, 10, 31), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # the first
        ("Africa/Cairo", [], date(2027, 4, 30), datetime(2027, 4, 29, 22, tzinfo=UTC)),  # has no midnight
        ("Pacific/Apia", [time(8)], date(2011, 12, 30), datetime(2011, 12, 30, 18, tzinfo=UTC)),  # never was
        ("Asia/Tokyo", [time(8)], NEVER, FOREVER),
    ],
)
def test_a_pause_ends_at_the_local_hour_whatever_the_clocks_do(
    zone: str, times: list[time], day: date, end: datetime
) -> None:
    assert pause_end(schedule(*times, zone=zone), day) == end


def test_a_pause_is_until_a_local_day_and_then_over() -> None:
    until = pause_end(schedule(time(8), zone="Asia/Tokyo"), date(2026, 7, 2))
    paused = schedule(time(8), zone="Asia/Tokyo", paused_until=until)

    assert paused_day(paused, until - timedelta(minutes=1)) == date(2026, 7, 2)
    assert paused_day(paused, until) is None
    assert paused_day(schedule(time(8), paused_until=FOREVER), until) == NEVER
