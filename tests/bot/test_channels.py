"""Channels: managed from a private chat by those who may post there; their posts have no buttons of ours."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.desk import Desk
from news.messages import texts
from tests.bot.given import Joining
from tests.bot.talking import BOT, LONG, Clock, Person, an_article, buttons, some_news, until, words
from tests.sandbox.running import Json, RunningSandbox


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, its owner in their private chat with the bot, and a subscriber in theirs."""

    id: int
    owner: Person
    subscriber: Person
    telegram: RunningSandbox
    bot: int

    async def posts(self) -> list[Json]:
        return [each for each in await self.telegram.messages(self.id) if "For " not in words(each)[:4]]

    async def set_bot(self, status: str, **more: object) -> None:
        await self.telegram.set_member(self.id, self.bot, status, by=self.owner.id, **more)


@pytest.fixture
def opens(telegram: RunningSandbox, joins: Joining) -> Callable[..., Awaitable[Channel]]:
    """A new channel where the bot is made an administrator."""

    async def opens(title: str = "Harbour news") -> Channel:
        chat = await telegram.add_chat("channel", title)
        owner, subscriber = await joins("Owner"), await joins("Subscriber")
        await telegram.set_member(chat["id"], owner.id, "creator")
        await telegram.set_member(chat["id"], subscriber.id, "member")
        channel = Channel(chat["id"], owner, subscriber, telegram, int(telegram.token.split(":")[0]))
        await channel.set_bot("administrator")
        return channel

    return opens


Opening = Callable[..., Awaitable[Channel]]


async def chosen(channel: Channel) -> Json:
    """The owner begins to manage the channel; the panel that stands there then."""
    ready = await channel.owner.sees("I can post news in Harbour news now.")
    return await channel.owner.tap(ready, "Set it up")


async def follow(channel: Channel) -> None:
    """The channel has a digest of World and Science at 08:00 UTC."""
    await chosen(channel)
    for text in ("/subscribe world", "/subscribe science", "/timezone UTC", "/schedule 8"):
        assert words(await channel.owner.say(text)).startswith("For Harbour news\n")


def links(message: Json) -> list[tuple[str, str]]:
    """The words and addresses of the links in a message."""
    raw = message["text"].encode("utf-16-le")
    return [
        (raw[2 * it["offset"] : 2 * (it["offset"] + it["length"])].decode("utf-16-le"), it["url"])
        for it in message["entities"]
        if it["type"] == "text_link"
    ]


