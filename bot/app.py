"""The wiring: one process that listens to Telegram, keeps time and sends what is due."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram import BotCommand, Update
from telegram.error import TelegramError
from telegram.ext import Application, BaseUpdateProcessor

from bot.desk import Desk
from bot.finding import finding
from bot.following import following
from bot.household import household, leftovers, mishaps
from bot.onboarding import onboarding
from bot.reading import reading
from bot.seeding import first_run, taxonomy
from bot.sender import Telegram
from bot.settings import Settings
from bot.timing import timing
from bot.transport import Transport
from ingest.door import Door
from ingest.workers import Workers
from jobs.compose import compose
from jobs.deliver import deliver
from jobs.file import Shelves
from jobs.refresh import refresh
from jobs.tidy import tidy
from news.messages import texts
from news.messages.words import Words
from storage import Storage

log = structlog.get_logger()

UPDATES = ["message", "callback_query", "inline_query", "my_chat_member"]
PROBE_SECONDS = 60
"""Between two tries while Telegram does not know the token."""

Bot = Application[Any, Any, Any, Any, Any, Any]


def utc_now() -> datetime:
    """The one clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often the metronome ticks; what is due is decided by rows, never by it."""

    compose: timedelta = timedelta(seconds=15)
    deliver: timedelta = timedelta(seconds=2)
    refresh: timedelta = timedelta(minutes=1)
    tidy: timedelta = timedelta(hours=6)


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    rhythm: Rhythm = Rhythm(),
    door: Door | None = None,
) -> AsyncIterator[Desk]:
    """The whole bot, from the first update it hears until the block is left."""
    assert settings.bot_token is not None
    token = settings.bot_token.get_secret_value()
    async with AsyncExitStack() as stack:
        storage = await Storage.open(settings.database_url)
        stack.push_async_callback(storage.close)
        opened = await stack.enter_async_context(door or Door())
        workers = await stack.enter_async_context(Workers())
        shelves = Shelves(taxonomy())
        await first_run(storage, shelves, settings, now=clock())
        await shelves.remember(storage, clock())
        transport, updates = Transport(), Transport(connections=4)
        application = build(token, settings.telegram_url, transport, updates)
        await application.initialize()
        stack.push_async_callback(application.shutdown)
        desk = Desk(
            storage=storage,
            clock=clock,
            telegram=Telegram(transport, f"{settings.telegram_url}/bot{token}"),
            shelves=shelves,
            door=opened,
            workers=workers,
            topics=dict(await storage.topics.all()),
            bot=application.bot.username,
        )
        listen_to(application, desk)
        await introduce(application)
        stack.push_async_callback(_stopped, application)
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(allowed_updates=UPDATES, timeout=timedelta(seconds=20))
        await stack.enter_async_context(metronome(desk, settings, rhythm))
        log.info("listening", bot=desk.bot)
        yield desk


def build(token: str, telegram_url: str, transport: Transport, updates: Transport) -> Bot:
    """The library's application, with our transport and nothing of its own scheduling or storing."""
    return (
        Application.builder()
        .token(token)
        .base_url(f"{telegram_url}/bot")
        .base_file_url(f"{telegram_url}/file/bot")
        .request(transport)
        .get_updates_request(updates)
        .job_queue(None)
        .concurrent_updates(InOrder())
        .build()
    )


def listen_to(application: Bot, desk: Desk) -> None:
    """Registers every handler; the first that fits answers."""
    for handlers in (onboarding, reading, finding, following, timing, household, leftovers):
        application.add_handlers(list(handlers(desk)))
    mishaps(application, desk)


async def introduce(application: Bot) -> None:
    """Sets the command menu in Telegram; the bot works without."""
    words = Words()
    commands = [BotCommand(name, words.say(text)) for name, text in texts.COMMANDS.items()]
    try:
        await application.bot.set_my_commands(commands)
    except TelegramError as refused:
        log.warning("the command menu was not set", reason=str(refused))


async def _stopped(application: Bot) -> None:
    if application.updater is not None and application.updater.running:
        await application.updater.stop()
    if application.running:
        await application.stop()


class InOrder(BaseUpdateProcessor):
    """Chats are answered at the same moment, each chat in the order it spoke."""

    def __init__(self) -> None:
        super().__init__(256)
        self._waiting: dict[int, list[asyncio.Lock | int]] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None:
            await coroutine
            return
        entry = self._waiting.setdefault(chat.id, [asyncio.Lock(), 0])
        lock, count = entry
        assert isinstance(lock, asyncio.Lock)
        assert isinstance(count, int)
        entry[1] = count + 1
        try:
            async with lock:
                await coroutine
        finally:
            assert isinstance(entry[1], int)
            entry[1] -= 1
            if not entry[1]:
                del self._waiting[chat.id]

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


@asynccontextmanager
async def metronome(desk: Desk, settings: Settings, rhythm: Rhythm) -> AsyncIterator[None]:
    """Ticks for the jobs; none overlaps itself, and one that stumbles is tried at its next tick."""
    storage, clock = desk.storage, desk.clock
    interval = timedelta(minutes=settings.refresh_minutes)

    async def composing() -> None:
        done = await compose(storage, now=clock())
        if done.digests or done.quiet:
            log.info("composed", digests=done.digests, quiet=done.quiet)
            desk.wake.set()

    async def refreshing() -> None:
        done = await refresh(storage, desk.door, desk.workers, desk.shelves, now=clock(), interval=interval)
        if done.answered or done.failing:
            log.info("refreshed", answered=done.answered, failing=done.failing, articles=done.articles)

    async def tidying() -> None:
        await tidy(storage, now=clock(), keep=timedelta(days=settings.keep_days))

    async def nudging() -> None:
        desk.wake.set()

    scheduler = AsyncIOScheduler(timezone=UTC)
    under_way: set[asyncio.Task[None]] = set()
    for job, every in (
        (composing, rhythm.compose),
        (refreshing, rhythm.refresh),
        (tidying, rhythm.tidy),
        (nudging, rhythm.deliver),
    ):
        scheduler.add_job(
            _surviving(job, under_way),
            "interval",
            seconds=every.total_seconds(),
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    sending = asyncio.create_task(_sending(desk, settings))
    scheduler.start()
    try:
        yield
    finally:
        # What has begun is finished; the library would cut it off in the middle of a transaction.
        scheduler.pause()
        await asyncio.gather(*under_way, return_exceptions=True)
        scheduler.shutdown(wait=False)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


Job = Callable[[], Coroutine[Any, Any, None]]


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


async def _sending(desk: Desk, settings: Settings) -> None:
    """Sends what is due whenever woken, as long as the process lives."""
    owner = f"{socket.gethostname()}:{os.getpid()}"
    await desk.storage.outbox.abandon(owner, desk.clock())
    while True:
        await desk.wake.wait()
        desk.wake.clear()
        try:
            done = await deliver(
                desk.storage, desk.telegram, owner=owner, clock=desk.clock, in_flight=settings.in_flight
            )
        except Exception:
            log.exception("sending stumbled")
            continue
        for alert in done.alerts:
            log.error("delivery", alert=alert)
        if done.is_barred:
            log.error("Telegram does not know this token; nothing is sent until it does")
            await asyncio.sleep(PROBE_SECONDS)
        elif done.hold_until:
            await asyncio.sleep(max(0.0, (done.hold_until - desk.clock()).total_seconds()))
