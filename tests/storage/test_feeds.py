"""Feeds: what a refresh decided is kept, and only wanted feeds are due."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from news.feed import Feed, missed
from storage import Storage
from tests.storage.given import NOW, a_chat, an_article, later

URL = "https://herald.example/feed.xml"


async def test_a_new_feed_is_due_at_once(storage: Storage) -> None:
    feed = await storage.feeds.add(URL, now=NOW, title="The Herald", site_url="https://herald.example", topic="world")

    assert feed == Feed(
        id=feed.id,
        url=URL,
        next_due_at=NOW,
        title="The Herald",
        site_url="https://herald.example",
        topic="world",
    )
    assert await storage.feeds.due(NOW, limit=10) == [feed]
    assert await storage.feeds.get(feed.id) == await storage.feeds.by_url(URL) == feed


async def test_a_feed_that_is_not_there_is_none(storage: Storage) -> None:
    assert await storage.feeds.get(99) is None
    assert await storage.feeds.by_url(URL) is None


async def test_adding_a_known_url_keeps_what_is_known_of_it(storage: Storage) -> None:
    first = await storage.feeds.add(URL, now=NOW, title="The Herald")
    again = await storage.feeds.add(URL, now=later(days=1), title="Another name", topic="world")

    assert again == replace(first, topic="world")
    assert await storage.feeds.all() == [again]


async def test_a_chats_own_list_says_nothing_of_where_a_feed_that_all_share_is_filed(storage: Storage) -> None:
    shared = await storage.feeds.add(URL, now=NOW)
    its_own = await storage.feeds.add(f"{URL}?own", now=NOW, is_shared=False)
    for feed in (shared, its_own):
        await storage.feeds.add(feed.url, now=NOW, topic="sport", is_shared=False)

    assert await storage.feeds.get(shared.id) == shared
    assert await storage.feeds.get(its_own.id) == replace(its_own, topic="sport")


async def test_a_feed_once_shared_stays_shared(storage: Storage) -> None:
    await storage.feeds.add(URL, now=NOW, is_shared=True)

    assert (await storage.feeds.add(URL, now=NOW, is_shared=False)).is_shared


async def test_sharing_a_private_feed_shares_its_articles(storage: Storage) -> None:
    await a_chat(storage)
    feed = await storage.feeds.add(URL, now=NOW, is_shared=False)
    article = await an_article(storage, feed_id=feed.id)
    hidden = await storage.articles.visible(article.id, 7)
    await storage.feeds.add(URL, now=NOW)

    assert hidden is None
    assert await storage.articles.visible(article.id, 7) == article


async def test_everything_a_refresh_decided_is_kept(storage: Storage) -> None:
    feed = await storage.feeds.add(URL, now=NOW)
    outcome = Feed(
        id=feed.id,
        url=URL,
        next_due_at=later(hours=1),
        title="The Herald",
        site_url="https://herald.example",
        etag='"abc"',
        last_modified="Sun, 22 Nov 2026 08:00:00 GMT",
        body_hash="5eed",
        interval=timedelta(hours=1),
        failures=3,
        failing_since=later(hours=-3),
        problem="That feed answers with a login page.",
        refreshed_at=NOW,
        answered_at=later(hours=-4),
        gone_at=later(minutes=1),
        status=503,
        brought_at=later(hours=-5),
        rhythm=timedelta(minutes=90),
        silent_at=later(days=2),
        listed="0123abcd",
        ttl=timedelta(hours=2),
        replacement="https://herald.example/new.xml",
        known=b"01234567",
        looked_up_at=later(hours=-6),
        is_heavy=True,
        is_behind=True,
    )
    await storage.feeds.record(outcome)

    assert await storage.feeds.get(feed.id) == outcome


async def test_a_refresh_does_not_undo_what_was_shared_meanwhile(storage: Storage) -> None:
    fetched = await storage.feeds.add(URL, now=NOW, is_shared=False)
    await storage.feeds.add(URL, now=NOW, topic="world")
    await storage.feeds.record(replace(fetched, next_due_at=later(hours=1)))

    recorded = await storage.feeds.get(fetched.id)
    assert recorded is not None
    assert (recorded.is_shared, recorded.topic) == (True, "world")


async def test_a_gone_feed_is_not_due_until_somebody_adds_it_again(storage: Storage) -> None:
    feed = await storage.feeds.add(URL, now=NOW)
    await storage.feeds.record(replace(feed, gone_at=NOW))
    gone = await storage.feeds.due(later(days=9), limit=10)
    await storage.feeds.add(URL, now=later(days=1))

    assert gone == []
    assert [each.id for each in await storage.feeds.due(later(days=1), limit=10)] == [feed.id]


async def test_the_longest_due_feed_comes_first(storage: Storage) -> None:
    third = await storage.feeds.add(f"{URL}?3", now=later(minutes=3))
    first = await storage.feeds.add(f"{URL}?1", now=later(minutes=1))
    second = await storage.feeds.add(f"{URL}?2", now=later(minutes=2))

    assert await storage.feeds.due(later(minutes=3), limit=2) == [first, second]
    assert await storage.feeds.due(later(minutes=2), limit=9) == [first, second]
    assert await storage.feeds.all() == [third, first, second]


async def test_a_feed_that_was_put_off_by_a_clock_that_was_ahead_is_due(storage: Storage) -> None:
    feed = await storage.feeds.add(URL, now=NOW)
    later_today = await storage.feeds.add(f"{URL}?2", now=NOW)
    await storage.feeds.record(replace(feed, next_due_at=later(days=365)))
    await storage.feeds.record(replace(later_today, next_due_at=later(days=1)))

    assert [each.id for each in await storage.feeds.due(NOW, limit=9)] == [feed.id]
    assert await storage.feeds.due_ids(NOW, limit=9) == [feed.id]


async def test_those_in_doubt_can_be_asked_for_and_left_out(storage: Storage) -> None:
    await a_chat(storage)
    for number, (failures, answered_at) in enumerate([(0, None), (0, NOW), (2, None), (2, NOW)]):
        for is_shared in (True, False):
            feed = await storage.feeds.add(f"{URL}?{number}{is_shared}", now=NOW, is_shared=is_shared)
            await storage.subscriptions.add(7, "feed", str(feed.id), NOW)
            await storage.feeds.record(replace(feed, failures=failures, answered_at=answered_at))

    doubtful = await storage.feeds.due(NOW, limit=9, is_behind=True)
    others = await storage.feeds.due(NOW, limit=9, is_behind=False)

    assert (len(doubtful), len(others)) == (5, 3)
    assert all(each.is_behind for each in doubtful)
    assert not any(each.is_behind for each in others)


async def test_a_private_feed_that_nobody_follows_is_never_due(storage: Storage) -> None:
    await a_chat(storage)
    feed = await storage.feeds.add(URL, now=NOW, is_shared=False)
    unwanted = await storage.feeds.due(NOW, limit=10)
    await storage.subscriptions.add(7, "feed", str(feed.id), NOW)

    assert unwanted == []
    assert await storage.feeds.due(NOW, limit=10) == [feed]


async def test_a_removed_feed_takes_its_subscriptions_and_leaves_its_articles(storage: Storage) -> None:
    await a_chat(storage)
    feed = await storage.feeds.add(URL, now=NOW)
    article = await an_article(storage, feed_id=feed.id)
    await storage.subscriptions.add(7, "feed", str(feed.id), NOW)
    await storage.feeds.remove(feed.id)
    await storage.feeds.record(feed)

    assert await storage.feeds.all() == []
    assert await storage.subscriptions.of(7) == []
    assert await storage.articles.get(article.id) == replace(article, feed_id=None)


async def test_articles_of_a_removed_private_feed_do_not_become_public(storage: Storage) -> None:
    await a_chat(storage)
    feed = await storage.feeds.add(URL, now=NOW, is_shared=False)
    article = await an_article(storage, feed_id=feed.id)
    await storage.feeds.remove(feed.id)

    assert await storage.articles.visible(article.id, 7) is None
    assert await storage.articles.latest(10) == []


async def test_a_chat_hears_of_the_failing_feeds_it_follows(storage: Storage) -> None:
    await a_chat(storage)
    followed = await storage.feeds.add(f"{URL}?followed", now=NOW)
    by_topic = await storage.feeds.add(f"{URL}?topic", now=NOW, title="On science", topic="science")
    recent = await storage.feeds.add(f"{URL}?recent", now=NOW, topic="science")
    other = await storage.feeds.add(f"{URL}?other", now=NOW, topic="sport")
    private = await storage.feeds.add(f"{URL}?private", now=NOW, topic="science", is_shared=False)
    healthy = await storage.feeds.add(f"{URL}?healthy", now=NOW, topic="science")
    for feed, hours in [(followed, 50), (by_topic, 60), (recent, 1), (other, 70), (private, 70)]:
        await storage.feeds.record(replace(feed, failing_since=later(hours=-hours)))
    for each in (followed, healthy):
        await storage.subscriptions.add(7, "feed", str(each.id), NOW)
    await storage.subscriptions.add(7, "topic", "science", NOW)

    failing = await storage.feeds.failing(later(hours=-48))

    assert missed(failing, await storage.subscriptions.of(7)) == (
        ("On science", later(hours=-60)),
        (f"{URL}?followed", later(hours=-50)),
    )


async def test_a_feed_that_is_gone_or_seems_to_have_moved_is_heard_of_at_once(storage: Storage) -> None:
    gone, moved, failing, well = [
        await storage.feeds.add(f"{URL}?{name}", now=NOW) for name in ("gone", "moved", "failing", "well")
    ]
    for feed in (gone, moved, failing):
        await storage.feeds.record(replace(feed, failing_since=NOW))
    await storage.feeds.record(replace(gone, failing_since=NOW, gone_at=NOW))
    for feed in (replace(moved, failing_since=NOW), well):
        await storage.feeds.record(replace(feed, replacement="https://new.example/feed"))

    assert [feed.id for feed in await storage.feeds.failing(later(hours=-24))] == [gone.id, moved.id]


async def test_a_hub_is_asked_when_it_is_new_and_again_when_it_is_due(storage: Storage) -> None:
    feed = await storage.feeds.add(URL, now=NOW)
    private = await storage.feeds.add(f"{URL}?private", now=NOW, is_shared=False)
    for each in (feed, private):
        await storage.feeds.name_hub(each.id, "https://hub.example", URL, NOW)
    due = [each.id for each in await storage.feeds.with_due_hub(NOW, 9)]
    await storage.feeds.put_off_hub(feed.id, later(hours=12))
    await storage.feeds.name_hub(feed.id, "https://hub.example", URL, NOW)
    put_off = await storage.feeds.with_due_hub(NOW, 9)
    heard = await storage.feeds.hear_from_hub(feed.id, URL, later(days=5))
    others = await storage.feeds.hear_from_hub(feed.id, f"{URL}?other", later(days=9))
    await storage.feeds.record(feed)

    assert (due, put_off, heard, others) == ([feed.id], [], True, False)
    assert [each.hub_due_at for each in await storage.feeds.with_due_hub(later(days=5), 9)] == [later(days=5)]
    assert await storage.feeds.with_due_hub(later(days=5), 9, among=[private.id]) == []


async def test_a_feed_that_has_something_new_is_due_at_once_but_not_twice_in_a_minute(storage: Storage) -> None:
    feed = await storage.feeds.add(URL, now=NOW)
    await storage.feeds.record(replace(feed, refreshed_at=NOW, next_due_at=later(hours=2)))
    await storage.feeds.hurry(feed.id, later(seconds=10))
    soon = await storage.feeds.get(feed.id)
    await storage.feeds.record(replace(feed, refreshed_at=NOW, next_due_at=later(hours=2)))
    await storage.feeds.hurry(feed.id, later(minutes=5))
    now = await storage.feeds.get(feed.id)
    await storage.feeds.hurry(feed.id, later(hours=1))
    await storage.feeds.hurry(99, NOW)

    assert soon
    assert now
    assert (soon.next_due_at, now.next_due_at) == (later(minutes=1), later(minutes=5))
    assert await storage.feeds.get(feed.id) == now


async def test_feeds_that_answer_and_bring_nothing_are_known_from_the_moment_that_is_strange(
    storage: Storage,
) -> None:
    silent = {"brought_at": later(days=-3), "silent_at": NOW}
    states: dict[str, dict[str, Any]] = {
        "silent": silent,
        "not yet": silent | {"silent_at": later(minutes=1)},
        "failing too": silent | {"failing_since": NOW},
        "gone": silent | {"gone_at": NOW},
        "unknown": {},
    }
    for name, is_so in states.items():
        feed = await storage.feeds.add(f"{URL}?{name}", now=NOW, title=name)
        await storage.feeds.record(replace(feed, **is_so))

    assert [feed.title for feed in await storage.feeds.silent(NOW)] == ["silent"]


async def test_followers_are_counted_and_some_feeds_read_at_once(storage: Storage) -> None:
    feeds = [await storage.feeds.add(f"{URL}?{n}", now=NOW) for n in range(3)]
    for chat_id, followed in {7: feeds[:2], 8: feeds[:1]}.items():
        await a_chat(storage, chat_id)
        for feed in followed:
            await storage.subscriptions.add(chat_id, "feed", str(feed.id), NOW)
    await storage.subscriptions.add(7, "topic", "world", NOW)

    assert await storage.feeds.followers() == {feeds[0].id: 2, feeds[1].id: 1}
    assert await storage.feeds.some([feeds[2].id, 99]) == {feeds[2].id: feeds[2]}
    assert await storage.feeds.some([]) == {}


async def test_a_feed_that_moved_keeps_everything_but_its_address(storage: Storage) -> None:
    feed = await storage.feeds.add("https://old.example/feed", now=NOW, title="Herald")
    other = await storage.feeds.add("https://other.example/feed", now=NOW)

    assert await storage.feeds.move(feed.id, "https://new.example/feed")
    assert await storage.feeds.by_url("https://new.example/feed") == replace(feed, url="https://new.example/feed")
    assert await storage.feeds.by_url("https://old.example/feed") is None
    assert not await storage.feeds.move(feed.id, other.url)
    assert await storage.feeds.by_url(other.url) == other
