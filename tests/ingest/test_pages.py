"""Pages: the article on them, and the feeds they name."""

import gzip
import json
from pathlib import Path

import pytest

from ingest.answers import NoText, Paywalled, TooLarge
from ingest.naming import find_feeds
from ingest.pages import MAX_BYTES, read_page

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


def test_a_page_in_a_file_is_read_as_from_the_address_it_calls_its_own() -> None:
    page = (FIXTURES / "article-page.html").read_bytes()
    named = page.replace(b'href="/2024/harbour"', b'href="https://www.harbour.example/2024/harbour"')

    entry = read_page(named, "")

    assert (entry.url, entry.image_url, entry.source) == (
        "https://www.harbour.example/2024/harbour",
        "https://www.harbour.example/harbour.jpg",
        "Harbour News",
    )
    assert read_page(page, "").url is None


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


TOLD = (
    "The city council voted on Monday to rebuild the old harbour wall, which storms had damaged over three winters.",
    "Engineers said the work would take two years and close the northern quay to ships for most of that time.",
)


def test_a_page_that_a_script_makes_is_read_from_what_it_tells_search_engines() -> None:
    told: dict[str, object] = {
        "headline": "Harbour Wall",
        "articleBody": "\n\n".join(TOLD),
        "image": [{"@type": "ImageObject", "url": "/wall.jpg"}],
        "author": [{"name": "Ann Berg"}, {"name": "Bea Holm"}],
        "datePublished": "2026-01-05T10:00:00+01:00",
    }

    def page(told: object) -> bytes:
        script = f'<script type="application/ld+json">{json.dumps(told)}</script>'
        return f"<html><head>{script}</head><body><div id='root'></div></body></html>".encode()

    entry = read_page(page({"@graph": [{"@type": "WebSite", "name": "The Courier"}, told]}), URL)

    assert (entry.headline, entry.paragraphs, entry.byline) == ("Harbour Wall", TOLD, "Ann Berg, Bea Holm")
    assert (entry.published, entry.image_url) == (
        "2026-01-05T10:00:00+01:00",
        "https://www.harbour.example/wall.jpg",
    )
    with pytest.raises(Paywalled):
        read_page(page(told | {"isAccessibleForFree": False}), URL)
    for odd in ({"headline": 7, "articleBody": ["x"]}, {"headline": "x", "image": [[]], "author": [3]}, [None], "x"):
        with pytest.raises(NoText):
            read_page(page(odd), URL)


def test_an_article_in_a_dense_script_is_as_long_as_it_says() -> None:
    said = "工程师表示，这项工程将耗时两年，北码头在大部分时间内将对船只关闭，渔民要求在更南边的地方得到一个位置。"
    page = f"<html lang='zh'><head><title>港口城墙将重建</title></head><body><article><p>{said}</p><p>{said[::-1]}</p>"

    assert len(read_page(page.encode(), URL).text) < 200


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Just a moment...", "Your browser will be sent on to what you asked for as soon as it was looked at. " * 4),
        ("The Courier", "Checking your browser before accessing the site. This is automatic and takes seconds. " * 3),
        ("Page not found - The Courier", "Sorry, what you were looking for may have been moved or deleted. " * 5),
        ("404", "Sorry, what you were looking for may have been moved or deleted. " * 5),
        ("Seite nicht gefunden", "Die Adresse ist vielleicht veraltet, oder der Beitrag wurde verschoben. " * 4),
    ],
)
def test_a_page_that_has_nothing_or_asks_for_a_proof_is_no_article(title: str, text: str) -> None:
    page = (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )

    with pytest.raises(NoText, match="This page shows no article"):
        read_page(page.encode(), URL)


@pytest.mark.parametrize(
    ("head", "body", "feeds"),
    [
        ('<link rel="alternate" type="text/xml" href="/rss">', "", ["/rss"]),
        ('<link rel="feed" href="/odd">', "", ["/odd"]),
        ('<link rel="alternate" type="application/rss+xml" href="feed://www.harbour.example/a">', "", ["/a"]),
        ('<link rel="alternate" type="application/rss+xml" href="feed:https://www.harbour.example/a">', "", ["/a"]),
        (
            '<link rel="alternate" type="application/json" href="/wp-json/1"><link rel="alternate" hreflang="de" '
            'href="/feed/de"><link rel="alternate" type="application/json" href="/feed.json">',
            "",
            ["/feed.json"],
        ),
        (
            '<link rel="alternate" type="application/rss+xml" title="Crane » Comments Feed" href="/crane/feed/">'
            '<link rel="alternate" type="application/rss+xml" title="Harbour » Feed" href="/feed/">',
            "",
            ["/feed/", "/crane/feed/"],
        ),
        ("", '<a href="/about">Us</a><a href="/rss/all.php">RSS</a><a href="/feedback">Write</a>', ["/rss/all.php"]),
        ("", '<a href="/?feed=rss2">RSS</a><a href="/newsfeed.xml">x</a>', ["/?feed=rss2", "/newsfeed.xml"]),
    ],
)
def test_feeds_are_named_in_many_ways(head: str, body: str, feeds: list[str]) -> None:
    page = f"<html><head>{head}</head><body>{body}</body></html>"

    assert list(find_feeds(page.encode(), URL)) == [f"https://www.harbour.example{each}" for each in feeds]
