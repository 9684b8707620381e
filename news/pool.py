"""What digests are chosen from: recent articles in outline, by what brings them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import nlargest

from news.article import Article, Filing
from news.chat import Subscription
from news.digest import Candidate

MOST = 400
"""Stories that a digest is chosen from; the newest."""


@dataclass(frozen=True, slots=True)
class Outline:
    """As much of an article as it takes to tell whether a chat wants it, and how much."""

    id: int
    story_id: int
    feed_id: int | None
    is_shared: bool
    first_seen_at: datetime
    weight: tuple[int, int, int]
    """What the best article of a story is chosen by: bullets, length of the text, id."""
    topics: tuple[Filing, ...] = ()
    """Best first."""


@dataclass(slots=True)
class Shelf:
    """The stories that one wish brings: the newest first, by their newest article; and the best article of each."""

    stories: list[tuple[int, int]]
    best: dict[int, tuple[int, int, int]]


Place = tuple[str, str, datetime, frozenset[int], frozenset[int], frozenset[str]]
"""What a shelf holds: by kind and value of a wish, since when, which older stories, of which private feeds too, and
what mutes keep out."""


@dataclass(slots=True)
class Pool:
    """Articles first seen since some moment, and older ones of the stories `again`."""

    since: datetime
    again: set[int] = field(default_factory=set)
    outlines: dict[int, Outline] = field(default_factory=dict)
    topics: dict[str, list[Outline]] = field(default_factory=dict)
    feeds: dict[int, list[Outline]] = field(default_factory=dict)
    private: set[int] = field(default_factory=set)
    """Feeds whose articles are for their followers."""
    filtered: dict[str, set[int]] = field(default_factory=dict)
    """Ids of the articles that a filter wants, by what was typed."""
    looked_up: int = 0
    """How many articles there were when filters were held against them."""
    stories: dict[int, tuple[datetime, int]] = field(default_factory=dict)
    """When each story was first seen, and how many sources it has."""
    articles: dict[int, Article] = field(default_factory=dict)
    """Those that were chosen to tell a story."""
    gone: set[int] = field(default_factory=set)
    """Articles that went after they were outlined."""
    shelves: dict[Place, Shelf] = field(default_factory=dict)
    sources: dict[int, str | None] = field(default_factory=dict)
    """Who published each article, once somebody weighs sources."""
    candidates: dict[int, Candidate[Outline]] = field(default_factory=dict)
    """By their articles, those that are brought by topics alone."""

    def add(self, outlines: Iterable[Outline]) -> None:
        """Adds what is new of them."""
        self.shelves.clear()
        self.candidates.clear()
        for each in outlines:
            if each.id in self.outlines:
                continue
            self.outlines[each.id] = each
            for filing in each.topics:
                self.topics.setdefault(filing.topic, []).append(each)
            if each.feed_id is not None:
                self.feeds.setdefault(each.feed_id, []).append(each)
                if not each.is_shared:
                    self.private.add(each.feed_id)


@dataclass(frozen=True, slots=True)
class Wants:
    """What a chat could be told: since when, or of which older stories."""

    since: datetime
    again: frozenset[int] = frozenset()


def _shelf(pool: Pool, kind: str, value: str, wants: Wants, private: frozenset[int], mutes: frozenset[str]) -> Shelf:
    place = kind, value, wants.since, wants.again, private, mutes
    if place not in pool.shelves:
        muted = {at for typed in mutes for at in pool.filtered.get(typed, ())}
        newest: dict[int, int] = {}
        best: dict[int, tuple[int, int, int]] = {}
        for each in _brought(pool, kind, value):
            story_id = each.story_id
            if each.first_seen_at < wants.since and story_id not in wants.again:
                continue
            if (not each.is_shared and each.feed_id not in private) or each.id in muted:
                continue
            if each.id > newest.get(story_id, 0):
                newest[story_id] = each.id
            if story_id not in best or each.weight > best[story_id]:
                best[story_id] = each.weight
        stories = sorted(((article_id, story_id) for story_id, article_id in newest.items()), reverse=True)
        pool.shelves[place] = Shelf(stories, best)
    return pool.shelves[place]


def _brought(pool: Pool, kind: str, value: str) -> Collection[Outline]:
    if kind == "topic":
        return pool.topics.get(value, ())
    if kind == "feed":
        return pool.feeds.get(int(value), ())
    return [pool.outlines[at] for at in pool.filtered.get(value, ())]


def candidates(
    pool: Pool,
    subscriptions: Sequence[Subscription],
    wants: Wants,
    *,
    had: AbstractSet[int] = frozenset(),
    topic: str | None = None,
    most: int = MOST,
) -> list[Candidate[Outline]]:
    """The newest stories that subscriptions bring and that were not had, in no order.

    With `topic`: that topic's, whatever is subscribed to. Articles of private feeds are for their followers;
    those that a mute wants are left out.
    """
    private = frozenset({int(each.value) for each in subscriptions if each.kind == "feed"} & pool.private)
    mutes = frozenset([each.value for each in subscriptions if each.kind == "mute"])
    wishes = [each for each in subscriptions if each.kind != "mute"]
    shelves: list[tuple[Subscription | None, Shelf]]
    if topic is None:
        shelves = [(each, _shelf(pool, each.kind, each.value, wants, private, mutes)) for each in wishes]
    else:
        shelves = [(None, _shelf(pool, "topic", topic, wants, private, mutes))]
    newest: dict[int, int] = {}
    for _, shelf in shelves:
        # A story that is not among so many of any shelf is not among so many of all.
        room = most
        for article_id, story_id in shelf.stories:
            if story_id not in had:
                if article_id > newest.get(story_id, 0):
                    newest[story_id] = article_id
                room -= 1
                if not room:
                    break
    others = [(each.id, shelf.best) for each, shelf in shelves if each and each.kind != "topic"]
    bests = [shelf.best for _, shelf in shelves]
    found = []
    for story_id in nlargest(most, newest, key=newest.__getitem__) if len(newest) > most else newest:
        known = [best[story_id] for best in bests if story_id in best]
        _, _, article_id = max(known) if len(known) > 1 else known[0]
        if article_id not in pool.gone:
            brought = tuple([each for each, best in others if story_id in best]) if others else ()
            found.append(_candidate(pool, article_id, brought))
    return found


def _candidate(pool: Pool, article_id: int, brought_by: tuple[int, ...]) -> Candidate[Outline]:
    plain = pool.candidates.get(article_id)
    if plain is None:
        outline = pool.outlines[article_id]
        first_seen_at, sources = pool.stories[outline.story_id]
        plain = Candidate(article=outline, source_count=sources, story_first_seen_at=first_seen_at)
        pool.candidates[article_id] = plain
    return replace(plain, subscriptions=brought_by) if brought_by else plain
