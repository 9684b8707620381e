"""The metronome: it ticks for the jobs, and sends whenever the outbox has something."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.desk import Desk
from bot.dispatch import dispatch
from bot.settings import Settings
from jobs.compose import compose
from jobs.refresh import refresh
from jobs.tidy import tidy

log = structlog.get_logger()

Job = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often the metronome ticks; what is due is decided by rows, never by it."""

    compose: timedelta = timedelta(seconds=15)
    deliver: timedelta = timedelta(seconds=2)
    refresh: timedelta = timedelta(minutes=1)
    tidy: timedelta = timedelta(hours=6)


USUAL = Rhythm()


@asynccontextmanager
async def metronome(desk: Desk, settings: Settings, rhythm: Rhythm) -> AsyncIterator[None]:
    """Ticks for the jobs; none overlaps itself, and one that stumbles is tried at its next tick."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    under_way: set[asyncio.Task[None]] = set()
    for job, every in _jobs(desk, settings, rhythm):
        scheduler.add_job(
            _surviving(job, under_way),
            "interval",
            seconds=every.total_seconds(),
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    # Unlike any before it: in a container that restarts, host and process have the same names again.
    owner = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
    await desk.storage.outbox.abandon(owner, desk.clock())
    sending = asyncio.create_task(
        dispatch(
            desk.storage,
            desk.telegram,
            desk.wake,
            owner=owner,
            standing=desk.standing,
            clock=desk.clock,
            in_flight=settings.most_in_flight,
        )
    )
    scheduler.start()
    try:
        yield
    finally:
        # What has begun is finished; the library would cut it off in the middle of a transaction.
        scheduler.pause()
        sending.cancel()
        await asyncio.gather(sending, *under_way, return_exceptions=True)
        scheduler.shutdown(wait=False)


def _jobs(desk: Desk, settings: Settings, rhythm: Rhythm) -> list[tuple[Job, timedelta]]:
    storage, clock = desk.storage, desk.clock
    interval = timedelta(minutes=settings.refresh_minutes)

    async def composing() -> None:
        if not desk.standing.is_clock_right:
            return
        done = await compose(storage, now=clock())
        _tell(done.accidents)
        if done.digests or done.quiet:
            log.info("composed", digests=done.digests, quiet=done.quiet)
            desk.wake.set()

    async def refreshing() -> None:
        done = await refresh(storage, desk.door, desk.workers, desk.shelves, now=clock(), interval=interval)
        if done.answered or done.failing:
            log.info("refreshed", answered=done.answered, failing=done.failing, articles=done.articles)
        _tell(done.accidents)

    async def tidying() -> None:
        await tidy(storage, now=clock(), keep=timedelta(days=settings.keep_days))

    async def nudging() -> None:
        desk.wake.set()

    return [
        (composing, rhythm.compose),
        (refreshing, rhythm.refresh),
        (tidying, rhythm.tidy),
        (nudging, rhythm.deliver),
    ]


def _surviving(job: Job, under_way: set[asyncio.Task[None]]) -> Job:
    """The job, but an accident in it is logged and ends nothing."""

    async def tried() -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        try:
            await job()
        except Exception:
            log.exception("a job stumbled", job=job.__name__)
        finally:
            under_way.discard(task)

    return tried


def _tell(accidents: Sequence[Exception]) -> None:
    for accident in accidents:
        log.error("a job stumbled", exc_info=accident)
