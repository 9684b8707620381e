"""Alerts and followed stories: when what matches one may come, and which stories it tells."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from news.candidates import Candidate
from news.facts import Development
from news.pool import Outline, Pool, candidate

MOST_ALERTS = 20
"""Of one chat, and followed stories among them."""
SILENCE, LONGEST_FOLLOW = timedelta(days=5), timedelta(days=30)
"""A follow ends when nothing new came of its story for so long, and after so long in any case."""


def followed_until(since: datetime, now: datetime) -> datetime:
    """When a follow made `since` ends that told something new now, or is made now."""
    return min(now + SILENCE, since + LONGEST_FOLLOW)


def comes_at(now: datetime, zone: str | None, quiet: Sequence[time]) -> datetime:
    """When what matches now may be told: at once, or when the quiet hours of the chat are over.

    Where clocks are put back, they are over when they first say so.
    """
    local = now.astimezone(ZoneInfo(zone or "UTC"))
    if not quiet or not _is_between(local.time(), *quiet):
        return now
    since, until = quiet
    day = local.date() + timedelta(days=since > until and local.time() >= since)
    return max(now, datetime.combine(day, until, local.tzinfo).astimezone(UTC))


def _is_between(at: time, since: time, until: time) -> bool:
    return since <= at < until if since < until else at >= since or at < until


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
