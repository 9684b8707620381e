"""The wiring: one process that listens to Telegram, keeps time and sends what is due."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import structlog
from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from bot.desk import Desk
from bot.finding import finding
from bot.following import following
from bot.hearing import hearing
from bot.household import household, leftovers, mishaps
from bot.inbox import Library, listening
from bot.metronome import USUAL, Rhythm, delivering, working
from bot.onboarding import onboarding
from bot.pace import Limits, Pace
from bot.reading import reading
from bot.roles import ALL, Role
from bot.seeding import first_run, taxonomy
from bot.sender import Telegram
from bot.settings import Settings
from bot.timing import timing
from bot.transport import Transport
from bot.work import Hands, equipped
from ingest.door import Door
from ingest.workers import Workers
from jobs.file import Shelves
from news.messages import texts
from news.messages.words import Words
from storage import Storage

log = structlog.get_logger()

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 60.0
"""Seconds between two tries to reach Telegram at the start, doubled each time."""


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
    """The whole bot, from the first update it hears until the block is left.

    `limits` are Telegram's own; None where it is our sandbox, which has none unless told.

    Waits for Telegram as long as it cannot be reached. Raises UnknownToken, and what `Storage.open` raises.
    """
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
        transport = Transport()
        stack.push_async_callback(transport.shutdown)
        application = build(token, settings.telegram_url, transport)
        stack.push_async_callback(application.shutdown)
        await reach(application)
        desk = Desk(
            storage=storage,
            clock=clock,
            telegram=Telegram(transport, f"{settings.telegram_url}/bot{token}", pace=Pace(limits) if limits else None),
            shelves=shelves,
            door=opened,
            workers=workers,
            topics=dict(await storage.topics.all()),
            bot=application.bot.username,
        )
        register(application, desk)
        await introduce(application)
        address = desk.telegram.base_url
        await stack.enter_async_context(listening(application, storage, transport, address, clock=clock))
        await stack.enter_async_context(delivering(desk, settings, rhythm))
        await stack.enter_async_context(working(Hands.of(desk), settings, rhythm, role))
        log.info("listening", bot=desk.bot, role=role.name, does=role.does)
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
    """A process that shares the jobs of its role, and knows nothing of Telegram, until the block is left.

    Raises what `Storage.open` raises.
    """
    async with equipped(settings, role, clock=clock, door=door) as hands, working(hands, settings, rhythm, role):
        log.info("helping", role=role.name, does=role.does)
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


def register(application: Library, desk: Desk) -> None:
    """Registers every handler; the first that fits answers."""
    for handlers in (onboarding, reading, finding, following, timing, household, hearing, leftovers):
        application.add_handlers(list(handlers(desk)))
    mishaps(application, desk)


async def introduce(application: Library) -> None:
    """Sets the command menu in Telegram, and lets updates be fetched; the bot works without the menu."""
    words = Words()
    commands = [BotCommand(name, words.say(text)) for name, text in texts.COMMANDS.items()]
    try:
        await application.bot.delete_webhook()
        await application.bot.set_my_commands(commands)
    except TelegramError as refused:
        log.warning("the command menu was not set", reason=str(refused))
