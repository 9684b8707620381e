"""Refresh: every article comes in once, and whatever a feed does costs that feed alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from ingest.door import Door
from ingest.workers import Workers
from jobs.file import AT_A_TIME, Shelves
from jobs.precedence import IN_FRONT, MOST_ENTRIES
from jobs.refresh import Refreshed, put_off, refresh, refresh_feed
from jobs.taking import MOST_MISSES
from news.article import Article
from news.feed import Feed
from news.topics import Taxonomy, Topic
from storage import Storage, Unavailable
from storage.telling import Telling
from tests.bot.talking import until
from tests.jobs.given import NOW, Clock, FakeTelegram, a_reader, instead, morning
from tests.jobs.site import Item, Site, feed, page

LONG = (
    "The comet was first seen from an observatory in the south on Monday evening. "
    "Astronomers measured its tail at two million kilometres. "
    "It will be visible to the naked eye for three weeks, and then not again for eighty years."
)
TEXT = "\n".join(f"{LONG} This is paragraph {number}." for number in range(4))


class Desk:
    """A refresh with everything it needs."""

    def __init__(self, storage: Storage, door: Door, workers: Workers, clock: Clock) -> None:
        self.storage, self.door, self.workers, self.clock = storage, door, workers, clock
        self.shelves = Shelves(Taxonomy((Topic(slug="science", name="Science", words=("comet",)),)))

    async def follow(self, url: str, **more: Any) -> Feed:
        return await self.storage.feeds.add(url, now=self.clock(), **more)

    async def refresh(self, **more: Any) -> Refreshed:
        return await refresh(self.storage, self.door, self.workers, self.shelves, now=self.clock(), **more)

    async def after(self, **span: float) -> Refreshed:
        self.clock.tick(**span)
        return await self.refresh()

    async def the(self, feed: Feed) -> Feed:
        found = await self.storage.feeds.get(feed.id)
        assert found is not None
        return found

    async def articles(self) -> list[Article]:
        """Oldest first."""
        return (await self.storage.articles.latest(100))[::-1]

    async def headlines(self) -> list[str]:
        return [article.headline for article in await self.articles()]


@pytest_asyncio.fixture
async def desk(sqlite: Storage, site: Site, workers: Workers, clock: Clock) -> AsyncIterator[Desk]:
    async with site.door() as door:
        yield Desk(sqlite, door, workers, clock)


async def test_a_feeds_entries_become_articles_the_oldest_first_and_only_once(desk: Desk, site: Site) -> None:
    url = site.put("/feed", feed(Item(title="Newer comet", guid="2"), Item(title="Older comet", guid="1")))
    added = await desk.follow(url, topic="science")
    first = await desk.refresh()
    site.put("/feed", feed(Item(title="Newest comet", guid="3"), Item(title="Newer comet", guid="2")))
    second = await desk.after(minutes=30)
    known = await desk.the(added)

    assert (first, second) == (Refreshed(1, 0, 2), Refreshed(1, 0, 1))
    assert await desk.headlines() == ["Older comet", "Newer comet", "Newest comet"]
    assert (known.title, known.answered_at, known.problem) == ("The Herald", desk.clock(), None)
    assert [article.source for article in await desk.articles()] == ["The Herald"] * 3
    assert (await desk.articles())[0].topics[0].topic == "science"


async def test_a_feed_is_looked_at_as_often_as_the_operator_says(desk: Desk, site: Site) -> None:
    added = await desk.follow(site.put("/feed", feed(Item(title="Comet", guid="1"))))
    await desk.refresh(interval=timedelta(hours=2))
    early = await desk.after(hours=1, minutes=59)

    assert early == Refreshed()
    assert (await desk.the(added)).next_due_at == NOW + timedelta(hours=2)


async def test_a_feed_that_says_the_same_is_not_read_again(desk: Desk, site: Site) -> None:
    tagged = await desk.follow(site.put("/tagged", feed(Item(title="Comet", guid="1")), ETag='"one"'))
    same = await desk.follow(site.put("/same", feed(Item(title="Meteor", guid="1"))))
    await desk.refresh()
    desk.workers = instead(desk.workers)  # without a reader: reading anything would be an accident
    again = await desk.after(minutes=30)

    assert again == Refreshed(2, 0, 0)
    assert (await desk.the(tagged)).etag == '"one"'
    assert (await desk.the(same)).body_hash is not None


@pytest.mark.parametrize(
    "then",
    [
        Item(title="Comet passes", text=TEXT, link="/a?utm_source=rss", guid="another"),
        Item(title="Comet passes the sun", text=TEXT, link="/a", guid="1"),
        Item(title="Corrected", text="New text.", link="/a", guid="1"),
        Item(title="Comet passes", text=TEXT, link="/moved", guid="1"),
        Item(title="Comet passes", text=TEXT),
    ],
    ids=["new guid and a tracker", "edited headline", "all edited", "new address", "neither guid nor address"],
)
async def test_an_entry_that_only_changed_is_a_rerun(desk: Desk, site: Site, then: Item) -> None:
    at_first = Item(title="Comet passes", text=TEXT, link=site.url("/a"), guid="1")
    await desk.follow(site.put("/feed", feed(at_first)))
    await desk.refresh()
    link = site.url(then.link) if then.link else None
    site.put("/feed", feed(Item(title=then.title, text=then.text, link=link, guid=then.guid)))

    assert await desk.after(minutes=30) == Refreshed(1, 0, 0)


async def test_an_entry_that_changes_bit_by_bit_is_known_by_what_it_was_last(desk: Desk, site: Site) -> None:
    steps = [("/a", "1"), ("/a", "2"), ("/b", "2"), ("/b", "3"), ("/c", "3")]
    await desk.follow(site.url("/feed"))
    for link, guid in steps:
        site.put("/feed", feed(Item(title=f"Step {guid}{link}", text=TEXT[:-9], link=site.url(link), guid=guid)))
        await desk.refresh()
        desk.clock.tick(minutes=30)

    assert len(await desk.headlines()) == 1


async def test_entries_that_share_a_guid_or_a_page_are_all_taken_in(desk: Desk, site: Site) -> None:
    items = [Item(title=f"Comet {n}", text=TEXT + str(n), link=site.url("/live"), guid="same") for n in range(3)]
    await desk.follow(site.put("/feed", feed(*items)))
    await desk.refresh()
    site.put("/feed", feed(Item(title="Comet 3", text=TEXT + "3", link=site.url("/live"), guid="same"), *items))
    await desk.after(minutes=30)

    assert sorted(await desk.headlines()) == ["Comet 0", "Comet 1", "Comet 2", "Comet 3"]


async def test_a_teaser_gets_the_text_of_its_page_and_is_still_known_by_its_teaser(desk: Desk, site: Site) -> None:
    teaser = Item(title="Comet passes", text="A comet passes tonight…", link=site.url("/a"))
    site.put("/a", page("Comet passes", *TEXT.split("\n")))
    await desk.follow(site.put("/feed", feed(teaser)))
    await desk.refresh()
    site.put("/a", page("Comet passes", "Changed.", *TEXT.split("\n")))
    site.put("/feed", feed(Item(title="Another", text=TEXT, guid="2"), teaser))
    await desk.after(minutes=30)
    article, other = await desk.articles()

    assert len(article.paragraphs) == 4
    assert (article.is_teaser, other.is_teaser) == (False, False)
    assert site.asked.count("/a") == 1


async def test_the_page_of_a_teaser_may_be_where_another_moves_whoever_opens_it(desk: Desk, site: Site) -> None:
    site.put("/r", '<html><head><meta http-equiv="refresh" content="0;url=/a"></head></html>')
    site.put("/a", page("Comet passes", *TEXT.split("\n")))
    teaser = Item(title="Comet passes", text="A comet passes tonight…", link=site.url("/r"))
    await desk.follow(site.put("/feed", feed(teaser)))
    await desk.refresh()
    [article] = await desk.articles()

    assert (len(article.paragraphs), article.is_teaser) == (4, False)


async def test_a_picture_comes_with_its_credit_from_the_page_where_the_feed_does_not_say(
    desk: Desk, site: Site
) -> None:
    figure = '<figure><img src="/p.jpg"><figcaption>The comet. Photo: Jana Dvorak</figcaption></figure>'
    head = '<meta property="og:image" content="/p.jpg"></head>'
    site.put("/a", page("Comet passes", *TEXT.split("\n")).replace("</head>", head).replace("</h1>", f"</h1>{figure}"))
    picture = '<enclosure url="http://herald.example/small.jpg" type="image/jpeg" length="1"/></item>'
    teaser = Item(title="Comet passes", text="A comet passes tonight…", link=site.url("/a"))
    await desk.follow(site.put("/feed", feed(teaser).replace("</item>", picture)))
    await desk.refresh()
    [article] = await desk.articles()

    assert (article.image_url, article.image_credit) == (site.url("/p.jpg"), "Jana Dvorak")


async def test_a_page_that_gives_no_more_than_the_teaser_leaves_it_as_it_is(desk: Desk, site: Site) -> None:
    long_teaser = " ".join(["A comet passes tonight and is seen by many."] * 12) + "…"
    short = page("Comet", " ".join(["The comet is seen from the ground by very many people."] * 5))
    site.put("/short", short)
    items = (
        Item(title="Comet", text=long_teaser, link=site.url("/short")),
        Item(title="Meteor", text="A meteor…", link=site.url("/nothing")),
    )
    await desk.follow(site.put("/feed", feed(*items)))
    await desk.refresh()

    assert [(article.text, article.is_teaser) for article in await desk.articles()] == [
        ("A meteor…", True),
        (long_teaser, True),
    ]


async def test_behind_a_wall_an_article_keeps_the_summary_of_its_feed(desk: Desk, site: Site) -> None:
    summary = "A comet passes tonight, and is seen by many…"
    wall = page("Comet passes", *TEXT.split("\n")[:2]).replace("</article>", "</article><p>Subscribe to read more.</p>")
    site.put("/walled", wall)
    site.put("/open", wall.replace("Subscribe to", "Come back and"))
    items = [Item(title=f"Comet {path}", text=summary + path, link=site.url(path)) for path in ("/walled", "/open")]
    await desk.follow(site.put("/feed", feed(*items)))
    await desk.refresh()
    opened, walled = await desk.articles()

    assert (walled.text, walled.is_teaser) == (f"{summary}/walled", True)
    assert (len(opened.paragraphs), opened.is_teaser) == (2, False)


async def test_a_site_whose_pages_give_nothing_is_not_asked_for_all_of_them(desk: Desk, site: Site) -> None:
    items = [Item(title=f"Comet {n}", text="Seen…", link=site.url(f"/{n}")) for n in range(9)]
    await desk.follow(site.put("/feed", feed(*items)))
    done = await desk.refresh()

    assert done.articles == 9
    assert len(site.asked) == 1 + MOST_MISSES


async def test_a_feed_that_fails_is_tried_later_and_later_and_delays_no_other(desk: Desk, site: Site) -> None:
    bad = await desk.follow(site.put("/bad", "out of order", status=500))
    await desk.follow(site.put("/good", feed(Item(title="Comet", guid="1"))))
    first = await desk.refresh()
    waits = []
    for _ in range(6):
        known = await desk.the(bad)
        waits.append((known.next_due_at - desk.clock()) / timedelta(minutes=30))
        desk.clock.now = known.next_due_at
        await desk.refresh()
    known = await desk.the(bad)
    site.put("/bad", feed(Item(title="Back again", guid="1")))
    desk.clock.now = known.next_due_at
    await desk.refresh()

    assert first == Refreshed(1, 1, 1)
    assert waits == [1, 2, 4, 8, 16, 24]
    assert (known.failures, known.failing_since) == (7, NOW)
    assert known.problem == "This site is out of order at the moment. It may do better later."
    assert ((await desk.the(bad)).failures, (await desk.the(bad)).problem) == (0, None)


@pytest.mark.parametrize(
    ("asked", "waits"),
    [("7200", {"hours": 2}), ("60", {"minutes": 30}), ("9999999", {"days": 1}), ("soon", {"minutes": 30})],
)
async def test_a_site_that_asks_for_fewer_visits_gets_them_up_to_a_day(
    desk: Desk, site: Site, asked: str, waits: dict[str, float]
) -> None:
    busy = await desk.follow(site.put("/feed", "", status=429, **{"Retry-After": asked}))
    await desk.refresh()

    assert (await desk.the(busy)).next_due_at == NOW + timedelta(**waits)


@pytest.mark.parametrize(
    ("headers", "ttl", "waits"),
    [
        ({"Cache-Control": "public, max-age=7200"}, "", {"hours": 2}),
        ({"Cache-Control": "max-age=99999999"}, "", {"hours": 4}),
        ({"Cache-Control": "no-cache, max-age=7200"}, "", {"minutes": 30}),
        ({"Cache-Control": "max-age=60"}, "", {"minutes": 30}),
        ({"Expires": "Mon, 23 Nov 2026 11:00:00 GMT", "Date": "Mon, 23 Nov 2026 08:00:00 GMT"}, "", {"hours": 3}),
        ({}, "<ttl>90</ttl>", {"minutes": 90}),
        ({}, "<ttl>soon</ttl>", {"minutes": 30}),
    ],
)
async def test_a_feed_that_says_how_long_it_stays_as_it_is_is_left_in_peace_so_long(
    desk: Desk, site: Site, headers: dict[str, str], ttl: str, waits: dict[str, float]
) -> None:
    body = feed(Item(title="Comet", guid="1")).replace("<channel>", f"<channel>{ttl}")
    calm = await desk.follow(site.put("/feed", body, 200, **headers))
    waited = []
    for _ in range(2):  # the second time its body is the same, and is not read
        await desk.refresh()
        waited.append((await desk.the(calm)).next_due_at - desk.clock())
        desk.clock.now = (await desk.the(calm)).next_due_at

    assert waited == [timedelta(**waits)] * 2


async def test_a_feed_that_says_it_is_gone_is_left_in_peace_until_somebody_adds_it_again(
    desk: Desk, site: Site
) -> None:
    gone = await desk.follow(site.put("/feed", "", status=410))
    await desk.refresh()
    later = await desk.after(days=30)
    known = await desk.the(gone)
    site.put("/feed", feed(Item(title="Comet", guid="1")))
    await desk.follow(gone.url)
    revived = await desk.refresh()

    assert (known.gone_at, known.failing_since, later) == (NOW, NOW, Refreshed())
    assert revived == Refreshed(1, 0, 1)


async def test_a_feed_that_moved_for_good_is_looked_for_at_its_new_home(desk: Desk, site: Site) -> None:
    new = site.put("/new", feed(Item(title="Comet", guid="1")))
    moved = await desk.follow(site.put("/old", "", status=301, Location=new))
    away = await desk.follow(site.put("/away", "", status=302, Location=new))
    done = await desk.refresh()
    await desk.after(minutes=30)

    assert done.articles == 1
    assert (await desk.the(moved)).url == new
    assert (await desk.the(away)).url == away.url
    assert site.asked.count("/old") == 1
    assert site.asked.count("/away") == 2


async def test_a_move_to_what_is_no_feed_or_another_feed_is_not_made(desk: Desk, site: Site) -> None:
    page_ = site.put("/page", page("Welcome", "Nothing."))
    lost = await desk.follow(site.put("/lost", "", status=301, Location=page_))
    other = await desk.follow(site.put("/other", feed(Item(title="Comet", guid="1"))))
    twin = await desk.follow(site.put("/twin", "", status=301, Location=other.url))
    done = await desk.refresh()

    assert (done.answered, done.failing, done.accidents) == (2, 1, ())
    assert [(await desk.the(each)).url for each in (lost, other, twin)] == [lost.url, other.url, twin.url]
    assert (await desk.the(twin)).replacement == other.url


async def test_what_took_the_place_of_a_lost_feed_is_looked_for_and_offered(desk: Desk, site: Site) -> None:
    new = site.put("/new.xml", feed(Item(title="Comet", guid="1")))
    front = page("Herald", "News.", feeds=("/new.xml",))
    site.put("/", front)
    addresses = [site.url("/lost"), site.put("/gone", "", status=410), site.put("/page", front)]
    lost = [await desk.follow(address) for address in addresses]
    await desk.refresh()
    first = [(await desk.the(each)).replacement for each in lost]
    await desk.after(hours=1)

    assert first == [None, new, None]
    assert [(await desk.the(each)).replacement for each in lost] == [new, new, new]
    assert [(await desk.the(each)).url for each in lost] == addresses
    assert [(await desk.the(each)).status for each in lost] == [404, 410, None]


async def test_a_feed_known_from_another_is_not_called_silent(desk: Desk, site: Site) -> None:
    for poll in range(3):
        items = [Item(title=f"Comet {n}", text=TEXT + str(n), link=site.url(f"/{n}")) for n in range(poll, -1, -1)]
        for path in ("/all", "/science"):
            site.put(path, feed(*items))
        if not poll:
            main, twin = [await desk.follow(site.url(path)) for path in ("/all", "/science")]
        await desk.after(hours=1)

    assert [(await desk.the(each)).brought_at for each in (main, twin)] == [desk.clock()] * 2
    assert (await desk.the(twin)).rhythm == timedelta(hours=1)


async def test_an_entry_that_trips_us_costs_no_other_entry(desk: Desk, site: Site) -> None:
    tell = desk.storage.articles.tell

    async def stumble(some: Sequence[Telling], **more: Any) -> list[int | None]:
        if any(each.entry.headline == "Bad" for each in some):
            raise ZeroDivisionError
        return await tell(some, **more)

    desk.storage.articles = instead(desk.storage.articles, tell=stumble)
    await desk.follow(site.put("/feed", feed(*(Item(title=title, guid=title) for title in ("New", "Bad", "Old")))))
    done = await desk.refresh()

    assert await desk.headlines() == ["Old", "New"]
    assert (done.answered, done.articles) == (1, 2)
    assert [each.__notes__ for each in done.accidents] == [["while filing “Bad” from feed 1"]]


async def test_a_feed_that_trips_us_costs_no_other_feed_and_is_put_off(desk: Desk, site: Site) -> None:
    get = desk.door.get

    async def stumble(url: str, **more: Any) -> Any:
        if url.endswith("/bad"):
            raise ZeroDivisionError
        return await get(url, **more)

    desk.door = instead(desk.door, get=stumble)
    bad = await desk.follow(site.url("/bad"))
    await desk.follow(site.put("/good", feed(Item(title="Comet", guid="1"))))
    done = await desk.refresh()
    known = await desk.the(bad)

    assert (done.answered, done.failing, done.articles) == (1, 1, 1)
    assert [each.__notes__ for each in done.accidents] == [[f"while refreshing feed {bad.id}"]]
    assert known.next_due_at > NOW
    assert known.problem is not None


async def test_a_feed_that_trips_us_while_the_database_is_away_leaves_no_other_half_read(
    desk: Desk, site: Site
) -> None:
    get, feeds = desk.door.get, desk.storage.feeds

    async def stumble(url: str, **more: Any) -> Any:
        if url.endswith("/bad"):
            raise ZeroDivisionError
        return await get(url, **more)

    async def away_for_bad(known: Feed) -> None:
        if known.url.endswith("/bad"):
            raise Unavailable("its disk is full")
        await feeds.record(known)

    desk.door = instead(desk.door, get=stumble)
    await desk.follow(site.url("/bad"))
    await desk.follow(site.put("/good", feed(Item(title="Comet", guid="1"))))
    desk.storage.feeds = instead(feeds, record=away_for_bad)
    done = await desk.refresh()

    assert (done.answered, done.failing, done.articles) == (1, 1, 1)
    assert [type(each) for each in done.accidents] == [ZeroDivisionError, Unavailable]


async def test_a_database_that_goes_away_in_the_middle_loses_nothing(desk: Desk, site: Site) -> None:
    articles, is_away = desk.storage.articles, True

    async def away_once(some: Sequence[Telling], **more: Any) -> list[int | None]:
        if is_away and some[-1].entry.headline == titles[-1]:
            raise Unavailable("its disk is full")
        return await articles.tell(some, **more)

    titles = [f"Number {number}" for number in range(AT_A_TIME + 2)]
    desk.storage.articles = instead(articles, tell=away_once)
    known = await desk.follow(
        site.put("/feed", feed(*(Item(title=each, guid=each) for each in reversed(titles))), ETag='"1"')
    )
    done = await desk.refresh()
    meanwhile = await desk.the(known)
    is_away = False
    again = await desk.refresh()

    assert (done.failing, [type(each) for each in done.accidents]) == (1, [Unavailable])
    assert meanwhile == known
    assert again == Refreshed(1, 0, 2)
    assert await desk.headlines() == titles


async def test_one_feed_can_be_refreshed_by_itself(desk: Desk, site: Site) -> None:
    added = await desk.follow(site.put("/feed", feed(Item(title="Comet", guid="1"))))
    read = await refresh_feed(desk.storage, desk.door, desk.workers, desk.shelves, added, now=NOW)

    assert (read.articles, read.feed.title, read.accidents) == (1, "The Herald", ())


async def test_no_article_comes_twice_whatever_its_feed_does_to_it(
    desk: Desk, site: Site, telegram: FakeTelegram
) -> None:
    await a_reader(desk.storage, 7)
    await desk.follow(site.url("/feed"), topic="science")
    subjects = [
        "Kestrel",
        "Harbour",
        "Orchid",
        "Glacier",
        "Tariff",
        "Violin",
        "Monsoon",
        "Turbine",
        "Quarry",
        "Lantern",
    ]
    for poll in range(12):
        told = [
            Item(
                title=f"{subject}{' (updated)' if (poll + at) % 3 == 0 else ''}",
                text=f"{subject} " * 3 + f"report{at} " * 30,
                link=f"{site.url(f'/{at}')}{('', '?utm_source=rss', '#comments')[poll % 3]}",
                guid=f"{at}-{poll // 4}",
            )
            for at, subject in enumerate(subjects[: poll + 1])
        ]
        kept = told if poll % 2 else told[::-1]
        site.put("/feed", feed(*([] if poll == 6 else kept)))
        await desk.refresh()
        desk.clock.tick(days=1)
        await morning(desk.storage, telegram, desk.clock)

    seen = "\n".join(telegram.to(7))
    assert [seen.count(f"report{at} report{at}") <= 1 for at in range(10)] == [True] * 10
    assert await desk.storage.articles.count() == 10
    assert [sum(subject in html for html in telegram.to(7)) for subject in subjects] == [1] * 10


async def test_a_feed_whose_refresh_never_ends_is_put_off_as_one_that_fails(desk: Desk, site: Site) -> None:
    known, _ = [await desk.follow(site.put(path, feed(Item(title=path, guid=path)))) for path in ("/a", "/b")]
    await put_off(desk.storage, [known.id], now=desk.clock(), interval=timedelta(minutes=30))
    done = await desk.refresh()
    later = await desk.after(minutes=30)

    assert (done.answered, later.answered) == (1, 2)
    assert await desk.headlines() == ["/b", "/a"]


async def test_only_those_among_the_due_are_refreshed(desk: Desk, site: Site) -> None:
    known, other = [await desk.follow(site.put(path, feed(Item(title=path, guid=path)))) for path in ("/a", "/b")]
    first = await desk.refresh(among=[other.id])
    again = await desk.refresh(among=[other.id])

    assert (first, again) == (Refreshed(1, 0, 1), Refreshed())
    assert (await desk.the(known)).answered_at is None


async def test_a_feed_that_lists_very_much_is_taken_in_bit_by_bit_the_newest_first(desk: Desk, site: Site) -> None:
    items = [Item(title=f"Comet {n}", guid=str(n)) for n in range(MOST_ENTRIES + 3)]
    await desk.follow(site.put("/feed", feed(*items), ETag='"one"'))
    first = await desk.refresh()
    taken = await desk.headlines()
    second = await desk.after(minutes=30)
    third = await desk.after(minutes=30)

    assert (first, second, third) == (Refreshed(1, 0, MOST_ENTRIES), Refreshed(1, 0, 3), Refreshed(1, 0, 0))
    assert taken[-1] == "Comet 0"


async def test_a_feed_that_fails_lets_those_that_answer_go_first(desk: Desk, site: Site) -> None:
    doors: list[str] = []
    bad = [await desk.follow(site.put(f"/bad{n}", "", status=500)) for n in range(IN_FRONT + 1)]
    good = [await desk.follow(site.put(f"/good{n}", feed(Item(title=f"Comet {n}", guid=str(n))))) for n in range(4)]
    await desk.refresh()
    get = desk.door.get

    async def good_ones_are_read() -> bool:
        return {(await desk.the(each)).answered_at for each in good} == {desk.clock()}

    async def bad_ones_last(url: str, **more: Any) -> Any:
        doors.append(url)
        if "bad" in url:
            await until(good_ones_are_read, True)
        return await get(url, **more)

    desk.door = instead(desk.door, get=bad_ones_last)
    done = await desk.after(hours=1)

    assert (done.answered, done.failing) == (4, IN_FRONT + 1)
    assert {each.url for each in (*bad, *good)} == set(doors)
