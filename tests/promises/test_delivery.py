"""The promises of delivery, D1 to D10 of docs/reliability.md: real processes, real deaths, Telegram's own ledger."""

from __future__ import annotations

from benchmarks.reliability import composing, machines, polling, sending
from tests.promises.keeping import keeps


async def test_d1_whoever_kills_us_no_digest_is_lost_and_a_death_costs_few_silent_repeats(database_url: str) -> None:
    await keeps(sending.killed_at_random, 6, database_url)


async def test_d1_death_at_each_named_point_of_a_digests_way_loses_nothing(database_url: str) -> None:
    await keeps(sending.killed_at_each_point, 1, database_url)


async def test_d1_a_digest_asked_for_is_not_lost_when_we_are_killed_amid_commands(sqlite_url: str) -> None:
    await keeps(machines.asked_for, 1, sqlite_url)


async def test_d2_a_message_that_kills_us_goes_three_times_is_parked_and_holds_up_nobody(database_url: str) -> None:
    await keeps(sending.crash_loop, 5, database_url)


async def test_d2_the_operator_hears_of_what_was_parked_for_it(sqlite_url: str) -> None:
    await keeps(sending.parked_is_told, 5, sqlite_url)


async def test_d3_several_that_serve_one_database_and_end_in_good_order_repeat_nothing(database_url: str) -> None:
    await keeps(machines.three_in_good_order, 1, database_url)


async def test_d4_the_parts_of_a_digest_keep_their_order_whatever_telegram_answers(database_url: str) -> None:
    await keeps(sending.order_under_refusals, 15, database_url)


async def test_d4_no_message_of_one_digest_comes_between_those_of_another(sqlite_url: str) -> None:
    await keeps(sending.nothing_between_parts, 30, sqlite_url)


async def test_d5_no_entry_is_told_twice_or_lost_whatever_its_feed_does_to_it(sqlite_url: str) -> None:
    await keeps(polling.mutated_feeds, 20, sqlite_url)


async def test_d6_composing_killed_at_each_write_is_whole_or_nothing(database_url: str) -> None:
    await keeps(composing.killed_at_each_write, 1, database_url)


async def test_d6_alerts_killed_at_each_write_lose_no_match_and_tell_none_twice(database_url: str) -> None:
    await keeps(composing.alerts_killed_at_each_write, 1, database_url)


async def test_d7_any_downtime_costs_a_chat_one_digest_at_most(database_url: str) -> None:
    await keeps(composing.downtime, 12, database_url)


async def test_d9_all_who_want_it_at_one_minute_get_it_in_time(sqlite_url: str) -> None:
    await keeps(machines.one_slot_put, 24, sqlite_url)


async def test_d10_a_backup_of_an_hour_ago_replays_nothing(database_url: str) -> None:
    await keeps(composing.restored_after_an_hour, 3, database_url)


async def test_d10_a_backup_of_three_days_ago_replays_nothing(sqlite_url: str) -> None:
    await keeps(composing.restored_after_three_days, 3, sqlite_url)


async def test_d10_a_backup_made_amid_sending_brings_one_digest_at_most(sqlite_url: str) -> None:
    await keeps(composing.restored_with_an_outbox, 3, sqlite_url)
