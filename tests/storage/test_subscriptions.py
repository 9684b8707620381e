"""Subscriptions: what a chat wants, and what that would bring."""

import pytest

from news.chat import Subscription
from storage import Missing, Storage
from tests.storage.given import NOW, a_chat, an_article, later


async def test_a_subscription_is_kept_once_and_comes_back_with_every_field(storage: Storage) -> None:
    await a_chat(storage)
    first = await storage.subscriptions.add(7, "topic", "world", NOW)
    again = await storage.subscriptions.add(7, "topic", "world", later(days=1))
    words = await storage.subscriptions.add(7, "words", "“fusion power”", later(hours=1))

    assert first == again == Subscription(id=first.id, chat_id=7, kind="topic", value="world", created_at=NOW)
    assert await storage.subscriptions.of(7) == [first, words]


async def test_a_subscription_to_a_feed_shows_its_title_or_else_its_url(storage: Storage) -> None:
    await a_chat(storage)
    titled = await storage.feeds.add("https://one.example", now=NOW, title="The Herald")
    untitled = await storage.feeds.add("https://two.example", now=NOW)
    for feed in (titled, untitled):
        await storage.subscriptions.add(7, "feed", str(feed.id), NOW)

    assert [each.title for each in await storage.subscriptions.of(7)] == ["The Herald", "https://two.example"]


async def test_a_removed_subscription_is_gone(storage: Storage) -> None:
    await a_chat(storage)
    await storage.subscriptions.add(7, "topic", "world", NOW)

    assert await storage.subscriptions.remove(7, "topic", "world")
    assert not await storage.subscriptions.remove(7, "topic", "world")
    assert await storage.subscriptions.of(7) == []


async def test_nothing_can_be_subscribed_for_a_chat_or_to_a_feed_that_has_gone(storage: Storage) -> None:
    with pytest.raises(Missing):
        await storage.subscriptions.add(7, "topic", "world", NOW)
    await a_chat(storage)
    with pytest.raises(Missing):
        await storage.subscriptions.add(7, "feed", "99", NOW)


async def test_a_subscription_may_be_as_long_as_a_message(storage: Storage) -> None:
    await a_chat(storage)
    value = "".join(chr(0x4E00 + each) for each in range(4096))
    await storage.subscriptions.add(7, "words", value, NOW)
    await storage.subscriptions.add(7, "words", value, NOW)

    assert [each.value for each in await storage.subscriptions.of(7)] == [value]


async def test_a_chat_can_foresee_what_a_subscription_would_bring(storage: Storage) -> None:
    await a_chat(storage)
    feed = await storage.feeds.add("https://one.example", now=NOW)
    secret = await storage.feeds.add("https://two.example", now=NOW, is_shared=False)
    await an_article(storage, "Old comet", now=later(days=-8), topics=["space"])
    await an_article(storage, "Comet passes", topics=["space"])
    await an_article(storage, "Moon and comets", topics=["space"], feed_id=feed.id)
    await an_article(storage, "Cup final")
    await an_article(storage, "Secret comet", topics=["space"], feed_id=secret.id)
    week = later(days=-7)

    assert await storage.subscriptions.foresee(7, [("topic", "space")], week, NOW) == [(3, 2)]
    assert await storage.subscriptions.foresee(7, [("feed", str(feed.id))], week, NOW) == [(3, 1)]
    assert await storage.subscriptions.foresee(7, [("words", "comet")], week, NOW) == [(3, 2)]
    assert await storage.subscriptions.foresee(7, [("words", "comet moon")], week, NOW) == [(3, 1)]
    assert await storage.subscriptions.foresee(7, [("words", "++")], week, NOW) == [(3, 0)]


async def test_a_chat_may_have_its_own_name_and_folder_for_a_feed(storage: Storage) -> None:
    for chat_id in (7, 8):
        await a_chat(storage, chat_id)
    feed = await storage.feeds.add("https://herald.example", now=NOW, title="The Herald")
    await storage.subscriptions.add(7, "feed", str(feed.id), NOW, title="Mine", folder="Home")
    await storage.subscriptions.add(7, "feed", str(feed.id), NOW, folder="Away")
    await storage.subscriptions.add(7, "feed", str(feed.id), NOW)
    await storage.subscriptions.add(8, "feed", str(feed.id), NOW)

    assert [(one.title, one.folder) for one in await storage.subscriptions.of(7)] == [("Mine", "Away")]
    assert [(one.title, one.folder) for one in await storage.subscriptions.of(8)] == [("The Herald", None)]
