"""Returning: what is new in stories that chats have had, decided once for all who had as much; where they had it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from news.digest import Item
from news.facts import Development, development, known
from news.messages.layout import message_address
from news.pool import Pool
from storage import Storage
from storage.pools import Heard

Had = tuple[frozenset[tuple[int, int]], frozenset[int]]
"""What a chat was told, each story up to which article, and the private feeds that it follows."""
Question = tuple[int, int, frozenset[int]]
"""A story, the newest article of it when it was told, and private feeds that are followed."""
COMPARED = 12
"""Newer articles of a story that are looked at, the best."""


@dataclass(frozen=True, slots=True)
class Before:
    """Where a chat was told what comes back: addresses by story, or the one message that a lone story follows up."""

    addresses: tuple[tuple[int, str], ...] = ()
    reply_to: int | None = None


async def told_before(
    storage: Storage, shown: Iterable[tuple[int, Sequence[Item]]], number: int | None = None
) -> dict[int, Before]:
    """By chat, where stories were told that are shown again; nothing of a chat where that cannot be said.

    Messages of supergroups and channels have addresses. Elsewhere a digest of one story can be a reply. `number` is
    that of the digest that shows them, where it is no new one.
    """
    again = {chat_id: [it.story_id for it in items if it.is_update] for chat_id, items in _pointing(shown)}
    if not again:
        return {}
    stories = {story_id for some in again.values() for story_id in some}
    messages = await storage.digests.earlier(list(again), stories, *([number] if number else []))
    found = {}
    for chat_id, some in again.items():
        known = [(each, messages[chat_id, each]) for each in some if (chat_id, each) in messages]
        links = [(each, address) for each, its in known if (address := message_address(chat_id, its))]
        if known:
            found[chat_id] = Before(tuple(links)) if links else Before(reply_to=known[0][1])
    return found


def _pointing(shown: Iterable[tuple[int, Sequence[Item]]]) -> Iterator[tuple[int, Sequence[Item]]]:
    """Those of which it can be said at all: updates that messages with an address told, and lone ones."""
    for chat_id, items in shown:
        if (len(items) == 1 or message_address(chat_id, 1)) and any(item.is_update for item in items):
            yield chat_id, items


async def updates_of(
    storage: Storage, pool: Pool, decided: dict[Question, Development | None], had: Collection[Had]
) -> Mapping[Had, frozenset[Development]]:
    """What is new, for each of those who had something; `decided` is asked first, and added to."""
    asked = {each: _questions(pool, each) for each in had}
    new = {question for some in asked.values() for question in some} - decided.keys()
    if new:
        heard = await storage.pools.heard({story_id for story_id, _, _ in new})
        newer = {each: _newer(pool, each, heard[each[0]]) for each in new}
        await storage.pools.fill(pool, {article_id for some in newer.values() for article_id in some})
        for each in new:
            decided[each] = _decided(pool, each, heard[each[0]], newer[each])
    return {each: frozenset([it for question in some if (it := decided[question])]) for each, some in asked.items()}


def _questions(pool: Pool, had: Had) -> list[Question]:
    up_to, private = had
    return [(story_id, newest_id, private) for story_id, newest_id in up_to if pool.newest.get(story_id, 0) > newest_id]


def _newer(pool: Pool, question: Question, heard: Sequence[Heard]) -> list[int]:
    _, newest_id, private = question
    ids = [each.id for each in heard if each.id > newest_id and each.id in pool.outlines and _is_visible(each, private)]
    return sorted(ids, key=lambda its: pool.outlines[its].weight, reverse=True)[:COMPARED]


def _decided(pool: Pool, question: Question, heard: Sequence[Heard], newer: Collection[int]) -> Development | None:
    story_id, newest_id, private = question
    before = known(each.said for each in heard if each.id <= newest_id and _is_visible(each, private))
    return development(story_id, [pool.articles[its] for its in newer if its in pool.articles], before)


def _is_visible(article: Heard, private: frozenset[int]) -> bool:
    return article.is_shared or article.feed_id in private
