"""The promises about time, C2 and C3 of docs/reliability.md; C1, every zone there is, is tests/news/test_zones.py."""

from __future__ import annotations

from benchmarks.reliability import timing
from tests.promises.keeping import keeps


async def test_c2_after_an_edit_the_first_slot_is_the_first_a_clock_on_the_wall_shows(database_url: str) -> None:
    await keeps(timing.edits, 1, database_url)


async def test_c2_a_zone_whose_data_change_or_vanish_doubles_no_digest(sqlite_url: str) -> None:
    await keeps(timing.swaps, 2, sqlite_url)


async def test_c3_a_clock_that_jumps_doubles_no_digest_and_silences_no_chat(database_url: str) -> None:
    await keeps(timing.jumps, 20, database_url)
