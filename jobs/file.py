"""Filing an entry: what it says in short, which topics and which story it belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice

from jobs.precedence import Precedence
from news.article import Article, Bullet, Entry, Filing
from news.bullets import choose_bullets
from news.columns import Columns
from news.feed import Feed
from news.identity import keys
from news.regrouping import keep_shown, regroup, summed
from news.sketches import NOTHING, Packed, packed, unpacked
from news.stories import WINDOW, Index
from news.story import Story
from news.topics import Taxonomy, file_under
from storage import Storage
from storage.stories import Told
from storage.telling import Telling
from storage.together import Together

AT_A_TIME = 10
"""New ones that are filed in one transaction: so long nobody else writes."""
FORGET_EVERY = timedelta(hours=6)
LOOK_EVERY, LOOK_BACK, LOOKED_AT = timedelta(minutes=5), timedelta(days=2), 2_000
"""How often the second look is taken, and how far back: so long, and at so many articles at most."""

TAKEN_UP = 500
"""Stories that are read at once: unpacked they take ten times the room."""


@dataclass(frozen=True, slots=True)
class _Filing:
    """Entries of one feed, ready to be told."""

    storage: Storage
    told: Sequence[Telling]
    now: datetime


@dataclass(slots=True)
class Shelves:
    """What filing needs at hand: the topics, and the running stories."""

    taxonomy: Taxonomy
    stories: Index = field(default_factory=Index)
    columns: Columns = field(default_factory=Columns)
    knows: int = 0
    """The newest article that the stories are known with; those told since, also by other processes, come first."""
    telling: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while an entry finds its story and joins it, so that each knows what the one before it said."""
    precedence: Precedence = field(default_factory=Precedence)
    """Who goes first, where feeds are refreshed."""
    remembering: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while one round looks whether it is time to take the stories up: of rounds side by side one does."""
    remembered_at: datetime | None = None
    looked_at: datetime | None = None
    sketches: dict[int, Packed] = field(default_factory=dict)
    """Of the articles that the second look is taken at."""
    looked: Sequence[Told] = ()
    """What the last second look saw: the next is taken at what has come since, and at what it changed itself."""
    told: Together[_Filing, Sequence[int | None]] = field(init=False)

    def __post_init__(self) -> None:
        self.told = Together(self._tell, most=AT_A_TIME, size=lambda filing: len(filing.told))

    async def _tell(self, some: Sequence[_Filing]) -> list[list[int | None]]:
        """The articles that entries of some feeds became, in one transaction."""
        now, told = max(each.now for each in some), [telling for each in some for telling in each.told]

        def choose(telling: Telling, newer: Sequence[Story]) -> int | None:
            self.stories.put_all(newer)
            self.columns.note_all(newer)
            return self.stories.find(telling.sketch, now)

        async with self.telling:
            ids = await some[0].storage.articles.tell(told, choose=choose, knows=self.knows, now=now)
            if new := [each for each in ids if each is not None]:
                # Its story comes with those told since, when the next entry chooses.
                self.knows = new[-1] - 1
        its = iter(ids)
        return [list(islice(its, len(each.told))) for each in some]

    async def remember(self, storage: Storage, now: datetime) -> None:
        """Takes up the stories that still run, as storage has them, and forgets the others."""
        async with self.telling:
            # The old go first: both would take twice the memory. Should this fail, the time for it has not passed.
            self.stories, self.columns = Index(), Columns()
            self.knows = await storage.articles.newest_id()
            running = await storage.stories.recent(now - WINDOW)
            for at in range(0, len(running), TAKEN_UP):
                some = await storage.stories.read(running[at : at + TAKEN_UP])
                await asyncio.to_thread(self.stories.put_all, some)
                self.columns.note_all(some)
            self.remembered_at = now

    async def forget_now_and_then(self, storage: Storage, now: datetime) -> None:
        """As `remember`, when the last time is some hours ago: stories end. And the second look, some minutes ago."""
        async with self.remembering:
            if _is_time(self.remembered_at, FORGET_EVERY, now):
                await self.remember(storage, now)
        if _is_time(self.looked_at, LOOK_EVERY, now):
            self.looked_at = now
            await self.look_again(storage, now)

    async def look_again(self, storage: Storage, now: datetime) -> int:
        """The second look at the newest articles; how many stories it changed.

        A story that a digest has shown keeps its articles, and takes in those of stories not shown yet.
        """
        async with self.telling:
            told = await storage.stories.tellings(now - LOOK_BACK, LOOKED_AT)
            before = {each.article_id: each.story_id for each in self.looked}
            changed = {number for number, each in enumerate(told) if before.get(each.article_id) != each.story_id}
            if not changed:
                return 0
            missing = [each.article_id for each in told if each.article_id not in self.sketches]
            new = {
                article.id: packed(self.columns.sketch(article, article.first_seen_at))
                for article in await storage.articles.read(missing)
            }
            known = self.sketches | new
            self.sketches = {each.article_id: known.get(each.article_id, NOTHING) for each in told}
            shown = {each.story_id for each in told if each.is_told}
            looked = [(each.story_id, unpacked(self.sketches[each.article_id])) for each in told]
            fresh = count(-1, -1)
            after = await asyncio.to_thread(regroup, looked, shown, fresh, changed if before else None)
            after = keep_shown(looked, after, shown)
            moves = {
                each.article_id: story
                for each, story in zip(told, after, strict=True)
                if story != each.story_id and not each.is_told
            }
            touched = {*moves.values(), *(each.story_id for each in told if each.article_id in moves)}
            sums = summed((story, terms) for story, (_, terms) in zip(after, looked, strict=True) if story in touched)
            regrouped = await storage.stories.move(moves, sums) if moves else set()
            self.looked = told
            for story_id in regrouped:
                story = await storage.stories.get(story_id)
                self.stories.put_all([story]) if story else self.stories.drop(story_id)
            return len(regrouped)


def _is_time(done_at: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether it is to be done again; also where the clock was far ahead when it was done."""
    return done_at is None or abs(now - done_at) >= every