async def test_whoever_adds_the_bot_to_a_channel_sets_it_up_in_private(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    await some_news(desk)
    panel = await chosen(channel)
    assert words(panel).startswith("For Harbour news\nNews, condensed, at your time.")
    panel = await channel.owner.tap(await channel.owner.tap(panel, "World"), "Next")
    panel = await channel.owner.tap(panel, "08:00")
    panel = await channel.owner.tap(panel, "New York")
    assert "Every day at 08:00 in New York: World." in words(panel)
    assert words(panel).endswith("/digest shows what would be posted now, and posts it if you like.")
    assert words(panel).startswith("For Harbour news\n")
    assert await channel.posts() == []
    assert [one.value for one in await desk.storage.subscriptions.of(channel.id)] == ["world"]
    assert await desk.storage.subscriptions.of(channel.owner.id) == []


async def test_a_channels_digest_comes_at_its_time_and_has_no_buttons(desk: Desk, opens: Opening, clock: Clock) -> None:
    channel = await opens()
    await follow(channel)
    await some_news(desk)
    await an_article(desk, "The long report", *LONG, url="https://herald.example/long")
    clock.put_to(8)
    post = await channel.telegram.wait_for(channel.id, lambda each: "Ferry runs aground" in words(each))
    assert "reply_markup" not in post
    assert "5 stories" in words(post)
    assert ("The long report", "https://herald.example/long") in links(post)
    assert not re.search(r"^\d+ {2}", words(post), re.MULTILINE)
    opening = [url for text, url in links(post) if text == "Read it all"]
    assert len(opening) == 5
    assert all(url.startswith(f"https://t.me/{BOT}?start=") for url in opening)


async def read_all(channel: Channel, reader: Person, post: Json, headline: str) -> Json:
    """The reader taps *Read it all* below a story; the bot's answer."""
    ends = [at for at, _ in enumerate(words(post)) if words(post).startswith("Read it all", at)]
    at = next(number for number, end in enumerate(ends) if words(post).index(headline) < end)
    url = [url for text, url in links(post) if text == "Read it all"][at]
    return await reader.say(f"/start {url.partition('start=')[2]}")


async def test_a_reader_opens_what_was_posted_in_their_own_chat(desk: Desk, opens: Opening, clock: Clock) -> None:
    channel = await opens()
    await follow(channel)
    feed = await desk.storage.feeds.add("https://private.example", now=clock(), is_shared=False)
    await desk.storage.subscriptions.add(channel.id, "feed", str(feed.id), clock())
    kept = await an_article(desk, "The long report", *LONG, feed_id=feed.id)
    await desk.storage.subscriptions.add(channel.id, "mute", "unseen", clock())
    unseen = await an_article(desk, "Unseen of that feed", topic="sport", feed_id=feed.id)
    assert await desk.storage.articles.visible(kept.id, channel.subscriber.id) is None
    clock.put_to(8)
    post = await channel.telegram.wait_for(channel.id, lambda each: "The long report" in words(each))
    article = await read_all(channel, channel.subscriber, post, "The long report")
    assert words(article).startswith("The long report")
    turned = await channel.subscriber.tap(article, "▶")
    assert "2 of 4" in words(turned)
    # What stood in no post of the channel's cannot be had, and nor can what is not of a channel.
    digest = await desk.storage.digests.latest(channel.id)
    assert digest is not None
    assert await channel.subscriber.press(turned, f"open:{unseen.id}") == texts.OLD_BUTTON
    assert words(await channel.subscriber.say(f"/start {digest.edition}_99")) == texts.POST_GONE
    assert words(await channel.subscriber.say(f"/start {'A' * 16}_1")) == texts.POST_GONE


async def test_what_a_private_chat_was_sent_is_not_opened_by_a_link(desk: Desk, joins: Joining, clock: Clock) -> None:
    reader, other = await joins("Reader"), await joins("Other")
    await reader.follows(desk, "world")
    await some_news(desk)
    await reader.say("/digest")
    digest = await desk.storage.digests.latest(reader.id)
    assert digest is not None
    assert words(await other.say(f"/start {digest.edition}_1")) == texts.POST_GONE


async def test_commands_are_about_the_chosen_channel_until_one_goes_back(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    owner = channel.owner
    await owner.sees("I can post news in Harbour news now.")
    await owner.follows(desk, "business")
    own = await owner.say("/topics")
    assert "Business ✓" in buttons(own)
    await chosen(channel)
    for text in ("/topics", "/subscriptions", "/schedule", "/timezone", "/start", "/pause", "/alert", "/look", "/mute"):
        assert words(await owner.say(text)).startswith("For Harbour news\n"), text
    panel = await owner.say("/topics")
    await owner.tap(panel, "Science")
    # A button of before is about the chat it was drawn for.
    assert "Business ✓" in buttons(await owner.tap(own, "Sport"))
    assert [one.value for one in await desk.storage.subscriptions.of(channel.id)] == ["science"]
    assert words(await owner.tap(panel, "◂ Back")) == texts.ABOUT_OWN
    assert words(await owner.say("/topics")).startswith("Your topics")
    assert [one.value for one in await desk.storage.subscriptions.of(owner.id)] == ["business", "sport"]


async def test_filters_and_alerts_are_rehearsed_for_the_channel(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    await some_news(desk)
    await chosen(channel)
    for text in ("/subscribe comet", "/mute ferry", "/alert vapour"):
        kept = await channel.owner.keeps(text)
        assert words(kept).startswith("For Harbour news\n")
    assert {one.kind for one in await desk.storage.subscriptions.of(channel.id)} == {"words", "mute"}
    assert len(await desk.storage.subscriptions.alerts(channel.id)) == 1
    assert await desk.storage.subscriptions.of(channel.owner.id) == []


async def test_an_alert_of_a_channel_is_posted_without_buttons(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    await chosen(channel)
    await channel.owner.keeps("/alert comet")
    await channel.owner.say("/schedule quiet off")
    await some_news(desk)
    post = await channel.telegram.wait_for(channel.id, lambda each: "Comet returns" in words(each))
    assert words(post).startswith("Alert: “comet”")
    assert "reply_markup" not in post
    [url] = [url for text, url in links(post) if text == "Read it all"]
    article = await channel.subscriber.say(f"/start {url.partition('start=')[2]}")
    assert words(article).startswith("Comet returns after eighty years")


async def test_digest_previews_a_post_and_posts_it_on_a_tap(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    await follow(channel)
    assert texts.POST_NOTHING in words(await channel.owner.say("/digest"))
    await some_news(desk)
    note = await channel.owner.say("/digest")
    assert words(note) == f"For Harbour news\n{texts.POST_PREVIEW}"
    shown = await channel.owner.sees("Ferry runs aground")
    assert await channel.posts() == []
    assert texts.POSTED in words(await channel.owner.tap(note, "Post it now"))
    post = await channel.telegram.wait_for(channel.id, lambda each: "Ferry runs aground" in words(each))
    assert words(post) == words(shown)
    assert links(post) == links(shown)
    await channel.owner.press(note, f"{channel.id}:post")
    await channel.owner.sees(texts.POST_NOTHING, after=note["message_id"] - 1)
    assert len(await channel.posts()) == 1


async def test_only_who_may_post_manages_and_it_is_asked_each_time(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    panel = await chosen(channel)
    press = next(data for data in buttons(panel).values() if data.endswith("begin:topic:world"))
    refused = texts.CHANNEL_NOT_YOURS.format(channel="Harbour news")
    theirs = await channel.subscriber.say("/start")
    for data in (press, f"{channel.id}:settings", f"{channel.id}:channel", f"{channel.id}:post"):
        assert await channel.subscriber.press(theirs, data) == refused, data
    assert await channel.subscriber.press(theirs, "-100999:settings") == texts.CHANNEL_UNKNOWN
    await channel.telegram.set_member(channel.id, channel.owner.id, "administrator", may_send=False)
    assert await channel.owner.press(panel, press) == refused
    assert await desk.storage.subscriptions.of(channel.id) == []
    assert words(await channel.owner.say("/topics")).startswith("Your topics")


async def test_a_command_of_one_who_lost_the_right_is_refused_and_nothing_is_shown(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    await follow(channel)
    await channel.telegram.set_member(channel.id, channel.owner.id, "member")
    assert words(await channel.owner.say("/subscriptions")) == texts.CHANNEL_NOT_YOURS.format(channel="Harbour news")
    assert words(await channel.owner.say("/subscriptions")).startswith("You follow nothing yet")
    assert words(await channel.owner.say("/channels")) == texts.NO_CHANNELS
    assert len(await desk.storage.subscriptions.of(channel.id)) == 2


async def test_another_administrator_begins_with_a_forwarded_post(desk: Desk, opens: Opening, joins: Joining) -> None:
    channel, other = await opens(), await joins("Other")
    post = await channel.telegram.say(channel.id, channel.owner.id, "Good morning")
    meant = {"chat_id": channel.id, "message_id": post["message_id"]}
    assert words(await other.say(forward=meant)) == texts.CHANNEL_NOT_YOURS.format(channel="Harbour news")
    await channel.telegram.set_member(channel.id, other.id, "administrator")
    assert words(await other.say(forward=meant)).startswith("For Harbour news\nNews, condensed")
    listed = await other.say("/channels")
    assert list(buttons(listed)) == ["Harbour news ✓", "My own digest", "Add me to a channel"]
    assert buttons(listed)["Add me to a channel"] == f"https://t.me/{BOT}?startchannel&admin=post_messages"
    await other.tap(listed, "My own digest")
    assert list(buttons(await other.say("/channels")))[:2] == ["Harbour news", "My own digest ✓"]


async def test_who_manages_is_told_when_the_bot_is_removed_and_nothing_is_lost(
    desk: Desk, opens: Opening, clock: Clock
) -> None:
    channel = await opens()
    await follow(channel)
    lost = texts.CHANNEL_LOST.format(channel="Harbour news")
    await channel.set_bot("left")
    await channel.owner.sees(lost)
    assert words(await channel.owner.say("/topics")) == texts.CHANNEL_NOT_MINE.format(channel="Harbour news")
    await some_news(desk)
    await channel.set_bot("administrator")
    clock.put_to(8)
    await channel.telegram.wait_for(channel.id, lambda each: "Ferry runs aground" in words(each))
    assert len(await channel.owner.has_seen(lost)) == 1


async def test_without_the_right_to_post_a_digest_waits_for_it(desk: Desk, opens: Opening, clock: Clock) -> None:
    channel = await opens()
    await follow(channel)
    await channel.set_bot("administrator", may_send=False)
    await channel.owner.sees(texts.CHANNEL_CANNOT_POST.format(channel="Harbour news"))
    chat = await desk.storage.chats.get(channel.id)
    assert chat is not None
    assert chat.state == "paused"
    await some_news(desk)
    clock.put_to(8)
    await channel.set_bot("administrator")
    await channel.telegram.wait_for(channel.id, lambda each: "Ferry runs aground" in words(each))


async def test_that_a_channel_is_no_more_is_said_once_it_is_noticed(desk: Desk, opens: Opening, clock: Clock) -> None:
    channel = await opens()
    await follow(channel)
    await some_news(desk)
    await channel.telegram.post("end", chat_id=channel.id)
    clock.put_to(8)
    await channel.owner.sees(texts.CHANNEL_LOST.format(channel="Harbour news"))
    clock.now += timedelta(days=1)
    assert words(await channel.owner.say("/schedule")) == texts.CHANNEL_NOT_MINE.format(channel="Harbour news")
    assert len(await desk.storage.subscriptions.of(channel.id)) == 2
    assert words(await channel.owner.say("/help")).startswith("News, condensed")


async def test_a_channel_that_seemed_lost_is_taken_up_again_when_it_is_chosen(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    await chosen(channel)
    await desk.storage.outbox.suspend(channel.id, "suspended", "nobody said that it was back", desk.clock())
    listed = await channel.owner.say("/channels")
    await channel.owner.tap(listed, "Harbour news")
    chat = await desk.storage.chats.get(channel.id)
    assert chat is not None
    assert chat.state == "active"


async def test_nothing_is_posted_when_nothing_is_new(desk: Desk, opens: Opening, clock: Clock) -> None:
    channel = await opens()
    await follow(channel)
    clock.put_to(8)

    async def is_past() -> bool:
        [schedule] = await desk.storage.schedules.of(channel.id)
        return schedule.next_due_at is not None and schedule.next_due_at > clock()

    await until(is_past, True)
    assert await channel.posts() == []


async def test_a_press_in_a_channel_changes_nothing_there(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    await follow(channel)
    await some_news(desk)
    note = await channel.owner.say("/digest")
    await channel.owner.tap(note, "Post it now")
    post = await channel.telegram.wait_for(channel.id, lambda each: "Ferry runs aground" in words(each))
    for person in (channel.owner, channel.subscriber):
        there = person.among(channel.id)
        for data in ("settings", "topic:world", "open:1", "digest:AAAAAAAAAAAAAAAA:-:1", f"{channel.id}:settings"):
            assert await there.press(post, data) == texts.IN_CHANNEL
    assert await channel.posts() == [post]


async def test_a_channel_is_forgotten_and_begun_anew(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    await follow(channel)
    post = await channel.telegram.say(channel.id, channel.owner.id, "Good morning")
    export = await channel.owner.say("/export")
    assert export["caption"].startswith("For Harbour news\n")
    ask = await channel.owner.say("/forget")
    assert words(ask).startswith("For Harbour news\n")
    gone = await channel.owner.tap(ask, "Delete everything")
    assert words(gone) == texts.FORGOTTEN_CHANNEL.format(channel="Harbour news")
    assert await desk.storage.chats.get(channel.id) is None
    assert await desk.storage.chats.get(channel.owner.id) is not None
    panel = await channel.owner.say(forward={"chat_id": channel.id, "message_id": post["message_id"]})
    assert words(panel).startswith("For Harbour news\nNews, condensed")
    assert len(await channel.telegram.messages(channel.id)) == 1


async def test_blocking_the_bot_is_about_the_person_and_not_the_channel(desk: Desk, opens: Opening) -> None:
    channel = await opens()
    await follow(channel)
    await channel.telegram.block(channel.owner.id)
    await until(lambda: channel.owner.state(desk), "suspended")
    chat = await desk.storage.chats.get(channel.id)
    assert chat is not None
    assert chat.state == "active"


async def test_a_reply_that_must_wait_is_not_posted_in_the_channel(desk: Desk, opens: Opening, clock: Clock) -> None:
    channel = await opens()
    await follow(channel)
    owner = channel.owner
    await channel.telegram.fault("429", method="sendMessage", chat_id=str(owner.id), retry_after=1, times=1)
    said = await owner.write("/topics")

    async def waits() -> int:
        return len(await desk.storage.outbox.of(owner.id))

    await until(waits, 1)
    clock.tick(minutes=1)
    assert words(await owner.sees("Your topics", after=said["message_id"])).startswith("For Harbour news\n")
    assert await channel.posts() == []
