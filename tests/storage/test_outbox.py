"""The outbox: every delivery ends visibly, in order, and one chat never holds up another."""

from dataclasses import replace
from datetime import timedelta

import pytest

from news.delivery import Delivery
from news.messages.message import Message
from storage import Missing, Storage
from tests.storage.given import (
    AFTER_LEASE,
    HELLO,
    LEASE,
    NOW,
    a_chat,
    a_digest,
    an_article,
    begun,
    claim,
    doubtful,
    had,
    later,
    next_due,
    sending,
    settle,
    state,
    statements,
)


async def test_a_delivery_waits_claimed_and_sent_with_every_field(storage: Storage) -> None:
    await a_chat(storage)
    added = await storage.outbox.add(7, HELLO, now=NOW, thread_id=5)
    [claimed] = await claim(storage)
    started = await begun(storage, claimed, later(seconds=1))
    assert started is not None
    sent = replace(started, state="sent", message_id=41, lease_owner=None, lease_until=None)
    settled = await settle(storage, started, sent)

    assert added == Delivery(id=added.id, chat_id=7, message=HELLO, thread_id=5, not_before=NOW, created_at=NOW)
    assert claimed == replace(added, state="claimed", lease_owner="me", lease_until=AFTER_LEASE)
    assert started == replace(claimed, state="sending", attempt=1, lease_until=later(seconds=1) + LEASE)
    assert settled
    assert await storage.outbox.of(7) == [sent]
    assert await storage.outbox.get(99) is None


async def test_every_outcome_is_written_whole(storage: Storage) -> None:
    await a_chat(storage)
    await storage.outbox.add(7, HELLO, now=NOW)
    started = await sending(storage)
    plainer = replace(
        started,
        message=Message(html="Hello"),
        state="pending",
        doubt=1,
        not_before=later(hours=1),
        lease_owner=None,
        lease_until=None,
        reason="can't parse entities",
        is_rerendered=True,
    )
    await settle(storage, started, plainer)

    assert await storage.outbox.get(started.id) == plainer


async def test_a_delivery_for_a_chat_that_has_gone_is_refused(storage: Storage) -> None:
    with pytest.raises(Missing):
        await storage.outbox.add(7, HELLO, now=NOW)


async def test_the_longest_due_is_claimed_first_and_one_a_chat(storage: Storage) -> None:
    for chat_id in (1, 2, 3):
        await a_chat(storage, chat_id)
    late = await storage.outbox.add(1, HELLO, now=later(seconds=3))
    early = await storage.outbox.add(2, HELLO, now=later(seconds=1))
    behind = await storage.outbox.add(2, HELLO, now=later(seconds=2))
    future = await storage.outbox.add(3, HELLO, now=later(seconds=9))

    assert [each.id for each in await claim(storage, seconds=3)] == [early.id, late.id]
    assert await claim(storage, seconds=3) == []
    assert [each.id for each in await claim(storage, seconds=9)] == [future.id]
    assert await state(storage, behind) == "pending"


async def test_no_more_are_claimed_than_asked_for(storage: Storage) -> None:
    for chat_id in range(1, 6):
        await a_chat(storage, chat_id)
        await storage.outbox.add(chat_id, HELLO, now=NOW)

    assert [len(await claim(storage, limit=each)) for each in (0, 2, 9)] == [0, 2, 3]


async def test_a_part_waits_until_the_part_before_it_has_ended(storage: Storage) -> None:
    await a_chat(storage)
    await storage.digests.write(a_digest(), deliveries=[HELLO, HELLO], slot=None)
    first = await sending(storage)
    await settle(
        storage, first, replace(first, state="pending", not_before=later(hours=1), lease_owner=None, lease_until=None)
    )
    meanwhile = await claim(storage)
    again = await sending(storage, now=later(hours=1))
    await settle(storage, again, replace(again, state="sent", lease_owner=None, lease_until=None))

    assert meanwhile == []
    assert again.id == first.id
    assert [each.part for each in await claim(storage)] == [2]


async def test_a_paused_chat_waits_a_day_and_is_then_tried_again(storage: Storage) -> None:
    await a_chat(storage)
    await storage.outbox.add(7, HELLO, now=NOW)
    cancelled = await storage.outbox.suspend(7, "paused", "not enough rights", NOW)
    while_paused = await claim(storage, seconds=86_399)

    assert (cancelled, while_paused) == (0, [])
    assert await next_due(storage, NOW) == later(days=1)
    assert (await sending(storage, now=later(days=1))).attempt == 1


async def test_a_chat_that_stopped_by_itself_gets_nothing_that_is_added_later(storage: Storage) -> None:
    await a_chat(storage)
    await storage.outbox.suspend(7, "stopped", "the reader sent /stop", NOW)
    await storage.outbox.add(7, HELLO, now=NOW)

    assert await claim(storage) == []
    assert await next_due(storage, NOW) is None


