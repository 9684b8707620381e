"""Alert: new articles are held against all alerts, and what matches is told at once, outside of each chat's night.

How far articles were held against alerts is written together with what matched, and what matched goes in the
transaction that writes the message. So whatever happens in between, each match is told once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobs.compose import Composed
from jobs.orders import CLOCKS_DIFFER, LONGEST_WINDOW, NOTHING, Order, private_of
from jobs.preparing import AT_ONCE as TOGETHER
from jobs.preparing import draw, items_of
from jobs.returning import told_before, updates_of
from jobs.round import BEGINNING, Appetite, Choice, Prepared, Round
from news.alerts import candidates, comes_at
from news.digest import Budget, Candidate, rank
from news.digest import compose as compose_digest
from news.digest import missed as missed_by
from news.pool import Outline, Pool
from storage import Draft, Missing, NumberTaken, Storage, ToldMeanwhile, Unavailable
from storage.alerts import Waiting

AT_ONCE = 500
"""Chats that are told in one transaction."""
AGAIN = timedelta(minutes=5)
"""So long a chat waits whose message could not be made."""
SOON = timedelta(seconds=1)
"""The same, where somebody else wrote to it at this moment."""


async def alert(storage: Storage, *, now: datetime, wrote: Callable[[], None] = lambda: None) -> Composed:
    """Tells every chat what matched its alerts; `wrote` is called as some messages are there."""
    if not await storage.alerts.is_waiting(now):
        return Composed()
    while await storage.alerts.match(now):
        pass
    done = Composed()
    topics = dict(await storage.topics.all())
    while some := await storage.alerts.due(now, AT_ONCE):
        done += await _all_or_each(Round(storage, now, topics, (), ()), some)
        wrote()
    return done


async def _all_or_each(shared: Round, some: Sequence[Waiting]) -> Composed:
    """Tells many chats at once; where that fails, each alone, until the trouble stands alone and waits."""
    storage, done = shared.storage, Composed()
    try:
        return await _tell(shared, some)
    except Unavailable:
        raise
    except Exception as problem:
        if len(some) > 1:
            for each in some:
                done += await _all_or_each(Round(storage, shared.now, shared.topics, (), ()), [each])
            return done
        if isinstance(problem, ToldMeanwhile | NumberTaken | Missing):
            # What is still there is looked at again.
            await storage.alerts.put_off(some[0].matches, shared.now + SOON)
            return Composed(reruns=1)
        problem.add_note(f"while telling chat {some[0].chat.id} what matched its alerts")
        await storage.alerts.put_off(some[0].matches, shared.now + AGAIN)
        return Composed(put_off=1, accidents=(problem,))


async def _tell(shared: Round, some: Sequence[Waiting]) -> Composed:
    now, alerts = shared.now, shared.storage.alerts
    if unheard := [match for each in some if not each.is_heard for match in each.matches]:
        await alerts.drop(unheard)
    told = []
    for each in some:
        if each.is_heard and (at := comes_at(now, each.chat.zone)) > now:  # it has moved to another zone
            await alerts.put_off(each.matches, at)
        elif each.is_heard:
            told.append(each)
    ready = await _prepare(shared, told)
    drafts = [
        Draft(
            digest=one.digest,
            deliveries=one.deliveries if one.digest.items else (),
            slot=None,
            thread_id=each.thread_id,
            settles=each.matches,
        )
        for one, each in zip(ready, told, strict=True)
    ]
    await shared.storage.digests.write_all(drafts)
    digests = sum(bool(each.digest.items) for each in drafts)
    return Composed(digests=digests, quiet=len(some) - digests)


async def _prepare(shared: Round, some: Sequence[Waiting]) -> list[Prepared]:
    """What each chat is told, in their order."""
    if not some:
        return []
    storage = shared.storage
    shared.pool = await storage.pools.about({match.article_id for each in some for match in each.matches}, shared.now)
    orders = await _orders(shared, shared.pool, some)
    choices = shared.choices
    new = {order.appetite: (order, each) for order, each in zip(orders, some, strict=True)}
    for at in range(0, len(new), TOGETHER):
        choices |= await _chosen(shared, shared.pool, list(new.values())[at : at + TOGETHER])
        await asyncio.sleep(0)
    shown = [(order.chat.id, choices[order.appetite].digest.items) for order in orders]
    before = await told_before(storage, shown)
    return [draw(shared, order, choices[order.appetite], before.get(order.chat.id), False) for order in orders]


async def _orders(shared: Round, pool: Pool, some: Sequence[Waiting]) -> list[Order]:
    storage, ids = shared.storage, [each.chat.id for each in some]
    wishes = await storage.subscriptions.of_all(ids)
    beginning = min([shared.now - LONGEST_WINDOW, *(seen for seen, _ in pool.stories.values())]) - CLOCKS_DIFFER
    histories = await storage.histories.of(ids, beginning)
    had = {each: (histories.get(each, NOTHING).up_to, private_of(pool, wishes.get(each, ()))) for each in ids}
    updates = await updates_of(storage, pool, shared.decided, set(had.values()))
    await storage.pools.look_up(
        pool, {it.value for its in wishes.values() for it in its if it.kind == "mute"}, shared.now
    )
    orders = []
    for each in some:
        theirs, history = wishes.get(each.chat.id, []), histories.get(each.chat.id, NOTHING)
        appetite = Appetite(
            wishes=tuple((it.kind, it.value) for it in theirs if it.kind in ("mute", "feed")),
            since=BEGINNING,
            had=history.told.intersection(pool.stories),
            again=frozenset(),
            updates=updates[had[each.chat.id]],
            corrections=(),
            reads=each.chat.reads,
            matches=frozenset((each.alerts[match.subscription_id].value, match.article_id) for match in each.matches),
        )
        orders.append(Order(each.chat, theirs, replace(history, composed_at=None), appetite))
    return orders


async def _chosen(shared: Round, pool: Pool, some: Sequence[tuple[Order, Waiting]]) -> dict[Appetite, Choice]:
    """What some orders are told, each with all that have the same appetite."""
    orders, found = [order for order, _ in some], [_candidates(pool, *each) for each in some]
    await shared.storage.pools.fill(pool, [each.article.id for those in found for each in those])
    ranked = [
        list(
            rank(
                [each for each in those if each.article.id in pool.articles],
                topics=(),
                now=shared.now,
                subscriptions=list(waiting.alerts.values()),
            )
        )
        for those, (_, waiting) in zip(found, some, strict=True)
    ]
    choices = {}
    for order, stories, items in zip(orders, ranked, await items_of(shared, orders, ranked, Budget()), strict=True):
        digest = compose_digest(
            items,
            chat_id=order.chat.id,
            number=0,
            topics=(),
            filed=set(),
            now=shared.now,
            language=order.appetite.reads,
        )
        digest = replace(digest, topics=(), is_alert=True, missed=missed_by(stories, len(items)))
        choices[order.appetite] = Choice(digest)
    return choices


def _candidates(pool: Pool, order: Order, waiting: Waiting) -> list[Candidate[Outline]]:
    likes, private = order.appetite, private_of(pool, order.wishes)
    muted = {at for kind, typed in likes.wishes if kind == "mute" for at in pool.filtered.get(typed, ())}
    matches: dict[int, tuple[int, ...]] = {}
    for match in waiting.matches:
        matches[match.article_id] = (*matches.get(match.article_id, ()), match.subscription_id)
    return candidates(pool, matches, private=private, muted=muted, had=likes.had, updates=likes.updates)
