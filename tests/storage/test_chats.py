"""Chats: they join, change, become supergroups, and are forgotten."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import literal, select

from news.chat import Chat
from news.messages.message import Message
from storage import Missing, Storage, tables
from storage.chats import THEIRS
from tests.storage.given import (
    HELLO,
    LEASE,
    NOW,
    a_chat,
    a_digest,
    a_schedule,
    a_slot,
    an_article,
    begun,
    had,
    later,
    next_number,
    sending,
    settle,
    traces,
)

OLD, NEW = -17, -100_000_000_017
NUMBER = 70_000_007
"""Of a chat, and of nothing else."""
GROUP = Chat(
    id=OLD,
    kind="group",
    joined_at=NOW,
    title="Family",
    language="de",
    zone="Europe/Berlin",
    look="rich",
    state="paused",
    reason="not enough rights",
    awaiting="city:17",
)


async def test_a_chat_joins_once_and_comes_back_with_every_field(storage: Storage) -> None:
    assert await storage.chats.join(GROUP) == (GROUP, True)
    assert await storage.chats.join(replace(GROUP, title="Other")) == (GROUP, False)
    assert await storage.chats.get(OLD) == GROUP
    assert await storage.chats.get(NEW) is None


async def test_any_field_of_a_chat_can_be_changed(storage: Storage) -> None:
    await a_chat(storage)
    changes: dict[str, Any] = {
        "title": "Me",
        "language": "fr",
        "zone": "Asia/Tokyo",
        "look": "rich",
        "awaiting": "city:1",
    }
    changed = await storage.chats.update(7, **changes)

    assert changed == Chat(id=7, kind="private", joined_at=NOW, **changes)
    assert await storage.chats.get(7) == changed == await storage.chats.update(7)


async def test_a_field_that_chats_have_not_is_refused(storage: Storage) -> None:
    await a_chat(storage)

    with pytest.raises(TypeError, match="a chat has no id, mood to change"):
        await storage.chats.update(7, mood="good", id=8)


async def test_a_chat_that_has_gone_cannot_be_changed(storage: Storage) -> None:
    with pytest.raises(Missing):
        await storage.chats.update(7, language="fr")


async def fill(storage: Storage, chat_id: int, word: str = "word") -> None:
    """Something of the chat in every table that keeps something of chats."""
    await storage.subscriptions.add(chat_id, "topic", f"{word} topic", NOW)
    await storage.subscriptions.add(chat_id, "words", f"{word} words", NOW)
    schedule = await a_schedule(storage, chat_id)
    article = await an_article(storage)
    digest = a_digest(article, chat_id=chat_id)
    await storage.digests.write(digest, deliveries=[Message(html=word)], slot=a_slot(schedule))
    await storage.shelf.save(chat_id, article.id, NOW)
    await storage.shelf.put_place(chat_id, article.id, 41, NOW)
    await storage.votes.vote(chat_id, 5, article.story_id, [("topic", word)], 1, NOW)
    await storage.keepers.keep(5, chat_id)


async def count(storage: Storage, chat_id: int) -> dict[str, int]:
    """How many rows each table keeps of the chat."""
    async with storage._database.read() as connection:
        return {
            table.name: len((await connection.execute(table.select().where(table.c.chat_id == chat_id))).all())
            for table, _ in THEIRS
        }


async def test_a_group_that_becomes_a_supergroup_keeps_everything(storage: Storage) -> None:
    await storage.chats.join(GROUP)
    await fill(storage, OLD)
    before = await count(storage, OLD)
    await storage.chats.migrate(OLD, NEW)
    await storage.chats.migrate(OLD, NEW)
    await storage.chats.migrate(NEW, NEW)

    assert all(before.values())
    assert await count(storage, NEW) == before
    assert await storage.chats.get(OLD) is None
    expected = replace(GROUP, id=NEW, kind="supergroup", state="active", reason=None)
    assert await storage.chats.get(NEW) == expected
    assert [each.message.html for each in await storage.outbox.claim("me", now=NOW, lease=LEASE, limit=9)] == ["word"]


async def test_a_supergroup_that_was_known_already_takes_over_the_groups_settings(storage: Storage) -> None:
    await storage.chats.join(replace(GROUP, state="stopped", reason="asked for"))
    await fill(storage, OLD, "old")
    await storage.chats.join(Chat(id=NEW, kind="supergroup", joined_at=later(hours=1)))
    await fill(storage, NEW, "new")
    await storage.subscriptions.add(NEW, "topic", "old topic", NOW)
    told = await had(storage, OLD) | await had(storage, NEW)
    await storage.chats.migrate(OLD, NEW)

    moved = await storage.chats.get(NEW)
    assert moved == replace(GROUP, id=NEW, kind="supergroup", state="stopped", reason="asked for")
    assert {each.value for each in await storage.subscriptions.of(NEW)} == {
        "old topic",
        "old words",
        "new topic",
        "new words",
    }
    assert len(await storage.schedules.of(NEW)) == 1
    assert await had(storage, NEW) == told
    assert await next_number(storage, NEW) == 3
    assert [each.message.html for each in await storage.outbox.of(NEW)] == ["old", "new"]


async def test_a_message_in_flight_while_the_group_moves_is_settled_in_the_supergroup(storage: Storage) -> None:
    await storage.chats.join(replace(GROUP, state="active"))
    await storage.outbox.add(OLD, HELLO, now=NOW)
    flying = await sending(storage)
    await storage.chats.migrate(OLD, NEW)

    assert await settle(storage, flying, replace(flying, state="pending", lease_owner=None, lease_until=None))
    assert [(each.chat_id, each.state) for each in await storage.outbox.of(NEW)] == [(NEW, "pending")]


@pytest.mark.parametrize(
    ("old", "new", "landed"),
    [
        ("claimed", "claimed", ["claimed", "pending"]),
        ("sending", "claimed", ["sending", "pending"]),
        ("claimed", "sending", ["pending", "sending"]),
        ("sending", "sending", ["doubt", "sending"]),
    ],
)
async def test_of_two_messages_in_flight_when_chats_meet_one_flies_on(
    storage: Storage, old: str, new: str, landed: list[str]
) -> None:
    for chat_id, state in ((OLD, old), (NEW, new)):
        await storage.chats.join(Chat(id=chat_id, kind="group", joined_at=NOW))
        await storage.outbox.add(chat_id, HELLO, now=NOW)
        [claimed] = await storage.outbox.claim("me", now=NOW, lease=LEASE, limit=1)
        if state == "sending":
            await begun(storage, claimed)
    await storage.chats.migrate(OLD, NEW)

    deliveries = await storage.outbox.of(NEW)
    assert [each.state for each in deliveries] == landed
    assert [each.doubt for each in deliveries] == [int(each.state == "doubt") for each in deliveries]


async def test_a_message_that_was_in_doubt_twice_is_given_up_where_it_cannot_fly_on_when_chats_meet(
    storage: Storage,
) -> None:
    for chat_id in (OLD, NEW):
        await a_chat(storage, chat_id)
    digest = replace(a_digest(await an_article(storage), chat_id=OLD), number=1)
    await storage.digests.write(digest, deliveries=[HELLO], slot=None)
    now = NOW
    for _ in range(2):
        await sending(storage, now=now)
        now += LEASE
        await storage.outbox.recover(now)
        now += timedelta(minutes=2)
    await sending(storage, now=now)
    await storage.outbox.add(NEW, HELLO, now=now)
    await sending(storage, now=now)
    await storage.chats.migrate(OLD, NEW)

    given_up, other = await storage.outbox.of(NEW)
    assert (given_up.state, given_up.doubt, other.state) == ("parked", 3, "sending")
    assert (await storage.histories.of([NEW], NOW))[NEW].told == frozenset()


async def test_a_chat_with_more_articles_than_a_statement_takes_parameters_can_be_forgotten(storage: Storage) -> None:
    await a_chat(storage)
    feed = await storage.feeds.add("https://example.org/feed", now=NOW, is_shared=False)
    await storage.subscriptions.add(7, "feed", str(feed.id), NOW)
    first = await an_article(storage, feed_id=feed.id)
    async with storage._database.write() as connection:
        others = [each.name for each in tables.articles.c if each.name != "id"]
        row = (await connection.execute(select(tables.articles))).mappings().one()
        numbers = select(literal(0).label("n")).cte("numbers", recursive=True)
        numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < 33_000))
        copies = select(*(literal(row[each], tables.articles.c[each].type) for each in others), numbers.c.n + 1_000)
        await connection.execute(tables.articles.insert().from_select([*others, "id"], copies, include_defaults=False))
    await storage.chats.forget(7)

    assert await storage.articles.count() == 0
    assert await storage.articles.get(first.id) is None


async def test_a_forgotten_chat_leaves_no_row(storage: Storage) -> None:
    await a_chat(storage, 8)
    await fill(storage, 8)
    others = await count(storage, 8)
    await a_chat(storage, NUMBER)
    await fill(storage, NUMBER)
    await storage.votes.vote(8, NUMBER, 1, [("topic", "word")], 1, NOW)
    await storage.keepers.keep(NUMBER, 8)
    await storage.inbox.take_in([(1, NUMBER, f'{{"chat": {NUMBER}}}')], NOW)
    await storage.inbox.turn(begin=[1])
    kept = await traces(storage, NUMBER)
    await storage.chats.forget(NUMBER)

    assert kept.keys() >= {
        "chats.id",
        "votes.person_id",
        "keepers.person_id",
        "inbox.payload",
        *(f"{one.name}.chat_id" for one, _ in THEIRS),
    }
    assert await traces(storage, NUMBER) == {}
    assert await count(storage, 8) == others
    assert await storage.outbox.claim("me", now=NOW, lease=LEASE, limit=1) == await storage.outbox.of(8)


async def test_no_file_of_the_database_remembers_a_word_of_a_forgotten_chat(sqlite_url: str, tmp_path: Path) -> None:
    storage = await Storage.open(sqlite_url)
    canary = "kanarienvogel"
    await storage.chats.join(replace(GROUP, title=canary, reason=canary, awaiting=canary, zone=canary))
    await fill(storage, OLD, canary)
    feed = await storage.feeds.add(f"https://{canary}.example", now=NOW, title=canary, is_shared=False)
    await storage.subscriptions.add(OLD, "feed", str(feed.id), NOW)
    await storage.chats.forget(OLD)
    found = [path.name for path in tmp_path.glob("news.db*") if canary.encode() in path.read_bytes()]
    await storage.close()

    assert found == []
    assert canary.encode() not in (tmp_path / "news.db").read_bytes()


async def test_a_private_feed_is_forgotten_with_the_last_chat_that_follows_it(storage: Storage) -> None:
    for chat_id in (7, 8):
        await a_chat(storage, chat_id)
    alone = await storage.feeds.add("https://one.example", now=NOW, is_shared=False)
    both = await storage.feeds.add("https://two.example", now=NOW, is_shared=False)
    public = await storage.feeds.add("https://three.example", now=NOW)
    for chat_id, feed in [(7, alone), (7, both), (8, both), (7, public)]:
        await storage.subscriptions.add(chat_id, "feed", str(feed.id), NOW)
    forgotten = await an_article(storage, "Forgotten", feed_id=alone.id)
    kept = await an_article(storage, "Kept", feed_id=alone.id)
    await storage.shelf.save(8, kept.id, NOW)
    await storage.chats.forget(7)

    assert await storage.feeds.all() == [both, public]
    assert await storage.articles.get(forgotten.id) is None
    assert await storage.articles.visible(kept.id, 8) is not None
    assert (await storage.search.find("forgotten", chat_id=None, now=NOW)).total == 0


def test_every_table_with_rows_of_a_chat_follows_and_is_forgotten() -> None:
    theirs = {table for table in tables.metadata.tables.values() if "chat_id" in table.c}
    # The inbox knows chats that are not known yet; tests/storage/test_inbox.py shows that it obeys too.
    keyed = {table for table in tables.metadata.tables.values() if "chat_key" in table.c}

    assert keyed == {tables.inbox}
    assert theirs == {table for table, _ in THEIRS}
    assert all(key.ondelete == "CASCADE" for table in theirs for key in table.c.chat_id.foreign_keys)
    assert all(table.c.chat_id.foreign_keys for table in theirs)
