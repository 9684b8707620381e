"""The promises of delivery, kept against a Telegram in a process of its own and counted by its ledger."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.sender import Telegram
from jobs.deliver import deliver
from news.answers import Answer
from news.messages.message import Message
from storage import Storage
from tests.jobs.given import IDS, Clock, a_chat, a_reader, chat_state, morning, news, rounds, states
from tests.sandbox.running import RunningSandbox
from tests.storage.given import a_digest

MARK = "↻"


async def readers(sandbox: RunningSandbox, storage: Storage, count: int) -> list[int]:
    """Private chats that have begun to talk to the bot, known to us."""
    ids = [next(IDS) for _ in range(count)]
    for chat_id in ids:
        await sandbox.add_user("Reader", id=chat_id)
        await a_chat(storage, chat_id)
    return ids


async def accepted(sandbox: RunningSandbox, *chat_ids: int) -> list[dict[str, Any]]:
    """What Telegram took for these chats, in order."""
    return [entry for entry in await sandbox.ledger() if entry["chat_id"] in chat_ids]


class Death(BaseException):
    """The process is no more; nothing in it notices."""


@dataclass(slots=True)
class Life:
    """The sender of a process that dies while a doomed message is with Telegram, and with it whatever is under way."""

    send: Telegram
    doomed: set[str]
    is_over: bool = False

    async def __call__(self, chat_id: int, thread_id: int | None, message: Message, edits: int | None = None) -> Answer:
        if not self.is_over:
            answer = await self.send(chat_id, thread_id, message, edits)
            self.is_over = self.is_over or any(word in message.html for word in self.doomed)
        if self.is_over:
            raise Death
        return answer


async def live(storage: Storage, send: Telegram, clock: Clock, doomed: set[str], name: str) -> bool:
    """Whether a new process survived sending all that is due."""
    await storage.outbox.abandon(name, clock())
    try:
        await deliver(storage, Life(send, doomed), owner=name, clock=clock)
    except Death:
        return False
    finally:
        clock.tick(minutes=3)
    return True


@pytest.mark.parametrize("fault", ["hang-after-accept", "reset-after-accept", "truncated-json", "502-html"])
async def test_a_message_whose_reply_was_lost_comes_again_once_silently_and_marked(
    storage: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock, fault: str
) -> None:
    lost, well = await readers(sandbox, storage, 2)
    await sandbox.fault(fault, chat_id=lost, nth=1, accept=True)
    for chat_id in (lost, well):
        await storage.outbox.add(chat_id, Message(html="<b>Hello</b>"), now=clock())
    await rounds(storage, sender, clock, {"seconds": 29}, {"seconds": 1}, {"hours": 1})

    copies = [(entry["silent"], entry["text"]) for entry in await accepted(sandbox, lost)]
    assert copies == [(False, "Hello"), (True, f"{MARK} possible repeat\nHello")]
    assert len(await accepted(sandbox, well)) == 1
    assert await states(storage) == {"sent": 2}


@pytest.mark.parametrize("fault", ["reset-before-accept", "500"])
async def test_a_message_that_never_arrived_is_not_lost(
    sqlite: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock, fault: str
) -> None:
    [chat_id] = await readers(sandbox, sqlite, 1)
    await sandbox.fault(fault, chat_id=chat_id, nth=1)
    await sqlite.outbox.add(chat_id, Message(html="Hello"), now=clock())
    await rounds(sqlite, sender, clock, {"minutes": 1})

    assert len(await accepted(sandbox, chat_id)) == 1
    assert await states(sqlite) == {"sent": 1}


async def test_a_telegram_that_is_not_there_costs_no_doubt(sqlite: Storage, sender: Telegram, clock: Clock) -> None:
    nowhere = replace(sender, base_url="http://127.0.0.1:9")
    await a_chat(sqlite, 7)
    await sqlite.outbox.add(7, Message(html="Hello"), now=clock())
    await rounds(sqlite, nowhere, clock, *[{"minutes": 6}] * 3)
    [delivery] = await sqlite.outbox.of(7)

    assert (delivery.state, delivery.attempt, delivery.doubt) == ("pending", 4, 0)


async def test_a_message_is_never_sent_more_than_three_times_and_its_stories_come_again(
    storage: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock
) -> None:
    [chat_id] = await readers(sandbox, storage, 1)
    await a_reader(storage, chat_id)
    await news(storage, "Comet passes")
    await sandbox.fault("502-html", chat_id=chat_id, times=3, accept=True)
    await morning(storage, sender, clock)
    alerts: list[str] = []
    for _ in range(9):
        clock.tick(minutes=5)
        alerts += (await deliver(storage, sender, owner="me", clock=clock)).alerts
    copies = len(await accepted(sandbox, chat_id))
    parked = await states(storage)
    clock.tick(days=1)
    await morning(storage, sender, clock)

    assert (copies, parked) == (3, {"parked": 1})
    assert [str(chat_id) in alert for alert in alerts] == [True]
    assert "Comet passes" in (await accepted(sandbox, chat_id))[-1]["text"]


async def test_a_message_that_kills_us_ends_parked_and_holds_up_no_other_chat(
    sqlite: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock
) -> None:
    ids = await readers(sandbox, sqlite, 20)
    for chat_id in ids:
        html = "Doom" if chat_id == ids[3] else "Well"
        await sqlite.outbox.add(chat_id, Message(html=html), now=clock())
    survived = [await live(sqlite, sender, clock, {"Doom"}, f"life {life}") for life in range(12)]

    copies = Counter(entry["chat_id"] for entry in await accepted(sandbox, *ids))
    assert survived.count(False) == copies[ids[3]] == 3
    assert {copies[chat_id] for chat_id in ids if chat_id != ids[3]} <= {1, 2}
    assert await states(sqlite) == {"parked": 1, "sent": 19}


async def test_each_death_costs_a_chat_one_copy_at_most_and_every_copy_is_marked(
    storage: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock
) -> None:
    ids = await readers(sandbox, storage, 12)
    for number, chat_id in enumerate(ids):
        for word in ("one", "two"):
            await storage.outbox.add(chat_id, Message(html=f"{word} {number}."), now=clock())
    deaths = 0
    for life, word in enumerate(("one 2.", "two 5.", "one 9.", "none", "none", "none", "none", "none", "none", "none")):
        deaths += not await live(storage, sender, clock, {word}, f"life {life}")

    taken = await accepted(sandbox, *ids)
    marked = [entry for entry in taken if entry["text"].startswith(MARK)]
    unmarked = Counter(entry["text"] for entry in taken if entry not in marked)
    assert deaths >= 1
    assert len({entry["text"].split("\n")[-1] for entry in taken}) == 24
    assert 1 <= len(taken) - 24 <= 4 * deaths
    assert max(unmarked.values()) == 1
    assert all(entry["silent"] for entry in marked)
    assert max(Counter(entry["chat_id"] for entry in marked).values()) <= deaths
    assert await states(storage) == {"sent": 24}


async def test_the_parts_of_a_digest_keep_their_order_whatever_goes_wrong_between_them(
    storage: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock
) -> None:
    seed = random.randrange(10**6)
    ids = await readers(sandbox, storage, 10)
    for at, chat_id in enumerate(ids):
        parts = [Message(html=f"part {part}") for part in range(1, 3 + at % 5)]
        await storage.digests.write(
            replace(a_digest(chat_id=chat_id), composed_at=clock()), deliveries=parts, slot=None
        )
    await sandbox.fault("429", probability=0.1, seed=seed, retry_after=3)
    await sandbox.fault("502-html", probability=0.1, seed=seed + 1, accept=True)
    for _ in range(60):
        await deliver(storage, sender, owner="me", clock=clock)
        clock.tick(minutes=3)
        if not {"pending", "doubt"} & (await states(storage)).keys():
            break

    order = defaultdict(list)
    for entry in await accepted(sandbox, *ids):
        order[entry["chat_id"]].append(entry["text"].split("\n")[-1])
    assert [order[chat_id] == sorted(order[chat_id]) for chat_id in ids] == [True] * 10, seed
    assert [len(set(order[chat_id])) for chat_id in ids] == [2 + at % 5 for at in range(10)], seed


async def test_a_chat_that_blocks_the_bot_costs_one_refused_send_until_it_returns(
    sqlite: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock
) -> None:
    ids = await readers(sandbox, sqlite, 6)
    for chat_id in ids:
        await a_reader(sqlite, chat_id)
    gone = ids[:2]
    for chat_id in gone:
        await sandbox.block(chat_id)
    for day in range(3):
        await news(sqlite, f"News of day {day}", now=clock())
        await morning(sqlite, sender, clock)
        clock.tick(days=1)
    asked = Counter(int(each["params"].get("chat_id", 0)) for each in await sandbox.requests())
    for chat_id in gone:
        await sandbox.block(chat_id, blocked=False)
        await sqlite.outbox.resume(chat_id)
    await morning(sqlite, sender, clock)

    assert [asked[chat_id] for chat_id in ids] == [1, 1, 3, 3, 3, 3]
    assert [len(await accepted(sandbox, chat_id)) for chat_id in gone] == [1, 1]
    assert [await chat_state(sqlite, chat_id) for chat_id in gone] == ["active"] * 2


async def test_a_group_without_the_right_to_write_waits_for_it_and_loses_nothing(
    sqlite: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock
) -> None:
    chat_id, bot = await _group(sandbox, "supergroup")
    await a_chat(sqlite, chat_id, kind="supergroup")
    await sandbox.set_member(chat_id, bot, "member", may_send=False)
    await sqlite.outbox.add(chat_id, Message(html="Hello"), now=clock())
    await rounds(sqlite, sender, clock, {"hours": 12}, {"hours": 12})
    paused = await chat_state(sqlite, chat_id), len(await accepted(sandbox, chat_id))
    await sandbox.set_member(chat_id, bot, "member")
    await rounds(sqlite, sender, clock, {"hours": 24})

    assert paused == ("paused", 0)
    assert (await chat_state(sqlite, chat_id), len(await accepted(sandbox, chat_id))) == ("active", 1)


async def test_a_topic_that_closes_ends_its_schedule_and_the_group_is_told_once(
    sqlite: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock
) -> None:
    chat_id, _ = await _group(sandbox, "supergroup", is_forum=True)
    topic = (await sandbox.post("topics", chat_id=chat_id, name="News"))["id"]
    await a_reader(sqlite, chat_id, kind="supergroup", thread_id=topic)
    await sandbox.post("topics", chat_id=chat_id, id=topic, closed=True)
    for day in range(3):
        await news(sqlite, f"News of day {day}", now=clock())
        await morning(sqlite, sender, clock)
        clock.tick(days=1)

    [told] = await accepted(sandbox, chat_id)
    assert (told["thread_id"], "/schedule" in told["text"]) == (None, True)
    assert await states(sqlite) == {"parked": 1, "sent": 1}


@pytest.mark.parametrize("hears_first", ["the sender", "a handler", "a handler, during a send", "a handler, twice"])
@pytest.mark.parametrize("is_known", [False, True], ids=["new", "known already"])
async def test_a_group_that_becomes_a_supergroup_keeps_all_it_was_due(
    storage: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock, hears_first: str, is_known: bool
) -> None:
    old, _ = await _group(sandbox, "group")
    await a_reader(storage, old, kind="group")
    await news(storage, "Comet passes")
    for number in range(3):
        await storage.outbox.add(old, Message(html=f"Message {number}"), now=clock())
    new = await sandbox.migrate(old)
    if is_known:
        await a_chat(storage, new, kind="supergroup")

    async def send(chat_id: int, thread_id: int | None, message: Message) -> Answer:
        answer = await sender(chat_id, thread_id, message)
        if hears_first == "a handler, during a send":
            await storage.chats.migrate(old, new)
        return answer

    for _ in range({"a handler": 1, "a handler, twice": 2}.get(hears_first, 0)):
        await storage.chats.migrate(old, new)
    await morning(storage, send, clock)
    await rounds(storage, send, clock, {"minutes": 20})

    texts = [entry["text"] for entry in await accepted(sandbox, old, new)]
    assert texts[:3] == ["Message 0", "Message 1", "Message 2"]
    assert ["Comet passes" in text for text in texts[3:]] == [True]
    assert await storage.chats.get(old) is None
    assert [one.chat_id for one in await storage.schedules.of(new)] == [new]
    assert await states(storage) == {"sent": 4}


async def test_a_storm_of_refusals_for_haste_is_waited_out_by_each_chat(
    sqlite: Storage, sandbox: RunningSandbox, sender: Telegram, clock: Clock
) -> None:
    ids = await readers(sandbox, sqlite, 8)
    for chat_id in ids:
        await sqlite.outbox.add(chat_id, Message(html="Hello"), now=clock())
    await sandbox.fault("429", chat_id=ids[0], times=1, retry_after=43_837)
    await sandbox.fault("429", chat_id=ids[1], times=1, retry_after=30)
    done = await deliver(sqlite, sender, owner="me", clock=clock, in_flight=2)
    before = len(await accepted(sandbox, *ids))
    assert done.hold_until is not None
    clock.now = done.hold_until
    await deliver(sqlite, sender, owner="me", clock=clock, in_flight=2)
    others = len(await accepted(sandbox, *ids))
    clock.tick(seconds=43_837)
    await deliver(sqlite, sender, owner="me", clock=clock, in_flight=2)

    assert (before < 6, others, len(await accepted(sandbox, *ids))) == (True, 7, 8)


async def _group(sandbox: RunningSandbox, kind: str, **more: Any) -> tuple[int, int]:
    """A group with the bot in it; its id and the bot's."""
    bot = int((await sandbox.world())["bot"]["id"])
    chat = await sandbox.add_chat(kind, "Family", **more)
    await sandbox.set_member(chat["id"], 1001, "creator")
    await sandbox.set_member(chat["id"], bot, "member")
    return int(chat["id"]), bot
