"""The pace Telegram allows: so many messages a second in all, fewer to one chat, fewer still to a group.

Telegram's limits are soft and unpublished in detail; these are what its FAQ names: about 30 messages a second
overall, one a second to one chat with short bursts, 20 a minute to one group; with paid broadcasts 1,000 a second
overall. A reader's tap goes before any digest that waits.

Nobody tells us when Telegram counts a request: somewhere between its leaving and its answer. So each is held to
count as late as that can be, and the next in its place leaves a full second (or minute) after. What all round trips
have in common is no doubt, and is taken off: a request and the one that takes its place travel the same way. See
docs/delivery.md.
"""

from __future__ import annotations

import asyncio
import heapq
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType

from bot.trips import Trips
from jobs.deliver import Leave, NotYet

MARGIN = 0.003
"""Seconds more than Telegram asks: what its clock may differ from ours, and a way be shorter than any yet seen."""
EVENLY = 0.999
"""The part of the overall limit that is aimed at: a little less than the strict count, so that gaps close."""
CREDIT = 0.25
"""Seconds of sending that may be caught up after a pause, and so the longest gap that a tap can meet."""
AHEAD = 0.012, 0.06
"""Seconds before its moment that a turn is given, at least and at most: about as many as writing an intent down takes.
A tap comes behind what was given, so it is not more."""
EARLIER = 0.002
"""Seconds by which turns are given earlier once one was late; by a quarter of that they are given later if not."""
PATIENCE = 20.0
"""Seconds a tap waits for its chat; longer, and it goes by the outbox."""
AT_ONCE = 1.0
"""Two chats that are asked to wait within so many seconds mean that all must: Telegram does not say which."""
MOST_CHATS = 10_000
"""Chats that are remembered before those that owe nothing are let go of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many messages in how many seconds: in all, of those that are not paid for, to a chat, to a group."""

    overall: tuple[int, float] = (30, 1.0)
    unpaid: tuple[int, float] = (30, 1.0)
    chat: tuple[int, float] = (5, 5.0)
    group: tuple[int, float] = (20, 60.0)


FREE = Limits()
PAID = Limits(overall=(1000, 1.0))
"""With paid broadcasts: digests are paid for, answers to taps are not."""


class Window:
    """The strict count of one limit: what may still be counted in any span of its length."""

    __slots__ = ("_answered", "_flying", "_latest", "most", "seconds")

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._latest = -math.inf
        """When the latest leaves; places that others left behind until then are free from then on, not before."""
        self._flying = 0
        self._answered: deque[float] = deque()
        """When those that still count were answered."""

    def free_at(self, now: float, extra: float) -> float:
        """When the next may leave; infinite where only an answer can tell.

        `extra`: seconds that an answered one holds its place beyond the window's length, from its answer on.
        """
        self._clear(now, extra)
        if self._flying + len(self._answered) < self.most:
            return max(now, self._latest)
        return max(self._answered[0] + self.seconds + extra, self._latest) if self._answered else math.inf

    def take(self, at: float, extra: float) -> None:
        """Something leaves at that moment, in the place of what no longer counts then."""
        self._clear(at, extra)
        self._flying += 1
        self._latest = max(self._latest, at)

    def land(self, answered_at: float | None) -> None:
        """It was answered then, later than any before it; None: it never left."""
        self._flying -= 1
        if answered_at is not None:
            self._answered.append(answered_at)

    def is_idle(self, now: float, extra: float) -> bool:
        self._clear(now, extra)
        return not self._flying and not self._answered

    def _clear(self, now: float, extra: float) -> None:
        while self._answered and self._answered[0] + self.seconds + extra <= now:
            self._answered.popleft()


