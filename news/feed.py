"""Feeds: the URLs we poll, and how their last refresh went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from news.chat import Subscription


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
    refreshed_at: datetime | None = None
    answered_at: datetime | None = None
    gone_at: datetime | None = None


LONGEST_WAIT = timedelta(hours=12)
LONGEST_ASKED = timedelta(days=1)


def answered(
    feed: Feed,
    *,
    now: datetime,
    etag: str | None,
    last_modified: str | None,
    body_hash: str | None,
    title: str | None,
    site_url: str | None,
) -> Feed:
    """The feed after an answer: its faults are forgotten, its marks for the next look kept.

    `body_hash` is None where the feed said that nothing has changed.
    """
    return replace(
        feed,
        etag=etag or (None if body_hash else feed.etag),
        last_modified=last_modified or (None if body_hash else feed.last_modified),
        body_hash=body_hash or feed.body_hash,
        title=title or feed.title,
        site_url=site_url or feed.site_url,
        failures=0,
        failing_since=None,
        problem=None,
        refreshed_at=now,
        answered_at=now,
        next_due_at=now + feed.interval,
    )


def failed(feed: Feed, problem: str, *, now: datetime, asked: timedelta | None = None) -> Feed:
    """The feed after a fault: looked at again later and later, at least twice a day.

    `asked` is for how long the site wants no visit; it gets its way for a day at most.
    """
    wait = min(feed.interval * 2 ** min(feed.failures, 10), LONGEST_WAIT)
    return replace(
        feed,
        failures=feed.failures + 1,
        failing_since=feed.failing_since or now,
        problem=problem,
        refreshed_at=now,
        next_due_at=now + max(wait, min(asked or timedelta(), LONGEST_ASKED)),
    )


def gone(feed: Feed, problem: str, *, now: datetime) -> Feed:
    """The feed after its site said that it is no more: not looked at again until somebody adds it anew."""
    return replace(failed(feed, problem, now=now), gone_at=now)


def missed(failing: Sequence[Feed], subscriptions: Sequence[Subscription]) -> tuple[tuple[str, datetime], ...]:
    """Title (or URL) and start of failing of the failing feeds that these bring: each itself, or its topic."""
    feeds = {int(each.value) for each in subscriptions if each.kind == "feed"}
    topics = {each.value for each in subscriptions if each.kind == "topic"}
    return tuple(
        (feed.title or feed.url, feed.failing_since)
        for feed in failing
        if feed.failing_since and (feed.id in feeds or (feed.is_shared and feed.topic in topics))
    )
