"""Following an address: the feed there, or the one its page names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from ingest.answers import BadStatus, NotAnAddress
from ingest.workers import Workers
from jobs.follow import MOST_CANDIDATES, NoFeed, feed_at
from news.feed import Feed, gone
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
    assert len(site.asked) == 1 + MOST_CANDIDATES


async def test_a_feed_lives_where_it_was_asked_for_unless_it_moved_for_good(site: Site, follow: Follow) -> None:
    home = site.put("/home", FEED)
    passing = await follow(site.put("/passing", "", status=302, Location=home))
    moved = await follow(site.put("/moved", "", status=301, Location=home))

    assert (passing.url, moved.url) == (site.url("/passing"), home)


async def test_an_address_that_cannot_be_read_is_said_to_be_so(site: Site, follow: Follow) -> None:
    with pytest.raises(BadStatus):
        await follow(site.put("/feed", "", status=403))
    with pytest.raises(NotAnAddress):
        await follow("not an address")
