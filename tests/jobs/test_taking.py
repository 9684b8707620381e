"""Taking in: what a feed says again is known before it is read, and nothing is missed for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from ingest.workers import Workers
from jobs.precedence import MOST_ENTRIES
from jobs.refresh import Refreshed
from news.feed import LOOKED_UP
from storage import Storage, Unavailable
from storage.telling import Telling
from tests.jobs.given import Clock, instead
from tests.jobs.site import Item, Site, feed
from tests.jobs.test_refresh import Desk

TEXT = "The observatory in the south measured the path of the comet on Monday for the third time. " * 4


@pytest_asyncio.fixture
async def desk(storage: Storage, site: Site, workers: Workers, clock: Clock) -> AsyncIterator[Desk]:
    async with site.door() as door:
        yield Desk(storage, door, workers, clock)


def item(name: str, title: str = "", *, text: str = TEXT, page: str = "") -> Item:
    return Item(title=title or f"Comet {name}", text=text, link=f"http://herald.example/{page or name}", guid=name)


def counted(desk: Desk) -> list[int]:
    """How many entries are looked up at each refresh from now on."""
    recognise, looked_up = desk.storage.articles.recognise, list[int]()

    async def seen(entries: Sequence[Sequence[str]], now: datetime) -> list[bool]:
        looked_up.append(len(entries))
        return await recognise(entries, now)

    desk.storage.articles = instead(desk.storage.articles, recognise=seen)
    return looked_up


async def test_only_what_a_feed_says_anew_is_looked_up_whatever_its_order(desk: Desk, site: Site) -> None:
    await desk.follow(site.put("/feed", feed(item("b"), item("a"))))
    looked_up = counted(desk)
    await desk.refresh()
    site.put("/feed", feed(item("a"), item("c"), item("b")))
    more = await desk.after(minutes=30)
    site.put("/feed", feed(item("c"), item("a", "Comet a has gone")))
    edited = await desk.after(minutes=30)
    site.put("/feed", feed(item("c"), item("b"), item("a", "Comet a has gone")))
    returned = await desk.after(minutes=30)

    assert looked_up == [2, 1, 1, 1]
    assert (more, edited, returned) == (Refreshed(1, 0, 1), Refreshed(1, 0, 0), Refreshed(1, 0, 0))
    assert await desk.headlines() == ["Comet a has gone", "Comet b", "Comet c"]


async def test_what_could_not_be_stored_is_new_again_when_its_feed_says_more(desk: Desk, site: Site) -> None:
    articles, is_stumbling = desk.storage.articles, True

    async def stumble(some: Sequence[Telling], **more: Any) -> list[int | None]:
        if is_stumbling and any(each.entry.headline == "Comet b" for each in some):
            raise ZeroDivisionError
        return await articles.tell(some, **more)

    desk.storage.articles = instead(articles, tell=stumble)
    await desk.follow(site.put("/feed", feed(item("b"), item("a"))))
    first = await desk.refresh()
    is_stumbling = False
    site.put("/feed", feed(item("c"), item("b"), item("a")))
    second = await desk.after(minutes=30)

    assert (first.articles, len(first.accidents), second) == (1, 1, Refreshed(1, 0, 2))
    assert await desk.headlines() == ["Comet a", "Comet b", "Comet c"]


async def test_what_was_stored_before_the_end_came_is_met_again_and_nothing_is_missed(desk: Desk, site: Site) -> None:
    feeds = desk.storage.feeds

    async def away(*_: Any) -> None:
        raise Unavailable("its disk is full")

    await desk.follow(site.put("/feed", feed(item("b"), item("a"))))
    desk.storage.feeds = instead(feeds, record=away)
    await desk.refresh()
    desk.storage.feeds = feeds
    looked_up = counted(desk)
    site.put("/feed", feed(item("c"), item("b"), item("a")))
    again = await desk.refresh()

    assert (again, looked_up) == (Refreshed(1, 0, 1), [3])
    assert await desk.headlines() == ["Comet a", "Comet b", "Comet c"]


async def test_entries_left_for_another_time_are_not_taken_for_known(desk: Desk, site: Site) -> None:
    listed = [item(str(number)) for number in range(MOST_ENTRIES + 3)]
    await desk.follow(site.put("/feed", feed(*listed)))
    looked_up = counted(desk)
    first, second = await desk.refresh(), await desk.after(minutes=30)

    assert (first.articles, second.articles) == (MOST_ENTRIES, 3)
    assert looked_up[-1] == 3


async def test_an_entry_whose_page_another_shares_is_read_with_it(desk: Desk, site: Site) -> None:
    await desk.follow(site.put("/feed", feed(item("a", page="live"))))
    looked_up = counted(desk)
    await desk.refresh()
    for last in ("b", "c"):
        shared = [item(each, page="live", text=f"{TEXT} {each}") for each in "bc" if each <= last]
        site.put("/feed", feed(*shared, item("a", page="live")))
        await desk.after(minutes=30)

    assert looked_up == [1, 2, 3]
    assert await desk.headlines() == ["Comet a", "Comet b", "Comet c"]


@pytest.mark.parametrize("headers", [{}, {"ETag": '"one"'}], ids=["same body", "answer 304"])
async def test_now_and_then_all_is_looked_up_so_that_it_is_not_forgotten(
    desk: Desk, site: Site, headers: dict[str, Any]
) -> None:
    known = await desk.follow(site.put("/feed", feed(item("b"), item("a")), **headers))
    looked_up = counted(desk)
    await desk.refresh()
    await desk.after(days=1)
    once = list(looked_up)
    await desk.after(days=LOOKED_UP.days)

    assert (once, looked_up) == ([2], [2, 2])
    assert (await desk.the(known)).looked_up_at == desk.clock()
