"""Each failure is classified once, and right: what Telegram answers, and what becomes of message, chat and operator.

The answers are the sandbox's own where it can be brought to give them, else its exact words on order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from benchmarks.reliability.given import IMPATIENT, a_sender, a_telegram, opened
from benchmarks.reliability.stage import group_in, joined, reader_in
from jobs.deliver import deliver
from news.messages.message import Message
from storage import Storage
from tests.bot.talking import Clock, Person
from tests.sandbox.running import RunningSandbox

JITTER = timedelta(seconds=3)
BOLD = Message(html="<b>Hello</b>")


@dataclass(frozen=True, slots=True)
class Then:
    """What must be so after one send; `wait` until the next one, None where there is none."""

    state: str
    wait: timedelta | None = None
    chat: str = "active"
    is_told: bool = False
    is_barred: bool = False


SENT = Then("sent")
NOT_SENT = Then("pending", timedelta(seconds=10))
DOUBT = Then("doubt", timedelta(seconds=30))
GONE = Then("cancelled", chat="suspended")
CLOSED = Then("pending", timedelta(days=1), chat="paused")
REDRAWN = Then("pending", timedelta())
GIVEN_UP = Then("parked", is_told=True)
NO_TOKEN = Then("pending", timedelta(minutes=1), is_told=True, is_barred=True)


def said(description: str, error_code: int = 400) -> dict[str, Any]:
    return {"kind": "error", "error_code": error_code, "description": description}


ON_ORDER = [
    *((kind, DOUBT) for kind in ("hang-after-accept", "reset-after-accept", "truncated-json", "invalid-json")),
    *((kind, DOUBT) for kind in ("hang-before-accept", "reset-before-accept", "garbage", "502-html", "502-json")),
    ("wrong-content-type", SENT),
    (said("Internal Server Error: restart", 500), DOUBT),
    (said("Service Unavailable", 503), DOUBT),
    (said("Gateway Timeout", 504), DOUBT),
    (said("Internal Server Error: sent message was immediately deleted and can't be returned", 500), SENT),
    ({"kind": "429", "retry_after": 35}, Then("pending", timedelta(seconds=35))),
    ({"kind": "429", "retry_after": 43_837}, Then("pending", timedelta(seconds=43_837))),
    (said("chat not found"), GONE),
    *(
        (said(f"Forbidden: {text}", 403), GONE)
        for text in (
            "bot was blocked by the user",
            "user is deactivated",
            "bot was kicked from the group chat",
            "bot was kicked from the supergroup chat",
            "bot was kicked from the channel chat",
            "bot is not a member of the supergroup chat",
            "bot is not a member of the channel chat",
            "bot can't initiate conversation with a user",
            "the bot can't send messages to the bot",
        )
    ),
    (said("Forbidden: the group chat was deleted", 403), Then("pending", timedelta(minutes=10))),
    (said("not enough rights to send text messages to the chat"), CLOSED),
    (said("have no write access to the chat"), CLOSED),
    (said("CHAT_WRITE_FORBIDDEN"), CLOSED),
    (said("message thread not found"), GIVEN_UP),
    (said("TOPIC_CLOSED"), GIVEN_UP),
    (said("TOPIC_DELETED"), GIVEN_UP),
    *(
        (said(text), REDRAWN)
        for text in (
            "can't parse entities: Unclosed start tag at byte offset 3",
            "message is too long",
            "text is too long",
            "ENTITIES_TOO_LONG",
            "text must be non-empty",
            "message text is empty",
            "BUTTON_DATA_INVALID",
            "inline keyboard button URL 'x' is invalid: Wrong HTTP URL",
        )
    ),
    (said("Unauthorized", 401), NO_TOKEN),
    (said("Not Found", 404), NO_TOKEN),
    (said("Request Entity Too Large", 413), GIVEN_UP),
    (said("Not Acceptable", 406), GIVEN_UP),
    (said("PEER_FLOOD"), GIVEN_UP),
]
BY_ITSELF = [
    ("private", "block", GONE),
    ("private", "deactivate", GONE),
    ("group", "kick", GONE),
    ("supergroup", "kick", GONE),
    ("supergroup", "mute", CLOSED),
    ("group", "deactivate", Then("pending", timedelta(minutes=10))),
]
ELSEWHERE = [
    ("nobody listens there", "http://127.0.0.1:9/bot{token}"),
    ("no such name", "http://no-such-host.invalid/bot{token}"),
    ("no TLS there", "https{address}/bot{token}"),
]


@pytest.fixture(scope="module")
async def telegram() -> AsyncIterator[RunningSandbox]:
    async with a_telegram() as sandbox:
        yield sandbox


@pytest.fixture
async def storage(sqlite_url: str) -> AsyncIterator[Storage]:
    async with opened(sqlite_url) as storage:
        yield storage


async def after_one_send(
    telegram: RunningSandbox, storage: Storage, person: Person, base_url: str | None = None
) -> Then:
    """What is so after one send to a chat."""
    clock = Clock()
    if not await storage.chats.get(person.chat_id):
        await joined(storage, person, clock)
    if not await storage.outbox.of(person.chat_id):
        await storage.outbox.add(person.chat_id, BOLD, now=clock())
    async with a_sender(telegram, IMPATIENT) as sender:
        sender = replace(sender, base_url=base_url or sender.base_url)
        done = await deliver(storage, sender, owner="me", clock=clock)
    [row] = await storage.outbox.of(person.chat_id)
    chat = await storage.chats.get(person.chat_id)
    assert chat is not None
    assert row.attempt == 1 or row.is_rerendered
    is_over = row.state in ("sent", "parked", "cancelled")
    wait = None if is_over or row.not_before is None else row.not_before - clock()
    return Then(row.state, wait, chat.state, bool(done.alerts), done.is_barred)


def agrees(got: Then, wanted: Then) -> bool:
    """Whether all is as wanted, up to the spread between those that wait."""
    if got.wait is None or wanted.wait is None:
        return got == wanted
    return replace(got, wait=None) == replace(wanted, wait=None) and timedelta() <= got.wait - wanted.wait <= JITTER


@pytest.mark.parametrize(("fault", "wanted"), ON_ORDER, ids=lambda each: str(each)[:70])
async def test_every_answer_means_one_thing_for_message_chat_and_operator(
    telegram: RunningSandbox, storage: Storage, fault: str | dict[str, Any], wanted: Then
) -> None:
    person = await reader_in(telegram)
    order = {"kind": fault} if isinstance(fault, str) else fault
    # Once is enough, but for content: that is drawn plainer and sent at once, and must not be taken then either.
    await telegram.fault(**order, chat_id=person.chat_id, times=2)
    got = await after_one_send(telegram, storage, person)
    if wanted is REDRAWN:
        [row] = await storage.outbox.of(person.chat_id)
        assert row.is_rerendered
        wanted = GIVEN_UP
    assert agrees(got, wanted), got


@pytest.mark.parametrize(("kind", "fate", "wanted"), BY_ITSELF)
async def test_what_befalls_a_chat_is_understood_at_the_first_message(
    telegram: RunningSandbox, storage: Storage, kind: str, fate: str, wanted: Then
) -> None:
    person = await (reader_in(telegram) if kind == "private" else group_in(telegram, kind))
    await telegram.fault(fate, method="sendMessage", chat_id=person.chat_id, times=1)
    got = await after_one_send(telegram, storage, person)
    assert agrees(got, wanted), got


@pytest.mark.parametrize(("what", "base_url"), ELSEWHERE)
async def test_what_never_left_is_not_in_doubt(
    telegram: RunningSandbox, storage: Storage, what: str, base_url: str
) -> None:
    address = telegram.url.removeprefix("http")
    got = await after_one_send(
        telegram, storage, await reader_in(telegram), base_url.format(token=telegram.token, address=address)
    )
    assert agrees(got, NOT_SENT), got


async def test_a_person_who_never_began_to_talk_is_gone(telegram: RunningSandbox, storage: Storage) -> None:
    user = await telegram.add_user("Stranger", started=False)
    assert await after_one_send(telegram, storage, Person(telegram, user["id"], user["id"])) == GONE


async def test_a_group_that_became_a_supergroup_is_followed_at_once(telegram: RunningSandbox, storage: Storage) -> None:
    group = await group_in(telegram)
    await joined(storage, group, Clock())
    await storage.outbox.add(group.chat_id, BOLD, now=Clock()())
    new = group.among(await telegram.migrate(group.chat_id, silent=True))
    async with a_sender(telegram, IMPATIENT) as sender:
        await deliver(storage, sender, owner="me", clock=Clock())
    [row] = await storage.outbox.of(new.chat_id)
    assert (row.state, await storage.chats.get(group.chat_id)) == ("sent", None)
    assert len(await telegram.messages(new.chat_id)) == 2  # the service message, and ours


async def test_a_group_said_to_be_deleted_twice_is_gone(telegram: RunningSandbox, storage: Storage) -> None:
    clock, group = Clock(), await group_in(telegram)
    await telegram.post("end", chat_id=group.chat_id)
    await joined(storage, group, clock)
    await storage.outbox.add(group.chat_id, BOLD, now=clock())
    async with a_sender(telegram, IMPATIENT) as sender:
        for _ in range(2):
            await deliver(storage, sender, owner="me", clock=clock)
            clock.tick(minutes=10)
    [row] = await storage.outbox.of(group.chat_id)
    assert (row.state, row.attempt) == ("cancelled", 2)
