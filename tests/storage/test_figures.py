"""Figures for an operator: what waits, what could not be handled, how feeds are, what became of digests."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from news.answers import Accepted, ChatGone, Unknown
from news.feed import answered, failed, gone
from storage import End, Storage
from storage import figures as module
from tests.storage.given import HELLO, NOW, a_chat, doubtful, ends_with, later, statements


async def test_what_waits_is_counted_and_since_when_it_is_due(storage: Storage) -> None:
    for chat_id in (7, 8, 9):
        await a_chat(storage, chat_id)
    before = await storage.figures(NOW)
    await doubtful(storage, 7)  # due again after thirty seconds
    await storage.outbox.add(8, HELLO, now=later(seconds=-90))
    await storage.outbox.add(7, HELLO, now=later(days=-1))  # waits for what is in doubt
    await storage.outbox.add(9, HELLO, now=later(days=1))
    after = await storage.figures(later(seconds=10))

    assert (Counter(before.waiting).total(), before.due_since) == (0, None)
    assert after.waiting == {"pending": 3, "claimed": 0, "sending": 0, "doubt": 1}
    assert after.due_since == later(seconds=-90)
    assert after.bytes > 100_000
    assert re.fullmatch(r"(SQLite|PostgreSQL) \d+\.\d+.*", after.version)


async def test_updates_that_wait_and_those_set_aside_are_counted(storage: Storage) -> None:
    await storage.inbox.take_in([(number, 7, "{}") for number in (1, 2, 3, 4)], NOW)
    await storage.inbox.turn(begin=[1])
    await storage.inbox.turn(done=[1], begin=[2])
    for _ in range(3):
        await storage.inbox.failed(2, "it is odd")
        await storage.inbox.turn(begin=[2])
    await storage.inbox.turn(begin=[3])
    found = await storage.figures(NOW)

    assert (found.unhandled, found.set_aside) == (2, 1)


async def test_feeds_are_counted_by_how_they_are(storage: Storage) -> None:
    urls = [f"https://example.org/{number}.xml" for number in range(6)]
    well, failing, lost, silent, _, _ = [
        await storage.feeds.add(url, now=NOW, is_shared="5" not in url) for url in urls
    ]
    said: dict[str, Any] = {"etag": None, "last_modified": None, "body_hash": None, "title": None, "site_url": None}
    await storage.feeds.record(answered(well, now=NOW, listed=["a"], **said))
    await storage.feeds.record(failed(failing, "It does not answer.", now=NOW))
    await storage.feeds.record(gone(lost, "It is no more.", now=NOW))
    long_ago = later(days=-90)
    heard = answered(silent, now=long_ago, listed=["a"], **said)
    await storage.feeds.record(replace(heard, refreshed_at=NOW))
    found = await storage.figures(NOW)

    assert found.feeds == {"well": 1, "failing": 1, "gone": 1, "silent": 1, "never read": 1, "not followed": 1}


async def test_what_became_of_digests_of_a_day_is_told_with_the_reasons(storage: Storage) -> None:
    await ends_with(storage, 1, Unknown("a reason of last week"), NOW - timedelta(days=7))
    for chat_id in (2, 3, 4):
        await ends_with(storage, chat_id, Accepted(chat_id), NOW - timedelta(hours=2))
    for chat_id in (5, 6):
        await ends_with(storage, chat_id, ChatGone("bot was blocked by the user"), NOW - timedelta(hours=2))
    await ends_with(storage, 7, Unknown("nobody told us of this"), NOW)
    await ends_with(storage, 8, None, NOW)
    await storage.outbox.add(8, HELLO, now=NOW)  # no digest
    found = await storage.ends(NOW - timedelta(days=1))

    assert found[:2] == [End("sent", None, 3), End("cancelled", "bot was blocked by the user", 2)]
    assert set(found[2:]) == {End("parked", "nobody told us of this", 1), End("pending", None, 1)}
    assert await storage.ends(NOW + timedelta(days=1)) == []


async def test_no_figure_goes_through_all_deliveries_or_digests(sqlite_url: str) -> None:
    storage = await Storage.open(sqlite_url)
    with statements(storage) as asked:
        await storage.figures(NOW)
        await storage.ends(NOW)
    plans = []
    async with storage._database.read() as connection:
        for statement, parameters in asked:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans += [row.detail for row in plan]
        # Least and greatest of a column with an index are looked up in it, which the plan does not say.
        at = await connection.execute(text("EXPLAIN SELECT max(id) - 5 FROM digests"))
        assert "Last" in {row[1] for row in at}
    await storage.close()

    of_many = [step for step in plans if "outbox" in step or "digests" in step]
    assert len(of_many) == 11
    assert [step for step in of_many if "SCAN" in step and "uq_outbox_in_flight" not in step] == []
    assert [step for step in of_many if "INDEX" not in step] == ["SEARCH digests"]
    assert module.MOST_DIGESTS == 100_000
