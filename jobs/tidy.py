"""Tidy: old articles go; what was seen is remembered longer, or it would return as news."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import Storage
from storage.articles import Tidied

SEEN_LONGER = timedelta(days=365)


async def tidy(storage: Storage, *, now: datetime, keep: timedelta) -> Tidied:
    """Deletes articles first seen more than `keep` ago that nobody saved, and says what went."""
    return await storage.articles.tidy(articles_before=now - keep, seen_before=now - keep - SEEN_LONGER)
