"""T7 to T9: what people do reaches the bot once, and nothing that comes with it stops the bot."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from benchmarks.reliability_telegram.campaign import Outcome, outcome
from benchmarks.reliability_telegram.stage import eventually, reader_in, sandboxed, serving, settled, stored
from tests.bot.talking import Clock, Person, buttons, words
from tests.sandbox.running import RunningSandbox

ROOT = Path(__file__).parents[2]
COMMANDS_A_DEATH = 25
ROUND = 40
"""Presses while the database is stalled once."""


async def presses(seed: int, size: int, database_url: str) -> Outcome:
    """`size` presses, a fifth of them handed on twice, while the database stalls up to `size` / 50 s and we restart."""
    chance, problems, clock = random.Random(seed), list[str](), Clock()
    longest = min(20.0, size / 50)
    async with sandboxed("--expiry", str(longest)) as sandbox:
        people = [await reader_in(sandbox) for _ in range(10)]
        pressed, taps = list[str](), Counter[int]()
        panels: dict[int, Any] = {}
        while len(pressed) < size:
            async with serving(sandbox, database_url, clock) as desk:
                for each in people:
                    panels.setdefault(each.id, None)
                    panels[each.id] = panels[each.id] or await each.say("/topics")
                stall = asyncio.create_task(_stall(database_url, chance.uniform(0, longest)))
                for _ in range(min(ROUND, size - len(pressed))):
                    person = chance.choice(people)
                    pressed.append(await _press(sandbox, person, panels[person.id], is_twice=chance.random() < 0.2))
                    taps[person.id] += 1
                await stall
                await settled(desk)
                await eventually(lambda: _is_answered(sandbox, pressed))
        async with serving(sandbox, database_url, clock) as desk:
            for person in people:
                [panel] = [each for each in await person.all() if each["message_id"] == panels[person.id]["message_id"]]
                is_chosen = "World ✓" in buttons(panel)
                follows = bool(await desk.storage.subscriptions.of(person.chat_id))
                if (is_chosen, follows) != (taps[person.id] % 2 == 1,) * 2:
                    problems.append(f"{taps[person.id]} taps: shown {is_chosen}, kept {follows}")
                if not words(await person.say("/help")).startswith("News"):
                    problems.append("/help is not answered")
        answers = await _answers(sandbox)
        refused = sum(each["status"] != 200 for each in await _asked(sandbox))
        problems += [f"press {each} was answered {answers[each]} times" for each in pressed if answers[each] != 1]
    return outcome(f"{size} presses", f"one answer each, {refused} of them too late", problems)


async def poison(seed: int, size: int, database_url: str) -> Outcome:
    """`size` commands and a tenth as many updates that cannot be read, by polling: each command is answered once."""
    chance, clock, problems = random.Random(seed), Clock(), list[str]()
    async with sandboxed() as sandbox:
        people = [await reader_in(sandbox) for _ in range(10)]
        wanted, bad = Counter[int](), 0
        for number in range(size):
            person = chance.choice(people)
            if number % 10 == 0:
                await sandbox.inject(**_poison(chance, person))
                bad += 1
            await person.write("/help")
            wanted[person.chat_id] += 1
        async with serving(sandbox, database_url, clock) as desk:
            await eventually(lambda: _has_said(sandbox, size))
            await settled(desk)
            aside = await desk.storage.inbox.set_aside()
        said = Counter(each["chat_id"] for each in await sandbox.ledger())
        if said != wanted:
            problems.append("not every command was answered once")
        problems += [f"tried {each.tries} times: {each.payload[:80]}" for each in aside if each.tries != 3]
    return outcome(f"{size} commands, {bad} × poison", f"{len(aside)} set aside after 3 tries", problems)


async def deaths(seed: int, size: int, database_url: str) -> Outcome:
    """`size` kills while five and twenty times as many commands are dealt with: none lost, no effect twice."""
    problems = list[str]()
    async with sandboxed() as sandbox, stored(database_url) as storage:
        people = [await reader_in(sandbox) for _ in range(8)]
        commands = [(people[at % 8].chat_id, str(at // 8)) for at in range(size * COMMANDS_A_DEATH)]

        async def command() -> None:
            for at in range(0, len(commands), 8):
                await asyncio.gather(*(person.write(str(at // 8)) for person in people[: len(commands) - at]))

        with tempfile.TemporaryDirectory() as folder:
            diary = Path(folder) / "diary.db"
            arguments = (sandbox.url, sandbox.token, database_url, str(diary), str(len(commands)), str(seed), str(size))
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.bot.dying", *arguments, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
            )
            status, _ = await asyncio.gather(process.wait(), command())
            with closing(sqlite3.connect(diary)) as read:
                effects = [tuple(row) for row in read.execute("SELECT chat_id, text FROM effects")]
                [lives] = read.execute("SELECT count(*) FROM lives").fetchone()
        aside = {each.update_id for each in await storage.inbox.set_aside()}
    if status:
        problems.append(f"it ended with {status}")
    if lost := len(set(commands)) - len(set(effects)) - len(aside):
        problems.append(f"{lost} commands lost")
    if len(effects) != len(set(effects)):
        problems.append("effects twice")
    return outcome(f"{lives - 1} kills, {len(commands)} commands", f"{len(aside)} set aside, visibly", problems)


async def _press(sandbox: RunningSandbox, person: Person, panel: Any, *, is_twice: bool) -> str:
    """A tap on World; its query's id."""
    if is_twice:
        await sandbox.fault("duplicate-update", chat_id=person.chat_id, times=1)
    done = await sandbox.press(person.chat_id, person.id, panel["message_id"], "topic:world", answer_within=0)
    return str(done["callback_query_id"])


