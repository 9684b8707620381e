"""Captions: what is told of a picture is not told of the news."""

from __future__ import annotations

import pytest

from news.article import Entry
from news.passages import passages

NEWS = "The ferry Halvard ran aground in thick fog on Thursday with 214 people aboard, the coastguard said."


def read(*paragraphs: str) -> list[str]:
    return [passage.text for passage in passages(Entry(headline="", paragraphs=paragraphs))]


@pytest.mark.parametrize(
    "caption",
    [
        "A coastguard officer stands in front of the ferry in Orsund.",
        "Holding her baby, Maren Sol sits next to the harbour master.",
        "Passengers wait in line for blankets on the quay.",
        "Harbour master Jonas Eide greets passengers after the rescue.",
        "Fishermen pose with the ferry's bell on the quay in Orsund.",
        "Maren Sol meets with the prime minister in Orsund in 2024.",
        "A salvage team searches the shoal in a February 2025 photograph.",
        "The master of the Halvard, in a video released by the board.",
        "A passenger took this photo of the ferry on the shoal.",
        "This image shows the ferry from the shore of Lysoy.",
    ],
)
def test_what_people_are_seen_doing_in_a_picture_is_no_bullet(caption: str) -> None:
    assert read(NEWS, caption) == [NEWS]


@pytest.mark.parametrize(
    "sentence",
    [
        "The total stands at 214 people, and no one is missing.",
        "The town of Orsund sits in a narrow valley above the strait.",
        "Thieves took jewellery and watches worth two million crowns.",
        "The captain's contract runs until June 2031 on the same pay.",
        "The strait divided the town despite lackluster reviews of the bridge in 2006.",
        "A Swiss watch maker bought the quay in 2019 for a museum.",
        "The harbour master said that the ferry stands next to the quay.",
        "The coastguard said a passenger stands accused of cutting a rope.",
        "Shock waves sent the smaller boats against the quay in Orsund.",
    ],
)
def test_news_with_such_words_stays(sentence: str) -> None:
    assert read(NEWS, sentence) == [NEWS, sentence]


def test_an_article_may_open_with_what_somebody_does() -> None:
    opening = "Maren Sol walks along the quay every morning before the first ferry."
    assert read(opening, NEWS) == [opening, NEWS]
