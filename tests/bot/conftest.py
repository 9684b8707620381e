"""The bot as its users meet it: the real application, polling a real sandbox over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.app import running
from bot.desk import Desk
from bot.settings import Settings
from ingest.door import Door
from tests.bot.given import QUICK, Founding, Group, Joining, settings_for
from tests.bot.talking import Clock, Person
from tests.bot.web import Web, serving
from tests.sandbox import shapes
from tests.sandbox.running import RunningSandbox, running_sandbox


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Without the pictures of every frame, which take seconds to draw."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.LogfmtRenderer()])


@pytest.fixture(scope="module")
async def shared_telegram(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
async def telegram(shared_telegram: RunningSandbox) -> AsyncIterator[RunningSandbox]:
    """The module's sandbox; after the test every request of the bot must be as Telegram documents it."""
    before = len(await shared_telegram.requests())
    yield shared_telegram
    await shared_telegram.clear_faults()
    if shapes.SCHEMA.exists():
        asked = (await shared_telegram.requests())[before:]
        assert asked, "the bot asked for nothing"
        wrong = [w for each in asked for w in shapes.violations(each["method"], each["params"], shapes.schema())]
        assert not wrong, wrong


@pytest.fixture
def settings(telegram: RunningSandbox, sqlite_url: str) -> Settings:
    return settings_for(telegram, sqlite_url)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    """A web site on this machine, with feeds and pages."""
    async with serving() as site:
        yield site


@pytest.fixture
async def desk(settings: Settings, clock: Clock, web: Web) -> AsyncIterator[Desk]:
    """The bot, running on an empty database."""
    door = Door(allow=[("127.0.0.1", web.port)])
    async with running(settings, clock=clock, rhythm=QUICK, door=door) as desk:
        yield desk


@pytest.fixture
def joins(telegram: RunningSandbox) -> Joining:
    """Somebody new who opens a chat with the bot."""

    async def joins(name: str = "Reader", language: str = "en") -> Person:
        user = await telegram.add_user(name, language_code=language)
        return Person(telegram, user["id"], user["id"])

    return joins


@pytest.fixture
def founds(telegram: RunningSandbox, joins: Joining) -> Founding:
    """A new group with the bot in it."""

    async def founds(kind: str = "supergroup", **more: Any) -> Group:
        chat = await telegram.add_chat(kind, "Family", **more)
        admin, member = await joins("Admin"), await joins("Member")
        await telegram.set_member(chat["id"], admin.id, "creator")
        await telegram.set_member(chat["id"], member.id, "member")
        await telegram.set_member(chat["id"], int(telegram.token.split(":")[0]), "member", by=admin.id)
        group = Group(chat["id"], admin.among(chat["id"]), member.among(chat["id"]))
        await group.admin.sees("What interests you?")
        return group

    return founds


@pytest.fixture
async def reader(joins: Joining) -> Person:
    return await joins()


@pytest.fixture
def here(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and an empty database."""
    for name in ("BOT_TOKEN", "TELEGRAM_URL", "IN_FLIGHT", "KEEP_DAYS", "SEEDS", "LOG_LEVEL", "LOG_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.chdir(tmp_path)
    return tmp_path
