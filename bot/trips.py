"""Round trips to Telegram: what of their length is no doubt. See docs/delivery.md."""

from __future__ import annotations

import math

MEMORY = 60.0
"""Seconds over which the shortest round trip is remembered, as the way may change."""
FEW_TRIPS = 10
"""Fewer say nothing yet of what they have in common."""
LEARNING = 2.0
"""Seconds in which trips say nothing yet either: the first may all be slow alike, as connections are made."""
DOUBTED = 0.25
"""The part of what trips usually take beyond the shortest that is not trusted to be in common."""


class Trips:
    """Round trips of the last minute or two: what all of them have in common."""

    __slots__ = ("_before", "_begun_at", "_count", "_shortest", "_since", "_sum", "in_common")

    def __init__(self) -> None:
        self._begun_at = math.inf
        self._since = -math.inf
        self._count, self._sum, self._shortest = 0, 0.0, math.inf
        self._before = math.inf
        self.in_common = 0.0
        """Seconds that surely go by on the way there and back."""

    def add(self, latest: float, now: float) -> None:
        """One more.

        The shortest way there and the shortest way back need not have met in one trip: so a part of what trips
        usually take beyond the shortest is taken off, and more while few are known.
        """
        if now - self._since > MEMORY:
            self._before = self._shortest if self._count >= FEW_TRIPS else math.inf
            self._since, self._count, self._sum, self._shortest = now, 0, 0.0, math.inf
        self._count += 1
        self._sum += latest
        self._shortest = min(self._shortest, latest)
        self._begun_at = min(self._begun_at, now)
        if (self._count < FEW_TRIPS and self._before == math.inf) or now - self._begun_at < LEARNING:
            return
        shortest = min(self._shortest, self._before)
        spread = max(self._sum / self._count - shortest, 0.0)
        doubted = max(DOUBTED, 2 / math.sqrt(max(self._count, FEW_TRIPS)))
        self.in_common = max(shortest - spread * doubted, 0.0)
