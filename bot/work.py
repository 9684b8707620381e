"""The work of a process: the jobs of its role, alone on SQLite, shared with other processes on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

import structlog

from bot.collector import trim
from bot.hubs import Hubs
from bot.roles import Job, Role
from bot.seeding import first_run, taxonomy
from bot.settings import Settings
from bot.standing import Standing
from ingest.answers import TooHeavy
from ingest.door import Door
from ingest.language import detect as detect_language
from ingest.model import Model
from ingest.workers import Workers
from jobs import compose as composing
from jobs import refresh as refreshing
from jobs.alert import alert
from jobs.file import Shelves
from jobs.hubs import ask_hubs
from jobs.polish import polish
from jobs.precedence import Part
from jobs.round import Rounds
from jobs.tidy import tidy
from jobs.translate import translate
from storage import Storage, Unavailable

if TYPE_CHECKING:
    from storage.errands import Doing

log = structlog.get_logger()

FEEDS_AN_ERRAND, FEEDS_BEHIND, SCHEDULES_AN_ERRAND = 8, 2, 1_000
"""As many feeds as have places, in front and behind; as many schedules as one transaction writes: what there is to
choose from is read once for all of an errand."""
MOST_FEEDS, MOST_SCHEDULES = 4_000, 100_000
"""Handed out at one tick."""
LONGEST = timedelta(minutes=15)
"""An errand that takes so long is broken off, and counts as one that stumbled."""
REST = timedelta(minutes=5)
"""So long a language model that was silent is left alone."""
AT_ONCE, AT_ONCE_BEHIND = 3, 2
"""Errands that are run at the same moment."""
AGAIN = 5.0
"""Seconds between two tries to reach a database that is away."""

SPACING = timedelta(seconds=0.5)
"""Between two requests to one host."""

Ids = Sequence[int]
BEHIND: Final = "refresh behind"
"""The kind of errands with feeds that are heavy or in doubt. They are run apart, so that no other waits for them."""
Kind = Job | Literal["refresh behind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What the jobs of a process work with."""

    storage: Storage
    clock: Callable[[], datetime]
    door: Door
    workers: Workers
    shelves: Shelves
    standing: Standing
    model: Model | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the outbox has something new."""


class Work:
    """Each job in two forms: all that is due, and as many of it as an errand names."""

    def __init__(self, hands: Hands, settings: Settings) -> None:
        self._hands = hands
        self._interval = timedelta(minutes=settings.refresh_minutes)
        self._keep = timedelta(days=settings.keep_days)
        self._asks_a_day = settings.llm_daily
        self._silent_at: datetime | None = None
        """When the language model was silent last."""
        self._hubs = Hubs.of(settings)
        self._rounds = Rounds(hands.storage)

    async def refresh(self, among: Ids | None = None, *, part: Part = "all") -> None:
        hands = self._hands
        done = await refreshing.refresh(
            hands.storage,
            hands.door,
            hands.workers,
            hands.shelves,
            now=hands.clock(),
            interval=self._interval,
            among=among,
            part=part,
        )
        hands.standing.meter.refreshed(done)
        if done.answered or done.failing:
            log.info("refreshed", answered=done.answered, failing=done.failing, articles=done.articles)
        if done.articles:
            trim()
        if self._hubs and part != "behind":
            await ask_hubs(hands.storage, hands.door, self._hubs.address, now=hands.clock(), among=among)
        self._tell(done.accidents)

    async def compose(self, among: Ids | None = None) -> None:
        storage, now = self._hands.storage, self._hands.clock()
        if not self._hands.standing.is_clock_right:
            return
        wake = self._hands.wake.set
        if among is None:
            done = await composing.compose(storage, now=now, wrote=wake)
        else:
            done = await composing.compose_batch(self._rounds, among, now=now, wrote=wake)
        self._hands.standing.meter.composed(done)
        if done.digests or done.quiet:
            log.info("composed", digests=done.digests, quiet=done.quiet)
        self._tell(done.accidents)

    async def alert(self, _: Ids | None = None) -> None:
        if not self._hands.standing.is_clock_right:
            return
        done = await alert(self._hands.storage, now=self._hands.clock(), wrote=self._hands.wake.set)
        if done.digests:
            log.info("alerted", chats=done.digests)
        self._tell(done.accidents)

    async def polish(self, _: Ids | None = None) -> None:
        model, now = self._hands.model, self._hands.clock()
        if model is None or (self._silent_at and abs(now - self._silent_at) < REST):
            return
        # First what a chat asked for. A model that is silent would only be silent again.
        if not (await self._translate(model) and await self._shorten(model)):
            self._silent_at = now

    async def _translate(self, model: Model) -> bool:
        """Whether the model speaks, as far as is known."""
        hands = self._hands

        async def detect(text: str) -> str | None:
            try:
                return await hands.workers.run(detect_language, text)
            except TooHeavy:
                return None

        done = await translate(hands.storage, model, detect, now=hands.clock(), daily=self._asks_a_day)
        if done.silence:
            log.warning("stories stay in their languages", reason=done.silence)
        if done.asked:
            log.info("translated", asked=done.asked, lines=done.lines, doubted=done.doubted)
        return done.silence is None

    async def _shorten(self, model: Model) -> bool:
        """As `_translate`."""
        hands = self._hands
        done = await polish(hands.storage, model, now=hands.clock(), daily=self._asks_a_day)
        if done.silence:
            log.warning("stories stay as they were chosen", reason=done.silence)
        if done.asked:
            log.info("polished", asked=done.asked, improved=done.improved, unsupported=done.unsupported)
        return done.silence is None

    async def tidy(self, _: Ids | None = None) -> None:
        await tidy(self._hands.storage, now=self._hands.clock(), keep=self._keep)

    async def hand_out(self, job: Job) -> None:
        """Makes errands of what is due of a job, for whichever process is free."""
        errands = self._hands.storage.errands
        async with errands.looking(job) as is_alone:
            if is_alone:
                await self._hand_out(job)

    async def _hand_out(self, job: Job) -> None:
        storage, now = self._hands.storage, self._hands.clock()
        errands = storage.errands
        if job == "refresh":
            held = errands.held(job, BEHIND)
            due = await storage.feeds.due_ids(now, MOST_FEEDS, is_behind=False, besides=held)
            await errands.hand_out(job, due, size=FEEDS_AN_ERRAND, unless=BEHIND)
            due = await storage.feeds.due_ids(now, MOST_FEEDS, is_behind=True, besides=held)
            await errands.hand_out(BEHIND, due, size=FEEDS_BEHIND, unless=job)
        elif job == "compose":
            due = await storage.schedules.due_ids(now, MOST_SCHEDULES, besides=errands.held(job))
            kin = await storage.schedules.alike(due) if due else {}  # so that no two processes choose the same stories
            await errands.hand_out(job, list(kin), size=SCHEDULES_AN_ERRAND, kin=kin)
        elif job != "alert" or await storage.alerts.is_waiting(now):
            await errands.hand_out(job, [0], size=1)

    def doing(self, kind: Kind) -> Doing:
        """How errands of a kind are run here."""
        from storage.errands import Doing  # of the postgres extra

        runs: Mapping[Kind, Callable[[Ids], Awaitable[None]]] = {
            "refresh": partial(self.refresh, part="front"),
            BEHIND: partial(self.refresh, part="behind"),
            "compose": self.compose,
            "alert": self.alert,
            "polish": self.polish,
            "tidy": self.tidy,
        }

        async def limited(ids: Ids) -> None:
            async with asyncio.timeout(LONGEST.total_seconds()):
                await runs[kind](ids)

        async def tried(ids: Ids) -> None:
            await self.survive(kind, partial(limited, ids))

        return Doing(run=tried, put_off=partial(self._put_off, kind))

    async def _put_off(self, kind: Kind, ids: Ids) -> None:
        storage, now = self._hands.storage, self._hands.clock()
        log.error("put off: begun several times, it never came to an end", job=kind, ids=list(ids))
        if kind in ("refresh", BEHIND):
            await refreshing.put_off(storage, ids, now=now, interval=self._interval)
        elif kind == "compose":
            await composing.put_off(storage, ids, now=now)

    async def survive(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Does the job; an accident in it is logged and ends nothing."""
        try:
            await job()
        except Unavailable as away:
            self._hands.standing.footing.lost(away)
        except Exception:
            log.exception("a job stumbled", job=name)
        else:
            self._hands.standing.footing.found()

    def _tell(self, accidents: Sequence[Exception]) -> None:
        away = [each for each in accidents if isinstance(each, Unavailable)]
        for accident in accidents:
            if accident not in away:
                log.error("a job stumbled", exc_info=accident)
        if away:
            raise away[0]


