"""What the bot's own client library makes of the sandbox: every answer must parse, every refusal be translated."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot, InlineQueryResultArticle, InputTextMessageContent
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter

from tests.sandbox.running import RunningSandbox, running_sandbox


@pytest.fixture(scope="module")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
async def bot(sandbox: RunningSandbox) -> AsyncIterator[Bot]:
    async with Bot(sandbox.token, base_url=sandbox.base_url, base_file_url=sandbox.base_file_url) as bot:
        yield bot


async def test_the_library_sends_edits_and_fetches(bot: Bot, tmp_path: Path) -> None:
    sent = await bot.send_message(1001, "<b>hi</b> /go", parse_mode="HTML")
    assert [entity.type for entity in sent.entities] == ["bold", "bot_command"]
    edited = await sent.edit_text("bye")
    assert not isinstance(edited, bool)
    assert edited.text == "bye"
    document = await bot.send_document(1001, b"<opml/>", filename="feeds.opml")
    assert document.document is not None
    assert await (await bot.get_file(document.document.file_id)).download_as_bytearray() == b"<opml/>"
    assert (await bot.get_chat(-1002001)).title == "Morning group"
    assert [member.status for member in await bot.get_chat_administrators(-1002001)] == ["creator"]
    assert await bot.set_my_commands([("start", "Begin")])
    rich = await bot.do_api_request("sendRichMessage", {"chat_id": 1001, "rich_message": {"html": "<p>a</p>"}})
    assert rich["rich_message"]["blocks"] == [{"type": "paragraph", "text": "a"}]


async def test_the_library_understands_every_update(sandbox: RunningSandbox, bot: Bot) -> None:
    sent = await bot.send_message(1001, "a")
    await sandbox.say(1001, 1001, "/start")
    await sandbox.press(1001, 1001, sent.message_id, "x", answer_within=0)
    await sandbox.inline(1001, "berlin", answer_within=0)
    await sandbox.block(1001)
    await sandbox.block(1001, blocked=False)
    updates = await bot.get_updates(timeout=0)
    message, press, inline, blocked, _ = updates
    assert message.message is not None
    assert press.callback_query is not None
    assert inline.inline_query is not None
    assert blocked.my_chat_member is not None
    assert (message.message.text, press.callback_query.data) == ("/start", "x")
    assert (inline.inline_query.query, blocked.my_chat_member.new_chat_member.status) == ("berlin", "kicked")
    assert await bot.answer_callback_query(press.callback_query.id, "done")
    article = InlineQueryResultArticle("1", "A", InputTextMessageContent("a"))
    assert await bot.answer_inline_query(inline.inline_query.id, [article])


async def test_the_library_translates_every_refusal(
    sandbox: RunningSandbox, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # Without it every RetryAfter warns of its coming change of type.
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "a")
    await sandbox.fault("forbidden", times=1)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(1001, "a")
    await sandbox.fault("429", times=1, retry_after=9)
    with pytest.raises(RetryAfter):
        await bot.send_message(1001, "a")
    group = (await sandbox.add_chat("group", "Small"))["id"]
    new = await sandbox.migrate(group)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group, "a")
    assert caught.value.new_chat_id == new
    await sandbox.fault("error", error_code=401, description="Unauthorized", times=1)
    with pytest.raises(InvalidToken):
        await bot.get_me()
