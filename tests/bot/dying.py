"""A bot that is killed again and again: `python -m tests.bot.dying SANDBOX TOKEN DATABASE DIARY EXPECTED SEED DEATHS`.

Its one handler writes into the diary, another SQLite file. Each life is a process of its own and ends by
SIGKILL a few steps into its dealings with the inbox; after so many deaths one lives until `expected` updates
are done or set aside. The command `/die` kills by itself.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.app import build
from bot.inbox import listening
from bot.transport import Transport
from storage import Storage

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

    def __init__(self, inbox: Any, fuse: Fuse, finished: Callable[[int], None]) -> None:
        self._inbox, self._fuse, self._finished = inbox, fuse, finished

    def __getattr__(self, name: str) -> Any:
        async def step(*given: Any) -> Any:
            self._fuse.burn()
            answer = await getattr(self._inbox, name)(*given)
            if name == "done":
                self._finished(*given)
            self._fuse.burn()
            return answer

        return step


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def live(url: str, token: str, database: str, diary_file: str, expected: int, life: int, fuse: Fuse) -> None:
    diary = sqlite3.connect(diary_file, isolation_level=None)
    diary.execute("INSERT INTO lives VALUES (?)", (life,))
    storage = await Storage.open(database)
    true_inbox = storage.inbox

    def finished(update_id: int) -> None:
        diary.execute("INSERT INTO finished VALUES (?, ?)", (update_id, life))

    storage.inbox = Burning(true_inbox, fuse, finished)  # type: ignore[assignment]
    transport = Transport()
    application = build(token, url, transport)

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
    async with listening(application, storage, transport, f"{url}/bot{token}", clock=lambda: NOW):
        while True:
            done = {row[0] for row in diary.execute("SELECT update_id FROM effects")}
            if len(done.union(each.update_id for each in await true_inbox.set_aside())) >= expected:
                break
            await asyncio.sleep(0.02)
    await application.shutdown()
    await transport.shutdown()
    await storage.close()


def main(url: str, token: str, database: str, diary_file: str, expected: str, seed: str, deaths: str) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    diary = sqlite3.connect(diary_file)
    diary.executescript("PRAGMA journal_mode=WAL;" + DIARY)
    diary.close()
    chance = random.Random(seed)
    for life in range(int(deaths) + 10):
        fuse = Fuse(chance if life < int(deaths) else None)
        # A fork, because most of a short life would be spent on imports.
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(live(url, token, database, diary_file, int(expected), life, fuse))
            finally:
                os._exit(0 if sys.exception() is None else 1)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))
    sys.exit("it never lived to the end")


if __name__ == "__main__":
    main(*sys.argv[1:])
