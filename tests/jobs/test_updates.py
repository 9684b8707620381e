"""A story that was told comes back only with what is new in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.sender import Telegram
from jobs.compose import compose, compose_now
from jobs.deliver import deliver
from news.article import Article, Bullet, Entry, Filing
from news.digest import Item
from storage import Storage
from tests.jobs.given import IDS, Clock, FakeTelegram, a_reader, instead, morning, news
from tests.sandbox.running import RunningSandbox
from tests.storage.given import FRESH

FERRY = (
    "The ferry Halvard ran aground in fog and all 214 people aboard were taken off by lifeboats.",
    "Eleven people were treated for cold at the hospital in Orsund.",
)
AGAIN = "Lifeboats took all 214 people off the ferry Halvard."
HOLE = "Divers found a hole below the waterline."
TWELVE = "Twelve people were treated, the hospital says."


async def told(
    storage: Storage,
    clock: Clock,
    *bullets: str,
    story_id: int | None = None,
    topics: Sequence[str] = ("science",),
    feed_id: int | None = None,
) -> Article:
    """An article that says so, of a story or of one of its own."""
    article = await storage.articles.add(
        Entry(headline=f"Ferry {next(FRESH)}", paragraphs=bullets, language="en"),
        keys=[f"key-{next(FRESH)}"],
        bullets=[Bullet(each, "extract") for each in bullets],
        topics=[Filing(topic, 0.5) for topic in topics],
        story_id=story_id,
        sketch={"ferry": 1.0},
        source=f"Paper {next(FRESH)}",
        feed_id=feed_id,
        now=clock(),
    )
    assert article
    return article


async def items(storage: Storage, chat_id: int = 7) -> tuple[Item, ...]:
    digest = await storage.digests.latest(chat_id)
    assert digest
    return digest.items


async def test_a_story_comes_back_with_its_new_bullets_alone_and_is_marked_as_an_update(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    await a_reader(storage, 8, look="rich")
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    clock.tick(hours=20)
    second = await told(storage, clock, AGAIN, HOLE, TWELVE, story_id=first.story_id)
    clock.tick(hours=4)
    await morning(storage, telegram, clock)
    [item] = await items(storage)

    assert (item.is_update, item.article_id) == (True, second.id)
    assert [bullet.text for bullet in item.bullets] == [HOLE, TWELVE]
    for chat_id in (7, 8):
        html = telegram.to(chat_id)[1]
        assert "Update: new since you last read" in html
        assert HOLE in html
        assert AGAIN not in html


async def test_a_story_that_is_only_told_again_stays_away(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    clock.tick(hours=20)
    await told(storage, clock, AGAIN, story_id=first.story_id)
    clock.tick(hours=4)
    composed = await morning(storage, telegram, clock)

    assert (composed.digests, composed.quiet) == (0, 1)


async def test_what_an_update_told_is_told_once(storage: Storage, telegram: FakeTelegram, clock: Clock) -> None:
    await a_reader(storage)
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    await told(storage, clock, HOLE, story_id=first.story_id)
    clock.tick(days=1)
    await morning(storage, telegram, clock)
    await told(storage, clock, "Below the waterline divers found a hole.", story_id=first.story_id)
    clock.tick(days=1)
    third = await morning(storage, telegram, clock)
    await told(storage, clock, TWELVE, story_id=first.story_id)
    clock.tick(days=1)
    await morning(storage, telegram, clock)

    assert third.digests == 0
    assert [bullet.text for item in await items(storage) for bullet in item.bullets] == [TWELVE]


async def test_an_update_that_did_not_arrive_comes_again(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    chat = await a_reader(storage)
    first = await told(storage, clock, *FERRY)
    await compose_now(storage, chat, now=clock())
    await deliver(storage, telegram, owner="me", clock=clock)
    await told(storage, clock, HOLE, story_id=first.story_id)
    clock.tick(days=4)
    await told(storage, clock, AGAIN, story_id=first.story_id)
    update = await compose_now(storage, chat, now=clock())
    await storage.outbox.suspend(7, "stopped", None, clock())
    await storage.outbox.resume(7)
    again = await compose_now(storage, chat, now=clock())

    assert [item.is_update for item in again.digest.items] == [True]
    assert again.digest.items[0].bullets == update.digest.items[0].bullets


async def test_who_had_more_of_a_story_is_told_less(storage: Storage, telegram: FakeTelegram, clock: Clock) -> None:
    for chat_id in (7, 8, 9):
        await a_reader(storage, chat_id)
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    await told(storage, clock, HOLE, story_id=first.story_id)
    chat = await storage.chats.get(8)
    assert chat
    await compose_now(storage, chat, now=clock.tick(hours=2))
    await deliver(storage, telegram, owner="me", clock=clock)
    await told(storage, clock, HOLE, TWELVE, story_id=first.story_id)
    await a_reader(storage, 10)
    clock.tick(hours=22)
    await morning(storage, telegram, clock)

    shown = [[bullet.text for item in await items(storage, each) for bullet in item.bullets] for each in (7, 8, 9, 10)]
    assert shown == [[HOLE, TWELVE], [TWELVE], [HOLE, TWELVE], list(FERRY)]
    assert [[item.is_update for item in await items(storage, each)] for each in (7, 8, 10)] == [[True], [True], [False]]


async def test_what_is_new_is_asked_once_for_all_who_had_the_same(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat_id in range(1, 31):
        await a_reader(storage, chat_id, topics=("science", "world") if chat_id % 2 else ("science",))
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    await told(storage, clock, HOLE, story_id=first.story_id)
    asked: list[int] = []
    heard = storage.pools.heard

    async def counted(story_ids: set[int]) -> object:
        asked.extend(story_ids)
        return await heard(story_ids)

    storage.pools = instead(storage.pools, heard=counted)
    composed = await compose(storage, now=clock.tick(days=1))

    assert composed.digests == 30
    assert asked == [first.story_id]


@pytest.mark.parametrize("wish", ["its topic", "muted", "private"])
async def test_an_update_comes_only_to_those_whom_its_article_would_come_to(
    storage: Storage, telegram: FakeTelegram, clock: Clock, wish: str
) -> None:
    await a_reader(storage)
    feed = await storage.feeds.add("https://a.example", now=clock(), is_shared=False)
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    if wish == "muted":
        await storage.subscriptions.add(7, "mute", "divers", clock())
    await told(
        storage,
        clock,
        HOLE,
        story_id=first.story_id,
        topics=["world"] if wish == "its topic" else ["science"],
        feed_id=feed.id if wish == "private" else None,
    )
    clock.tick(days=1)
    composed = await morning(storage, telegram, clock)

    assert (composed.digests, composed.quiet) == (0, 1)


async def test_an_update_is_as_fresh_as_what_is_new_in_it(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    await news(storage, "Older than the update", now=clock.tick(hours=2))
    await told(storage, clock, HOLE, story_id=first.story_id)
    clock.now += timedelta(hours=22)
    await morning(storage, telegram, clock)

    assert [item.is_update for item in await items(storage)] == [True, False]


async def test_turning_pages_and_opening_it_later_shows_an_update_as_it_was(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    second = await told(storage, clock, AGAIN, HOLE, story_id=first.story_id)
    clock.tick(days=1)
    await morning(storage, telegram, clock)
    await storage.polishing.put(second.id, [Bullet("Drawn anew.", "model", 0, 5)], clock())
    [item] = await items(storage)

    assert [(bullet.text, bullet.origin) for bullet in item.bullets] == [(HOLE, "extract")]


async def test_in_a_supergroup_an_update_links_to_the_message_that_told_it_before(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    group, other = -1001234567890, -1009876543210
    for chat_id in (group, other):
        await a_reader(storage, chat_id, kind="supergroup")
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    messages = {each.chat_id: each.message_id for one in (group, other) for each in await storage.outbox.of(one)}
    await told(storage, clock, HOLE, story_id=first.story_id)
    clock.tick(days=1)
    await morning(storage, telegram, clock)

    for chat_id, own in ((group, 1234567890), (other, 9876543210)):
        address = f"https://t.me/c/{own}/{messages[chat_id]}"
        assert f'<a href="{address}">Update: new since you last read</a>' in telegram.to(chat_id)[1]


@pytest.mark.parametrize("others", [0, 1])
async def test_in_a_private_chat_a_digest_of_one_update_is_a_reply_to_the_message_that_told_it_before(
    storage: Storage, telegram: FakeTelegram, clock: Clock, others: int
) -> None:
    await a_reader(storage)
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    [delivery] = await storage.outbox.of(7)
    await told(storage, clock, HOLE, story_id=first.story_id)
    await news(storage, *["Comet passes"][:others], now=clock())
    clock.tick(days=1)
    await morning(storage, telegram, clock)

    assert telegram.sent[-1].message.reply_to == (None if others else delivery.message_id)


async def test_telegram_shows_the_reply(
    storage: Storage, sender: Telegram, sandbox: RunningSandbox, clock: Clock
) -> None:
    chat_id = next(IDS)
    await sandbox.add_user("Reader", id=chat_id)
    await a_reader(storage, chat_id)
    first = await told(storage, clock, *FERRY)
    await morning(storage, sender, clock)
    await told(storage, clock, HOLE, story_id=first.story_id)
    clock.tick(days=1)
    await morning(storage, sender, clock)
    before, update = await sandbox.messages(chat_id)

    assert update["reply_to_message"]["message_id"] == before["message_id"]
    assert HOLE in update["text"]


async def test_a_message_of_a_group_that_moved_is_linked_to_no_more(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage, -5, kind="group")
    first = await told(storage, clock, *FERRY)
    await morning(storage, telegram, clock)
    await storage.chats.migrate(-5, -1001234567890)
    await told(storage, clock, HOLE, story_id=first.story_id)
    clock.tick(days=1)
    await morning(storage, telegram, clock)

    assert HOLE in telegram.to(-1001234567890)[0]
    assert "t.me/c/" not in telegram.to(-1001234567890)[0]
