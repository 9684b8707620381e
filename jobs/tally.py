"""What comes of a round of sending, and whether it must end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jobs.scribe import Clock
from news.delivery import Delivery, Settled, alert_of
from storage import Unavailable

Told = Callable[[Settled], object]
"""Hears of each delivery whose outcome is written down."""
AT_ONCE = timedelta(seconds=1)
"""Two chats that are asked to wait within this time mean that all must: Telegram does not say which."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round did: sends by the state they led to, and what an operator must hear."""

    states: Mapping[str, int] = field(default_factory=dict)
    alerts: tuple[str, ...] = ()
    accidents: tuple[Exception, ...] = ()
    """Faults of ours, each with a note of where; the deliveries they met are in doubt when their lease ends."""
    hold_until: datetime | None = None
    """Telegram asked for silence until then, in all chats."""
    is_barred: bool = False
    """Telegram no longer knows the token: nothing more is sent until there is another."""
    is_unreachable: bool = False
    """Telegram cannot be reached, whatever the chat."""


@dataclass(slots=True)
class Waits:
    """Chats that Telegram asked to wait a moment ago: to be kept from one round to the next."""

    asked: dict[int, tuple[datetime, datetime]] = field(default_factory=dict)
    """By chat, when it was last asked to wait and until when."""

    def begun(self, chat_id: int, now: datetime, until: datetime) -> datetime | None:
        """Until when all must wait, now that this chat must."""
        self.asked[chat_id] = now, until
        self.asked = {each: wait for each, wait in self.asked.items() if abs(now - wait[0]) <= AT_ONCE}
        # The earliest, because one of them may be for its chat alone, and for half a day; those
        # that Telegram still does not want then are only asked to wait again.
        return min(until for _, until in self.asked.values()) if len(self.asked) > 1 else None


@dataclass(slots=True)
class Tally:
    """What has come of a round so far, and whether it must end."""

    clock: Clock
    waits: Waits
    in_a_row: int
    """Chats for which Telegram was not there that mean that it is not."""
    told: Told | None = None
    states: Counter[str] = field(default_factory=Counter)
    alerts: list[str] = field(default_factory=list)
    accidents: list[Exception] = field(default_factory=list)
    hold_until: datetime | None = None
    is_barred: bool = False
    is_away: bool = False
    """The database cannot be written to."""
    unreached: set[int] = field(default_factory=set)
    """Chats for which Telegram was not there, since it last was."""

    @property
    def is_unreachable(self) -> bool:
        return len(self.unreached) >= self.in_a_row

    @property
    def is_over(self) -> bool:
        return self.is_barred or self.is_away or self.is_unreachable or self.hold_until is not None

    def count(self, what: Settled) -> None:
        """A send whose outcome is written down."""
        self.states[what.delivery.state] += 1
        if self.told:
            self.told(what)
        self.alerts += [what.alert] if what.alert and what.alert not in self.alerts else []

    def gave_up(self, parked: Delivery) -> None:
        """One that was parked because nobody knows what came of its sends."""
        self.alerts.append(alert_of(parked))
        if self.told:
            self.told(Settled(delivery=parked))

    def heed(self, what: Settled) -> None:
        """What an answer means for all that follow, as soon as it is read."""
        self.is_barred = self.is_barred or what.is_barred
        if what.is_unreached:
            self.unreached.add(what.delivery.chat_id)
        elif not self.is_unreachable:
            self.unreached.clear()
        if what.hold_until:
            together = self.waits.begun(what.delivery.chat_id, self.clock(), what.hold_until)
            self.hold_until = together or (what.hold_until if self.is_barred else self.hold_until)

    def stumbled(self, accident: Exception) -> None:
        self.is_away = self.is_away or isinstance(accident, Unavailable)
        if accident not in self.accidents:
            self.accidents.append(accident)

    def summary(self) -> Delivered:
        return Delivered(
            self.states,
            tuple(self.alerts),
            tuple(self.accidents),
            self.hold_until,
            self.is_barred,
            self.is_unreachable,
        )