async def file_entry(
    storage: Storage, shelves: Shelves, entry: Entry, *, feed: Feed | None, now: datetime
) -> Article | None:
    """The article that the entry became; None for a rerun."""
    known_by = keys(entry, feed.id if feed else None)
    [article_id] = await file_entries(storage, shelves, [(entry, known_by)], feed=feed, now=now)
    return None if article_id is None else await storage.articles.get(article_id)


async def file_entries(
    storage: Storage,
    shelves: Shelves,
    entries: Sequence[tuple[Entry, Sequence[str]]],
    *,
    feed: Feed | None,
    now: datetime,
) -> Sequence[int | None]:
    """The articles that entries, each with its keys, became, all or none; None for a rerun. Some at a time only:
    meanwhile nobody else writes. What others file at the same moment shares the transaction.
    """
    told = []
    for entry, known_by in entries:
        bullets, topics = condensed(entry, shelves.taxonomy, fallback=feed.topic if feed else None)
        source = source_of(entry, feed)
        told.append(
            Telling(
                entry=entry,
                sketch=shelves.columns.sketch(entry, now),
                keys=known_by,
                bullets=bullets,
                topics=topics,
                source=source,
                feed_id=feed.id if feed else None,
            )
        )
        await asyncio.sleep(0)  # others wait for the processor

    return await shelves.told(_Filing(storage, told, now))


def condensed(
    entry: Entry, taxonomy: Taxonomy, *, fallback: str | None
) -> tuple[tuple[Bullet, ...], tuple[Filing, ...]]:
    """What an entry says in short, and the topics it is filed on; `fallback` where nothing better is known."""
    return choose_bullets(entry), file_under(entry, taxonomy, fallback=fallback)


def source_of(entry: Entry, feed: Feed | None) -> str:
    """Who tells it, so that sources can be counted: the publisher's name, else the byline."""
    return (feed.title if feed else None) or entry.source or entry.byline or "unknown"
