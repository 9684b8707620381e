"""How fast we send from the durable outbox, by the ledger of the sandbox, which is strict about Telegram's limits.

`python -m benchmarks.sending [full | SECONDS] [RUN...]`; runs are free, paid-taps, paid-postgresql, paid-sqlite and
stock. The sandbox is a process of its own and answers after 60 ms. PostgreSQL and SQLite write as safely as they do
by themselves. `full` holds the free limit for 5 minutes and the paid one for 3.
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
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from telegram.ext import ApplicationBuilder, ExtBot
from telegram.request import HTTPXRequest

from bot.app import running
from bot.collector import calm
from bot.desk import Desk
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
from tests.bot.given import settings_for
from tests.sandbox.running import RunningSandbox, running_sandbox

DELAY = 0.06
FIRST = 1_000_000
"""The first chat's id; the sandbox has people of its own before it."""
RUNS = ("free", "paid-taps", "paid-postgresql", "paid-sqlite", "stock")
SAFELY = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}
HEADLINE = "<b>1  A headline of the usual length for a story of the day</b>\n"
DIGEST = Message(html=HEADLINE + "<blockquote>• A point, as long as such points are in a digest.</blockquote>\n" * 12)
SLOT = 1_800
"""Sends at the start of a slot, of which 99 in 100 must have begun within a minute."""
STARTED = 3.0
"""Seconds after which the bot is up, as it is when a slot comes."""
FIRST_TAP = 62.0
"""Seconds after which readers begin to tap: the start of the slot is measured alone."""


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


async def at_the_free_limit(seconds: float) -> None:
    """The whole bot: 10,000 chats due at once, 100,000 deliveries in all, and people who tap meanwhile."""
    url = "sqlite:///FOLDER/news.db"
    options = ("--limits", "free")
    async with bench(url, *options, chats=10_000, deliveries=100_000, connections=64, is_due=False) as run:
        cpu = time.process_time()
        async with run.served(FREE) as desk:
            await asyncio.sleep(STARTED)
            due_at = await run.fall_due()
            desk.wake.set()
            await asyncio.sleep(min(FIRST_TAP, seconds / 2))
            waits = await run.taps(max(seconds - FIRST_TAP, seconds / 2))
        cpu = time.process_time() - cpu
        times, refused = run.times(), await run.refused("free")
        rate, held = run.rate()
    print(
        f"free limit, the whole bot, {held:.0f} s, outbox on SQLite: {rate:.2f} messages/s of 30;"
        f" 429s earned: {refused}; {cpu / len(times) * 1e3:.2f} ms of CPU a message"
    )
    if len(times) > SLOT:
        late = times[SLOT * 99 // 100 - 1] - due_at
        print(
            f"10,000 chats due at once: 99 in 100 of the first {SLOT:,} sends had begun {late:.1f} s"
            " after they were written"
        )
    tell(waits)


async def taps_at_the_paid_limit(seconds: float) -> None:
    """The whole bot with paid broadcasts, 100,000 deliveries to 10,000 chats, and people who tap."""
    url = "sqlite:///FOLDER/news.db"
    async with bench(url, "--limits", "paid", chats=10_000, deliveries=100_000, connections=1) as run:
        async with run.served(PAID):
            await asyncio.sleep(3)
            waits = await run.taps(seconds)
        refused = await run.refused("paid")
        rate, held = run.rate()
    print(f"paid limit, the whole bot, {held:.0f} s, outbox on SQLite: {rate:.0f} messages/s; 429s earned: {refused}")
    tell(waits)


def tell(waits: list[float]) -> None:
    p95 = waits[len(waits) * 95 // 100]
    print(
        f"a tap while 100,000 wait, by way of the inbox and its handler: 95 in 100 of {len(waits)} within"
        f" {p95 * 1e3:.0f} ms above Telegram's own time, the longest {waits[-1] * 1e3:.0f} ms"
    )


async def at_the_paid_limit(name: str, url: str, seconds: float, limits: Limits = PAID, in_flight: int = 128) -> float:
    options = ("--limits", "paid")
    deliveries = int(1000 * seconds) + 2_000
    async with bench(url, *options, chats=4_000, deliveries=deliveries, connections=in_flight + 16) as run:
        telegram = Telegram(run.transport, run.base_url, pace=Pace(limits), is_paid=True)
        cpu = await run.sent(telegram, seconds, in_flight, telegram.turn)
        times, refused = run.times(), await run.refused("paid")
        rate, held = run.rate()
    print(
        f"paid limit, {held:.0f} s, outbox on {name}: {rate:.0f} messages/s of 1,000;"
        f" 429s earned: {refused}; {cpu / len(times) * 1e3:.2f} ms of CPU a message"
    )
    return rate


@dataclass(frozen=True, slots=True)
class Stock:
    """python-telegram-bot as it comes."""

    bot: ExtBot[None]

    async def __call__(self, chat_id: int, thread_id: int | None, message: Message, edits: int | None = None) -> Answer:
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
        times, (rate, _) = run.times(), run.rate()
    print(
        f"no limit, python-telegram-bot's stock transport, {in_flight} in flight, outbox on {name}:"
        f" {rate:.0f} messages/s; {cpu / len(times) * 1e3:.2f} ms of CPU a message"
    )
    return rate


async def main(runs: list[str], *, held: tuple[float, float]) -> None:
    sqlite = "sqlite:///FOLDER/news.db"
    rates: dict[str, float] = {}
    held_free, held_paid = held
    if "free" in runs:
        await at_the_free_limit(held_free)
    if "paid-taps" in runs:
        await taps_at_the_paid_limit(min(held_paid, 60.0))
    if "paid-sqlite" in runs:
        await at_the_paid_limit("SQLite", sqlite, held_paid)
    with ExitStack() as stack:
        if not {"paid-postgresql", "stock"} & set(runs):
            return
        server = stack.enter_context(postgres.running(**SAFELY))
        if "paid-postgresql" in runs:
            async with server.database("paid") as url:
                rates["PostgreSQL"] = await at_the_paid_limit("PostgreSQL", url, held_paid)
        if "stock" in runs:
            async with server.database("stock") as url:
                stock = await with_the_stock_transport("PostgreSQL", url, 15)
            if "PostgreSQL" in rates:
                print(f"ours against it, both from the outbox on PostgreSQL: × {rates['PostgreSQL'] / stock:.1f}")


def _held(asked: list[str]) -> tuple[float, float]:
    """Seconds for which the free limit and the paid one are held."""
    if "full" in asked:
        return 300.0, 180.0
    said = [float(each) for each in asked if each.isdigit()]
    return (said[0], said[0]) if said else (120.0, 30.0)


if __name__ == "__main__":
    calm()
    asked = sys.argv[1:]
    asyncio.run(main([each for each in asked if each in RUNS] or list(RUNS), held=_held(asked)))
