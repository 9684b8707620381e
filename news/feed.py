"""Feeds: the URLs we poll, and how their last refresh went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal

from news.chat import Wish

State = Literal["well", "failing", "gone", "moved", "silent", "empty", "never read", "not followed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A URL we poll. `topic` is where its articles are filed when nothing better is known."""

    id: int
    url: str
    next_due_at: datetime
    title: str | None = None
    site_url: str | None = None
    topic: str | None = None
    is_shared: bool = True
    """Offered by the operator, for every chat; otherwise seen only by chats that subscribe to it."""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    interval: timedelta = timedelta(minutes=30)
    failures: int = 0
    """Refreshes in a row that brought nothing because of a fault."""
    failing_since: datetime | None = None
    problem: str | None = None
    """One sentence for a person: why the last refresh brought nothing."""
    status: int | None = None
    """What the site answered to a refresh that brought nothing, where it answered at all."""
    refreshed_at: datetime | None = None
    answered_at: datetime | None = None
    gone_at: datetime | None = None
    brought_at: datetime | None = None
    """When it last listed an entry that it had not listed before."""
    rhythm: timedelta | None = None
    """How long it usually takes for the next entry, learned from when they came."""
    silent_at: datetime | None = None
    """From when on its silence is longer than its own rhythm explains."""
    listed: str | None = None
    """The marks of what it listed last, eight characters each."""
    known: bytes | None = None
    """The prints, eight bytes each, of entries that it listed last and that are stored, or were met before."""
    looked_up_at: datetime | None = None
    """When all that it listed was looked up, also what had a print among those known."""
    is_heavy: bool = False
    """It was more than a place in front is for."""
    is_behind: bool = False
    """Its place is behind: it is heavy, it failed last time, or a chat brought it and it never answered."""
    ttl: timedelta | None = None
    """For how long it asks not to be looked at again, whatever it answers."""
    hub: str | None = None
    """Who tells of what is new in it, where somebody does."""
    hub_topic: str | None = None
    """What it is called there."""
    hub_due_at: datetime | None = None
    """When the hub is to be asked to go on telling us."""
    replacement: str | None = None
    """The address of a feed that seems to have taken its place: offered, never taken unasked."""


LONGEST_WAIT = timedelta(hours=12)
LONGEST_ASKED = timedelta(days=1)
LONGEST_FRESH = timedelta(hours=4)
"""A feed may say for how long its answer stays good; it gets its way for so long at most."""
FARTHEST = timedelta(days=2)
"""No feed is due later than so, save one whose next look was worked out by a clock that was ahead."""
LOOKS_AN_ENTRY = 8
"""Looks at a feed in the time that it usually takes for an entry, and how much less often than usual at most."""
LEARNING = 0.3
"""How much of the rhythm the newest gap is."""
LOOKED_UP = timedelta(days=30)
"""So long what has a known print is not looked up. Each time it is, we remember anew that we met it."""
SILENT_TIMES, SILENT_AT_LEAST, SILENT_UNKNOWN = 6, timedelta(days=2), timedelta(days=30)
"""Gaps after which a feed counts as silent, but not before two days; and for one of unknown rhythm."""
MOST_LISTED, MARK = 200, 8


def answered(
    feed: Feed,
    *,
    now: datetime,
    etag: str | None,
    last_modified: str | None,
    body_hash: str | None,
    title: str | None,
    site_url: str | None,
    fresh_for: timedelta | None = None,
    ttl: timedelta | None = None,
    listed: Sequence[str] | None = None,
) -> Feed:
    """The feed after an answer: its faults are forgotten, its marks for the next look kept.

    `body_hash` and `listed`, the marks of its entries, are None where the feed said that nothing has changed;
    `fresh_for` is how long its site says that the answer stays good, `ttl` the same of the feed itself.
    """
    asked = max(fresh_for or timedelta(), ttl or timedelta())
    heard = feed if listed is None else _listing(feed, listed[:MOST_LISTED], now)
    patience = max(SILENT_TIMES * heard.rhythm, SILENT_AT_LEAST) if heard.rhythm else SILENT_UNKNOWN
    return replace(
        heard,
        etag=etag or (None if body_hash else feed.etag),
        last_modified=last_modified or (None if body_hash else feed.last_modified),
        body_hash=body_hash or feed.body_hash,
        title=title or feed.title,
        site_url=site_url or feed.site_url,
        failures=0,
        failing_since=None,
        problem=None,
        status=None,
        replacement=None,
        refreshed_at=now,
        answered_at=now,
        next_due_at=now + _wait(heard, now, asked),
        silent_at=heard.brought_at + patience if heard.brought_at else None,
        ttl=ttl,
    )


