"""Texts from outside are kept whatever they hold, and times keep their moment."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.exc import StatementError

from news.article import Bullet, Entry, Filing
from news.chat import Chat
from news.messages.message import Button, Message
from storage import Storage
from tests.storage.given import NOW, a_chat

NASTY = "a\x00b\ud800c\udfff \x01\x02\x03 'quoted' \"too\" \\u0000 \\ 😀\u202e%_;--"
KEPT = "a\ufffdb\ufffdc\ufffd \x01\x02\x03 'quoted' \"too\" \\u0000 \\ 😀\u202e%_;--"


async def test_any_text_in_any_field_of_an_article_is_kept_place_for_place(storage: Storage) -> None:
    names = ["headline", "standfirst", "byline", "published", "section", "language", "guid", "url", "source"]
    texts: dict[str, Any] = dict.fromkeys([*names, "image_url", "image_credit"], NASTY)
    article = await storage.articles.add(
        Entry(**texts, paragraphs=(NASTY, ""), publisher_bullets=(NASTY,)),
        keys=[NASTY, "x" * 1_000_000],
        bullets=[Bullet(NASTY, "extract", 0, 3)],
        topics=[Filing(NASTY, 1.0)],
        story_id=None,
        sketch={NASTY: 1.0},
        source=NASTY,
        feed_id=None,
        now=NOW,
    )

    assert article is not None
    assert {getattr(article, name) for name in texts} == {KEPT}
    assert (article.paragraphs, article.publisher_bullets) == ((KEPT, ""), (KEPT,))
    assert (article.bullets, article.topics) == ((Bullet(KEPT, "extract", 0, 3),), (Filing(KEPT, 1.0),))
    assert await storage.articles.get(article.id) == article
    assert await storage.articles.recognise([[NASTY]], NOW) == [True]
    story = await storage.stories.get(article.story_id)
    assert story is not None
    assert (story.headline, story.sources, dict(story.sketch)) == (KEPT, (KEPT,), {KEPT: 1.0})


async def test_any_text_of_a_feed_or_a_chat_is_kept(storage: Storage) -> None:
    long = "https://example.org/" + "".join(chr(0x4E00 + each) for each in range(9_000))
    feed = await storage.feeds.add(long, now=NOW, title=NASTY)
    await storage.chats.join(Chat(id=7, kind="private", joined_at=NOW, title=NASTY))
    message = Message(html=NASTY, keyboard=((Button(text=NASTY, data="a"),),))
    delivery = await storage.outbox.add(7, message, now=NOW)

    assert await storage.feeds.by_url(long) == feed
    assert feed.title == KEPT
    chat = await storage.chats.get(7)
    assert chat is not None
    assert chat.title == KEPT
    assert delivery.message.keyboard[0][0].text.replace("\x00", "\ufffd") == KEPT


async def test_a_time_is_the_same_moment_in_utc_when_it_comes_back(storage: Storage) -> None:
    tokyo = timezone(timedelta(hours=9))
    moment = datetime(2026, 11, 22, 17, 30, 15, 123456, tzinfo=tokyo)
    await storage.chats.join(Chat(id=7, kind="private", joined_at=moment))
    chat = await storage.chats.get(7)

    assert chat is not None
    assert chat.joined_at == moment
    assert chat.joined_at.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(storage: Storage) -> None:
    await a_chat(storage)

    with pytest.raises(StatementError, match="says no time zone"):
        await storage.chats.update(7, joined_at=datetime(2026, 11, 22))
