"""What we promise about time, tried in the small; tests/news/test_zones.py walks every zone."""

from __future__ import annotations

from benchmarks.reliability_telegram import timing
from tests.promises.test_telegram import kept


async def test_after_an_edit_the_first_slot_is_the_first_a_clock_on_the_wall_shows(database_url: str) -> None:
    await kept(timing.edits, 2, database_url)


async def test_a_zone_whose_data_change_or_vanish_doubles_no_digest(sqlite_url: str) -> None:
    await kept(timing.swaps, 2, sqlite_url)


async def test_a_clock_that_jumps_doubles_no_digest_and_silences_no_chat(database_url: str) -> None:
    await kept(timing.jumps, 20, database_url)
