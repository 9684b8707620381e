"""A PostgreSQL that restarts while the bot speaks, and a network that falls silent between the two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.app import running
from bot.desk import Desk
from bot.roles import ROLES
from storage import Storage
from tests import postgres
from tests.bot.given import QUICK, settings_for
from tests.bot.talking import Person, until
from tests.sandbox.running import RunningSandbox
from tests.silence import way_to
from tests.storage.given import HELLO, a_chat

PATIENCE = 2.0
SEND = ROLES["send"]


@pytest.fixture
async def news(postgres_url: str, reader: Person) -> AsyncIterator[Storage]:
    """The database with the reader's chat in it, reached directly."""
    opened = await Storage.open(postgres_url)
    await a_chat(opened, reader.id)
    yield opened
    await opened.close()


async def sent(storage: Storage) -> int:
    return (await storage.outbox.counts())["sent"]


async def role(desk: Desk) -> str:
    return desk.standing.role


def traced(told: Sequence[MutableMapping[str, Any]]) -> list[MutableMapping[str, Any]]:
    return [each for each in told if each.get("exc_info")]


async def test_a_network_that_falls_silent_stops_sending_keeps_nothing_and_is_survived(
    telegram: RunningSandbox, reader: Person, news: Storage, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("engine.ANSWER_TIMEOUT_S", "engine.BUSY_TIMEOUT_S", "leads.PATIENCE", "leads.BEAT"):
        monkeypatch.setattr(f"storage.{limit}", PATIENCE)
    async with way_to(postgres_url) as (way, url):
        with capture_logs() as told:
            async with running(settings_for(telegram, url), role=SEND, rhythm=QUICK) as desk:
                await news.outbox.add(reader.id, HELLO, now=datetime.now(UTC))
                await until(partial(sent, news), 1)
                way.fall_silent()
                await news.outbox.add(reader.id, HELLO, now=datetime.now(UTC))
                await until(partial(role, desk), "starting")
                await asyncio.sleep(PATIENCE)
                counts, seen = await news.outbox.counts(), len(await reader.has_seen("Hello"))
                way.speak_again()
                await until(partial(sent, news), 2)

    assert (counts["pending"], counts["claimed"], counts["sending"], seen) == (1, 0, 0, 1)
    assert len(await reader.has_seen("Hello")) == 2
    assert not traced(told)


async def test_a_database_that_drops_its_connections_while_messages_leave_is_told_of_in_plain_lines(
    telegram: RunningSandbox, reader: Person, news: Storage, postgres_url: str, postgres_server: postgres.Server
) -> None:
    with capture_logs() as told:
        async with running(settings_for(telegram, postgres_url), role=SEND, rhythm=QUICK) as desk:
            await until(partial(role, desk), "leading")
            for _ in range(3):
                for _ in range(5):
                    await news.outbox.add(reader.id, HELLO, now=datetime.now(UTC))
                desk.wake.set()
                await reader.write("/topics")
                await postgres_server.disconnect_everybody()
                await until(partial(role, desk), "leading")
            await until(partial(sent, news), 15)

    assert [each for each in told if each["event"].startswith("this process may speak")]
    assert not traced(told)