def _wait(feed: Feed, now: datetime, fresh_for: timedelta) -> timedelta:
    """Until the next look: the usual interval, and longer for a feed that seldom has something or asks for it."""
    calm = max(feed.rhythm or timedelta(), now - feed.brought_at) if feed.brought_at else timedelta()
    longest = max(feed.interval, min(feed.interval * LOOKS_AN_ENTRY, LONGEST_WAIT))
    return max(feed.interval, min(calm / LOOKS_AN_ENTRY, longest), min(fresh_for, LONGEST_FRESH))


def _listing(feed: Feed, marks: Sequence[str], now: datetime) -> Feed:
    """The feed with what it lists now: what is new of it says when it last brought something, and its rhythm.

    By its own list, since what it tells may have come from another feed first.
    """
    brought_at, rhythm = feed.brought_at, feed.rhythm
    if feed.listed is None:
        brought_at = brought_at or (now if marks else None)
    elif fresh := len(set(marks) - set(_marks(feed.listed))):
        if brought_at and now > brought_at:
            gap = (now - brought_at) / fresh
            rhythm = gap if rhythm is None else rhythm + LEARNING * (gap - rhythm)
        brought_at = now
    return replace(feed, listed="".join(marks), brought_at=brought_at, rhythm=rhythm)


def mark(name: str) -> str:
    """What an entry is called in `Feed.listed`, by its guid, else its address, else its headline."""
    return blake2b(name.encode(errors="replace"), digest_size=MARK // 2).hexdigest()


def _marks(listed: str) -> Iterable[str]:
    return (listed[at : at + MARK] for at in range(0, len(listed), MARK))


def failed(
    feed: Feed,
    problem: str,
    *,
    now: datetime,
    status: int | None = None,
    asked: timedelta | None = None,
) -> Feed:
    """The feed after a fault: looked at again later and later, at least twice a day.

    `asked` is for how long the site wants no visit; it gets its way for a day at most.
    """
    wait = min(feed.interval * 2 ** min(feed.failures, 10), LONGEST_WAIT)
    return replace(
        feed,
        failures=feed.failures + 1,
        failing_since=feed.failing_since or now,
        problem=problem,
        status=status,
        refreshed_at=now,
        next_due_at=now + max(wait, min(asked or timedelta(), LONGEST_ASKED)),
    )


def gone(feed: Feed, problem: str, *, now: datetime, status: int | None = None) -> Feed:
    """The feed after its site said that it is no more: not looked at again until somebody adds it anew."""
    return replace(failed(feed, problem, now=now, status=status), gone_at=now)


def is_to_be_looked_up(feed: Feed, now: datetime) -> bool:
    """Whether it is time to look at all that a feed lists, however little it changed."""
    return feed.looked_up_at is None or now - feed.looked_up_at >= LOOKED_UP


def state_of(feed: Feed, *, followers: int, now: datetime) -> State:
    """How a feed is: well, or why it brings nothing."""
    if feed.gone_at:
        return "gone"
    if not feed.is_shared and not followers:
        return "not followed"
    if feed.failures:
        return "failing"
    if feed.refreshed_at is None:
        return "never read"
    if feed.replacement:
        return "moved"
    if feed.brought_at is None:
        return "empty"
    return "silent" if feed.silent_at and feed.silent_at <= now else "well"


def since_of(feed: Feed, state: State) -> datetime | None:
    """Since when a feed is in a state that somebody may want to know of."""
    if state == "silent":
        return feed.brought_at
    if state == "gone":
        return feed.gone_at
    return feed.failing_since if state == "failing" else None


def full_address(typed: str) -> str:
    """An address as a person types it, with its scheme; `feed:` is what browsers once put before it."""
    bare = typed.removeprefix("feed://").removeprefix("feed:")
    return bare if "://" in bare else f"https://{bare}"


def bare_address(address: str) -> str:
    """An address without what people leave out."""
    return address.casefold().split("://")[-1].removeprefix("www.").rstrip("/")


def missed(troubled: Sequence[Feed], subscriptions: Sequence[Wish]) -> tuple[tuple[str, datetime], ...]:
    """Title (or URL) of those feeds that these bring, each itself or its topic; and since when it brings nothing."""
    feeds = {int(each.value) for each in subscriptions if each.kind == "feed"}
    topics = {each.value for each in subscriptions if each.kind == "topic"}
    return tuple(
        (feed.title or feed.url, since)
        for feed in troubled
        if (since := feed.failing_since or feed.brought_at)
        and (feed.id in feeds or (feed.is_shared and feed.topic in topics))
    )
