import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox import people
from sandbox.params import Upload
from sandbox.world import World
from tests.sandbox.beside import Beside, beside

GROUP = -1002001
RETRY_EDIT = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Beside]:
    with beside(tmp_path) as bot:
        yield bot


def chat_of(bot: Beside, type_: str, **fields: Any) -> int:
    """A fresh chat with the bot a member (of a channel, an administrator)."""
    world: World = bot.sandbox.world
    chat = world.add_chat(-world.new_id(), type_, "Test")
    chat.members = {1001: "creator", bot.sandbox.bot_id: "administrator" if type_ == "channel" else "member"}
    for name, value in fields.items():
        setattr(chat, name, value)
    return chat.id


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


async def test_get_me_is_a_bot_that_answers_inline_queries(bot: Beside) -> None:
    me = await bot.call("getMe")
    assert (me["id"], me["is_bot"], me["supports_inline_queries"]) == (7, True, True)


async def test_a_sent_message_is_in_the_ledger_file_before_the_reply(bot: Beside) -> None:
    sent = await bot.call("sendMessage", chat_id=1001, text="<b>hi</b>", parse_mode="html", disable_notification="True")
    lines = [json.loads(line) for line in bot.sandbox.settings.ledger.read_text().splitlines()]
    assert [(e["chat_id"], e["message_id"], e["text"], e["silent"]) for e in lines] == [
        (1001, sent["message_id"], "hi", True)
    ]
    assert lines[0]["entities"] == sent["entities"] == [{"type": "bold", "offset": 0, "length": 2}]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"link_preview_options": "{"}, "can't parse link preview options JSON object"),
        ({"link_preview_options": "[]"}, "object expected as link preview options"),
        ({"text": ""}, "message text is empty"),
        ({"text": "a" * 32769}, "text is too long"),
        ({"parse_mode": "BBCode"}, "unsupported parse_mode"),
        (
            {"parse_mode": "MarkdownV2"},
            "the sandbox takes parse_mode HTML only; Telegram itself also takes Markdown and MarkdownV2",
        ),
        ({"text": "<x>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "x" at byte offset 0'),
        ({"reply_parameters": "{"}, "can't parse reply parameters JSON object"),
        ({"reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"reply_markup": "[]"}, "object expected as reply markup"),
        ({"reply_markup": keyboard({"text": "a"})}, "can't parse inline keyboard button: Text buttons are unallowed"),
        ({"chat_id": ""}, "chat_id is empty"),
        ({"chat_id": "999"}, "chat not found"),
        ({"chat_id": "@nobody"}, "chat not found"),
        ({"reply_parameters": {"message_id": 77}}, "message to be replied not found"),
        ({"text": " \u200b "}, "text must be non-empty"),
        ({"text": "a" * 4097}, "message is too long"),
    ],
)
async def test_send_message_refuses_in_the_words_of_telegram(bot: Beside, params: dict[str, Any], said: str) -> None:
    code, description = await bot.refusal("sendMessage", **({"chat_id": "1001", "text": "a"} | params))
    assert code == 400
    assert description.startswith(f"Bad Request: {said}")
    assert bot.sandbox.ledger.entries == []


async def test_what_is_wrong_first_in_telegrams_order_is_what_is_said(bot: Beside) -> None:
    wrong: dict[str, Any] = {"link_preview_options": "{", "parse_mode": "x", "reply_markup": "{", "chat_id": ""}
    said = []
    for fixed in ("link_preview_options", "text", "parse_mode", "reply_markup", "chat_id"):
        said.append((await bot.refusal("sendMessage", **wrong))[1].removeprefix("Bad Request: "))
        wrong[fixed] = {"text": "a" * 4097, "chat_id": "1001"}.get(fixed, "")
    said.append((await bot.refusal("sendMessage", **wrong))[1].removeprefix("Bad Request: "))
    assert said == [
        "can't parse link preview options JSON object",
        "message text is empty",
        "unsupported parse_mode",
        "can't parse reply keyboard markup JSON object",
        "chat_id is empty",
        "message is too long",
    ]


@pytest.mark.parametrize(
    ("type_", "fields", "code", "said"),
    [
        ("group", {"is_gone": True}, 403, "Forbidden: the group chat was deleted"),
        ("group", {"is_gone": True, "migrated_to": -5}, 400, "group chat was upgraded to a supergroup chat"),
        ("group", {"members": {7: "kicked"}}, 403, "Forbidden: bot was kicked from the group chat"),
        ("group", {"members": {}}, 403, "Forbidden: bot is not a member of the group chat"),
        ("supergroup", {"members": {7: "kicked"}}, 403, "Forbidden: bot was kicked from the supergroup chat"),
        ("supergroup", {"members": {}}, 403, "Forbidden: bot is not a member of the supergroup chat"),
        ("channel", {"members": {7: "kicked"}}, 403, "Forbidden: bot was kicked from the channel chat"),
        ("channel", {"members": {}}, 403, "Forbidden: bot is not a member of the channel chat"),
        ("channel", {"members": {7: "member"}}, 400, "need administrator rights in the channel chat"),
        ("supergroup", {"bot_may_send": False}, 400, "not enough rights to send text messages to the chat"),
    ],
)
async def test_a_chat_the_bot_may_not_write_to_says_why(
    bot: Beside, type_: str, fields: dict[str, Any], code: int, said: str
) -> None:
    found = await bot.refusal("sendMessage", chat_id=chat_of(bot, type_, **fields), text="a")
    assert found == (code, said if code == 403 else f"Bad Request: {said}")


async def test_a_person_out_of_reach_is_a_403(bot: Beside) -> None:
    reader = bot.sandbox.world.chats[1001]
    reader.is_started = False
    assert await bot.refusal("sendMessage", chat_id=1001, text="a") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    reader.is_blocked = True
    assert await bot.refusal("sendMessage", chat_id=1001, text="a") == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    reader.is_gone = True
    assert await bot.refusal("sendMessage", chat_id=1001, text="a") == (403, "Forbidden: user is deactivated")


async def test_topics_of_a_forum_are_checked_and_elsewhere_passed_over(bot: Beside) -> None:
    forum = chat_of(bot, "supergroup", is_forum=True, topics={5: "News", 6: "Old"}, closed_topics={6})
    sent = await bot.call("sendMessage", chat_id=forum, text="a", message_thread_id=5)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (5, True)
    not_found = (400, "Bad Request: message thread not found")
    assert await bot.refusal("sendMessage", chat_id=forum, text="a", message_thread_id=1) == not_found
    assert await bot.refusal("sendMessage", chat_id=forum, text="a", message_thread_id=9) == not_found
    closed = await bot.refusal("sendMessage", chat_id=forum, text="a", message_thread_id=6)
    assert closed == (400, "Bad Request: TOPIC_CLOSED")
    assert "message_thread_id" not in await bot.call("sendMessage", chat_id=GROUP, text="a", message_thread_id=9)


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ({"inline_keyboard": {}}, 'field "inline_keyboard" must be of type Array'),
        (
            {"inline_keyboard": [{}]},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        ({"keyboard": ["a"]}, 'field "keyboard" must be an Array of Arrays'),
        ({"inline_keyboard": [["a"]]}, "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
        (keyboard({"url": "a"}), "can't parse inline keyboard button: Can't find field \"text\""),
        (
            keyboard({"text": "a", "callback_data": ""}),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            keyboard({"text": "a", "style": "pink"}),
            "can't parse inline keyboard button: invalid button style specified",
        ),
        ({"keyboard": [[5]]}, "can't parse keyboard button: KeyboardButton must be a String or an Object"),
        (keyboard({"text": "", "callback_data": "a"}), "inline keyboard button text must be non-empty"),
        (keyboard({"text": "a", "callback_data": "é" * 33}), "BUTTON_DATA_INVALID"),
        (keyboard({"text": "a", "copy_text": {"text": "x" * 257}}), "BUTTON_COPY_TEXT_INVALID"),
        (
            keyboard({"text": "a", "url": "localhost"}),
            "inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL",
        ),
        (
            keyboard({"text": "a", "url": "ftp://e.example"}),
            "inline keyboard button URL 'ftp://e.example' is invalid: Unsupported URL protocol",
        ),
        (keyboard(*[{"text": "a", "callback_data": "b"}] * 101), "reply markup is too long"),
        ({"inline_keyboard": [[{"text": "a", "callback_data": "b"}] * 9]}, "reply markup is too long"),
        ({"keyboard": [[""]]}, "keyboard button text must be non-empty"),
    ],
)
async def test_a_bad_keyboard_is_refused_in_the_words_of_telegram(
    bot: Beside, markup: dict[str, Any], said: str
) -> None:
    assert await bot.refusal("sendMessage", chat_id=1001, text="a", reply_markup=markup) == (
        400,
        f"Bad Request: {said}",
    )


async def test_every_kind_of_inline_button_comes_back_as_it_was_sent(bot: Beside) -> None:
    buttons: list[dict[str, Any]] = [
        {"text": "a", "callback_data": "x" * 64},
        {"text": "b", "url": "https://e.example/"},
        {"text": "c", "switch_inline_query": ""},
        {"text": "d", "switch_inline_query_current_chat": "q"},
        {"text": "e", "switch_inline_query_chosen_chat": {"query": "q", "allow_user_chats": True}},
        {"text": "f", "copy_text": {"text": "copied"}, "style": "primary"},
    ]
    sent = await bot.call("sendMessage", chat_id=1001, text="a", reply_markup=keyboard(*buttons))
    assert sent["reply_markup"] == keyboard(*buttons)


async def test_a_reply_keyboard_changes_the_chat_and_not_the_message(bot: Beside) -> None:
    asking = {"keyboard": [[{"text": "Where", "request_location": True}, "Skip"]], "resize_keyboard": True}
    sent = await bot.call("sendMessage", chat_id=1001, text="a", reply_markup=asking)
    assert "reply_markup" not in sent
    kept = bot.sandbox.world.chats[1001].messages[sent["message_id"]].keyboard
    assert kept == asking | {"keyboard": [[{"text": "Where", "request_location": True}, {"text": "Skip"}]]}
    in_group = await bot.refusal("sendMessage", chat_id=GROUP, text="a", reply_markup=asking)
    assert in_group == (400, "Bad Request: location can be requested in private chats only")


async def test_a_channel_takes_no_button_that_needs_the_bots_name(bot: Beside) -> None:
    said = await bot.refusal(
        "sendMessage",
        chat_id=chat_of(bot, "channel"),
        text="a",
        reply_markup=keyboard({"text": "a", "switch_inline_query": "q"}),
    )
    assert said[1].startswith("Bad Request: can't use switch_inline_query button in a channel chat")


async def test_rich_messages_are_sent_edited_and_refused(bot: Beside) -> None:
    sent = await bot.call("sendRichMessage", chat_id=1001, rich_message={"html": "<h2>Day</h2><p>text</p>"})
    assert [block["type"] for block in sent["rich_message"]["blocks"]] == ["heading", "paragraph"]
    assert bot.sandbox.ledger.entries[0]["rich"] == sent["rich_message"]
    place: dict[str, Any] = {"chat_id": 1001, "message_id": sent["message_id"]}
    edited = await bot.call("editMessageText", **place, rich_message={"html": "<p>other</p>"})
    assert len(edited["rich_message"]["blocks"]) == 1
    plain = await bot.call("editMessageText", **place, text="plain")
    assert "rich_message" not in plain
    for value, said in (
        ({}, "RICH_MESSAGE_CONTENT_REQUIRED"),
        ("[]", "object expected as rich message"),
        ("{", "can't parse rich message JSON object"),
    ):
        assert await bot.refusal("sendRichMessage", chat_id=1001, rich_message=value) == (400, f"Bad Request: {said}")


async def test_edits_follow_the_rules_of_telegram(bot: Beside) -> None:
    markup = keyboard({"text": "a", "callback_data": "b"})
    sent = await bot.call("sendMessage", chat_id=1001, text="one", reply_markup=markup)
    place: dict[str, Any] = {"chat_id": 1001, "message_id": sent["message_id"]}
    assert await bot.refusal("editMessageText", **place, text="one", reply_markup=markup) == (400, RETRY_EDIT)
    assert await bot.refusal("editMessageReplyMarkup", **place, reply_markup=markup) == (400, RETRY_EDIT)
    edited = await bot.call("editMessageText", **place, text="two")
    assert edited["text"] == "two"
    assert "reply_markup" not in edited
    assert "edit_date" in edited
    marked = await bot.call("editMessageReplyMarkup", **place, reply_markup=markup)
    assert marked["reply_markup"] == markup
    missing = await bot.refusal("editMessageText", chat_id=1001, message_id=99, text="a")
    assert missing == (400, "Bad Request: message to edit not found")
    assert await bot.refusal("editMessageText", text="a") == (400, "Bad Request: message identifier is not specified")
    assert len(bot.sandbox.ledger.entries) == 1


async def test_a_persons_message_cannot_be_edited_but_deleted_in_a_private_chat(bot: Beside) -> None:
    world = bot.sandbox.world
    theirs = world.post(world.chats[1001], {"text": "hi"}, by=world.users[1001])
    place: dict[str, Any] = {"chat_id": 1001, "message_id": theirs.id}
    assert await bot.refusal("editMessageText", **place, text="a") == (400, "Bad Request: message can't be edited")
    assert await bot.call("deleteMessage", **place) is True
    assert await bot.refusal("deleteMessage", **place) == (400, "Bad Request: message to delete not found")


async def test_what_is_too_old_or_not_its_own_the_bot_cannot_delete(bot: Beside) -> None:
    world = bot.sandbox.world
    theirs = world.post(world.chats[GROUP], {"text": "hi"}, by=world.users[1001])
    mine = await bot.call("sendMessage", chat_id=1001, text="a")
    bot.tick(49 * 3600)
    for chat_id, message_id in ((GROUP, theirs.id), (1001, mine["message_id"])):
        said = await bot.refusal("deleteMessage", chat_id=chat_id, message_id=message_id)
        assert said == (400, "Bad Request: message can't be deleted")


async def test_files_travel_up_and_down(bot: Beside) -> None:
    upload = {"document": Upload("feeds.opml", "text/xml", b"<opml/>")}
    sent = await bot.call("sendDocument", upload, chat_id=1001, caption="<i>feeds</i>", parse_mode="HTML")
    assert (sent["document"]["file_name"], sent["document"]["file_size"], sent["caption"]) == ("feeds.opml", 7, "feeds")
    again = await bot.call("sendDocument", chat_id=1001, document=sent["document"]["file_id"])
    assert again["document"]["file_name"] == "feeds.opml"
    found = await bot.call("getFile", file_id=sent["document"]["file_id"])
    assert found["file_path"].endswith("/feeds.opml")
    for method, params, said in (
        ("sendDocument", {}, "there is no document in the request"),
        ("sendPhoto", {"photo": "nonsense"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"photo": "http://nowhere"}, "wrong HTTP URL specified"),
        ("sendPhoto", {"photo": "https://e.example/a.jpg", "caption": "a" * 1025}, "message caption is too long"),
        ("getFile", {}, "file_id not specified"),
        ("getFile", {"file_id": "x"}, "invalid file_id"),
    ):
        assert await bot.refusal(method, chat_id=1001, **params) == (400, f"Bad Request: {said}")


async def test_an_album_is_as_many_messages_of_one_kind(bot: Beside) -> None:
    photo = {"type": "photo", "media": "https://e.example/a.jpg"}
    sent = await bot.call("sendMediaGroup", chat_id=1001, media=[photo | {"caption": "a"}, photo])
    assert len(sent) == len(bot.sandbox.ledger.entries) == 2
    assert sent[0]["caption"] == "a"
    for media, said in (
        ([], "there are no messages to send"),
        ([photo] * 11, "too many messages to send as an album"),
        ([photo, photo | {"type": "document"}], "can't use the media of the specified type in the album"),
        ({}, "expected an Array of InputMedia"),
        ([5], "can't parse InputMedia: expected an Object"),
    ):
        assert await bot.refusal("sendMediaGroup", chat_id=1001, media=media) == (400, f"Bad Request: {said}")


async def test_a_chat_action_is_one_of_a_list(bot: Beside) -> None:
    assert await bot.call("sendChatAction", chat_id=1001, action="typing") is True
    said = await bot.refusal("sendChatAction", chat_id=1001, action="dancing")
    assert said == (400, "Bad Request: wrong parameter action in request")


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        ("{", "can't parse commands JSON object"),
        ({"a": 1}, "expected an Array of BotCommand"),
        ([5], "can't parse BotCommand: expected an Object"),
        ([{"command": "a"}], "can't parse BotCommand: Can't find field \"description\""),
        ([{"command": "", "description": "d"}], "command must be non-empty"),
        ([{"command": "a" * 33, "description": "d"}], "command length must not exceed 32"),
        ([{"command": "a", "description": " "}], "command description must be non-empty"),
        ([{"command": "a", "description": "d" * 257}], "command description length must not exceed 256"),
        ([{"command": "Añ", "description": "d"}], "BOT_COMMAND_INVALID"),
        ([{"command": f"c{n}", "description": "d"} for n in range(101)], "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_commands_have_rules(bot: Beside, commands: Any, said: str) -> None:
    assert await bot.refusal("setMyCommands", commands=commands) == (400, f"Bad Request: {said}")


async def test_commands_are_kept_by_scope_and_language(bot: Beside) -> None:
    command = [{"command": "start", "description": "Begin"}]
    await bot.call("setMyCommands", commands=command, scope={"type": "chat", "chat_id": 1001}, language_code="de")
    assert await bot.call("getMyCommands") == []
    scope = {"type": "chat", "chat_id": 1001}
    assert await bot.call("getMyCommands", scope=scope, language_code="de") == command
    await bot.call("deleteMyCommands", scope=scope, language_code="de")
    assert await bot.call("getMyCommands", scope=scope, language_code="de") == []
    said = await bot.refusal("getMyCommands", scope={"type": "planet"})
    assert said == (400, "Bad Request: can't parse BotCommandScope: Unsupported type specified")


async def test_chats_and_members_are_described(bot: Beside) -> None:
    assert (await bot.call("getChat", chat_id=GROUP))["title"] == "Morning group"
    assert (await bot.call("getChatMember", chat_id=GROUP, user_id=1001))["status"] == "creator"
    rulers = await bot.call("getChatAdministrators", chat_id=GROUP)
    assert [ruler["user"]["id"] for ruler in rulers] == [1001]
    for method, params, said in (
        ("getChat", {"chat_id": 5}, "chat not found"),
        ("getChatMember", {"chat_id": GROUP, "user_id": "x"}, "invalid user_id specified"),
        ("getChatMember", {"chat_id": GROUP, "user_id": 5}, "user not found"),
        ("getChatAdministrators", {"chat_id": 1001}, "there are no administrators in the private chat"),
    ):
        assert await bot.refusal(method, **params) == (400, f"Bad Request: {said}")


async def test_an_administrator_of_a_channel_may_post_or_not(bot: Beside) -> None:
    channel = chat_of(bot, "channel")
    people.set_member(bot.sandbox, bot.sandbox.world.chats[channel], 1002, "administrator", by=1001, may_send=False)
    theirs = await bot.call("getChatMember", chat_id=channel, user_id=1002)
    ours = await bot.call("getChatMember", chat_id=channel, user_id=bot.sandbox.bot_id)
    assert (theirs["can_post_messages"], ours["can_post_messages"]) == (False, True)
    people.set_member(
        bot.sandbox, bot.sandbox.world.chats[channel], bot.sandbox.bot_id, "administrator", by=1001, may_send=False
    )
    heard = (await bot.call("getUpdates"))[-1]["my_chat_member"]
    told = [heard[name]["can_post_messages"] for name in ("old_chat_member", "new_chat_member")]
    assert told == [True, False]
    said = await bot.refusal("sendMessage", chat_id=channel, text="a")
    assert said == (400, "Bad Request: need administrator rights in the channel chat")


async def test_a_topic_is_made_by_a_bot_that_may(bot: Beside) -> None:
    forum = chat_of(bot, "supergroup", is_forum=True)
    said = await bot.refusal("createForumTopic", chat_id=forum, name="World")
    assert said == (400, "Bad Request: not enough rights to create a topic")
    bot.sandbox.world.chats[forum].members[bot.sandbox.bot_id] = "administrator"
    await bot.call("sendMessage", chat_id=forum, text="the first message is the general topic's")
    made = await bot.call("createForumTopic", chat_id=forum, name="World")
    assert (made["name"], made["message_thread_id"] > 0) == ("World", True)
    there = await bot.call("sendMessage", chat_id=forum, text="a", message_thread_id=made["message_thread_id"])
    assert there["message_thread_id"] == made["message_thread_id"]
    assert (await bot.refusal("createForumTopic", chat_id=forum, name=" "))[0] == 400
    assert await bot.refusal("createForumTopic", chat_id=GROUP, name="World") == (
        400,
        "Bad Request: the chat is not a forum",
    )


async def test_a_bot_that_leaves_hears_of_it_and_cannot_write(bot: Beside) -> None:
    assert await bot.call("leaveChat", chat_id=GROUP) is True
    heard = await bot.call("getUpdates")
    assert heard[0]["my_chat_member"]["new_chat_member"]["status"] == "left"
    said = await bot.refusal("sendMessage", chat_id=GROUP, text="a")
    assert said == (403, "Forbidden: bot is not a member of the supergroup chat")


async def test_a_bot_closes_only_ten_minutes_after_its_start_and_logs_out_for_good(bot: Beside) -> None:
    code, description = await bot.refusal("close")
    assert (code, description.split(" after ")[0]) == (429, "Too Many Requests: retry")
    bot.tick(601)
    assert await bot.call("close") is True
    assert await bot.call("logOut") is True
    assert await bot.refusal("sendMessage", chat_id=1001, text="a") == (400, "Bad Request: logged out")


async def test_arguments_that_are_not_utf8_are_refused(bot: Beside) -> None:
    said = await bot.refusal("sendMessage", chat_id=1001, text="a\udcff")
    assert said == (400, "Bad Request: strings must be encoded in UTF-8")


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Beside]:
    with beside(tmp_path, ledger=tmp_path / "limited.jsonl", limits="free") as limited:
        yield limited


async def test_limits_are_off_until_asked_for(bot: Beside) -> None:
    for _ in range(40):
        await bot.call("sendMessage", chat_id=GROUP, text="a")
    assert len(bot.sandbox.ledger.entries) == 40


async def test_one_chat_takes_a_short_burst_and_then_waits(limited: Beside) -> None:
    for _ in range(5):
        await limited.call("sendMessage", chat_id=1001, text="a")
    assert await limited.refusal("sendMessage", chat_id=1001, text="a") == (429, "Too Many Requests: retry after 5")
    await limited.call("sendMessage", chat_id=1002, text="a")
    limited.tick(5)
    await limited.call("sendMessage", chat_id=1001, text="a")


async def test_a_group_takes_twenty_messages_a_minute(limited: Beside) -> None:
    for _ in range(20):
        limited.tick(1)
        await limited.call("sendMessage", chat_id=GROUP, text="a")
    assert await limited.refusal("sendMessage", chat_id=GROUP, text="a") == (429, "Too Many Requests: retry after 41")


async def test_everyone_together_takes_thirty_messages_a_second(limited: Beside) -> None:
    users = [limited.sandbox.world.add_user(3000 + n, "Someone")["id"] for n in range(31)]
    for user in users[:30]:
        await limited.call("sendMessage", chat_id=user, text="a")
    assert await limited.refusal("sendMessage", chat_id=users[30], text="a") == (
        429,
        "Too Many Requests: retry after 1",
    )


async def test_a_long_text_counts_for_several_messages_where_that_is_asked_for(limited: Beside) -> None:
    assert limited.sandbox.limits.rates is not None
    limited.sandbox.limits.rates = replace(limited.sandbox.limits.rates, long_text=500)
    await limited.call("sendMessage", chat_id=1001, text="a" * 1_501)
    await limited.call("sendMessage", chat_id=1001, text="a")
    assert (await limited.refusal("sendMessage", chat_id=1001, text="a"))[0] == 429


async def test_paid_broadcasts_take_a_thousand_messages_a_second(tmp_path: Path) -> None:
    with beside(tmp_path, limits="paid") as paid:
        users = [paid.sandbox.world.add_user(3000 + n, "Someone")["id"] for n in range(1001)]
        for user in users[:1000]:
            await paid.call("sendMessage", chat_id=user, text="a")
        assert (await paid.refusal("sendMessage", chat_id=users[1000], text="a"))[0] == 429
