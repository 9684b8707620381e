"""What digests are chosen from: recent articles in outline, by what brings them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from news.article import Article, Filing
from news.candidates import Candidate, Known, Merits, merits
from news.chat import Wish
from news.facts import Development
from news.sieve import Sieve

MOST = 400
"""Stories that a digest is chosen from; the newest."""
STEP = 100
"""Stories of a shelf are ranked by so many more at a time."""


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
    """The stories that wishes bring: the newest article of each, the newest first; and the best of each."""

    newest: list[int]
    best: dict[int, tuple[int, int, int]]
    merits: dict[tuple[tuple[str, ...], int], Merits[Outline]] = field(default_factory=dict)
    """By topics, and of how many of its stories, the newest, what they are worth to all who have no weights."""


Place = tuple[str, tuple[str, ...], datetime, frozenset[int], frozenset[int], frozenset[str]]
"""What a shelf holds: by the kind and the values of wishes, since when, which older stories, of which private feeds
too, and what mutes keep out."""


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
    sieve: Sieve | None = None
    """The articles taken apart, once many filters were held against them."""
    looked_up: int = 0
    """How many articles there were when filters were held against them."""
    stories: dict[int, tuple[datetime, int]] = field(default_factory=dict)
    """When each story was first seen, and how many sources it has."""
    newest: dict[int, int] = field(default_factory=dict)
    """The newest article of each story."""
    articles: dict[int, Article] = field(default_factory=dict)
    """Those that were chosen to tell a story."""
    gone: set[int] = field(default_factory=set)
    """Articles that went after they were outlined."""
    shelves: dict[Place, Shelf] = field(default_factory=dict)
    sources: dict[int, str | None] = field(default_factory=dict)
    """Who published each article, once somebody weighs sources."""
    candidates: dict[int, Candidate[Outline]] = field(default_factory=dict)
    """By their articles, those that are brought by topics alone."""
    merits: Known[Outline] = field(default_factory=dict)
    """What those are worth, at the moment of the round that the pool is for."""

    def add(self, outlines: Iterable[Outline]) -> None:
        """Adds what is new of them."""
        self.shelves.clear()
        self.candidates.clear()
        self.merits.clear()
        for each in outlines:
            if each.id in self.outlines:
                continue
            self.outlines[each.id] = each
            if each.id > self.newest.get(each.story_id, 0):
                self.newest[each.story_id] = each.id
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
    updates: Collection[Development] = ()
    """What is new in stories that it has had."""


def _shelf(
    pool: Pool, kind: str, values: tuple[str, ...], wants: Wants, private: frozenset[int], mutes: frozenset[str]
) -> Shelf:
    place = kind, values, wants.since, wants.again, private, mutes
    if place not in pool.shelves:
        muted = {at for typed in mutes for at in pool.filtered.get(typed, ())}
        newest: dict[int, int] = {}
        best: dict[int, tuple[int, int, int]] = {}
        for each in chain.from_iterable(_brought(pool, kind, value) for value in values):
            story_id = each.story_id
            if each.first_seen_at < wants.since and story_id not in wants.again:
                continue
            if (not each.is_shared and each.feed_id not in private) or each.id in muted:
                continue
            if each.id > newest.get(story_id, 0):
                newest[story_id] = each.id
            if story_id not in best or each.weight > best[story_id]:
                best[story_id] = each.weight
        pool.shelves[place] = Shelf(sorted(newest.values(), reverse=True), best)
    return pool.shelves[place]


def _brought(pool: Pool, kind: str, value: str) -> Collection[Outline]:
    if kind == "topic":
        return pool.topics.get(value, ())
    if kind == "feed":
        return pool.feeds.get(int(value), ())
    return [pool.outlines[at] for at in pool.filtered.get(value, ())]


@dataclass(frozen=True, slots=True)
class Stock:
    """What one digest is chosen from: the newest stories that wishes bring and that were not had, in no order."""

    pool: Pool
    others: list[Candidate[Outline]]
    """Those that not topics alone bring, or that return."""
    shelf: Shelf | None
    """Of the topics; what they alone bring is looked up once for all who follow the same."""
    plain: AbstractSet[int]
    """The stories that topics alone bring."""
    most: int
    """How many of the shelf's newest stories these are among."""

    def __iter__(self) -> Iterator[Candidate[Outline]]:
        yield from self.others
        if self.shelf is not None:
            yield from (candidate(self.pool, self.shelf.best[story_id][2], ()) for story_id in self.plain)

    def merits(self, topics: Sequence[str], now: datetime) -> Merits[Outline]:
        """What the plain ones are worth at the moment of the pool's round, to a chat that has no weights."""
        if self.shelf is None:
            return {}
        # Few sizes, for chats that had so many stories or a few more.
        place = tuple(topics), (self.most // STEP + 1) * STEP
        if place not in self.shelf.merits:
            newest = (self.pool.outlines[at].story_id for at in self.shelf.newest[: place[1]])
            every = [candidate(self.pool, self.shelf.best[each][2], ()) for each in newest]
            self.shelf.merits[place] = merits(every, topics=topics, now=now, known=self.pool.merits)
        return {
            reason: [each for each in some if each[1].article.story_id in self.plain]
            for reason, some in self.shelf.merits[place].items()
        }


def stock(
    pool: Pool,
    subscriptions: Sequence[Wish],
    wants: Wants,
    *,
    had: AbstractSet[int] = frozenset(),
    topic: str | None = None,
    most: int = MOST,
) -> Stock:
    """What a chat with these subscriptions is told from.

    With `topic`: that topic's, whatever is subscribed to. Articles of private feeds are for their followers;
    those that a mute wants are left out.
    """
    private = frozenset({int(each.value) for each in subscriptions if each.kind == "feed"} & pool.private)
    mutes = frozenset([each.value for each in subscriptions if each.kind == "mute"])
    wishes = [each for each in subscriptions if each.kind != "mute"]
    followed = sorted({each.value for each in wishes if each.kind == "topic"}) if topic is None else [topic]
    topical = _shelf(pool, "topic", tuple(followed), wants, private, mutes) if followed else None
    others = [
        (each.id, _shelf(pool, each.kind, (each.value,), wants, private, mutes))
        for each in wishes
        if topic is None and each.kind != "topic"
    ]
    shelves = [*([topical] if topical else []), *(shelf for _, shelf in others)]
    passed, last = set(had), len(had) + most
    # A story that is not among so many of any shelf is not among so many of all.
    for newest_id in sorted(chain.from_iterable(shelf.newest[:last] for shelf in shelves), reverse=True):
        passed.add(pool.outlines[newest_id].story_id)
        if len(passed) == last:
            break
    new = passed - had
    brought = new.intersection(chain.from_iterable(shelf.best for _, shelf in others))
    found = []
    for story_id in brought:
        _, _, article_id = max([shelf.best[story_id] for shelf in shelves if story_id in shelf.best])
        if article_id not in pool.gone:
            found.append(candidate(pool, article_id, tuple([its for its, shelf in others if story_id in shelf.best])))
    plain = new - brought
    if pool.gone and topical:
        plain -= {story_id for story_id in plain if topical.best[story_id][2] in pool.gone}
    muted = {at for typed in mutes for at in pool.filtered.get(typed, ())}
    for update in wants.updates:
        found += _returning(pool, update, wishes, wants, topic, private, muted)
    return Stock(pool, found, topical, plain, last)


def kept_out(
    pool: Pool, wishes: Sequence[tuple[str, str]], since: datetime, asked: Sequence[str | None] = (None,)
) -> int:
    """How many articles first seen after that mutes leave out, of those that the other wishes bring.

    Wishes are given as kind and value; `asked` are topics, whatever is wished for, and None stands for what is.
    """
    said = {kind: [value for its, value in wishes if its == kind] for kind in ("topic", "feed", "words", "mute")}
    feeds = {int(value) for value in said["feed"]}
    is_usual = None in asked
    topics = {*(said["topic"] if is_usual else ()), *(slug for slug in asked if slug)}
    worded = [pool.filtered.get(typed, ()) for typed in said["words"]] if is_usual else []
    muted = {at for typed in said["mute"] for at in pool.filtered.get(typed, ())}
    found = (each for at in muted if (each := pool.outlines[at]).first_seen_at > since)
    return sum(
        (each.is_shared or each.feed_id in feeds)
        and (
            (is_usual and each.feed_id in feeds)
            or any(filing.topic in topics for filing in each.topics)
            or any(each.id in some for some in worded)
        )
        for each in found
    )


def _returning(
    pool: Pool,
    update: Development,
    wishes: Sequence[Wish],
    wants: Wants,
    topic: str | None,
    private: AbstractSet[int],
    muted: AbstractSet[int],
) -> list[Candidate[Outline]]:
    """A story that was had, by the best article that tells what is new and that the wishes bring."""
    for telling in update.tellings:
        each = pool.outlines.get(telling.article_id)
        if each is None or each.id in pool.gone or each.id in muted:
            continue
        if each.first_seen_at < wants.since and each.story_id not in wants.again:
            continue
        if not each.is_shared and each.feed_id not in private:
            continue
        if topic is not None:
            is_brought, brought = _brings(pool, "topic", topic, each), []
        else:
            brought = [wish for wish in wishes if _brings(pool, wish.kind, wish.value, each)]
            is_brought = bool(brought)
        if is_brought:
            others = tuple(wish.id for wish in brought if wish.kind != "topic")
            # As fresh as what is new in it.
            return [
                replace(candidate(pool, each.id, others), story_first_seen_at=each.first_seen_at, news=telling.bullets)
            ]
    return []


def _brings(pool: Pool, kind: str, value: str, outline: Outline) -> bool:
    if kind == "topic":
        return any(filing.topic == value for filing in outline.topics)
    if kind == "feed":
        return outline.feed_id == int(value)
    return outline.id in pool.filtered.get(value, ())


def candidate(pool: Pool, article_id: int, brought_by: tuple[int, ...]) -> Candidate[Outline]:
    plain = pool.candidates.get(article_id)
    if plain is None:
        outline = pool.outlines[article_id]
        first_seen_at, sources = pool.stories[outline.story_id]
        plain = Candidate(
            article=outline,
            source_count=sources,
            story_first_seen_at=first_seen_at,
            newest_id=pool.newest[outline.story_id],
        )
        pool.candidates[article_id] = plain
    if not brought_by:
        return plain
    return Candidate(  # `replace` takes five times as long
        article=plain.article,
        source_count=plain.source_count,
        story_first_seen_at=plain.story_first_seen_at,
        subscriptions=brought_by,
        newest_id=plain.newest_id,
    )
