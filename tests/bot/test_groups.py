"""Groups: administrators configure, everyone reads; forum threads, other bots, supergroups."""

from __future__ import annotations

from bot.desk import Desk
from tests.bot.given import REFUSAL, Founding, Joining
from tests.bot.talking import BOT, LONG, Clock, Person, an_article, buttons, some_news, until, words
from tests.sandbox.running import Json, RunningSandbox


async def anonymously(person: Person, text: str) -> None:
    """An administrator speaks in the group's own name, as clients send it."""
    sent = await person.write("an ordinary message")
    hidden = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    entity = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
    said: Json = sent | {"from": hidden, "sender_chat": sent["chat"], "text": text, "entities": [entity]}
    await person.telegram.inject(message=said)


async def test_a_group_that_the_bot_is_added_to_is_asked_what_interests_it(desk: Desk, founds: Founding) -> None:
    group = await founds()
    panel = await group.admin.sees("What interests you?")
    panel = await group.admin.tap(panel, "World")
    assert "World ✓" in buttons(panel)
    panel = await group.admin.tap(await group.admin.tap(panel, "Next"), "08:00")
    panel = await group.admin.tap(panel, "New York")
    assert words(panel) == "Every day at 08:00 in New York: World. Here is your first."
    await group.admin.sees("Nothing new in World yet.")
    assert not await group.admin.has_seen("Do you see a line above")


async def test_only_administrators_configure_a_group(desk: Desk, founds: Founding) -> None:
    group = await founds()
    panel = await group.member.sees("What interests you?")
    for data in (
        "begin:topic:world",
        "topic:world",
        "time:0800",
        "quiet:off",
        "look:rich",
        "unfollow:1",
        "unalert:1",
        "keep:words:0123456789abcdef",
        "reread:mute:0123456789abcdef",
        "keep-not",
        "follow:1:0",
        "unstory:1",
        "begin:zone:UTC",
        "instead:1",
        "choose:0123456789abcdef",
        "watch:0",
        "watched:0",
    ):
        assert await group.member.press(panel, data) == REFUSAL, data
    for text in (
        "/subscribe science",
        "/alert comet",
        "/unsubscribe world",
        "/schedule 8",
        "/schedule quiet off",
        "/timezone Lisbon",
        "/stop",
        "/watch a.example",
    ):
        assert words(await group.member.say(text)) == REFUSAL, text
    feeds = {"file_name": "feeds.opml", "mime_type": "text/x-opml", "content": "<opml/>"}
    assert words(await group.member.say(document=feeds, reply_to_message_id=panel["message_id"])) == REFUSAL
    assert await desk.storage.subscriptions.of(group.id) == []
    assert words(await group.admin.say("/subscribe science")).startswith("You now follow Science")


async def test_an_administrator_may_speak_in_the_groups_name(desk: Desk, founds: Founding) -> None:
    group = await founds()
    await anonymously(group.admin, "/subscribe science")
    await group.admin.sees("You now follow Science")


async def test_another_channels_name_gives_no_rights(desk: Desk, founds: Founding) -> None:
    group = await founds()
    sent = await group.member.write("an ordinary message")
    channel = {"id": -1009999, "type": "channel", "title": "Elsewhere"}
    entity = {"type": "bot_command", "offset": 0, "length": 5}
    await desk.storage.chats.get(group.id)
    await group.member.telegram.inject(message=sent | {"sender_chat": channel, "text": "/stop", "entities": [entity]})
    await group.member.sees(REFUSAL)


async def test_anyone_in_a_group_may_read_and_is_quoted(desk: Desk, founds: Founding, clock: Clock) -> None:
    await some_news(desk)
    await an_article(desk, "The long report", *LONG)
    group = await founds()
    await group.admin.follows(desk, "world")
    digest = await group.member.say("/digest")
    assert "Ferry runs aground" in words(digest)
    opened = await group.member.open(digest, "1")
    assert opened["reply_to_message"]["message_id"] == digest["message_id"]
    for text in ("/search ferry", "/article 1", "/full 1", "/saved", "/subscriptions", "/schedule", "/help", "/topics"):
        answer = await group.member.say(text)
        assert answer["reply_to_message"]["text"] == text
        assert words(answer) != REFUSAL


