"""H1: no address that a user, a feed or a page gives leads to a place that is not public, whichever way it comes in."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from xml.sax.saxutils import quoteattr

from benchmarks.hostile.addresses import Form, forms
from benchmarks.hostile.watch import Resolver, Watch, watching
from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import opened
from ingest.answers import Unreadable
from ingest.door import REDIRECTS, Door
from ingest.opml import Outline, read_opml, write_opml
from ingest.watching import watched_address
from ingest.workers import Workers
from jobs.file import Shelves
from jobs.follow import NoFeed, feed_at, find, replacement
from jobs.hubs import ask_hubs
from jobs.refresh import refresh_feed
from news.feed import Feed
from news.topics import Taxonomy
from storage import Storage
from tests.jobs.given import NOW
from tests.jobs.site import Item, Site, feed, page

DEADLINE = timedelta(seconds=3)
NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways in which an address gets to the door, each as the program itself goes it."""

    storage: Storage
    site: Site
    workers: Workers
    door: Door
    shelves: Shelves

    async def a_feed(self, url: str) -> str | None:
        return await self._read(await self.storage.feeds.add(url, now=NOW))

    async def what_is_subscribed_to(self, url: str) -> str | None:
        await feed_at(self.storage, self.door, self.workers, url, now=NOW)
        return None

    async def the_page_of_an_entry(self, url: str) -> str | None:
        await self._read(await self._wire(Item(title="Comet", text="Seen…", link=url, guid=str(next(NUMBERS)))))
        return None

    async def a_feed_that_a_page_names(self, url: str) -> str | None:
        await find(self.door, self.workers, self.site.put("/named", page("Herald", "News.", feeds=(url,))))
        return None

    async def where_a_page_moves_whoever_opens_it(self, url: str) -> str | None:
        moving = f"<html><head><meta http-equiv=refresh content={quoteattr('0;url=' + url)}></head></html>"
        await find(self.door, self.workers, self.site.put("/moving", moving))
        return None

    async def a_feed_on_a_page_that_lists_feeds(self, url: str) -> str | None:
        listing = self.site.put("/lists/rss", f"<html><a href={quoteattr(url)}>RSS</a></html>")
        await find(self.door, self.workers, self.site.put("/lists", page("Herald", "News.", feeds=(listing,))))
        return None

    async def a_sitemap_that_robots_txt_names(self, url: str) -> str | None:
        self.site.put("/robots.txt", f"Sitemap: {url}\n")
        await find(self.door, self.workers, self.site.put("/mapped", page("Herald", "News.")))
        return None

    async def a_sitemap_within_another(self, url: str) -> str | None:
        index = f"<sitemapindex><sitemap><loc>{quoteattr(url)[1:-1]}</loc></sitemap></sitemapindex>"
        self.site.put("/news-sitemap.xml", index.replace("<loc>http", "<loc> http"))
        await find(self.door, self.workers, self.site.put("/nested", page("Herald", "News.")))
        return None

    async def a_hub(self, url: str) -> str | None:
        body = feed(Item(title="Comet", guid="1"), title="Hubbed")
        named = f"<channel><atom:link rel='hub' href={quoteattr(url)}/><atom:link rel='self' href='http://x.example/'/>"
        body = body.replace("<channel>", named).replace("<rss ", "<rss xmlns:atom='http://www.w3.org/2005/Atom' ")
        address = self.site.put(f"/hubbed/{next(NUMBERS)}", body)
        await self._read(await self.storage.feeds.add(address, now=NOW))
        taken = await ask_hubs(self.storage, self.door, lambda number: f"https://us.example/{number}", now=NOW)
        return "the hub took it" if taken else None

    async def a_watched_page(self, url: str) -> str | None:
        await find(self.door, self.workers, watched_address(url, "main a"))
        return None

    async def a_list_of_feeds(self, url: str) -> str | None:
        for each in read_opml(write_opml([Outline(url)])):
            await self._read(await self.storage.feeds.add(each.url, now=NOW))
        return None

    async def what_a_page_calls_itself(self, url: str) -> str | None:
        said = f"<link rel=canonical href={quoteattr(url)}><base href={quoteattr(url)}><meta property='og:image' "
        shown = page("Comet", *["The comet is seen from the ground by very many people."] * 9)
        link = self.site.put("/self", shown.replace("<head>", f"<head>{said} content={quoteattr(url)}>"))
        guid = str(next(NUMBERS))
        wire = await self._wire(Item(title="Comet", text="Seen…", link=link, guid=guid))
        await self._read(wire)
        # What was changed is read again, and by what the page called itself, were it believed.
        await self._wire(Item(title="Comet changed", text="Seen, and gone…", link=link, guid=guid), at=wire.url)
        await self._read(wire)
        return None

    async def the_site_of_a_lost_feed(self, url: str) -> str | None:
        lost = Feed(id=0, url=self.site.put("/lost", "", status=410), next_due_at=NOW, site_url=url)
        return await replacement(self.door, self.workers, lost)

    async def _wire(self, item: Item, at: str | None = None) -> Feed:
        path = at.removeprefix(self.site.url("")) if at else f"/wire/{next(NUMBERS)}"
        return await self.storage.feeds.add(self.site.put(path, feed(item)), now=NOW)

    async def _read(self, stored: Feed) -> str | None:
        read = await refresh_feed(self.storage, self.door, self.workers, self.shelves, stored, now=NOW)
        return read.feed.problem

    def all(self) -> dict[str, Callable[[str], Awaitable[str | None]]]:
        """Each way by its name."""
        names = (name for name in vars(type(self)) if name[:2] in ("a_", "th", "wh"))
        return {name.replace("_", " "): getattr(self, name) for name in names}


