"""The wiring: one process that listens to Telegram, keeps time and sends what is due."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from bot.alerting import alerting
from bot.asking import asking
from bot.channels import channels
from bot.desk import Desk
from bot.exchanging import exchanging
from bot.exporting import exporting
from bot.finding import finding
from bot.following import following
from bot.forgetting import forgetting
from bot.glance import Glance
from bot.hearing import hearing
from bot.household import explaining, household, leftovers, mishaps
from bot.hubs import Hubs
from bot.inbox import Library, handling
from bot.introducing import introducing
from bot.leading import leading
from bot.managing import ManagingDesk, managed
from bot.metronome import USUAL, Rhythm, delivering, working
from bot.onboarding import onboarding
from bot.operator import Operator
from bot.pace import Limits, Pace
from bot.pausing import pausing
from bot.placing import placing
from bot.polling import Line, polling
from bot.printing import printing
from bot.reading import reading
from bot.rehearsing import rehearsing
from bot.roles import ALL, Role
from bot.sender import Telegram
from bot.settings import Settings
from bot.standing import Standing
from bot.timing import timing
from bot.transport import Transport
from bot.watching import watching
from bot.web import serving
from bot.webhook import Webhook, hooked
from bot.weighing import weighing
from bot.work import equipped
from ingest.door import Door
from storage import Storage

log = structlog.get_logger()

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 60.0
"""Seconds between two tries to reach Telegram at the start, doubled each time."""
CONNECTIONS_FOR_TAPS = 60
"""To Telegram, beside those of deliveries."""
LOOK_OFTEN, LOOK_SELDOM = 0.1, 3.0
"""Seconds between two looks for updates that other processes put into the inbox: a webhook's, or put back by hand."""


