"""A search looks at the newest articles first and at the older ones as long as there is time."""

from __future__ import annotations

import random
from datetime import datetime
from math import inf

import pytest
from sqlalchemy import text

from news.filters import Filter
from news.grammar import parse, sought
from news.reduced import windows
from storage import Storage, words
from storage.looking import A_PAGE, Looking
from storage.matching import NEAR, WINDOW, in_reach, newest
from tests.storage.given import NOW, an_article, articles_alike, later

PLACES = (3, 30_000, 55_000, 80_000, 405_000, 530_000, 555_000, 1_000_001, 1_022_000, 1_024_990, 1_024_995)
"""Ids in parts that are far from each other, the last ones in one window."""


async def stored_at(storage: Storage, article_id: int, headline: str, now: datetime = NOW) -> None:
    before = "UPDATE sqlite_sequence SET seq = :seq WHERE name = 'articles'"
    if not storage._database.is_sqlite:
        before = "SELECT setval(pg_get_serial_sequence('articles', 'id'), :seq)"
    async with storage._database.write() as connection:
        await connection.execute(text(before), {"seq": article_id - 1})
    assert (await an_article(storage, headline, now=now)).id == article_id


async def an_old_and_a_new_shelf(storage: Storage) -> None:
    await an_article(storage, "The first")
    for each in PLACES:
        await stored_at(storage, each, "A comet, and a whale" if each == 3 else "A comet")


async def look(
    storage: Storage, typed: str, most: int, until: float, latest: float | None = None
) -> tuple[list[int], bool]:
    wanted: Filter = parse(typed, topics={})
    async with storage._database.read() as connection:
        extent, [window] = await words.prepared(connection), windows(wanted, NOW)
        reach = await in_reach(connection, extent, window)
        looking = Looking(connection, None, window, reach, until, until if latest is None else latest)
        return await looking.ids(window.wanted, most), looking.is_complete


async def test_with_time_every_part_is_looked_at(storage: Storage) -> None:
    await an_old_and_a_new_shelf(storage)
    newest_first = sorted(PLACES, reverse=True)

    assert await look(storage, "comet", 50, until=inf) == (newest_first, True)
    assert await look(storage, "whale", 50, until=inf) == ([3], True)


async def test_no_more_are_brought_than_were_asked_for_and_they_are_the_newest(storage: Storage) -> None:
    await an_old_and_a_new_shelf(storage)
    newest_first = sorted(PLACES, reverse=True)

    for most in range(1, len(PLACES) + 1):
        assert await look(storage, "comet", most, until=inf) == (newest_first[:most], True), most


async def test_without_time_the_newest_windows_are_looked_at_and_the_result_says_so(storage: Storage) -> None:
    await an_old_and_a_new_shelf(storage)

    newest = sorted((each for each in PLACES if each >= 1_020_000), reverse=True)
    assert await look(storage, "comet", 50, until=-inf) == (newest, False)
    assert await look(storage, "whale", 50, until=-inf) == ([], False)


async def test_as_long_as_what_was_found_fills_no_page_it_is_looked_for_longer(storage: Storage) -> None:
    await an_old_and_a_new_shelf(storage)
    few = await look(storage, "comet", 50, until=-inf, latest=inf)
    await articles_alike(storage, A_PAGE, "A comet")
    many, is_complete = await look(storage, "comet", 50, until=-inf, latest=inf)

    assert few == (sorted(PLACES, reverse=True), True)
    assert (len(many), is_complete) == (A_PAGE + 2, False)  # of two windows


async def test_what_has_the_words_in_its_headline_comes_before_hundreds_of_newer_articles(storage: Storage) -> None:
    await an_article(storage, "The first")
    await stored_at(storage, 30_000, "A comet, and the tide")
    await an_article(storage, "A comet", "And a whale.")
    await articles_alike(storage, 205, "Weather", "It rained, a comet was not seen; the tide was high, they said.")

    for typed in ("comet -whale", "comet tide", "comet AND (tide OR storm)"):
        found = await storage.search.find(sought(typed, topics={}), chat_id=None, now=NOW)
        assert found.hits[0].article.id == 30_000, typed
        assert typed == "comet tide" or 30_001 not in [hit.article.id for hit in found.hits], typed


async def test_the_pieces_of_a_full_part_are_joined_and_everything_is_still_found(storage: Storage) -> None:
    for each in range(words.PIECES + 2):
        await an_article(storage, f"Comet {each}")
    await stored_at(storage, words.SIZE, "A comet in the next part")

    joined = 0
    while await storage.search.join():
        joined += 1
        assert joined < 100

    assert (await look(storage, "comet", 50, until=inf))[0] == [words.SIZE, *range(words.PIECES + 2, 0, -1)]
    if storage._database.is_sqlite:
        async with storage._database.read() as connection:
            pieces = await connection.scalar(text("SELECT count(DISTINCT segid) FROM article_search_0_idx"))
        assert (joined > 0, pieces) == (True, 1)


