"""Slots against every zone and every change of its clocks.

The reference knows no rule for gaps and repeats: it watches a clock on the wall, one quarter
of an hour after the other, and notes what it shows first.

Changes that look the same from the midnight before them (the same offsets, at the same hour)
are walked once, for the first zone and year that have them. With FULL_ZONES=1 in the
environment every change of every zone is walked; give it `--timeout 3600`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from news.schedule import Schedule, Slot, newest_missed, next_slot

DAY = timedelta(days=1)
YEARS = (2011, *range(2024, 2031))
WEEKS = [datetime(year, 1, 1, tzinfo=UTC) + 7 * DAY * step for year in YEARS for step in range(54)]
TICK = timedelta(minutes=15)
QUARTERS = tuple(time(minute // 60, minute % 60) for minute in range(0, 24 * 60, 15))

Wall = dict[datetime, datetime]
"""Naive local time to the instant that is due for it."""


def test_every_quarter_hour_has_one_slot_a_day_in_every_zone_whatever_its_clocks_do() -> None:
    assert quarters_walked() > 80 * 4 * 96


def quarters_walked() -> int:
    """How many slots were as a clock on the wall has them; fails at the first that is not."""
    slots = 0
    for zone, wall, dates in changing_walls():
        for local_time in QUARTERS:
            wanted = [(day, wall[datetime.combine(day, local_time)]) for day in dates]
            slots += len(wanted)

            walked = walk(schedule(zone, local_time), wanted[0][1] - TICK, len(wanted))

            assert [(slot.local_date, slot.due_at) for slot in walked] == wanted, (zone, local_time)
    return slots


def test_a_schedule_of_every_hour_gives_each_instant_once_in_every_zone() -> None:
    for zone, wall, dates in changing_walls():
        times = QUARTERS[::4]
        wanted = sorted({wall[datetime.combine(day, each)] for day in dates[1:4] for each in times})

        walked = list(walk(schedule(zone, *times), wanted[0] - TICK, len(wanted)))

        assert [slot.due_at for slot in walked] == wanted, zone
        assert len({(slot.local_date, slot.ordinal) for slot in walked}) == len(walked), zone


def test_the_newest_missed_slot_is_the_last_one_walked_past_in_every_zone() -> None:
    for zone, wall, dates in changing_walls():
        daily = schedule(zone, time(0, 30), time(2, 30), time(23, 45))
        walked = list(walk(daily, wall[datetime.combine(dates[0], time())], 9))
        began = walked[0].due_at
        for earlier, later in pairwise(walked[1:]):
            assert newest_missed(daily, after=began, now=later.due_at) == later
            assert newest_missed(daily, after=began, now=later.due_at - TICK / 15) == earlier
            assert newest_missed(daily, after=earlier.due_at, now=later.due_at - TICK / 15) is None


def test_a_date_that_a_zone_leaves_out_has_no_slot() -> None:
    daily = schedule("Pacific/Apia", time(8))

    walked = walk(daily, datetime(2011, 12, 29, 12, tzinfo=UTC), 3)

    assert [slot.local_date for slot in walked] == [date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 1)]


def schedule(zone: str, *times: time) -> Schedule:
    return Schedule(id=1, chat_id=1, zone=zone, times=times, changed_at=datetime(2000, 1, 1, tzinfo=UTC))


def walk(wanted: Schedule, after: datetime, count: int) -> Iterator[Slot]:
    for _ in range(count):
        slot = next_slot(wanted, after=after)
        assert slot is not None
        assert slot.due_at > after
        yield slot
        after = slot.due_at


def changing_walls() -> Iterator[tuple[str, Wall, list[date]]]:
    """For each change of a zone's clocks: the wall around it, and the dates up to two days from it."""
    for name, change in changes():
        zone = ZoneInfo(name)
        ticks = [change + TICK * step for step in range(-4 * 96, 5 * 96)]
        clock = [tick.astimezone(zone).replace(tzinfo=None) for tick in ticks]
        yield name, *watched(ticks, clock, change.astimezone(zone).date())


@cache
def changes() -> list[tuple[str, datetime]]:
    """Zones, each with the UTC midnight before a change of its clocks."""
    shapes: dict[object, tuple[str, datetime]] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for change in changed_days(zone):
            shape = tuple((change + TICK * step).astimezone(zone).utcoffset() for step in range(97))
            shapes.setdefault((name, change) if os.environ.get("FULL_ZONES") else shape, (name, change))
    return list(shapes.values())


def changed_days(zone: ZoneInfo) -> Iterator[datetime]:
    """UTC midnights from which to the next the zone's offset changes."""

    def is_changed(days: tuple[datetime, datetime]) -> bool:
        return days[0].astimezone(zone).utcoffset() != days[1].astimezone(zone).utcoffset()

    for week in filter(is_changed, pairwise(WEEKS)):
        days = [week[0] + DAY * step for step in range(8)]
        yield from (day for day, _ in filter(is_changed, pairwise(days)))


def watched(ticks: list[datetime], clock: Iterable[datetime], around: date) -> tuple[Wall, list[date]]:
    """What the clock shows first, and for what it leaps over: the instant had it gone on."""
    wall: Wall = {}
    shown: set[date] = set()
    last = None
    for tick, local in zip(ticks, clock, strict=True):
        while last is not None and last[1] + TICK < local:
            last = last[0] + TICK, last[1] + TICK
            wall.setdefault(last[1], last[0])
        wall.setdefault(local, tick)
        shown.add(local.date())
        last = tick, local
    return wall, [day for day in sorted(shown) if abs(day - around) <= 2 * DAY]
