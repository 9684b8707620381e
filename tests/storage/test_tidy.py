"""Tidying: what is old and wanted by nobody goes; what was seen is remembered longer."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from news.delivery import Delivery
from news.messages.message import Message
from storage import Storage, Tidied, tables
from storage.tidying import BATCH
from tests.storage.given import (
    HELLO,
    NOW,
    a_chat,
    a_digest,
    a_schedule,
    a_slot,
    an_article,
    had,
    last_slot,
    later,
    next_number,
    sending,
    settle,
)

SHARED = (tables.editions, tables.texts)
LONG_AGO, CUT = later(days=-99), later(days=-30)


async def test_old_articles_go_with_the_stories_they_leave_empty(storage: Storage) -> None:
    alone = await an_article(storage, topics=["space"], now=LONG_AGO)
    grown = await an_article(storage, now=LONG_AGO)
    new = await an_article(storage, story_id=grown.story_id)

    assert await storage.tidy(CUT, CUT) == Tidied(articles=2, stories=1, seen=2)
    assert await storage.articles.latest(9) == [new]
    assert await storage.stories.get(alone.story_id) is None
    assert await storage.stories.articles(grown.story_id) == [new]


async def test_a_saved_article_stays(storage: Storage) -> None:
    await a_chat(storage)
    kept = await an_article(storage, now=LONG_AGO)
    await storage.shelf.save(7, kept.id, NOW)

    assert (await storage.tidy(CUT, CUT)).articles == 0
    assert await storage.shelf.saved(7, limit=9) == [kept]


async def test_an_entry_that_is_still_in_its_feed_is_a_rerun_after_its_article_has_gone(storage: Storage) -> None:
    await an_article(storage, now=LONG_AGO)
    async with storage._database.read() as connection:
        before = len((await connection.exec_driver_sql("SELECT 1 FROM seen")).all())
    remembered = await storage.tidy(CUT, seen_before=later(days=-365))
    forgotten = await storage.tidy(CUT, seen_before=NOW)

    assert before == 1
    assert (remembered.articles, remembered.seen) == (1, 0)
    assert (forgotten.articles, forgotten.seen) == (0, 1)


async def test_more_than_a_batch_is_tidied(storage: Storage) -> None:
    story = await an_article(storage, now=LONG_AGO)
    async with storage._database.write() as connection:
        columns = [column.name for column in tables.articles.c if column.name != "id"]
        names = ", ".join(columns)
        for _ in range(10):
            await connection.exec_driver_sql(f"INSERT INTO articles ({names}) SELECT {names} FROM articles")
    tidied = await storage.tidy(CUT, CUT)

    assert BATCH < 1024 == tidied.articles
    assert await storage.stories.get(story.story_id) is None


async def test_a_digest_stays_as_long_as_a_story_of_it_goes_on_so_that_it_does_not_come_again(storage: Storage) -> None:
    await a_chat(storage)
    over = await an_article(storage, now=LONG_AGO)
    begun = await an_article(storage, now=LONG_AGO)
    await an_article(storage, story_id=begun.story_id)
    for number, article in enumerate((over, begun), 1):
        digest = replace(a_digest(article, number=number), composed_at=LONG_AGO)
        await storage.digests.write(digest, deliveries=[], slot=None)
    await storage.digests.write(a_digest(number=3), deliveries=[HELLO], slot=None)

    assert (await storage.tidy(CUT, CUT)).digests == 1
    assert await had(storage, 7) == {begun.story_id}
    assert (await storage.tidy(later(days=1), CUT)).digests == 1
    assert await next_number(storage, 7) == 4


async def test_editions_and_texts_go_with_the_last_that_refers_to_them(storage: Storage) -> None:
    async def kept() -> tuple[int, int]:
        async with storage._database.read() as connection:
            found = [await connection.scalar(select(func.count()).select_from(each)) for each in SHARED]
        return found[0] or 0, found[1] or 0

    for chat_id in (7, 8):
        await a_chat(storage, chat_id)
        digest = replace(a_digest(await an_article(storage), chat_id=chat_id), composed_at=LONG_AGO)
        await storage.digests.write(digest, deliveries=[HELLO], slot=None)
        await storage.digests.write(replace(digest, number=2), deliveries=[Message(html=f"{chat_id}")], slot=None)
    for chat_id in (7, 8):
        await storage.outbox.suspend(chat_id, "stopped", None, NOW)
    before = await kept()
    await storage.outbox.add(8, HELLO, now=NOW)
    async with storage._database.write() as connection:
        await connection.execute(tables.outbox.update().where(tables.outbox.c.text_id > 1).values(created_at=LONG_AGO))
    await storage.tidy(CUT, CUT)
    after = await kept()
    await storage.chats.forget(8)
    await storage.chats.forget(7)

    assert before == (2, 3)
    assert after == (2, 1)
    assert await kept() == (0, 0)


async def test_the_latest_digest_slot_and_message_of_a_chat_stay(storage: Storage) -> None:
    await a_chat(storage)
    schedule = await a_schedule(storage)
    for number in (1, 2):
        slot = replace(a_slot(schedule, day=number), due_at=LONG_AGO + timedelta(days=number))
        digest = replace(a_digest(number=number), composed_at=LONG_AGO)
        await storage.digests.write(digest, deliveries=[HELLO], slot=slot)
        delivery = await sending(storage)
        await settle(storage, delivery, replace(delivery, state="sent", message_id=40 + number))
    tidied = await storage.tidy(CUT, CUT)

    assert (tidied.digests, tidied.deliveries) == (1, 1)
    assert await next_number(storage, 7) == 3
    assert await last_slot(storage, schedule.id) == slot
    assert [each.message_id for each in await storage.outbox.of(7)] == [42]


async def test_an_unfinished_delivery_is_never_tidied(storage: Storage) -> None:
    await a_chat(storage)
    waiting = await storage.outbox.add(7, HELLO, now=LONG_AGO)
    await storage.outbox.suspend(7, "paused", None, NOW)
    tidied = await storage.tidy(CUT, CUT)

    assert tidied.deliveries == 0
    assert [each.id for each in await storage.outbox.of(7)] == [waiting.id]


async def test_a_private_feed_that_nobody_follows_any_more_goes_after_a_while(storage: Storage) -> None:
    feeds = [await storage.feeds.add(f"https://{each}.example", now=NOW, is_shared=False) for each in range(3)]
    for feed, refreshed_at in zip(feeds, (LONG_AGO, NOW, None), strict=True):
        await storage.feeds.record(replace(feed, refreshed_at=refreshed_at))

    assert (await storage.tidy(CUT, CUT)).feeds == 1
    assert [each.id for each in await storage.feeds.all()] == [feeds[1].id, feeds[2].id]


async def test_ids_are_never_given_out_twice(storage: Storage) -> None:
    await a_chat(storage)
    old = await an_article(storage, now=LONG_AGO)
    first: Delivery = await storage.outbox.add(7, HELLO, now=LONG_AGO)
    await storage.outbox.suspend(7, "stopped", None, NOW)
    await storage.tidy(CUT, CUT)
    new = await an_article(storage)

    assert await storage.outbox.get(first.id) is None
    assert new.id > old.id
    assert new.story_id > old.story_id
    assert (await storage.outbox.add(7, HELLO, now=NOW)).id > first.id
