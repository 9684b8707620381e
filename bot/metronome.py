"""The metronome: it ticks for the jobs, and sends whenever the outbox has something."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from secrets import token_hex

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.desk import Desk
from bot.dispatch import dispatch, tell
from bot.roles import Role
from bot.settings import Settings
from bot.work import Hands, Work, sharing
from news.delivery import Settled, alert_of

Tick = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often the metronome ticks; what is due is decided by rows, never by it."""

    compose: timedelta = timedelta(seconds=15)
    deliver: timedelta = timedelta(seconds=2)
    refresh: timedelta = timedelta(seconds=25)
    """So long a feed that was just followed, or that a hub told of, waits at most. Out of step with compose."""
    polish: timedelta = timedelta(minutes=1)
    tidy: timedelta = timedelta(hours=6)
    hand_out: timedelta = timedelta(seconds=5)
    """In place of compose and refresh where many processes share the jobs."""
    lease: timedelta = timedelta(seconds=30)
    """An errand whose process has not been heard of for so long is begun by another."""


USUAL = Rhythm()


@asynccontextmanager
async def delivering(desk: Desk, settings: Settings, rhythm: Rhythm) -> AsyncIterator[None]:
    """Sends whenever the outbox has something, until the block is left."""
    # Unlike any before it: in a container that restarts, host and process have the same names again.
    owner = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
    ended = await desk.storage.outbox.abandon(owner, desk.clock())
    tell(map(alert_of, ended.parked))
    for parked in ended.parked:
        desk.standing.meter.delivered(Settled(delivery=parked), desk.clock())
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
    try:
        async with _ticking([(_waking(desk.wake), rhythm.deliver)]):
            yield
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


@asynccontextmanager
async def working(hands: Hands, settings: Settings, rhythm: Rhythm, role: Role) -> AsyncIterator[None]:
    """Does the jobs of the role; none overlaps itself, and one that stumbles is tried at its next tick.

    On PostgreSQL what is due is handed out in errands, which every process of a role that has the job runs.
    """
    work = Work(hands, settings)
    ticks: list[tuple[str, Tick, timedelta]] = []
    async with AsyncExitStack() as stack:
        if hands.storage.is_shareable and role.jobs:
            await hands.storage.errands.ready()
            for job in sorted(role.jobs):
                every = {"tidy": rhythm.tidy, "polish": rhythm.polish}.get(job, rhythm.hand_out)
                ticks.append((f"handing out {job}", partial(work.hand_out, job), every))
            await stack.enter_async_context(sharing(hands.storage, work, role, rhythm.lease))
        elif role.jobs:
            ticks = [
                ("compose", work.compose, rhythm.compose),
                ("alert", work.alert, rhythm.compose),
                ("refresh", partial(work.refresh, part="front"), rhythm.refresh),
                ("refresh behind", partial(work.refresh, part="behind"), rhythm.refresh),
                ("polish", work.polish, rhythm.polish),
                ("tidy", work.tidy, rhythm.tidy),
            ]
        surviving = [(partial(work.survive, name, job), every) for name, job, every in ticks]
        await stack.enter_async_context(_ticking(surviving))
        yield


def _waking(wake: asyncio.Event) -> Tick:
    async def waking() -> None:
        wake.set()

    return waking


@asynccontextmanager
async def _ticking(ticks: Sequence[tuple[Tick, timedelta]]) -> AsyncIterator[None]:
    scheduler = AsyncIOScheduler(timezone=UTC)
    under_way: set[asyncio.Task[None]] = set()
    for tick, every in ticks:
        scheduler.add_job(
            _finishing(tick, under_way),
            in_step(every),
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        # What has begun is finished; the library would cut it off in the middle of a transaction.
        scheduler.pause()
        await asyncio.sleep(0)  # what was due this moment begins
        while under_way:
            await asyncio.gather(*under_way, return_exceptions=True)
        scheduler.shutdown(wait=False)


def in_step(every: timedelta) -> BaseTrigger:
    """Ticks so often; on the minute too where a minute holds a whole number of them, as slots are due on the minute."""
    seconds = every.total_seconds()
    if seconds <= 30 and 60 % seconds == 0 and seconds.is_integer():
        return CronTrigger(second=f"*/{seconds:.0f}", timezone=UTC)
    return IntervalTrigger(seconds=seconds, timezone=UTC)


def _finishing(tick: Tick, under_way: set[asyncio.Task[None]]) -> Tick:
    """The tick, but known while it is under way."""

    async def begun() -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        try:
            await tick()
        finally:
            under_way.discard(task)

    return begun
