"""Where sources give different figures of the same, the digest says so; where one knows more by now, it does not."""

from __future__ import annotations

import pytest

from storage import Storage
from tests.jobs.given import Clock, FakeTelegram, a_reader, morning
from tests.jobs.test_updates import items, told

KILLED = "At least 64 people were killed in strikes on Gaza, medics say."
OTHERS = "Strikes on Gaza killed 68 people, medics say."


async def test_a_digest_says_from_where_to_where_its_sources_figures_go(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat_id, look in ((7, "classic"), (8, "rich")):
        await a_reader(storage, chat_id, look=look)
    first = await told(storage, clock, KILLED, "Others call for talks.")
    await told(storage, clock, OTHERS, story_id=first.story_id)
    await morning(storage, telegram, clock)
    [item] = await items(storage)

    assert item.article_id == first.id
    for chat_id in (7, 8):
        assert "64 to 68 people, by source" in telegram.to(chat_id)[0]
    digest = await storage.digests.latest(7)
    assert digest
    assert digest.items[0].spread == item.spread
    assert item.spread


async def test_a_figure_of_a_private_feed_is_for_its_followers_alone(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    feed = await storage.feeds.add("https://a.example", now=clock(), is_shared=False)
    for chat_id in (7, 8):
        await a_reader(storage, chat_id)
    await storage.subscriptions.add(8, "feed", str(feed.id), clock())
    first = await told(storage, clock, KILLED, "Others call for talks.")
    await told(storage, clock, OTHERS, story_id=first.story_id, feed_id=feed.id)
    await morning(storage, telegram, clock)

    assert ["by source" in telegram.to(chat_id)[0] for chat_id in (7, 8)] == [False, True]


@pytest.mark.parametrize("hours", [1, 5])
async def test_a_figure_that_is_hours_newer_is_no_difference_of_sources_but_an_update(
    storage: Storage, telegram: FakeTelegram, clock: Clock, hours: int
) -> None:
    await a_reader(storage)
    clock.tick(hours=-6)
    first = await told(storage, clock, KILLED, "Others call for talks.")
    clock.tick(hours=hours)
    await told(storage, clock, OTHERS, story_id=first.story_id)
    clock.tick(hours=6 - hours)
    await morning(storage, telegram, clock)

    assert ("by source" in telegram.to(7)[0]) is (hours < 3)


async def test_a_figure_that_came_after_the_digest_is_an_update(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    first = await told(storage, clock, KILLED, "Others call for talks.")
    await morning(storage, telegram, clock)
    clock.tick(hours=20)
    await told(storage, clock, OTHERS, story_id=first.story_id)
    clock.tick(hours=4)
    await morning(storage, telegram, clock)

    assert OTHERS in telegram.to(7)[1]
    assert "by source" not in telegram.to(7)[1]
