"""What a page says of itself: its site's name, its writers, its day; and nothing of that in the headline."""

from __future__ import annotations

import pytest

from ingest.feeds import read_feed
from ingest.imprint import main_label, plain_byline, site_name
from ingest.pages import read_page

URL = "https://www.harbour-post.example/news/ferry"
TEXT = "The ferry Halvard ran aground in thick fog on Thursday with 214 people aboard , the coastguard said . " * 4
PAGE = """<html lang="en"><head><title>{title}</title><meta property="og:site_name" content="{site}">
<meta property="article:published_time" content="{day}"></head>
<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"""


def page(title: str = "Ferry aground in fog", site: str = "The Harbour Post", day: str = "2024-11-02") -> bytes:
    return PAGE.format(title=title, site=site, day=day, text=TEXT).encode()


@pytest.mark.parametrize("title", ["Ferry aground in fog | The Harbour Post", "Ferry aground in fog - harbour-post"])
def test_a_page_leaves_its_sites_name_out_of_the_headline(title: str) -> None:
    assert read_page(page(title), URL).headline == "Ferry aground in fog"


def test_a_feed_leaves_its_own_name_out_of_its_headlines() -> None:
    feed = """<rss version="2.0"><channel><title>World news | The Harbour Post</title>
    <item><title>Ferry aground in fog - The Harbour Post</title><link>https://harbour.example/1</link></item>
    <item><title>Ferry: aground - in fog</title><link>https://harbour.example/2</link></item></channel></rss>"""

    entries = read_feed(feed.encode(), url=None).entries

    assert [entry.headline for entry in entries] == ["Ferry aground in fog", "Ferry: aground - in fog"]


def test_a_page_has_no_space_before_a_comma_or_a_stop() -> None:
    assert " ," not in read_page(page(), URL).text
    assert " ." not in read_page(page(), URL).text


def test_a_page_that_is_of_the_year_one_has_no_day() -> None:
    assert read_page(page(day="2024-11-02"), URL).published == "2024-11-02"
    assert read_page(page(day="0001-01-01T00:00:00Z"), URL).published is None


def test_a_line_of_rights_is_no_sites_name() -> None:
    assert site_name("Copyright 2014", "harbour.example") == "harbour.example"
    assert site_name(" The  Harbour Post", "harbour.example") == "The Harbour Post"


def test_a_site_is_known_by_the_main_part_of_its_address() -> None:
    assert [main_label(host) for host in ("www.vg247.com", "news.harbour-post.co.example", "localhost", "")] == [
        "vg247",
        "harbour-post",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("Maren Sol; Jonas Eide Monday; November", "Maren Sol, Jonas Eide"),
        ("Maren Sol November", "Maren Sol"),
        ("Maren Sol, 2 November 2024", "Maren Sol"),
        ("Harbour Post wire services Published", "Harbour Post wire services"),
        ("Theresa May; August June", "Theresa May, August June"),
        ("Monday", None),
        (None, None),
    ],
)
def test_a_byline_is_of_names_and_no_days(given: str | None, plain: str | None) -> None:
    assert plain_byline(given) == plain
