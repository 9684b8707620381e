"""/privacy says what is kept; /forget deletes it, once and for good."""

from __future__ import annotations

from bot.app import running
from bot.desk import Desk
from bot.settings import Settings
from tests.bot.given import QUICK, REFUSAL, Founding, Joining
from tests.bot.talking import Clock, Person, an_article, buttons, some_news, until, words
from tests.bot.web import Web
from tests.storage.given import traces

SURE = "Delete everything"
GONE = "All I kept for this chat is deleted. Send /start to begin anew."


async def handled(desk: Desk, sender: Person) -> None:
    """Waits until whatever Telegram has for the bot was fetched and handled, and is written down as handled."""
    await until(sender.telegram.pending, 0)

    async def unfinished() -> int:
        async with desk.storage._database.read() as connection:
            found = await connection.exec_driver_sql("SELECT count(*) FROM inbox WHERE state IN ('waiting', 'taken')")
            return int(found.scalar_one())

    await until(unfinished, 0)


async def uses_everything(desk: Desk, reader: Person, web: Web) -> None:
    """Follows, mutes, votes, saves, reads, searches, gets a digest, and asks for something that is set aside."""
    address = web.put_feed("/wire", "The Wire", "Ferry runs aground")
    await reader.follows(desk, "world", "science")
    for text in (
        f"/subscribe {address}",
        "/search comet",
        "/schedule 7 8",
    ):
        await reader.say(text)
    for text in ('/subscribe "solar power"', "/mute football"):
        await reader.keeps(text)
    digest = await reader.say("/digest")
    article = await reader.open(digest, "1")
    article = await reader.tap(await reader.tap(await reader.tap(article, "Save"), "Follow story"), "👍")
    await reader.say("/pause until monday")


async def test_forget_deletes_every_row_of_the_chat_and_the_bot_starts_anew(
    desk: Desk, joins: Joining, web: Web, clock: Clock
) -> None:
    await some_news(desk)
    reader, other = await joins("Reader"), await joins("Other")
    await other.follows(desk, "world", "science")
    await other.say("/digest")
    await uses_everything(desk, reader, web)
    await handled(desk, reader)
    before, others = await traces(desk.storage, reader.chat_id), await traces(desk.storage, other.chat_id)
    assert {"chats.id", "subscriptions.chat_id", "schedules.chat_id", "digests.chat_id"} <= before.keys()
    assert {"outbox.chat_id", "saved.chat_id", "votes.chat_id", "votes.person_id"} <= before.keys()

    question = await reader.say("/forget")
    assert "This cannot be undone. /export gives you a copy first." in words(question)
    said = await reader.tap(question, SURE)
    assert words(said) == GONE
    assert buttons(said) == {}
    await handled(desk, reader)
    assert await traces(desk.storage, reader.chat_id) == {}
    assert await traces(desk.storage, other.chat_id) == others

    clock.tick(minutes=1)
    assert (await reader.press(question, buttons(question)[SURE])) == "I keep nothing of this chat."
    assert words(await reader.say("/forget")) == "I keep nothing of this chat."
    await reader.say("/privacy")
    await handled(desk, reader)
    assert await traces(desk.storage, reader.chat_id) == {}

    panel = await reader.say("/start")
    assert "What interests you?" in words(panel)
    assert not [each for each in buttons(panel) if "✓" in each]
    assert words(await reader.say("/saved")).startswith("Nothing saved yet.")


async def test_forget_leaves_no_row_on_postgresql_either(
    settings: Settings, postgres_url: str, clock: Clock, reader: Person, web: Web
) -> None:
    on_postgresql = settings.model_copy(update={"database_url": postgres_url, "private_feeds": f"127.0.0.1:{web.port}"})
    async with running(on_postgresql, clock=clock, rhythm=QUICK) as desk:
        await some_news(desk)
        await uses_everything(desk, reader, web)
        await handled(desk, reader)
        assert await traces(desk.storage, reader.chat_id)
        assert words(await reader.tap(await reader.say("/forget"), SURE)) == GONE
        await handled(desk, reader)
        assert await traces(desk.storage, reader.chat_id) == {}