@dataclass(slots=True, eq=False)
class _Waiting:
    chat_id: int
    is_tap: bool
    granted: asyncio.Future[float] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Pace:
    """Lets requests pass one by one, evenly spaced; each waits for its turn in `turn`."""

    def __init__(self, limits: Limits = FREE, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._all = Window(*limits.overall)
        self._unpaid = Window(*limits.unpaid) if limits.unpaid != limits.overall else None
        self._step = limits.overall[1] / (limits.overall[0] * EVENLY)
        self._next_at = 0.0
        self._chats: dict[int, list[Window]] = {}
        self._most_chats = MOST_CHATS
        self._held: dict[int, float] = {}
        self._last_hold = (-math.inf, 0, 0.0)
        """When a chat was last asked to wait, which, and until when."""
        self._lanes: dict[bool, deque[_Waiting]] = {True: deque(), False: deque()}
        self._later: list[tuple[float, int, _Waiting]] = []
        """Taps whose chat must wait, by when it need not: a heap."""
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None
        self._trips = Trips()
        self._ahead = AHEAD[0]

    def turn(self, chat_id: int, *, is_tap: bool = False) -> Turn:
        """To be entered when a request to the chat may leave soon, and left when it was answered.

        Raises NotYet where the chat must wait: for what nobody waits for at once, for a tap when it is long.
        """
        return Turn(self, chat_id, is_tap=is_tap)

    def hold(self, chat_id: int | None, seconds: float) -> None:
        """Telegram asked for silence: to one chat, or with None to all. A longer hold stays.

        Where two chats are asked within a second, all wait until the earlier of the two: one of them may be for its
        chat alone, and for half a day.
        """
        now = self._clock()
        until = now + seconds
        if chat_id is None:
            self._next_at = max(self._next_at, until + CREDIT)
            return
        self._held[chat_id] = max(self._held.get(chat_id, 0.0), until)
        (at, other, others_until), self._last_hold = self._last_hold, (now, chat_id, until)
        if other != chat_id and now - at <= AT_ONCE:
            self.hold(None, min(until, others_until) - now)

    async def granted(self, chat_id: int, *, is_tap: bool) -> float:
        """The moment at which a request to the chat may leave, given a little before it comes."""
        waiting = _Waiting(chat_id, is_tap)
        self._lanes[is_tap].append(waiting)
        self._grant()
        try:
            return await waiting.granted
        except asyncio.CancelledError:
            if waiting.granted.done() and not waiting.granted.cancelled() and not waiting.granted.exception():
                self.landed(chat_id, is_tap=is_tap, left_at=None)
            raise

    def landed(self, chat_id: int, *, is_tap: bool, left_at: float | None) -> None:
        """A request that left then has its answer; None: it never left."""
        now = self._clock()
        if left_at is None:
            self._next_at -= self._step
        else:
            self._trips.add(now - left_at, now)
        for window in self._windows(chat_id, is_tap=is_tap):
            window.land(None if left_at is None else now)
        if self._later or any(self._lanes.values()):
            self._grant()

    def was_late(self, is_so: bool) -> None:
        """Whether a delivery's intent was written only after its moment: in four of five it should not."""
        least, most = AHEAD
        self._ahead = min(most, self._ahead + EARLIER) if is_so else max(least, self._ahead - EARLIER / 4)

    def _windows(self, chat_id: int, *, is_tap: bool) -> list[Window]:
        windows = [self._all, *self._of_chat(chat_id)]
        return [*windows, self._unpaid] if is_tap and self._unpaid else windows

    def _of_chat(self, chat_id: int) -> list[Window]:
        known = self._chats.get(chat_id)
        if known is None:
            limits = [self._limits.chat, self._limits.group] if chat_id < 0 else [self._limits.chat]
            if len(self._chats) >= self._most_chats:
                self._forget()
            known = self._chats[chat_id] = [Window(*limit) for limit in limits]
        return known

    def _grant(self) -> None:
        """Gives the turns that can be given now, and wakes again when the next can."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        now = self._clock()
        while self._later and self._later[0][0] <= now + self._ahead:
            self._lanes[True].append(heapq.heappop(self._later)[2])
        wake_at = self._later[0][0] if self._later else math.inf
        for is_tap, lane in self._lanes.items():
            while lane:
                at = self._free_at(now, is_tap=is_tap)
                if at > now + self._ahead:
                    wake_at = min(wake_at, at)
                    break
                wake_at = min(wake_at, self._give(lane.popleft(), at))
        if wake_at < math.inf:
            self._timer = asyncio.get_running_loop().call_later(max(wake_at - self._ahead - now, 0.0), self._grant)

    @property
    def _extra(self) -> float:
        """Seconds that a place is kept beyond the length of its window, from the answer on."""
        return MARGIN - self._trips.in_common

    def _free_at(self, now: float, *, is_tap: bool) -> float:
        """When the next of a lane may leave, as far as its chat has no say."""
        extra = self._extra
        at = max(self._all.free_at(now, extra), self._next_at - CREDIT, now)
        return max(at, self._unpaid.free_at(now, extra)) if is_tap and self._unpaid else at

    def _give(self, waiting: _Waiting, at: float) -> float:
        """Gives a turn, unless its chat must wait; then, when to look again."""
        if waiting.granted.done():
            return math.inf
        extra, windows = self._extra, self._of_chat(waiting.chat_id)
        chat_at = max(self._held.get(waiting.chat_id, 0.0), *(window.free_at(at, extra) for window in windows))
        if chat_at <= at:
            for window in self._windows(waiting.chat_id, is_tap=waiting.is_tap):
                window.take(at, extra)
            self._next_at = max(self._next_at, at) + self._step
            waiting.granted.set_result(at)
            return math.inf
        if chat_at == math.inf:  # answers are under way; one of them will tell
            chat_at = at + 1.0
        if not waiting.is_tap or chat_at - at > PATIENCE:
            waiting.granted.set_exception(NotYet(chat_at - at))
            return math.inf
        heapq.heappush(self._later, (chat_at, next(self._numbers), waiting))
        return chat_at

    def _forget(self) -> None:
        """Lets go of chats that owe nothing."""
        now, extra = self._clock(), self._extra
        self._chats = {
            chat: windows
            for chat, windows in self._chats.items()
            if not all(window.is_idle(now, extra) for window in windows)
        }
        self._held = {chat: until for chat, until in self._held.items() if until > now}
        self._most_chats = max(MOST_CHATS, 2 * len(self._chats))


class Turn:
    """One request's leave to go: entered when it may, left when it was answered, given back if it never left."""

    __slots__ = ("_at", "_chat_id", "_is_tap", "_left_at", "_pace")

    def __init__(self, pace: Pace, chat_id: int, *, is_tap: bool) -> None:
        self._pace = pace
        self._chat_id = chat_id
        self._is_tap = is_tap
        self._at = 0.0
        self._left_at: float | None = None

    async def __aenter__(self) -> Leave:
        self._at = await self._pace.granted(self._chat_id, is_tap=self._is_tap)
        return self._leave

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pace.landed(self._chat_id, is_tap=self._is_tap, left_at=self._left_at)

    async def _leave(self) -> None:
        """Waits for the very moment; what follows leaves."""
        early = self._at - self._pace._clock()
        if not self._is_tap:
            self._pace.was_late(early < 0)
        if early > 0:
            await asyncio.sleep(early)
        self._left_at = self._pace._clock()