async def test_what_was_just_indexed_is_in_the_index_of_words_and_in_no_list_before_it(storage: Storage) -> None:
    await an_article(storage, "A comet")
    if storage._database.is_sqlite:
        return
    async with storage._database.read() as connection:
        kept = (
            "SELECT array_to_string(reloptions, ' ') FROM pg_class WHERE relname = 'article_search_0_article_words_idx'"
        )
        assert await connection.scalar(text(kept)) == "fastupdate=off"


@pytest.mark.parametrize("seed", range(3))
async def test_an_article_on_the_edge_of_a_window_or_a_part_is_found_once(storage: Storage, seed: int) -> None:
    dice = random.Random(seed)
    edges = sorted(
        {dice.randrange(1, 60) * unit + near for unit in (WINDOW, words.SIZE) for near in (-1, 0, 1) for _ in range(4)}
    )
    await an_article(storage, "The first")
    for each in edges:
        await stored_at(storage, each, "A comet")

    for most in (1, 2, 5, len(edges), 99):
        assert (await look(storage, "comet", most, until=inf))[0] == edges[::-1][:most]


async def a_shelf_of_two_days(storage: Storage) -> None:
    """A comet long ago; far from it 120 of two days ago and one whale; then 130 comets of today."""
    await an_article(storage, "A comet", now=later(days=-9))
    await stored_at(storage, 1_000_001, "A whale, and a comet", now=later(days=-2))
    await articles_alike(storage, 120, "A comet", now=later(days=-2))
    await articles_alike(storage, 130, "A comet")


async def test_what_is_older_than_a_moment_is_found_below_all_that_is_newer(storage: Storage) -> None:
    await a_shelf_of_two_days(storage)

    assert await look(storage, "whale -since:1d", 50, until=inf) == ([1_000_001], True)
    older = [*range(1_000_121, 1_000_000, -1), 1]
    assert await look(storage, "comet -since:1d", NEAR + 125, until=inf) == (older, True)
    some, is_complete = await look(storage, "comet -since:1d", NEAR + 10, until=inf)
    assert (some[:10], is_complete) == (older[:10], False)


async def test_what_is_older_than_a_moment_is_found_in_a_small_index_too(storage: Storage) -> None:
    await an_article(storage, "A comet", now=later(days=-2))
    await articles_alike(storage, NEAR + 30, "A comet")

    assert await look(storage, "comet -since:1d", NEAR + 20, until=inf) == ([1], True)


async def test_what_is_newer_than_a_moment_is_not_looked_for_in_parts_that_are_older(storage: Storage) -> None:
    await a_shelf_of_two_days(storage)
    [window] = windows(parse("comet since:1d", topics={}), NOW)

    async with storage._database.read() as connection:
        reach = await in_reach(connection, await words.prepared(connection), window)

    assert reach.parts[words.SHARED] == [40]
    newer = list(range(1_000_251, 1_000_121, -1))
    assert await look(storage, "comet since:1d", 500, until=inf) == (newer, True)


async def test_postgresql_looks_at_no_other_part_once_the_time_is_over(storage: Storage) -> None:
    await an_old_and_a_new_shelf(storage)
    newest_first = sorted(PLACES, reverse=True)
    [window] = windows(parse("comet", topics={}), NOW)

    async with storage._database.read() as connection:
        parts = (await words.prepared(connection)).parts[words.SHARED]
        in_time = await newest(connection, words.SHARED, parts, window, 50)
        too_late = await newest(connection, words.SHARED, parts, window, 50, within_s=-1)

    in_the_first = [each for each in newest_first if each // words.SIZE == parts[0]]
    assert in_time == newest_first
    assert too_late == (newest_first if storage._database.is_sqlite else in_the_first)


async def test_what_is_to_be_ranked_is_read_of_however_many_parts_it_is(storage: Storage) -> None:
    await an_old_and_a_new_shelf(storage)

    async with storage._database.read() as connection:
        parts = (await words.prepared(connection)).parts
        for ids in ([], [3], [1_024_995], [405_000, 530_000], list(PLACES)):
            assert sorted(row.id for row in await words.rows(connection, parts, ids)) == ids


async def test_a_search_reads_by_itself_what_other_transactions_have_read_by_helpers(storage: Storage) -> None:
    if storage._database.is_sqlite:
        return
    asked = text("SHOW effective_io_concurrency")
    async with storage._database.read() as connection:
        usual = await connection.scalar(asked)
        await words.prepared(connection)
        assert (usual != "0", await connection.scalar(asked)) == (True, "0")
    async with storage._database.read() as connection:
        assert await connection.scalar(asked) == usual
