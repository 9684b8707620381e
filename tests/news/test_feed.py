"""How often a feed is looked at, and when its silence is worth a word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from news.feed import Feed, answered, mark, state_of

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_feed(now: datetime = NOW) -> Feed:
    return Feed(id=1, url="https://herald.example/feed", next_due_at=now)


def entries(first: int, last: int) -> list[str]:
    """The marks of entries, the newest first."""
    return [mark(str(n)) for n in range(last, first - 1, -1)]


def looked_at(feed: Feed, now: datetime, listed: list[str], fresh_for: timedelta | None = None) -> Feed:
    same: dict[str, Any] = dict.fromkeys(("etag", "last_modified", "title", "site_url"))
    return answered(feed, now=now, body_hash="x", fresh_for=fresh_for, listed=listed, **same)


def after_gaps(gap: timedelta, count: int) -> tuple[Feed, datetime]:
    """A feed that listed something new after every gap, and when it last did."""
    feed, now = looked_at(a_feed(), NOW, entries(0, 9)), NOW
    for n in range(1, count + 1):
        now += gap
        feed = looked_at(feed, now, entries(n, n + 9))
    return feed, now


@pytest.mark.parametrize(
    ("gap", "wait"),
    [(HOUR / 2, HOUR / 2), (4 * HOUR, HOUR / 2), (16 * HOUR, 2 * HOUR), (24 * 30 * HOUR, 4 * HOUR)],
    ids=["often", "some a day", "daily", "monthly"],
)
def test_a_feed_that_seldom_brings_something_is_looked_at_less_often_within_bounds(
    gap: timedelta, wait: timedelta
) -> None:
    feed, now = after_gaps(gap, 9)

    assert feed.rhythm == gap
    assert feed.next_due_at - now == wait


def test_a_feed_that_speaks_again_after_a_long_silence_is_looked_at_as_its_rhythm_says() -> None:
    feed, now = after_gaps(HOUR, 9)
    later = now + 24 * 9 * HOUR
    quiet = looked_at(feed, later, entries(9, 18))
    loud = looked_at(feed, later, entries(200, 399))

    assert quiet.next_due_at - later == 4 * HOUR
    assert loud.next_due_at - later == HOUR / 2


def test_several_entries_at_once_are_several_gaps() -> None:
    feed = looked_at(looked_at(a_feed(), NOW, entries(0, 9)), NOW + 3 * HOUR, entries(6, 15))

    assert (feed.rhythm, feed.brought_at) == (HOUR / 2, NOW + 3 * HOUR)


def test_entries_that_go_or_change_their_order_are_nothing_new() -> None:
    feed = looked_at(a_feed(), NOW, entries(0, 9))
    feed = looked_at(feed, NOW + HOUR, entries(0, 5)[::-1])

    assert (feed.rhythm, feed.brought_at) == (None, NOW)


@pytest.mark.parametrize(("asked", "wait"), [(HOUR / 6, HOUR / 2), (3 * HOUR, 3 * HOUR), (999 * HOUR, 4 * HOUR)])
def test_a_feed_that_says_how_long_it_stays_good_gets_its_way_within_bounds(asked: timedelta, wait: timedelta) -> None:
    assert looked_at(a_feed(), NOW, entries(0, 9), asked).next_due_at == NOW + wait


@pytest.mark.parametrize(("gap", "quiet"), [(HOUR, 2 * 24 * HOUR), (24 * HOUR, 6 * 24 * HOUR)])
def test_a_feed_is_silent_when_its_own_rhythm_does_not_explain_it(gap: timedelta, quiet: timedelta) -> None:
    feed, now = after_gaps(gap, 9)

    assert state_of(feed, followers=0, now=now + quiet - HOUR) == "well"
    assert state_of(feed, followers=0, now=now + quiet) == "silent"


def test_a_feed_that_never_listed_anything_is_empty_and_not_silent() -> None:
    feed = looked_at(a_feed(), NOW, [])

    assert state_of(feed, followers=0, now=NOW + 999 * HOUR) == "empty"
