"""A misspelt word brings the nearest one that is known."""

from __future__ import annotations

import pytest

from news.spelling import Spelling


def known(*texts: str) -> Spelling:
    spelling = Spelling()
    spelling.read(texts)
    return spelling


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ceasfire", "ceasefire"),
        ("PROSPEKTS", "prospects"),
        ("harbuor", "harbour"),
        (" paolo ", "paulo"),
        ("комита", "комета"),
        ("cease", None),
        ("zebra", None),
        ("", None),
        ("\u202e😀", None),
        ("x" * 4_000, None),
    ],
)
def test_the_nearest_known_word_is_suggested(typed: str, meant: str | None) -> None:
    spelling = known("Ceasefire prospects dwindle in São Paulo", "The harbour is closed.", "Комета")

    assert spelling.nearest(typed) == meant


def test_of_words_as_near_the_more_frequent_is_suggested() -> None:
    assert known("ports, parts, ports").nearest("pxrts") == "ports"
    assert known("ports, parts, parts").nearest("pxrts") == "parts"


def test_a_word_that_is_known_needs_no_other() -> None:
    assert known("election, elections").nearest("Elections") is None
