"""T7 to T9: what people do reaches the bot once, and nothing that comes with it stops the bot."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import a_telegram, opened
from benchmarks.reliability.stage import eventually, reader_in, serving, settled
from tests.bot.dying import Plan, a_free_port, died
from tests.bot.talking import Clock, Person, buttons, words
from tests.sandbox.running import RunningSandbox

HOOKS = "--loopback-webhooks", "--webhook-retry", "0.01"
"""A bot that is killed all the time misses many posts: what they wait for each other is shortened."""
COMMANDS_A_DEATH = 25
ROUND = 40
"""Presses while the database is stalled once, at most half of them all."""


async def presses(seed: int, size: int, database_url: str) -> Outcome:
    """`size` presses while the database stalls up to `size` / 50 s and we restart.

    A fifth of them is handed on twice at once, and after each restart some of those before it are again.
    """
    chance, problems, clock = random.Random(seed), list[str](), Clock()
    longest = min(20.0, size / 50)
    async with a_telegram("--expiry", str(longest)) as sandbox:
        people = [await reader_in(sandbox) for _ in range(10)]
        pressed, taps = list[str](), Counter[int]()
        again, resent = dict[str, Person](), 0
        panels: dict[int, Any] = {}
        while len(pressed) < size:
            async with serving(sandbox, database_url, clock) as desk:
                for each in people:
                    panels.setdefault(each.id, None)
                    panels[each.id] = panels[each.id] or await each.say("/topics")
                for query_id, person in chance.sample(sorted(again.items()), min(5, len(again))):
                    await sandbox.inject(callback_query=_query(query_id, person, panels[person.id]))
                    resent += 1
                stall = asyncio.create_task(_stall(database_url, chance.uniform(0, longest)))
                for _ in range(min(ROUND, (size + 1) // 2, size - len(pressed))):
                    person = chance.choice(people)
                    pressed.append(await _press(sandbox, person, panels[person.id], is_twice=chance.random() < 0.2))
                    taps[person.id] += 1
                    again[pressed[-1]] = person
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
    return outcome(
        f"{size} presses, {resent} of them again after a restart",
        f"one answer each, {refused} of them too late",
        problems,
    )


async def poison(seed: int, size: int, database_url: str) -> Outcome:
    """`size` commands and a tenth as many updates that cannot be read, fetched: each command is answered once."""
    return await _poisoned(seed, size, database_url, None)


async def poison_brought(seed: int, size: int, database_url: str) -> Outcome:
    """The same, brought to the webhook."""
    return await _poisoned(seed, size, database_url, a_free_port())


async def _poisoned(seed: int, size: int, database_url: str, port: int | None) -> Outcome:
    chance, clock, problems = random.Random(seed), Clock(), list[str]()
    async with a_telegram(*HOOKS) as sandbox:
        people = [await reader_in(sandbox) for _ in range(10)]
        wanted, bad = Counter[int](), 0
        for number in range(size):
            person = chance.choice(people)
            if number % 10 == 0:
                await sandbox.inject(**_poison(chance, person))
                bad += 1
            await person.write("/help")
            wanted[person.chat_id] += 1
        async with serving(sandbox, database_url, clock, port=port) as desk:
            await eventually(lambda: _has_said(sandbox, size))
            await settled(desk)
            aside = await desk.storage.inbox.set_aside()
        said = Counter(each["chat_id"] for each in await sandbox.ledger())
        if said != wanted:
            problems.append("not every command was answered once")
        problems += [f"tried {each.tries} times: {each.payload[:80]}" for each in aside if each.tries != 3]
    return outcome(f"{size} commands, {bad} × poison", f"{len(aside)} set aside after 3 tries", problems)


async def deaths(seed: int, size: int, database_url: str) -> Outcome:
    """`size` kills while five and twenty times as many commands are fetched: none lost, no effect twice."""
    return await _dying(seed, size, database_url, None)


async def deaths_brought(seed: int, size: int, database_url: str) -> Outcome:
    """The same, brought to the webhook."""
    return await _dying(seed, size, database_url, a_free_port())


async def _dying(seed: int, size: int, database_url: str, port: int | None) -> Outcome:
    problems, rounds = list[str](), 1 + size * COMMANDS_A_DEATH // 8
    async with a_telegram(*HOOKS) as sandbox, opened(database_url) as storage:
        people = [await reader_in(sandbox) for _ in range(8)]
        commands = {(person.chat_id, str(at)) for person in people for at in range(rounds)}

        async def command() -> None:
            for at in range(rounds):
                await asyncio.gather(*(person.write(str(at)) for person in people))

        plan = Plan(
            url=sandbox.url,
            token=sandbox.token,
            database=database_url,
            diary=str(sandbox.ledger_file.with_name("diary.db")),
            expected=len(commands),
            seed=str(seed),
            deaths=size,
            port=port,
        )
        lived, _ = await asyncio.gather(died(plan, within=60 + 5 * size), command())
        aside = {
            (each.chat_key, json.loads(each.payload)["message"]["text"]) for each in await storage.inbox.set_aside()
        }
    effects = Counter((chat_id, text) for _, chat_id, text in lived.effects)
    lost = len(commands - effects.keys() - aside)
    problems += [f"{lost} commands lost"] if lost else []
    problems += [f"{count} effects of one command" for count in effects.values() if count > 1]
    problems += [] if lived.deaths else ["nobody died"]
    return outcome(f"{lived.deaths} kills, {len(commands)} commands", f"{len(aside)} set aside, visibly", problems)


async def _press(sandbox: RunningSandbox, person: Person, panel: Any, *, is_twice: bool) -> str:
    """A tap on World; its query's id."""
    if is_twice:
        await sandbox.fault("duplicate-update", chat_id=person.chat_id, times=1)
    done = await sandbox.press(person.chat_id, person.id, panel["message_id"], "topic:world", answer_within=0)
    return str(done["callback_query_id"])


def _query(query_id: str, person: Person, panel: Any) -> dict[str, Any]:
    """The same tap on World, as Telegram hands it on under another number."""
    return {
        "id": query_id,
        "from": {"id": person.id, "is_bot": False, "first_name": "Reader"},
        "chat_instance": "1",
        "data": "topic:world",
        "message": {
            "message_id": panel["message_id"],
            "date": 1,
            "chat": {"id": person.chat_id, "type": "private", "first_name": "Reader"},
        },
    }


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
        path = database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)) as own:
            await asyncio.to_thread(own.execute, "BEGIN IMMEDIATE")  # the bot that has the lock is in this loop
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


CAMPAIGNS = [
    Campaign("T7", "presses while the database stalls and we restart", presses, 30, 1_000),
    Campaign("T8", "killed while commands are fetched", deaths, 10, 200),
    Campaign("T8", "killed while commands are brought", deaths_brought, 10, 200),
    Campaign("T9", "poison, fetched", poison, 100, 3_000),
    Campaign("T9", "poison, brought", poison_brought, 100, 3_000),
]
