"""How fast we send from the durable outbox, by the ledger of the sandbox, which is strict about Telegram's limits.

`python -m benchmarks.sending [full | RUN...]`; runs are free, paid-postgresql, paid-sqlite and stock. The sandbox is
a process of its own and answers after 60 ms. `full` holds the free limit for 5 minutes and the paid one for 3.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from telegram.ext import ApplicationBuilder, ExtBot
from telegram.request import HTTPXRequest

from bot.pace import FREE, PAID, Limits, Pace
from bot.sender import Telegram
from bot.transport import Transport
from jobs.deliver import Sender, Turn, deliver, freely
from news.answers import Accepted, Answer
from news.chat import Chat
from news.messages.message import Message
from storage import Storage
from storage.editions import keep_texts
from storage.tables import chats as chats_table
from storage.tables import outbox as outbox_table
from tests import postgres
from tests.sandbox.running import RunningSandbox, running_sandbox

DELAY = 0.06
FIRST = 1_000_000
"""The first chat's id; the sandbox has people of its own before it."""
RUNS = ("free", "paid-postgresql", "paid-sqlite", "stock")
HEADLINE = "<b>1  A headline of the usual length for a story of the day</b>\n"
DIGEST = Message(html=HEADLINE + "<blockquote>• A point, as long as such points are in a digest.</blockquote>\n" * 12)
SLOT = 1_800
"""Sends at the start of a slot, of which 99 in 100 must have begun within a minute."""
FIRST_TAP = 62.0
"""Seconds after which readers begin to tap: the start of the slot is measured alone."""


def now() -> datetime:
    return datetime.now(UTC)


async def fill(storage: Storage, chats: int, deliveries: int) -> None:
    """Deliveries that are all due, written straight into the outbox: chat after chat, and round again."""
    await storage.chats.join(Chat(id=FIRST, kind="private", joined_at=now()))
    async with storage._database.write() as connection:
        one = dict((await connection.execute(chats_table.select())).mappings().one())
        await connection.execute(chats_table.insert(), [one | {"id": FIRST + each} for each in range(1, chats)])
        [text_id] = await keep_texts(connection, [DIGEST])
        row = {"part": 1, "text_id": text_id, "state": "pending", "attempt": 0, "doubt": 0}
        row |= {"is_rerendered": False, "not_before": now(), "created_at": now()}
        for start in range(0, deliveries, 5_000):
            some = range(start, min(start + 5_000, deliveries))
            await connection.execute(outbox_table.insert(), [row | {"chat_id": FIRST + each % chats} for each in some])


@dataclass(frozen=True, slots=True)
class Bench:
    """A sandbox that knows so many people, an outbox with as many deliveries as asked for, and a way between."""

    sandbox: RunningSandbox
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

    async def sent(self, send: Sender, seconds: float, in_flight: int, turn: Turn = freely) -> float:
        """Sends from the outbox for so long; CPU seconds of this process."""
        begun = time.process_time()
        sending = asyncio.create_task(
            deliver(self.storage, send, owner="bench", clock=now, in_flight=in_flight, turn=turn)
        )
        await asyncio.wait([sending], timeout=seconds)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        return time.process_time() - begun


@asynccontextmanager
async def bench(url: str, *options: str, chats: int, deliveries: int, connections: int) -> AsyncIterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        async with running_sandbox(Path(folder), *options, "--delay", str(DELAY)) as sandbox:
            for start in range(0, chats, 50):
                people = range(FIRST + start, FIRST + min(start + 50, chats))
                await asyncio.gather(*(sandbox.add_user("Reader", id=each) for each in people))
            storage = await Storage.open(url.replace("FOLDER", folder))
            transport = Transport(connections=connections)
            await transport.initialize()
            try:
                await fill(storage, chats, deliveries)
                yield Bench(sandbox, storage, transport)
            finally:
                await transport.shutdown()
                await storage.close()


