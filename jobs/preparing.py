"""What digests would be at some moment, for many chats at once: chosen once an appetite, drawn once a look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from zoneinfo import ZoneInfo

from jobs.comparing import Lines, compare, with_spread
from jobs.returning import Before, Had, Question, told_before, updates_of
from news.article import Article
from news.chat import Chat, Subscription
from news.corrections import Corrected, Correction, summed
from news.digest import MISSED, Budget, Candidate, Digest, Item, Rank, choose, edition_of, rank
from news.digest import compose as compose_digest
from news.digest import missed as missed_by
from news.facts import Development
from news.feed import Feed, missed
from news.figures import Spread
from news.messages.looks import drawn
from news.messages.message import Message
from news.messages.words import DATED, Scene, Words
from news.pool import Outline, Pool, Wants, candidates
from news.schedule import Schedule, Slot, newest_missed, next_slot
from news.translation import Translation, into, is_foreign
from news.votes import Scales, Weights, only
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
    updates: frozenset[Development]
    corrections: tuple[Corrected, ...]
    weights: Weights = ()
    reads: str | None = None


@dataclass(slots=True)
class Choice:
    """What an appetite is served, and how it was drawn: by look, language, clocks; quiet, by zone and since."""

    digest: Digest
    drawings: dict[tuple[object, ...], Prepared] = field(default_factory=dict)
    zones: dict[str, tuple[date, ...]] = field(default_factory=dict)

    def clocks(self, zone: str) -> tuple[date, ...]:
        """The days and times in the zone that drawings of the digest say: where these agree, drawings do."""
        if zone not in self.zones:
            shown, there = self.digest, ZoneInfo(zone)
            dated = [at for at in (item.first_seen_at for item in shown.items) if shown.composed_at - at >= DATED]
            days = [each.astimezone(there).date() for each in (shown.composed_at, *dated)]
            troubled = (*shown.footer.failing_feeds, *shown.footer.silent_feeds)
            times = [since.astimezone(there).replace(tzinfo=None) for _, since in troubled]
            self.zones[zone] = (*days, *times)
        return self.zones[zone]


@dataclass(slots=True, weakref_slot=True)
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
    decided: dict[Question, Development | None] = field(default_factory=dict)
    compared: dict[Lines, Spread | None] = field(default_factory=dict)
    occasions: dict[tuple[object, ...], tuple[Slot | None, Slot | None]] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while digests are prepared: some may, while others of the round are written."""

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
        for kept in (self.choices, self.editions, self.decided, self.compared, *ours):
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
    async with shared.turn:
        return await _prepare_all(shared, chats, asked, words)


async def _prepare_all(
    shared: Round, chats: Sequence[Chat], asked: Sequence[str | None], words: int | None
) -> list[Prepared]:
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
    before = await told_before(
        shared.storage, [(order.chat.id, choices[order.appetite].digest.items) for order in orders]
    )
    ready = [
        _drawn(shared, order, choices[order.appetite], before.get(order.chat.id), order.chat.id in were_quiet)
        for order in orders
    ]
    shared.make_room()
    return ready


async def _orders(shared: Round, chats: Sequence[Chat]) -> list[Order]:
    ids, pools, now = [chat.id for chat in chats], shared.storage.pools, shared.now
    wishes = await shared.storage.subscriptions.of_all(ids)
    weights = await shared.storage.votes.weights(ids)
    last = await pools.last_composed(ids)
    since = {chat_id: window(last.get(chat_id), now) for chat_id in ids}
    pool = await shared.pool_since(min(since.values(), default=now))
    # No digest of before told a story that was not there yet.
    beginning = min([now - LONGEST_WINDOW, *(seen for seen, _ in pool.stories.values())]) - CLOCKS_DIFFER
    histories = await pools.histories(ids, beginning, shared.editions)
    again = {chat_id: _again(pool, each, since[chat_id]) for chat_id, each in histories.items()}
    await pools.extend(pool, set(chain.from_iterable(again.values())))
    told: dict[int, Had] = {
        chat_id: (history.up_to, _private(pool, wishes.get(chat_id, ()))) for chat_id, history in histories.items()
    }
    updates = await updates_of(shared.storage, pool, shared.decided, set(told.values()))
    oldest = min((each.composed_at or now for each in histories.values()), default=now)
    recent = await shared.storage.corrections.since(oldest)
    orders = []
    relevant: dict[frozenset[int], frozenset[int]] = {}
    for chat in chats:
        history, theirs = histories.get(chat.id, NOTHING), wishes.get(chat.id, ())
        if history.told not in relevant:
            relevant[history.told] = frozenset(each for each in history.told if each in pool.stories)
        untold, new = again.get(chat.id, frozenset()), updates[told[chat.id]] if chat.id in told else frozenset()
        had = relevant[history.told] | (history.told & untold)
        untold -= had - {each.story_id for each in new}
        corrected, theirs_now = _corrected(recent, history), weights.get(chat.id, ())
        appetite = Appetite(_wishes(theirs), since[chat.id], had, untold, new, corrected, theirs_now, chat.reads)
        orders.append(Order(chat, theirs, history, appetite))
    filters = {wish for each in orders for kind, wish in each.appetite.wishes if kind in ("words", "mute")}
    await pools.look_up(pool, filters, now)
    if any(weight.kind == "source" for some in weights.values() for weight in some):
        await pools.name_sources(pool)
    return orders


