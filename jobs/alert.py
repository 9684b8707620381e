"""Alert: what matches an alert, and what is new in a followed story, is told at once, outside of quiet hours.

How far articles were held against alerts and stories is written together with what matched, and what matched goes
in the transaction that writes the message. So whatever happens in between, each match is told once.
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
from news.alerts import candidates, comes_at, followed_until
from news.candidates import Candidate, rank
from news.chat import Subscription
from news.digest import Budget, Item
from news.digest import compose as compose_digest
from news.digest import missed as missed_by
from news.pool import Outline, Pool
from storage import Draft, History, Match, Missing, NumberTaken, Storage, ToldMeanwhile, Unavailable
from storage.alerts import Waiting
from storage.follows import Prolonging

AT_ONCE = 500
"""Chats that are told in one transaction."""
AGAIN = timedelta(minutes=5)
"""So long a chat waits whose message could not be made."""
SOON = timedelta(seconds=1)
"""The same, where somebody else wrote to it at this moment."""


async def alert(storage: Storage, *, now: datetime, wrote: Callable[[], None] = lambda: None) -> Composed:
    """Tells every chat what matched its alerts and stories; `wrote` is called as some messages are there."""
    if not await storage.alerts.is_waiting(now):
        return Composed()
    while await storage.alerts.match(now):
        pass
    await storage.alerts.end(now)
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
            await storage.alerts.put_off([(each, shared.now + SOON) for each in some[0].matches])
            return Composed(reruns=1)
        problem.add_note(f"while telling chat {some[0].chat.id} what matched its alerts")
        await storage.alerts.put_off([(each, shared.now + AGAIN) for each in some[0].matches])
        return Composed(put_off=1, accidents=(problem,))


async def _tell(shared: Round, some: Sequence[Waiting]) -> Composed:
    now, alerts = shared.now, shared.storage.alerts
    if unheard := [match for each in some if not each.is_heard for match in each.matches]:
        await alerts.drop(unheard)
    heard = [(each, comes_at(now, each.chat.zone, each.chat.quiet)) for each in some if each.is_heard]
    if later := [(match, at) for each, at in heard if at > now for match in each.matches]:
        await alerts.put_off(later)
    told = [each for each, at in heard if at <= now]
    ready = await _prepare(shared, told)
    drafts = [
        Draft(
            digest=one.digest,
            deliveries=one.deliveries if one.digest.items else (),
            slot=None,
            thread_id=each.thread_id,
            settles=each.matches,
            prolongs=_prolonged(shared, each, order, one.digest.items),
        )
        for (order, one), each in zip(ready, told, strict=True)
    ]
    await shared.storage.digests.write_all(drafts)
    digests = sum(bool(each.digest.items) for each in drafts)
    return Composed(digests=digests, quiet=len(some) - digests)


def _prolonged(shared: Round, waiting: Waiting, order: Order, told: Sequence[Item]) -> list[Prolonging]:
    """The follows of which something new is told, or was told by a digest since it came."""
    assert shared.pool is not None
    stories, up_to = {item.story_id for item in told}, dict(order.history.up_to)
    since = {match.subscription_id: match.article_id for match in waiting.matches}
    follows = [each for each in waiting.alerts.values() if each.kind == "story"]
    return [
        Prolonging(each.id, followed_until(each.created_at, shared.now))
        for each in follows
        if (story_id := _story_of(shared.pool, each)) in stories or up_to.get(story_id or 0, 0) >= since[each.id]
    ]


async def _prepare(shared: Round, some: Sequence[Waiting]) -> list[tuple[Order, Prepared]]:
    """What each chat wants and what it is told, in their order."""
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
    return [(order, draw(shared, order, choices[order.appetite], before.get(order.chat.id), False)) for order in orders]


async def _orders(shared: Round, pool: Pool, some: Sequence[Waiting]) -> list[Order]:
    storage, ids = shared.storage, [each.chat.id for each in some]
    wishes = await storage.subscriptions.of_all(ids)
    beginning = min([shared.now - LONGEST_WINDOW, *(seen for seen, _ in pool.stories.values())]) - CLOCKS_DIFFER
    histories = await storage.histories.of(ids, beginning)
    histories = {each.chat.id: _with_followed(histories.get(each.chat.id, NOTHING), pool, each) for each in some}
    had = {each: (histories[each].up_to, private_of(pool, wishes.get(each, ()))) for each in ids}
    updates = await updates_of(storage, pool, shared.decided, set(had.values()))
    await storage.pools.look_up(
        pool, {it.value for its in wishes.values() for it in its if it.kind == "mute"}, shared.now
    )
    orders = []
    for each in some:
        theirs, history = wishes.get(each.chat.id, []), histories[each.chat.id]
        appetite = Appetite(
            wishes=tuple((it.kind, it.value) for it in theirs if it.kind in ("mute", "feed")),
            since=BEGINNING,
            had=history.told.intersection(pool.stories),
            again=frozenset(),
            updates=updates[had[each.chat.id]],
            corrections=(),
            reads=each.chat.reads,
            matches=frozenset((_reason(each, match), match.article_id) for match in each.matches),
        )
        orders.append(Order(each.chat, theirs, replace(history, composed_at=None), appetite))
    return orders


def _with_followed(history: History, pool: Pool, waiting: Waiting) -> History:
    """A history in which followed stories were had: what their reader had read when following them counts."""
    up_to = dict(history.up_to)
    for each in waiting.alerts.values():
        story_id = _story_of(pool, each)
        if story_id is not None:
            up_to[story_id] = max(up_to.get(story_id, 0), int(each.value))
    return replace(history, told=frozenset(up_to), up_to=frozenset(up_to.items()))


def _story_of(pool: Pool, wish: Subscription) -> int | None:
    """The story that is followed; None of an alert, and of a story of which nothing waits."""
    outline = pool.outlines.get(int(wish.value)) if wish.kind == "story" else None
    return outline.story_id if outline else None


def _reason(waiting: Waiting, match: Match) -> str:
    wish = waiting.alerts[match.subscription_id]
    return f"{wish.kind}:{wish.value}"


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
    # A story that is followed is told for that, so that it can be stopped there.
    for match in sorted(waiting.matches, key=lambda each: waiting.alerts[each.subscription_id].kind != "story"):
        wish, outline = waiting.alerts[match.subscription_id], pool.outlines.get(match.article_id)
        # A second look may have moved it to a story that is not followed.
        if wish.kind != "story" or (outline and outline.story_id == _story_of(pool, wish)):
            matches[match.article_id] = (*matches.get(match.article_id, ()), match.subscription_id)
    return candidates(pool, matches, private=private, muted=muted, had=likes.had, updates=likes.updates)
