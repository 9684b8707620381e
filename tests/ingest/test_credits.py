"""Whose the picture of an article is: said by pages to search engines, by captions and by feeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.credits import is_same, plain_credit
from ingest.feeds import read_feed
from ingest.pages import read_page

PAGE = (Path(__file__).parent / "fixtures" / "article-page.html").read_text()
AT = "https://www.harbour.example/2024/harbour"
SHOWN = "https://www.harbour.example/harbour.jpg"


def pictured(*, told: Any = None, figure: str = "", more: Any = ()) -> tuple[str | None, str | None]:
    """The picture of the page, and whose it is; `told` is its article's image for search engines."""
    article = {"@type": "NewsArticle", "headline": "Harbour", "image": told}
    said = f'<script type="application/ld+json">{json.dumps({"@graph": [article, *more]})}</script>'
    page = PAGE.replace("</head>", f"{said}</head>").replace("</h1>", f"</h1>{figure}")
    entry = read_page(page.encode(), AT)
    return entry.image_url, entry.image_credit


@pytest.mark.parametrize(
    "told",
    [
        {"url": "/harbour.jpg", "creditText": "Jana Dvorak / AFP"},
        [{"contentUrl": "/harbour-1200x630.jpg?w=3", "creator": {"name": "Jana Dvorak / AFP"}}],
        {"url": ["/harbour.jpg"], "copyrightNotice": "© 2024 Jana Dvorak / AFP. All rights reserved."},
        {"url": "/harbour.jpg", "author": [{"name": "Photo: Jana Dvorak / AFP"}]},
    ],
)
def test_a_page_says_to_search_engines_whose_its_picture_is(told: Any) -> None:
    assert pictured(told=told)[1] == "Jana Dvorak / AFP"


def test_a_picture_that_says_whose_it_is_goes_before_one_that_does_not() -> None:
    told = {"url": "/crane.jpg", "creditText": "Jana Dvorak"}
    assert pictured(told=told) == ("https://www.harbour.example/crane.jpg", "Jana Dvorak")
    assert pictured(told=[{"url": "/crane.jpg"}, told | {"url": "/quay.jpg"}]) == (SHOWN, None)
    assert pictured(told={"url": "/crane.jpg", "creditText": "© 2024"}) == (SHOWN, None)


def test_a_picture_may_be_described_elsewhere_in_what_a_page_says() -> None:
    told, whole = (
        {"@id": "#main"},
        {"@type": "ImageObject", "@id": "#main", "url": "/harbour.jpg", "creditText": "Jana"},
    )
    assert pictured(told=told, more=[whole]) == (SHOWN, "Jana")


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("<figcaption>The quay on Friday. Photo: Jana Dvorak</figcaption>", "Jana Dvorak"),
        ("<figcaption>The quay (AP Photo/Jana R. Dvorak)</figcaption>", "AP Photo/Jana R. Dvorak"),
        ("<figcaption>The quay. Jana Dvorak/Reuters</figcaption>", "Jana Dvorak/Reuters"),
        ("<figcaption>The quay. © Jana Dvorak</figcaption>", "Jana Dvorak"),
        ("<figcaption><p>The quay.</p><p class='c-credit'>Jana Dvorak</p></figcaption>", "Jana Dvorak"),
        ("<figcaption>The quay. <span itemprop='copyrightHolder'><b>Credit</b><i>Jana</i></span></figcaption>", "Jana"),
        ("<p>Image source, Jana Dvorak</p>", "Jana Dvorak"),
        ("<figcaption>The quay on Friday.</figcaption>", None),
        (
            "<figcaption class='credits'>The quay on Friday, before the barges came in from the river.</figcaption>",
            None,
        ),
        ("", None),
    ],
)
def test_a_caption_says_whose_the_picture_is(caption: str, credit: str | None) -> None:
    figure = f"<figure><picture><source srcset='/harbour.jpg?w=8 2x'><img src='data:,'></picture>{caption}</figure>"
    assert pictured(figure=figure) == (SHOWN, credit)
    assert pictured(figure=figure.replace("harbour", "crane")) == (SHOWN, None)


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("https://a.example/x/ferry-aground.jpg", "https://cdn.example/y/ferry-aground-1024x683.webp?w=3", True),
        ("https://a.example/x/1.jpg", "https://a.example/y/1.jpg", False),
        (
            "https://a.example/i?url=https%3A%2F%2Fb.example%2Fferry-aground.jpg",
            "https://b.example/ferry-aground.jpg",
            True,
        ),
        ("https://a.example/i?url=http%3A[", "https://a.example/i", True),
    ],
)
def test_a_picture_is_known_in_whatever_size(one: str, other: str, are_same: bool) -> None:
    assert is_same(one, other) is are_same


@pytest.mark.parametrize("told", ["", "©", "All rights reserved", "https://example.org/license", "x " * 40, 7, None])
def test_what_names_nobody_is_no_credit(told: Any) -> None:
    assert plain_credit(told) is None


@pytest.mark.parametrize("spoiler", ["", "<category>Salt & Sand</category>"])
@pytest.mark.parametrize(
    ("media", "credit"),
    [
        ("<media:content url='/q.jpg' medium='image'><media:credit>Photo: Jana</media:credit></media:content>", "Jana"),
        ("<media:thumbnail url='/q.jpg'/><media:credit role='photographer'>Jana</media:credit>", "Jana"),
        ("<media:thumbnail url='/q.jpg'/><media:credit role='author'>Jana</media:credit>", None),
        ("<media:thumbnail url='/q.jpg'/><media:credit>A</media:credit><media:credit>B</media:credit>", None),
        ("<media:credit>Jana</media:credit>", None),
    ],
)
def test_a_feed_says_whose_its_pictures_are_whichever_reader_reads_it(spoiler: str, media: str, credit: str) -> None:
    feed = (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Wire</title><item>'
        f"<title>One</title><link>https://wire.example/1</link>{spoiler}<description>Told.</description>{media}"
        "</item></channel></rss>"
    )
    [entry] = read_feed(feed.encode(), url="https://wire.example/feed").entries
    assert entry.image_credit == credit
