"""Numbers that count something, told from years, dates and times of day."""

from __future__ import annotations

import pytest

from news.quantities import is_about, quantities


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("At least 64 people were killed and 1,200 fled.", [64, 1200]),
        ("The fund lost 1.2 million dollars.", [1_200_000]),
        ("Eleven people, twenty-one of them and an eight-day wait", [11, 21, 8]),
        ("Mindestens 64 Menschen starben, 1.200 flohen, 1,5 Millionen sind ohne Strom.", [64, 1200, 1_500_000]),
        ("Murieron once personas y 3 millones siguen sin luz.", [11, 3_000_000]),
        ("Zwölf Verletzte, dreißig Vermisste", [12, 30]),
        ("Prices rose 4.25 percent", [4.25]),
        ("About 1 200 homes", [1200]),
    ],
)
def test_numbers_are_read_as_digits_and_as_words_in_several_languages(text: str, values: list[float]) -> None:
    assert [each.value for each in quantities(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "in 2024 and since 1998",
        "on November 11 or 20 November 2026",
        "am 3. Mai um 14:30 Uhr",
        "el 3 de mayo a las 18:00",
        "shortly before 11 p.m., at 06:40 AM",
        "the 20th Airbus A320 with 5G",
    ],
)
def test_years_dates_times_and_names_with_digits_count_nothing(text: str) -> None:
    assert quantities(text) == []


def test_percentages_and_money_are_known_as_such() -> None:
    text = "5% of 40 ships, 12 Prozent, $30 and 30 euros"
    assert [(each.value, each.is_part) for each in quantities(text)] == [
        (5, True), (40, False), (12, True), (30, True), (30, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(1786, 1800, True), (312, 300, True), (64, 60, False), (64, 68, False), (1.5, 1.4, False)],
)
def test_a_rounded_number_is_the_number_that_it_rounds(one: float, other: float, same: bool) -> None:
    assert is_about(one, other) is is_about(other, one) is same
