"""Keepers of channels, what a channel posted, and the threads that topics have."""

from __future__ import annotations

import pytest

from news.answers import Accepted
from news.chat import Chat
from news.delivery import settle as decide
from news.digest import edition_of
from storage import Missing, Storage
from tests.storage.given import HELLO, NOW, a_chat, a_digest, an_article, sending, settle

PERSON = 41


async def a_channel(storage: Storage, chat_id: int, title: str) -> Chat:
    return (await storage.chats.join(Chat(id=chat_id, kind="channel", joined_at=NOW, title=title)))[0]


async def test_a_person_has_one_channel_chosen_of_theirs_or_none(storage: Storage) -> None:
    first, second = await a_channel(storage, -1001, "B"), await a_channel(storage, -1002, "A")
    for each in (first, second, first):
        await storage.keepers.keep(PERSON, each.id)
    await storage.keepers.keep(42, first.id)
    assert await storage.keepers.chosen(PERSON) is None
    await storage.keepers.choose(PERSON, first.id)
    await storage.keepers.choose(PERSON, second.id)

    assert await storage.keepers.chosen(PERSON) == second
    assert await storage.keepers.chosen(42) is None
    assert await storage.keepers.channels(PERSON) == [second, first]
    assert await storage.keepers.of(first.id) == [PERSON, 42]
    await storage.keepers.choose(PERSON, None)
    assert await storage.keepers.chosen(PERSON) is None


async def test_a_channel_that_has_gone_or_was_left_is_kept_by_nobody(storage: Storage) -> None:
    channel, other = await a_channel(storage, -1001, "A"), await a_channel(storage, -1002, "B")
    await storage.keepers.keep(PERSON, channel.id)
    await storage.keepers.keep(PERSON, other.id)
    await storage.keepers.choose(PERSON, channel.id)
    await storage.chats.forget(channel.id)
    await storage.keepers.leave(PERSON, other.id)

    assert await storage.keepers.chosen(PERSON) is None
    assert await storage.keepers.channels(PERSON) == []
    with pytest.raises(Missing):
        await storage.keepers.keep(PERSON, channel.id)


async def test_only_what_arrived_in_a_channel_was_posted(storage: Storage) -> None:
    await a_channel(storage, -1001, "A")
    await a_chat(storage, 7)
    mine, its = await an_article(storage, "Mine"), await an_article(storage, "Its")
    private, public = a_digest(mine, chat_id=7), a_digest(its, chat_id=-1001)
    for digest in (private, public):
        await storage.digests.write(digest, deliveries=[HELLO], slot=None)
    edition = edition_of(public)
    assert await storage.digests.posted(edition, 1) is None
    for message_id in (1, 2):
        started = await sending(storage)
        await settle(storage, started, decide(started, Accepted(message_id), now=NOW).delivery)

    assert await storage.digests.posted(edition, 1) == its
    assert await storage.digests.posted(edition, 2) is None
    assert await storage.digests.posted(edition_of(private), 1) is None


async def test_a_topic_has_a_thread_until_that_is_left(storage: Storage) -> None:
    await a_chat(storage, -7)
    for topic in ("world", "science"):
        await storage.subscriptions.add(-7, "topic", topic, NOW)
    await storage.subscriptions.place(-7, "world", 5)
    await storage.subscriptions.place(-7, "science", 6)
    await storage.subscriptions.place(-7, "unknown", 6)
    assert await storage.subscriptions.places([-7, 8]) == {-7: {"world": 5, "science": 6}}
    await storage.subscriptions.leave_thread(-7, 5)
    assert await storage.subscriptions.places([-7]) == {-7: {"science": 6}}
