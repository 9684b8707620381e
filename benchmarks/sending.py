"""How fast we send from the durable outbox, by the ledger of the sandbox, which is strict about Telegram's limits.

`python -m benchmarks.sending [full | SECONDS] [RUN...]`; runs are free, paid-taps, paid-postgresql, paid-sqlite and
stock. The sandbox is a process of its own and answers after 60 ms. PostgreSQL and SQLite write as safely as they do
by themselves. `full` holds the free limit for 5 minutes and the paid one for 3.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass

from telegram.ext import ApplicationBuilder, ExtBot
from telegram.request import HTTPXRequest

from benchmarks.full_outbox import bench
from bot.collector import calm
from bot.pace import FREE, PAID, Limits, Pace
from bot.sender import Telegram
from news.answers import Accepted, Answer
from news.messages.message import Message
from tests import postgres

RUNS = ("free", "paid-taps", "paid-postgresql", "paid-sqlite", "stock")
SAFELY = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}
SLOT = 1_800
"""Sends at the start of a slot, of which 99 in 100 must have begun within a minute."""
STARTED = 3.0
"""Seconds after which the bot is up, as it is when a slot comes."""
FIRST_TAP = 62.0
"""Seconds after which readers begin to tap: the start of the slot is measured alone."""


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
