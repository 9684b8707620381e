"""H: what strangers send costs nobody else anything. Small; at full size by `./run bench hostile`."""

from __future__ import annotations

from benchmarks.hostile import damage, reaching, standing
from tests.promises.keeping import keeps


async def test_no_form_of_a_private_address_gets_through_the_door(sqlite_url: str) -> None:
    await keeps(reaching.at_the_door, 1, sqlite_url)


async def test_no_way_in_leads_to_a_private_address_directly_or_by_redirect(sqlite_url: str) -> None:
    await keeps(reaching.every_way, 5, sqlite_url)


async def test_a_name_that_leads_elsewhere_the_second_time_is_not_followed_there(sqlite_url: str) -> None:
    await keeps(reaching.changed_minds, 10, sqlite_url)


async def test_heavy_feeds_leave_this_process_small_and_are_told_of(sqlite_url: str) -> None:
    await keeps(standing.feed_bombs, 3, sqlite_url)


async def test_answers_that_no_server_should_give_leave_this_process_small_and_are_told_of(sqlite_url: str) -> None:
    await keeps(standing.response_bombs, 4, sqlite_url)


async def test_what_is_damaged_on_its_way_is_read_or_answered(sqlite_url: str) -> None:
    await keeps(damage.damaged_on_their_way, 60, sqlite_url)


async def test_no_entity_opens_a_file_or_an_address(sqlite_url: str) -> None:
    await keeps(damage.entities, 1, sqlite_url)
