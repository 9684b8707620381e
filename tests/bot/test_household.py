"""The household: look, stop, block, help, the command menu."""

from __future__ import annotations

from bot.desk import Desk
from news.messages import texts
from news.messages.commands import GROUPS_ALONE
from news.messages.commands import said as said_of_commands
from tests.bot.given import Joining
from tests.bot.talking import LONG, Clock, Person, an_article, buttons, some_news, until, words


async def test_help_names_every_command_and_telegrams_menu_has_them_all(desk: Desk, reader: Person) -> None:
    said = await reader.say("/help")
    text = said["text"].encode("utf-16-le")  # as Telegram counts
    marked = [text[2 * e["offset"] : 2 * (e["offset"] + e["length"])] for e in said["entities"]]
    commands = [each.decode("utf-16-le") for each in marked]
    named = [each.removeprefix("/") for each in commands if each.startswith("/")]
    assert set(texts.COMMANDS) <= set(named)
    assert f"@{desk.bot}" in words(said)

    async def menu() -> dict[str, str]:
        return {each["command"]: each["description"] for each in (await reader.telegram.world())["commands"]}

    in_private = {name: text for name, text in said_of_commands()["en"].items() if name not in GROUPS_ALONE}
    await until(menu, in_private)


async def test_every_command_is_answered(desk: Desk, reader: Person) -> None:
    for command in texts.COMMANDS:
        answer = await reader.say(f"/{command}")
        assert not words(answer).startswith(("I don't know that command", "That did not work")), command


async def test_what_is_not_understood_is_answered_with_what_can_be_sent(desk: Desk, reader: Person) -> None:
    assert words(await reader.say("/weather")) == "I don't know that command. /help shows what you can send."
    near = await reader.say("/serach climate")
    assert words(near) == "I don't know that command. Did you mean /search? /help shows what you can send."
    assert [each["type"] for each in near["entities"]] == ["bot_command", "bot_command"]
    assert words(await reader.say("hello")).startswith("Send /digest for news now")
    assert words(await reader.say("😀" * 2048)).startswith("Send /digest for news now")


