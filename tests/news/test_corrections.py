"""What a publisher changed in a headline: another statement, or only its dress."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from news.article import Entry
from news.corrections import Change, Corrected, Correction, change_of, summed

WAS = "Minister resigns over loan"


@pytest.mark.parametrize(
    "now",
    [
        "Minister denies that she resigned over loan",
        "Minister not resigning over loan",
        "Minister resigns over two loans",
    ],
)
def test_another_statement_is_a_correction(now: str) -> None:
    assert change_of(WAS, Entry(headline=now)) == "headline"


@pytest.mark.parametrize(
    "now",
    [
        "Minister Resigns Over Loan",
        f"{WAS} (Updated)",
        "LIVE: Minister resigns over loan.",
        "Minister resigns over loan - The Herald",
    ],
)
def test_the_same_in_another_dress_is_none(now: str) -> None:
    assert change_of(WAS, Entry(headline=now, source="The Herald")) is None


@pytest.mark.parametrize(
    "now",
    [
        Entry(headline="Retraction: Minister resigns over loan"),
        Entry(headline="Withdrawn: story about the minister"),
        Entry(headline=WAS, paragraphs=("This article has been withdrawn. It was based on a forged letter.",)),
        Entry(headline="Zurückgezogen: Ministerin tritt zurück"),
        Entry(headline=WAS, paragraphs=("Este artículo ha sido retirado.",)),
    ],
)
def test_what_is_taken_back_is_known_by_its_first_words(now: Entry) -> None:
    assert change_of(WAS, now) == "retraction"
    assert change_of("Retraction: Minister resigns over loan", now) is None


def test_news_about_a_withdrawal_takes_nothing_back() -> None:
    assert change_of("Troops return home", Entry(headline="Withdrawn troops return home")) == "headline"


@pytest.mark.parametrize("now", ["Morning briefing: ferry aground, port closed", "Ferry aground in the strait"])
def test_an_address_that_is_used_again_for_other_news_is_no_correction(now: str) -> None:
    assert change_of("Morning briefing: minister resigns over loan", Entry(headline=now)) is None


def a_correction(was: str, headline: str, change: Change = "headline") -> Correction:
    return Correction(1, 5, change, was, headline, datetime(2026, 11, 23, tzinfo=UTC))


def test_an_article_corrected_again_is_listed_once_from_its_first_headline_to_its_last() -> None:
    assert summed([a_correction("A", "B"), a_correction("B", "C")]) == (Corrected("headline", "A", "C"),)
    assert summed([a_correction("A", "B"), a_correction("B", "A")]) == ()
