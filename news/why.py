"""Why a digest tells a story, or does not: what was kept of it when it was composed, and what storage has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from news.article import Article
from news.candidates import HALF_LIFE
from news.chat import Subscription
from news.digest import Digest, Item, Miss
from news.votes import Weights

Cause = Literal["asked", "later", "muted", "unfollowed", "since", "old", "full", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story that a digest of the chat tells."""

    digest: Digest
    item: Item
    brought_by: Subscription | None
    article: Article | None = None
    """What was asked about, where the digest tells the story by another article."""
    is_copy: bool = False
    weights: Weights = ()
    """Those that bore on it."""
    is_newest: bool = True
    """Whether no newer digest was asked about, which left the story out because it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A story that the digest had no room for."""

    digest: Digest
    article: Article
    miss: Miss
    brought_by: Subscription | None
    weights: Weights = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An article that was no candidate, or not among the first that missed.

    `by` is the mute that keeps it out, or what brings it only since then.
    """

    digest: Digest
    article: Article
    cause: Cause
    since: datetime
    """Where the digest's window began."""
    by: Subscription | None = None
    is_copy: bool = False


Why = Told | Missed | LeftOut


def age(freshness: float) -> timedelta:
    """How long a story had been known that was so fresh."""
    return timedelta(seconds=-HALF_LIFE * math.log2(max(freshness, 1e-12)))


def left_out(
    digest: Digest, article: Article, matching: list[Subscription], since: datetime, *, is_copy: bool = False
) -> LeftOut:
    """Why a digest has neither told an article nor remembered it.

    `matching` are the chat's subscriptions that bring it or keep it out; `since` is where the digest's window began.
    """
    cause, by = _cause(digest, article, matching, since)
    return LeftOut(digest=digest, article=article, cause=cause, since=since, by=by, is_copy=is_copy)


def _cause(
    digest: Digest, article: Article, matching: list[Subscription], since: datetime
) -> tuple[Cause, Subscription | None]:
    brings = [each for each in matching if each.kind != "mute"]
    mutes = [each for each in matching if each.kind == "mute" and each.created_at <= digest.composed_at]
    if article.first_seen_at > digest.composed_at:
        return "later", None
    if mutes:
        return "muted", mutes[0]
    if digest.asked is not None:
        if digest.asked not in {filing.topic for filing in article.topics}:
            return "asked", None
    elif not brings:
        return "unfollowed", None
    elif brings[0].created_at > digest.composed_at:
        return "since", brings[0]
    if article.first_seen_at < since:
        return "old", None
    return ("full" if digest.missed else "unclear"), None
