"""The promises of storage, S1 to S6 of docs/reliability.md; S7, memory, takes hours and is in the bench alone."""

from __future__ import annotations

import pytest

from benchmarks.reliability import files, power, servers
from tests.promises.keeping import keeps


async def test_s1_an_answered_command_survives_a_power_cut_at_any_moment(sqlite_url: str) -> None:
    await keeps(power.power_cuts, 100, sqlite_url)


async def test_s2_a_file_that_others_lock_costs_no_command_and_no_search(sqlite_url: str) -> None:
    await keeps(files.locked_by_others, 8, sqlite_url)


async def test_s3_a_full_disk_stops_sending_and_loses_and_repeats_nothing(sqlite_url: str) -> None:
    await keeps(files.full_disk, 2, sqlite_url)


@pytest.mark.xfail(strict=True, reason="an outcome is kept in memory for as long as its lease, and no longer")
async def test_s3_a_disk_that_stays_full_for_longer_than_a_lease_repeats_nothing(sqlite_url: str) -> None:
    await keeps(files.full_disk_for_long, 2, sqlite_url)


async def test_s3_a_write_that_finds_no_room_leaves_nothing_behind(sqlite_url: str) -> None:
    await keeps(files.full_database, 5, sqlite_url)


async def test_s4_a_server_that_restarts_and_drops_connections_loses_no_message(sqlite_url: str) -> None:
    await keeps(servers.unsteady_server, 10, sqlite_url)


async def test_s5_a_damaged_page_is_refused_at_the_start_in_one_line_or_is_harmless(sqlite_url: str) -> None:
    await keeps(files.damaged_pages, 20, sqlite_url)


async def test_s5_a_migration_killed_at_any_step_is_all_or_nothing(database_url: str) -> None:
    await keeps(files.migration_killed, 10, database_url)


async def test_s6_one_connection_alone_ever_checkpoints(sqlite_url: str) -> None:
    await keeps(power.one_checkpointer, 200, sqlite_url)
