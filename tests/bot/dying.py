"""A bot that is killed again and again: `python -m tests.bot.dying '{"url": …}'`, the fields of `Plan` as JSON.

Its one handler writes into the diary, another SQLite file. Each life is a process of its own and ends by
SIGKILL a few steps into its dealings with the inbox; after so many deaths one lives until `expected` updates
are done or set aside. The command `/die` kills by itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.app import build
from bot.inbox import Library, handling
from bot.polling import Line, polling
from bot.standing import Standing
from bot.transport import Transport
from bot.web import serving
from bot.webhook import Webhook, hooked
from storage import Storage

ROOT = Path(__file__).parents[2]
DIARY = """
CREATE TABLE IF NOT EXISTS runs (update_id INTEGER, life INTEGER);
CREATE TABLE IF NOT EXISTS effects (update_id INTEGER UNIQUE, chat_id INTEGER, text TEXT);
CREATE TABLE IF NOT EXISTS finished (update_id INTEGER, life INTEGER);
CREATE TABLE IF NOT EXISTS lives (life INTEGER);
"""
DYING = 0.1
"""Seconds that `/die` takes, in which others begin; `/linger` takes twice as long."""
FEWEST_STEPS, MOST_STEPS = 10, 50
NOW = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)


class Fuse:
    """Counts steps, and at the last one kills the process within three milliseconds: also amid a transaction."""

    def __init__(self, chance: random.Random | None) -> None:
        self._steps = chance.randint(FEWEST_STEPS, MOST_STEPS) if chance else -1
        self._delay = chance.uniform(0, 0.003) if chance else 0.0

    def burn(self) -> None:
        self._steps -= 1
        if self._steps == 0:
            threading.Timer(self._delay, die).start()


class Burning:
    """The inbox, each call of which is a step of the fuse before and after it."""

    def __init__(self, inbox: Any, fuse: Fuse, finished: Callable[[Iterable[int]], None]) -> None:
        self._inbox, self._fuse, self._finished = inbox, fuse, finished

    def __getattr__(self, name: str) -> Any:
        async def step(*given: Any, **more: Any) -> Any:
            self._fuse.burn()
            answer = await getattr(self._inbox, name)(*given, **more)
            if name == "turn":
                self._finished(more.get("done", ()))
            self._fuse.burn()
            return answer

        return step


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be lived through."""

    url: str
    """The sandbox's."""
    token: str
    database: str
    diary: str
    expected: int
    """Updates to be done or set aside in the end."""
    seed: str
    deaths: int
    port: int | None = None
    """Where to be brought updates; None to fetch them."""


async def live(plan: Plan, life: int, fuse: Fuse) -> None:
    diary = sqlite3.connect(plan.diary, isolation_level=None)
    diary.execute("INSERT INTO lives VALUES (?)", (life,))
    storage = await Storage.open(plan.database)
    true_inbox = storage.inbox

    def finished(update_ids: Iterable[int]) -> None:
        diary.executemany("INSERT INTO finished VALUES (?, ?)", [(each, life) for each in update_ids])

    storage.inbox = Burning(true_inbox, fuse, finished)  # type: ignore[assignment]
    transport = Transport()
    application = build(plan.token, plan.url, transport)

    async def handle(update: Update, _: Any) -> None:
        message = update.effective_message
        assert message is not None
        diary.execute("INSERT INTO runs VALUES (?, ?)", (update.update_id, life))
        if message.text == "/die":
            await asyncio.sleep(DYING)
            die()
        await asyncio.sleep(2 * DYING if message.text == "/linger" else 0)
        effect = update.update_id, message.chat.id, message.text
        diary.execute("INSERT OR IGNORE INTO effects VALUES (?, ?, ?)", effect)
        fuse.burn()

    application.add_handler(MessageHandler(filters.ALL, handle))
    await application.initialize()
    async with listening(plan, application, storage, transport):
        while True:
            done = {row[0] for row in diary.execute("SELECT update_id FROM effects")}
            if len(done.union(each.update_id for each in await true_inbox.set_aside())) >= plan.expected:
                break
            await asyncio.sleep(0.02)
    await application.shutdown()
    await transport.shutdown()
    await storage.close()


@asynccontextmanager
async def listening(plan: Plan, application: Library, storage: Storage, transport: Transport) -> AsyncIterator[None]:
    """As the bot does, in either mode, once the lead is its own."""
    standing, heard = Standing(clock), asyncio.Event()
    async with AsyncExitStack() as stack:
        if plan.port:
            webhook = Webhook(f"http://127.0.0.1:{plan.port}/hook", "a-secret-of-the-tests")
            where = "127.0.0.1", plan.port
            await stack.enter_async_context(
                serving(*where, storage, standing, webhook=webhook, heard=heard, clock=clock)
            )
        await stack.enter_async_context(storage.leads.held("bot"))
        await stack.enter_async_context(handling(application, storage, heard=heard, look_every=0.1))
        if plan.port:
            await stack.enter_async_context(hooked(application, webhook, standing))
        else:
            line = Line(transport, f"{plan.url}/bot{plan.token}")
            await stack.enter_async_context(polling(storage, line, standing, heard=heard, clock=clock))
        yield


def clock() -> datetime:
    return NOW


def main(plan: Plan) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    diary = sqlite3.connect(plan.diary)
    diary.executescript("PRAGMA journal_mode=WAL;" + DIARY)
    diary.close()
    chance = random.Random(plan.seed)
    for life in range(plan.deaths + 10):
        fuse = Fuse(chance if life < plan.deaths else None)
        # A fork, because most of a short life would be spent on imports.
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(live(plan, life, fuse))
            finally:
                os._exit(0 if sys.exception() is None else 1)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))
    sys.exit("it never lived to the end")


@dataclass(frozen=True, slots=True)
class Diary:
    """What such a bot wrote."""

    deaths: int
    runs: list[tuple[int, int]]
    effects: list[tuple[int, int, str]]
    finished: list[tuple[int, int]]


async def died(plan: Plan, *, within: float = 110.0) -> Diary:
    """Lets it live and die until it has dealt with all that is expected."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.dying", json.dumps(asdict(plan)), cwd=ROOT, start_new_session=True
    )
    try:
        assert await asyncio.wait_for(process.wait(), within) == 0
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    with sqlite3.connect(plan.diary) as written:
        tables = [
            written.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall()
            for name in ("lives", "runs", "effects", "finished")
        ]
    written.close()
    return Diary(len(tables[0]) - 1, *tables[1:])


def a_free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


if __name__ == "__main__":
    main(Plan(**json.loads(sys.argv[1])))