async def at_the_free_limit(seconds: float) -> None:
    """10,000 chats due at once, 100,000 deliveries in all, and people who tap meanwhile."""
    url = "sqlite:///FOLDER/news.db"
    async with bench(url, "--limits", "free", chats=10_000, deliveries=100_000, connections=64) as run:
        telegram = Telegram(run.transport, run.base_url, pace=Pace(FREE))
        waits: list[float] = []
        due_at = time.time()
        tapping = asyncio.create_task(_tap(telegram, waits))
        cpu = await run.sent(telegram, seconds, 4, telegram.turn)
        tapping.cancel()
        await asyncio.gather(tapping, return_exceptions=True)
        times, refused = run.times(), await run.refused("free")
    rate = (len(times) - 1) / (times[-1] - times[0])
    print(
        f"free limit, {times[-1] - times[0]:.0f} s, outbox on SQLite: {rate:.2f} messages/s of 30;"
        f" 429s earned: {refused}; {cpu / len(times) * 1e3:.2f} ms of CPU a message"
    )
    if len(times) > SLOT:
        late = times[SLOT * 99 // 100 - 1] - due_at
        print(f"10,000 chats due at once: of the first {SLOT:,} sends 99 in 100 had begun after {late:.1f} s")
    if waits:
        waits.sort()
        p95 = waits[len(waits) * 95 // 100]
        print(
            f"a tap while 100,000 wait: 95 in 100 of {len(waits)} within {p95 * 1e3:.0f} ms above Telegram's own reply"
        )


async def _tap(telegram: Telegram, waits: list[float]) -> None:
    await asyncio.sleep(FIRST_TAP)
    dice = random.Random(7)
    while True:
        await asyncio.sleep(dice.uniform(0.1, 0.5))
        begun = time.perf_counter()
        answer = await telegram.send(FIRST + dice.randrange(5_000, 10_000), Message(html="What you asked for"))
        if isinstance(answer, Accepted):
            waits.append(time.perf_counter() - begun - DELAY)


async def at_the_paid_limit(name: str, url: str, seconds: float, limits: Limits = PAID, in_flight: int = 128) -> float:
    options = ("--limits", "paid")
    deliveries = int(1000 * seconds) + 2_000
    async with bench(url, *options, chats=4_000, deliveries=deliveries, connections=in_flight + 16) as run:
        telegram = Telegram(run.transport, run.base_url, pace=Pace(limits), is_paid=True)
        cpu = await run.sent(telegram, seconds, in_flight, telegram.turn)
        times, refused = run.times(), await run.refused("paid")
    rate = (len(times) - 1) / (times[-1] - times[0])
    print(
        f"paid limit, {times[-1] - times[0]:.0f} s, outbox on {name}: {rate:.0f} messages/s of 1,000;"
        f" 429s earned: {refused}; {cpu / len(times) * 1e3:.2f} ms of CPU a message"
    )
    return rate


@dataclass(frozen=True, slots=True)
class Stock:
    """python-telegram-bot as it comes."""

    bot: ExtBot[None]

    async def __call__(self, chat_id: int, thread_id: int | None, message: Message) -> Answer:
        sent = await self.bot.send_message(chat_id, message.html, parse_mode="HTML")
        return Accepted(sent.message_id)


async def with_the_stock_transport(name: str, url: str, seconds: float, in_flight: int = 32) -> float:
    """The same outbox, sent through the library's own transport, at its best number in flight."""
    async with bench(url, chats=4_000, deliveries=int(600 * seconds), connections=1) as run:
        request = HTTPXRequest(connection_pool_size=in_flight)
        builder = ApplicationBuilder().token(run.sandbox.token).base_url(run.sandbox.base_url)
        application = builder.request(request).updater(None).job_queue(None).build()
        await application.initialize()
        cpu = await run.sent(Stock(application.bot), seconds, in_flight)
        await application.shutdown()
        times = run.times()
    rate = (len(times) - 1) / (times[-1] - times[0])
    print(
        f"no limit, python-telegram-bot's stock transport, {in_flight} in flight, outbox on {name}:"
        f" {rate:.0f} messages/s; {cpu / len(times) * 1e3:.2f} ms of CPU a message"
    )
    return rate


async def main(runs: list[str], *, is_full: bool) -> None:
    import os; held_free=held_paid=float(os.environ['HELD'])
    sqlite = "sqlite:///FOLDER/news.db"
    rates: dict[str, float] = {}
    if "free" in runs:
        await at_the_free_limit(held_free)
    if "paid-sqlite" in runs:
        rates["SQLite"] = await at_the_paid_limit("SQLite", sqlite, held_paid)
    with ExitStack() as stack:
        if not {"paid-postgresql", "stock"} & set(runs):
            return
        server = stack.enter_context(postgres.running())
        if "paid-postgresql" in runs:
            async with server.database("paid") as url:
                rates["PostgreSQL"] = await at_the_paid_limit("PostgreSQL", url, held_paid)
        if "stock" in runs:
            async with server.database("stock") as url:
                stock = await with_the_stock_transport("PostgreSQL", url, 15)
            if "PostgreSQL" in rates:
                print(f"ours against it, both from the outbox on PostgreSQL: × {rates['PostgreSQL'] / stock:.1f}")


if __name__ == "__main__":
    asked = sys.argv[1:]
    asyncio.run(main([each for each in asked if each in RUNS] or list(RUNS), is_full="full" in asked))
