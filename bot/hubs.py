"""Hubs: who tells us at once what is new in a feed (WebSub), where Telegram's webhook shows that we can be reached.

A hub is taken at its word for one thing alone: that it is time to look. What is new is fetched from the feed itself.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web

from bot.settings import Settings
from storage import Storage, Unavailable

SHORTEST_LEASE, LONGEST_LEASE = timedelta(hours=1), timedelta(days=30)
LONGEST_CHALLENGE = 4_096


@dataclass(frozen=True, slots=True)
class Hubs:
    """Where hubs find us: below the webhook's address, one address for each feed that nobody can guess."""

    url: str
    secret: str

    @classmethod
    def of(cls, settings: Settings) -> Hubs | None:
        """None where we cannot be reached, or have no word to know an address of ours by."""
        if not settings.webhook_url or not (settings.bot_token or settings.webhook_secret):
            return None
        return cls(settings.webhook_url.split("?")[0].rstrip("/") + "/feeds", settings.webhook_word)

    def address(self, feed_id: int) -> str:
        """Where a hub tells of this feed."""
        return f"{self.url}/{feed_id}/{self._mark(feed_id)}"

    def _mark(self, feed_id: int) -> str:
        return hmac.digest(self.secret.encode(), f"feed {feed_id}".encode(), "sha256").hex()[:32]

    def knocked_at(self, request: web.Request) -> int | None:
        """The feed that a request is about; None for a request that is none of ours."""
        before, _, mark = request.rel_url.raw_path.rpartition("/")
        path, _, number = before.rpartition("/")
        if path != urlsplit(self.url).path or not (number.isascii() and number.isdigit() and len(number) < 17):
            return None
        return int(number) if hmac.compare_digest(mark.encode(), self._mark(int(number)).encode()) else None

    async def receive(
        self, request: web.Request, feed_id: int, storage: Storage, clock: Callable[[], datetime]
    ) -> web.Response | None:
        """Notes that a feed has something new, or that a hub will tell of it; None for what a hub does not say."""
        try:
            if request.method == "POST":
                await storage.feeds.hurry(feed_id, clock())
                return web.Response(status=204)
            said = request.rel_url.query
            topic, challenge = said.get("hub.topic", ""), said.get("hub.challenge", "")
            if request.method != "GET" or said.get("hub.mode") != "subscribe" or len(challenge) > LONGEST_CHALLENGE:
                return None
            lease = _lease(said.get("hub.lease_seconds", ""))
            # Asked again when half of it is over, so that one answer may get lost.
            if await storage.feeds.hear_from_hub(feed_id, topic, clock() + lease / 2):
                return web.Response(text=challenge)
        except Unavailable:
            return web.Response(status=503)
        return None


def _lease(seconds: str) -> timedelta:
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 10):
        return SHORTEST_LEASE
    return min(max(timedelta(seconds=int(seconds)), SHORTEST_LEASE), LONGEST_LEASE)
