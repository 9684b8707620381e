"""Several processes with one token: one speaks, the others take over, and nobody gets a message from two of them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.app import build, running
from bot.settings import Settings
from bot.standing import Standing
from bot.transport import Transport
from bot.webhook import Webhook, hooked
from storage import Storage
from tests.bot.dying import a_free_port
from tests.bot.given import QUICK
from tests.bot.rivals import Plan, clock, rivalled
from tests.bot.talking import Clock, Person, until, words
from tests.sandbox.running import RunningSandbox, running_sandbox
from tests.storage.given import HELLO, a_chat

CHATS = 40
IN_FLIGHT = 4


@pytest.fixture
async def hooking(tmp_path: Path) -> AsyncIterator[RunningSandbox]:
    """A sandbox that brings updates to this machine."""
    async with running_sandbox(tmp_path, "--loopback-webhooks", "--webhook-retry", "0.01") as sandbox:
        yield sandbox


@pytest.mark.parametrize("deaths", [5])
async def test_of_three_processes_one_sends_and_each_that_is_killed_repeats_only_what_was_under_way(
    hooking: RunningSandbox, database_url: str, tmp_path: Path, deaths: int
) -> None:
    seed = str(random.randrange(10**6))
    storage = await Storage.open(database_url)
    chat_ids = range(9_001, 9_001 + CHATS)
    for chat_id in chat_ids:
        await hooking.add_user("Reader", id=chat_id)
        await a_chat(storage, chat_id)
        for _ in range(2):
            await storage.outbox.add(chat_id, HELLO, now=clock())
    await hooking.delay(0.02)
    plan = Plan(
        url=hooking.url, token=hooking.token, database=database_url, told=str(tmp_path / "told"),
        deaths=deaths, seed=seed,
    )  # fmt: skip
    led = await rivalled(plan)

    copies = Counter(entry["chat_id"] for entry in await hooking.ledger())
    doubts = {chat_id: sum(each.doubt for each in await storage.outbox.of(chat_id)) for chat_id in chat_ids}
    counts = await storage.outbox.counts()
    await storage.close()
    repeats = sum(copies.values()) - 2 * CHATS
    print(f"seed {seed}: {len(led)} leaders, {repeats} repeats")
    assert counts["sent"] == 2 * CHATS
    assert len(led) >= deaths + 1
    assert all(2 <= copies[chat_id] <= 2 + doubts[chat_id] for chat_id in chat_ids)
    assert repeats <= IN_FLIGHT * deaths


async def test_a_second_process_stands_by_leaves_the_first_ones_work_alone_and_takes_over_at_its_end(
    settings: Settings, reader: Person
) -> None:
    async with running(settings, rhythm=QUICK) as second_to_end:
        await until(lambda: role(second_to_end.standing), "leading")
        storage = second_to_end.storage
        await storage.inbox.take_in([(1, None, "{}")], clock())
        await storage.inbox.turn(begin=[1])
        async with running(settings, rhythm=QUICK) as standing_by:
            await until(lambda: role(standing_by.standing), "standing by")
            # A process that took back what the leader handles would find it waiting.
            assert await storage.inbox.waiting(9) == []
            await storage.inbox.turn(done=[1])
            assert words(await reader.say("/help")).startswith("News, condensed")
    async with running(settings, rhythm=QUICK):
        assert words(await reader.say("/help")).startswith("News, condensed")


async def role(standing: Standing) -> str:
    return standing.role


async def test_while_another_program_speaks_with_the_token_nothing_is_sent_and_then_all_of_it(
    settings: Settings, reader: Person
) -> None:
    async with running(settings, rhythm=QUICK) as desk:
        await reader.say("/help")
        desk.standing.fall_silent("another program speaks")
        await desk.storage.outbox.add(reader.chat_id, HELLO, now=desk.clock())
        for _ in range(3):  # whoever is woken by the first would have sent by the last
            await desk.wake.wait()
            desk.wake.clear()
        [waiting] = await desk.storage.outbox.of(reader.chat_id)
        desk.standing.speak_again()
        await reader.sees("Hello")

    assert waiting.state == "pending"


async def test_a_round_of_sending_is_cut_short_when_another_program_speaks() -> None:
    standing = Standing(clock)
    begun = asyncio.Event()

    async def sending() -> str:
        begun.set()
        await asyncio.Event().wait()
        return "never"

    task = asyncio.create_task(standing.unless_silenced(sending()))
    await begun.wait()
    with capture_logs() as logs:
        standing.fall_silent("another program speaks")
        standing.fall_silent("another program speaks")
    assert await asyncio.wait_for(task, 20) is None
    assert [each["event"] for each in logs] == ["another program speaks"]


async def test_when_updates_go_to_another_address_sending_stops_until_they_do_not(hooking: RunningSandbox) -> None:
    opened, standing = Transport(), Standing(clock)
    application = build(hooking.token, hooking.url, opened)
    await application.initialize()
    ours = Webhook(f"http://127.0.0.1:{a_free_port()}/ours", "a-secret-of-the-tests")

    async def may_send() -> bool:
        return standing.may_send.is_set()

    async def address() -> str:
        return str((await hooking.result("getWebhookInfo"))["url"])

    async def is_set_to_theirs() -> bool:
        return bool((await hooking.call("setWebhook", url="http://127.0.0.1:9/theirs"))["ok"])

    with capture_logs() as logs:
        async with hooked(application, ours, standing, every=0.05, probe=0.1):
            await until(address, ours.url)
            await until(is_set_to_theirs, True)
            await until(may_send, False)
            assert await address() == "http://127.0.0.1:9/theirs"
            await hooking.result("deleteWebhook")
            await until(address, ours.url)
            await until(may_send, True)
    await application.shutdown()
    await opened.shutdown()

    assert [each["log_level"] for each in logs if "another program" in each["event"]] == ["error"]


async def test_while_this_machines_clock_is_wrong_no_digest_is_composed(
    settings: Settings, reader: Person, clock: Clock
) -> None:
    with capture_logs() as logs:

        async def told() -> list[int]:
            return [each["minutes_ahead_of_telegram"] for each in logs if "clock is wrong" in each["event"]]

        await reader.telegram.fault("clock-skew", seconds=-1200)
        async with running(settings, clock=clock, rhythm=QUICK) as desk:
            await until(told, [20])
            await reader.follows(desk, "world")
            clock.put_to(9)
            for _ in range(3):
                await reader.say("/help")
            [still_due] = [each.next_due_at for each in await desk.storage.schedules.of(reader.chat_id)]
            await reader.telegram.clear_faults()
            await reader.say("/help")

            async def is_due_later() -> bool:
                [schedule] = await desk.storage.schedules.of(reader.chat_id)
                return schedule.next_due_at != still_due

            await until(is_due_later, True)

    assert still_due is not None
    assert still_due < clock()
