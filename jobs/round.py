"""What all chats that are composed for at one moment share, and what is made of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from weakref import ref
from zoneinfo import ZoneInfo

from jobs.comparing import Lines
from jobs.returning import Question
from news.corrections import Corrected
from news.digest import Digest
from news.facts import Development
from news.feed import Feed
from news.figures import Spread
from news.messages.message import Message
from news.messages.words import DATED
from news.pool import Pool
from news.schedule import Schedule, Slot, newest_missed, next_slot
from news.votes import Weights
from storage import Edition, Storage

SILENT_AFTER = timedelta(days=1)
"""A feed that has not answered for so long is named in the footer."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MOST_KEPT = 4_000
"""Choices, editions and articles kept at hand; with more they are forgotten and made again."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A digest and the message that pushes it; no message when silence says it better."""

    digest: Digest
    message: Message | None

    @property
    def deliveries(self) -> tuple[Message, ...]:
        return (self.message,) if self.message else ()


@dataclass(frozen=True, slots=True)
class Appetite:
    """What the choice of stories depends on: chats of one appetite are told the same."""

    wishes: tuple[tuple[str, str], ...]
    since: datetime
    had: frozenset[int]
    again: frozenset[int]
    updates: frozenset[Development]
    corrections: tuple[Corrected, ...]
    weights: Weights = ()
    reads: str | None = None
    kept_out: int = 0
    """Articles that its mutes left out since it was last told something."""
    matches: frozenset[tuple[str, int]] = frozenset()
    """What waits to be told, of alerts and stories: these, as the reasons of items name them, and the articles."""


@dataclass(slots=True)
class Choice:
    """What an appetite is served, and how it was drawn: by look, language, clocks; quiet, by zone and since."""

    digest: Digest
    drawings: dict[tuple[object, ...], Prepared] = field(default_factory=dict)
    zones: dict[str, tuple[date, ...]] = field(default_factory=dict)

    def clocks(self, zone: str) -> tuple[date, ...]:
        """The days and times in the zone that drawings of the digest say: where these agree, drawings do."""
        if zone not in self.zones:
            shown, there = self.digest, ZoneInfo(zone)
            dated = [at for at in (item.first_seen_at for item in shown.items) if shown.composed_at - at >= DATED]
            days = [each.astimezone(there).date() for each in (shown.composed_at, *dated)]
            troubled = (*shown.footer.failing_feeds, *shown.footer.silent_feeds)
            times = [since.astimezone(there).replace(tzinfo=None) for _, since in troubled]
            self.zones[zone] = (*days, *times)
        return self.zones[zone]


@dataclass(slots=True, weakref_slot=True)
class Round:
    """What all chats that are composed for at one moment share."""

    storage: Storage
    now: datetime
    topics: Mapping[str, str]
    failing: Sequence[Feed]
    silent: Sequence[Feed]
    pool: Pool | None = None
    choices: dict[Appetite, Choice] = field(default_factory=dict)
    editions: dict[int, Edition] = field(default_factory=dict)
    decided: dict[Question, Development | None] = field(default_factory=dict)
    compared: dict[Lines, Spread | None] = field(default_factory=dict)
    kept_out: dict[tuple[object, ...], int] = field(default_factory=dict)
    occasions: dict[tuple[object, ...], tuple[Slot | None, Slot | None]] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while digests are prepared: some may, while others of the round are written."""

    def occasion(self, schedule: Schedule, last_due_at: datetime | None) -> tuple[Slot | None, datetime | None]:
        """The newest slot that the schedule missed, and when it is due next: worked out once a rhythm."""
        rhythm = schedule.zone, schedule.times, schedule.days
        if rhythm not in self.occasions:
            ever = replace(schedule, changed_at=BEGINNING)
            self.occasions[rhythm] = newest_missed(ever, after=BEGINNING, now=self.now), next_slot(ever, after=self.now)
        missed, following = self.occasions[rhythm]
        next_due_at = following.due_at if following else None
        # What is said to have changed later than now was changed by a clock that was ahead: it tells nothing.
        changed_at = schedule.changed_at if schedule.changed_at <= self.now else BEGINNING
        if missed is None or missed.due_at <= max(changed_at, last_due_at or BEGINNING):
            return None, next_due_at
        mine = replace(missed, schedule_id=schedule.id, chat_id=schedule.chat_id, epoch=schedule.epoch)
        return mine, next_due_at

    async def pool_since(self, since: datetime) -> Pool:
        if self.pool is None or since < self.pool.since:
            self.pool = await self.storage.pools.read(since)
        return self.pool

    def make_room(self) -> None:
        """Forgets what is at hand, where it is too much."""
        ours = (self.pool.articles, self.pool.shelves) if self.pool else ()
        for kept in (self.choices, self.editions, self.decided, self.compared, self.kept_out, *ours):
            if len(kept) > MOST_KEPT:
                kept.clear()


async def round_of(storage: Storage, now: datetime, topics: Mapping[str, str] | None = None) -> Round:
    """A new round at this moment."""
    known = dict(await storage.topics.all()) if topics is None else topics
    return Round(storage, now, known, await storage.feeds.failing(now - SILENT_AFTER), await storage.feeds.silent(now))


class Rounds:
    """The round at hand: batches that are begun while one of before is at work, in the same minute, share its round.

    In the same minute, as slots are due on the minute: what is due by now was due by then.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._at_hand: Callable[[], Round | None] = lambda: None
        self._making = asyncio.Lock()

    async def at(self, now: datetime) -> Round:
        """The round at hand, or else a new one at this moment; it goes when its last batch is done."""
        async with self._making:
            shared = self._at_hand()
            if shared is None or not _minute(now) <= shared.now <= now:
                shared = await round_of(self._storage, now)
                self._at_hand = ref(shared)
            return shared


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
