"""When a chat wants digests, and which occasions that makes.

The rule, for every IANA zone: one slot per local date and time. A local time that does not
exist is moved forward by the gap, one that comes twice is its first occurrence (both as in
RFC 5545, section 3.3.5), and a local date that does not exist has no slot. Where a moved
time meets another time of the schedule, one slot stands for both, under the key of the earlier
(by local date, then ordinal): its digest holds all that is new, so nothing is lost, and nothing
comes twice at one instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a chat (or one thread of it) wants digests, in its own local time."""

    id: int
    chat_id: int
    zone: str
    """IANA name, the chat's."""
    times: tuple[time, ...]
    """Local times, ascending, to the minute."""
    days: frozenset[int] = frozenset(range(7))
    """Days of the week, 0 is Monday."""
    thread_id: int | None = None
    epoch: int = 1
    """Grows with every change, so that slots before and after it are never confused."""
    changed_at: datetime
    """Slots due at or before this moment belong to an earlier epoch."""
    paused_until: datetime | None = None
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One due occasion of a schedule; unique by schedule, epoch, local date and ordinal."""

    schedule_id: int
    chat_id: int
    epoch: int
    local_date: date
    ordinal: int
    """Which of the schedule's times, from 0."""
    due_at: datetime


FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a pause that only the reader ends."""
NEVER = date.max
"""Its day."""


def pause_end(schedule: Schedule, day: date) -> datetime:
    """When a pause until that local day ends: at the day's earliest digest, were it a day of digests.

    So what catches up comes at an hour that the reader chose, and a pause of a month ends right across clock changes.
    Raises as `next_slot` does.
    """
    if day == NEVER:
        return FOREVER
    return _instant(day, min(schedule.times, default=time.min), ZoneInfo(schedule.zone))


def paused_day(schedule: Schedule, now: datetime) -> date | None:
    """The local day until which a schedule is paused, NEVER where the reader ends it; None where it is not paused."""
    until = schedule.paused_until
    if until is None or until <= now:
        return None
    return NEVER if until >= FOREVER else until.astimezone(ZoneInfo(schedule.zone)).date()


_FIRST_WAIT = timedelta(minutes=2)
_LONGEST_WAIT = timedelta(hours=4)


def patience(failures: int) -> timedelta:
    """How long a schedule that could not be composed waits, after so many failures before: 2 min, 4 min … 4 h."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(failures, 10)))


_DAY = timedelta(days=1)
FARTHEST = timedelta(days=8)
"""No schedule is due later than so, save one whose next was worked out by a clock that was ahead (or in the one
week of a zone that skips its day: looking at that one too early does no harm)."""
_REACH = 18
"""Days of search: a schedule of one weekday meets that day in them though the zone skip it once."""


def next_slot(schedule: Schedule, *, after: datetime) -> Slot | None:
    """The first slot due later than both `after` and the schedule's last change.

    None where the schedule has no times or no days. Raises `zoneinfo.ZoneInfoNotFoundError`
    for a zone that this machine's data does not have.
    """
    zone = ZoneInfo(schedule.zone)
    floor = max(after, schedule.changed_at)
    start = floor.astimezone(zone).date() - _DAY
    dates = (start + _DAY * step for step in range(_REACH))
    slots = _around(schedule, zone, dates, lambda due_at: due_at > floor)
    return min(slots, key=_order, default=None)


def newest_missed(schedule: Schedule, *, after: datetime, now: datetime) -> Slot | None:
    """The last slot due later than `after` and the schedule's last change, and not later than `now`.

    It is the one catch-up that any downtime is worth; None where nothing was missed.
    Raises as `next_slot` does.
    """
    zone = ZoneInfo(schedule.zone)
    floor = max(after, schedule.changed_at)
    end = now.astimezone(zone).date() + _DAY
    dates = (end - _DAY * step for step in range(_REACH))
    slots = _around(schedule, zone, dates, lambda due_at: floor < due_at <= now)
    newest_at = max((slot.due_at for slot in slots), default=None)
    return min((slot for slot in slots if slot.due_at == newest_at), key=_order, default=None)


def _order(slot: Slot) -> tuple[datetime, date, int]:
    return slot.due_at, slot.local_date, slot.ordinal


def _around(
    schedule: Schedule, zone: ZoneInfo, dates: Iterable[date], is_wanted: Callable[[datetime], bool]
) -> list[Slot]:
    """The wanted slots of the first date that has any, and of the date beside it.

    The date beside it counts because a gap at midnight moves a late slot behind an early
    one of the next day.
    """
    slots: list[Slot] = []
    for local_date in dates:
        is_last = bool(slots)
        slots += [slot for slot in _slots_of(schedule, zone, local_date) if is_wanted(slot.due_at)]
        if is_last:
            break
    return slots


def _slots_of(schedule: Schedule, zone: ZoneInfo, local_date: date) -> Iterator[Slot]:
    if local_date.weekday() not in schedule.days or not _exists(local_date, zone):
        return
    for ordinal, local_time in enumerate(schedule.times):
        yield Slot(
            schedule_id=schedule.id,
            chat_id=schedule.chat_id,
            epoch=schedule.epoch,
            local_date=local_date,
            ordinal=ordinal,
            due_at=_instant(local_date, local_time, zone),
        )


def _instant(local_date: date, local_time: time, zone: ZoneInfo) -> datetime:
    """When a clock in the zone first shows this time; in a gap, when it would have had it gone on.

    That is what `fold=0` means (PEP 495): the offset that held before the change.
    """
    return datetime.combine(local_date, local_time.replace(fold=0), tzinfo=zone).astimezone(UTC)


def _exists(local_date: date, zone: ZoneInfo) -> bool:
    """Whether the zone has this date: a gap that swallows both its ends swallows all of it."""
    return any(_instant(local_date, end, zone).astimezone(zone).date() == local_date for end in (time.min, time.max))
