"""What a digest is chosen from: what a chat follows and has not had."""

from dataclasses import replace
from typing import Any

import pytest

from news.candidates import Candidate
from storage import Storage
from tests.storage.given import HELLO, NOW, a_chat, a_digest, an_article, candidates, later, sending, settle

DAY_AGO = later(days=-1)


async def test_candidates_are_what_topics_feeds_and_words_bring(storage: Storage) -> None:
    await a_chat(storage)
    feed = await storage.feeds.add("https://herald.example", now=NOW)
    by_topic = await an_article(storage, "Topic", topics=["space"])
    by_feed = await an_article(storage, "Feed", feed_id=feed.id)
    by_words = await an_article(storage, "Fusion power works", "At last.")
    by_two = await an_article(storage, "Power", "Of fusion.", topics=["space"])
    await an_article(storage, "Nuclear fusion", topics=["energy"])
    await storage.subscriptions.add(7, "topic", "space", NOW)
    follow = await storage.subscriptions.add(7, "feed", str(feed.id), NOW)
    words = await storage.subscriptions.add(7, "words", "fusion power", NOW)

    assert await candidates(storage, 7, since=DAY_AGO) == [
        Candidate(
            article=article, source_count=1, story_first_seen_at=NOW, subscriptions=tuple(each.id for each in brought)
        )
        for article, brought in [
            (by_two, [words]),
            (by_words, [words]),
            (by_feed, [follow]),
            (by_topic, []),
        ]
    ]
    assert [each.article for each in await candidates(storage, 7, since=DAY_AGO, limit=2)] == [by_two, by_words]


async def test_a_chat_without_subscriptions_has_no_candidates(storage: Storage) -> None:
    await a_chat(storage)
    await an_article(storage, topics=["space"])

    assert await candidates(storage, 7, since=DAY_AGO) == []


async def test_a_topic_asked_for_needs_no_subscription(storage: Storage) -> None:
    await a_chat(storage)
    article = await an_article(storage, topics=["space"])
    await an_article(storage, topics=["sport"])
    [candidate] = await candidates(storage, 7, since=DAY_AGO, topic="space")

    assert (candidate.article, candidate.subscriptions) == (article, ())


async def test_a_story_is_a_candidate_once_by_its_best_article(storage: Storage) -> None:
    await a_chat(storage)
    await storage.subscriptions.add(7, "topic", "space", NOW)
    first = await an_article(storage, "First", "Long " * 50, topics=["space"], now=later(hours=-3))
    best = await an_article(
        storage, "Best", "Longer.", bullets=2, topics=["space"], story_id=first.story_id, source="The Post"
    )
    await an_article(storage, "Short", bullets=2, topics=["space"], story_id=first.story_id)
    await an_article(storage, "Elsewhere", "Longer.", bullets=3, topics=["sport"], story_id=first.story_id)
    [candidate] = await candidates(storage, 7, since=DAY_AGO)

    assert candidate.article == best
    assert candidate.source_count == 2
    assert candidate.story_first_seen_at == later(hours=-3)


async def test_old_had_and_private_stories_are_no_candidates(storage: Storage) -> None:
    await a_chat(storage)
    await storage.subscriptions.add(7, "topic", "space", NOW)
    secret = await storage.feeds.add("https://secret.example", now=NOW, is_shared=False)
    await an_article(storage, "Old", topics=["space"], now=later(days=-2))
    had = await an_article(storage, "Had", topics=["space"])
    await an_article(storage, "Private", topics=["space"], feed_id=secret.id)
    await storage.digests.write(a_digest(had), deliveries=[HELLO], slot=None)
    await an_article(storage, "More of what was had", topics=["space"], story_id=had.story_id)

    assert await candidates(storage, 7, since=DAY_AGO) == []


@pytest.mark.parametrize("end", ["parked", "cancelled"])
async def test_stories_of_a_digest_that_never_arrived_come_again(storage: Storage, end: str) -> None:
    await a_chat(storage)
    await storage.subscriptions.add(7, "topic", "space", NOW)
    article = await an_article(storage, topics=["space"])
    await storage.digests.write(a_digest(article), deliveries=[HELLO], slot=None)
    hidden = await candidates(storage, 7, since=DAY_AGO)
    delivery = await sending(storage)
    await settle(storage, delivery, replace(delivery, state=end, reason="refused"))  # type: ignore[arg-type]

    assert hidden == []
    assert [each.article for each in await candidates(storage, 7, since=DAY_AGO)] == [article]


@pytest.mark.parametrize(("end", "comes_again"), [("sent", False), ("parked", True), ("cancelled", True)])
async def test_what_a_digest_told_in_vain_comes_again_however_old_it_is(
    storage: Storage, end: Any, comes_again: bool
) -> None:
    await a_chat(storage)
    await storage.subscriptions.add(7, "topic", "science", NOW)
    told = await an_article(storage, "Told", topics=["science"], now=later(days=-5))
    unshown = await an_article(storage, "Behind More", topics=["science"], now=later(days=-5))
    await storage.digests.write(a_digest(told, unshown, pushed=1), deliveries=[HELLO], slot=None)
    delivery = await sending(storage)
    await settle(storage, delivery, replace(delivery, state=end, lease_owner=None, lease_until=None))

    found = await candidates(storage, 7, since=DAY_AGO)
    assert [each.article.headline for each in found] == (["Told"] if comes_again else [])
    assert await candidates(storage, 7, since=later(seconds=1)) == []
