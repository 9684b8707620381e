"""What chats want and what they have had, as it bears on their digests at one moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from types import MappingProxyType

from jobs.returning import Had, updates_of
from jobs.round import BEGINNING, Appetite, Round
from news.chat import Chat, Wish
from news.corrections import Corrected, Correction, summed
from news.pool import Pool, kept_out
from storage import History

LONGEST_WINDOW = timedelta(days=8)
"""A weekly digest looks back a week; nothing older is news."""
SHORTEST_WINDOW = timedelta(days=2)
FIRST_WINDOW = timedelta(days=3)
CLOCKS_DIFFER = timedelta(days=2)
"""How much older than its stories a digest may seem, after somebody set a clock."""
NOTHING = History()


@dataclass(frozen=True, slots=True)
class Order:
    """A chat, what it wants and what it has had."""

    chat: Chat
    wishes: Sequence[Wish]
    history: History
    appetite: Appetite


async def orders_of(
    shared: Round,
    chats: Sequence[Chat],
    asked: Sequence[str | None] = (None,),
    left: Mapping[int, Collection[str]] = MappingProxyType({}),
) -> list[Order]:
    """The order of each chat, in their order, without the topics `left`; what they ask of the pool is in it then.

    `asked` are topics, whatever the chats follow; None stands for what they follow.
    """
    ids, storage, now = [chat.id for chat in chats], shared.storage, shared.now
    wishes = await storage.subscriptions.of_all(ids)
    for chat_id, topics in left.items():
        wishes[chat_id] = [each for each in wishes.get(chat_id, ()) if each.kind != "topic" or each.value not in topics]
    weights = await storage.votes.weights(ids)
    last = await storage.histories.last_composed(ids)
    since = {chat_id: window(last.get(chat_id), now) for chat_id in ids}
    pool = await shared.pool_since(min(since.values(), default=now))
    # No digest of before told a story that was not there yet.
    beginning = min([now - LONGEST_WINDOW, *(seen for seen, _ in pool.stories.values())]) - CLOCKS_DIFFER
    histories = await storage.histories.of(ids, beginning, shared.editions)
    again = {chat_id: _again(pool, each, since[chat_id]) for chat_id, each in histories.items()}
    await storage.pools.extend(pool, set(chain.from_iterable(again.values())))
    told: dict[int, Had] = {
        chat_id: (history.up_to, private_of(pool, wishes.get(chat_id, ()))) for chat_id, history in histories.items()
    }
    updates = await updates_of(storage, pool, shared.decided, set(told.values()))
    oldest = min((each.composed_at or now for each in histories.values()), default=now)
    recent = await storage.corrections.since(oldest)
    filters = {each.value for theirs in wishes.values() for each in theirs if each.kind in ("words", "mute")}
    await storage.pools.look_up(pool, filters, now)
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
        said, last_at = _wishes(theirs), max(history.composed_at or BEGINNING, since[chat.id])
        muted = _kept_out(shared, pool, said, last_at, asked)
        appetite = Appetite(said, since[chat.id], had, untold, new, corrected, theirs_now, chat.reads, muted)
        orders.append(Order(chat, theirs, history, appetite))
    if any(weight.kind == "source" for some in weights.values() for weight in some):
        await storage.pools.name_sources(pool)
    return orders


def _corrected(recent: Sequence[Correction], history: History) -> tuple[Corrected, ...]:
    """What was corrected since a chat's last digest of what it was told."""
    if not recent:
        return ()
    last = history.composed_at or BEGINNING
    return summed([each for each in recent if each.corrected_at > last and each.article_id in history.articles])


def _kept_out(
    shared: Round, pool: Pool, said: tuple[tuple[str, str], ...], since: datetime, asked: Sequence[str | None]
) -> int:
    """How many articles since then mutes left out; nothing is counted for chats without any."""
    if all(kind != "mute" for kind, _ in said):
        return 0
    question = said, since, tuple(asked)
    if question not in shared.kept_out:
        shared.kept_out[question] = kept_out(pool, said, since, asked)
    return shared.kept_out[question]


def private_of(pool: Pool, subscriptions: Sequence[Wish]) -> frozenset[int]:
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


def _wishes(subscriptions: Sequence[Wish]) -> tuple[tuple[str, str], ...]:
    """What subscriptions say, whoever has them: topics in any order, others by age, as the oldest is the reason."""
    topics = sorted([("topic", each.value) for each in subscriptions if each.kind == "topic"])
    if len(topics) == len(subscriptions):
        return tuple(topics)
    return (*topics, *[(each.kind, each.value) for each in subscriptions if each.kind != "topic"])
