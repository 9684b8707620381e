"""Refresh: due feeds are fetched, and what they say that is new becomes articles."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.answers import BadStatus, NotAFeed, TooLarge, Unreadable
from ingest.bodies import Body, pieces
from ingest.door import Door, Fetched
from ingest.feeds import ParsedFeed
from ingest.watching import selector_of
from ingest.workers import Workers
from jobs.correct import Rerun, correct, edit_messages
from jobs.file import Shelves, file_entries
from jobs.follow import home_of, replacement
from jobs.precedence import ALONE, LARGE, Heavy, Part, Place, Precedence
from news.article import Entry
from news.feed import Feed, answered, failed, gone
from news.identity import keys, shared
from storage import Storage, Unavailable

AT_A_TIME = 10
"""New ones that are filed in one transaction: so long nobody else writes."""
MOST_PAGES = 30
"""Full texts fetched for one feed in one refresh; the rest keep their teaser."""
MOST_MISSES = 3
"""Pages of one feed that give no text, after which no more are asked for in this refresh."""
GONE, MISSING = 410, 404
LOOKED_FOR = (1, 4, 12)
"""Failures in a row after which the site is asked for a feed that took the place of one that is not there."""
STUMBLED = "This feed could not be taken in because of a fault in this program. It will be tried again later."

UNFINISHED = "Reading this feed was begun several times and never came to an end. It will be tried again later."


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What one round did: feeds that answered, feeds that did not, new articles."""

    answered: int = 0
    failing: int = 0
    articles: int = 0
    accidents: tuple[Exception, ...] = ()
    """Faults of ours, each with a note of where; they cost an entry or a feed, and no other."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One feed as recorded after its refresh, and how many articles it brought."""

    feed: Feed
    articles: int = 0
    accidents: tuple[Exception, ...] = ()
    is_cut: bool = False
    """Whether it lists more that is new than was taken in."""


async def refresh(
    storage: Storage,
    door: Door,
    workers: Workers,
    shelves: Shelves,
    *,
    now: datetime,
    interval: timedelta = timedelta(minutes=30),
    limit: int = 200,
    among: Sequence[int] | None = None,
    part: Part = "all",
) -> Refreshed:
    """Refreshes the feeds that are due, some at the same moment; one that fails or is heavy delays none that is well.

    `interval` is the time to the next look at each; `among` leaves out all feeds but these. A round in `front` leaves
    what is heavy or in doubt to rounds `behind`, so that the next round in front need not wait for it.
    """
    await shelves.forget_now_and_then(storage, now)
    precedence = shelves.precedence

    async def one(feed: Feed) -> Reading | None:
        try:
            if not precedence.is_behind(feed):
                try:
                    async with precedence.in_front(is_new=feed.answered_at is None) as place:
                        return await refresh_feed(storage, door, workers, shelves, feed, now=now, place=place)
                except Heavy:
                    precedence.weigh(feed, is_heavy=True)
            if part == "front":
                return None
            async with precedence.behind() as place:
                return await refresh_feed(storage, door, workers.behind, shelves, feed, now=now, place=place)
        except Unavailable as away:
            return Reading(failed(feed, str(away), now=now), accidents=(away,))
        except Exception as accident:
            accident.add_note(f"while refreshing feed {feed.id}")
            after = failed(feed, STUMBLED, now=now)
            await storage.feeds.record(after)
            return Reading(after, accidents=(accident,))

    due = await _due(storage, precedence, part, now, limit, among)
    done = [each for each in await asyncio.gather(*(one(replace(feed, interval=interval)) for feed in due)) if each]
    await edit_messages(storage, now=now)
    failing = sum(each.feed.problem is not None for each in done)
    return Refreshed(
        answered=len(done) - failing,
        failing=failing,
        articles=sum(each.articles for each in done),
        accidents=tuple(accident for each in done for accident in each.accidents),
    )


