"""Manners: how long a site or a feed wants to be left alone, whose turn it is, and who tells of what is new."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ingest.answers import BadStatus

ASKS_FOR_FEWER = 429
LONGEST_REST, USUAL_REST = timedelta(minutes=10), timedelta(minutes=1)
MOST_PLACES = 10_000
"""Hosts that are remembered at a time."""
MAX_AGE = re.compile(r"(?:^|,)\s*(?:s-maxage|max-age)\s*=\s*\"?(\d{1,9})\b", re.IGNORECASE)
LIVE = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\b", re.IGNORECASE)


HEAD = 20_000
"""Bytes of a feed in which it tells of itself."""
FIRST = re.compile(rb"<(?:item|entry)[\s>]", re.IGNORECASE)
TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>", re.IGNORECASE)
LINK = re.compile(rb"<(?:\w{1,20}:)?link\b([^<>]{1,2000})>", re.IGNORECASE)
ATTRIBUTE = re.compile(rb"\b(rel|href)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a feed asks of its readers: not to come again for a while; and where a hub tells of what is new."""

    ttl: timedelta | None = None
    hub: str | None = None
    topic: str | None = None
    """What the feed is called at the hub."""


def asked_by(data: bytes) -> Asked:
    """What the head of a feed asks."""
    first = FIRST.search(data, 0, HEAD)
    head = data[: first.start() if first else HEAD]
    ttl = TTL.search(head)
    links: dict[str, str] = {}
    for tag in LINK.findall(head):
        said = {name.lower(): html.unescape((a or b).decode(errors="replace")) for name, a, b in ATTRIBUTE.findall(tag)}
        for kind in said.get(b"rel", "").lower().split():
            links.setdefault(kind, said.get(b"href", ""))
    return Asked(timedelta(minutes=int(ttl[1])) if ttl else None, links.get("hub") or None, links.get("self") or None)


class Turns:
    """Keeps requests to one host apart, and remembers the hosts that asked to be left alone."""

    def __init__(self, spacing: timedelta) -> None:
        self._spacing = spacing.total_seconds()
        self._next: dict[str, float] = {}
        self._rests: dict[str, float] = {}

    async def wait(self, host: str) -> None:
        """Comes back when it is time for the next request to this host."""
        if not self._spacing:
            return
        now = time.monotonic()
        at = max(now, self._next.get(host, now))
        _make_room(self._next, now)
        self._next[host] = at + self._spacing
        await asyncio.sleep(at - now)

    def rest(self, place: str, asked: timedelta | None) -> None:
        """Remembers that a place asked for fewer visits."""
        now = time.monotonic()
        _make_room(self._rests, now)
        self._rests[place] = now + min(asked or USUAL_REST, LONGEST_REST).total_seconds()

    def check(self, place: str) -> None:
        """Raises what the place answered, while it wants to be left alone."""
        left = self._rests.get(place, 0) - time.monotonic()
        if left > 0:
            raise BadStatus(ASKS_FOR_FEWER, timedelta(seconds=left))


def _make_room(times: dict[str, float], now: float) -> None:
    if len(times) >= MOST_PLACES:
        for each in [each for each, at in times.items() if at <= now] or list(times)[: MOST_PLACES // 2]:
            del times[each]


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long a site wants no visit: in seconds, or until a moment, counted from its own clock."""
    said = headers.get("Retry-After", "").strip()
    if said.isdecimal() and said.isascii() and len(said) < 8:
        return timedelta(seconds=int(said))
    return _until(said, headers)


def fresh_for(headers: Mapping[str, str]) -> timedelta | None:
    """How long an answer stays good, as its site says; None where it says nothing, or that it never does."""
    control = headers.get("Cache-Control", "")
    if LIVE.search(control):
        return None
    if found := MAX_AGE.search(control):
        age = headers.get("Age", "").strip()
        return timedelta(seconds=max(0, int(found[1]) - (int(age) if age.isdecimal() and len(age) < 10 else 0)))
    return _until(headers.get("Expires", ""), headers)


def _until(said: str, headers: Mapping[str, str]) -> timedelta | None:
    moment, its_now = _moment(said), _moment(headers.get("Date", ""))
    return max(moment - its_now, timedelta()) if moment and its_now else None


def _moment(said: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
