"""Stories: copies count once, and articles move between stories that no digest has shown."""

from __future__ import annotations

from news.article import Entry
from news.sketches import sketch
from storage import Storage
from tests.storage.given import NOW, a_chat, a_digest, an_article, later

WIRE = tuple(f"On day {number} the harbour master counted {number * 7} boats that went out." for number in range(9))


async def test_a_copy_is_an_article_of_its_story_but_no_further_source(storage: Storage) -> None:
    first = await an_article(storage, "Ferry aground", *WIRE, source="The Wire")
    await an_article(storage, "Stranded!", *WIRE, story_id=first.story_id, source="The Herald")
    await an_article(storage, "What the captain said", story_id=first.story_id, source="The Post")
    story = await storage.stories.get(first.story_id)

    assert story is not None
    assert story.sources == ("The Wire", "The Post")
    assert len(await storage.stories.articles(first.story_id)) == 3


async def test_articles_move_and_both_stories_say_so(storage: Storage) -> None:
    one = await an_article(storage, source="The Herald", now=NOW)
    two = await an_article(storage, "Another thing", source="The Post", now=later(hours=1))
    stays = await an_article(storage, "A third thing", story_id=two.story_id, source="The Wire", now=later(hours=2))

    changed = await storage.stories.move({two.id: one.story_id}, {one.story_id: {"both": 1.0}})
    left, joined = await storage.stories.get(stays.story_id), await storage.stories.get(one.story_id)

    assert changed == {one.story_id, two.story_id}
    assert left is not None
    assert joined is not None
    assert (joined.sources, joined.last_seen_at, joined.sketch) == (
        ("The Herald", "The Post"),
        later(hours=1),
        {"both": 1.0},
    )
    assert (left.sources, left.first_seen_at) == (("The Wire",), later(hours=2))


async def test_a_story_left_empty_is_gone_and_a_newcomer_that_chose_it_opens_one(storage: Storage) -> None:
    one, two = await an_article(storage), await an_article(storage, "Another thing")
    await storage.stories.move({two.id: one.story_id}, {})
    late = await an_article(storage, "A late thing", story_id=two.story_id)

    assert await storage.stories.get(two.story_id) is None
    assert late.story_id not in (one.story_id, two.story_id)


async def test_an_article_leaves_no_story_that_a_digest_shows(storage: Storage) -> None:
    await a_chat(storage)
    shown, new = await an_article(storage), await an_article(storage, "Another thing")
    await storage.digests.write(a_digest(shown), deliveries=[], slot=None, thread_id=None, next_due_at=None)

    assert await storage.stories.move({shown.id: new.story_id}, {}) == set()
    assert await storage.stories.move({new.id: shown.story_id}, {}) == {shown.story_id, new.story_id}
    assert [each.is_told for each in await storage.stories.tellings(NOW, 10)] == [True, True]


async def test_what_came_apart_opens_a_story_with_the_headline_that_says_most_of_it(storage: Storage) -> None:
    bank = await an_article(storage, "Vessia bank lifts rate", source="The Herald")
    live = await an_article(storage, "Live", story_id=bank.story_id, source="The Post", now=later(hours=1))
    ferry = await an_article(storage, "Ferry Halvard aground", story_id=bank.story_id, now=later(hours=2))

    its = sketch(Entry(headline="Halvard ferry is aground off Orsund", language="en"))
    changed = await storage.stories.move({live.id: -1, ferry.id: -1}, {-1: its, bank.story_id: {"bank": 1.0}})
    opened = await storage.stories.get(max(changed))

    assert changed == {bank.story_id, max(changed)} != {bank.story_id}
    assert opened is not None
    assert (opened.headline, opened.first_seen_at, opened.sketch) == (ferry.headline, later(hours=1), its)
    assert [each.id for each in await storage.stories.articles(opened.id)] == [live.id, ferry.id]
    assert [each.id for each in await storage.stories.articles(bank.story_id)] == [bank.id]


async def test_moving_to_a_story_that_has_gone_changes_nothing(storage: Storage) -> None:
    one = await an_article(storage)
    assert await storage.stories.move({one.id: 999_999, 888_888: one.story_id}, {}) == set()


async def test_the_newest_articles_are_looked_at_oldest_first(storage: Storage) -> None:
    told = [await an_article(storage, f"Thing {number}", now=later(hours=number)) for number in range(4)]
    assert [each.article_id for each in await storage.stories.tellings(later(hours=1), 2)] == [told[2].id, told[3].id]
    assert await storage.articles.read([told[1].id, 999_999]) == [await storage.articles.get(told[1].id)]
    assert isinstance((await storage.articles.read([told[0].id]))[0], Entry)