async def _due(
    storage: Storage, precedence: Precedence, part: Part, now: datetime, limit: int, among: Sequence[int] | None
) -> list[Feed]:
    """The feeds of a part of a round. Those in front come first: they take their places before any other begins."""
    if part == "behind":
        heavy = await storage.feeds.due(now, limit, among=list(precedence.heavy), is_doubtful=False)
        return heavy + await storage.feeds.due(now, limit, among=among, is_doubtful=True)
    is_doubtful = None if part == "all" else False
    # So that those which are left to another round crowd nobody out.
    due = await storage.feeds.due(now, limit + len(precedence.heavy), among=among, is_doubtful=is_doubtful)
    return sorted(due, key=precedence.is_behind)


async def put_off(storage: Storage, feed_ids: Sequence[int], *, now: datetime, interval: timedelta) -> None:
    """Calls these feeds, where they are still due, failing: their refresh was begun and never ended."""
    for feed in await storage.feeds.due(now, len(feed_ids), among=feed_ids):
        await storage.feeds.record(failed(replace(feed, interval=interval), UNFINISHED, now=now))


async def refresh_feed(
    storage: Storage,
    door: Door,
    workers: Workers,
    shelves: Shelves,
    feed: Feed,
    *,
    now: datetime,
    place: Place = ALONE,
) -> Reading:
    """Refreshes one feed, and records how that went. Raises `Heavy` where that is more than its place is for."""
    try:
        fetched = await door.get(feed.url, etag=feed.etag, last_modified=feed.last_modified, max_bytes=place.max_bytes)
        body_hash = None if fetched.is_unchanged else _hash(fetched.body)
        is_unchanged = body_hash in (None, feed.body_hash)
        parsed = None if is_unchanged else await _parsed(workers, feed, fetched)
    except Unreadable as problem:
        if place.is_in_front and isinstance(problem, TooLarge):
            raise Heavy from problem
        after = _after(feed, problem, now)
        if _is_lost(feed, problem):
            after = replace(after, replacement=await replacement(door, workers, feed) or feed.replacement)
        await storage.feeds.record(after)
        return Reading(after)
    after = answered(
        feed,
        now=now,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        body_hash=body_hash if parsed else None,
        title=parsed.title if parsed else None,
        site_url=parsed.site_url if parsed else None,
        fresh_for=fetched.fresh_for,
        ttl=parsed.asked.ttl if parsed else feed.ttl,
        entries=parsed.entries if parsed else None,
    )
    done = Reading(after)
    if parsed:
        done = await _take_in(storage, door, workers, shelves, after, parsed.entries, place, now)
        if done.is_cut:
            # Without its marks it is read again, however little it changed.
            after = replace(after, etag=None, last_modified=None, body_hash=None)
    shelves.precedence.weigh(feed, is_heavy=done.is_cut or len(fetched.body) > LARGE)
    if (to := home_of(feed.url, fetched)) != feed.url and not await storage.feeds.move(feed.id, to):
        after = replace(after, replacement=to)
    if parsed and (hub := fetched.links.get("hub") or parsed.asked.hub):
        topic = fetched.links.get("self") or parsed.asked.topic or feed.url
        if (hub, topic) != (feed.hub, feed.hub_topic):
            await storage.feeds.name_hub(feed.id, hub, topic, now)
    # Recorded last: a crash before it only means that the feed is read again, and its entries are reruns.
    await storage.feeds.record(after)
    return replace(done, feed=after)


async def _parsed(workers: Workers, feed: Feed, fetched: Fetched) -> ParsedFeed:
    kind, watched = fetched.content_type, selector_of(feed.url)
    return await workers.read_feed(fetched.body, url=fetched.url, content_type=kind, watched=watched)


def _after(feed: Feed, problem: Unreadable, now: datetime) -> Feed:
    if not isinstance(problem, BadStatus):
        return failed(feed, str(problem), now=now)
    if problem.status == GONE:
        return gone(feed, str(problem), now=now, status=problem.status)
    return failed(feed, str(problem), now=now, status=problem.status, asked=problem.retry_after)


def _is_lost(feed: Feed, problem: Unreadable) -> bool:
    """Whether it is time to look for what took the place of a feed: not at its first stumble, and seldom."""
    if isinstance(problem, BadStatus) and problem.status == GONE:
        return True
    is_elsewhere = isinstance(problem, NotAFeed) or (isinstance(problem, BadStatus) and problem.status == MISSING)
    return is_elsewhere and feed.failures in LOOKED_FOR


