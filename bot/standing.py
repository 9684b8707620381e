"""How this process stands: whether it speaks for the bot, hears Telegram, and may send."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal, TypeVar

import structlog

from bot.metrics import Meter
from storage import LeadLost, Unavailable

log = structlog.get_logger()

Answer = TypeVar("Answer")
Role = Literal["starting", "standing by", "leading", "helping"]

MOST_SKEW = timedelta(minutes=10)
"""How far our clock may be from Telegram's; digests come by ours."""


class Footing:
    """Whether the database is there. That it went and that it came back is told once each."""

    def __init__(self) -> None:
        self._is_away = False

    def lost(self, away: Unavailable) -> None:
        if isinstance(away, LeadLost):  # told where it is held
            return
        if not self._is_away:
            log.error("everything waits for the database", reason=str(away))
        self._is_away = True

    def found(self) -> None:
        if self._is_away:
            log.info("the database is back")
        self._is_away = False


@dataclass(slots=True)
class Standing:
    """What health checks and metrics report, and what sending and composing look at."""

    clock: Callable[[], datetime]
    """The machine's own, whichever clock digests go by."""
    role: Role = "starting"
    hears: bool = False
    """Whether Telegram hands us updates, as far as we know."""
    is_clock_right: bool = True
    may_send: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while no other program speaks with our token."""
    must_be_silent: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while `may_send` is not."""
    meter: Meter = field(default_factory=Meter)
    footing: Footing = field(default_factory=Footing)

    def __post_init__(self) -> None:
        self.may_send.set()

    def fall_silent(self, reason: str) -> None:
        """Another program speaks with our token: nothing is sent until `speak_again`."""
        if self.may_send.is_set():
            log.error(reason, sending="stopped")
            self.may_send.clear()
            self.must_be_silent.set()

    def speak_again(self) -> None:
        if self.must_be_silent.is_set():
            log.info("the other program is gone; sending goes on")
            self.must_be_silent.clear()
            self.may_send.set()

    async def unless_silenced(self, sending: Coroutine[Any, Any, Answer]) -> Answer | None:
        """What `sending` returns; None when it is cut short because we may send no more."""
        doing = asyncio.create_task(sending)
        silence = asyncio.create_task(self.must_be_silent.wait())
        try:
            await asyncio.wait({doing, silence}, return_when=asyncio.FIRST_COMPLETED)
            return await doing if doing.done() else None
        finally:
            silence.cancel()
            doing.cancel()
            await asyncio.gather(doing, silence, return_exceptions=True)

    def see_date(self, header: str) -> None:
        """Compares our clock with the `Date` of an answer of Telegram's."""
        try:
            theirs = parsedate_to_datetime(header)
        except (ValueError, TypeError, OverflowError):
            return
        if theirs.tzinfo is None:
            return
        skew = self.clock() - theirs
        is_right = abs(skew) <= MOST_SKEW
        if is_right == self.is_clock_right:
            return
        self.is_clock_right = is_right
        if is_right:
            log.info("the clock is right again; digests go on")
        else:
            minutes = round(skew.total_seconds() / 60)
            log.error("this machine's clock is wrong; no digests until it is set", minutes_ahead_of_telegram=minutes)
