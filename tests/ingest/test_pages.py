"""Pages: the article on them, and the feeds they name."""

import gzip
from pathlib import Path

import pytest

from ingest.answers import NoText, TooLarge
from ingest.pages import MAX_BYTES, find_feeds, read_page

FIXTURES = Path(__file__).parent / "fixtures"
PAGES = Path(__file__).parents[2] / ".." / "shared" / "data" / "pages"
URL = "https://www.harbour.example/2024/harbour?from=feed"


def test_a_page_gives_its_article_and_says_whose_it_is() -> None:
    entry = read_page((FIXTURES / "article-page.html").read_bytes(), URL)

    assert entry.headline == "Harbour Opens Again"
    assert [paragraph.split()[0] for paragraph in entry.paragraphs] == ["The", "Repairs", "•", "•", "Captains"]
    assert (entry.byline, entry.source, entry.section) == ("Jana Dvorak", "Harbour News", "World")
    assert entry.published == "2024-11-02T06:59:00+01:00"
    assert entry.url == "https://www.harbour.example/2024/harbour"
    assert entry.image_url == "https://www.harbour.example/harbour.jpg"
    assert entry.language == "en"


def test_a_page_may_not_call_itself_by_the_address_of_another_site() -> None:
    page = (
        (FIXTURES / "article-page.html").read_bytes().replace(b'href="/2024', b'href="https://elsewhere.example/2024')
    )

    assert read_page(page, URL).url == URL


@pytest.mark.parametrize("html", [b"", b"x", b"<html></html>", bytes(range(256)), b"<p>" * 3000, b"<!--" * 1000])
def test_a_page_without_an_article_is_told_so(html: bytes) -> None:
    with pytest.raises(NoText, match="This page shows no article"):
        read_page(html, URL)


def test_a_login_page_is_no_article() -> None:
    with pytest.raises(NoText):
        read_page((FIXTURES / "login-page.html").read_bytes(), URL)


def test_a_page_too_large_is_not_read() -> None:
    with pytest.raises(TooLarge):
        read_page(b" " * (MAX_BYTES + 1), URL)


def test_the_feeds_a_page_declares_are_found_with_its_comments_last() -> None:
    assert find_feeds((FIXTURES / "article-page.html").read_bytes(), URL) == (
        "https://www.harbour.example/2024/feed.xml",
        "https://www.harbour.example/comments/feed",
    )


def test_where_a_page_declares_no_feed_its_own_links_are_looked_at() -> None:
    assert find_feeds((FIXTURES / "login-page.html").read_bytes(), URL) == ("https://www.harbour.example/feed.xml",)


@pytest.mark.parametrize(
    "html", [b"", b"\xff\xfe", b"<link rel=alternate type=application/rss+xml href='javascript:x'>"]
)
def test_a_page_may_offer_no_feed_at_all(html: bytes) -> None:
    assert find_feeds(html, URL) == ()


def test_a_few_real_pages_give_their_articles() -> None:
    pages = sorted(PAGES.glob("*.html.gz"))[:12]
    if not pages:
        pytest.skip("the pages are not beside the project")

    entries = [read_page(gzip.decompress(page.read_bytes()), URL) for page in pages]

    assert all(len(entry.text) > 300 for entry in entries)
    assert sum(entry.published is not None for entry in entries) >= 8