def _hash(body: Body) -> str:
    said = hashlib.sha256()
    for piece in pieces(body):
        said.update(piece)
    return said.hexdigest()


async def _take_in(
    storage: Storage,
    door: Door,
    workers: Workers,
    shelves: Shelves,
    feed: Feed,
    entries: Sequence[Entry],
    place: Place,
    now: datetime,
) -> Reading:
    common = shared(entries)
    accidents: list[Exception] = []
    count = asked = missed = 0
    # Oldest first, so that the newest has the highest id. By what its feed says of it: its page may say
    # something else each time.
    named = [(entry, keys(entry, feed.id, shared_guids=common)) for entry in reversed(entries)]
    known = await storage.articles.recognise([known_by for _, known_by in named], now)
    reruns = [Rerun(*each) for each, is_known in zip(named, known, strict=True) if is_known]
    new = [each for each, is_known in zip(named, known, strict=True) if not is_known]
    if place.is_in_front and len(new) > place.most_entries:
        raise Heavy
    taken = new[-place.most_entries :]
    for at in range(0, len(taken), AT_A_TIME):
        await place.turn()
        some = []
        for entry, known_by in taken[at : at + AT_A_TIME]:
            whole = replace(entry, source=entry.source or feed.title)
            if entry.is_teaser and entry.url and asked < MOST_PAGES and missed < MOST_MISSES:
                asked += 1
                try:
                    whole = await _with_full_text(door, workers, whole)
                except Exception as accident:
                    accidents.append(_noted(accident, entry, feed))
                missed = missed + 1 if whole.is_teaser else 0
            some.append((whole, known_by))
        count += await _filed(storage, workers, shelves, feed, some, now, accidents)

    async def in_full(entry: Entry) -> Entry:
        whole = replace(entry, source=entry.source or feed.title)
        if entry.is_teaser and entry.url:
            whole = await _with_full_text(door, workers, whole)
        [told] = await workers.in_their_languages([whole])
        return told

    await correct(storage, feed, reruns, in_full, now=now)
    return Reading(feed, count, tuple(accidents), is_cut=len(new) > place.most_entries)


async def _filed(
    storage: Storage,
    workers: Workers,
    shelves: Shelves,
    feed: Feed,
    some: Sequence[tuple[Entry, Sequence[str]]],
    now: datetime,
    accidents: list[Exception],
) -> int:
    """How many entries, each with its keys, became articles. Where some fail, each half is tried alone."""
    try:
        whole = await workers.in_their_languages([entry for entry, _ in some])
        known_by = (its for _, its in some)
        ids = await file_entries(storage, shelves, list(zip(whole, known_by, strict=True)), feed=feed, now=now)
        return sum(each is not None for each in ids)
    except Unavailable:
        raise
    except Exception as accident:
        if len(some) == 1:
            accidents.append(_noted(accident, some[0][0], feed))
            return 0
    half = len(some) // 2
    older = await _filed(storage, workers, shelves, feed, some[:half], now, accidents)
    return older + await _filed(storage, workers, shelves, feed, some[half:], now, accidents)


def _noted(accident: Exception, entry: Entry, feed: Feed) -> Exception:
    accident.add_note(f"while filing “{entry.headline}” from feed {feed.id}")
    return accident


async def _with_full_text(door: Door, workers: Workers, entry: Entry) -> Entry:
    """The entry with the text of its page; as it was where the page gives no more."""
    try:
        fetched = await door.get(entry.url or "")
        page = await workers.read_page(fetched.body, fetched.url)
    except Unreadable:
        return entry
    if len(page.text) <= len(entry.text):
        return entry
    return replace(
        entry,
        paragraphs=page.paragraphs,
        byline=entry.byline or page.byline,
        published=entry.published or page.published,
        image_url=entry.image_url or page.image_url,
        language=entry.language or page.language,
        is_teaser=False,
    )