async def test_a_held_chat_waits_whole_and_alone(storage: Storage) -> None:
    for chat_id in (7, 8):
        await a_chat(storage, chat_id)
    doubt = await doubtful(storage)
    soon = await storage.outbox.add(7, HELLO, now=NOW)
    late = await storage.outbox.add(7, HELLO, now=later(hours=2))
    other = await storage.outbox.add(8, HELLO, now=NOW)
    await storage.outbox.hold(7, later(hours=1))

    held = {each.id: each.not_before for each in await storage.outbox.of(7)}
    assert held == {doubt.id: later(hours=1), soon.id: later(hours=1), late.id: later(hours=2)}
    assert [each.id for each in await claim(storage, seconds=3599)] == [other.id]
    assert [each.id for each in await claim(storage, seconds=3600)] == [doubt.id]


async def test_a_hold_leaves_what_is_being_sent_and_what_has_ended(storage: Storage) -> None:
    await a_chat(storage)
    for _ in range(2):
        await storage.outbox.add(7, HELLO, now=NOW)
    first = await sending(storage)
    await settle(storage, first, replace(first, state="sent"))
    flying = await sending(storage)
    await storage.outbox.hold(7, later(hours=1))

    assert [each.not_before for each in await storage.outbox.of(7)] == [NOW, NOW]
    assert await state(storage, flying) == "sending"


async def test_an_intent_is_refused_when_the_lease_is_lost(storage: Storage) -> None:
    await a_chat(storage)
    await storage.outbox.add(7, HELLO, now=NOW)
    [mine] = await claim(storage)
    too_late = await begun(storage, mine, AFTER_LEASE)
    await storage.outbox.recover(AFTER_LEASE)
    [theirs] = await claim(storage, "other", seconds=90)

    assert too_late is None
    assert await begun(storage, mine, later(seconds=91)) is None
    assert await begun(storage, theirs, later(seconds=91)) is not None
    assert await begun(storage, theirs, later(seconds=91)) is None


async def test_an_intent_is_refused_when_the_chat_stopped_meanwhile(storage: Storage) -> None:
    await a_chat(storage)
    await storage.outbox.add(7, HELLO, now=NOW)
    [claimed] = await claim(storage)
    await storage.chats.update(7, state="stopped")

    assert await begun(storage, claimed) is None


async def test_of_many_intents_and_outcomes_each_is_judged_by_itself(storage: Storage) -> None:
    for chat_id in range(1, 7):
        await a_chat(storage, chat_id)
        await storage.outbox.add(chat_id, HELLO, now=NOW)
    claimed = await claim(storage)
    await storage.chats.update(claimed[2].chat_id, state="stopped")
    first = await storage.outbox.commit(claimed[:4], [], now=NOW, lease=LEASE)
    flying = list(first.begun.values())
    outcomes = [(each, replace(each, state="sent", message_id=each.id)) for each in flying]
    stale = replace(flying[0], attempt=7), replace(flying[0], state="cancelled")
    second = await storage.outbox.commit(
        [*claimed[4:], claimed[0]], [stale, *outcomes[1:]], now=later(seconds=1), lease=LEASE
    )

    assert [each.id for each in flying] == [claimed[at].id for at in (0, 1, 3)]
    assert second.settled == {claimed[1].id, claimed[3].id}
    assert second.begun.keys() == {claimed[4].id, claimed[5].id}
    assert [await state(storage, each) for each in claimed] == [
        "sending", "sent", "claimed", "sent", "sending", "sending"
    ]  # fmt: skip
    stored = await storage.outbox.get(claimed[3].id)
    assert stored is not None
    assert (stored.message_id, stored.lease_owner is None) == (claimed[3].id, False)


async def test_a_claim_that_is_given_back_is_due_as_before_or_when_told(storage: Storage) -> None:
    for chat_id in (1, 2, 3):
        await a_chat(storage, chat_id)
    added = [await storage.outbox.add(chat_id, HELLO, now=NOW) for chat_id in (1, 2, 3)]
    now_or_then = await claim(storage)
    flying = await begun(storage, now_or_then[2])
    await storage.outbox.give_back([now_or_then[0], now_or_then[2]])
    await storage.outbox.give_back([now_or_then[1]], not_before=later(minutes=5))

    assert await storage.outbox.get(added[0].id) == added[0]
    assert await storage.outbox.get(added[1].id) == replace(added[1], not_before=later(minutes=5))
    assert await storage.outbox.get(added[2].id) == flying


async def test_an_intent_remembers_the_highest_message_known_in_the_chat(storage: Storage) -> None:
    await a_chat(storage)
    for message_id in (41, 17):
        await storage.outbox.add(7, HELLO, now=NOW)
        started = await sending(storage)
        await settle(storage, started, replace(started, state="sent", message_id=message_id))
    await storage.outbox.add(7, HELLO, now=NOW)

    assert (await sending(storage)).floor_message_id == 41


