"""The shapes in which news comes, each from the address that somebody types to the text of their digest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.ailing import told_of
from ingest.answers import BadStatus, Forbidden, NothingWatched
from ingest.door import Door
from ingest.opml import read_opml
from ingest.watching import watched_address
from ingest.workers import Workers
from jobs.file import Shelves
from jobs.follow import NoFeed, feed_at
from jobs.refresh import refresh
from news.article import Article
from news.feed import Feed
from news.topics import Taxonomy
from storage import Storage
from tests.jobs.given import Clock, FakeTelegram, a_reader, morning
from tests.jobs.site import Page, Site

SHAPES = Path(__file__).parent / "shapes"
OFFICE = "The harbour office opened the "


@dataclass(frozen=True, slots=True)
class Shape:
    """`holds` says which file stands at which path, `typed` what somebody follows, and `told` what they are told."""

    lesson: str
    holds: Mapping[str, str]
    told: tuple[str, ...]
    typed: str = "/feed"
    link: str | None = None
    silent_of: tuple[str, ...] = ()
    image: str | None = None
    elsewhere: bool = False
    """Whether the site plays every other; then a path begins with the host."""


def of(lesson: str, *told: str, link: str | None = None, **more: object) -> Shape:
    return Shape(lesson.rpartition(".")[0], {"/feed": lesson}, told, link=link, **more)  # type: ignore[arg-type]


DREDGER = "The dredger Halvard left the canal on Monday after it had moved two million tonnes of sand in a year."
PAGES = {"/story/dredger": "full-page.html"}
VIDEOS = "www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"
GOOD = [
    of("rss-0.91.xml", "North gate opens again", OFFICE + "north gate", "Harbour Old", link="/north"),
    of("rdf.xml", "South gate opens again", OFFICE + "south gate", "Harbour RDF", link="/south"),
    of("atom-0.3.xml", "East gate opens again", OFFICE + "east gate", link="/east"),
    of("atom-1.0.xml", "West gate opens again", OFFICE + "west gate", "Harbour &amp; Sea", link="/west"),
    of("json-feed-1.0.json", "Great lock opens again", OFFICE + "great lock", link="/lock"),
    of("json-feed-1.1.json", "Dry dock opens again", OFFICE + "dry dock", link="/dock"),
    of("channel-definition.cdf", "Long pier opens again", OFFICE + "long pier", link="/pier"),
    of("windows-1251-undeclared.xml", "Северные ворота снова открыты", "Порт снова открыл северные ворота"),
    of("latin-1-that-says-utf-8.xml", "Café at the quay opens again", OFFICE + "café at the quay", link="/cafe"),
    of("not-well-formed.xml", "Crane &amp; hoist open again", "Second of two", link="/crane?a=1&b=2"),
    of("one-guid-for-all.xml", "Tugboat returns", "Lighthouse shines", link="/light"),
    of("no-guid.xml", "Buoys are back", OFFICE + "line of buoys"),
    of("relative-links.xml", "Basin opens again", OFFICE + "old basin", link="/basin?from=feed", image="/basin.jpg"),
    of("impossible-dates.xml", "Ferry pier opens again", OFFICE + "ferry pier", silent_of=("2197",)),
    of("titles-of-markup.xml", "Slip &amp; ramp open again", silent_of=("tg://", "&lt;", "user?id")),
    of("podcast.xml", "Episode 12: the pilots", "the pilots' house"),
    of("media-images.xml", "Sail loft opens again", OFFICE + "sail loft", image="/loft.jpg"),
    Shape(
        "a teaser with a full page",
        {"/feed": "teaser-with-a-full-page.xml", **PAGES},
        ("Dredger leaves the canal", DREDGER),
        link="/story/dredger",
    ),
    Shape(
        "a page behind a paywall",
        {"/feed": "teaser-with-a-full-page.xml", "/story/dredger": "paywall.html"},
        ("Dredger leaves the canal",),
        silent_of=("Subscribe", "Halvard"),
        link="/story/dredger",
    ),
    Shape(
        "a page that asks about cookies",
        {"/feed": "teaser-with-a-full-page.xml", "/story/dredger": "question-about-cookies.html"},
        ("Dredger leaves the canal",),
        silent_of=("cookies", "partners"),
    ),
    Shape(
        "a site that names its feed",
        {"/": "site-that-names-its-feed.html", "/feeds/all.xml": "plain.xml"},
        ("Swing bridge opens again", OFFICE + "swing bridge"),
        typed="/",
    ),
    Shape(
        "a site that keeps its feed where most do",
        {"/": "site-that-names-none.html", "/rss.xml": "plain.xml"},
        ("Swing bridge opens again",),
        typed="/",
    ),
    Shape(
        "a site that has only a news sitemap",
        {"/": "site-that-names-none.html", "/news-sitemap.xml": "news-sitemap.xml", **PAGES},
        ("Dredger leaves the canal", DREDGER),
        typed="/",
        link="/story/dredger",
    ),
    Shape(
        "a page that is watched",
        {"/notices": "page-to-watch.html"},
        ("Anchor field closed for diving works", "Water level falls by half a metre"),
        typed=watched_address("/notices", ".notices h3"),
        link="/notice/3",
    ),
    Shape(
        "a list of feeds",
        {"/mine.opml": "list.opml", "/feed": "plain.xml"},
        ("Swing bridge opens again",),
        "/mine.opml",
    ),
    Shape(
        "videos of a channel",
        {f"/{VIDEOS}": "videos-of-a-channel.xml"},
        ("How the pilot boards",),
        typed="youtube.com/channel/UCabcdefghijklmnopqrstuv",
        link="https://www.youtube.com/watch?v=abc",
        image="https://i.ytimg.com/vi/abc/hqdefault.jpg",
        elsewhere=True,
    ),
    Shape(
        "posts of a forum",
        {"/www.reddit.com/r/harbours/.rss": "posts-of-a-forum.xml"},
        ("Which knots do you use on the quay?", "the bowline slips when it is wet"),
        typed="https://www.reddit.com/r/harbours/",
        link="https://www.reddit.com/r/harbours/comments/x/knots/",
        silent_of=("submitted by", "[link]"),
        elsewhere=True,
    ),
]


@dataclass(slots=True)
class Newsroom:
    """What leads from an address to a digest."""

    storage: Storage
    site: Site
    door: Door
    workers: Workers
    clock: Clock
    telegram: FakeTelegram

    def put(self, holds: Mapping[str, str]) -> None:
        for path, name in holds.items():
            self.site.put(path, (SHAPES / name).read_bytes().replace(b"{site}", self.site.url("").encode()))

    def address(self, path: str) -> str:
        """Of this site; an address of another as it is."""
        return self.site.url(path) if path.startswith("/") else path

    async def articles(self) -> Sequence[Article]:
        return await self.storage.articles.read(range(1, 10))

    async def follow(self, typed: str) -> list[Feed]:
        """Follows what somebody typed, or the list that they sent."""
        address = self.address(typed)
        if typed.endswith(".opml"):
            named = read_opml(bytes((await self.door.get(address)).body))
            found = [await self.storage.feeds.add(each.url, now=self.clock(), is_shared=False) for each in named]
        else:
            found = [await feed_at(self.storage, self.door, self.workers, address, now=self.clock())]
        for each in found:
            await self.storage.subscriptions.add(7, "feed", str(each.id), self.clock())
        return found

    async def read(self) -> None:
        done = await refresh(self.storage, self.door, self.workers, Shelves(Taxonomy(())), now=self.clock())
        assert done.accidents == ()

    async def digest(self) -> str:
        """The text of tomorrow's digest."""
        self.clock.tick(days=1)
        await morning(self.storage, self.telegram, self.clock)
        return self.telegram.to(7)[-1]

    async def health(self, feed: Feed) -> str:
        """What the operator is told of the feed."""
        known = await self.storage.feeds.get(feed.id)
        assert known is not None
        return told_of(known, followers=1, now=self.clock())


