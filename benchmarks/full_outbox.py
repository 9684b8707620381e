"""An outbox with as many deliveries as asked for, a sandbox that knows their chats, and the ways between."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bot.app import running
from bot.desk import Desk
from bot.pace import PAID, Limits
from bot.transport import Transport
from jobs.deliver import Sender, Turn, deliver, freely
from news.chat import Chat
from news.messages.message import Message
from storage import Storage
from storage.editions import keep_texts
from storage.tables import chats as chats_table
from storage.tables import outbox as outbox_table
from tests.bot.given import settings_for
from tests.sandbox.running import RunningSandbox, running_sandbox

DELAY = 0.06
FIRST = 1_000_000
"""The first chat's id; the sandbox has people of its own before it."""
HEADLINE = "<b>1  A headline of the usual length for a story of the day</b>\n"
DIGEST = Message(html=HEADLINE + "<blockquote>• A point, as long as such points are in a digest.</blockquote>\n" * 12)


def now() -> datetime:
    return datetime.now(UTC)


async def fill(storage: Storage, chats: int, deliveries: int, due_at: datetime) -> None:
    """Deliveries due then, written straight into the outbox: chat after chat, and round again."""
    await storage.chats.join(Chat(id=FIRST, kind="private", joined_at=now()))
    async with storage._database.write() as connection:
        one = dict((await connection.execute(chats_table.select())).mappings().one())
        await connection.execute(chats_table.insert(), [one | {"id": FIRST + each} for each in range(1, chats)])
        [text_id] = await keep_texts(connection, [DIGEST])
        row = {"part": 1, "text_id": text_id, "state": "pending", "attempt": 0, "doubt": 0}
        row |= {"is_rerendered": False, "not_before": due_at, "created_at": now()}
        for start in range(0, deliveries, 5_000):
            some = range(start, min(start + 5_000, deliveries))
            await connection.execute(outbox_table.insert(), [row | {"chat_id": FIRST + each % chats} for each in some])
        await connection.execute(text("ANALYZE"))  # what a server does by itself within a minute


@dataclass(frozen=True, slots=True)
class Bench:
    """A sandbox that knows so many people, an outbox with as many deliveries as asked for, and a way between."""

    sandbox: RunningSandbox
    url: str
    storage: Storage
    transport: Transport

    @property
    def base_url(self) -> str:
        return f"{self.sandbox.base_url}{self.sandbox.token}"

    def times(self) -> list[float]:
        """When each message was accepted, by the ledger."""
        with self.sandbox.ledger_file.open(encoding="utf-8") as lines:
            return [float(line[len('{"time": ') : line.index(",")]) for line in lines]

    async def refused(self, mode: str) -> int:
        """How many requests the sandbox refused for haste."""
        return int((await self.sandbox.limits(mode))["refused"])

    def rate(self) -> tuple[float, float]:
        """Messages a second from the first that was accepted to the last, and how many seconds that was."""
        times = self.times()
        return (len(times) - 1) / (times[-1] - times[0]), times[-1] - times[0]

    async def sent(self, send: Sender, seconds: float, in_flight: int, turn: Turn = freely) -> float:
        """Sends from the outbox for so long; CPU seconds of this process."""
        begun = time.process_time()
        sending = asyncio.create_task(self._rounds(send, in_flight, turn))
        done, _ = await asyncio.wait([sending], timeout=seconds)
        if done:
            raise RuntimeError("there was too little to send") from sending.exception()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        return time.process_time() - begun

    async def _rounds(self, send: Sender, in_flight: int, turn: Turn) -> None:
        """One round after the other, as the dispatch does; a silence that was asked for counts as time like any."""
        while True:
            done = await deliver(self.storage, send, owner="bench", clock=now, in_flight=in_flight, turn=turn)
            for accident in done.accidents:
                raise accident
            if done.hold_until:
                await asyncio.sleep((done.hold_until - now()).total_seconds())
            elif not done.states:
                return

    @asynccontextmanager
    async def served(self, limits: Limits) -> AsyncIterator[Desk]:
        """The whole bot serves these chats, as `./run serve` does."""
        settings = settings_for(self.sandbox, self.url, paid_broadcasts=limits == PAID)
        async with running(settings, clock=now, limits=limits) as desk:
            yield desk

    async def fall_due(self) -> float:
        """Has everything due from now on; when that was."""
        async with self.storage._database.write() as connection:
            await connection.execute(outbox_table.update().values(not_before=now()))
        return time.time()

    async def taps(self, seconds: float) -> list[float]:
        """Readers who ask for help now and then, for so long: seconds to each reply beyond Telegram's own, sorted."""
        dice, asked = random.Random(7), dict[int, float]()
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            await asyncio.sleep(dice.uniform(0.1, 0.5))
            reader = FIRST + dice.randrange(500, 1_000)
            if reader not in asked:
                asked[reader] = time.time()
                await self.sandbox.say(reader, reader, "/help")
        await asyncio.sleep(5)
        replies = {
            each["chat_id"]: each["time"]
            for each in await self.sandbox.ledger()
            if each["chat_id"] in asked and "A point, as long" not in each["text"]
        }
        if len(replies) < len(asked):
            raise RuntimeError(f"{len(asked) - len(replies)} of {len(asked)} taps were not answered")
        return sorted(replies[reader] - at - DELAY for reader, at in asked.items())


@asynccontextmanager
async def bench(
    url: str, *options: str, chats: int, deliveries: int, connections: int, is_due: bool = True
) -> AsyncIterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        async with running_sandbox(Path(folder), *options, "--delay", str(DELAY)) as sandbox:
            for start in range(0, chats, 50):
                people = range(FIRST + start, FIRST + min(start + 50, chats))
                await asyncio.gather(*(sandbox.add_user("Reader", id=each) for each in people))
            url = url.replace("FOLDER", folder)
            storage = await Storage.open(url)
            transport = Transport(connections=connections)
            await transport.initialize()
            try:
                await fill(storage, chats, deliveries, now() if is_due else now() + timedelta(days=1))
                yield Bench(sandbox, url, storage, transport)
            finally:
                await transport.shutdown()
                await storage.close()
