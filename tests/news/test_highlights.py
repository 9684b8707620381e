"""The list with which a publisher sums its article up."""

from __future__ import annotations

import pytest

from news.article import Entry
from news.bullets import MOST, choose_bullets
from news.highlights import highlights

PROSE = (
    "The ferry Halvard ran aground in thick fog on Thursday with 214 people aboard, the coastguard said.",
    "Fishing boats carried all 214 people from the ferry Halvard to the harbour of Orsund within five hours.",
    "The accident board will read the ferry's voyage recorder to learn why the Halvard left the channel.",
)
POINTS = (
    "All 214 people on the ferry reach Orsund in fishing boats.",
    "Halvard ran aground in thick fog",
    "Accident board to read the voyage recorder",
)


def entry(*lines: str) -> Entry:
    return Entry(headline="Ferry Halvard runs aground", paragraphs=lines)


@pytest.mark.parametrize("mark", ["• ", "•", "* ", "- ", "▪ ", "– "])
@pytest.mark.parametrize("above", [(), ("Key points",), ("By Maren Sol", "Published 3 May 2024")])
def test_the_publishers_list_above_the_article_gives_its_bullets_word_for_word(
    mark: str, above: tuple[str, ...]
) -> None:
    told = entry(*above, "\n".join(mark + point for point in POINTS), *PROSE)
    bullets = choose_bullets(told)

    assert [bullet.text for bullet in bullets] == list(POINTS)
    assert all(bullet.origin == "publisher" for bullet in bullets)
    assert all(told.text[bullet.start : bullet.end] == bullet.text for bullet in bullets)


def test_a_long_list_gives_its_first_lines() -> None:
    told = entry("Key points", *(f"• {point}" for point in (*POINTS, "The 214 people waited five hours")), *PROSE)
    assert [bullet.text for bullet in choose_bullets(told)] == list(POINTS)[:MOST]


@pytest.mark.parametrize(
    "listed",
    [
        ("• Storm kills five in the hills of Maroa", "• Why the price of bread goes on rising"),
        ("• Home", "• News", "• Sport"),
        ("• 300 g of rice for four", "• One onion, finely chopped, and two lemons"),
        ("• Did the ferry Halvard run aground in fog?", "• Who will read the voyage recorder of the ferry?"),
        ("• All 214 people on the ferry reach Orsund in fishing boats.",),
        ("• Read more: the ferry Halvard ran aground in fog", "• Halvard ran aground in thick fog on Thursday"),
    ],
    ids=["other articles", "menu", "ingredients", "questions", "one line", "furniture"],
)
def test_other_lists_are_no_summary(listed: tuple[str, ...]) -> None:
    assert highlights(entry(*listed, *PROSE)) == []


def test_a_list_further_down_or_one_without_an_article_is_no_summary() -> None:
    points = [f"• {point}" for point in POINTS]
    assert highlights(entry(*PROSE, *PROSE, *points, *PROSE)) == []
    assert highlights(entry(*points)) == []
