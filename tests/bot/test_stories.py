"""Followed stories as their readers meet them: followed and stopped with a tap, told at once, listed, explained."""

from __future__ import annotations

import pytest

from bot.desk import Desk
from news.alerts import MOST_ALERTS
from news.article import Article, Bullet, Entry, Filing
from tests.bot.given import Founding, Joining
from tests.bot.talking import KEYS, Clock, Person, buttons, words
from tests.jobs.test_updates import AGAIN, FERRY, HOLE


async def told(desk: Desk, *lines: str, story_id: int | None = None) -> Article:
    """An article of a story, or of one of its own."""
    number = next(KEYS)
    article = await desk.storage.articles.add(
        Entry(headline=f"Ferry aground, part {number}", paragraphs=lines, language="en", source="The Herald"),
        keys=[f"key-{number}"],
        bullets=[Bullet(each, "extract") for each in lines],
        topics=[Filing("world", 0.9)],
        story_id=story_id,
        sketch={"ferry": 1.0},
        source=f"Paper {number}",
        feed_id=None,
        now=desk.clock(),
    )
    assert article
    return article


async def opened(desk: Desk, reader: Person, article: Article) -> dict[str, object]:
    """The article as the reader opens it in the latest digest."""
    return await reader.open(await reader.say("/digest"), "1")


@pytest.mark.parametrize("look", ["classic", "rich"])
async def test_a_story_followed_with_a_tap_is_told_on_at_once_explained_and_stopped_where_it_is_told(
    desk: Desk, reader: Person, clock: Clock, look: str
) -> None:
    await reader.follows(desk, "world")
    await desk.storage.chats.update(reader.chat_id, look=look)
    first = await told(desk, *FERRY)
    digest = await reader.say("/digest")
    article = await reader.tap(await reader.open(digest, "1"), "Follow story")
    assert "Following ✓" in buttons(article)
    assert reader.toasts == [
        "What is new in this story comes at once now. You follow it for 5 days after its last news, 30 at most; "
        "/alert shows until when."
    ]
    clock.tick(minutes=1)
    await told(desk, AGAIN, HOLE, story_id=first.story_id)
    news = await reader.sees("New in a story you follow")
    assert HOLE in words(news)
    assert AGAIN not in words(news)
    assert news["reply_to_message"]["message_id"] == digest["message_id"]
    why = words(await reader.say("/why 1", reply_to_message_id=news["message_id"]))
    assert why.startswith("Why you were told this at once, today, 19:31\n")
    assert "• You follow this story, and this says something new of it." in why
    assert list(buttons(news)) == ["1", "Stop following", "Settings"]
    stopped = await reader.tap(news, "Stop following")
    assert list(buttons(stopped)) == ["1", "Settings"]
    assert words(stopped) == words(news)
    await reader.press(stopped, buttons(news)["Stop following"])
    assert reader.toasts[1:] == ["You no longer follow this story.", "You do not follow this story any more."]
    assert "You followed this story then" in words(await reader.say("/why 1", reply_to_message_id=news["message_id"]))
    assert await desk.storage.subscriptions.alerts(reader.chat_id) == []


async def test_followed_stories_are_listed_with_alerts_until_when_and_stopped_there_or_at_the_article(
    desk: Desk, reader: Person
) -> None:
    await reader.follows(desk, "world")
    first = await told(desk, *FERRY)
    article = await opened(desk, reader, first)
    for _ in range(3):  # followed, stopped, followed
        await reader.press(article, f"follow:{first.id}:0")
    await reader.keeps("/alert comet")
    panel = await reader.say("/alert")
    assert words(panel).split("\n")[:3] == [
        "Your alerts, and stories you follow",
        "“comet”",
        f"“{first.headline}”, until Friday, 27 November",
    ]
    assert "You follow a story for 5 days after its last news, 30 at most." in words(panel)
    panel = await reader.tap(panel, f"✕ “{first.headline}")
    assert list(buttons(panel)) == ["✕ “comet”"]
    assert reader.toasts[-1] == "You no longer follow this story."
    assert words(await reader.say("/subscriptions")).count("\n") == 2


async def test_alerts_and_followed_stories_together_are_as_many_as_a_chat_may_have(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    first = await told(desk, *FERRY)
    for at in range(MOST_ALERTS):
        await desk.storage.subscriptions.add(reader.chat_id, "alert", f"word{at}", desk.clock())
    article = await opened(desk, reader, first)
    said = await reader.press(article, f"follow:{first.id}:0")
    assert said.startswith("You have 20 alerts and followed stories, which is the most.")
    assert "Follow story" in buttons(await reader.again(article))


async def test_who_may_not_see_an_article_cannot_follow_its_story(desk: Desk, reader: Person, joins: Joining) -> None:
    await reader.follows(desk, "world")
    shared = await told(desk, *FERRY)
    article = await opened(desk, reader, shared)
    feed = await desk.storage.feeds.add("https://a.example", now=desk.clock(), is_shared=False)
    hidden = await desk.storage.articles.add(
        Entry(headline="Hidden"),
        keys=["hidden"],
        bullets=(),
        topics=(),
        story_id=None,
        sketch={},
        source="A",
        feed_id=feed.id,
        now=desk.clock(),
    )
    assert hidden
    for data in (f"follow:{hidden.id}:0", "follow:999999:0", "follow:x:y", "follow"):
        assert (await reader.press(article, data)).startswith("This button is from an older message"), data
    assert await desk.storage.subscriptions.alerts(reader.chat_id) == []
    stranger = await joins("Other")
    theirs = await stranger.say("/help")
    assert await stranger.press(theirs, f"unstory:{shared.id}") == "You do not follow this story any more."


async def test_in_a_group_a_followed_story_is_the_groups_and_comes_to_it(
    desk: Desk, founds: Founding, clock: Clock
) -> None:
    group = await founds()
    await group.admin.follows(desk, "world")
    first = await told(desk, *FERRY)
    digest = await group.member.say("/digest")
    article = await group.member.open(digest, "1")
    assert "Following ✓" in buttons(await group.admin.tap(article, "Follow story"))
    clock.tick(minutes=1)
    await told(desk, HOLE, story_id=first.story_id)
    news = await group.member.sees("New in a story you follow")
    [link] = [each["url"] for each in news["entities"] if each["type"] == "text_link"]
    assert link.endswith(f"/{digest['message_id']}")