async def test_a_reader_who_blocks_the_bot_after_forgetting_is_not_remembered_for_it(
    desk: Desk, reader: Person
) -> None:
    await reader.follows(desk, "world")
    await reader.tap(await reader.say("/forget"), SURE)
    await reader.telegram.block(reader.chat_id)
    await handled(desk, reader)
    assert await traces(desk.storage, reader.chat_id) == {}


async def test_the_button_of_an_earlier_time_deletes_nothing(desk: Desk, reader: Person, clock: Clock) -> None:
    await reader.follows(desk, "world")
    old = await reader.say("/forget")
    clock.tick(minutes=61)
    assert (await reader.press(old, buttons(old)[SURE])).startswith("This button is from an older message.")
    first, second = await reader.say("/forget"), await reader.say("/forget")
    await reader.tap(first, SURE)
    clock.tick(minutes=1)
    await reader.follows(desk, "science")
    for data in (buttons(second)[SURE], "forget:", "forget:0:0", "forget:x:99999999999999"):
        assert (await reader.press(second, data)).startswith("This button is from an older message."), data
    assert [one.value for one in await desk.storage.subscriptions.of(reader.chat_id)] == ["science"]


async def test_whoever_keeps_it_keeps_it(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    question = await reader.say("/forget")
    said = await reader.tap(question, "Keep it")
    assert (words(said), buttons(said)) == ("Nothing was deleted.", {})
    assert await desk.storage.schedules.of(reader.chat_id)


async def test_a_digest_that_waits_is_forgotten_too(desk: Desk, reader: Person, clock: Clock) -> None:
    await reader.follows(desk, "world")
    question = await reader.say("/forget")
    await an_article(desk, "A story that waits")
    await reader.telegram.fault("429", method="sendMessage", retry_after=600, times=1)
    await reader.write("/digest")
    await until(lambda: _waits(desk, reader), True)
    await reader.tap(question, SURE)
    clock.tick(days=1)
    await reader.say("/privacy")
    await handled(desk, reader)
    assert not await reader.has_seen("A story that waits")
    assert await traces(desk.storage, reader.chat_id) == {}


async def _waits(desk: Desk, reader: Person) -> bool:
    return [(each.state, each.attempt) for each in await desk.storage.outbox.of(reader.chat_id)] == [("pending", 1)]


async def test_only_administrators_forget_a_group_and_its_members_do_not_bring_it_back(
    desk: Desk, founds: Founding
) -> None:
    group = await founds()
    await group.admin.follows(desk, "world")
    assert words(await group.member.say("/forget")) == REFUSAL
    question = await group.admin.say("/forget")
    for label_ in buttons(question).values():
        assert await group.member.press(question, label_) == REFUSAL
    assert words(await group.admin.tap(question, SURE)) == GONE
    await group.member.write("a word among members", reply_to_message_id=question["message_id"])
    await handled(desk, group.member)
    assert await traces(desk.storage, group.id) == {}


async def test_privacy_says_what_is_kept_in_the_chats_look(desk: Desk, joins: Joining, founds: Founding) -> None:
    reader = await joins()
    said = await reader.say("/privacy")
    assert "Articles: 60 days" in words(said)
    assert "where I could not answer it, up to 32 days" in words(said)
    assert "No language model is used." in words(said)
    assert "No other chat can." in words(said)
    assert await desk.storage.chats.get(reader.chat_id) is None
    await reader.follows(desk, "world")
    await desk.storage.chats.update(reader.chat_id, look="rich")
    said = await reader.say("/privacy")
    assert "rich_message" in said
    assert "/export gives you a copy; /forget deletes all of it." in words(said)
    group = await founds()
    assert "In this group everyone can read" in words(await group.member.say("/privacy"))
