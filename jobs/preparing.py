"""What digests would be at some moment, for many chats at once: chosen once an appetite, drawn once a look."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from zoneinfo import ZoneInfo

from news.article import Article
from news.chat import Chat, Subscription
from news.digest import Budget, Candidate, Digest, Rank, choose, edition_of, rank
from news.digest import compose as compose_digest
from news.feed import Feed, missed
from news.messages.looks import drawn
from news.messages.message import Message
from news.messages.words import Scene, Words
from news.pool import Outline, Pool, Wants, candidates
from news.schedule import Schedule, Slot, newest_missed, next_slot
from storage import Edition, History, Storage

LONGEST_WINDOW = timedelta(days=8)
"""A weekly digest looks back a week; nothing older is news."""
SHORTEST_WINDOW = timedelta(days=2)
FIRST_WINDOW = timedelta(days=3)
SILENT_AFTER = timedelta(days=1)
"""A feed that has not answered for so long is named in the footer."""
CLOCKS_DIFFER = timedelta(days=2)
"""How much older than its stories a digest may seem, after somebody set a clock."""
AT_ONCE = 16
"""Appetites that are chosen for before others may act: some tens of milliseconds."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING = History()
MOST_KEPT = 4_000
"""Choices, editions and articles kept at hand; with more they are forgotten and made again."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A digest and the message that pushes it; no message when silence says it better."""

    digest: Digest
    message: Message | None

    @property
    def deliveries(self) -> tuple[Message, ...]:
        return (self.message,) if self.message else ()


@dataclass(frozen=True, slots=True)
class Appetite:
    """What the choice of stories depends on: chats of one appetite are told the same."""

    wishes: tuple[tuple[str, str], ...]
    since: datetime
    had: frozenset[int]
    again: frozenset[int]


@dataclass(slots=True)
class Choice:
    """What an appetite is served, and how it was drawn: by look, language, clocks; quiet, by zone and since."""

    digest: Digest
    drawings: dict[tuple[object, ...], Prepared] = field(default_factory=dict)
    zones: dict[str, tuple[timedelta | None, ...]] = field(default_factory=dict)

    def clocks(self, zone: str) -> tuple[timedelta | None, ...]:
        """What clocks of the zone are ahead at each moment that the digest names: where they agree, drawings do."""
        if zone not in self.zones:
            shown, there = self.digest, ZoneInfo(zone)
            troubled = [since for _, since in (*shown.footer.failing_feeds, *shown.footer.silent_feeds)]
            moments = [shown.composed_at, *(item.first_seen_at for item in shown.items), *troubled]
            self.zones[zone] = tuple([each.astimezone(there).utcoffset() for each in moments])
        return self.zones[zone]


@dataclass(slots=True)
class Round:
    """What all chats that are composed for at one moment share."""

    storage: Storage
    now: datetime
    topics: Mapping[str, str]
    failing: Sequence[Feed]
    silent: Sequence[Feed]
    pool: Pool | None = None
    choices: dict[Appetite, Choice] = field(default_factory=dict)
    editions: dict[int, Edition] = field(default_factory=dict)
    occasions: dict[tuple[object, ...], tuple[Slot | None, Slot | None]] = field(default_factory=dict)

    def occasion(self, schedule: Schedule, last_due_at: datetime | None) -> tuple[Slot | None, datetime | None]:
        """The newest slot that the schedule missed, and when it is due next: worked out once a rhythm."""
        rhythm = schedule.zone, schedule.times, schedule.days
        if rhythm not in self.occasions:
            ever = replace(schedule, changed_at=BEGINNING)
            self.occasions[rhythm] = newest_missed(ever, after=BEGINNING, now=self.now), next_slot(ever, after=self.now)
        missed, following = self.occasions[rhythm]
        next_due_at = following.due_at if following else None
        # What is said to have changed later than now was changed by a clock that was ahead: it tells nothing.
        changed_at = schedule.changed_at if schedule.changed_at <= self.now else BEGINNING
        if missed is None or missed.due_at <= max(changed_at, last_due_at or BEGINNING):
            return None, next_due_at
        mine = replace(missed, schedule_id=schedule.id, chat_id=schedule.chat_id, epoch=schedule.epoch)
        return mine, next_due_at

    async def pool_since(self, since: datetime) -> Pool:
        if self.pool is None or since < self.pool.since:
            self.pool = await self.storage.pools.read(since)
        return self.pool

    def make_room(self) -> None:
        """Forgets what is at hand, where it is too much."""
        ours = (self.pool.articles, self.pool.shelves) if self.pool else ()
        for kept in (self.choices, self.editions, *ours):
            if len(kept) > MOST_KEPT:
                kept.clear()


