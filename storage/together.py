"""Together: what several ask for at the same moment is written in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from storage.engine import Unavailable

Given = TypeVar("Given")
Got = TypeVar("Got")


@dataclass(slots=True, eq=False)
class _Asked(Generic[Given, Got]):
    given: Given
    got: Got | None = None
    problem: Exception | None = None
    is_done: bool = False


class Together(Generic[Given, Got]):
    """Writes at once what was asked for while it wrote before, in the order of asking, of a size up to `most`.

    Where that fails, each is tried alone, so everybody hears of what is his own. `write` answers all or none.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Given]], Awaitable[Sequence[Got]]],
        *,
        most: int,
        size: Callable[[Given], int] = lambda _: 1,
    ) -> None:
        self._write = write
        self._most = most
        self._size = size
        self._turn = asyncio.Lock()
        self._waiting: list[_Asked[Given, Got]] = []

    async def __call__(self, given: Given) -> Got:
        """What was written for this; raises what went wrong with it."""
        asked = _Asked[Given, Got](given)
        self._waiting.append(asked)
        try:
            async with self._turn:
                while not asked.is_done:  # by one who was before us
                    await self._write_some()
        finally:
            if not asked.is_done:
                self._waiting.remove(asked)
        if asked.problem is not None:
            raise asked.problem
        return asked.got  # type: ignore[return-value]

    async def _write_some(self) -> None:
        taken, size = 1, self._size(self._waiting[0].given)
        for each in self._waiting[1:]:
            size += self._size(each.given)
            if size > self._most:
                break
            taken += 1
        some = self._waiting[:taken]
        try:
            await self._answer(some)
        finally:
            # Who was cut off in the middle leaves the others to the next.
            self._waiting = [each for each in self._waiting if not each.is_done]

    async def _answer(self, some: Sequence[_Asked[Given, Got]]) -> None:
        try:
            for each, got in zip(some, await self._write([each.given for each in some]), strict=True):
                each.got, each.is_done = got, True
        except Exception as problem:
            if len(some) > 1 and not isinstance(problem, Unavailable):
                for each in some:
                    await self._answer([each])
                return
            for each in some:
                each.problem, each.is_done = problem, True
