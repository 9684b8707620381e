"""Feeds: the URLs we poll, and how their last refresh went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


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