async def test_commands_for_another_bot_are_not_ours(desk: Desk, founds: Founding) -> None:
    group = await founds()
    group_admin = group.admin
    sent = await group_admin.write("an ordinary message")
    entity = {"type": "bot_command", "offset": 0, "length": len("/help@other_bot")}
    await group_admin.telegram.inject(message=sent | {"text": "/help@other_bot", "entities": [entity]})
    await group_admin.telegram.inject(message=sent | {"text": "/nonsense", "entities": [entity | {"length": 9}]})
    ours = await group_admin.say(f"/help@{BOT}")
    assert words(ours).startswith("News, condensed, at your time.")
    assert len(await group_admin.has_seen("This is what you can send")) == 1
    assert not await group_admin.has_seen("I don't know that command.")


async def test_ordinary_talk_in_a_group_is_left_alone(desk: Desk, founds: Founding) -> None:
    group = await founds()
    bot = int(group.admin.telegram.token.split(":")[0])
    await group.admin.telegram.set_member(group.id, bot, "administrator", by=group.admin.id)
    panel = await group.admin.sees("What interests you?")
    panel = await group.admin.tap(await group.admin.tap(panel, "World"), "Next")
    await group.admin.write("see you at 7")
    await group.admin.write("7")
    await group.member.write(location={"latitude": 52.5, "longitude": 13.4})
    await group.admin.say("/help")
    assert await desk.storage.schedules.of(group.id) == []
    chat = await desk.storage.chats.get(group.id)
    assert chat is not None
    assert chat.zone is None


async def test_in_a_group_time_and_city_are_typed_as_replies(desk: Desk, founds: Founding) -> None:
    group = await founds()
    panel = await group.admin.sees("What interests you?")
    panel = await group.admin.tap(await group.admin.tap(panel, "World"), "Next")
    panel = await group.admin.tap(panel, "Other")
    assert words(panel).startswith("Reply to this message with the time")
    await group.member.write("9", reply_to_message_id=panel["message_id"])
    await group.admin.sees(REFUSAL)
    await group.admin.write("6:45", reply_to_message_id=panel["message_id"])
    await group.admin.sees("So that 06:45 is your 06:45.")
    panel = await group.admin.tap(await group.admin.again(panel), "Share location")
    assert words(panel) == "Reply to this message with the name of your city, such as Lisbon."
    await group.admin.write("Lisbon", reply_to_message_id=panel["message_id"])
    await group.admin.sees("Every day at 06:45 in Lisbon: World.")


async def test_groups_keep_the_plain_look(desk: Desk, founds: Founding) -> None:
    group = await founds()
    said = await group.admin.say("/look")
    assert words(said) == "Groups and channels always get the plain look, which every app shows."
    assert (await group.admin.press(said, "look:rich")).startswith("Groups and channels always get the plain look")


async def test_everything_in_a_forum_thread_stays_there(desk: Desk, founds: Founding, clock: Clock) -> None:
    await some_news(desk)
    group = await founds(is_forum=True)
    thread = (await group.admin.telegram.post("topics", chat_id=group.id, name="News"))["id"]
    admin = group.admin.among(group.id, thread)
    panel = await admin.say("/start")
    panel = await admin.tap(await admin.tap(panel, "World"), "Next")
    panel = await admin.tap(await admin.tap(panel, "08:00"), "New York")
    digest = await admin.sees("Ferry runs aground")
    await admin.say("/search ferry")
    await admin.open(digest, "1")
    await admin.open(digest, "Settings")
    await an_article(desk, "The morning after")
    clock.put_to(8, 0, "America/New_York")
    await admin.sees("The morning after")
    answers = [each for each in await admin.all() if each["message_id"] >= panel["message_id"]]
    assert len(answers) == 7  # the panel, two digests, a question and its answer, an article, the settings
    assert {each.get("message_thread_id") for each in answers} == {thread}


async def test_the_settings_of_a_group_show_nothing_that_only_a_private_chat_has(desk: Desk, founds: Founding) -> None:
    group = await founds()
    await group.admin.follows(desk, "world")
    await some_news(desk)
    panels = [await group.admin.open(await group.admin.say("/digest"), "Settings"), await group.admin.say("/start")]
    for panel in panels:
        assert "Times" in buttons(panel)
        assert not {"Look", "Your channels"} & buttons(panel).keys()


