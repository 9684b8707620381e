"""What was claimed or sent and never settled: it comes back, in doubt where a byte may have left."""

from dataclasses import replace

from storage import Storage, TakenBack
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
    sending,
    settle,
    state,
)


async def test_an_unfinished_claim_comes_back_when_its_lease_ends(storage: Storage) -> None:
    await a_chat(storage)
    added = await storage.outbox.add(7, HELLO, now=NOW)
    await claim(storage)
    before = await storage.outbox.recover(later(seconds=89))

    assert before == TakenBack(0, ())
    assert await storage.outbox.recover(AFTER_LEASE) == TakenBack(1, ())
    assert await storage.outbox.get(added.id) == added


async def test_an_unfinished_send_is_in_doubt_waits_longer_each_time_and_is_parked_at_last(storage: Storage) -> None:
    await a_chat(storage)
    article = await an_article(storage)
    await storage.digests.write(a_digest(article), deliveries=[HELLO], slot=None)
    now, seen = NOW, []
    for _ in range(3):
        await sending(storage, now=now)
        now += LEASE
        ended = await storage.outbox.recover(now)
        [delivery] = await storage.outbox.of(7)
        assert delivery.not_before is not None
        seen.append((delivery.state, delivery.doubt, delivery.attempt, (delivery.not_before - now).total_seconds()))
        now = max(now, delivery.not_before)

    assert seen[:2] == [("doubt", 1, 1, 30), ("doubt", 2, 2, 120)]
    assert seen[2][:3] == ("parked", 3, 3)
    assert ended == TakenBack(1, (delivery,))
    assert (delivery.lease_owner, delivery.lease_until) == (None, None)
    assert delivery.reason == "three sends in a row ended without an answer"
    assert await had(storage, 7) == set()


async def test_what_is_in_doubt_goes_after_all_that_is_pending_and_alone(storage: Storage) -> None:
    for chat_id in (7, 8, 9):
        await a_chat(storage, chat_id)
    one, two = await doubtful(storage, 7), await doubtful(storage, 8)
    other = await storage.outbox.add(9, HELLO, now=NOW)

    assert [each.id for each in await claim(storage, seconds=60)] == [other.id]
    assert await claim(storage, seconds=29) == []
    [doubted] = await claim(storage, seconds=60)
    assert doubted == replace(one, state="claimed", lease_owner="me", lease_until=later(seconds=60) + LEASE)
    assert await claim(storage, seconds=60) == []
    started = await begun(storage, doubted, later(seconds=60))
    assert started is not None
    assert (started.doubt, started.attempt) == (1, 2)
    await settle(storage, started, replace(started, state="sent"))
    assert [each.id for each in await claim(storage, seconds=60)] == [two.id]


async def test_what_is_in_doubt_holds_up_what_is_newer_in_its_chat_alone(storage: Storage) -> None:
    await a_chat(storage)
    await a_chat(storage, 8)
    doubt = await doubtful(storage)
    newer = await storage.outbox.add(7, HELLO, now=NOW)
    other = await storage.outbox.add(8, HELLO, now=NOW)

    assert [each.id for each in await claim(storage, seconds=29)] == [other.id]
    assert [each.id for each in await claim(storage, seconds=30)] == [doubt.id]
    assert await claim(storage, seconds=31) == []
    started = await begun(storage, (await storage.outbox.of(7))[0], later(seconds=31))
    assert started is not None
    await settle(storage, started, replace(started, state="sent"))
    assert [each.id for each in await claim(storage, seconds=31)] == [newer.id]


async def test_what_is_in_doubt_waits_a_minute_at_most_for_what_keeps_coming(storage: Storage) -> None:
    await a_chat(storage)
    doubt = await doubtful(storage)
    taken = []
    for chat_id, seconds in ((8, 60), (9, 89), (10, 90)):
        await a_chat(storage, chat_id)
        await storage.outbox.add(chat_id, HELLO, now=NOW)
        taken.append([each.chat_id for each in await claim(storage, seconds=seconds)])

    assert taken == [[8], [9], [10, doubt.chat_id]]


async def test_a_claim_on_what_is_in_doubt_falls_back_into_doubt(storage: Storage) -> None:
    await a_chat(storage)
    delivery = await doubtful(storage)
    await claim(storage, seconds=60)
    await storage.outbox.recover(later(minutes=5))

    assert await storage.outbox.get(delivery.id) == delivery


async def test_a_new_sender_takes_over_what_the_dead_one_held(storage: Storage) -> None:
    for chat_id in (1, 2, 3):
        await a_chat(storage, chat_id)
        await storage.outbox.add(chat_id, HELLO, now=NOW)
    dead = await sending(storage, "dead")
    [claimed] = await claim(storage, "dead", limit=1)
    [mine] = await claim(storage, "me", limit=1)

    assert await storage.outbox.abandon("me", NOW) == TakenBack(2, ())
    assert [await state(storage, each) for each in (dead, claimed, mine)] == ["doubt", "pending", "claimed"]
