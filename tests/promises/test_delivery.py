"""The promises of delivery, D1 to D10 of docs/reliability.md: real processes, real deaths, Telegram's own ledger."""

from __future__ import annotations

from benchmarks.reliability import sending
from tests.promises.keeping import keeps


async def test_d1_whoever_kills_us_no_digest_is_lost_and_a_death_costs_few_silent_repeats(database_url: str) -> None:
    await keeps(sending.killed_at_random, 6, database_url)


async def test_d1_death_at_each_named_point_of_a_digests_way_loses_nothing(database_url: str) -> None:
    await keeps(sending.killed_at_each_point, 1, database_url)


async def test_d2_a_message_that_kills_us_goes_three_times_is_parked_and_holds_up_nobody(database_url: str) -> None:
    await keeps(sending.crash_loop, 5, database_url)


async def test_d4_the_parts_of_a_digest_keep_their_order_whatever_telegram_answers(database_url: str) -> None:
    await keeps(sending.order_under_refusals, 15, database_url)