@pytest_asyncio.fixture
async def newsroom(
    sqlite: Storage, site: Site, workers: Workers, clock: Clock, telegram: FakeTelegram, request: pytest.FixtureRequest
) -> AsyncIterator[Newsroom]:
    is_elsewhere = getattr(request, "param", False)
    await a_reader(sqlite, topics=())
    async with site.playing_all() if is_elsewhere else site.door() as door:
        yield Newsroom(sqlite, site, door, workers, clock, telegram)


@pytest.mark.parametrize(
    ("newsroom", "shape"),
    [(each.elsewhere, each) for each in GOOD],
    indirect=["newsroom"],
    ids=[s.lesson for s in GOOD],
)
async def test_what_somebody_types_becomes_what_their_digest_tells(newsroom: Newsroom, shape: Shape) -> None:
    newsroom.put(shape.holds)
    [feed] = await newsroom.follow(shape.typed)
    await newsroom.read()
    digest = await newsroom.digest()

    for each in shape.told:
        assert each in digest
    for each in shape.silent_of:
        assert each not in digest
    articles = await newsroom.articles()
    assert shape.link is None or newsroom.address(shape.link) in [article.url for article in articles]
    assert shape.image is None or newsroom.address(shape.image) in [article.image_url for article in articles]
    assert (await newsroom.health(feed)).endswith(": well.")


