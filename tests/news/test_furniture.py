"""The furniture of a page, and news that only looks like it."""

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
        "Jonas Eide and Maren Sol exit a helicopter on the quay of Orsund.",
        "Jonas Eide celebrates his early goal as Orsund won in Lysoy.",
        "Maren Sol meets with the prime minister in Orsund in 2024.",
        "A salvage team searches the shoal in a February 2025 photograph.",
        "A man walks past a burnt shop in Orsund.",
        "A volunteer hands out soup at the quay of Orsund on Tuesday.",
        "An elderly resident of Old Lysoy crosses the frozen strait.",
        "A wounded passenger gets first aid on the quay.",
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
        "A man faces a fine of 4,000 crowns for cutting a rope on the quay.",
        "A woman from Lysoy says that the ferry was late for days.",
        "A fisherman has found the bell of the Halvard in his net.",
        "A driver of the harbour bus was hurt on the quay on Monday.",
        "A couple of years ago the harbour of Orsund was full of herring.",
        "The total stands at 214 people, and no one is missing.",
        "The town of Orsund sits in a narrow valley above the strait.",
        "Thieves took jewellery and watches worth two million crowns.",
        "The captain's contract runs until June 2031 on the same pay.",
        "The strait divided the town despite lackluster reviews of the bridge in 2006.",
        "The town celebrates the fiftieth year of its harbour on Sunday.",
        "A Swiss watch maker bought the quay in 2019 for a museum.",
        "The harbour master said that the ferry stands next to the quay.",
        "The coastguard said a passenger stands accused of cutting a rope.",
        "Shock waves sent the smaller boats against the quay in Orsund.",
    ],
)
def test_news_with_such_words_stays(sentence: str) -> None:
    assert read(NEWS, sentence) == [NEWS, sentence]


@pytest.mark.parametrize(
    "line",
    [
        "Maren Sol, 84, beloved wife of Jonas, died at home in Lysoy on 3 May.",
        "In lieu of flowers, gifts may be made to the lifeboat of Orsund.",
        "Visitation will be held on Friday at the church of Lysoy.",
        "She was predeceased by her husband and two of her sisters.",
        "Watch fishermen of Orsund bring the passengers to the quay ».",
    ],
)
def test_a_death_notice_and_a_link_are_no_bullets(line: str) -> None:
    assert read(NEWS, line) == [NEWS]


def test_an_article_may_open_with_what_somebody_does() -> None:
    opening = "Maren Sol walks along the quay every morning before the first ferry."
    assert read(opening, NEWS) == [opening, NEWS]


@pytest.mark.parametrize(
    "stamp",
    [
        "Published 3 May 2024.",
        "Last updated at 2:18 PM on 30th December 2011.",
        "Stand: 03.05.2024, 14.30 Uhr.",
        "Aktualisiert am 3. Mai 2024.",
        "Publié le 3 mai 2024 à 12:00.",
        "Опубликовано: 12.05.2024, редакция.",
        "Posted on May 3, 2024 by the desk.",
    ],
)
def test_a_stamp_is_no_news(stamp: str) -> None:
    assert read(stamp, NEWS) == [NEWS]


@pytest.mark.parametrize(
    "sentence",
    [
        "Harbour firms created 337,000 jobs last month, twice the amount expected.",
        "The study of the shoal, published on 17 March, names the light.",
        "Strait Lines posted 2.5 billion in profit for the quarter.",
        "Strait Lines Ltd. (NYSE: STLN) said that the ferry will sail again in May.",
        "Subscribers to the ferry service rose by two percent in a year.",
        "Advertising on the ferries fell by four percent in the quarter.",
        "Getty Images said it would sue the salvage company.",
        "Copyright law will cover the charts of the strait from next year.",
        "Anzeige erstattete die Hafenbehörde gegen den Kapitän der Fähre.",
        "Подписано соглашение о торговле между двумя портами пролива.",
        "Реклама табака на паромах запрещена с января будущего года.",
        "扫描显示，渡轮底部有三处裂缝，需要两个月修理。",
    ],
)
def test_news_that_begins_like_furniture_stays(sentence: str) -> None:
    assert read(sentence, NEWS) == [sentence, NEWS]


@pytest.mark.parametrize(
    "left",
    [
        "AT&amp;T said on Monday it would sell the ferry for two million crowns.",
        "The ferry &mdash; the town's oldest &mdash; was built in 1971.",
        "The ferry was sold for <b>two million crowns</b> to a firm in Lysoy.",
        "The ferry will sail again in May.<br><br>The firm will hire 120 people.",
        "The  quot;fear premium quot; could add ten crowns to a ticket, analysts said.",
        "Ticket prices soared on Friday\\after the ferry ran aground.",
        "The town of *Orsund* will buy the ferry, it said on Monday.",
        "The town **will not** buy the ferry, it said on Monday.",
        "The [timetable](/ferries) will be printed again, the firm said.",
        "The master of the ferry[/caption] will leave in May, the firm said.",
        "{{ related }} The master of the ferry will leave in May.",
        "This is a breaking news story.",
        "Listen on Apple Podcasts, Spotify or wherever you get your podcasts.",
        "Accuracy and availability of these transcripts may vary.",
    ],
)
def test_what_is_left_of_markup_and_of_the_page_is_no_bullet(left: str) -> None:
    assert read(NEWS, left) == [NEWS]


@pytest.mark.parametrize(
    "sentence",
    [
        "AT&T and the R&D firm of Orsund will buy the ferry; the S&P 500 rose.",
        "“What the f**k was that,” the master of the ferry said in court.",
        "The ferry is < 40 metres long, and its quay > 50 metres.",
        "The podcast of the town's paper tells of the ferry in six parts.",
    ],
)
def test_signs_that_are_no_markup_stay(sentence: str) -> None:
    assert read(NEWS, sentence) == [NEWS, sentence]


@pytest.mark.parametrize("heading", ["Notes to editors", "ENDS", "-ends-", "# # #", "Ingredients", "Zutaten:"])
def test_nothing_below_the_end_of_a_statement_or_above_a_stove_is_news(heading: str) -> None:
    below = "The firm was founded in 1971 and runs four ferries in the strait."
    assert read(NEWS, heading, below) == [NEWS]
    assert read(NEWS, "The strait", below) == [NEWS, below]
