"""Dates as newspapers write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.dateline import find_date
from ingest.language import detect, settle

DATES = [
    ("2 November 2024", "2024-11-02"),
    ("Nov 2, 2024", "2024-11-02"),
    ("2024-11-02 06:59", "2024-11-02T06:59:00"),
    ("2024-11-02T06:59:30.123Z", "2024-11-02T06:59:30+00:00"),
    ("2024/11/02", "2024-11-02"),
    ("02.11.2024", "2024-11-02"),
    ("2.11.24, 18.05 Uhr", "2024-11-02T18:05:00"),
    ("02/02/2024", "2024-02-02"),
    ("25/11/2024 14:00", "2024-11-25T14:00:00"),
    ("11/25/2024 2:00 pm EST", "2024-11-25T14:00:00-05:00"),
    ("2. November 2024, 06:59 Uhr", "2024-11-02T06:59:00"),
    ("2 de noviembre de 2024 a las 06:59", "2024-11-02T06:59:00"),
    ("2 novembre 2024 à 6h59", "2024-11-02T06:59:00"),
    ("1er mars 2024", "2024-03-01"),
    ("2 ноября 2024, 06:59 МСК", "2024-11-02T06:59:00+03:00"),
    ("2024年11月2日 06:59", "2024-11-02T06:59:00"),
    ("2024년 11월 2일 오후 6:59", "2024-11-02T18:59:00"),
    ("٢ نوفمبر ٢٠٢٤", "2024-11-02"),
    ("5 มกราคม 2024", "2024-01-05"),
    ("3 Αυγούστου 2024", "2024-08-03"),
    ("Saturday, November 2, 2024 6:59 a.m. ET", "2024-11-02T06:59:00-04:00"),
    ("Sat, 2 Nov 2024 12:00 AM", "2024-11-02T00:00:00"),
    ("06:59, 2 November 2024", "2024-11-02T06:59:00"),
    ("November 2nd 2024 at 7pm", "2024-11-02T19:00:00"),
    ("Nov 2, 2024 06:59 IST", "2024-11-02T06:59:00"),
    ("Nov 2, 2024 06:59 IST (GMT+5:30)", "2024-11-02T06:59:00+05:30"),
    ("Nov 2, 2024 06:59 UTC-0330", "2024-11-02T06:59:00-03:30"),
    ("Nov 2, 2024 06:59 +99:00", "2024-11-02T06:59:00"),
    ("02/11/2024", None),
    ("02/11/2024 06:59", None),
]


@pytest.mark.parametrize(("line", "published"), DATES)
def test_a_date_is_read_in_many_hands_and_its_zone_only_where_it_is_told(line: str, published: str | None) -> None:
    found = find_date(line)

    assert found is not None
    assert found.published == published
    assert found.start == 0


@pytest.mark.parametrize(
    "line", ["", "In May 2024 he left", "31 November 2024", "99.99.2024", "Call 02 1234 5678", "2024"]
)
def test_what_is_no_day_is_no_date(line: str) -> None:
    assert find_date(line) is None


@given(st.text(alphabet="0123456789./-: ,AMPMGTNovember年月日+Z", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_heap_of_digits_is_too_much(line: str) -> None:
    found = find_date(line)

    assert found is None or 0 <= found.start <= found.end <= len(line)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Ceasefire Prospects Dwindle as Israel Intensifies Attacks", "en"),
        ("Waffenruhe rückt in weite Ferne, sagt Minister", "de"),
        ("Надежды на перемирие тают с каждым днём", "ru"),
        ("日本銀行が利上げを決定", "ja"),
        ("Hm", None),
        ("", None),
        ("xkcd 123 brrr tzzzz pfffft grmbl", None),
    ],
)
def test_a_language_is_named_only_where_there_is_enough_to_tell(text: str, tag: str | None) -> None:
    assert detect(text) == tag


def test_a_declared_language_stands_unless_it_is_the_default_and_the_text_is_plainly_another() -> None:
    german = "Der Hafen hat am Freitag das erste Schiff seit drei Wochen empfangen, teilte das Amt mit. " * 4

    assert settle("en-US", german) == "de"
    assert settle("nl_NL", german) == "nl"
    assert settle("en", "Hafen offen") == "en"
    assert settle("no language", german) == "de"
