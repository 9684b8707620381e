"""Waiting for something to happen, with an end to the waiting."""

import asyncio
from collections.abc import Callable
from contextlib import suppress


class Bell:
    """Rung on every change; those who wait look again."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, ready: Callable[[], bool], seconds: float | None) -> bool:
        """Whether it became ready in time; None: however long it takes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not ready():
                    await self._rung.wait()
        return ready()
