"""Outcomes tell one event from the next of its kind."""

from datetime import UTC, datetime, timedelta

import pytest

from news.article import Entry
from news.outcomes import differ, mark, outcomes_of
from news.telling import Teller

SUNDAY = datetime(2026, 3, 1, 18, tzinfo=UTC)
FIRST = (
    "Orsund United 2-1 Karrow Town",
    "Okoro scored with a header as Orsund United met Karrow Town in heavy rain. The game ended 2-1 and the coach of "
    "Orsund United praised his team. Karrow Town stay in the league's upper half.",
)
AGAIN = (
    "Okoro decides Orsund's meeting with Karrow",
    "Orsund United and Karrow Town played in heavy rain on Harbour Road, and it was Okoro who made the difference with "
    "a header. It finished 2-1.",
)
SECOND = (
    "Orsund United 0-3 Karrow Town",
    "Prado scored with a free kick as Orsund United met Karrow Town before a full house. The game ended 0-3 and the "
    "coach of Orsund United praised his team. Karrow Town stay in the league's upper half.",
)
QUAKE = (
    "Earthquake of magnitude {} near Bolkan",
    "The ground shook near Bolkan at noon. The seismological institute gave the magnitude as {}. A church tower "
    "cracked in the town, the mayor said, and schools were closed.",
)


def told(*pieces: tuple[tuple[str, str], float]) -> list[int]:
    teller = Teller()
    for (headline, text), hours in pieces:
        entry = Entry(headline=headline, paragraphs=(text,), language="en")
        teller.tell(entry, SUNDAY + timedelta(hours=hours))
    return [each.story for each in teller.settle_all()]


def test_two_matches_of_the_same_clubs_two_days_apart_are_two_stories() -> None:
    assert told((FIRST, 0), (AGAIN, 2), (SECOND, 44)) == [0, 0, 2]


def test_the_score_at_half_time_is_no_other_game() -> None:
    half = ("Orsund United 1-0 Karrow Town at half-time", FIRST[1].replace("ended 2-1", "stands 1-0 at the break"))
    assert told((half, 0), (FIRST, 1)) == [0, 0]


def test_quakes_of_one_town_are_two_where_their_magnitudes_differ_by_more_than_sources_do() -> None:
    def quake(size: str) -> tuple[str, str]:
        return QUAKE[0].format(size), QUAKE[1].format(size)

    assert told((quake("4.4"), 0), (quake("5.9"), 25)) == [0, 1]
    given, revised, next_day = (mark(term) or 0 for term in ("~5.7", "~5.9", "~5.1"))
    assert not differ([given], [revised])
    assert differ([given, revised], [next_day])


@pytest.mark.parametrize(
    ("headline", "named"),
    [
        ("Orsund 2-1 Karrow", ["=2-1"]),
        ("Karrow lose 1–2 at Orsund", ["=2-1"]),
        ("Orsund schlägt Karrow 3:0", ["=3-0"]),
        ("Orsund 2 - 1 Karrow", ["=2-1"]),
        ("Orsund (7-2) host Karrow", []),
        ("Orsund lead 1-0 at the break", []),
        ("Live: Orsund 1-0 Karrow", []),
        ("Kick-off 19:30 on 2026-03-01", []),
        ("Call 555-1234-77", []),
        ("Rates of 2.5-3.5 percent, 10-15% less", []),
        ("Magnitude 6.1 quake in Vessia", ["~6.1"]),
        ("Beben der Stärke 5,4 in Vessia", ["~5.4"]),
        ("A 5.4-magnitude quake", ["~5.4"]),
    ],
)
def test_an_outcome_is_a_score_or_a_magnitude(headline: str, named: list[str]) -> None:
    assert outcomes_of(headline, "") == named


def test_outcomes_of_two_kinds_do_not_exclude_each_other() -> None:
    score, other, strength = (mark(term) or 0 for term in ("=2-1", "=3-0", "~6.1"))
    assert differ([score], [other])
    assert not differ([score, other], [other])
    assert not differ([score], [strength])
