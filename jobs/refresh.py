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
from jobs.correct import edit_messages
from jobs.file import Shelves
from jobs.follow import home_of, replacement
from jobs.precedence import ALONE, LARGE, Heavy, Part, Place
from jobs.taking import Taken, take_in
from news.feed import Feed, answered, failed, gone, is_to_be_looked_up
from news.messages import texts
from storage import Storage, Unavailable

GONE, MISSING = 410, 404
LOOKED_FOR = (1, 4, 12)
"""Failures in a row after which the site is asked for a feed that took the place of one that is not there."""


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
            if not feed.is_behind:
                try:
                    async with precedence.in_front(is_new=feed.answered_at is None) as place:
                        return await refresh_feed(storage, door, workers, shelves, feed, now=now, place=place)
                except Heavy:
                    if part == "front":
                        await storage.feeds.weigh(feed.id)
                        return None
            async with precedence.behind() as place:
                return await refresh_feed(storage, door, workers.behind, shelves, feed, now=now, place=place)
        except Unavailable as away:
            return Reading(failed(feed, str(away), now=now), accidents=(away,))
        except Exception as accident:
            accident.add_note(f"while refreshing feed {feed.id}")
            after = failed(feed, texts.FAULT_OF_OURS, now=now)
            try:
                await storage.feeds.record(after)
            except Exception as another:  # raised, it would leave the other feeds half read
                return Reading(after, accidents=(accident, another))
            return Reading(after, accidents=(accident,))

    is_behind = None if part == "all" else part == "behind"
    due = await storage.feeds.due(now, limit, among=among, is_behind=is_behind)
    # Those in front come first: they take their places before any other begins.
    due.sort(key=lambda feed: feed.is_behind)
    done = [each for each in await asyncio.gather(*(one(replace(feed, interval=interval)) for feed in due)) if each]
    accidents = [accident for each in done for accident in each.accidents]
    if done or part != "behind":
        try:
            await edit_messages(storage, now=now)
        except Exception as accident:  # what the feeds brought is told of all the same
            accidents.append(accident)
    failing = sum(each.feed.problem is not None for each in done)
    return Refreshed(
        answered=len(done) - failing,
        failing=failing,
        articles=sum(each.articles for each in done),
        accidents=tuple(accidents),
    )


async def put_off(storage: Storage, feed_ids: Sequence[int], *, now: datetime, interval: timedelta) -> None:
    """Calls these feeds, where they are still due, failing: their refresh was begun and never ended."""
    for feed in await storage.feeds.due(now, len(feed_ids), among=feed_ids):
        await storage.feeds.record(failed(replace(feed, interval=interval), texts.UNFINISHED, now=now))


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
    is_all = is_to_be_looked_up(feed, now)
    etag, last_modified = (None, None) if is_all else (feed.etag, feed.last_modified)
    try:
        fetched = await door.get(feed.url, etag=etag, last_modified=last_modified, max_bytes=place.max_bytes)
        body_hash = None if fetched.is_unchanged else _hash(fetched.body)
        is_unchanged = body_hash is None or (body_hash == feed.body_hash and not is_all)
        parsed = None if is_unchanged else await _parsed(workers, feed, fetched, b"" if is_all else feed.known)
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
        listed=parsed.listed if parsed else None,
    )
    done = Taken()
    if parsed:
        done = await take_in(storage, door, workers, shelves, after, parsed, place=place, now=now)
        after = replace(after, known=done.known, looked_up_at=now if is_all else feed.looked_up_at)
        if done.is_cut:
            # Without its marks it is read again, however little it changed.
            after = replace(after, etag=None, last_modified=None, body_hash=None)
    if not fetched.is_unchanged:
        after = replace(after, is_heavy=done.is_cut or len(fetched.body) > LARGE)
    if (to := home_of(feed.url, fetched)) != feed.url and not await storage.feeds.move(feed.id, to):
        after = replace(after, replacement=to)
    if parsed and (hub := fetched.links.get("hub") or parsed.asked.hub):
        topic = fetched.links.get("self") or parsed.asked.topic or feed.url
        if (hub, topic) != (feed.hub, feed.hub_topic):
            await storage.feeds.name_hub(feed.id, hub, topic, now)
    # Recorded last: a crash before it only means that the feed is read again, and its entries are reruns.
    await storage.feeds.record(after)
    return Reading(after, done.articles, done.accidents)


async def _parsed(workers: Workers, feed: Feed, fetched: Fetched, known: bytes | None) -> ParsedFeed:
    kind, watched = fetched.content_type, selector_of(feed.url)
    return await workers.read_feed(
        fetched.body, url=fetched.url, content_type=kind, watched=watched, known=known or b""
    )


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
