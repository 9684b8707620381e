"""The glance: figures of the database as of a moment ago, read once for all who ask."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime

from bot.patience import Telling, Trouble
from storage import Figures, Storage

FRESH = 10.0
"""Seconds for which figures serve."""
PATIENCE = 5.0
"""Seconds in which the database must answer."""


tell = Telling()


def missed(trouble: Exception) -> None:
    """Logs, once a minute, why there are no figures."""
    reason = str(trouble) or "it does not answer in time"
    tell(Trouble(f"the database cannot be looked at now: {reason}", level=logging.WARNING), FRESH)


class Glance:
    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self.storage = storage
        self.clock = clock
        self._turn = asyncio.Lock()
        self._read: Figures | None = None
        self._read_at = float("-inf")

    async def figures(self) -> Figures | None:
        """At most some seconds old; None where the database does not give them in time."""
        async with self._turn:
            if time.monotonic() - self._read_at > FRESH:
                try:
                    async with asyncio.timeout(PATIENCE):
                        self._read = await self.storage.figures(self.clock())
                except Exception as trouble:
                    missed(trouble)
                    self._read = None
                self._read_at = time.monotonic()
            return self._read
