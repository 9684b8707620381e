"""Articles: stored once, told as stories, and read only by those who may."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from news.article import Article, Bullet, Entry, Filing
from news.story import Story
from storage import Storage
from storage.telling import Telling
from tests.storage.given import NOW, a_chat, a_digest, an_article, later

ENTRY = Entry(
    headline="Ceasefire prospects dwindle",
    paragraphs=("First “paragraph”.", 'Second\n\nparagraph, with \\ and "quotes".', ""),
    publisher_bullets=("One.", "Two."),
    standfirst="As violence escalates, hopes fade.",
    byline="Web Desk",
    published="2024-11-02T06:59",
    section="world",
    language="en",
    guid="tag:example,1",
    url="https://herald.example/1",
    source="The Herald",
    image_url="https://herald.example/1.jpg",
    image_credit="channelnewsasia",
    is_teaser=True,
)


async def add(storage: Storage, entry: Entry, *keys: str, story_id: int | None = None) -> Article | None:
    return await storage.articles.add(
        entry,
        keys=keys,
        bullets=[],
        topics=[],
        story_id=story_id,
        sketch={},
        source="The Herald",
        feed_id=None,
        now=NOW,
    )


async def test_an_article_comes_back_with_every_field(storage: Storage) -> None:
    feed = await storage.feeds.add("https://herald.example/feed", now=NOW)
    bullets = (Bullet("One.", "publisher"), Bullet("First", "extract", 36, 41), Bullet("M", "model", 0, 2))
    article = await storage.articles.add(
        ENTRY,
        keys=["a", "b"],
        bullets=bullets,
        topics=[Filing("politics", 0.25), Filing("world", 0.75), Filing("world", 0.5)],
        story_id=None,
        sketch={"ceasefire": 2.5},
        source="The Herald",
        feed_id=feed.id,
        now=NOW,
    )

    assert article is not None
    assert article == Article(
        **{name: getattr(ENTRY, name) for name in Entry.__slots__},
        id=article.id,
        first_seen_at=NOW,
        feed_id=feed.id,
        story_id=article.story_id,
        bullets=bullets,
        topics=(Filing("world", 0.75), Filing("politics", 0.25)),
    )
    assert await storage.articles.get(article.id) == article
    assert article.text == ENTRY.text


async def test_an_entry_with_a_key_seen_before_is_a_rerun(storage: Storage) -> None:
    first = await add(storage, ENTRY, "guid", "url")
    rerun = await add(storage, ENTRY, "url", "hash")

    assert first is not None
    assert rerun is None
    assert await storage.articles.count() == 1
    assert len(await storage.stories.recent(NOW)) == 1


async def test_a_rerun_teaches_its_other_keys(storage: Storage) -> None:
    await add(storage, ENTRY, "guid")
    await add(storage, ENTRY, "guid", "new guid")

    assert await storage.articles.recognise([["unknown"]], NOW) == [False]
    assert await storage.articles.recognise([["unknown", "new guid"]], NOW) == [True]
    assert await add(storage, ENTRY, "new guid") is None


async def test_a_story_opens_with_its_first_article(storage: Storage) -> None:
    article = await an_article(storage, "A comet passes", source="The Herald")

    assert await storage.stories.get(article.story_id) == Story(
        id=article.story_id,
        headline="A comet passes",
        first_seen_at=NOW,
        last_seen_at=NOW,
        sources=("The Herald",),
        sketch={"comet": 1.0},
    )


async def test_a_story_grows_with_each_article_and_counts_a_source_once(storage: Storage) -> None:
    first = await an_article(storage, source="The Herald")
    second = await an_article(storage, story_id=first.story_id, source="The Post", now=later(hours=1))
    third = await an_article(storage, story_id=first.story_id, source="The Herald", now=later(hours=2))
    story = await storage.stories.get(first.story_id)

    assert story is not None
    assert story.sources == ("The Herald", "The Post")
    assert (story.first_seen_at, story.last_seen_at) == (NOW, later(hours=2))
    assert await storage.stories.articles(first.story_id) == [first, second, third]


def told(entry: Entry, source: str, *keys: str) -> Telling:
    return Telling(entry=entry, sketch={"ceasefire": 1.0}, keys=keys, bullets=(), topics=(), source=source)


async def test_entries_told_together_are_told_one_after_the_other(storage: Storage) -> None:
    other, third = (replace(ENTRY, paragraphs=(f"{word} " * 20,)) for word in ("truce", "talks"))
    some = [told(ENTRY, "The Herald", "a", "b"), told(other, "The Post", "c"), told(third, "The Times", "b", "d")]
    more = [told(third, "The Times", "d"), told(third, "The Sun", "e"), told(third, "The Mail", "f")]
    newest = await storage.articles.newest_id()

    def the_last(_: Telling, newer: Sequence[Story]) -> int | None:
        return newer[-1].id if newer else None

    together = [await storage.articles.tell(each, choose=the_last, knows=newest, now=NOW) for each in (some, more)]
    first, second, fourth, copy = (each for ids in together for each in ids if each is not None)
    article = await storage.articles.get(first)
    assert article is not None
    story = await storage.stories.get(article.story_id)
    assert story is not None

    assert [[each is None for each in ids] for ids in together] == [[False, False, True], [True, False, False]]
    assert [each.id for each in await storage.stories.articles(story.id)] == [first, second, fourth, copy]
    assert story.sources == ("The Herald", "The Post", "The Sun")
    assert story.sketch == {"ceasefire": 4.0}
    assert [await storage.articles.is_copy(each) for each in (first, second, fourth, copy)] == [False] * 3 + [True]


async def test_entries_of_several_feeds_told_together_are_for_those_whom_their_feeds_are_for(storage: Storage) -> None:
    public, private, gone = [
        await storage.feeds.add(f"https://herald.example/{name}", now=NOW, is_shared=name != "private")
        for name in ("public", "private", "gone")
    ]
    await storage.feeds.remove(gone.id)
    some = [
        replace(told(ENTRY, "The Herald", str(each.id)), feed_id=each.id) for each in (gone, private, public, private)
    ]
    ids = await storage.articles.tell(some, choose=lambda *_: None, now=NOW)
    latest = [each.id for each in await storage.articles.latest(9)]
    kept = [each and await storage.articles.get(each) for each in ids]

    assert latest == [ids[2]]
    assert [each and each.feed_id for each in kept] == [None, private.id, public.id, None]
    assert await storage.articles.recognise([[str(gone.id)]], NOW) == [False]


async def test_entries_told_together_are_stored_all_or_none(storage: Storage) -> None:
    def stumble(telling: Telling, _: Sequence[Story]) -> int | None:
        if telling.source == "The Post":
            raise ZeroDivisionError
        return None

    some = [told(ENTRY, "The Herald", "a"), told(ENTRY, "The Post", "b")]
    with pytest.raises(ZeroDivisionError):
        await storage.articles.tell(some, choose=stumble, now=NOW)

    assert await storage.articles.count() == 0
    assert await storage.articles.recognise([["a"]], NOW) == [False]
    assert await storage.articles.tell(some[:1], choose=lambda *_: None, now=NOW) != [None]


async def test_an_article_of_a_story_that_has_gone_opens_a_new_one(storage: Storage) -> None:
    article = await an_article(storage, story_id=99)

    assert article.story_id != 99
    assert await storage.stories.get(99) is None
    assert await storage.stories.get(article.story_id) is not None


async def test_an_article_of_a_feed_that_has_gone_is_not_stored(storage: Storage) -> None:
    stored = await storage.articles.add(
        ENTRY, keys=["a"], bullets=[], topics=[], story_id=None, sketch={}, source="", feed_id=99, now=NOW
    )

    assert stored is None
    assert await storage.articles.recognise([["a"]], NOW) == [False]


async def test_recent_stories_are_those_with_a_recent_article(storage: Storage) -> None:
    old = await an_article(storage, now=later(days=-5))
    grown = await an_article(storage, now=later(days=-5))
    await an_article(storage, story_id=grown.story_id, now=NOW)

    assert await storage.stories.recent(later(days=-1)) == [grown.story_id]
    assert await storage.stories.recent(later(days=-5)) == [old.story_id, grown.story_id]


async def test_the_latest_articles_come_newest_first(storage: Storage) -> None:
    one, two, three = [await an_article(storage, topics=["world"]) for _ in range(3)]
    await an_article(storage, topics=["sport"])

    assert await storage.articles.latest(2, topic="world") == [three, two]
    assert await storage.articles.latest(9, topic="world") == [three, two, one]
    assert len(await storage.articles.latest(9)) == 4


async def test_a_private_article_is_seen_only_by_chats_that_follow_had_or_saved_it(storage: Storage) -> None:
    for chat_id in (1, 2, 3, 4):
        await a_chat(storage, chat_id)
    feed = await storage.feeds.add("https://secret.example/feed", now=NOW, is_shared=False)
    article = await an_article(storage, "Secret comet", feed_id=feed.id, topics=["space"])
    await storage.subscriptions.add(1, "feed", str(feed.id), NOW)
    await storage.digests.write(a_digest(article, chat_id=2), deliveries=[], slot=None)
    await storage.shelf.save(3, article.id, NOW)

    assert [await storage.articles.visible(article.id, chat_id) == article for chat_id in (1, 2, 3, 4)] == [
        True,
        True,
        True,
        False,
    ]
    assert await storage.articles.latest(9) == []
    assert [(await storage.search.find("secret", chat_id=each, now=NOW)).total for each in (1, 2, 3, 4, None)] == [
        1,
        1,
        1,
        0,
        0,
    ]


async def test_related_articles_are_of_the_story_first_and_then_of_its_topics(storage: Storage) -> None:
    await a_chat(storage)
    this = await an_article(storage, topics=["space"])
    same_story = await an_article(storage, story_id=this.story_id)
    older = await an_article(storage, topics=["space"])
    newer = await an_article(storage, topics=["space", "sport"])
    await an_article(storage, topics=["sport"])

    assert await storage.articles.related(this.id, 7, limit=9) == [same_story, newer, older]
    assert await storage.articles.related(this.id, 7, limit=2) == [same_story, newer]
    assert await storage.articles.related(999, 7, limit=2) == []


async def test_topics_come_in_the_operators_order(storage: Storage) -> None:
    await storage.topics.put([("world", "World", 2), ("science", "Science", 1)])
    await storage.topics.put([("world", "The world", 0)])

    assert await storage.topics.all() == [("world", "The world"), ("science", "Science")]


async def test_a_rerun_is_recognised_by_any_key_and_then_by_its_others(storage: Storage) -> None:
    await add(storage, ENTRY, "guid")

    assert await storage.articles.recognise([["new", "newer"]], NOW) == [False]
    assert await storage.articles.recognise([["new", "newer"]], NOW) == [False]
    assert await storage.articles.recognise([["unknown"], ["guid", "new"]], NOW) == [False, True]
    assert await storage.articles.recognise([["new"]], NOW) == [True]


async def test_what_a_feed_still_says_after_a_year_is_not_forgotten(storage: Storage) -> None:
    await add(storage, ENTRY, "guid")
    await storage.articles.recognise([["guid"]], later(days=20))
    await storage.articles.recognise([["guid"]], later(days=300))
    await storage.tidy(NOW, later(days=299))

    assert await storage.articles.recognise([["guid"]], NOW) == [True]


async def test_an_article_is_found_by_its_address_by_those_who_may_see_it(storage: Storage) -> None:
    feed = await storage.feeds.add("https://private.example/feed", now=NOW, is_shared=False)
    for chat_id in (7, 8):
        await a_chat(storage, chat_id)
    await storage.subscriptions.add(7, "feed", str(feed.id), NOW)
    shared = await add(storage, replace(ENTRY, url="http://www.example.org/a/?utm_source=rss"), "a")
    private = await an_article(storage, url="https://private.example/b", feed_id=feed.id)
    newer = await add(storage, replace(ENTRY, url="https://example.org/a"), "c")

    assert await storage.articles.at_address("https://example.org/a#top", 8) == newer != shared
    assert await storage.articles.at_address("https://private.example/b", 7) == private
    assert await storage.articles.at_address("https://private.example/b", 8) is None
    assert await storage.articles.at_address("https://example.org/b", 7) is None