async def test_an_answer_to_an_earlier_attempt_changes_nothing(storage: Storage) -> None:
    await a_chat(storage)
    await storage.outbox.add(7, HELLO, now=NOW)
    first = await sending(storage)
    await storage.outbox.recover(AFTER_LEASE)
    [claimed] = await claim(storage, "other", seconds=120)
    second = await begun(storage, claimed, later(seconds=120))

    assert not await settle(storage, first, replace(first, state="sent", message_id=1))
    assert second is not None
    assert await storage.outbox.get(first.id) == second


async def test_the_message_of_a_digest_is_remembered(storage: Storage) -> None:
    await a_chat(storage)
    await storage.digests.write(a_digest(), deliveries=[HELLO, HELLO], slot=None)
    for message_id in (41, 42):
        part = await sending(storage)
        await settle(storage, part, replace(part, state="sent", message_id=message_id))

    async with storage._database.read() as connection:
        known = await connection.exec_driver_sql("SELECT message_id FROM digests")
        assert known.scalars().all() == [41]


@pytest.mark.parametrize("end", ["suspended", "stopped"])
async def test_a_chat_that_has_gone_gets_nothing_more(storage: Storage, end: str) -> None:
    await a_chat(storage)
    article = await an_article(storage)
    await storage.digests.write(a_digest(article), deliveries=[HELLO, HELLO], slot=None)
    flying = await sending(storage)
    await a_chat(storage, 8)
    doubt = await doubtful(storage, 8)
    reason = "bot was blocked by the user"
    cancelled = [await storage.outbox.suspend(chat_id, end, reason, NOW) for chat_id in (7, 8)]  # type: ignore[arg-type]

    chat = await storage.chats.get(7)
    assert chat is not None
    assert (chat.state, chat.reason) == (end, "bot was blocked by the user")
    assert cancelled == [1, 1]
    assert await state(storage, flying) == "sending"
    stored = await storage.outbox.get(doubt.id)
    assert stored is not None
    assert (stored.state, stored.reason) == ("cancelled", "bot was blocked by the user")
    assert await had(storage, 7) == set()


async def test_what_a_clock_that_was_ahead_put_off_or_leased_is_due_once_it_is_right(storage: Storage) -> None:
    ahead = later(days=365)
    for chat_id in (7, 8, 9):
        await a_chat(storage, chat_id)
        await storage.outbox.add(chat_id, HELLO, now=ahead if chat_id == 7 else NOW)
    [claimed, other] = await storage.outbox.claim("me", now=NOW, lease=ahead - NOW, limit=9)
    await storage.outbox.give_back([other], not_before=later(days=7))
    before = await claim(storage)
    await storage.outbox.recover(NOW)

    assert (before, claimed.chat_id) == ([], 8)
    assert sorted(each.chat_id for each in await claim(storage)) == [7, 8]


async def test_what_was_only_claimed_when_its_chat_went_is_cancelled(storage: Storage) -> None:
    await a_chat(storage)
    await storage.digests.write(a_digest(await an_article(storage)), deliveries=[HELLO], slot=None)
    [claimed] = await claim(storage)
    cancelled = await storage.outbox.suspend(7, "stopped", "the reader sent /stop", NOW)

    assert (cancelled, await state(storage, claimed)) == (1, "cancelled")
    assert await had(storage, 7) == set()


async def test_every_state_is_counted(storage: Storage) -> None:
    await a_chat(storage)
    await a_chat(storage, 8)
    await storage.outbox.add(7, HELLO, now=NOW)
    await storage.outbox.add(8, HELLO, now=NOW)
    await sending(storage)

    assert await storage.outbox.counts() == {
        "pending": 1,
        "claimed": 0,
        "sending": 1,
        "sent": 0,
        "doubt": 0,
        "parked": 0,
        "cancelled": 0,
    }


async def test_a_sender_knows_when_there_is_next_something_to_do(storage: Storage) -> None:
    await a_chat(storage)
    await a_chat(storage, 8)
    at_first = await next_due(storage, NOW)
    doubt = await doubtful(storage)
    await storage.outbox.add(8, HELLO, now=later(hours=1))
    await storage.outbox.add(8, HELLO, now=later(hours=2))

    assert at_first is None
    assert await next_due(storage, NOW) == doubt.not_before == later(seconds=30)
    assert await next_due(storage, later(minutes=5)) == later(minutes=5)
    await claim(storage, seconds=60)
    assert await next_due(storage, NOW) == later(hours=1)
    await claim(storage, seconds=timedelta(hours=1).total_seconds())
    assert await next_due(storage, NOW) is None


async def test_what_a_newer_digest_replaces_is_looked_for_among_its_chats_own(sqlite_url: str) -> None:
    storage = await Storage.open(sqlite_url)
    with statements(storage) as asked:
        await storage.outbox.supersede([(7, None)], NOW)
    [(statement, parameters)] = asked
    async with storage._database.read() as connection:
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row.detail for row in plan if "SEARCH outbox " in row.detail or "SCAN" in row.detail]
    await storage.close()

    assert [step for step in steps if "json_each" not in step and "anon_1" not in step] == [
        "SEARCH outbox USING INDEX ix_outbox_chat_id (chat_id=? AND message_id=?)"
    ]
