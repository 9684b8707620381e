"""Alerts and followed stories: when what matches one may come, and which stories it tells."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from news.digest import Candidate
from news.facts import Development
from news.pool import Outline, Pool, candidate

QUIET_FROM, QUIET_UNTIL = time(22), time(7)
"""In the chat's own time: what matches meanwhile comes when the night is over."""
MOST_ALERTS = 20
"""Of one chat, and followed stories among them."""
SILENCE, LONGEST_FOLLOW = timedelta(days=5), timedelta(days=30)
"""A follow ends when nothing new came of its story for so long, and after so long in any case."""


def followed_until(since: datetime, now: datetime) -> datetime:
    """When a follow made `since` ends that told something new now, or is made now."""
    return min(now + SILENCE, since + LONGEST_FOLLOW)


def comes_at(now: datetime, zone: str | None) -> datetime:
    """When what matches now may be told: at once, or when the night of the chat is over."""
    local = now.astimezone(ZoneInfo(zone or "UTC"))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return now
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, local.tzinfo).astimezone(UTC)


def candidates(
    pool: Pool,
    matches: Mapping[int, tuple[int, ...]],
    *,
    private: AbstractSet[int],
    muted: AbstractSet[int],
    had: AbstractSet[int],
    updates: Collection[Development],
) -> list[Candidate[Outline]]:
    """The stories that articles tell which matched alerts, by article the ids of the alerts, as they are named.

    Each by its best article that matched; a story that was had, as one that is followed was, only where such an article
    says something new.
    Articles of private feeds are for their followers; what is muted is left out.
    """
    seen = {
        at: each
        for at in matches
        if (each := pool.outlines.get(at)) and at not in muted and (each.is_shared or each.feed_id in private)
    }
    by_story: dict[int, list[Outline]] = {}
    for each in seen.values():
        by_story.setdefault(each.story_id, []).append(each)
    found = []
    for story_id, some in by_story.items():
        if story_id not in had:
            brought = sorted({alert for each in some for alert in matches[each.id]})
            found.append(candidate(pool, max(some, key=lambda each: each.weight).id, tuple(brought)))
    for update in updates:
        new = next((each for each in update.tellings if each.article_id in seen), None)
        if new:
            told = candidate(pool, new.article_id, matches[new.article_id])
            at = seen[new.article_id].first_seen_at
            found.append(replace(told, story_first_seen_at=at, news=new.bullets))
    return found