def _corrected(recent: Sequence[Correction], history: History) -> tuple[Corrected, ...]:
    """What was corrected since a chat's last digest of what it was told."""
    if not recent:
        return ()
    last = history.composed_at or BEGINNING
    return summed([each for each in recent if each.corrected_at > last and each.article_id in history.articles])


def _private(pool: Pool, subscriptions: Sequence[Subscription]) -> frozenset[int]:
    """The private feeds among those followed."""
    return frozenset({int(each.value) for each in subscriptions if each.kind == "feed"} & pool.private)


def _again(pool: Pool, history: History, since: datetime) -> frozenset[int]:
    """Stories that digests told in vain, where they do not come again by themselves."""
    untold = (some for at, some in history.in_vain if at >= since)
    return frozenset(each for each in chain.from_iterable(untold) if _is_older(pool, each, since))


def _is_older(pool: Pool, story_id: int, since: datetime) -> bool:
    """Whether a story may have articles of before; one that began since then comes again by itself."""
    return story_id not in pool.stories or pool.stories[story_id][0] < since


def window(last: datetime | None, now: datetime) -> datetime:
    """Where a chat's window begins, by when its last digest was composed.

    On the hour, so that chats composed for one after the other share theirs.
    """
    span = FIRST_WINDOW if last is None else max(SHORTEST_WINDOW, now - last)
    return (now - min(span, LONGEST_WINDOW)).replace(minute=0, second=0, microsecond=0)


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
        first = (each.candidate.article.id for ranked, _ in found for each in islice(ranked, _most(budget)))
        await shared.storage.pools.fill(pool, first)
        if len(pool.gone) == gone:  # else others take the place of what went this moment
            break
    chosen = [choose([_in_full(pool, each) for each in islice(ranked, _most(budget))], budget) for ranked, _ in found]
    private = [_private(pool, order.wishes) for order in orders]
    await compare(shared.storage, shared.compared, zip(chosen, private, strict=True))
    translations = await _translations(shared, orders, chosen)
    choices = {}
    for order, (ranked, filed), some, theirs in zip(orders, found, chosen, private, strict=True):
        items = tuple([with_spread(item, theirs, shared.compared) for item in some])
        reads = order.appetite.reads
        if reads:
            items = tuple([into(item, reads, translations[reads].get(item.article_id)) for item in items])
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
            corrections=order.appetite.corrections,
            language=reads,
        )
        digest = digest if budget.words is None else _without_more(digest)
        asked_for = asked[0] if len(asked) == 1 else None
        misses = missed_by(ranked, len(digest.items))
        weights = _bearing(pool, order.appetite.weights, ranked[: len(digest.items) + len(misses)])
        choices[order.appetite] = Choice(replace(digest, asked=asked_for, missed=misses, weights=weights))
    return choices


async def _translations(
    shared: Round, orders: Sequence[Order], chosen: Sequence[Sequence[Item]]
) -> dict[str, dict[int, Translation]]:
    """What there is by now, by language and article; what is still to come is shown as it is."""
    wanted: dict[str, set[int]] = {}
    for order, items in zip(orders, chosen, strict=True):
        if reads := order.appetite.reads:
            foreign = {item.article_id for item in items if is_foreign(item.language, reads)}
            wanted.setdefault(reads, set()).update(foreign)
    return {reads: await shared.storage.translations.of(reads, ids) if ids else {} for reads, ids in wanted.items()}