async def test_each_thread_of_a_forum_has_its_own_hours(desk: Desk, founds: Founding) -> None:
    group = await founds(is_forum=True)
    thread = (await group.admin.telegram.post("topics", chat_id=group.id, name="News"))["id"]
    there = group.admin.among(group.id, thread)
    assert "at 07:00" in words(await group.admin.say("/schedule 7"))
    assert "at 18:00" in words(await there.say("/schedule 18"))
    assert "at 07:00" in words(await group.admin.say("/schedule"))
    assert "at 18:00" in words(await there.say("/schedule"))


async def test_a_group_that_becomes_a_supergroup_keeps_everything(desk: Desk, founds: Founding, clock: Clock) -> None:
    await some_news(desk)
    group = await founds("group")
    await group.admin.follows(desk, "world")
    await group.admin.say("/digest")
    new = await group.admin.telegram.migrate(group.id)

    await until(lambda: group.admin.state(desk), "unknown")
    await an_article(desk, "After the move")
    clock.put_to(8)
    there = group.admin.among(new)
    digest = await there.sees("After the move")
    assert "Ferry runs aground" not in words(digest)
    assert "at 08:00" in words(await there.say("/schedule"))


async def test_word_of_a_move_may_come_with_a_refused_message(desk: Desk, founds: Founding, clock: Clock) -> None:
    group = await founds("group")
    await group.admin.follows(desk, "world")
    new = await group.admin.telegram.migrate(group.id, silent=True)
    await some_news(desk)
    clock.put_to(8)
    await group.admin.among(new).sees("Ferry runs aground")


async def test_a_bot_that_is_removed_is_silent_and_goes_on_when_it_returns(
    desk: Desk, founds: Founding, clock: Clock
) -> None:
    group = await founds()
    bot = int(group.admin.telegram.token.split(":")[0])
    await group.admin.follows(desk, "world")
    await some_news(desk)

    await group.admin.telegram.set_member(group.id, bot, "left", by=group.admin.id)
    await until(lambda: group.admin.state(desk), "suspended")
    clock.put_to(8)
    await group.admin.telegram.set_member(group.id, bot, "member", by=group.admin.id)
    await group.admin.sees("Ferry runs aground")
    assert len(await group.admin.has_seen("Ferry runs aground")) == 1


async def test_an_administrator_is_not_called_otherwise_when_telegram_does_not_say(
    desk: Desk, founds: Founding
) -> None:
    group = await founds()
    await group.admin.telegram.fault("500", method="getChatMember", times=1)
    said = await group.admin.say("/subscribe science")
    assert words(said) == "That did not work just now. Please try again in a minute."
    assert words(await group.admin.say("/subscribe science")).startswith("You now follow Science")


async def test_the_votes_of_a_groups_administrators_are_counted_one_each(
    desk: Desk, founds: Founding, telegram: RunningSandbox, joins: Joining
) -> None:
    group = await founds()
    deputy = (await joins("Deputy")).among(group.id)
    await telegram.set_member(group.id, deputy.id, "administrator")
    await group.admin.say("/subscribe world")
    await an_article(desk, "Ferry runs aground in the strait")
    opened = await group.member.open(await group.member.say("/digest"), "1")
    up = buttons(opened)["👍"]
    refused = await group.member.press(opened, up)
    one = await group.admin.tap(opened, "👍")
    two = await deputy.tap(opened, "👍")
    back = await group.admin.tap(opened, "👍")
    weights = await group.member.say("/weights")

    assert refused == REFUSAL
    assert [list(buttons(each))[-3] for each in (one, two, back)] == ["👍 1", "👍 2", "👍 1"]
    assert "a little more of World" in words(weights)
    for data in (buttons(weights)["✕ World"], buttons(weights)["Forget all"]):
        assert await group.member.press(weights, data) == REFUSAL
    assert words(await group.admin.tap(weights, "Forget all")).startswith("No votes count here yet.")
    await telegram.set_member(group.id, deputy.id, "member")
    assert await deputy.press(opened, up) == REFUSAL
