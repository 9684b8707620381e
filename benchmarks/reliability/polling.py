"""D5: whatever a feed does to its entries, each is one article, told once."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import time, timedelta

from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import opened, readers
from bot.seeding import taxonomy
from ingest.workers import Workers
from jobs.compose import compose
from jobs.deliver import deliver
from jobs.file import Shelves
from jobs.refresh import refresh
from news.answers import Accepted, Answer
from news.messages.message import Message
from news.schedule import next_slot
from storage import Storage
from tests.jobs.given import NOW
from tests.jobs.site import Item, Site, feed

EVERY = timedelta(hours=1)
NAME = re.compile(r"F\d+N\d+")
TOLD = re.compile(rf"<b>\d+\s+({NAME.pattern})")
"""A story in a digest; below *Corrections* its name may come again."""
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en", "il")]


@dataclass(frozen=True, slots=True)
class _Feed:
    """A feed's entries, newest first, and how often it was asked."""

    number: int
    items: tuple[Item, ...] = ()
    told: int = 0


async def mutated_feeds(seed: int, size: int, database_url: str) -> Outcome:
    """`size` feeds that are polled hourly (thirty times, six in the suite) and are never the same; one is hot."""
    chance, polls = random.Random(seed), 30 if size > 20 else 6
    shelves, named, problems = Shelves(taxonomy()), Counter[str](), list[str]()

    async def taken(chat_id: int, thread_id: int | None, message: Message, edits: int | None = None) -> Answer:
        named.update([] if edits else TOLD.findall(message.html))
        return Accepted(named.total())

    async with opened(database_url) as storage, Site() as site, site.door() as door, Workers(1) as workers:
        await storage.topics.put([(topic.slug, topic.name, at) for at, topic in enumerate(shelves.taxonomy.topics)])
        feeds = [_Feed(number) for number in range(size)]
        stored = [
            await storage.feeds.add(site.url(f"/{each.number}.xml"), now=NOW, title=f"Feed {each.number}")
            for each in feeds
        ]
        chats = await readers(None, storage, max(2, size // 10))
        for at, one in enumerate(stored):
            await storage.subscriptions.add(chats[at % len(chats)], "feed", str(one.id), NOW)
        await _five_times_a_day(storage, chats)
        for poll in range(polls):
            now, is_reset = NOW + poll * EVERY, poll % 5 == 3
            for at, each in enumerate(feeds):
                feeds[at] = each = _grown(_mutated(each, chance), chance)
                is_empty = is_reset and each.number % 4 == 0 and poll < polls - 1
                site.put(f"/{each.number}.xml", feed(*(() if is_empty else each.items), title=f"Feed {each.number}"))
            done = await refresh(storage, door, workers, shelves, now=now, interval=EVERY / 2, limit=10 * size)
            problems += map(str, done.accidents)
            await compose(storage, now=now)
            await deliver(storage, taken, owner="me", clock=lambda at=now: at)  # type: ignore[misc]
        articles = await storage.articles.latest(10**6)
    known = Counter(NAME.findall(" ".join(article.headline for article in articles)))
    written = {f"F{each.number}N{number}" for each in feeds for number in range(each.told)}
    problems += [f"{name} is {n} articles" for name, n in known.items() if n > 1]
    problems += [f"{name} was lost" for name in sorted(written - known.keys())]
    problems += [f"{name} was told {n} times" for name, n in named.items() if n > 1]
    problems += [] if named else ["nothing was told"]
    return outcome(f"{size} feeds × {polls} polls", f"{len(known)} entries, {len(named)} told, each once", problems)


async def _five_times_a_day(storage: Storage, chats: list[int]) -> None:
    times = tuple(time(hour) for hour in (1, 5, 9, 10, 13, 17, 21))
    for chat_id in chats:
        schedule = await storage.schedules.set(chat_id, times=times, days=frozenset(range(7)), now=NOW, next_due_at=NOW)
        first = next_slot(schedule, after=NOW)
        await storage.schedules.advance(schedule, first.due_at if first else None)


def _grown(given: _Feed, chance: random.Random) -> _Feed:
    """One or two entries more now and then; forty where the feed is hot. It shows its newest sixty."""
    more = 40 if given.number == 0 and not given.told else chance.choice((0, 0, 1, 1, 2))
    new = tuple(an_item(given.number, given.told + at, chance) for at in range(more))
    return _Feed(given.number, (new[::-1] + given.items)[:60], given.told + more)


def an_item(number: int, at: int, chance: random.Random) -> Item:
    """An entry that shares no sentence with any other."""
    name = f"F{number}N{at}"
    words = " ".join("".join(chance.choices(SYLLABLES, k=3)) for _ in range(60))
    return Item(
        title=f"{name} {' '.join(words.split()[:6])}",
        text=f"{words.capitalize()}.",
        link=f"http://feed{number}.example/{name.lower()}",
        guid=f"guid-{name}",
    )


def _mutated(given: _Feed, chance: random.Random) -> _Feed:
    """Each entry changed in one way or none, and the order perhaps."""
    items = [_changed(item, chance) for item in given.items]
    if chance.random() < 0.3:
        chance.shuffle(items)
    return replace(given, items=tuple(items))


def _changed(item: Item, chance: random.Random) -> Item:
    link = item.link or ""
    match chance.randrange(10):
        case 0:
            return replace(item, guid=f"guid-{chance.random()}")
        case 1:
            return replace(item, link=link.replace("http://", "https://"))
        case 2:
            return replace(item, link=f"{link.partition('?')[0]}?utm_source=feed&utm_medium={chance.randrange(9)}")
        case 3:
            return replace(item, title=f"{NAME.findall(item.title)[0]} edited {chance.randrange(10**6)}")
        case 4:
            return replace(item, text=f"{item.text} Corrected {chance.randrange(10**6)} times.")
        case _:
            return item


CAMPAIGNS = [Campaign("D5", "feeds that mutate", mutated_feeds, 60, 500)]