@asynccontextmanager
async def ways(database_url: str, workers: Workers) -> AsyncIterator[tuple[Ways, Watch]]:
    """All of it on loopback: one site that may be reached, and traps where nothing may."""
    async with opened(database_url) as storage, Site() as site, watching() as watch:
        allowed = ("127.0.0.1", site.port)
        # The traps' port passes, so that it is the address that stops us.
        door = Door(allow={allowed}, ports={watch.port}, deadline=DEADLINE, resolver=Resolver())
        async with door:
            yield Ways(storage, site, workers, door, Shelves(Taxonomy(()))), watch


async def every_way(seed: int, size: int, database_url: str) -> Outcome:
    """Up to `size` forms of an address, each by every way in: as they are, and behind a redirect of an allowed site."""
    problems, said, kinds = list[str](), Counter[str](), Counter[str]()
    async with Workers(2) as workers, ways(database_url, workers) as (these, watch):
        every = forms(watch.port, seed)
        chosen = every if size >= len(every) else random.Random(seed).sample(every, size)
        kinds.update(form.kind for form in chosen)
        entrances = these.all()
        for form in chosen:
            hop = _hop(these.site, form)
            for name, go in entrances.items():
                for url in filter(None, (form.url, hop)):
                    told = await _told(go, url)
                    said[told or "nothing to say"] += 1
                    if told and (told.startswith("stumbled") or not told.endswith(".")):
                        problems.append(f"{name}, {url!r}: {told}")
                    if wrong := watch.wrong(allowed=("127.0.0.1", these.site.port)):
                        problems.append(f"{name}, {url!r} ({form.kind}): {wrong[0]}")
                    watch.forget()
                    if name == "a feed" and not told:
                        problems.append(f"nothing is told of {url!r}")
    tried = f"{len(chosen)} of {len(every)} forms × {len(entrances)} ways × direct and redirected"
    return outcome(tried, f"0 connections but to the allowed site; {len(said)} different sentences", problems)


def _hop(site: Site, form: Form) -> str | None:
    """An address of the allowed site that leads there; None where no header could say so."""
    if not form.url.isprintable():
        return None
    return site.put(f"/hop/{next(NUMBERS)}", "", status=302, Location=form.url)


async def _told(go: Callable[[str], Awaitable[str | None]], url: str) -> str | None:
    try:
        return await go(url)
    except Unreadable as problem:
        return str(problem)
    except NoFeed:
        return None
    except Exception as accident:
        return f"stumbled: {accident!r}"


async def at_the_door(seed: int, size: int, _: str) -> Outcome:
    """Every form at the door itself, `size` times drawn anew: as it is, and as each kind of redirect."""
    problems, tried = list[str](), 0
    async with Site() as site, watching() as watch:
        allowed = ("127.0.0.1", site.port)
        async with Door(allow={allowed}, ports={watch.port}, deadline=DEADLINE, resolver=Resolver()) as door:
            for form in (each for at in range(size) for each in forms(watch.port, seed + at)):
                hops = [
                    site.put(f"/{status}", "", status, Location=form.url)
                    for status in REDIRECTS
                    if form.url.isprintable()
                ]
                for url in (form.url, *hops):
                    tried += 1
                    try:
                        await door.get(url)
                        problems.append(f"{url!r} was read")
                    except Unreadable:
                        pass
                    problems += [f"{url!r} ({form.kind}): {each}" for each in watch.wrong(allowed=allowed)]
                    watch.forget()
    return outcome(f"{len(forms(1, seed))} forms, {tried} visits", "0 connections but to the allowed site", problems)


async def changed_minds(seed: int, size: int, database_url: str) -> Outcome:
    """A name that leads to an allowed address and to another, in any order, while `size` doors ask for it anew."""
    problems, chance, reached, refused = list[str](), random.Random(seed), 0, 0
    async with Site() as site, watching(also_at=site.port) as watch:
        site.put("/", feed(Item(title="Comet", guid="1")))
        site.put("/again", "", status=302, Location=f"http://flip.private:{site.port}/")
        allowed, others = ("127.0.0.1", site.port), ["127.0.0.2", "::1", "::ffff:127.0.0.1", "10.0.0.1"]
        for _ in range(size):
            told = [["127.0.0.1"] if chance.random() < 0.5 else chance.sample(others, 2) for _ in range(4)]
            told.append(chance.sample(["127.0.0.1", *others], 3))
            resolver = Resolver(flip_private=told)
            for _ in range(len(told)):
                # A door of its own, so that the name is asked for each time.
                async with Door(allow={allowed}, ports={site.port}, deadline=DEADLINE, resolver=resolver) as door:
                    try:
                        await door.get(f"http://flip.private:{site.port}{chance.choice(('/', '/again'))}")
                        reached += 1
                    except Unreadable:
                        refused += 1
            problems += watch.wrong(allowed=allowed)
            watch.forget()
    if not reached or not refused:
        problems.append("the name never changed its mind")
    return outcome(f"{size} names × 5 visits", f"{reached} reached the allowed address, {refused} none", problems)


CAMPAIGNS = [
    Campaign("H1", "every form of an address at the door", at_the_door, 1, 5, ("sqlite",)),
    Campaign("H1", "every form of an address by every way in", every_way, 60, 120, ("sqlite",)),
    Campaign("H1", "names that change their minds", changed_minds, 50, 200, ("sqlite",)),
]
