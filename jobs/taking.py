"""Taking in: what a feed lists that is new becomes articles, and what it changed is corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest.answers import NoText, Unreadable
from ingest.door import Door, Fetched
from ingest.feeds import ParsedFeed
from ingest.prints import is_read_so
from ingest.workers import Workers
from jobs.correct import Rerun, correct
from jobs.file import AT_A_TIME, Shelves, file_entries
from jobs.precedence import Heavy, Place
from news.article import Entry
from news.feed import Feed
from news.identity import keys, shared
from storage import Storage, Unavailable

MOST_PAGES = 30
"""Full texts fetched for one feed in one refresh; the rest keep their teaser."""
MOST_MISSES = 3
"""Pages of one feed that give no text, after which no more are asked for in this refresh."""
LARGEST_STUB = 50_000
"""Bytes of a page that is there only to move whoever opens it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the entries that a feed lists."""

    articles: int = 0
    known: bytes = b""
    """The prints of those that are stored now, or were met before: never of one that was left or failed."""
    accidents: tuple[Exception, ...] = ()
    is_cut: bool = False
    """Whether it lists more that is new than was taken in."""


@dataclass(frozen=True, slots=True)
class _New:
    entry: Entry
    known_by: Sequence[str]
    print: bytes
    is_told: bool
    """Whether it is in the language that its text is in."""


@dataclass(slots=True)
class _Taking:
    """One feed, as far as it is taken in."""

    storage: Storage
    door: Door
    workers: Workers
    shelves: Shelves
    feed: Feed
    now: datetime
    articles: int = 0
    prints: list[bytes] = field(default_factory=list)
    accidents: list[Exception] = field(default_factory=list)
    asked: int = 0
    missed: int = 0

    async def whole(self, new: _New) -> _New:
        """With the text of its page, where it is worth asking for."""
        entry = replace(new.entry, source=new.entry.source or self.feed.title)
        if entry.is_teaser and entry.url and self.asked < MOST_PAGES and self.missed < MOST_MISSES:
            self.asked += 1
            try:
                entry = await _with_full_text(self.door, self.workers, entry)
            except Exception as accident:
                self._note(accident, entry)
            self.missed = self.missed + 1 if entry.is_teaser else 0
        return replace(new, entry=entry, is_told=new.is_told and entry.text == new.entry.text)

    async def file(self, some: Sequence[_New]) -> None:
        """Entries become articles, save for reruns. Where some fail, each half is tried alone."""
        try:
            others = [each.entry for each in some if not each.is_told]
            told = iter(await self.workers.in_their_languages(others) if others else ())
            entries = [(each.entry if each.is_told else next(told), each.known_by) for each in some]
            ids = await file_entries(self.storage, self.shelves, entries, feed=self.feed, now=self.now)
            self.articles += sum(each is not None for each in ids)
            self.prints += [each.print for each in some]
        except Unavailable:
            raise
        except Exception as accident:
            if len(some) == 1:
                self._note(accident, some[0].entry)
                return
            half = len(some) // 2
            await self.file(some[:half])
            await self.file(some[half:])

    async def correct(self, reruns: Sequence[tuple[Rerun, bytes]]) -> None:
        """What the feed changed in what it brought before."""

        async def in_full(entry: Entry) -> Entry:
            whole = replace(entry, source=entry.source or self.feed.title)
            if entry.is_teaser and entry.url:
                whole = await _with_full_text(self.door, self.workers, whole)
            [told] = await self.workers.in_their_languages([whole])
            return told

        is_same = is_read_so(self.feed.known)
        await correct(self.storage, self.feed, [each for each, _ in reruns], in_full, now=self.now, is_read_so=is_same)
        self.prints += [its for _, its in reruns]

    def _note(self, accident: Exception, entry: Entry) -> None:
        accident.add_note(f"while filing “{entry.headline}” from feed {self.feed.id}")
        self.accidents.append(accident)


async def take_in(
    storage: Storage,
    door: Door,
    workers: Workers,
    shelves: Shelves,
    feed: Feed,
    parsed: ParsedFeed,
    *,
    place: Place,
    now: datetime,
) -> Taken:
    """Takes in those entries of a feed that its reader gave us. Raises `Heavy` where they are too many."""
    taking = _Taking(storage, door, workers, shelves, feed, now)
    common = shared(parsed.entries)
    # Oldest first, so that the newest has the highest id. By what its feed says of it: its page may say
    # something else each time.
    named = [
        _New(entry, keys(entry, feed.id, shared_guids=common), its, parsed.is_told)
        for entry, its in zip(reversed(parsed.entries), reversed(parsed.prints), strict=True)
    ]
    known = await storage.articles.recognise([each.known_by for each in named], now)
    new = [each for each, is_known in zip(named, known, strict=True) if not is_known]
    if place.is_in_front and len(new) > place.most_entries:
        raise Heavy
    taken = new[-place.most_entries :]
    for at in range(0, len(taken), AT_A_TIME):
        await place.turn()
        await taking.file([await taking.whole(each) for each in taken[at : at + AT_A_TIME]])
    await taking.correct(
        [
            (Rerun(each.entry, each.known_by), each.print)
            for each, is_known in zip(named, known, strict=True)
            if is_known
        ]
    )
    is_cut = len(new) > place.most_entries
    return Taken(taking.articles, parsed.known + b"".join(taking.prints), tuple(taking.accidents), is_cut)


async def _with_full_text(door: Door, workers: Workers, entry: Entry) -> Entry:
    """The entry with the text of its page; as it was where the page gives no more."""
    try:
        page = await article_on(door, workers, await door.get(entry.url or ""))
    except Unreadable:
        return entry
    if len(page.text) <= len(entry.text):
        return entry
    # A picture that says whose it is goes before one that does not.
    pictured = entry if entry.image_url and (entry.image_credit or not page.image_credit) else page
    return replace(
        entry,
        paragraphs=page.paragraphs,
        byline=entry.byline or page.byline,
        published=entry.published or page.published,
        image_url=pictured.image_url,
        image_credit=pictured.image_credit,
        language=entry.language or page.language,
        is_teaser=False,
    )


async def article_on(door: Door, workers: Workers, page: Fetched) -> Entry:
    """The article on a page, or where the page moves whoever opens it."""
    try:
        return await workers.read_page(page.body, page.url)
    except NoText:
        onward = await workers.onward(page.body, page.url) if len(page.body) < LARGEST_STUB else None
        if onward is None:
            raise
        moved = await door.get(onward)
        return await workers.read_page(moved.body, moved.url)