async def _asked(sandbox: RunningSandbox) -> list[Any]:
    return [each for each in await sandbox.requests() if each["method"] == "answerCallbackQuery"]


async def _answers(sandbox: RunningSandbox) -> Counter[str]:
    return Counter(str(each["params"]["callback_query_id"]) for each in await _asked(sandbox))


async def _is_answered(sandbox: RunningSandbox, pressed: list[str]) -> bool:
    return not set(pressed) - (await _answers(sandbox)).keys()


async def _has_said(sandbox: RunningSandbox, count: int) -> bool:
    return len(await sandbox.ledger()) >= count


def _poison(chance: random.Random, person: Person) -> dict[str, Any]:
    """An update that Telegram would not send, or not yet."""
    chat = {"id": person.chat_id, "type": "private"}
    user = {"id": person.id, "is_bot": False, "first_name": "Reader"}
    shapes: tuple[dict[str, Any], ...] = (
        {"message": {"message_id": 1, "text": "No date, no sender", "chat": chat}},
        {"message": {"message_id": 1, "date": "yesterday", "chat": chat}},
        {"message": {"message_id": 1, "date": 1, "chat": chat, "from": "me", "text": "/help"}},
        {"message": "not even that"},
        {"message": None},
        {"callback_query": {"id": "1", "from": user}},
        {"inline_query": {"id": "4", "query": 7}},
        {"my_chat_member": {"chat": chat, "from": user}},
        {"newest_thing": {"chat": chat, "of": "next year"}},
        {},
    )
    return chance.choice(shapes)


async def _stall(database_url: str, seconds: float) -> None:
    """Nobody can write to the database for so long."""
    async with _locked(database_url):
        await asyncio.sleep(seconds)


@asynccontextmanager
async def _locked(database_url: str) -> AsyncIterator[None]:
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None, timeout=60)) as own:
            own.execute("BEGIN IMMEDIATE")
            yield
            own.execute("ROLLBACK")
        return
    connection = await asyncpg.connect(database_url.replace("postgresql+asyncpg", "postgresql"))
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE chats, subscriptions IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()