async def round_of(storage: Storage, now: datetime, topics: Mapping[str, str] | None = None) -> Round:
    """A new round at this moment."""
    known = dict(await storage.topics.all()) if topics is None else topics
    return Round(storage, now, known, await storage.feeds.failing(now - SILENT_AFTER), await storage.feeds.silent(now))


@dataclass(frozen=True, slots=True)
class Order:
    """A chat, what it wants and what it has had."""

    chat: Chat
    wishes: Sequence[Subscription]
    history: History
    appetite: Appetite


async def prepare_all(
    shared: Round, chats: Sequence[Chat], *, asked: Sequence[str | None] = (None,), words: int | None = None
) -> list[Prepared]:
    """The digest of each chat at this moment, in their order; the chats differ from each other.

    `asked` are topics, whatever the chats follow; None stands for what they follow. `words` is what they
    have time to read.
    """
    orders = await _orders(shared, chats)
    budget = Budget(words=words)
    kinds: dict[Appetite, Order] = {}
    for order in orders:
        kinds.setdefault(order.appetite, order)
    choices = {appetite: shared.choices[appetite] for appetite in kinds if appetite in shared.choices}
    is_usual = words is None and list(asked) == [None]
    if not is_usual:
        choices.clear()
    new = [each for each in kinds if each not in choices]
    for at in range(0, len(new), AT_ONCE):
        choices |= await _choose(shared, [kinds[each] for each in new[at : at + AT_ONCE]], asked, budget)
        await asyncio.sleep(0)
    if is_usual:
        shared.choices |= choices
    silent = [order.chat.id for order in orders if not choices[order.appetite].digest.items]
    were_quiet = await shared.storage.pools.were_quiet(silent) if silent else set()
    ready = [_drawn(shared, order, choices[order.appetite], order.chat.id in were_quiet) for order in orders]
    shared.make_room()
    return ready


async def _orders(shared: Round, chats: Sequence[Chat]) -> list[Order]:
    ids, pools, now = [chat.id for chat in chats], shared.storage.pools, shared.now
    wishes = await shared.storage.subscriptions.of_all(ids)
    last = await pools.last_composed(ids)
    since = {chat_id: _since(last.get(chat_id), now) for chat_id in ids}
    pool = await shared.pool_since(min(since.values(), default=now))
    # No digest of before told a story that was not there yet.
    beginning = min([now - LONGEST_WINDOW, *(seen for seen, _ in pool.stories.values())]) - CLOCKS_DIFFER
    histories = await pools.histories(ids, beginning, shared.editions)
    orders = []
    relevant: dict[frozenset[int], frozenset[int]] = {}
    for chat in chats:
        history = histories.get(chat.id, NOTHING)
        untold = (some for at, some in history.in_vain if at >= since[chat.id])
        again = frozenset(each for each in chain.from_iterable(untold) if _is_older(pool, each, since[chat.id]))
        if history.told not in relevant:
            relevant[history.told] = frozenset(each for each in history.told if each in pool.stories)
        had = relevant[history.told] | (history.told & again)
        theirs = wishes.get(chat.id, ())
        appetite = Appetite(_wishes(theirs), since[chat.id], had, again - had)
        orders.append(Order(chat, theirs, history, appetite))
    await pools.extend(pool, set(chain.from_iterable(order.appetite.again for order in orders)))
    filters = {wish for each in orders for kind, wish in each.appetite.wishes if kind in ("words", "mute")}
    await pools.look_up(pool, filters, now)
    return orders


def _is_older(pool: Pool, story_id: int, since: datetime) -> bool:
    """Whether a story may have articles of before; one that began since then comes again by itself."""
    return story_id not in pool.stories or pool.stories[story_id][0] < since


def _since(last: datetime | None, now: datetime) -> datetime:
    """Where a chat's window begins: on the hour, so that chats composed for one after the other share theirs."""
    window = FIRST_WINDOW if last is None else max(SHORTEST_WINDOW, now - last)
    return (now - min(window, LONGEST_WINDOW)).replace(minute=0, second=0, microsecond=0)


