"""What digests would be at some moment, for many chats at once: chosen once an appetite, drawn once a look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from types import MappingProxyType

from jobs.comparing import compare, with_spread
from jobs.orders import Order, orders_of, private_of
from jobs.returning import Before, told_before
from jobs.round import Appetite, Choice, Prepared, Round
from jobs.scene import scene_of
from news.candidates import Rank, rank
from news.chat import Chat
from news.digest import MISSED, Budget, Digest, Item, choose, edition_of
from news.digest import compose as compose_digest
from news.digest import missed as missed_by
from news.feed import missed
from news.messages.looks import Drawing, drawn
from news.messages.message import Message
from news.messages.speaking import words_in
from news.messages.words import Scene
from news.pool import Outline, Pool, Wants, stock
from news.translation import Translation, into, is_foreign
from news.votes import Scales, Weights, only

ANY_EDITION = "-" * 16
"""As long as the key of any: what says it must fit before it is known."""
AT_ONCE = 16
"""Appetites that are chosen for before others may act: some tens of milliseconds."""


async def prepare_all(
    shared: Round,
    chats: Sequence[Chat],
    *,
    asked: Sequence[str | None] = (None,),
    words: int | None = None,
    left: Mapping[int, Collection[str]] = MappingProxyType({}),
) -> list[Prepared]:
    """The digest of each chat at this moment, in their order; the chats differ from each other.

    `asked` are topics, whatever the chats follow; None stands for what they follow. `words` is what they
    have time to read. `left` are topics, by chat, that are left to others of the chat's digests.
    """
    async with shared.turn:
        return await _prepare_all(shared, chats, asked, words, left)


async def _prepare_all(
    shared: Round,
    chats: Sequence[Chat],
    asked: Sequence[str | None],
    words: int | None,
    left: Mapping[int, Collection[str]],
) -> list[Prepared]:
    orders = await orders_of(shared, chats, asked, left)
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
    were_quiet = await shared.storage.histories.were_quiet(silent) if silent else set()
    before = await told_before(
        shared.storage, [(order.chat.id, choices[order.appetite].digest.items) for order in orders]
    )
    ready = [
        draw(shared, order, choices[order.appetite], before.get(order.chat.id), order.chat.id in were_quiet)
        for order in orders
    ]
    shared.make_room()
    return ready


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
    told = await items_of(shared, orders, [islice(ranked, _most(budget)) for ranked, _ in found], budget)
    choices = {}
    for order, (ranked, filed), items in zip(orders, found, told, strict=True):
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
            kept_out=order.appetite.kept_out,
            language=order.appetite.reads,
        )
        digest = digest if budget.words is None else _without_more(digest)
        asked_for = asked[0] if len(asked) == 1 else None
        misses = missed_by(ranked, len(digest.items))
        weights = _bearing(pool, order.appetite.weights, ranked[: len(digest.items) + len(misses)])
        choices[order.appetite] = Choice(replace(digest, asked=asked_for, missed=misses, weights=weights))
    return choices


async def items_of(
    shared: Round, orders: Sequence[Order], ranked: Sequence[Iterable[Rank[Outline]]], budget: Budget
) -> list[tuple[Item, ...]]:
    """What each order tells of its stories, whose articles are there: where sources differ, and in its language."""
    assert shared.pool is not None
    pool = shared.pool
    chosen = [choose(some, pool.articles, budget) for some in ranked]
    private = [private_of(pool, order.wishes) for order in orders]
    await compare(shared.storage, shared.compared, zip(chosen, private, strict=True))
    translations = await _translations(shared, orders, chosen)
    told = []
    for order, some, theirs in zip(orders, chosen, private, strict=True):
        items = [with_spread(item, theirs, shared.compared) for item in some]
        if reads := order.appetite.reads:
            items = [into(item, reads, translations[reads].get(item.article_id)) for item in items]
        told.append(tuple(items))
    return told


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
    """The stories to choose from, the best first, and its topics that something new is filed on, with some others."""
    assert shared.pool is not None
    pool, likes = shared.pool, order.appetite
    wants = Wants(likes.since, likes.again, likes.updates)
    stocks = [stock(pool, order.wishes, wants, had=likes.had, topic=topic) for topic in asked]
    topics, weigh = _topics(shared, order, asked), _weighing(pool, likes.weights)
    if weigh or len(stocks) != 1:
        some, beside = list(chain.from_iterable(stocks)), {}
    else:
        some, beside = stocks[0].others, stocks[0].merits(topics, shared.now)
    filed: set[str] = set()
    for each in chain((some[-1][1] for some in beside.values() if some), chain.from_iterable(stocks)):
        if filed.issuperset(topics):
            break
        filed.update([filing.topic for filing in each.article.topics])
    ranked = rank(some, topics=topics, now=shared.now, subscriptions=order.wishes, weigh=weigh, beside=beside)
    most = _most(budget)
    return list(islice(ranked, None if most is None else most + MISSED)), filed


def _weighing(pool: Pool, weights: Weights) -> Callable[[Outline], float] | None:
    """What weights make of an article's score; None without any."""
    if not weights:
        return None
    scales = Scales(weights)
    return lambda each: scales.factor(each.topics, pool.sources.get(each.id))


def _topics(shared: Round, order: Order, asked: Sequence[str | None]) -> list[str]:
    followed = {each.value for each in order.wishes if each.kind == "topic"}
    return [slug for slug in asked if slug] or [slug for slug in shared.topics if slug in followed]


def _without_more(digest: Digest) -> Digest:
    """The digest with what its reader has time for, and nothing behind *More*."""
    items = digest.items[: digest.pushed]
    shown = {item.topic for item in items}
    return replace(digest, items=items, topics=tuple(topic for topic in digest.topics if topic in shown))


def draw(shared: Round, order: Order, choice: Choice, before: Before | None, was_quiet: bool) -> Prepared:
    """What an order's choice looks like, drawn once for all chats that see the same."""
    chat, history, is_news = order.chat, order.history, bool(choice.digest.items)
    number, since = history.number + 1, history.composed_at
    clocks = (choice.clocks(chat.zone or "UTC"),) if is_news else (chat.zone, since)
    kind = chat.look, words_in(chat.language).language, chat.kind == "channel", before, *clocks
    if kind not in choice.drawings:
        scene, look = scene_of(chat, shared.topics, shared.now, before=before), drawn(chat.look)
        digest = replace(choice.digest, since=since)
        if is_news:
            digest, message = laid_out(digest, scene, look)
            message = replace(message, reply_to=before.reply_to if before else None)
            choice.drawings[kind] = Prepared(digest, message)
        else:
            digest = replace(digest, edition=edition_of(digest))
            choice.drawings[kind] = Prepared(digest, look.digest(digest, scene))
    ready = choice.drawings[kind]
    digest = replace(ready.digest, chat_id=chat.id, number=number, since=since)
    is_said = is_news or digest.footer.corrections or not (was_quiet or chat.kind == "channel")
    return Prepared(digest, ready.message if is_said else None)


def laid_out(digest: Digest, scene: Scene, look: Drawing) -> tuple[Digest, Message]:
    """The digest with as many stories pushed as its first page holds, and that page."""
    sheet = look.Sheet(replace(digest, edition=ANY_EDITION), scene)
    digest = replace(digest, pushed=len(next(sheet.pages())))
    digest = _without_more(digest) if scene.is_post else digest
    digest = replace(digest, edition=edition_of(digest))
    sheet = look.Sheet(digest, scene) if scene.is_post else sheet  # a post says its edition
    return digest, sheet.message(digest)
