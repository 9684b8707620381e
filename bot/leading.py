"""Leading: one process speaks for the bot, and the others stand by for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog

from bot.patience import pauses
from bot.standing import Standing
from storage import Storage, Unavailable

log = structlog.get_logger()

STANDS_BY_AFTER = 1.0
"""Seconds without the lead after which a process says that it stands by."""


@asynccontextmanager
async def leading(
    storage: Storage, standing: Standing, name: str, speaking: Callable[[], AbstractAsyncContextManager[None]]
) -> AsyncIterator[None]:
    """Until the block is left: whenever this process leads it is `speaking`, and otherwise it stands by."""
    task = asyncio.create_task(_lead(storage, standing, name, speaking))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _lead(
    storage: Storage, standing: Standing, name: str, speaking: Callable[[], AbstractAsyncContextManager[None]]
) -> None:
    waits = pauses()

    def stand_by() -> None:
        standing.role = "standing by"
        log.info("standing by: another process speaks for this bot")

    while True:
        waiting = asyncio.get_running_loop().call_later(STANDS_BY_AFTER, stand_by)
        try:
            async with storage.leads.held(name) as lead:
                waiting.cancel()
                async with speaking():
                    standing.role = "leading"
                    waits = pauses()
                    await lead.lost.wait()
                    standing.role = "starting"
                    log.warning("this process may speak for the bot no longer; another may have begun")
        except Exception as trouble:
            standing.role = "starting"
            pause, accident = next(waits), None if isinstance(trouble, Unavailable) else trouble
            said = "this process cannot speak for the bot now"
            log.error(said, reason=str(trouble), seconds=pause, exc_info=accident)
            await asyncio.sleep(pause)
        finally:
            waiting.cancel()
