"""Tidy: old articles go; what was seen is remembered longer, or it would return as news."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import Storage
from storage.inbox import ASIDE_LONGER
from storage.tidying import Tidied

SEEN_LONGER = timedelta(days=365)
MOST_BATCHES = 1_000
"""Of 200 articles each that are indexed at one time, or of as much of the index that is put in order: some minutes,
in which everything else goes on.
"""
HEARD_LONGER = timedelta(days=2)
"""Telegram repeats an update for a day at most."""
UNANSWERED = HEARD_LONGER + ASIDE_LONGER
"""How long what could not be handled is kept."""


async def tidy(storage: Storage, *, now: datetime, keep: timedelta) -> Tidied:
    """Deletes articles first seen more than `keep` ago that nobody saved, and says what went.

    What was heard and answered goes too, as soon as it cannot come again.
    """
    await storage.inbox.tidy(now - HEARD_LONGER)
    await _index(storage)
    return await storage.tidy(articles_before=now - keep, seen_before=now - keep - SEEN_LONGER)


async def _index(storage: Storage) -> None:
    """Lets search find articles that came before its index did, see `Search.catch_up`, and puts the index in order."""
    for _ in range(MOST_BATCHES):
        if not (await storage.search.catch_up() or await storage.search.join()):
            return
