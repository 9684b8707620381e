"""What digests are chosen from: recent articles in outline, by what brings them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest

from news.article import Article
from news.chat import Subscription
from news.digest import Candidate

MOST = 400
"""Stories that a digest is chosen from; the newest."""


@dataclass(frozen=True, slots=True)
class Outline:
    """As much of an article as it takes to tell whether a chat wants it."""

    id: int
    story_id: int
    feed_id: int | None
    is_shared: bool
    first_seen_at: datetime
    weight: tuple[int, int, int]
    """What the best article of a story is chosen by: bullets, length of the text, id."""


@dataclass(slots=True)
class Pool:
    """Articles first seen since some moment, and older ones of the stories `again`."""

    since: datetime
    again: set[int] = field(default_factory=set)
    outlines: dict[int, Outline] = field(default_factory=dict)
    topics: dict[str, list[Outline]] = field(default_factory=dict)
    feeds: dict[int, list[Outline]] = field(default_factory=dict)
    filtered: dict[str, set[int]] = field(default_factory=dict)
    """Ids of the articles that a filter wants, by what was typed."""
    looked_up: int = 0
    """How many articles there were when filters were held against them."""
    stories: dict[int, tuple[datetime, int]] = field(default_factory=dict)
    """When each story was first seen, and how many sources it has."""
    articles: dict[int, Article] = field(default_factory=dict)
    """Those that were chosen to tell a story, in full."""

    def add(self, outlines: Iterable[Outline], filings: Iterable[tuple[int, str]]) -> None:
        """Outlines and, by their ids, the topics they are filed on."""
        for each in outlines:
            if each.id not in self.outlines:
                self.outlines[each.id] = each
                if each.feed_id is not None:
                    self.feeds.setdefault(each.feed_id, []).append(each)
        known = {slug: {each.id for each in shelf} for slug, shelf in self.topics.items()}
        for article_id, slug in filings:
            if article_id in self.outlines and article_id not in known.get(slug, ()):
                self.topics.setdefault(slug, []).append(self.outlines[article_id])


@dataclass(slots=True)
class Match:
    """A story that a chat wants: its newest and its best article, and the subscriptions that bring it."""

    newest: int
    best: tuple[int, int, int]
    brought_by: list[int]


def matching(
    pool: Pool,
    subscriptions: Sequence[Subscription],
    *,
    since: datetime,
    again: frozenset[int] = frozenset(),
    topic: str | None = None,
) -> dict[int, Match]:
    """The stories since then, or of `again`, that subscriptions bring, by story id.

    With `topic`: that topic's, whatever is subscribed to. Articles of private feeds are for their followers;
    those that a mute wants are left out.
    """
    followed = {int(each.value) for each in subscriptions if each.kind == "feed"}
    muted = {at for each in subscriptions if each.kind == "mute" for at in pool.filtered.get(each.value, ())}
    found: dict[int, Match] = {}
    for subscription_id, outlines in _brought(pool, subscriptions, topic):
        for each in outlines:
            if each.first_seen_at < since and each.story_id not in again:
                continue
            if (not each.is_shared and each.feed_id not in followed) or each.id in muted:
                continue
            match = found.get(each.story_id)
            if match is None:
                found[each.story_id] = match = Match(each.id, each.weight, [])
            if each.id > match.newest:
                match.newest = each.id
            if each.weight > match.best:
                match.best = each.weight
            if subscription_id and (not match.brought_by or match.brought_by[-1] != subscription_id):
                match.brought_by.append(subscription_id)
    return found


def _brought(
    pool: Pool, subscriptions: Sequence[Subscription], topic: str | None
) -> Iterable[tuple[int, Iterable[Outline]]]:
    if topic is not None:
        yield 0, pool.topics.get(topic, ())
        return
    for each in subscriptions:
        if each.kind == "topic":
            yield each.id, pool.topics.get(each.value, ())
        elif each.kind == "feed":
            yield each.id, pool.feeds.get(int(each.value), ())
        elif each.kind == "words":
            # Sorted, so that what is found does not depend on the order within a set.
            yield each.id, [pool.outlines[at] for at in sorted(pool.filtered.get(each.value, ()))]


Pick = tuple[int, Match]
"""A story's id, and how it matches."""


def newest(matches: dict[int, Match], had: AbstractSet[int], most: int = MOST) -> list[Pick]:
    """The newest matching stories that were not had, the newest first."""
    fresh = [pick for pick in matches.items() if pick[0] not in had] if had else list(matches.items())
    return nlargest(most, fresh, key=lambda pick: pick[1].newest)


def candidates(pool: Pool, picks: Iterable[Pick]) -> list[Candidate]:
    """What a digest is chosen from, once the pool has the articles that tell these stories best."""
    return [
        Candidate(
            article=pool.articles[match.best[-1]],
            source_count=pool.stories[story_id][1],
            story_first_seen_at=pool.stories[story_id][0],
            subscriptions=tuple(match.brought_by),
        )
        for story_id, match in picks
        if match.best[-1] in pool.articles
    ]
