"""Headlines that come back with other news below them, and what is like an older story only because its kind is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from news.article import Entry
from news.telling import Teller

MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)
BRIEFINGS = (
    "Trains will not run in Orsund today because drivers are on strike. The budget of Lysoy comes at noon.",
    "Shares of Strait Lines fell overnight after a warning. A minister of Karrow has resigned over a loan.",
    "A film about beekeepers won the main prize in Amsel. The old bridge of Vessia was closed by engineers.",
    "Schools in Tolmar were shut after a flood. A painting by Ilse Brandt was sold for nine million crowns.",
)


def told(*entries: tuple[Entry, timedelta]) -> list[int]:
    """The stories of a stream, after the second look."""
    teller = Teller()
    stories = []
    for entry, after in entries:
        teller.tell(entry, MONDAY + after)
        stories += [telling.story for telling in teller.settled()]
    return stories + [telling.story for telling in teller.settle_all()]


@pytest.mark.parametrize("title", ["Morning briefing", "Live: markets", "Утренний обзор", "今日要闻"])
def test_a_column_of_the_same_headline_is_a_story_a_day(title: str) -> None:
    days = [
        (Entry(headline=title, paragraphs=(text,), language="en"), timedelta(days=day))
        for day, text in enumerate(BRIEFINGS)
    ]
    assert len(set(told(*days))) == len(BRIEFINGS)


def test_the_same_news_under_the_same_headline_is_one_story_however_late_it_comes() -> None:
    one = Entry(headline="Ferry aground in the strait", paragraphs=BRIEFINGS[:2], language="en")
    assert len(set(told((one, timedelta()), (one, timedelta(hours=20)), (one, timedelta(hours=30))))) == 1


def test_the_next_match_of_the_same_teams_is_another_story_and_the_next_day_of_a_search_is_not() -> None:
    def match(score: str, told: str) -> Entry:
        return Entry(headline=f"Orsund United {score} Karrow Town", paragraphs=(told,), language="en")

    first = match(
        "2-1",
        "Sam Okoro headed in a late winner as Orsund United came from behind to beat Karrow Town. Luis Prado had put "
        "the visitors ahead with a free kick, and Joe Lansing levelled from the spot after a handball.",
    )
    report = match(
        "2-1",
        "A late header by Sam Okoro won the game for Orsund United, who had trailed to a free kick by Luis Prado. "
        "Joe Lansing scored a penalty for the hosts after a Karrow Town defender handled the ball.",
    )
    replay = match(
        "0-3",
        "Lena Fisk scored three times in the rain as Karrow Town won their cup replay at Orsund United. The referee "
        "sent off goalkeeper Aaron Fitch before the break, and a quarter of the seats stayed empty.",
    )

    stories = told((first, timedelta()), (report, timedelta(hours=3)), (replay, timedelta(days=6)))
    assert stories[0] == stories[1] != stories[2]

    search = [
        (
            Entry(
                headline=f"Search for hiker Lena Torv on Mount Varga, day {day}",
                paragraphs=(f"Teams looked for the hiker Lena Torv on Mount Varga again; {told}",),
                language="en",
            ),
            timedelta(days=day),
        )
        for day, told in enumerate(("snow fell.", "a backpack was found.", "dogs came.", "her parents spoke.") * 3)
    ]
    assert len(set(told(*search))) == 1
