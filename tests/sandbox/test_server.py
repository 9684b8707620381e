"""Over the wire, with the real process: the transport, the control interface, trouble on order."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientTimeout

from tests.sandbox.running import Nothing, RunningSandbox, running_sandbox
from tests.sandbox.shapes import schema, violations

GROUP = -1002001


@pytest.fixture(scope="module")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
async def reader(sandbox: RunningSandbox) -> AsyncIterator[int]:
    """A fresh user and private chat; updates are read away, faults and limits end with the test."""
    user = await sandbox.add_user("Reader of this test")
    await sandbox.result("getUpdates", offset=-1)
    yield user["id"]
    await sandbox.clear_faults()
    await sandbox.limits("off")
    await sandbox.delay(0)
    if left := await sandbox.result("getUpdates", offset=-1):
        await sandbox.result("getUpdates", offset=left[-1]["update_id"] + 1)


async def heard(sandbox: RunningSandbox, type_: str) -> list[dict[str, Any]]:
    """The pending updates of a type, which are then confirmed."""
    pending = await sandbox.result("getUpdates", allowed_updates=[])
    if pending:
        await sandbox.result("getUpdates", offset=pending[-1]["update_id"] + 1)
    return [update[type_] for update in pending if type_ in update]


async def test_a_request_may_come_in_any_of_five_forms(sandbox: RunningSandbox, reader: int) -> None:
    address, said = f"{sandbox.url}/bot{sandbox.token}/SENDmessage", {"chat_id": str(reader), "text": "ü & +"}
    forms: list[tuple[str, dict[str, Any]]] = [
        ("GET", {"params": said}),
        ("POST", {"params": said}),
        ("POST", {"data": said}),
        ("POST", {"json": said | {"chat_id": reader}}),
    ]
    for verb, form in forms:
        async with sandbox.session.request(verb, address, **form) as response:
            assert (await response.json())["result"]["text"] == "ü & +"
    answer = await sandbox.call("sendDocument", {"document": b"content"}, chat_id=reader, caption="ü")
    assert (answer["result"]["document"]["file_size"], answer["result"]["caption"]) == (7, "ü")
    assert len(await sandbox.messages(reader)) == 5


async def test_an_uploaded_file_can_be_fetched(sandbox: RunningSandbox, reader: int) -> None:
    sent = (await sandbox.call("sendDocument", {"document": b"\x00\xffcontent"}, chat_id=reader))["result"]
    found = await sandbox.result("getFile", file_id=sent["document"]["file_id"])
    async with sandbox.session.get(f"{sandbox.base_file_url}{sandbox.token}/{found['file_path']}") as response:
        assert await response.read() == b"\x00\xffcontent"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("botnonsense/getMe", 401, "Unauthorized: invalid token specified"),
        ("bot1:wrong/getMe", 401, "Unauthorized"),
        ("bot{token}/getMoon", 404, "Not Found: method not found"),
        ("elsewhere", 404, "Not Found"),
        ("file/bot{token}/nothing", 404, "Not Found"),
    ],
)
async def test_what_is_not_there_says_so(sandbox: RunningSandbox, path: str, status: int, said: str) -> None:
    async with sandbox.session.get(f"{sandbox.url}/{path.format(token=sandbox.token)}") as response:
        assert response.status == status
        assert await response.json() == {"ok": False, "error_code": status, "description": said}


async def test_a_body_that_is_no_json_is_a_400(sandbox: RunningSandbox) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"{", b"[1]", b'{"text": "\\ud800"}', b"\xff"):
        async with sandbox.session.post(
            f"{sandbox.base_url}{sandbox.token}/getMe", data=body, headers=headers
        ) as response:
            assert response.status == 400
            assert (await response.json())["ok"] is False


async def test_text_that_is_not_utf8_is_refused_in_words(sandbox: RunningSandbox, reader: int) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    address, body = f"{sandbox.base_url}{sandbox.token}/sendMessage", f"chat_id={reader}&text=a%FF"
    async with sandbox.session.post(address, data=body, headers=headers) as response:
        assert (await response.json())["description"] == "Bad Request: strings must be encoded in UTF-8"


async def test_the_bot_hears_what_people_say_with_commands_marked(sandbox: RunningSandbox, reader: int) -> None:
    said = await sandbox.say(reader, reader, "/start now")
    assert said["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    place = {"latitude": 52.5, "longitude": 13.4}
    await sandbox.say(reader, reader, location=place)
    file = await sandbox.say(reader, reader, document={"file_name": "a.opml", "content": "<opml/>"})
    messages = await heard(sandbox, "message")
    assert [message.get("location") for message in messages] == [None, place, None]
    assert messages[0] == said
    assert messages[2] == file


async def test_in_a_group_the_bot_hears_only_what_concerns_it(sandbox: RunningSandbox, reader: int) -> None:
    for text in ("hello", "/topics", "/topics@sandbox_digest_bot", "/topics@other_bot", "@sandbox_digest_bot hi"):
        await sandbox.say(GROUP, 1001, text)
    assert [m["text"] for m in await heard(sandbox, "message")] == [
        "/topics",
        "/topics@sandbox_digest_bot",
        "@sandbox_digest_bot hi",
    ]


async def test_a_press_brings_the_bots_answer_back_even_with_forged_data(sandbox: RunningSandbox, reader: int) -> None:
    sent = await sandbox.result("sendMessage", chat_id=reader, text="a")
    unanswered = await sandbox.press(reader, reader, sent["message_id"], "forged", answer_within=0)
    assert unanswered["answer"] is None
    (query,) = await heard(sandbox, "callback_query")
    assert (query["data"], query["message"]["message_id"], query["from"]["id"]) == (
        "forged",
        sent["message_id"],
        reader,
    )
    assert await sandbox.result("answerCallbackQuery", callback_query_id=query["id"], text="done") is True


async def test_an_inline_query_is_answered_chosen_and_edited(sandbox: RunningSandbox, reader: int) -> None:
    assert await sandbox.inline(reader, "berlin", answer_within=0) == {"results": None}
    (query,) = await heard(sandbox, "inline_query")
    content = {"message_text": "<b>Berlin</b>", "parse_mode": "HTML"}
    button = {"inline_keyboard": [[{"text": "Read", "callback_data": "r"}]]}
    article = {"type": "article", "id": "7", "title": "B", "input_message_content": content, "reply_markup": button}
    await sandbox.result("answerInlineQuery", inline_query_id=query["id"], results=[article], next_offset="1")
    found = await sandbox.inline(reader, "berlin")
    assert (found["cached"], found["results"], found["next_offset"]) == (True, [article], "1")
    posted = await sandbox.choose(reader, GROUP, found["inline_query_id"], "7")
    assert (posted["text"], posted["via_bot"]["is_bot"], posted["reply_markup"]) == ("Berlin", True, button)
    (chosen,) = await heard(sandbox, "chosen_inline_result")
    assert await sandbox.result("editMessageText", inline_message_id=chosen["inline_message_id"], text="Paris") is True
    assert (await sandbox.messages(GROUP))[-1]["text"] == "Paris"


async def test_a_blocked_bot_is_told_and_refused_until_it_is_let_back(sandbox: RunningSandbox, reader: int) -> None:
    await sandbox.block(reader)
    refused = await sandbox.refusal("sendMessage", chat_id=reader, text="a")
    await sandbox.block(reader, blocked=False)
    await sandbox.result("sendMessage", chat_id=reader, text="a")
    assert refused == "Forbidden: bot was blocked by the user"
    statuses = [change["new_chat_member"]["status"] for change in await heard(sandbox, "my_chat_member")]
    assert statuses == ["kicked", "member"]


async def test_a_group_that_grows_up_names_its_new_id_in_both_ways(sandbox: RunningSandbox, reader: int) -> None:
    bot = (await sandbox.world())["bot"]["id"]
    group = (await sandbox.add_chat("group", "Small"))["id"]
    await sandbox.set_member(group, reader, "creator")
    await sandbox.set_member(group, bot, "administrator")
    new = await sandbox.migrate(group)
    answer = await sandbox.call("sendMessage", chat_id=group, text="a")
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer["parameters"] == {"migrate_to_chat_id": new}
    messages = await heard(sandbox, "message")
    assert [(m.get("migrate_to_chat_id"), m.get("migrate_from_chat_id")) for m in messages] == [
        (new, None),
        (None, group),
    ]
    await sandbox.result("sendMessage", chat_id=new, text="a")


async def test_messages_show_edits_and_leave_out_what_was_deleted(sandbox: RunningSandbox, reader: int) -> None:
    first = await sandbox.result("sendMessage", chat_id=reader, text="one")
    second = await sandbox.result("sendMessage", chat_id=reader, text="two", reply_markup={"keyboard": [["a"]]})
    await sandbox.result("editMessageText", chat_id=reader, message_id=first["message_id"], text="uno")
    assert [(m["text"], m["edited"]) for m in await sandbox.messages(reader)] == [("uno", 1), ("two", 0)]
    assert (await sandbox.messages(reader))[1]["reply_markup"] == {"keyboard": [[{"text": "a"}]]}
    await sandbox.result("deleteMessage", chat_id=reader, message_id=second["message_id"])
    assert [m["text"] for m in await sandbox.messages(reader)] == ["uno"]
    assert [e["text"] for e in await sandbox.ledger() if e["chat_id"] == reader] == ["one", "two"]


async def test_waiting_for_a_message_ends_when_it_comes_or_says_what_came(sandbox: RunningSandbox, reader: int) -> None:
    await sandbox.say(reader, reader, "hello")
    with pytest.raises(Nothing, match="hello"):
        await sandbox.wait_for_message(reader, timeout=0.05)
    await sandbox.result("sendMessage", chat_id=reader, text="answer")
    assert (await sandbox.wait_for_message(reader))["text"] == "answer"


async def test_requests_are_remembered_in_a_form_the_documentation_can_judge(
    sandbox: RunningSandbox, reader: int
) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    await sandbox.call("sendDocument", {"document": b"x"}, chat_id=reader, reply_markup=markup)
    await sandbox.refusal("sendMessage", chat_id=reader)
    sent, refused = (await sandbox.requests())[-2:]
    assert (sent["params"]["reply_markup"], sent["status"]) == (markup, 200)
    assert (refused["method"], refused["description"]) == ("sendMessage", "Bad Request: message text is empty")
    assert violations(sent["method"], sent["params"], schema()) == []
    assert violations(refused["method"], refused["params"], schema()) == ["sendMessage: text is missing"]


@pytest.mark.parametrize(
    ("verb", "path", "body", "said"),
    [
        ("POST", "say", "{", "the body is not JSON"),
        ("POST", "say", "[]", "the body is not a JSON object"),
        ("POST", "say", '{"chat_id": 1}', "there is no such chat"),
        ("POST", "say", '{"chat_id": 1001, "user_id": 5}', "there is no such user"),
        ("POST", "say", '{"chat_id": 1001, "user_id": 1001}', "say what? text, location or document is missing"),
        ("POST", "say", '{"chat_id": 1001, "user_id": 1001, "forward": 1}', "forward is a JSON object"),
        (
            "POST",
            "say",
            '{"chat_id": 1001, "user_id": 1001, "forward": {"chat_id": 1001, "message_id": 1}}',
            "only a post of a channel is forwarded",
        ),
        ("POST", "users", "{}", "first_name is missing or not a text"),
        ("POST", "chats", '{"type": "planet"}', "type is group, supergroup or channel"),
        (
            "POST",
            "choose",
            '{"chat_id": 1001, "user_id": 1001, "inline_query_id": "1"}',
            "that user asked no such inline query",
        ),
        ("GET", "messages", "", "chat_id is missing or not a number"),
        ("POST", "delay", '{"seconds": -1}', "seconds is a number from 0 to 60"),
        ("GET", "ledger?after=x", "", "after is missing or not a number"),
    ],
)
async def test_control_errors_are_one_sentence(
    sandbox: RunningSandbox, verb: str, path: str, body: str, said: str
) -> None:
    async with sandbox.session.request(verb, f"{sandbox.url}/sandbox/{path}", data=body or None) as response:
        assert (response.status, await response.json()) == (400, {"error": said})


async def test_a_429_on_order_carries_its_seconds_three_times(sandbox: RunningSandbox, reader: int) -> None:
    await sandbox.fault("429", method="sendMessage", chat_id=reader, times=1, retry_after=43837)
    address = f"{sandbox.base_url}{sandbox.token}/sendMessage"
    async with sandbox.session.post(address, json={"chat_id": reader, "text": "a"}) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "43837")
        answer = await response.json()
    assert answer["description"] == "Too Many Requests: retry after 43837"
    assert answer["parameters"] == {"retry_after": 43837}
    await sandbox.result("sendMessage", chat_id=reader, text="b")
    assert [m["text"] for m in await sandbox.messages(reader)] == ["b"]


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [
        ({"kind": "hang-before-accept"}, False),
        ({"kind": "hang-after-accept"}, True),
        ({"kind": "reset-before-accept"}, False),
        ({"kind": "reset-after-accept"}, True),
        ({"kind": "truncated-json"}, True),
        ({"kind": "502-html"}, False),
        ({"kind": "502-html", "accept": True}, True),
        ({"kind": "wrong-content-type"}, True),
        ({"kind": "invalid-json"}, False),
        ({"kind": "garbage", "accept": True}, True),
        ({"kind": "slow", "seconds": 9}, True),
    ],
)
async def test_trouble_strikes_before_or_after_the_message_is_accepted(
    sandbox: RunningSandbox, reader: int, fault: dict[str, Any], arrives: bool
) -> None:
    await sandbox.fault(**fault, method="sendMessage", times=1)
    with pytest.raises((ClientError, TimeoutError, ValueError)):
        async with sandbox.session.post(
            f"{sandbox.base_url}{sandbox.token}/sendMessage",
            json={"chat_id": reader, "text": "a"},
            timeout=ClientTimeout(total=0.3),
        ) as response:
            await response.json()
    assert [e["text"] for e in await sandbox.ledger() if e["chat_id"] == reader] == ["a"] * arrives


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        ({"kind": "500"}, 500, "Internal Server Error"),
        ({"kind": "502-json"}, 502, "Bad Gateway"),
        ({"kind": "forbidden"}, 403, "Forbidden: bot was blocked by the user"),
        (
            {"kind": "error", "error_code": 403, "description": "Forbidden: user is deactivated"},
            403,
            "Forbidden: user is deactivated",
        ),
        ({"kind": "error", "description": "TOPIC_DELETED"}, 400, "Bad Request: TOPIC_DELETED"),
    ],
)
async def test_any_error_can_be_had_on_order(
    sandbox: RunningSandbox, reader: int, fault: dict[str, Any], code: int, said: str
) -> None:
    await sandbox.fault(**fault, chat_id=reader, nth=2)
    await sandbox.result("sendMessage", chat_id=reader, text="a")
    answer = await sandbox.call("sendMessage", chat_id=reader, text="b")
    assert (answer["error_code"], answer["description"]) == (code, said)
    await sandbox.result("sendMessage", chat_id=reader, text="c")
    assert [m["text"] for m in await sandbox.messages(reader)] == ["a", "c"]


async def test_an_update_can_come_twice_under_two_ids_and_in_any_shape(sandbox: RunningSandbox, reader: int) -> None:
    await sandbox.fault("duplicate-update", chat_id=reader, times=1)
    await sandbox.say(reader, reader, "hello")
    odd = await sandbox.inject(quantum_message={"spin": 1})
    first, second, third = await sandbox.result("getUpdates")
    assert first["message"] == second["message"]
    assert first["update_id"] < second["update_id"] < third["update_id"] == odd
    assert third["quantum_message"] == {"spin": 1}


async def test_an_update_can_come_after_the_one_that_follows_it(sandbox: RunningSandbox, reader: int) -> None:
    await sandbox.fault("out-of-order-update", chat_id=reader, times=1, seconds=60)
    await sandbox.say(reader, reader, "first")
    assert await sandbox.pending() == 0
    await sandbox.say(reader, reader, "second")
    assert [message["text"] for message in await heard(sandbox, "message")] == ["second", "first"]


async def test_an_update_out_of_order_comes_in_the_end_even_if_nothing_follows(
    sandbox: RunningSandbox, reader: int
) -> None:
    await sandbox.fault("out-of-order-update", chat_id=reader, times=1, seconds=0.01)
    await sandbox.say(reader, reader, "only")
    (update,) = await sandbox.result("getUpdates", timeout=10)
    assert update["message"]["text"] == "only"


async def test_answers_of_the_bot_api_can_be_late_and_those_of_the_control_interface_are_not(
    sandbox: RunningSandbox, reader: int
) -> None:
    await sandbox.delay(60)
    address = f"{sandbox.base_url}{sandbox.token}/sendMessage"
    with pytest.raises(TimeoutError):
        await sandbox.session.post(address, json={"chat_id": reader, "text": "a"}, timeout=ClientTimeout(total=0.2))
    assert [m["text"] for m in await sandbox.messages(reader)] == ["a"]
    await sandbox.delay(0)
    await sandbox.result("sendMessage", chat_id=reader, text="b")


async def test_the_ledger_can_be_read_on_from_where_one_stopped(sandbox: RunningSandbox, reader: int) -> None:
    read = len(await sandbox.ledger())
    for text in ("one", "two", "three"):
        await sandbox.result("sendMessage", chat_id=reader, text=text)
    assert [entry["text"] for entry in await sandbox.ledger(read + 1)] == ["two", "three"]
    assert await sandbox.ledger(read + 3) == []


async def test_a_clock_that_is_wrong_shows_in_the_date_header(sandbox: RunningSandbox, reader: int) -> None:
    await sandbox.fault("clock-skew", method="getMe", seconds=-(10**9), times=1)
    async with sandbox.session.get(f"{sandbox.base_url}{sandbox.token}/getMe") as response:
        assert int(response.headers["Date"].split()[3]) < 2020


async def test_limits_can_be_set_while_it_runs(sandbox: RunningSandbox, reader: int) -> None:
    await sandbox.limits("free", chat=[1, 60], retry_after=7)
    await sandbox.result("sendMessage", chat_id=reader, text="a")
    assert await sandbox.refusal("sendMessage", chat_id=reader, text="b") == "Too Many Requests: retry after 7"


async def test_the_ledger_outlives_a_kill_and_is_carried_on(tmp_path: Path) -> None:
    async with running_sandbox(tmp_path) as sandbox:
        await sandbox.result("sendMessage", chat_id=1001, text="before")
        sandbox.process.kill()
    async with running_sandbox(tmp_path) as sandbox:
        await sandbox.result("sendMessage", chat_id=1001, text="after")
        assert [entry["text"] for entry in await sandbox.ledger()] == ["before", "after"]


@pytest.mark.parametrize(
    ("kind", "fate", "said"),
    [
        ("private", "block", "Forbidden: bot was blocked by the user"),
        ("private", "deactivate", "Forbidden: user is deactivated"),
        ("group", "deactivate", "Forbidden: the group chat was deleted"),
        ("group", "migrate", "Bad Request: group chat was upgraded to a supergroup chat"),
        ("supergroup", "kick", "Forbidden: bot was kicked from the supergroup chat"),
        ("supergroup", "mute", "Bad Request: not enough rights to send text messages to the chat"),
        ("forum", "close-topic", "Bad Request: TOPIC_CLOSED"),
        ("forum", "delete-topic", "Bad Request: message thread not found"),
    ],
)
async def test_a_fate_befalls_a_chat_at_its_nth_message(
    sandbox: RunningSandbox, reader: int, kind: str, fate: str, said: str
) -> None:
    chat_id, topic = reader, {}
    if kind != "private":
        is_forum = kind == "forum"
        chat_id = (await sandbox.add_chat("supergroup" if is_forum else kind, "Family", is_forum=is_forum))["id"]
        await sandbox.set_member(chat_id, reader, "creator")
        await sandbox.set_member(chat_id, (await sandbox.world())["bot"]["id"], "member")
    if kind == "forum":
        topic = {"message_thread_id": (await sandbox.post("topics", chat_id=chat_id, name="News"))["id"]}
    await sandbox.fault(fate, method="sendMessage", chat_id=chat_id, nth=2)
    await sandbox.result("sendMessage", chat_id=chat_id, text="a", **topic)
    assert await sandbox.refusal("sendMessage", chat_id=chat_id, text="b", **topic) == said
    assert await sandbox.refusal("sendMessage", chat_id=chat_id, text="c", **topic) == said
    assert [entry["text"] for entry in await sandbox.ledger() if entry["chat_id"] == chat_id] == ["a"]


async def test_a_token_that_was_taken_back_is_refused_and_the_new_one_is_not(tmp_path: Path) -> None:
    async with running_sandbox(tmp_path) as sandbox:
        old = sandbox.token
        await sandbox.revoke("700100200:another")
        assert (await sandbox.call("getMe"))["ok"]
        async with sandbox.session.get(f"{sandbox.base_url}{old}/getMe") as response:
            assert (response.status, (await response.json())["description"]) == (401, "Unauthorized")


async def test_a_clock_that_is_put_stands_still_and_everything_goes_by_it(tmp_path: Path) -> None:
    async with running_sandbox(tmp_path) as sandbox:
        for now in (1_800_000_000, 1_700_000_000):
            await sandbox.put_clock(now)
            assert (await sandbox.result("sendMessage", chat_id=1001, text="a"))["date"] == now
        assert [entry["time"] for entry in await sandbox.ledger()] == [1_800_000_000, 1_700_000_000]
