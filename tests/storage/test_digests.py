"""Digests: a story comes once, a slot is composed once, and all of it is written or nothing."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Bullet, Entry
from news.digest import Digest, Footer, Item, Miss
from news.messages.message import Button, Message
from storage import Draft, Missing, NumberTaken, Storage
from storage.histories import Past
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

DAY_AGO = later(days=-1)


class Broken(Exception):
    """Power went, in a manner of speaking."""


async def test_a_digest_comes_back_with_every_field(storage: Storage) -> None:
    await a_chat(storage)
    article = await storage.articles.add(
        Entry(
            headline="A comet passes",
            language="en",
            url="https://herald.example/1",
            source="The Herald",
            image_url="https://herald.example/1.jpg",
            image_credit="Observatory",
        ),
        keys=["a"],
        bullets=[Bullet("It passed.", "extract", 0, 10)],
        topics=[],
        story_id=None,
        sketch={},
        source="The Herald",
        feed_id=None,
        now=NOW,
    )
    assert article is not None
    digest = Digest(
        chat_id=7,
        number=1,
        composed_at=NOW,
        items=(
            Item(
                position=1,
                story_id=article.story_id,
                article_id=article.id,
                headline="A comet passes",
                bullets=article.bullets,
                topic="space",
                source_count=3,
                source="The Herald",
                url="https://herald.example/1",
                first_seen_at=NOW,
                language="en",
                image_url="https://herald.example/1.jpg",
                image_credit="Observatory",
                is_update=True,
                score=0.625,
                reason="topic:space",
                fit=0.5,
                freshness=0.25,
            ),
        ),
        asked="space",
        missed=(
            Miss(
                position=2,
                story_id=8,
                article_id=9,
                reason="words:tea",
                source_count=2,
                score=0.5,
                fit=1.0,
                freshness=0.5,
            ),
        ),
        pushed=1,
        topics=("space", "world"),
        footer=Footer(
            quiet_topics=("world",),
            failing_feeds=(("The Post", DAY_AGO),),
            silent_feeds=(("The Echo", DAY_AGO),),
            kept_out=11,
        ),
        since=DAY_AGO,
    )
    await storage.digests.write(digest, deliveries=[], slot=None)

    assert await storage.digests.get(7, 1) == await storage.digests.latest(7) == digest
    assert await storage.digests.get(7, 2) is None
    assert await storage.digests.get(8, 1) is None


async def test_a_digest_is_found_by_the_message_that_pushed_it(storage: Storage) -> None:
    for chat_id in (7, 8):
        await a_chat(storage, chat_id)
        await storage.digests.write(a_digest(chat_id=chat_id), deliveries=[HELLO], slot=None)
    delivery = await sending(storage)
    await settle(storage, delivery, replace(delivery, state="sent", message_id=41))
    other = 15 - delivery.chat_id

    assert await storage.digests.by_message(delivery.chat_id, 41) == await storage.digests.get(delivery.chat_id, 1)
    assert await storage.digests.by_message(delivery.chat_id, 42) is None
    assert await storage.digests.by_message(other, 41) is None


async def test_a_story_was_told_by_the_newest_digest_that_showed_it_and_arrived(storage: Storage) -> None:
    await a_chat(storage)
    one, two = [await an_article(storage) for _ in range(2)]
    await storage.digests.write(a_digest(one, two, pushed=1), deliveries=[], slot=None)
    await storage.digests.write(a_digest(two, one, number=2, pushed=1), deliveries=[HELLO], slot=None)
    told = [await storage.digests.that_told(7, each.story_id) for each in (one, two)]
    delivery = await sending(storage)
    await settle(storage, delivery, replace(delivery, state="parked", reason="refused"))
    lost = await storage.digests.that_told(7, two.story_id)
    await storage.digests.show(7, 1, [2])
    shown = await storage.digests.that_told(7, two.story_id)

    assert [each and each.number for each in (*told, lost, shown)] == [1, 2, None, 1]
    assert await storage.digests.that_told(8, one.story_id) is None


async def test_digests_of_a_chat_are_counted_from_one(storage: Storage) -> None:
    await a_chat(storage)
    first, composed = await next_number(storage, 7), (await storage.histories.last_composed([7])).get(7)
    await storage.digests.write(a_digest(), deliveries=[HELLO], slot=None)
    await storage.digests.write(replace(a_digest(number=2), composed_at=later(hours=1)), deliveries=[HELLO], slot=None)

    assert (first, composed) == (1, None)
    assert await next_number(storage, 7) == 3
    assert (await storage.histories.last_composed([7])).get(7) == later(hours=1)
    latest = await storage.digests.latest(7)
    assert latest is not None
    assert latest.number == 2


async def test_a_digest_is_written_with_its_parts_in_order(storage: Storage) -> None:
    await a_chat(storage)
    parts = [
        Message(
            html="one",
            look="rich",
            keyboard=((Button(text="1", data="a:1"), Button(text="↗", url="https://a.example")),),
            is_silent=True,
            is_rtl=True,
        ),
        Message(html="two", keyboard=((Button(text="?", inline="comet"),),)),
    ]
    schedule = await a_schedule(storage, thread_id=5)
    digest_id = await storage.digests.write(
        a_digest(), deliveries=parts, slot=a_slot(schedule), thread_id=5, next_due_at=later(days=1)
    )

    deliveries = await storage.outbox.of(7)
    assert [each.message for each in deliveries] == parts
    assert [(each.part, each.digest_id, each.thread_id, each.state) for each in deliveries] == [
        (1, digest_id, 5, "pending"),
        (2, digest_id, 5, "pending"),
    ]
    assert [each.next_due_at for each in await storage.schedules.of(7)] == [later(days=1)]
    assert await last_slot(storage, schedule.id) == a_slot(schedule)


async def test_a_slot_is_composed_once(storage: Storage) -> None:
    await a_chat(storage)
    schedule = await a_schedule(storage)
    article = await an_article(storage)
    await storage.digests.write(a_digest(), deliveries=[HELLO], slot=a_slot(schedule), next_due_at=NOW)
    again = await storage.digests.write(
        a_digest(article, number=2), deliveries=[HELLO], slot=a_slot(schedule), next_due_at=later(days=1)
    )

    assert again is None
    assert await next_number(storage, 7) == 2
    assert await had(storage, 7) == set()
    assert len(await storage.outbox.of(7)) == 1
    assert [each.next_due_at for each in await storage.schedules.of(7)] == [later(days=1)]


async def test_a_schedule_that_changed_meanwhile_keeps_its_own_next_time(storage: Storage) -> None:
    await a_chat(storage)
    slot = a_slot(await a_schedule(storage))
    await a_schedule(storage)
    written = await storage.digests.write(a_digest(), deliveries=[HELLO], slot=slot, next_due_at=later(days=9))

    assert written is not None
    assert [each.next_due_at for each in await storage.schedules.of(7)] == [NOW]


async def test_a_schedule_that_was_removed_meanwhile_brings_no_digest(storage: Storage) -> None:
    await a_chat(storage)
    slot = a_slot(await a_schedule(storage))
    await storage.schedules.remove(7)

    assert await storage.digests.write(a_digest(), deliveries=[HELLO], slot=slot) is None
    assert await storage.outbox.of(7) == []


async def test_the_parts_of_a_digest_fill_one_slot_together_or_not_at_all(storage: Storage) -> None:
    await a_chat(storage)
    schedule = await a_schedule(storage)
    articles = [await an_article(storage, name) for name in ("One", "Two")]

    def parts(first: int) -> list[Draft]:
        return [
            Draft(
                digest=a_digest(article, number=number),
                deliveries=[Message(html=article.headline)],
                slot=a_slot(schedule),
                thread_id=number - first or None,
                next_due_at=later(days=1),
            )
            for number, article in enumerate(articles, first)
        ]

    written = await storage.digests.write_all(parts(1))
    again = await storage.digests.write_all(parts(3))

    assert None not in written
    assert again == [None, None]
    sent = [(each.digest_id, each.thread_id, each.message.html) for each in await storage.outbox.of(7)]
    assert sent == [(written[0], None, "One"), (written[1], 1, "Two")]


async def test_a_slot_without_news_is_remembered_and_sends_nothing(storage: Storage) -> None:
    await a_chat(storage)
    schedule = await a_schedule(storage)
    slot = a_slot(schedule)

    assert await storage.digests.write(a_digest(), deliveries=[], slot=slot, next_due_at=later(days=1)) is None
    assert await last_slot(storage, schedule.id) == slot
    assert await next_number(storage, 7) == 1
    assert await storage.schedules.due_ids(NOW, limit=9) == []


async def test_an_empty_digest_asked_for_is_nothing(storage: Storage) -> None:
    await a_chat(storage)

    assert await storage.digests.write(a_digest(), deliveries=[], slot=None) is None
    assert await storage.digests.latest(7) is None


async def test_two_digests_with_one_number_are_refused_and_nothing_of_the_second_stays(storage: Storage) -> None:
    await a_chat(storage)
    schedule = await a_schedule(storage)
    article = await an_article(storage)
    await storage.digests.write(a_digest(), deliveries=[HELLO], slot=None)
    with pytest.raises(NumberTaken, match="compose this one again"):
        await storage.digests.write(a_digest(article), deliveries=[HELLO], slot=a_slot(schedule))

    assert await last_slot(storage, schedule.id) is None
    assert await had(storage, 7) == set()
    assert len(await storage.outbox.of(7)) == 1


async def test_a_digest_for_a_chat_that_has_gone_is_refused(storage: Storage) -> None:
    with pytest.raises(Missing):
        await storage.digests.write(a_digest(), deliveries=[HELLO], slot=None)


async def test_a_digest_broken_off_at_any_statement_leaves_nothing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_chat(storage)
    schedule = await a_schedule(storage)
    digest = a_digest(await an_article(storage), await an_article(storage))
    execute = AsyncConnection.execute
    for fatal in range(1, 99):
        statements = count(1)

        async def breaking(self: Any, *args: Any, fatal: int = fatal, so_far: Any = statements, **options: Any) -> Any:
            if next(so_far) == fatal:
                raise Broken
            return await execute(self, *args, **options)

        with monkeypatch.context() as broken:
            broken.setattr(AsyncConnection, "execute", breaking)
            try:
                await storage.digests.write(
                    digest, deliveries=[HELLO, HELLO], slot=a_slot(schedule), next_due_at=later(days=1)
                )
                break
            except Broken:
                pass
        assert await storage.schedules.of(7) == [schedule]
        assert await last_slot(storage, schedule.id) is None
        assert await storage.digests.latest(7) is None
        assert await had(storage, 7) == set()
        assert await storage.outbox.of(7) == []

    assert fatal > 7
    assert await storage.digests.latest(7) == digest


async def test_a_chat_has_had_what_was_pushed_and_then_what_it_was_shown(storage: Storage) -> None:
    await a_chat(storage)
    stories = [await an_article(storage) for _ in range(4)]
    await storage.digests.write(a_digest(*stories, pushed=1), deliveries=[HELLO], slot=None)
    pushed = await had(storage, 7)
    await storage.digests.show(7, 1, [1, 2, 3])
    await storage.digests.show(7, 9, [4])

    assert pushed == {stories[0].story_id}
    assert await had(storage, 7) == {each.story_id for each in stories[:3]}


async def test_a_digest_shows_the_articles_that_are_left(storage: Storage) -> None:
    await a_chat(storage)
    old, new = await an_article(storage, now=later(days=-99)), await an_article(storage)
    digest = a_digest(old, new)
    await storage.digests.write(digest, deliveries=[HELLO], slot=None)
    await storage.tidy(later(days=-30), later(days=-30))

    assert await storage.digests.get(7, 1) == replace(digest, items=digest.items[1:])


async def test_a_story_that_went_while_composing_holds_nothing_up(storage: Storage) -> None:
    await a_chat(storage)
    old, new = await an_article(storage, now=later(days=-99)), await an_article(storage)
    await storage.tidy(later(days=-30), later(days=-30))
    digest = a_digest(old, new)
    await storage.digests.write(digest, deliveries=[HELLO], slot=None)

    assert await storage.digests.get(7, 1) == replace(digest, items=digest.items[1:])
    assert new.story_id in await had(storage, 7)


async def test_a_chats_past_is_what_its_digests_showed_it_by_themselves_or_by_more_and_not_what_never_arrived(
    storage: Storage,
) -> None:
    for chat_id in (7, 8):
        await a_chat(storage, chat_id)
    one, two, three, lost = [await an_article(storage, name, url=f"https://a.example/{name}") for name in "abcd"]
    await storage.digests.write(a_digest(lost), deliveries=[HELLO], slot=None)
    delivery = await sending(storage)
    await settle(storage, delivery, replace(delivery, state="parked"))
    await storage.digests.write(a_digest(one, two, three, number=2, pushed=1), deliveries=[HELLO], slot=None)
    await storage.digests.show(7, 2, [3])
    await storage.digests.write(a_digest(two, chat_id=8), deliveries=[], slot=None)

    assert await storage.histories.past(7) == [
        Past(NOW, False, (("a", "https://a.example/a"), ("c", "https://a.example/c")))
    ]


async def test_a_delivery_knows_since_when_it_was_due_by_its_slot(storage: Storage) -> None:
    await a_chat(storage)
    slot = a_slot(await a_schedule(storage))
    late = replace(a_digest(await an_article(storage)), composed_at=slot.due_at + timedelta(minutes=3))
    await storage.digests.write(late, deliveries=[HELLO], slot=slot)
    await storage.digests.write(replace(late, number=2), deliveries=[HELLO], slot=None)

    waiting = await storage.outbox.of(7)
    assert [each.created_at for each in waiting] == [slot.due_at, late.composed_at]
    assert {each.not_before for each in waiting} == {late.composed_at}
