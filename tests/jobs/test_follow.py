"""Following an address: the feed there, or the one its page names."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from ingest.answers import BadStatus, Forbidden, NotAFeed, NotAnAddress, NotGenuine, TooLarge
from ingest.feeds import list_source
from ingest.naming import onward
from ingest.workers import Workers
from jobs.follow import MOST_KNOCKS, NoFeed, SeveralFeeds, feed_at, find
from news.feed import Feed, full_address, gone
from storage import Storage
from tests.jobs.given import NOW, a_chat
from tests.jobs.site import Item, Site, feed, page

Follow = Callable[..., Awaitable[Feed]]
FEED = feed(Item(title="Comet", guid="1"))


@pytest_asyncio.fixture
async def follow(sqlite: Storage, site: Site, workers: Workers) -> AsyncIterator[Follow]:
    async with site.door() as door:

        async def at(address: str, **more: bool) -> Feed:
            return await feed_at(sqlite, door, workers, address, now=NOW, **more)

        yield at


async def test_a_feeds_address_is_followed_and_due_at_once(sqlite: Storage, site: Site, follow: Follow) -> None:
    found = await follow(site.put("/feed", FEED))

    assert (found.title, found.url, found.is_shared) == ("The Herald", site.url("/feed"), False)
    await a_chat(sqlite)
    await sqlite.subscriptions.add(7, "feed", str(found.id), NOW)
    assert await sqlite.feeds.due(NOW, 9) == [found]


async def test_a_known_feed_is_not_asked_for_again(site: Site, follow: Follow) -> None:
    first = await follow(site.put("/feed", FEED))

    assert await follow(site.url("/feed")) == first
    assert site.asked == ["/feed"]


async def test_a_known_feed_can_be_shared_with_all_and_a_gone_one_revived(
    sqlite: Storage, site: Site, follow: Follow
) -> None:
    first = await follow(site.put("/feed", FEED))
    shared = await follow(site.url("/feed"), is_shared=True)
    await sqlite.feeds.record(gone(shared, "gone", now=NOW))
    revived = await follow(site.url("/feed"))

    assert (first.is_shared, shared.is_shared) == (False, True)
    assert (revived.id, revived.gone_at) == (first.id, None)


async def test_the_feed_that_a_page_names_is_followed(site: Site, follow: Follow) -> None:
    site.put("/broken", "<html>no feed</html>")
    site.put("/feed", FEED)
    found = await follow(site.put("/", page("Herald", "News.", feeds=("/missing", "/broken", "/feed"))))

    assert found.url == site.url("/feed")


async def test_a_page_cannot_make_us_knock_at_many_doors(site: Site, follow: Follow) -> None:
    address = site.put("/", page("Herald", "News.", feeds=tuple(f"/{number}" for number in range(9))))

    with pytest.raises(NoFeed):
        await follow(address)
    assert [f"/{number}" for number in range(9) if f"/{number}" in site.asked] == ["/0", "/1", "/2"]
    assert len(site.asked) <= MOST_KNOCKS


def a_list(*paths: str) -> str:
    links = "".join(f'<li>{path.strip("/").title()} news: <a href="{path}.rss">RSS 2.0</a></li>' for path in paths)
    return f'<html><body><a href="/">Home</a><a href="/rss#top">Top</a><ul>{links}</ul></body></html>'


async def test_feeds_that_a_site_lists_on_a_page_of_their_own_are_found(site: Site, follow: Follow) -> None:
    site.put("/rss", a_list("/world", "/science"))
    site.put("/world.rss", feed())
    site.put("/science.rss", FEED)
    address = site.put("/", '<html><body><p>News.</p><a href="/rss">RSS</a></body></html>')

    assert (await follow(address)).url == site.url("/science.rss")
    with pytest.raises(SeveralFeeds) as several:
        await follow(address, is_choosing=True)
    assert [(each.url, each.name) for each in several.value.feeds] == [
        (site.url("/world.rss"), "world.rss"),
        (site.url("/science.rss"), "science.rss"),
    ]


async def test_a_list_of_feeds_at_the_usual_place_is_found_and_one_of_none_is_not_offered(
    site: Site, follow: Follow
) -> None:
    site.put("/feed", a_list("/world", "/science"))
    address = site.put("/", page("Herald", "News."))
    with pytest.raises(NoFeed):
        await follow(address, is_choosing=True)
    assert len(site.asked) <= MOST_KNOCKS
    site.put("/science.rss", FEED)

    assert (await follow(address)).url == site.url("/science.rss")


def moving(to: str, seconds: int = 0) -> str:
    return f'<html><head><META HTTP-EQUIV="Refresh" CONTENT="{seconds}; URL=\'{to}\'"></head><body>Moved.</body></html>'


async def test_a_page_that_moves_whoever_opens_it_is_followed_like_a_redirect(site: Site, follow: Follow) -> None:
    site.put("/new/wire", FEED)
    site.put("/new/", page("Herald", "News.", feeds=("wire",)))
    site.put("/old/wire", moving("/new/wire"))
    address = site.put("/old/", moving("/new/"))

    assert (await follow(address)).url == site.url("/new/wire")
    assert (await follow(site.url("/old/wire"))).url == site.url("/new/wire")
    with pytest.raises(NoFeed):
        await follow(site.put("/reloads", moving("/new/", seconds=300)))


async def test_a_page_moves_us_neither_in_circles_nor_where_no_redirect_may_lead(site: Site, follow: Follow) -> None:
    site.put("/b", moving("/a"))
    with pytest.raises(NoFeed):
        await follow(site.put("/a", moving("/b")))
    assert len(site.asked) <= MOST_KNOCKS
    for to in ("http://127.0.0.1:1/feed", "http://169.254.169.254/", "http://[::1]/"):
        with pytest.raises(Forbidden):
            await follow(site.put("/elsewhere", moving(to)))
    assert onward(moving("http://example.org/").encode(), "https://example.org/") is None
    assert onward(moving("file:///etc/passwd").encode(), "https://example.org/") is None


async def test_a_feed_lives_where_it_was_asked_for_unless_it_moved_for_good(site: Site, follow: Follow) -> None:
    home = site.put("/home", FEED)
    passing = await follow(site.put("/passing", "", status=302, Location=home))
    moved = await follow(site.put("/moved", "", status=301, Location=home))

    assert (passing.url, moved.url) == (site.url("/passing"), home)


async def test_an_address_that_cannot_be_read_is_said_to_be_so(site: Site, follow: Follow) -> None:
    with pytest.raises(BadStatus):
        await follow(site.put("/feed", "", status=403))
    for typed in ("not an address", "http://[x", "https://[x#watch=a"):
        with pytest.raises(NotAnAddress):
            await follow(typed)


async def test_a_site_without_protection_is_found_by_who_asks_for_none(site: Site, follow: Follow) -> None:
    bare = site.put("/feed", FEED).removeprefix("http://")

    assert (await follow(bare)).url == f"http://{bare}"
    for typed in (f"https://{bare}", "127.0.0.1:1/feed"):
        with pytest.raises((NotGenuine, Forbidden)):
            await follow(typed)


CHANNEL = "UCabcdefghijklmnopqrstuv"
EMPTY = feed()
POST = (
    '<div class="tgme_channel_info"></div><div class="tgme_widget_message" data-post="herald/7">'
    '<div class="tgme_widget_message_text js-message_text">A comet passes<br>It is seen from the south.</div></div>'
)
MAP = (
    '<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://paper.example/a</loc>'
    "<news:news><news:publication_date>2026-11-22</news:publication_date><news:title>A comet</news:title>"
    "</news:news></url></urlset>"
)
INDEX = (
    "<sitemapindex><sitemap><loc>https://paper.example/all.xml</loc></sitemap>"
    "<sitemap><loc>https://paper.example/news.xml</loc></sitemap></sitemapindex>"
)
SITES = {
    "youtube.com/channel/" + CHANNEL: {f"www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}": FEED},
    "https://www.youtube.com/playlist?list=PLx": {"www.youtube.com/feeds/videos.xml?playlist_id=PLx": FEED},
    "https://www.youtube.com/@herald": {
        f"www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}": FEED,
        "www.youtube.com/@herald": f'<html><script>{{"externalId":"{CHANNEL}"}}</script></html>',
    },
    "reddit.com/r/comets": {"www.reddit.com/r/comets/.rss": FEED},
    "github.com/herald/comets": {
        "github.com/herald/comets/tags.atom": FEED,
        "github.com/herald/comets/releases.atom": EMPTY,
    },
    "https://github.com/herald/comets/commits/main": {"github.com/herald/comets/commits/main.atom": FEED},
    "https://social.example/@herald": {"social.example/@herald.rss": FEED},
    "https://herald.substack.com/p/comet": {"herald.substack.com/feed": FEED},
    "t.me/herald": {"t.me/s/herald": POST},
    "https://blog.example/notes": {"blog.example/notes": page("Notes", "x"), "blog.example/notes/feed": FEED},
    "https://old.example": {"old.example/": page("Old", "x"), "old.example/rss.xml": FEED},
    "https://paper.example/": {
        "paper.example/": page("Paper", "x"),
        "paper.example/robots.txt": "User-agent: *\nSitemap: https://paper.example/index.xml\n",
        "paper.example/index.xml": INDEX,
        "paper.example/news.xml": MAP,
    },
    "https://daily.example/": {"daily.example/": page("Daily", "x"), "daily.example/news-sitemap.xml": MAP},
}


@pytest.mark.parametrize("address", SITES)
async def test_a_sites_own_way_to_keep_its_feed_is_known(site: Site, workers: Workers, address: str) -> None:
    for path, body in SITES[address].items():
        site.put(f"/{path}", body)
    [home] = [path for path, body in SITES[address].items() if body in (FEED, POST, MAP)]
    async with site.playing_all() as door:
        found = await find(door, workers, address)

    assert found.url == f"https://{home}"
    assert found.parsed.entries[0].headline in ("Comet", "A comet", "A comet passes")


async def test_a_feed_that_lists_nothing_yet_is_found_where_there_is_no_other(site: Site, workers: Workers) -> None:
    site.put("/github.com/herald/comets/releases.atom", EMPTY)
    async with site.playing_all() as door:
        found = await find(door, workers, "github.com/herald/comets")

    assert (found.url, found.parsed.entries) == ("https://github.com/herald/comets/releases.atom", ())


async def test_a_site_cannot_send_us_to_a_private_place_by_its_robots_txt(site: Site, workers: Workers) -> None:
    site.put("/robots.txt", "Sitemap: http://127.0.0.1:1/news.xml\nSitemap: file:///etc/passwd\nSitemap: http://[x\n")
    async with site.door() as door:
        with pytest.raises(NoFeed):
            await find(door, workers, site.put("/", page("Paper", "x")))


async def test_a_feed_may_be_named_beside_the_page(site: Site, workers: Workers) -> None:
    site.put("/odd", FEED)
    other = '</about.json>; rel="alternate"; type="application/json", '
    address = site.put("/", page("Paper", "x"), Link=other + '</odd>; rel="alternate"; type="application/rss+xml"')
    async with site.door() as door:
        assert (await find(door, workers, address)).url == site.url("/odd")


async def test_packed_sitemaps_and_feeds_are_unpacked_within_limits(site: Site, workers: Workers) -> None:
    site.put("/robots.txt", "Sitemap: /maps.xml.gz\n")
    site.put("/maps.xml.gz", gzip.compress(INDEX.replace("https://paper.example/news.xml", "/news.xml.gz").encode()))
    site.put("/news.xml.gz", gzip.compress(MAP.encode()))
    site.put("/bomb.xml.gz", gzip.compress(b" " * 6_000_000))
    async with site.door() as door:
        found = await find(door, workers, site.put("/", page("Paper", "x")))
        with pytest.raises(TooLarge):
            await find(door, workers, site.url("/bomb.xml.gz"))

    assert (found.url, len(found.parsed.entries)) == (site.url("/news.xml.gz"), 1)
    with pytest.raises(NotAFeed):
        list_source(b"\x1f\x8b no gzip", url=None)


@pytest.mark.parametrize("typed", ["feed://paper.example/rss", "feed:https://paper.example/rss", "paper.example/rss"])
def test_an_address_may_be_typed_as_it_was_handed_to_feed_readers(typed: str) -> None:
    assert full_address(typed) == "https://paper.example/rss"
