"""Where sites keep their feeds, and sources that are no feeds and are read like one."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.answers import NotAFeed, TooLarge, Unreadable
from ingest.feeds import read_feed
from ingest.listing import MAX_BYTES
from ingest.sites import kept_by_site, sitemaps_named, usual_places
from ingest.watching import guess_lists
from tests.ingest.test_feeds import FIXTURES, mutated, read

CHANNEL = "UCabcdefghijklmnopqrstuv"


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        (f"https://m.youtube.com/channel/{CHANNEL}/videos", [f"www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"]),
        ("https://youtube.com/watch?v=x&list=PLab", ["www.youtube.com/feeds/videos.xml?playlist_id=PLab"]),
        ("https://www.youtube.com/user/herald", ["www.youtube.com/feeds/videos.xml?user=herald"]),
        ("https://www.youtube.com/@herald", []),
        ("https://old.reddit.com/r/comets/top", ["www.reddit.com/r/comets/top/.rss"]),
        ("https://www.reddit.com/r/comets/.rss", []),
        ("https://github.com/a/b.git", [f"github.com/a/b/{kind}.atom" for kind in ("releases", "tags", "commits")]),
        ("https://github.com/a/b/tags", [f"github.com/a/b/{kind}.atom" for kind in ("tags", "releases", "commits")]),
        ("https://github.com/a/b/tree/main", ["github.com/a/b/commits/main.atom"]),
        ("https://github.com/a/b/tags.atom", []),
        ("https://gitlab.com/a/b/c", ["gitlab.com/a/b/c/-/releases.atom", "gitlab.com/a/b/c/-/tags?format=atom"]),
        ("https://social.example/@ann", ["social.example/@ann.rss"]),
        ("https://social.example/@ann@other.example", ["other.example/@ann.rss"]),
        ("https://social.example/@ann/112233", ["social.example/@ann.rss"]),
        ("https://social.example/@ann/a-story", []),
        ("https://social.example/web/@ann", ["social.example/@ann.rss"]),
        ("https://social.example/tags/comet", ["social.example/tags/comet.rss"]),
        ("https://t.me/herald/12", ["t.me/s/herald"]),
        ("https://t.me/s/herald", []),
        ("https://t.me/joinchat/abc", []),
        ("https://herald.t.me/", ["t.me/s/herald"]),
        ("https://telegram.dog/herald", ["t.me/s/herald"]),
        ("https://substack.com/@herald", ["herald.substack.com/feed"]),
        ("https://www.reddit.com/r/comets/top/?t=week", ["www.reddit.com/r/comets/top/.rss?t=week"]),
        ("https://medium.com/@ann/a-story", ["medium.com/feed/@ann"]),
        ("https://bsky.app/profile/ann.example", ["bsky.app/profile/ann.example/rss"]),
        ("https://herald.substack.com/p/a", ["herald.substack.com/feed"]),
        ("https://notgithub.com/a/b", []),
        ("https://[x", []),
    ],
)
def test_feeds_of_well_known_sites_are_known_from_the_address_alone(page: str, kept: list[str]) -> None:
    assert kept_by_site(page) == tuple(f"https://{each}" for each in kept)


def test_other_sites_are_tried_below_the_page_and_below_the_front_page_of_the_same_host_only() -> None:
    places = usual_places("https://herald.example:8443/blog/?page=2")

    assert places[0] == "https://herald.example:8443/blog/feed"
    assert "https://herald.example:8443/rss.xml" in places
    assert all(place.startswith("https://herald.example:8443/") for place in places)
    assert usual_places("https://herald.example/a.html")[0] == "https://herald.example/feed"


def test_the_sitemaps_that_a_site_names_come_with_those_of_news_first() -> None:
    robots = "User-agent: *\nDisallow: /\nSITEMAP: https://a.example/all.xml\n Sitemap:https://a.example/News.xml #\n"

    assert sitemaps_named(robots) == ("https://a.example/News.xml", "https://a.example/all.xml")


def test_a_telegram_channel_is_read_like_a_feed_each_post_with_what_it_says_itself() -> None:
    channel = read("channel-page.html", "https://t.me/s/harbournews")
    newest, oldest = channel.entries

    assert (channel.title, oldest.headline, newest.headline) == (
        "Harbour News", "Two barges & a tug", "The tug has left."
    )  # fmt: skip
    assert oldest.paragraphs == ("They came on Friday with salt.", "More is expected.")
    assert (oldest.url, oldest.guid) == ("https://t.me/harbournews/11", "harbournews/11")
    assert (oldest.published, newest.published) == ("2026-11-20T07:30:00+00:00", None)
    assert oldest.image_url == "https://cdn.example/11.jpg"
    assert not any(entry.is_teaser for entry in channel.entries)


def test_a_news_sitemap_is_read_like_a_feed_the_newest_first() -> None:
    sitemap = read("news-sitemap.xml", "https://harbour.example/news.xml")
    newest, oldest = sitemap.entries

    assert (sitemap.title, sitemap.language, sitemap.site_url) == ("The Harbour", "en", "https://harbour.example/")
    assert [entry.headline for entry in sitemap.entries] == ["Two barges & a tug", "The tug has left"]
    assert (newest.url, newest.section) == ("https://harbour.example/barges", "Shipping")
    assert newest.image_url == "https://harbour.example/barges.jpg"
    assert oldest.published == "2026-11-20T07:00:00+00:00"
    assert newest.is_teaser


@pytest.mark.parametrize(
    "data",
    [
        b"tgme_widget_message",
        b"<div class=tgme_widget_message data-post='x'>",
        b"<urlset news:><url><loc>https://a.example</loc></url></urlset>",
        b"<urlset news:" + b"<url>" * 50_000,
        b"<div>" * 100_000 + b"tgme_widget_message",
    ],
)
def test_what_only_looks_like_a_channel_or_a_sitemap_is_no_feed(data: bytes) -> None:
    with pytest.raises(NotAFeed):
        read_feed(data, url="https://harbour.example/")


def test_a_source_that_is_too_large_is_not_read() -> None:
    with pytest.raises(TooLarge):
        read_feed(b"tgme_widget_message" + b" " * MAX_BYTES, url=None)


SITEMAP = """<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY s SYSTEM "file://{secret}"><!ENTITY a "{bomb}">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://harbour.example/a</loc><news:news>
<news:publication_date>2026-11-20</news:publication_date><news:title>A tug &s; &d;</news:title></news:news></url>
</urlset>"""


def test_an_entity_in_a_sitemap_opens_no_file_and_fills_no_memory(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    try:
        read = repr(read_feed(SITEMAP.format(secret=secret, bomb="x" * 10_000).encode(), url=None))
    except NotAFeed:
        read = ""

    assert "hunter2" not in read
    assert len(read) < 10_000


PAGES = tuple((FIXTURES / name).read_bytes() for name in ("channel-page.html", "page-without-feed.html"))


@given(st.integers(0, 2**32))
@hypothesis.settings(max_examples=200, deadline=None)
def test_a_page_damaged_on_its_way_is_read_or_answered(seed: int) -> None:
    page = mutated(seed, PAGES)
    for watched in (None, ".item a", "main *"):
        try:
            feed = read_feed(page, url="https://harbour.example/", watched=watched)
        except Unreadable:
            continue
        assert all(entry.headline for entry in feed.entries)
    try:
        guesses = guess_lists(page, "https://harbour.example/")
    except Unreadable:
        return
    assert all(guess.headlines for guess in guesses)


def test_a_news_sitemap_may_call_its_names_otherwise_and_give_days_alone() -> None:
    told = "<n:news><n:publication_date>2026-01-05</n:publication_date><n:title>One</n:title></n:news>"
    names = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    sitemap = f"<urlset {names}><url><loc>https://harbour.example/1</loc>{told}</url></urlset>"

    [entry] = read_feed(sitemap.encode(), url="https://harbour.example/news.xml").entries

    assert (entry.headline, entry.url, entry.published) == ("One", "https://harbour.example/1", "2026-01-05")