class UnknownToken(Exception):
    """Telegram does not know this BOT_TOKEN. Look for it with @BotFather, and set it again."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def utc_now() -> datetime:
    """The one clock."""
    return datetime.now(UTC)


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    role: Role = ALL,
    clock: Callable[[], datetime] = utc_now,
    rhythm: Rhythm = USUAL,
    door: Door | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[Desk]:
    """A bot that talks, from the first update it hears until the block is left.

    `limits` are Telegram's own; None where it is our sandbox, which has none unless told.

    Waits for Telegram as long as it cannot be reached. Raises UnknownToken, NotServed,
    and what `Storage.open` raises.
    """
    async with AsyncExitStack() as stack:
        storage, standing, heard = await _opened(stack, settings, clock)
        hands = await stack.enter_async_context(equipped(storage, settings, role, standing, clock=clock, door=door))
        connections = settings.most_in_flight + CONNECTIONS_FOR_TAPS
        transport = Transport(connections=connections, see_date=standing.see_date)
        stack.push_async_callback(transport.shutdown)
        application = build(settings.token, settings.telegram_url, transport)
        stack.push_async_callback(application.shutdown)
        await reach(application)
        address, pace = f"{settings.telegram_url}/bot{settings.token}", Pace(limits) if limits else None
        desk = Desk(
            storage=storage,
            clock=clock,
            telegram=Telegram(
                transport,
                address,
                pace=pace,
                is_paid=settings.paid_broadcasts,
                bot=application.bot.username,
                heard=standing.meter.answered,
            ),
            shelves=hands.shelves,
            door=hands.door,
            workers=hands.workers,
            topics=dict(await storage.topics.all()),
            bot=application.bot.username,
            standing=standing,
            translates=settings.llm_url is not None,
            keep=timedelta(days=settings.keep_days),
            wake=hands.wake,
        )
        register(application, desk, ManagingDesk.like(desk))
        jobs = partial(working, hands, settings, rhythm, role)
        # On SQLite the process that leads does everything; on PostgreSQL the jobs are shared with those that stand by.
        its_jobs = nullcontext if storage.is_shareable else jobs
        speaking = partial(_speaking, application, desk, settings, rhythm, its_jobs, heard)
        await stack.enter_async_context(leading(storage, standing, f"bot-{application.bot.id}", speaking))
        if storage.is_shareable:
            await stack.enter_async_context(jobs())
        yield desk


@asynccontextmanager
async def helping(
    settings: Settings,
    role: Role,
    *,
    clock: Callable[[], datetime] = utc_now,
    rhythm: Rhythm = USUAL,
    door: Door | None = None,
) -> AsyncIterator[None]:
    """A process that says nothing to Telegram, until the block is left: it shares jobs, or takes in updates.

    Raises NotServed, and what `Storage.open` raises.
    """
    async with AsyncExitStack() as stack:
        storage, standing, _ = await _opened(stack, settings, clock)
        if role.jobs:
            hands = await stack.enter_async_context(equipped(storage, settings, role, standing, clock=clock, door=door))
            await stack.enter_async_context(working(hands, settings, rhythm, role))
        standing.role = "helping"
        log.info("helping", role=role.name, does=role.does)
        yield


async def _opened(
    stack: AsyncExitStack, settings: Settings, clock: Callable[[], datetime]
) -> tuple[Storage, Standing, asyncio.Event]:
    """The storage and the web server, where one is wanted; the event is set when the webhook took something in."""
    storage = await Storage.open(settings.database_url)
    stack.push_async_callback(storage.close)
    standing, heard = Standing(utc_now), asyncio.Event()
    if settings.web_port is not None:
        where, glance = (settings.web_host, settings.web_port), Glance(storage, clock)
        served = serving(
            *where,
            storage,
            standing,
            webhook=_webhook(settings),
            hubs=Hubs.of(settings),
            heard=heard,
            glance=glance if settings.metrics else None,
            operator=Operator.of(settings, glance),
            clock=clock,
        )
        await stack.enter_async_context(served)
    return storage, standing, heard


def _webhook(settings: Settings) -> Webhook | None:
    known = settings.bot_token or settings.webhook_secret
    return Webhook(settings.webhook_url, settings.webhook_word) if settings.webhook_url and known else None


@asynccontextmanager
async def _speaking(
    application: Library,
    desk: Desk,
    settings: Settings,
    rhythm: Rhythm,
    jobs: Callable[[], AbstractAsyncContextManager[None]],
    heard: asyncio.Event,
) -> AsyncIterator[None]:
    """What the process that leads does, and no other: it sends, handles updates, and hears Telegram."""
    webhook = _webhook(settings)
    look_every = LOOK_OFTEN if webhook else LOOK_SELDOM
    if webhook:
        hears = hooked(application, webhook, desk.standing)
    else:
        line = Line(desk.telegram.transport, desk.telegram.base_url)
        hears = polling(desk.storage, line, desk.standing, heard=heard, clock=desk.clock)
    async with (
        delivering(desk, settings, rhythm),
        jobs(),
        introducing(application.bot, desk.storage),
        handling(application, desk.storage, heard=heard, look_every=look_every, meter=desk.standing.meter),
        hears,
    ):
        log.info("listening", bot=desk.bot)
        yield


def build(token: str, telegram_url: str, transport: Transport) -> Library:
    """The library's application, with our transport and nothing of its own fetching, scheduling or storing."""
    return (
        Application.builder()
        .token(token)
        .base_url(f"{telegram_url}/bot")
        .base_file_url(f"{telegram_url}/file/bot")
        .request(transport)
        .get_updates_request(transport)
        .updater(None)
        .job_queue(None)
        .build()
    )


async def reach(application: Library) -> None:
    """Asks Telegram who we are, again and again until it answers. Raises UnknownToken."""
    pause = FIRST_PAUSE
    while True:
        try:
            await application.initialize()
        except InvalidToken:
            raise UnknownToken from None
        except TelegramError as trouble:
            log.warning("Telegram cannot be reached yet", reason=str(trouble), seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return


def register(application: Library, desk: Desk, managing: ManagingDesk) -> None:
    """Registers every handler; the first that fits answers."""
    application.add_handlers(list(channels(managing)))
    for handlers in (reading, printing, weighing, finding, explaining):
        application.add_handlers(list(handlers(desk)))
    application.add_handlers(list(managed(asking(managing), managing)))
    for handlers in (
        onboarding,
        following,
        rehearsing,
        alerting,
        watching,
        exchanging,
        exporting,
        timing,
        placing,
        pausing,
        forgetting,
        household,
    ):
        application.add_handlers(list(managed(handlers(managing), managing)))
    for handlers in (hearing, leftovers):
        application.add_handlers(list(handlers(desk)))
    mishaps(application, desk)
