"""When a chat wants digests, and which occasions that makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time


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
