"""Composing many chats at once: each gets what it would get alone."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs.compose import compose, compose_batch, compose_now
from jobs.round import Rounds
from news.votes import WeightKind
from storage import Storage
from tests.jobs.given import NOW, Clock, a_reader
from tests.storage.given import an_article

TOPICS = ("science", "world")
SOURCES = ("The Herald", "The Post")
ZONES = ("UTC", "Europe/London", "Atlantic/Reykjavik")
"""Where eight in the morning is the same moment."""


async def a_population(storage: Storage, dice: random.Random, count: int) -> None:
    """Chats of few kinds, news for all of them, and for each a history of its own."""
    feeds = [
        await storage.feeds.add(f"https://{at}.example", now=NOW, topic=TOPICS[at % 2], is_shared=at < 2)
        for at in range(3)
    ]
    await storage.feeds.record(replace(feeds[0], failing_since=NOW - timedelta(days=9)))
    for chat_id in range(1, count + 1):
        topics = dice.choice([(), ("science",), ("world",), TOPICS, TOPICS[::-1]])
        chat = await a_reader(
            storage,
            chat_id,
            topics=topics,
            zone=dice.choice(ZONES),
            look=dice.choice(["classic", "rich"]),
            language=dice.choice(["en", "sv", "de", "pt", "pt-br"]),
        )
        for kind, value in dice.sample(
            [
                ("feed", "1"),
                ("feed", "2"),
                ("feed", "3"),
                ("words", "comet"),
                ("words", "ferry port"),
                ("mute", "border"),
            ],
            6,
        ):
            if dice.random() < 0.2:
                await storage.subscriptions.add(chat.id, kind, value, NOW)  # type: ignore[arg-type]


async def some_news(storage: Storage, dice: random.Random, now: Any) -> None:
    known = [article.story_id for article in await storage.articles.latest(9)]
    for at in range(14):
        await an_article(
            storage,
            dice.choice(["Comet passes", "Ferry in port", "Border opens"]) + f" {at}",
            publisher=dice.choice([None, *SOURCES]),
            bullets=dice.randint(0, 3),
            topics=dice.sample(TOPICS, dice.randint(0, 2)),
            feed_id=dice.choice([None, 1, 2, 3]),
            story_id=dice.choice([None, None, *known]),
            now=now - timedelta(minutes=dice.randint(1, 600)),
        )


async def told(storage: Storage, count: int) -> list[Any]:
    """Everything each chat was told, and how."""
    found: list[Any] = []
    for chat_id in range(1, count + 1):
        digests = [await storage.digests.get(chat_id, number) for number in range(1, 9)]
        found.append(
            (
                [each and (each, each.edition) for each in digests],
                [(each.message, each.part, each.not_before) for each in await storage.outbox.of(chat_id)],
                [each.next_due_at for each in await storage.schedules.of(chat_id)],
            )
        )
    return found


async def lived(storage: Storage, seed: int, count: int, *, alone: bool) -> list[Any]:
    """Four days of a population, composed together or one by one, with all that parts their histories."""
    dice, clock = random.Random(seed), Clock()
    await a_population(storage, dice, count)
    for _ in range(4):
        if dice.random() < 0.8:
            await some_news(storage, dice, clock())
        ids = await storage.schedules.due_ids(clock(), 999)
        if alone:
            for each in ids:
                await compose_batch(Rounds(storage), [each], now=clock())
        else:
            await compose(storage, now=clock())
        for chat_id in dice.sample(range(1, count + 1), count // 3):
            latest = await storage.digests.latest(chat_id)
            kind = dice.choice(["more", "asked", "lost", "kept", "voted", "voted"])
            if kind == "voted":
                marks: list[tuple[WeightKind, str]] = [("topic", dice.choice(TOPICS)), ("source", dice.choice(SOURCES))]
                await storage.votes.vote(chat_id, 1, dice.randint(1, 9), marks, dice.choice([1, -1]), clock())
            if kind == "more" and latest:
                await storage.digests.show(chat_id, latest.number, [latest.pushed + 1, latest.pushed + 2])
            chat = await storage.chats.get(chat_id)
            assert chat
            if kind == "asked":
                await compose_now(storage, chat, now=clock(), topics=["world"])
            if kind == "lost":
                await storage.outbox.suspend(chat_id, "stopped", None, clock())
                await storage.outbox.resume(chat_id)
        clock.tick(days=dice.choice([1, 1, 3]))
    return await told(storage, count)


@pytest.mark.parametrize("seed", range(3))
async def test_every_chat_is_told_the_same_together_as_alone(sqlite_template: Path, tmp_path: Path, seed: int) -> None:
    lives = []
    for alone in (False, True):
        storage = await Storage.open(str(shutil.copy(sqlite_template, tmp_path / f"{alone}.db")))
        lives.append(await lived(storage, seed, 12, alone=alone))
        await storage.close()

    assert lives[0] == lives[1], seed
    assert Counter(bool(each) for chat in lives[0] for each in chat[0])[True] > 12


async def test_together_and_alone_are_the_same_on_postgresql_too(postgres_url: str, empty_postgres_url: str) -> None:
    lives = []
    for url, alone in ((postgres_url, False), (empty_postgres_url, True)):
        storage = await Storage.open(url)
        lives.append(await lived(storage, 11, 12, alone=alone))
        await storage.close()

    assert lives[0] == lives[1]
