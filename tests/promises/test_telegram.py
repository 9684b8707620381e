"""What we promise about Telegram, tried in the small; `./run bench reliability_telegram --full` tries it in full.

Each campaign counts by what the sandbox wrote down. Its database is fresh.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from benchmarks.reliability_telegram import chats, listening, pacing, rendering, trouble
from benchmarks.reliability_telegram.campaign import Outcome
from benchmarks.reliability_telegram.stage import joined, reader_in, sandboxed, sender_to, stored
from jobs.deliver import deliver
from news.messages.message import Message
from tests.bot.talking import Clock

Run = Callable[[int, int, str], Awaitable[Outcome]]


async def kept(run: Run, size: int, database_url: str) -> None:
    """Fails with what was seen, and with the seed it can be seen by again."""
    seed = random.randrange(10**6)
    found = await run(seed, size, database_url)
    assert found.is_kept, f"seed {seed}: {found.count}: {found.detail}"


async def test_at_telegrams_own_limits_no_429_is_earned(sqlite_url: str) -> None:
    await kept(pacing.earns_none, 200, sqlite_url)


async def test_every_429_is_waited_out_by_its_chat_or_by_all_and_holds_up_no_other(database_url: str) -> None:
    await kept(pacing.obeys_each, 40, database_url)


@pytest.mark.xfail(strict=True, reason="a round of sending does not know whom the round before it saw refused")
async def test_two_chats_asked_to_wait_within_a_second_mean_that_all_must_even_from_round_to_round(
    sqlite_url: str,
) -> None:
    clock = Clock()
    async with sandboxed() as sandbox, stored(sqlite_url) as storage, sender_to(sandbox) as sender:
        chats = [await reader_in(sandbox) for _ in range(3)]
        for at, each in enumerate(chats):
            await joined(storage, each, clock)
            due_at = clock() + timedelta(seconds=at / 2)
            await storage.outbox.add(each.chat_id, Message(html="Hello"), now=due_at)
            if at < 2:
                await sandbox.fault("429", chat_id=each.chat_id, times=1, retry_after=30)
        await deliver(storage, sender, owner="me", clock=clock)
        clock.tick(seconds=0.5)
        done = await deliver(storage, sender, owner="me", clock=clock)
        assert done.hold_until is not None


async def test_a_chat_that_goes_costs_one_refused_send_and_gets_one_digest_when_it_returns(sqlite_url: str) -> None:
    await kept(chats.dead_chats, 20, sqlite_url)


async def test_a_group_that_becomes_a_supergroup_keeps_all_it_was_due_however_we_hear_of_it(sqlite_url: str) -> None:
    await kept(chats.migrations, 1, sqlite_url)


async def test_telegram_takes_every_digest_and_every_page_of_every_article_whole() -> None:
    await kept(rendering.always_fits, 15, "")


async def test_nothing_that_a_feed_says_becomes_a_mention_a_command_or_a_link() -> None:
    await kept(rendering.cannot_act, 300, "")


async def test_a_press_is_answered_once_and_acts_once_while_the_database_stalls_and_we_restart(
    database_url: str,
) -> None:
    await kept(listening.presses, 30, database_url)


@pytest.mark.parametrize("run", [listening.poison], ids=["polling"])
async def test_updates_that_cannot_be_read_cost_no_other_its_answer(sqlite_url: str, run: Run) -> None:
    await kept(run, 50, sqlite_url)


async def test_after_half_an_hour_of_a_bad_telegram_everything_is_drained(sqlite_url: str) -> None:
    await kept(trouble.bad_telegram, 1, sqlite_url)


async def test_whatever_getupdates_answers_every_command_is_answered_once(sqlite_url: str) -> None:
    await kept(trouble.bad_listening, 1, sqlite_url)


async def test_a_token_taken_back_costs_one_probe_a_minute_and_changes_nothing(database_url: str) -> None:
    await kept(trouble.revoked, 8, database_url)
