"""Hubs: asked to tell us at once what is new in the feeds that have one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from ingest.answers import Unreadable
from ingest.door import Door
from news.feed import Feed
from storage import Storage

ASK_AGAIN = timedelta(hours=12)
"""After a hub was asked: it answers by a visit of its own, which puts this off."""
AT_ONCE = 20


async def ask_hubs(
    storage: Storage,
    door: Door,
    address: Callable[[int], str],
    *,
    now: datetime,
    among: Sequence[int] | None = None,
) -> int:
    """Asks the hubs of feeds that are due for it; how many took the request.

    `address` is where a hub finds us for a feed. One that does not answer costs nothing: the feed is read as any other.
    """

    async def is_taken(feed: Feed) -> bool:
        # Written first: its visit may come before its answer.
        await storage.feeds.put_off_hub(feed.id, now + ASK_AGAIN)
        form = {
            "hub.mode": "subscribe",
            "hub.topic": feed.hub_topic or feed.url,
            "hub.callback": address(feed.id),
        }
        try:
            await door.post(feed.hub or "", form)
        except Unreadable:
            return False
        return True

    # Beside each other: feeds wait for those that are silent.
    return sum(await asyncio.gather(*map(is_taken, await storage.feeds.with_due_hub(now, AT_ONCE, among=among))))