FEED = {"/feed": "plain.xml"}
GONE = "There is nothing at this address any more. Look for its new one on the site."
BAD: dict[str, tuple[Page, str, str]] = {
    "a site that is out of order": (
        Page("", 503),
        "Harbour Plain has not been readable since",
        "failing since 2026-11-24 08:00 UTC, with answer 503. This site is out of order at the moment. "
        "It may do better later.",
    ),
    "a page where the feed was": (
        Page("<html><body><p>Welcome to our new site!</p></body></html>"),
        "Harbour Plain has not been readable since",
        "failing since 2026-11-24 08:00 UTC. There is no feed here. Try the address of the site itself.",
    ),
    "nothing where the feed was": (
        Page("", 404),
        "Harbour Plain has not been readable since",
        f"failing since 2026-11-24 08:00 UTC, with answer 404. {GONE}",
    ),
    "a feed that is given up": (
        Page("", 410),
        "Harbour Plain has not been readable since",
        f"gone since 2026-11-24 08:00 UTC, with answer 410. {GONE}",
    ),
    "a feed that says the same for months": (
        Page((SHAPES / "plain.xml").read_bytes()),
        "Harbour Plain has brought nothing new since",
        "silent: it answers, but has brought nothing new since 2026-11-23 08:00 UTC.",
    ),
    "a feed that lists nothing any more": (
        Page("<rss version='2.0'><channel><title>Harbour Plain</title></channel></rss>"),
        "Harbour Plain has brought nothing new since",
        "silent: it answers, but has brought nothing new since 2026-11-23 08:00 UTC.",
    ),
}


@pytest.mark.parametrize("lesson", BAD)
async def test_reader_and_operator_see_why_a_feed_brings_nothing(newsroom: Newsroom, lesson: str) -> None:
    page, to_the_reader, to_the_operator = BAD[lesson]
    newsroom.put(FEED)
    [feed] = await newsroom.follow("/feed")
    await newsroom.read()
    await newsroom.digest()
    newsroom.site.pages["/feed"] = page
    for _ in range(40):
        await newsroom.read()
        newsroom.clock.tick(days=1)

    assert to_the_reader in await newsroom.digest()
    assert (await newsroom.health(feed)).startswith(f"{feed.url} (Harbour Plain): {to_the_operator}")


REFUSED = {
    "a page without a feed": ({"/": "site-that-names-none.html"}, "/", NoFeed),
    "an address where nothing is": ({}, "/missing", BadStatus),
    "a private address": ({}, "http://127.0.0.1:1/feed", Forbidden),
    "a watched page that shows nothing": ({"/": "full-page.html"}, watched_address("/", ".news h2"), NothingWatched),
}


@pytest.mark.parametrize("lesson", REFUSED)
async def test_what_cannot_be_followed_is_said_at_once(newsroom: Newsroom, lesson: str) -> None:
    holds, typed, answer = REFUSED[lesson]
    newsroom.put(holds)

    with pytest.raises(answer):
        await newsroom.follow(typed)