async def test_after_stop_nothing_comes_and_after_start_the_digest_that_was_missed(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    await reader.follows(desk, "world")
    assert words(await reader.say("/stop")).startswith("Stopped. Nothing more will be sent")
    await some_news(desk)
    clock.put_to(8)
    assert words(await reader.say("/digest")) == "Your digests are stopped. Send /start to go on."
    assert "Ferry" in words(await reader.say("/search ferry"))
    assert not await reader.has_seen("Ceasefire talks")
    assert words(await reader.say("/start")) == "Welcome back. Everything is as you left it."
    await reader.sees("Your news is set up.")
    await reader.sees("Ceasefire talks begin")


async def test_a_reader_who_blocks_the_bot_costs_nothing_and_may_come_back(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    await reader.follows(desk, "world")
    await reader.telegram.block(reader.chat_id)
    await until(lambda: reader.state(desk), "suspended")
    await some_news(desk)
    clock.put_to(8)
    await reader.telegram.block(reader.chat_id, blocked=False)
    await reader.sees("Ferry runs aground")
    requests = [each for each in await reader.telegram.requests() if each["params"].get("chat_id") == str(reader.id)]
    assert [each["status"] for each in requests if each["method"] == "sendMessage"] == [200]


async def test_somebody_that_telegram_called_gone_is_served_when_they_speak(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    await some_news(desk)
    await desk.storage.outbox.suspend(reader.chat_id, "suspended", "chat not found", desk.clock())
    assert "Ferry runs aground" in words(await reader.say("/digest"))


async def test_settings_lead_to_everything(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await reader.follows(desk, "world")
    digest = await reader.say("/digest")
    panel = await reader.open(digest, "Settings")
    assert words(panel) == "Settings\nEvery day at 08:00 in UTC: World."
    for button, title in {
        "Topics": "Your topics",
        "What you follow": "What you follow",
        "Times": "When your digests come",
        "Time zone": "Your time zone is UTC.",
        "Look": "How digests look",
        "Your channels": "To give a channel its own digest",
    }.items():
        assert words(await reader.open(panel, button)).startswith(title)


async def test_yes_below_the_card_makes_digests_and_articles_rich(desk: Desk, reader: Person) -> None:
    await reader.say("/timezone Lisbon")
    panel = await reader.tap(await reader.tap(await reader.say("/start"), "World"), "Next")
    await reader.tap(await reader.tap(panel, "08:00"), "Lisbon")
    card = await reader.sees("Do you see a line above that unfolds?")
    assert "rich_message" in card
    said = await reader.tap(card, "Yes")
    assert words(said).startswith("Digests and articles now come in the rich look.")
    await an_article(desk, "The long report", *LONG, image_url="https://example.org/a.jpg", url="https://example.org/a")
    digest = await reader.say("/digest")
    assert [block["type"] for block in digest["rich_message"]["blocks"]][:3] == ["heading", "paragraph", "heading"]
    page = await reader.open(digest, "1")
    assert "rich_message" in page
    page = await reader.tap(page, "▶")
    assert "rich_message" in page
    assert LONG[-1].strip() in words(page)
    assert "Saved ✓" in buttons(await reader.tap(page, "Save"))


async def test_no_below_the_card_keeps_digests_plain(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    panel = await reader.tap(await reader.tap(await reader.say("/start"), "World"), "Next")
    await reader.tap(await reader.tap(panel, "08:00"), "New York")
    said = await reader.tap(await reader.sees("Do you see a line above"), "No")
    assert words(said).startswith("Digests and articles now come in the plain look.")
    await an_article(desk, "Another story")
    assert "text" in await reader.say("/digest")


async def test_a_look_may_be_named_with_the_command(desk: Desk, reader: Person) -> None:
    for asked, look in {"rich": "rich", "Plain": "classic"}.items():
        assert words(await reader.say(f"/look {asked}")).startswith("Digests and articles now come in the")
        chat = await desk.storage.chats.get(reader.chat_id)
        assert chat is not None
        assert chat.look == look
    assert words(await reader.say("/look fancy")).startswith("How digests look")


async def test_pages_keep_the_look_they_were_opened_in(desk: Desk, reader: Person) -> None:
    await an_article(desk, "The long report", *LONG)
    await reader.follows(desk, "world")
    page = await reader.open(await reader.say("/digest"), "1")
    await desk.storage.chats.update(reader.chat_id, look="rich")
    seen = words(page)
    while "▶" in buttons(page):
        page = await reader.tap(page, "▶")
        assert "text" in page
        seen += words(page)
    assert all(paragraph.strip() in seen for paragraph in LONG)


async def test_a_server_without_rich_messages_gets_plain_ones_and_nothing_is_lost(
    desk: Desk, reader: Person, joins: Joining, clock: Clock
) -> None:
    missing = "Not Found: method not found"
    await reader.telegram.fault("error", method="sendRichMessage", error_code=404, description=missing)
    await some_news(desk)
    await an_article(desk, "The long report", *LONG, topic="health")
    await reader.follows(desk, "world", "health")
    await desk.storage.chats.update(reader.chat_id, look="rich")
    clock.put_to(8)
    digest = await reader.sees("Ferry runs aground")
    assert "text" in digest
    number = next(line[0] for line in words(digest).split("\n") if "The long report" in line)
    page = await reader.open(digest, number)
    seen = words(page)
    while "▶" in buttons(page):
        page = await reader.tap(page, "▶")
        seen += words(page)
    assert all(paragraph.strip() in seen for paragraph in LONG)
    asked = [each for each in await reader.telegram.requests() if each["method"] == "sendRichMessage"]
    assert len([each for each in asked if each["status"] == 404]) == 1
    ben = await joins("Ben")
    panel = await ben.tap(await ben.tap(await ben.say("/start"), "Health"), "Next")
    await ben.tap(await ben.tap(panel, "08:00"), "New York")
    await ben.sees("The long report")
    assert len(await ben.all()) == 3


async def test_photos_that_telegram_cannot_fetch_are_left_out(desk: Desk, reader: Person) -> None:
    await an_article(desk, "With a picture", image_url="https://example.org/gone.jpg")
    await reader.follows(desk, "world")
    await desk.storage.chats.update(reader.chat_id, look="rich")
    unfetched = "Bad Request: failed to get HTTP URL content"
    await reader.telegram.fault("error", method="sendRichMessage", description=unfetched, times=1)
    digest = await reader.say("/digest")
    assert "rich_message" in digest
    await reader.telegram.fault("error", method="sendRichMessage", description=unfetched, times=1)
    opened = await reader.open(digest, "1")
    assert "With a picture" in words(opened)
    assert "gone.jpg" not in str(digest) + str(opened)


async def test_without_a_language_model_that_of_stories_is_not_offered(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    panel = await reader.open(await reader.say("/start"), "Language")
    assert "Stories are shown in the language they were written in. To have them translated," in words(panel)
    assert texts.READS not in buttons(panel)
    assert buttons(await reader.say("/language deutsch")) == {}