def _wishes(subscriptions: Sequence[Subscription]) -> tuple[tuple[str, str], ...]:
    """What subscriptions say, whoever has them: topics in any order, others by age, as the oldest is the reason."""
    topics = sorted(("topic", each.value) for each in subscriptions if each.kind == "topic")
    return (*topics, *((each.kind, each.value) for each in subscriptions if each.kind != "topic"))


async def _choose(
    shared: Round, orders: Sequence[Order], asked: Sequence[str | None], budget: Budget
) -> dict[Appetite, Choice]:
    assert shared.pool is not None
    pool = shared.pool
    while True:
        gone = len(pool.gone)
        found = [_ranked(shared, order, asked, budget) for order in orders]
        await shared.storage.pools.fill(pool, (each.candidate.article.id for ranked, _ in found for each in ranked))
        if len(pool.gone) == gone:  # else others take the place of what went this moment
            break
    choices = {}
    for order, (ranked, filed) in zip(orders, found, strict=True):
        items = choose(
            [Rank(_in_full(pool, each.candidate), each.topic, each.reason, each.score) for each in ranked], budget
        )
        digest = compose_digest(
            items,
            chat_id=order.chat.id,
            number=0,
            topics=_topics(shared, order, asked),
            filed=filed,
            now=shared.now,
            budget=budget,
            failing_feeds=missed(shared.failing, order.wishes),
            silent_feeds=missed(shared.silent, order.wishes),
        )
        choices[order.appetite] = Choice(digest if budget.words is None else _without_more(digest))
    return choices


def _ranked(
    shared: Round, order: Order, asked: Sequence[str | None], budget: Budget
) -> tuple[list[Rank[Outline]], set[str]]:
    """The stories to choose from, the best first, and all topics that something new is filed on."""
    assert shared.pool is not None
    likes = order.appetite
    wants = Wants(likes.since, likes.again)
    some = [
        each for topic in asked for each in candidates(shared.pool, order.wishes, wants, had=likes.had, topic=topic)
    ]
    ranked = rank(some, topics=_topics(shared, order, asked), now=shared.now, subscriptions=order.wishes)
    most = None if budget.words is not None else budget.stories + budget.more
    return list(islice(ranked, most)), {filing.topic for each in some for filing in each.article.topics}


def _topics(shared: Round, order: Order, asked: Sequence[str | None]) -> list[str]:
    followed = {each.value for each in order.wishes if each.kind == "topic"}
    return [slug for slug in asked if slug] or [slug for slug in shared.topics if slug in followed]


def _in_full(pool: Pool, candidate: Candidate[Outline]) -> Candidate[Article]:
    return Candidate(
        article=pool.articles[candidate.article.id],
        source_count=candidate.source_count,
        story_first_seen_at=candidate.story_first_seen_at,
        subscriptions=candidate.subscriptions,
    )


def _without_more(digest: Digest) -> Digest:
    """The digest with what its reader has time for, and nothing behind *More*."""
    items = digest.items[: digest.pushed]
    shown = {item.topic for item in items}
    return replace(digest, items=items, topics=tuple(topic for topic in digest.topics if topic in shown))


def _drawn(shared: Round, order: Order, choice: Choice, was_quiet: bool) -> Prepared:
    chat, history, is_news = order.chat, order.history, bool(choice.digest.items)
    number, since = history.number + 1, history.composed_at
    clocks = (choice.clocks(chat.zone or "UTC"),) if is_news else (chat.zone, since)
    kind = chat.look, chat.language, *clocks
    if kind not in choice.drawings:
        scene, look = scene_of(chat, shared.topics, shared.now), drawn(chat.look)
        digest = replace(choice.digest, since=since)
        if is_news:
            sheet = look.Sheet(digest, scene)
            digest = replace(digest, pushed=len(next(sheet.pages())))
            digest = replace(digest, edition=edition_of(digest))
            choice.drawings[kind] = Prepared(digest, sheet.message(digest))
        else:
            digest = replace(digest, edition=edition_of(digest))
            choice.drawings[kind] = Prepared(digest, look.digest(digest, scene))
    ready = choice.drawings[kind]
    digest = replace(ready.digest, chat_id=chat.id, number=number, since=since)
    return Prepared(digest, None if was_quiet else ready.message)


def scene_of(chat: Chat, topics: Mapping[str, str], now: datetime, bot: str = "") -> Scene:
    """What rendering for a chat depends on."""
    return Scene(words=Words(), zone=chat.zone or "UTC", now=now, topics=topics, bot=bot)
