"""Dates that an article contradicts."""

from __future__ import annotations

import pytest

from news.article import Entry
from news.bullets import choose_bullets
from news.doubt import doubts


def entry(text: str, published: str | None = None) -> Entry:
    return Entry(headline="", paragraphs=(text,), published=published)


@pytest.mark.parametrize(
    "line",
    [
        "As of November 1, 2023, hopes have dimmed.",
        "On 1 Nov 2023 hopes dimmed.",
        "2023-11-01",
        "Am 1. November 2023 schwand die Hoffnung.",
        "Am 01.11.2023 schwand die Hoffnung.",
        "El 1 de noviembre de 2023 se perdió la esperanza.",
        "Le 1er novembre 2023, l'espoir a faibli.",
        "В городе 1 ноября 2023 года надежды угасли.",
        "2023年11月1日，希望破灭。",
        "في 1 نوفمبر 2023 تلاشت الآمال.",
        "1 नवंबर 2023 को उम्मीदें धूमिल हुईं।",
        "Umutlar 1 Kasım 2023 günü azaldı.",
    ],
)
def test_a_date_about_a_year_off_the_day_of_publishing_is_doubtful(line: str) -> None:
    assert doubts(entry(line, "2024-11-02T06:59"))(line)


@pytest.mark.parametrize(
    "line",
    ["It sank on November 1, 2024.", "It sank on May 3, 2023.", "It sank on 14 April 1912.", "May 99, 2023.", "2023"],
)
def test_other_dates_are_not(line: str) -> None:
    assert not doubts(entry(line, "2024-11-02"))(line)


def test_without_a_day_of_publishing_two_years_for_one_day_are_both_doubtful() -> None:
    is_doubtful = doubts(entry("It sank on May 3, 2023. It sank on May 3, 2024. It rose on June 1, 2024."))
    assert is_doubtful("on May 3, 2023")
    assert is_doubtful("on May 3, 2024")
    assert not is_doubtful("on June 1, 2024")


def test_a_doubtful_date_is_in_no_bullet() -> None:
    text = (
        "Hopes for a ceasefire dimmed in the capital, the ministry said. "
        "As of November 1, 2023, the talks on the border of the two countries have stopped."
    )
    assert len(choose_bullets(entry(text))) == 2
    assert [b.text for b in choose_bullets(entry(text, "2024-11-02"))] == [
        "Hopes for a ceasefire dimmed in the capital, the ministry said."
    ]


@pytest.mark.parametrize(
    "stamp",
    [
        "Published 2 November 2024",
        "Last updated: Nov 2, 2024",
        "Web DeskNovember 2, 2024 06:59 AMworld",
        "Stand: 2.11.2024",
    ],
)
def test_the_day_that_the_page_itself_names_counts_where_no_other_is_known(stamp: str) -> None:
    is_doubtful = doubts(Entry(headline="", paragraphs=(stamp, "It sank on November 1, 2023. It rose in May.")))
    assert is_doubtful("It sank on November 1, 2023.")
    assert not is_doubtful("It sank on November 1, 2024.")
