"""A clock, a Telegram and a site for the jobs' tests; one sandbox for all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sender import Telegram
from bot.transport import Transport
from ingest.workers import Workers
from storage import Storage
from tests.jobs.given import Clock, FakeTelegram
from tests.jobs.site import Site
from tests.sandbox.running import RunningSandbox, running_sandbox


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest_asyncio.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Storage]:
    """A fresh storage on SQLite alone, for what storage has no part in."""
    opened = await Storage.open(sqlite_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="session")
async def workers() -> AsyncIterator[Workers]:
    async with Workers(1) as workers:
        yield workers


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    """A web site on loopback, with nothing on it."""
    async with Site() as site:
        yield site


@pytest_asyncio.fixture(scope="session")
async def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest_asyncio.fixture
async def sandbox(shared_sandbox: RunningSandbox) -> AsyncIterator[RunningSandbox]:
    """The sandbox, without the faults of the test before."""
    yield shared_sandbox
    await shared_sandbox.clear_faults()


@pytest_asyncio.fixture
async def sender(sandbox: RunningSandbox) -> AsyncIterator[Telegram]:
    """The real sender, on the sandbox; it gives up waiting for a reply after half a second."""
    transport = Transport(deadline=0.5)
    await transport.initialize()
    yield Telegram(transport, f"{sandbox.base_url}{sandbox.token}")
    await transport.shutdown()
