"""The pace Telegram allows: so many messages a second in all, fewer to one chat, fewer still to a group.

Telegram's limits are soft and unpublished in detail; these are what its FAQ names: about 30 messages
a second overall, one a second to one chat with short bursts, 20 a minute to one group. A reader's tap
goes before any digest that waits.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Messages per second overall and to one chat, and per minute to one group; `burst` to a chat at once."""

    overall: float = 29.6
    chat: float = 1.0
    burst: int = 5
    group_minute: int = 20


@dataclass(slots=True)
class _Waiting:
    chat_id: int
    granted: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Pace:
    """Lets requests pass one by one, evenly spaced; each waits for its turn in `turn`."""

    def __init__(self, limits: Limits = Limits(), *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._taps: deque[_Waiting] = deque()
        self._rush: deque[_Waiting] = deque()
        self._next_at = 0.0
        self._chats: dict[int, float] = {}
        self._groups: dict[int, deque[float]] = {}
        self._held: dict[int, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, chat_id: int, *, is_tap: bool) -> None:
        """Returns when a request to the chat may leave."""
        waiting = _Waiting(chat_id)
        (self._taps if is_tap else self._rush).append(waiting)
        self._grant()
        await waiting.granted

    def hold(self, chat_id: int | None, seconds: float) -> None:
        """Telegram asked for silence: to one chat, or with None to all. A longer hold stays."""
        until = self._clock() + seconds
        if chat_id is None:
            self._next_at = max(self._next_at, until)
        else:
            self._held[chat_id] = max(self._held.get(chat_id, 0.0), until)

    def _grant(self) -> None:
        """Grants what may leave now, and wakes again when the next may."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        while self._taps or self._rush:
            now = self._clock()
            if self._next_at > now:
                self._wake(self._next_at - now)
                return
            lane, waiting, wait = self._first(now)
            if waiting is None:
                self._wake(wait)
                return
            lane.remove(waiting)
            if waiting.granted.cancelled():
                continue
            self._count(waiting.chat_id, now)
            waiting.granted.set_result(None)

    def _first(self, now: float) -> tuple[deque[_Waiting], _Waiting | None, float]:
        """The first in line whose chat may be written to now; else how long until one may."""
        least = 60.0
        for lane in (self._taps, self._rush):
            for waiting in lane:
                wait = 0.0 if waiting.granted.cancelled() else self._wait(waiting.chat_id, now)
                if wait <= 0:
                    return lane, waiting, 0.0
                least = min(least, wait)
        return self._taps, None, least

    def _wait(self, chat_id: int, now: float) -> float:
        """Seconds until the chat may be written to again."""
        limits = self._limits
        held = self._held.get(chat_id, 0.0) - now
        # The generic cell rate algorithm: a chat may run ahead of its even spacing by `burst`.
        ahead = self._chats.get(chat_id, 0.0) - (limits.burst - 1) / limits.chat - now
        in_group = 0.0
        sent = self._groups.get(chat_id)
        if sent and len(sent) >= limits.group_minute:
            in_group = sent[-limits.group_minute] + 60.0 - now
        return max(held, ahead, in_group, 0.0)

    def _count(self, chat_id: int, now: float) -> None:
        limits = self._limits
        # From the planned moment, not from a late waking, within bounds: else lateness would add up.
        self._next_at = max(self._next_at, now - 0.2 / limits.overall) + 1 / limits.overall
        self._chats[chat_id] = max(self._chats.get(chat_id, 0.0), now) + 1 / limits.chat
        if chat_id < 0:
            sent = self._groups.setdefault(chat_id, deque(maxlen=limits.group_minute))
            sent.append(now)
        if len(self._chats) > 10_000:
            self._forget(now)

    def _forget(self, now: float) -> None:
        """Lets go of chats that owe nothing."""
        self._chats = {chat: at for chat, at in self._chats.items() if at > now}
        self._held = {chat: until for chat, until in self._held.items() if until > now}
        self._groups = {chat: sent for chat, sent in self._groups.items() if sent[-1] > now - 60}

    def _wake(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(max(seconds, 0.0), self._grant)