@asynccontextmanager
async def sharing(storage: Storage, work: Work, role: Role, lease: timedelta) -> AsyncIterator[None]:
    """Runs errands of the role's jobs until the block is left, and then finishes those begun."""
    stop = asyncio.Event()
    running = asyncio.create_task(_share(storage, work, role, lease, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(running, return_exceptions=True)


async def _share(storage: Storage, work: Work, role: Role, lease: timedelta, stop: asyncio.Event) -> None:
    async def run(kinds: Sequence[Kind], at_once: int) -> None:
        doings: dict[str, Doing] = {kind: work.doing(kind) for kind in kinds}
        while not stop.is_set():
            await work.survive("errands", partial(storage.errands.run, doings, stop, lease=lease, at_once=at_once))
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN):
                    await stop.wait()

    apart = [run([BEHIND], AT_ONCE_BEHIND)] if "refresh" in role.jobs else []
    await asyncio.gather(run(sorted(role.jobs), AT_ONCE), *apart)


@asynccontextmanager
async def equipped(
    storage: Storage,
    settings: Settings,
    role: Role,
    standing: Standing,
    *,
    clock: Callable[[], datetime],
    door: Door | None = None,
) -> AsyncIterator[Hands]:
    """What the jobs of a role are done with, in a database that knows the topics and the starter feeds."""
    async with door or guarded(settings) as opened, Workers() as workers, _model(settings) as model:
        shelves = Shelves(taxonomy())
        await first_run(storage, shelves, settings, now=clock())
        if role.talks or "refresh" in role.jobs:
            await shelves.remember(storage, clock())
        yield Hands(
            storage=storage,
            clock=clock,
            door=opened,
            workers=workers,
            shelves=shelves,
            standing=standing,
            model=model,
        )


def guarded(settings: Settings) -> Door:
    """The door that an operator's settings ask for."""
    return Door(allow=settings.places, spacing=SPACING)


def _model(settings: Settings) -> AbstractAsyncContextManager[Model | None]:
    """The language model, where the operator has one."""
    if not settings.llm_url or not settings.llm_model:
        return nullcontext()
    key = settings.llm_key.get_secret_value() if settings.llm_key else None
    return Model(settings.llm_url, settings.llm_model, key)
