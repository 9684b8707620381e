"""C1 to C3: one digest for each occasion, whatever zones, readers and clocks do."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import opened
from bot.timing import next_due
from jobs.compose import compose
from news.chat import Chat
from news.schedule import Schedule, Slot
from storage import Storage, tables
from tests.news import test_zones
from tests.storage.given import last_slot

NOW = datetime(2026, 3, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
ZONES = ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tokyo", "America/New_York", "Africa/Cairo")
SWAPPED = "Test/Swapped"
"""A zone whose data are another's, and then yet another's."""


async def every_zone(seed: int, size: int, _: str) -> Outcome:
    """Every quarter of an hour around every change of clocks; with `size` 1 each shape of change once, else all."""
    del seed
    os.environ["FULL_ZONES"] = "1" if size > 1 else ""
    test_zones.changes.cache_clear()
    changes, slots, problems = len(test_zones.changes()), 0, list[str]()
    try:
        slots = test_zones.quarters_walked()
        test_zones.test_a_schedule_of_every_hour_gives_each_instant_once_in_every_zone()
        test_zones.test_the_newest_missed_slot_is_the_last_one_walked_past_in_every_zone()
    except AssertionError as wrong:
        problems.append(str(wrong)[:200])
    return outcome(f"{changes} changes of clocks, {slots} slots", "0 missed, 0 doubled", problems)


@dataclass(slots=True)
class Told:
    """The slots a schedule was composed for, as they came."""

    slots: list[tuple[datetime, Slot]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def hear(self, now: datetime, slot: Slot | None) -> bool:
        """Whether this slot is another than the last."""
        if slot is None or (self.slots and self.slots[-1][1] == slot):
            return False
        if any(_key(slot) == _key(each) for _, each in self.slots):
            self.problems.append(f"{_key(slot)} came twice")
        self.slots.append((now, slot))
        return True


async def edits(seed: int, size: int, database_url: str) -> Outcome:
    """`size` readers each edit time, days and zone some thirty times over six weeks, between rounds of composing."""
    chance, problems, heard = random.Random(seed), list[str](), 0
    async with opened(database_url) as storage:
        for number in range(1, size + 1):
            reader = _Reader(storage, number, random.Random(chance.random()))
            await reader.begin()
            for _ in range(60):
                await reader.live()
            heard += len(reader.told.slots)
            problems += [f"reader {number}: {each}" for each in reader.told.problems]
    return outcome(
        f"{size} readers, {heard} slots", "0 doubled, the first after an edit is the first there is", problems
    )


@dataclass(slots=True)
class _Reader:
    """Somebody who cannot make up their mind, and what their schedule must come to by a wall clock alone."""

    storage: Storage
    id: int
    chance: random.Random
    now: datetime = NOW
    zone: str = "UTC"
    times: tuple[time, ...] = ()
    days: frozenset[int] = frozenset(range(7))
    floor: datetime = NOW
    """After which the next slot is due: the last edit, or the last slot."""
    told: Told = field(default_factory=Told)

    async def begin(self) -> None:
        await self.storage.chats.join(Chat(id=self.id, kind="private", joined_at=self.now))
        await self._edit()
        await self._move()

    async def live(self) -> None:
        """A stretch of time, a round of composing, and now and then an edit."""
        self.now += timedelta(minutes=self.chance.choice((1, 15, 60, 180, 360, 600, 1440, 4000)))
        wanted = wall_slot(self.zone, self.times, self.days, self.floor, self.now)
        schedule = await self._schedule()
        done = await compose(self.storage, now=self.now)
        self.told.problems += [str(each) for each in done.accidents]
        slot = await last_slot(self.storage, schedule.id)
        is_new = self.told.hear(self.now, slot)
        got = slot.due_at if slot and is_new else None
        if got != wanted:
            self.told.problems.append(f"at {self.now} {got} came, not {wanted}")
        if got:
            self.floor = got
        if self.chance.random() < 0.5:
            await self.chance.choice((self._edit, self._move))()

    async def _edit(self) -> None:
        count = self.chance.randint(1, 4)
        self.times = tuple(sorted({time(q // 4, q % 4 * 15) for q in self.chance.sample(range(96), count)}))
        self.days = frozenset(self.chance.sample(range(7), self.chance.choice((1, 5, 7, 7))))
        self.floor = self.now
        due = next_due(self.zone, self.times, self.days, self.now)
        await self.storage.schedules.set(self.id, times=self.times, days=self.days, now=self.now, next_due_at=due)

    async def _move(self) -> None:
        self.zone, self.floor = self.chance.choice(ZONES), self.now
        due = next_due(self.zone, self.times, self.days, self.now)
        await self.storage.schedules.rezone(self.id, self.zone, self.now, {(await self._schedule()).id: due})

    async def _schedule(self) -> Schedule:
        [schedule] = await self.storage.schedules.of(self.id)
        return schedule


def wall_slot(
    zone: str, times: tuple[time, ...], days: frozenset[int], after: datetime, until: datetime
) -> datetime | None:
    """The last instant in (after, until] at which a clock on the wall first shows one of the times, or leaps."""
    clock = ZoneInfo(zone)
    # Two days more on either side, so that what is shown twice is known to have been shown before.
    first = _quarter(max(after, until - timedelta(days=9)) - timedelta(days=2))
    ticks = [first + QUARTER * step for step in range(int((until - first) / QUARTER) + 1)]
    if not ticks:
        return None
    wall, _ = test_zones.watched(ticks, [_naive(tick, clock) for tick in ticks], until.date())
    found = [
        tick
        for local, tick in wall.items()
        if local.time() in times and local.weekday() in days and after < tick <= until
    ]
    return max(found, default=None)


async def swaps(seed: int, size: int, database_url: str) -> Outcome:
    """`size` readers whose zone gets other data, is taken away and comes back: no occasion comes twice."""
    chance, clock, problems = random.Random(seed), NOW, list[str]()
    told = [Told() for _ in range(size)]
    with _own_zones() as become:
        become("Europe/Berlin")
        async with opened(database_url) as storage:
            schedules = [await _daily(storage, number, SWAPPED, clock, chance) for number in range(1, size + 1)]
            for day in range(40):
                become(chance.choice(("Europe/Berlin", "Asia/Tokyo", "America/St_Johns", None)) if day < 36 else "UTC")
                for _ in range(4):
                    clock += timedelta(hours=chance.randint(1, 11))
                    await compose(storage, now=clock)
                    for each, schedule in zip(told, schedules, strict=True):
                        each.hear(clock, await last_slot(storage, schedule.id))
    for number, each in enumerate(told):
        problems += each.problems
        days = Counter(slot.local_date for _, slot in each.slots)
        problems += [f"reader {number}: {most} on {day}" for day, most in days.items() if most > 1]
        if each.slots[-1][1].local_date < (clock - timedelta(days=2)).date():
            problems.append(f"reader {number}: nothing came after the zone was back")
    return outcome(f"{size} readers, {sum(len(each.slots) for each in told)} slots", "0 doubled", problems)


async def jumps(seed: int, size: int, database_url: str) -> Outcome:
    """The clock jumps `size` times up to two days either way, twice for 73 years and back: 0 doubled, none ahead."""
    chance, clock, problems = random.Random(seed), NOW, list[str]()
    true_time = NOW
    told: dict[int, Told] = {}
    async with opened(database_url) as storage:
        schedules = [await _daily(storage, number, ZONES[number % 6], clock, chance) for number in range(1, 6)]
        for jump in range(size):
            true_time += timedelta(hours=chance.randint(1, 30))
            aside = timedelta(hours=chance.uniform(-48, 48))
            if jump in (size // 3, 2 * size // 3):
                aside = timedelta(days=73 * 365)
            for clock in (true_time + aside, true_time):
                await compose(storage, now=clock)
                for schedule in schedules:
                    slot = await last_slot(storage, schedule.id)
                    log = told.setdefault(schedule.id, Told())
                    if log.hear(clock, slot) and slot and slot.due_at > clock:
                        log.problems.append(f"{_key(slot)} was composed at {clock}")
        quiet_since = true_time
        for _ in range(8):
            true_time += timedelta(hours=8)
            before = await _count(storage)
            await compose(storage, now=true_time)
            quiet_since = true_time if await _count(storage) > before else quiet_since
        if true_time - quiet_since > timedelta(days=2):
            problems.append(f"no digest since {quiet_since}, though the clock is right again")
    problems += [each for log in told.values() for each in log.problems]
    return outcome(f"{size} jumps, {sum(len(log.slots) for log in told.values())} slots", "0 doubled", problems)


async def _count(storage: Storage) -> int:
    """How many slots were composed or found empty."""
    async with storage._database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(tables.slots)) or 0


async def _daily(storage: Storage, number: int, zone: str, now: datetime, chance: random.Random) -> Schedule:
    """A reader who wants a digest every day at some time."""
    await storage.chats.join(Chat(id=number, kind="private", joined_at=now, zone=zone))
    times = (time(chance.randint(0, 23), chance.choice((0, 15, 30, 45))),)
    due = next_due(zone, times, frozenset(range(7)), now)
    return await storage.schedules.set(number, times=times, days=frozenset(range(7)), now=now, next_due_at=due)


@contextmanager
def _own_zones() -> Iterator[Callable[[str | None], None]]:
    """Zone data of our own, on top of those there are; gives a function that makes one zone what another is."""
    before = zoneinfo.TZPATH
    with tempfile.TemporaryDirectory() as folder:
        ours = Path(folder) / SWAPPED
        ours.parent.mkdir()

        def become(name: str | None) -> None:
            ours.unlink(missing_ok=True)
            if name:
                with (files("tzdata") / "zoneinfo" / name).open("rb") as data, ours.open("wb") as copy:
                    shutil.copyfileobj(data, copy)
            ZoneInfo.clear_cache()

        zoneinfo.reset_tzpath([folder, *before])
        try:
            yield become
        finally:
            zoneinfo.reset_tzpath(before)
            ZoneInfo.clear_cache()


def _key(slot: Slot) -> tuple[int, date, int]:
    return slot.epoch, slot.local_date, slot.ordinal


def _quarter(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def _naive(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


CAMPAIGNS = [
    Campaign("C1", "every change of clocks in every zone", every_zone, 1, 2, ("sqlite",)),
    Campaign("C2", "readers who edit time, days and zone", edits, 5, 2_000),
    Campaign("C2", "zones whose data change or vanish", swaps, 4, 100),
    Campaign("C3", "a clock that jumps", jumps, 40, 1_000),
]
