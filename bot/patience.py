"""Patience: trying again for as long as it takes, and not saying the same thing all the time."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Iterator
from itertools import count
from typing import Any, TypeVar

import structlog
from telegram.error import RetryAfter

log = structlog.get_logger()

Answer = TypeVar("Answer")

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
"""Seconds between two tries while there is trouble, about doubled each time."""
TOLD_EVERY = 60.0
"""Seconds in which the same trouble is logged once."""


def pauses() -> Iterator[float]:
    """Seconds to wait before the next try and the one after, for ever: longer and longer, and never in step."""
    for tries in count():
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries, 16))
        yield random.uniform(longest / 2, longest)  # noqa: S311 - chance, not a secret


async def surely(fact: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """What the storage answers, asked again until it does. Cancelled, it ends once the question under way is over."""
    for pause in pauses():
        asking = asyncio.create_task(fact())
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            await asyncio.gather(asking, return_exceptions=True)
            raise
        except Exception as trouble:
            log.error("the inbox cannot be used now", reason=str(trouble), seconds=pause)
        await asyncio.sleep(pause)
    raise AssertionError  # pauses never end


def seconds_until(asked: RetryAfter) -> float:
    """How long Telegram asked us to wait."""
    after = asked.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()


class Trouble(Exception):
    """Telegram cannot be dealt with now; `wait` seconds where it is known how long."""

    def __init__(self, reason: str, *, level: int, wait: float = 0.0, is_conflict: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.level, self.wait, self.is_conflict = reason, level, wait, is_conflict


class Telling:
    """Logs trouble, the same once a minute."""

    def __init__(self) -> None:
        self._told: tuple[str, float] | None = None

    def __call__(self, trouble: Trouble, pause: float) -> None:
        now = time.monotonic()
        if self._told and self._told[0] == trouble.reason and now - self._told[1] < TOLD_EVERY:
            return
        self._told = trouble.reason, now
        log.log(trouble.level, trouble.reason, seconds=pause)
