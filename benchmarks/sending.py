"""How fast we send: at the free limit through the durable outbox, and flat out against the library's own transport.

`python -m benchmarks.sending [SECONDS]`; the sandbox is a process of its own and answers after 60 ms.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest, HTTPXRequest

from bot.pace import Limits, Pace
from bot.sender import Telegram
from bot.transport import Transport
from jobs.deliver import deliver
from news.chat import Chat
from news.messages.message import Message
from storage import Storage
from tests.sandbox.running import RunningSandbox, running_sandbox

DELAY = 0.06
FLAT_OUT = 3_000
HEADLINE = "<b>1  A headline of the usual length for a story of the day</b>\n"
TEXT = HEADLINE + "<blockquote>• A point.</blockquote>\n" * 12


def now() -> datetime:
    return datetime.now(UTC)


async def readers(sandbox: RunningSandbox, count: int) -> list[int]:
    """Ids of so many people who may be written to."""
    return [(await sandbox.add_user(f"Reader {at}"))["id"] for at in range(count)]


async def at_the_free_limit(folder: Path, seconds: int) -> None:
    """Deliveries from the outbox for some seconds, within Telegram's free limits, which the sandbox enforces."""
    options = ("--limits", "free", "--delay", str(DELAY))
    async with running_sandbox(folder, *options) as sandbox:
        chats = await readers(sandbox, 200)
        storage = await Storage.open(f"sqlite:///{folder / 'news.db'}")
        transport = Transport()
        await transport.initialize()
        try:
            for chat in chats:
                await storage.chats.join(Chat(id=chat, kind="private", joined_at=now()))
            for at in range(32 * seconds):
                await storage.outbox.add(chats[at % len(chats)], Message(html=TEXT), now=now())
            telegram = Telegram(transport, f"{sandbox.base_url}{sandbox.token}", pace=Pace(Limits()))
            sending = asyncio.create_task(deliver(storage, telegram, owner="bench", clock=now, in_flight=4))
            await asyncio.sleep(seconds)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        finally:
            await transport.shutdown()
            await storage.close()
        requests = [one for one in await sandbox.requests() if one["method"].lower() == "sendmessage"]
        answers = Counter(one["status"] for one in requests)
        times = [one["time"] for one in map(json.loads, sandbox.ledger_file.read_text().splitlines())]
        rate = (len(times) - 1) / (times[-1] - times[0])
        print(f"free limit, {seconds} s, outbox on SQLite: {rate:.2f} messages/s of 30; 429s earned: {answers[429]}")


async def flat_out(folder: Path, name: str, request: BaseRequest, in_flight: int) -> float:
    """Messages a second through python-telegram-bot on a transport, without limits or outbox."""
    async with running_sandbox(folder, "--delay", str(DELAY)) as sandbox:
        chats = await readers(sandbox, 50)
        application = (
            ApplicationBuilder()
            .token(sandbox.token)
            .base_url(sandbox.base_url)
            .request(request)
            .get_updates_request(request)
            .updater(None)
            .job_queue(None)
            .build()
        )
        await application.initialize()

        async def one(at: int) -> None:
            await application.bot.send_message(chats[at % len(chats)], TEXT, parse_mode="HTML")

        rate = await _timed(one, in_flight)
        await application.shutdown()
    print(f"flat out, python-telegram-bot on {name}, {in_flight} in flight: {rate:.0f} messages/s")
    return rate


async def ours_flat_out(folder: Path, in_flight: int) -> float:
    """Messages a second as deliveries leave, without limits or outbox."""
    async with running_sandbox(folder, "--delay", str(DELAY)) as sandbox:
        chats = await readers(sandbox, 50)
        transport = Transport(connections=in_flight)
        await transport.initialize()
        telegram = Telegram(transport, f"{sandbox.base_url}{sandbox.token}")

        async def one(at: int) -> None:
            await telegram(chats[at % len(chats)], None, Message(html=TEXT))

        rate = await _timed(one, in_flight)
        await transport.shutdown()
    print(f"flat out, our sender, {in_flight} in flight: {rate:.0f} messages/s")
    return rate


async def _timed(send: Callable[[int], Awaitable[None]], in_flight: int) -> float:
    gate = asyncio.Semaphore(in_flight)

    async def gated(at: int) -> None:
        async with gate:
            await send(at)

    begun = time.perf_counter()
    await asyncio.gather(*(gated(at) for at in range(FLAT_OUT)))
    return FLAT_OUT / (time.perf_counter() - begun)


async def main(seconds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("stock", "own", "ours", "free"):
            (place / name).mkdir()
        stock = await flat_out(place / "stock", "its stock transport", HTTPXRequest(connection_pool_size=32), 32)
        own = await flat_out(place / "own", "our transport", Transport(connections=64), 64)
        ours = await ours_flat_out(place / "ours", 64)
        print(f"against the stock transport: our transport × {own / stock:.1f}, our sender × {ours / stock:.1f}")
        await at_the_free_limit(place / "free", seconds)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
