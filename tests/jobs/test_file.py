"""Filing: an entry becomes an article, on its topics and in its story."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from jobs.file import FORGET_EVERY, Shelves, file_entry, source_of
from news.article import Article, Entry
from news.feed import Feed
from news.sketches import joined, sketch
from news.topics import Taxonomy, Topic
from storage import Storage, Unavailable
from tests.jobs.given import NOW

TOPICS = Taxonomy(
    (Topic(slug="science", name="Science", sections=frozenset({"space"}), words=("comet", "astronomers")),)
)
TOLD = (
    "Comet Halloran passes Earth as astronomers watch from Atacama.",
    "The comet named Halloran passed Earth on Monday, astronomers at the Atacama observatory said.",
)


def entry(number: int, *, source: str = "The Herald", about: str = "") -> Entry:
    return Entry(
        headline=f"Comet Halloran passes Earth {about}",
        paragraphs=(*TOLD, f"{source} counted {number} sightings of Halloran."),
        url=f"https://{source.lower().replace(' ', '-')}.example/{number}",
        source=source,
        section="space",
    )


async def filed(storage: Storage, shelves: Shelves, one: Entry) -> Article:
    article = await file_entry(storage, shelves, one, feed=None, now=NOW)
    assert article is not None
    return article


@pytest.fixture
def shelves() -> Shelves:
    return Shelves(TOPICS)


async def test_an_entry_is_condensed_filed_and_told_as_a_story(sqlite: Storage, shelves: Shelves) -> None:
    article = await filed(sqlite, shelves, entry(1))
    story = await sqlite.stories.get(article.story_id)

    assert [filing.topic for filing in article.topics] == ["science"]
    assert article.bullets
    assert story is not None
    assert (story.sources, story.sketch) == (("The Herald",), sketch(entry(1)))


async def test_two_sources_that_tell_one_event_are_one_story(sqlite: Storage, shelves: Shelves) -> None:
    one = await filed(sqlite, shelves, entry(1))
    two = await filed(sqlite, shelves, entry(2, source="The Post"))
    other = await filed(sqlite, shelves, Entry(headline="Tariff on steel falls", paragraphs=("Ministers agreed.",)))

    assert one.story_id == two.story_id != other.story_id


async def test_many_who_tell_one_event_at_once_are_one_story_that_forgets_none_of_them(
    storage: Storage, shelves: Shelves
) -> None:
    entries = [entry(number, source=f"Source {number}") for number in range(8)]
    articles = await asyncio.gather(*(filed(storage, shelves, one) for one in entries))
    [story_id] = {article.story_id for article in articles}
    story = await storage.stories.get(story_id)
    order = sorted(articles, key=lambda article: article.id)
    expected = sketch(entries[articles.index(order[0])])
    for article in order[1:]:
        expected = joined(expected, sketch(entries[articles.index(article)]))

    assert story is not None
    assert set(story.sources) == {f"Source {number}" for number in range(8)}
    assert story.sketch == pytest.approx(expected)


async def test_a_rerun_is_filed_nowhere(sqlite: Storage, shelves: Shelves) -> None:
    await filed(sqlite, shelves, entry(1))

    assert await file_entry(sqlite, shelves, entry(1), feed=None, now=NOW) is None
    assert await sqlite.articles.count() == 1


async def test_rounds_side_by_side_take_the_stories_up_once(sqlite: Storage, shelves: Shelves) -> None:
    later = NOW + timedelta(seconds=1)
    await asyncio.gather(*(shelves.forget_now_and_then(sqlite, now) for now in (NOW, later)))

    assert shelves.remembered_at == NOW


async def test_stories_are_taken_up_again_after_a_restart_and_ended_ones_forgotten(
    sqlite: Storage, shelves: Shelves
) -> None:
    first = await filed(sqlite, shelves, entry(1))
    restarted = Shelves(TOPICS)
    await restarted.forget_now_and_then(sqlite, NOW + timedelta(days=6))
    remembered = restarted.remembered_at
    await restarted.forget_now_and_then(sqlite, NOW + timedelta(days=6, hours=5))
    second = await filed(sqlite, restarted, entry(2, source="The Post"))
    at_first = restarted.remembered_at
    await restarted.forget_now_and_then(sqlite, NOW + timedelta(days=8))
    third = await filed(sqlite, restarted, entry(3, source="The Times"))

    assert remembered == at_first == NOW + timedelta(days=6)
    assert second.story_id == first.story_id != third.story_id


async def two_that_are_one(storage: Storage, shelves: Shelves) -> tuple[Article, Article]:
    """Two stories of one event, as if the second had come when the first was not known."""
    first = await filed(storage, shelves, entry(1))
    return first, await filed(storage, Shelves(TOPICS, knows=first.id), entry(2, source="The Post"))


async def test_the_second_look_makes_one_story_of_two_and_the_next_entry_finds_it(
    storage: Storage, shelves: Shelves
) -> None:
    first, second = await two_that_are_one(storage, shelves)
    await shelves.remember(storage, NOW)
    changed = await shelves.look_again(storage, NOW)
    third = await filed(storage, shelves, entry(3, source="The Times"))
    story = await storage.stories.get(first.story_id)

    assert first.story_id != second.story_id
    assert changed == 2
    assert third.story_id == first.story_id
    assert story is not None
    assert story.sources == ("The Herald", "The Post", "The Times")
    assert await shelves.look_again(storage, NOW) == 0


async def test_a_second_look_at_nothing_new_costs_nothing(storage: Storage, shelves: Shelves) -> None:
    await filed(storage, shelves, entry(1))
    await shelves.look_again(storage, NOW)
    shelves.sketches.clear()
    await shelves.look_again(storage, NOW)
    assert shelves.sketches == {}

    second = await filed(storage, shelves, entry(2, source="The Post"))
    await shelves.look_again(storage, NOW)
    assert second.id in shelves.sketches


async def unavailable(since: datetime) -> list[int]:
    raise Unavailable("it is elsewhere")


async def test_stories_that_could_not_be_taken_up_are_taken_up_at_the_next_round(
    storage: Storage, shelves: Shelves
) -> None:
    first = await filed(storage, shelves, entry(1))
    await shelves.forget_now_and_then(storage, NOW)
    shelves.remembered_at = NOW - FORGET_EVERY
    away = SimpleNamespace(articles=storage.articles, stories=SimpleNamespace(recent=unavailable))
    with pytest.raises(Unavailable):
        await shelves.forget_now_and_then(cast(Storage, away), NOW)

    await shelves.forget_now_and_then(storage, NOW)
    assert (await filed(storage, shelves, entry(1, source="The Post"))).story_id == first.story_id


async def test_the_second_look_takes_apart_headlines_that_are_no_story(storage: Storage, shelves: Shelves) -> None:
    ferry = await filed(
        storage, shelves, Entry(headline="Ferry Halvard aground near Orsund", url="https://a.example/1")
    )
    bank = Entry(headline="Vessia bank lifts rate", url="https://a.example/2")
    await storage.articles.add(
        bank, story_id=ferry.story_id, sketch={}, keys=["2"], bullets=(), topics=(), source="-", feed_id=None, now=NOW
    )
    await shelves.remember(storage, NOW)

    assert await shelves.look_again(storage, NOW) == 2
    bank_again = await filed(storage, shelves, replace(bank, url="https://b.example/2"))
    assert bank_again.story_id != ferry.story_id
    assert len(await storage.stories.articles(bank_again.story_id)) == 2


async def test_the_second_look_is_taken_by_itself_every_few_minutes(sqlite: Storage, shelves: Shelves) -> None:
    await shelves.forget_now_and_then(sqlite, NOW)
    first, second = await two_that_are_one(sqlite, shelves)
    await shelves.forget_now_and_then(sqlite, NOW + timedelta(minutes=4))
    assert await sqlite.stories.get(second.story_id) is not None
    await shelves.forget_now_and_then(sqlite, NOW + timedelta(minutes=5))

    assert await sqlite.stories.get(second.story_id) is None
    assert len(await sqlite.stories.articles(first.story_id)) == 2


async def test_a_clock_that_was_hours_ahead_puts_no_second_look_off(sqlite: Storage, shelves: Shelves) -> None:
    await shelves.forget_now_and_then(sqlite, NOW + timedelta(hours=9))
    _, second = await two_that_are_one(sqlite, shelves)
    await shelves.forget_now_and_then(sqlite, NOW + timedelta(hours=1))

    assert shelves.remembered_at == NOW + timedelta(hours=1)
    assert await sqlite.stories.get(second.story_id) is None


@pytest.mark.parametrize(
    ("title", "source", "byline", "expected"),
    [
        ("Herald", "Site", "Web Desk", "Herald"),
        (None, "Site", "Web Desk", "Site"),
        (None, None, "Web Desk", "Web Desk"),
        (None, None, None, "unknown"),
    ],
)
def test_sources_are_counted_by_the_publishers_name(
    title: str | None, source: str | None, byline: str | None, expected: str
) -> None:
    feed = Feed(id=1, url="https://herald.example", next_due_at=NOW, title=title)

    assert source_of(Entry(headline="Comet", source=source, byline=byline), feed) == expected


def test_an_entry_of_no_feed_is_its_own_sources() -> None:
    assert source_of(Entry(headline="Comet", source="Site"), None) == "Site"


async def test_two_processes_that_tell_one_event_at_once_find_one_story(storage: Storage, database_url: str) -> None:
    other = await Storage.open(database_url)
    processes = [(storage, Shelves(TOPICS)), (other, Shelves(TOPICS))]
    entries = [entry(number, source=f"Source {number}") for number in range(12)]
    articles = await asyncio.gather(*(filed(*processes[at % 2], one) for at, one in enumerate(entries)))
    await other.close()
    [story_id] = {article.story_id for article in articles}
    story = await storage.stories.get(story_id)

    assert story is not None
    assert set(story.sources) == {f"Source {number}" for number in range(12)}
