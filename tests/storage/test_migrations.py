"""Migrations of what real databases held before them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import time
from pathlib import Path

from sqlalchemy import text

from news.digest import Footer
from news.messages.message import Message
from storage import Storage
from storage.columns import fingerprint
from storage.engine import Database
from storage.migrate import MIGRATIONS, migrate
from tests.storage.given import NOW

BEFORE_SHARING = 3
BEFORE_REASONS = 8
BEFORE_PRINTS = 13
BEFORE_ALERTS = 14
BEFORE_STORIES = 15
WITH_REASONS = 16
MESSAGES = [Message(html="One", look="rich").to_json(), Message(html="Two").to_json()]
ROWS = [
    "INSERT INTO chats (id, kind, joined_at, language, look, state)"
    " VALUES (7, 'private', :now, 'en', 'classic', 'active'), (8, 'private', :now, 'en', 'classic', 'active')",
    "INSERT INTO schedules (id, chat_id, thread_id, times, days, epoch, changed_at, next_due_at)"
    " VALUES (1, 7, 0, '08:00', '0123456', 1, :now, :now)",
    "INSERT INTO stories (id, headline, first_seen_at, last_seen_at, sources, sketch)"
    " VALUES (11, 'A', :now, :now, '[]', '{}'), (12, 'B', :now, :now, '[]', '{}'), (13, 'C', :now, :now, '[]', '{}')",
    "INSERT INTO digests (id, chat_id, number, composed_at, pushed, topics, footer) VALUES"
    " (21, 7, 1, :now, 1, '[\"world\"]', '[[\"science\"],[]]'), (22, 8, 1, :now, 1, '[]', '[[],[]]')",
    "INSERT INTO digest_items"
    " (digest_id, position, story_id, article_id, topic, source_count, is_update, score, reason) VALUES"
    " (21, 1, 11, 31, 'world', 2, :no, 0.5, 'topic:world'), (21, 2, 12, 32, NULL, 1, :no, 0.4, ''),"
    " (21, 3, 13, 33, NULL, 1, :no, 0.3, ''), (22, 1, 11, 31, 'world', 2, :no, 0.5, '')",
    "INSERT INTO had (chat_id, story_id, digest_id) VALUES (7, 11, 21), (7, 13, 21)",
    "INSERT INTO outbox (id, chat_id, digest_id, part, message, state, attempt, doubt, not_before, is_rerendered,"
    " created_at) VALUES (41, 7, 21, 1, :one, 'sent', 1, 0, :now, :no, :now),"
    " (42, 8, 22, 1, :one, 'parked', 3, 3, :now, :no, :now), (43, 7, NULL, 1, :two, 'pending', 0, 0, :now, :no, :now)",
]
"""Two chats were told one story each; 7 saw a third by More, 8 was never reached."""


async def opened_at(version: int, url: str, folder: Path) -> Database:
    """A database as so many migrations leave it."""
    old = Path(shutil.copytree(MIGRATIONS, folder / "migrations"))
    for each in (old / "versions").glob("0*.py"):
        if int(each.name[:4]) > version:
            each.unlink()
    database = Database(url)
    await migrate(database, folder=old)
    return database


async def put(database: Database, rows: Sequence[str], values: Mapping[str, object]) -> None:
    """Writes what an older version left, each row with those of the values that it names; the database is then left."""
    async with database.write() as connection:
        for row in rows:
            await connection.execute(text(row), {name: each for name, each in values.items() if f":{name}" in row})
    await database.close()


async def test_digests_and_messages_of_before_they_were_shared_are_told_as_they_were(
    new_url: str, tmp_path: Path
) -> None:
    database = await opened_at(BEFORE_SHARING, new_url, tmp_path)
    now = NOW.replace(tzinfo=None).isoformat(" ", "microseconds") if database.is_sqlite else NOW
    async with database.write() as connection:
        for row in ROWS:
            values = {"now": now, "no": False, "one": MESSAGES[0], "two": MESSAGES[1]}
            named = {name: value for name, value in values.items() if f":{name}" in row}
            await connection.execute(text(row), named)
    await database.close()
    storage = await Storage.open(new_url)

    histories = await storage.histories.of([7, 8], NOW)
    assert {chat_id: (each.number, each.told) for chat_id, each in histories.items()} == {
        7: (1, frozenset({11, 13})),
        8: (1, frozenset()),
    }
    assert histories[8].in_vain == ((NOW, frozenset({11})),)
    digest = await storage.digests.get(7, 1)
    assert digest
    assert (digest.pushed, digest.topics, digest.footer.quiet_topics) == (1, ("world",), ("science",))
    deliveries = [each for chat_id in (7, 8) for each in await storage.outbox.of(chat_id)]
    assert [(each.id, each.state, each.message.to_json()) for each in deliveries] == [
        (41, "sent", MESSAGES[0]),
        (43, "pending", MESSAGES[1]),
        (42, "parked", MESSAGES[0]),
    ]
    async with storage._database.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM texts")) == 2
    [schedule] = await storage.schedules.of(7)
    assert schedule.next_due_at == NOW
    await storage.close()


async def test_articles_of_before_are_found_by_their_address(new_url: str, tmp_path: Path) -> None:
    database = await opened_at(BEFORE_REASONS, new_url, tmp_path)
    now = NOW.replace(tzinfo=None).isoformat(" ", "microseconds") if database.is_sqlite else NOW
    async with database.write() as connection:
        await connection.execute(
            text(
                "INSERT INTO stories (id, headline, first_seen_at, last_seen_at, sources, sketch)"
                " VALUES (11, 'A', :now, :now, '[]', '{}')"
            ),
            {"now": now},
        )
        for article_id, url in ((1, "http://www.example.org/a/"), (2, None), (3, "http://example.org/c?utm_source=x")):
            await connection.execute(
                text(
                    "INSERT INTO articles (id, story_id, first_seen_at, is_shared, headline, paragraphs,"
                    " publisher_bullets, bullets, is_teaser, bullet_count, text_length, url) VALUES"
                    " (:id, 11, :now, :yes, 'A', '[]', '[]', '[]', :no, 0, 0, :url)"
                ),
                {"id": article_id, "now": now, "yes": True, "no": False, "url": url},
            )
    await database.close()
    storage = await Storage.open(new_url)
    found = [await storage.articles.at_address(f"https://example.org/{each}", 7) for each in "abc"]

    assert [each and each.id for each in found] == [1, None, 3]
    await storage.close()


async def test_of_feeds_of_before_nothing_is_taken_for_known(new_url: str, tmp_path: Path) -> None:
    database = await opened_at(BEFORE_PRINTS, new_url, tmp_path)
    now = NOW.replace(tzinfo=None).isoformat(" ", "microseconds") if database.is_sqlite else NOW
    async with database.write() as connection:
        row = (
            "INSERT INTO feeds (url, url_hash, is_shared, next_due_at, interval, failures, answered_at, body_hash)"
            " VALUES ('https://herald.example/feed', :hash, :yes, :now, 1800, 0, :now, '5eed')"
        )
        await connection.execute(text(row), {"hash": b"0" * 16, "yes": True, "now": now})
    await database.close()
    storage = await Storage.open(new_url)
    [feed] = await storage.feeds.due(NOW, 9)

    assert (feed.known, feed.looked_up_at, feed.is_heavy, feed.is_behind) == (None, None, False, False)
    assert (feed.answered_at, feed.body_hash) == (NOW, "5eed")
    await storage.close()


async def test_articles_and_digests_of_before_there_were_alerts_have_nothing_to_do_with_them(
    new_url: str, tmp_path: Path
) -> None:
    database = await opened_at(BEFORE_ALERTS, new_url, tmp_path)
    now = NOW.replace(tzinfo=None).isoformat(" ", "microseconds") if database.is_sqlite else NOW
    rows = (
        "INSERT INTO chats (id, kind, joined_at, language, look, state)"
        " VALUES (7, 'private', :now, 'en', 'classic', 'active')",
        "INSERT INTO stories (id, headline, first_seen_at, last_seen_at, sources, sketch)"
        " VALUES (11, 'A', :now, :now, '[]', '{}')",
        "INSERT INTO articles (id, story_id, first_seen_at, is_shared, headline, paragraphs, publisher_bullets,"
        " bullets, is_teaser, bullet_count, text_length) VALUES (5, 11, :now, :yes, 'A', '[]', '[]', '[]', :no, 0, 0)",
        "INSERT INTO editions (id, key, pushed, topics, footer) VALUES (3, 'k', 0, '[]', '[[],[]]')",
        "INSERT INTO digests (id, chat_id, number, edition_id, composed_at, is_given_up)"
        " VALUES (21, 7, 1, 3, :now, :no)",
    )
    await put(database, rows, {"now": now, "yes": True, "no": False})
    storage = await Storage.open(new_url)
    await storage.subscriptions.add(7, "alert", "A", NOW)
    latest = await storage.digests.latest(7)

    assert latest
    assert (latest.number, latest.is_alert, latest.footer) == (1, False, Footer())
    assert not await storage.alerts.is_waiting(NOW)
    await storage.close()


async def test_chats_of_before_stories_could_be_followed_follow_what_they_did_and_are_quiet_at_night(
    new_url: str, tmp_path: Path
) -> None:
    database = await opened_at(BEFORE_STORIES, new_url, tmp_path)
    now = NOW.replace(tzinfo=None).isoformat(" ", "microseconds") if database.is_sqlite else NOW
    rows = (
        "INSERT INTO chats (id, kind, joined_at, language, look, state)"
        " VALUES (7, 'private', :now, 'en', 'classic', 'active')",
        "INSERT INTO subscriptions (chat_id, kind, value, value_hash, created_at)"
        " VALUES (7, 'topic', 'world', :world, :now), (7, 'alert', 'comet', :comet, :now), (7, 'mute', 'x', :x, :now)",
        "DELETE FROM subscriptions WHERE kind = 'mute'",
    )
    hashes = {name: fingerprint(name) for name in ("world", "comet", "x")}
    await put(database, rows, {"now": now, **hashes})
    storage = await Storage.open(new_url)
    added = await storage.subscriptions.add(7, "topic", "science", NOW)

    assert [(each.id, each.value) for each in await storage.subscriptions.of(7)] == [(1, "world"), (4, "science")]
    assert [(each.id, each.value, each.ends_at) for each in await storage.subscriptions.alerts(7)] == [
        (2, "comet", None)
    ]
    assert added.id == 4
    assert (await storage.chats.update(7)).quiet == (time(22), time(7))
    await storage.close()


async def test_a_slot_that_was_taken_before_slots_lost_their_reasons_stays_taken(new_url: str, tmp_path: Path) -> None:
    database = await opened_at(WITH_REASONS, new_url, tmp_path)
    now = NOW.replace(tzinfo=None).isoformat(" ", "microseconds") if database.is_sqlite else NOW
    rows = (
        "INSERT INTO chats (id, kind, joined_at, language, look, state)"
        " VALUES (7, 'private', :now, 'en', 'classic', 'active')",
        "INSERT INTO schedules (id, chat_id, thread_id, times, days, epoch, changed_at, next_due_at, failures)"
        " VALUES (1, 7, 0, '08:00', '0123456', 1, :now, :now, 0)",
        "INSERT INTO slots (schedule_id, epoch, local_date, ordinal, chat_id, due_at, state, reason)"
        " VALUES (1, 1, :day, 0, 7, :now, 'empty', 'nothing was new')",
    )
    today = NOW.date().isoformat() if database.is_sqlite else NOW.date()
    await put(database, rows, {"now": now, "day": today})
    storage = await Storage.open(new_url)

    async with storage._database.read() as connection:
        [kept] = (await connection.execute(text("SELECT * FROM slots"))).mappings()
    assert "reason" not in kept
    assert (kept["schedule_id"], kept["ordinal"], kept["state"]) == (1, 0, "empty")
    await storage.close()
