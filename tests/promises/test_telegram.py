"""The promises about Telegram, T1 to T11 of docs/reliability.md; T2 is test_answers.py. The sandbox's ledger counts."""

from __future__ import annotations

from benchmarks.reliability import chats, listening, pacing, rendering, trouble
from tests.promises.keeping import keeps


async def test_t1_at_telegrams_own_limits_no_429_is_earned(sqlite_url: str) -> None:
    await keeps(pacing.earns_none, 200, sqlite_url)


async def test_t1_every_429_is_waited_out_by_its_chat_or_by_all_and_holds_up_no_other(database_url: str) -> None:
    await keeps(pacing.obeys_each, 40, database_url)


async def test_t3_a_chat_that_goes_costs_one_refused_send_and_gets_one_digest_when_it_returns(sqlite_url: str) -> None:
    await keeps(chats.dead_chats, 20, sqlite_url)


async def test_t4_a_group_that_becomes_a_supergroup_keeps_all_it_was_due_however_we_hear_of_it(sqlite_url: str) -> None:
    await keeps(chats.migrations, 1, sqlite_url)


async def test_t5_telegram_takes_every_digest_and_every_page_of_every_article_whole() -> None:
    await keeps(rendering.always_fits, 15, "")


async def test_t6_nothing_that_a_feed_says_becomes_a_mention_a_command_or_a_link() -> None:
    await keeps(rendering.cannot_act, 300, "")


async def test_t7_a_press_is_answered_once_and_acts_once_while_the_database_stalls_and_we_restart(
    database_url: str,
) -> None:
    await keeps(listening.presses, 30, database_url)


async def test_t8_killed_at_any_moment_no_command_is_lost_or_done_twice(database_url: str) -> None:
    await keeps(listening.deaths, 4, database_url)


async def test_t8_nor_is_one_that_is_brought_to_the_webhook(database_url: str) -> None:
    await keeps(listening.deaths_brought, 4, database_url)


async def test_t9_updates_that_cannot_be_read_cost_no_other_its_answer(sqlite_url: str) -> None:
    await keeps(listening.poison, 50, sqlite_url)


async def test_t9_nor_do_they_where_updates_are_brought_to_the_webhook(sqlite_url: str) -> None:
    await keeps(listening.poison_brought, 50, sqlite_url)


async def test_t10_after_half_an_hour_of_a_bad_telegram_everything_is_drained(sqlite_url: str) -> None:
    await keeps(trouble.bad_telegram, 1, sqlite_url)


async def test_t10_whatever_getupdates_answers_every_command_is_answered_once(sqlite_url: str) -> None:
    await keeps(trouble.bad_listening, 1, sqlite_url)


async def test_t11_a_token_taken_back_costs_one_probe_a_minute_and_changes_nothing(database_url: str) -> None:
    await keeps(trouble.revoked, 8, database_url)