def _bearing(pool: Pool, weights: Weights, ranked: Sequence[Rank[Outline]]) -> Weights:
    """Those of the weights that bear on some of the stories."""
    if not weights:
        return ()
    scales, shown = Scales(weights), [each.candidate.article for each in ranked]
    bear = {weight for each in shown for weight in scales.bearing(each.topics, pool.sources.get(each.id))}
    return only(weights, bear)


def _most(budget: Budget) -> int | None:
    """How many stories a digest may tell; None where that depends on their length."""
    return None if budget.words is not None else budget.stories + budget.more


def _ranked(
    shared: Round, order: Order, asked: Sequence[str | None], budget: Budget
) -> tuple[list[Rank[Outline]], set[str]]:
    """The stories to choose from, the best first, and all topics that something new is filed on."""
    assert shared.pool is not None
    likes = order.appetite
    wants = Wants(likes.since, likes.again, likes.updates)
    some = [
        each for topic in asked for each in candidates(shared.pool, order.wishes, wants, had=likes.had, topic=topic)
    ]
    topics, weigh = _topics(shared, order, asked), _weighing(shared.pool, likes.weights)
    ranked = rank(
        some, topics=topics, now=shared.now, subscriptions=order.wishes, weigh=weigh, merits=shared.pool.merits
    )
    most = _most(budget)
    wanted = None if most is None else most + MISSED
    return list(islice(ranked, wanted)), {filing.topic for each in some for filing in each.article.topics}


def _weighing(pool: Pool, weights: Weights) -> Callable[[Outline], float] | None:
    """What weights make of an article's score; None without any."""
    if not weights:
        return None
    scales = Scales(weights)
    return lambda each: scales.factor(each.topics, pool.sources.get(each.id))


def _topics(shared: Round, order: Order, asked: Sequence[str | None]) -> list[str]:
    followed = {each.value for each in order.wishes if each.kind == "topic"}
    return [slug for slug in asked if slug] or [slug for slug in shared.topics if slug in followed]


def _in_full(pool: Pool, ranked: Rank[Outline]) -> Rank[Article]:
    candidate = ranked.candidate
    whole = Candidate(
        article=pool.articles[candidate.article.id],
        source_count=candidate.source_count,
        story_first_seen_at=candidate.story_first_seen_at,
        subscriptions=candidate.subscriptions,
        newest_id=candidate.newest_id,
        news=candidate.news,
    )
    return Rank(whole, ranked.topic, ranked.reason, ranked.score, ranked.fit, ranked.freshness, ranked.weight)


def _without_more(digest: Digest) -> Digest:
    """The digest with what its reader has time for, and nothing behind *More*."""
    items = digest.items[: digest.pushed]
    shown = {item.topic for item in items}
    return replace(digest, items=items, topics=tuple(topic for topic in digest.topics if topic in shown))


def _drawn(shared: Round, order: Order, choice: Choice, before: Before | None, was_quiet: bool) -> Prepared:
    chat, history, is_news = order.chat, order.history, bool(choice.digest.items)
    number, since = history.number + 1, history.composed_at
    clocks = (choice.clocks(chat.zone or "UTC"),) if is_news else (chat.zone, since)
    kind = chat.look, chat.language, before, *clocks
    if kind not in choice.drawings:
        scene, look = scene_of(chat, shared.topics, shared.now, before=before), drawn(chat.look)
        digest = replace(choice.digest, since=since)
        if is_news:
            sheet = look.Sheet(digest, scene)
            digest = replace(digest, pushed=len(next(sheet.pages())))
            digest = replace(digest, edition=edition_of(digest))
            message = replace(sheet.message(digest), reply_to=before.reply_to if before else None)
            choice.drawings[kind] = Prepared(digest, message)
        else:
            digest = replace(digest, edition=edition_of(digest))
            choice.drawings[kind] = Prepared(digest, look.digest(digest, scene))
    ready = choice.drawings[kind]
    digest = replace(ready.digest, chat_id=chat.id, number=number, since=since)
    return Prepared(digest, None if was_quiet and not digest.footer.corrections else ready.message)


def scene_of(
    chat: Chat, topics: Mapping[str, str], now: datetime, bot: str = "", before: Before | None = None
) -> Scene:
    """What rendering for a chat depends on."""
    earlier = dict(before.addresses) if before else {}
    return Scene(words=Words(), zone=chat.zone or "UTC", now=now, topics=topics, bot=bot, earlier=earlier)
