from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import people
from tests.sandbox.beside import Beside, beside

TOO_OLD = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
ARTICLE: dict[str, Any] = {
    "type": "article",
    "id": "1",
    "title": "A",
    "input_message_content": {"message_text": "<b>a</b>", "parse_mode": "HTML"},
}


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Beside]:
    with beside(tmp_path) as bot:
        yield bot


async def pressed(bot: Beside) -> str:
    sent = await bot.call("sendMessage", chat_id=1001, text="a")
    chat = bot.sandbox.world.chats[1001]
    return people.press(bot.sandbox, chat, 1001, chat.messages[sent["message_id"]], "any data at all").id


async def test_a_press_is_answered_once(bot: Beside) -> None:
    query_id = await pressed(bot)
    assert await bot.call("answerCallbackQuery", callback_query_id=query_id, text="Saved", show_alert=True) is True
    query = bot.sandbox.queries.asked(query_id)
    assert query is not None
    assert query.answer == {"text": "Saved", "show_alert": True}
    assert await bot.refusal("answerCallbackQuery", callback_query_id=query_id) == TOO_OLD


async def test_a_press_expires(bot: Beside) -> None:
    query_id = await pressed(bot)
    bot.tick(16)
    assert await bot.refusal("answerCallbackQuery", callback_query_id=query_id) == TOO_OLD
    assert await bot.refusal("answerCallbackQuery", callback_query_id="12") == TOO_OLD


async def test_a_notice_has_200_characters_at_most(bot: Beside) -> None:
    said = await bot.refusal("answerCallbackQuery", callback_query_id=await pressed(bot), text="a" * 201)
    assert said == (400, "Bad Request: MESSAGE_TOO_LONG")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"results": [ARTICLE] * 51}, "too many inline query results specified"),
        ({"results": {}}, "expected an Array of inline query results"),
        ({"results": [5]}, "can't parse inline query result: Inline query result must be an object"),
        ({"results": [{"id": "1"}]}, "can't parse inline query result: Can't find field \"type\""),
        (
            {"results": [{"type": "article", "id": "1", "title": "a"}]},
            "can't parse inline query result: Can't find field \"message_text\"",
        ),
        (
            {"results": [{"type": "planet", "id": "1"}]},
            'can\'t parse inline query result: type "planet" is unsupported for the inline query result',
        ),
        (
            {"results": [ARTICLE | {"input_message_content": {"message_text": "<b>", "parse_mode": "HTML"}}]},
            "can't parse inline query result: Can't parse entities: "
            'Can\'t find end tag corresponding to start tag "b"',
        ),
        (
            {"results": [ARTICLE | {"input_message_content": {}}]},
            "can't parse inline query result: Input message content is not specified",
        ),
        ({"results": [ARTICLE, ARTICLE]}, "RESULT_ID_DUPLICATE"),
        ({"results": [ARTICLE | {"id": "x" * 65}]}, "RESULT_ID_INVALID"),
        ({"results": [ARTICLE], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": "{"}, "can't parse inline query results button JSON object"),
        (
            {"results": [], "button": {"text": "a"}},
            "can't parse inline query results button: InlineQueryResultsButton must have exactly one optional field",
        ),
    ],
)
async def test_bad_inline_answers_are_refused_in_the_words_of_telegram(
    bot: Beside, params: dict[str, Any], said: str
) -> None:
    query = people.inline(bot.sandbox, 1001, "q", "", "")
    assert await bot.refusal("answerInlineQuery", inline_query_id=query.id, **params) == (400, f"Bad Request: {said}")


async def test_inline_results_are_shared_between_users_unless_personal(bot: Beside) -> None:
    shared, personal = (
        people.inline(bot.sandbox, 1001, "shared", "", ""),
        people.inline(bot.sandbox, 1001, "own", "", ""),
    )
    await bot.call("answerInlineQuery", inline_query_id=shared.id, results=[ARTICLE])
    await bot.call("answerInlineQuery", inline_query_id=personal.id, results=[ARTICLE], is_personal=True)
    assert people.inline(bot.sandbox, 1002, "shared", "", "").was_cached
    assert people.inline(bot.sandbox, 1001, "own", "", "").was_cached
    assert not people.inline(bot.sandbox, 1002, "own", "", "").was_cached
    bot.tick(300)
    assert not people.inline(bot.sandbox, 1002, "shared", "", "").was_cached


async def test_a_cache_time_of_nothing_keeps_nothing_and_a_long_one_is_clamped_to_a_day(bot: Beside) -> None:
    for text, cache_time in (("never", 0), ("long", 10**9)):
        query = people.inline(bot.sandbox, 1001, text, "", "")
        await bot.call("answerInlineQuery", inline_query_id=query.id, results=[ARTICLE], cache_time=cache_time)
    assert not people.inline(bot.sandbox, 1001, "never", "", "").was_cached
    assert people.inline(bot.sandbox, 1001, "long", "", "").was_cached
    bot.tick(86_400)
    assert not people.inline(bot.sandbox, 1001, "long", "", "").was_cached
