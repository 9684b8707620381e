"""Pages without a feed: what is watched on them, and what a selector may be."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree  # type: ignore[import-untyped]

from ingest.answers import NotASelector, NothingWatched
from ingest.feeds import ParsedFeed, read_feed
from ingest.selectors import as_xpath
from ingest.watching import guess_lists, selector_of, watched_address

PAGE = (Path(__file__).parent / "fixtures" / "page-without-feed.html").read_bytes()
URL = "https://harbour.example/news"


def watch(selector: str, page: bytes = PAGE) -> ParsedFeed:
    return read_feed(page, url=URL, watched=selector)


def headlines(selector: str) -> list[str]:
    return [entry.headline for entry in watch(selector).entries]


def test_what_a_selector_finds_is_read_like_a_feed() -> None:
    feed = watch(".news .item")
    tug, barges, lock, _ = feed.entries

    assert (feed.title, feed.site_url, feed.language) == ("Harbour office", URL, "en")
    assert (tug.headline, tug.url) == ("The tug has left <for good>", "https://harbour.example/office/tug")
    assert tug.paragraphs == ("22 Nov It went north on Sunday.",)
    assert (tug.published, barges.published) == ("2026-11-22T00:00:00", "2026-11-21T00:00:00")
    assert barges.image_url == "https://harbour.example/office/barges.jpg"
    assert (lock.headline, lock.url, lock.is_teaser) == ("The lock is closed in May", None, False)
    assert tug.is_teaser


@pytest.mark.parametrize(
    "selector",
    [
        ".news a",
        "#content .headline > a",
        "main h3",
        "div.news div.item h3.headline",
        "[class~=headline]",
        ".item a, .missing",
        "main > div > div",
        'h3[class^="head"][class$="line"][class*=dl] *',
        "DIV.news > :first-child, div.item",
    ],
)
def test_a_list_may_be_pointed_at_in_many_ways(selector: str) -> None:
    assert headlines(selector)[:2] == ["The tug has left <for good>", "Two barges brought salt"]


def test_the_lists_that_look_like_news_are_offered_and_not_the_furniture_of_the_page() -> None:
    guesses = guess_lists(PAGE, URL)

    assert [guess.headlines[0] for guess in guesses] == [
        "The tug has left <for good>",
        "Harbour day for children",
    ]
    assert headlines(guesses[0].selector)[1] == "Two barges brought salt"
    assert "4711" not in guesses[0].selector


@pytest.mark.parametrize(
    "selector",
    ["", " ", ">", "a >", "> a", "a,,b", "a b c d e f g h i j k l m n", ".", "#", "a::b", "a[", "a[x=']", "a:has(b)",
     "a]|//*", "x" * 301, "a[href='x' or '1'='1']", "a\"", "a'", "ab*",
     "a[x='\x00']", "a[x='\x01']", ".\ufffe", ".\udc00"],
)  # fmt: skip
def test_what_is_no_selector_is_said_to_be_none(selector: str) -> None:
    with pytest.raises(NotASelector, match="Use names"):
        watch(selector)


@pytest.mark.parametrize(
    "selector", ["a[title='it is']", 'a[href*="]"]', ".ü-x", "[data-x=a/b.c:d-e]", "a[lang|=en]", "*:last-child"]
)
def test_whatever_is_a_selector_is_xpath_that_can_be_asked(selector: str) -> None:
    assert etree.HTML("<p>x</p>").xpath(as_xpath(selector)) is not None


@pytest.mark.parametrize("page", [b"", b"hello", b"<html></html>", b"\x00" * 50, b"<div>" * 5_000 + b"</div>"])
def test_a_page_that_no_longer_shows_what_is_watched_is_said_to_do_so(page: bytes) -> None:
    with pytest.raises(NothingWatched, match="does not show what is watched"):
        watch(".news a", page)
    assert guess_lists(b"<html>" + page, URL) == ()


def test_an_address_says_what_is_watched_there() -> None:
    address = watched_address(f"{URL}?a=1#top", "main > .headline a[href*='/x#y']")

    assert address.startswith(f"{URL}?a=1#watch=main%20")
    assert selector_of(address) == "main > .headline a[href*='/x#y']"
    assert (selector_of(URL), selector_of(f"{URL}#top")) == (None, None)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-8-sig"])
def test_a_page_that_does_not_say_its_encoding_is_read_in_its_own(encoding: str) -> None:
    items = "".join(f'<li><a href="/{n}">Городской совет восстановит стену гавани {n}</a></li>' for n in range(4))
    page = f"<html><head><title>Новости гавани</title></head><body><ul>{items}</ul>".encode(encoding)

    assert guess_lists(page, "https://harbour.example/")[0].headlines[0] == "Городской совет восстановит стену гавани 0"
    assert watch("li", page).title == "Новости гавани"
