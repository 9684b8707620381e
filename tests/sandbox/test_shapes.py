import pytest

from tests.sandbox.shapes import schema, violations


def test_requests_as_documented_have_no_violations() -> None:
    docs = schema()
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    assert violations("sendMessage", {"chat_id": "1", "text": "[1]", "reply_markup": keyboard}, docs) == []
    assert violations("sendmessage", {"chat_id": 1, "text": "a", "disable_notification": "true"}, docs) == []
    assert violations("sendRichMessage", {"chat_id": "@a", "rich_message": {"html": "<p>a</p>"}}, docs) == []
    upload = {"file_name": "a", "content_type": "text/xml", "size": 3}
    assert violations("sendDocument", {"chat_id": "1", "document": upload}, docs) == []
    article = {"type": "article", "id": "1", "title": "a", "input_message_content": {"message_text": "b"}}
    assert violations("answerInlineQuery", {"inline_query_id": "1", "results": [article]}, docs) == []
    scope = {"type": "chat", "chat_id": 5}
    assert violations("setMyCommands", {"commands": [{"command": "a", "description": "b"}], "scope": scope}, docs) == []


@pytest.mark.parametrize(
    ("method", "params", "said"),
    [
        ("sendMesage", {}, "sendMesage is no method"),
        ("sendMessage", {"chat_id": "1"}, "sendMessage: text is missing"),
        ("sendMessage", {"chat_id": "1", "text": "a", "txt": "b"}, "sendMessage: txt is not a parameter"),
        ("sendMessage", {"chat_id": "1", "text": "a", "message_thread_id": "x"}, 'message_thread_id is "x"'),
        ("sendMessage", {"chat_id": "1", "text": "a", "protect_content": "maybe"}, 'protect_content is "maybe"'),
        ("sendMessage", {"chat_id": "1", "text": "a", "reply_markup": "[]"}, "reply_markup is"),
        (
            "sendMessage",
            {"chat_id": "1", "text": "a", "reply_markup": {"inline_keyboard": [[{"text": 5}]]}},
            "inline_keyboard[0][0].text is 5, not String",
        ),
        (
            "sendMessage",
            {"chat_id": "1", "text": "a", "reply_markup": {"inline_keyboard": [[{"text": "a", "calback": "b"}]]}},
            "calback is not a parameter",
        ),
        (
            "answerInlineQuery",
            {"inline_query_id": "1", "results": [{"type": "article", "id": "1", "input_message_content": {}}]},
            "title is missing",
        ),
        ("sendRichMessage", {"chat_id": "1", "rich_message": {"html": True}}, "rich_message.html is true"),
        ("sendDocument", {"chat_id": "1", "document": 5}, "document is 5"),
        ("setMyCommands", {"commands": {"command": "a"}}, "commands is"),
    ],
)
def test_planted_violations_are_found(method: str, params: dict[str, object], said: str) -> None:
    found = violations(method, params, schema())
    assert any(said in sentence for sentence in found), found
