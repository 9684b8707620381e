"""The inbox: an update is stored once, begun at most three times, handled in its chat's order, and forgotten."""

from pathlib import Path

import pytest

from news.chat import Chat
from storage import Received, Storage, tables
from tests.storage.given import NOW, a_chat, later

Raw = tuple[int, int | None, str]


def an_update(update_id: int, chat_key: int | None = 7) -> Raw:
    return update_id, chat_key, f'{{"update_id":{update_id}}}'


async def waiting(storage: Storage, limit: int = 9) -> list[int]:
    return [each.update_id for each in await storage.inbox.waiting(limit)]


async def begin(storage: Storage, *update_ids: int) -> set[int]:
    return await storage.inbox.turn(begin=update_ids)


async def done(storage: Storage, update_id: int) -> None:
    await storage.inbox.turn(done=[update_id])


async def aside(storage: Storage, update_id: int) -> None:
    """Tries an update until it is set aside."""
    for tries in (1, 2, 3):
        assert await begin(storage, update_id) == {update_id}
        assert await storage.inbox.failed(update_id, "cannot be read") is (tries == 3)


async def test_what_was_taken_in_comes_out_with_every_field(storage: Storage) -> None:
    assert await storage.inbox.take_in([(5, -17, '{"text":"\\u0000 é"}')], NOW) == 1

    [received] = await storage.inbox.waiting(9)
    assert received == Received(
        update_id=5, chat_key=-17, payload='{"text":"\\u0000 é"}', received_at=NOW, tries=0, reason=None
    )


async def test_an_update_is_taken_in_once_also_after_it_was_handled(storage: Storage) -> None:
    assert await storage.inbox.take_in([an_update(1), an_update(2), an_update(2)], NOW) == 2
    await begin(storage, 1)
    await done(storage, 1)

    assert await storage.inbox.take_in([an_update(1), an_update(2), an_update(3)], NOW) == 1
    assert await storage.inbox.take_in([], NOW) == 0
    assert await waiting(storage) == [2]


async def test_of_each_chat_the_oldest_waits_for_nobody_and_the_next_for_it(storage: Storage) -> None:
    await storage.inbox.take_in([an_update(4, 8), an_update(3), an_update(2), an_update(1)], NOW)
    at_first = await waiting(storage)
    await begin(storage, 1)
    meanwhile = await waiting(storage)
    await done(storage, 1)

    assert (at_first, meanwhile) == ([1, 4], [4])
    assert await waiting(storage) == [2, 4]
    assert await waiting(storage, limit=1) == [2]


async def test_an_update_is_begun_only_while_it_waits(storage: Storage) -> None:
    await storage.inbox.take_in([an_update(1)], NOW)

    assert await begin(storage, 1) == {1}
    assert await begin(storage, 1) == set()
    await done(storage, 1)
    assert await begin(storage, 1, 99) == set()


async def test_an_update_that_fails_three_times_is_set_aside_and_the_next_one_has_its_turn(storage: Storage) -> None:
    await storage.inbox.take_in([an_update(1), an_update(2)], NOW)
    await aside(storage, 1)

    [kept] = await storage.inbox.set_aside()
    assert (kept.update_id, kept.tries, kept.reason) == (1, 3, "cannot be read")
    assert kept.payload == '{"update_id":1}'
    assert await waiting(storage) == [2]
    assert await storage.inbox.take_in([an_update(1)], NOW) == 0


async def test_an_update_that_was_alone_in_being_handled_when_the_program_ended_waits_again_twice(
    storage: Storage,
) -> None:
    await storage.inbox.take_in([an_update(1), an_update(2, 8)], NOW)
    for tries in (1, 2, 3):
        await begin(storage, 1)
        assert await storage.inbox.recover() == ([1] if tries == 3 else [])

    assert await storage.inbox.recover() == []
    assert await waiting(storage) == [2]
    assert [each.reason for each in await storage.inbox.set_aside()] == [
        "the program ended while this was being handled"
    ]


async def test_of_several_that_were_being_handled_when_the_program_ended_none_is_to_blame(storage: Storage) -> None:
    await storage.inbox.take_in([an_update(1), an_update(2, 8), an_update(3, 9)], NOW)
    for _ in range(9):
        await begin(storage, 1, 2)
        assert await storage.inbox.recover() == []

    assert [(each.tries, each.is_suspect) for each in await storage.inbox.waiting(9)] == [
        (0, True),
        (0, True),
        (0, False),
    ]


async def test_an_update_that_came_late_waits_for_the_one_of_its_chat_that_is_being_handled(storage: Storage) -> None:
    await storage.inbox.take_in([an_update(2)], NOW)
    await begin(storage, 2)
    await storage.inbox.take_in([an_update(1), an_update(3, 8)], NOW)
    meanwhile = await waiting(storage)
    await done(storage, 2)

    assert meanwhile == [3]
    assert await waiting(storage) == [1, 3]


async def test_a_press_under_another_number_is_known_again_also_when_the_first_is_long_done(storage: Storage) -> None:
    first, again, another = ((number, 7, "{}", press) for number, press in ((1, "77"), (2, "77"), (3, "78")))
    await storage.inbox.take_in([first], NOW)
    [heard] = await storage.inbox.waiting(9)
    await begin(storage, 1)
    await done(storage, 1)
    await storage.inbox.take_in([again], NOW)
    [repeat] = await storage.inbox.waiting(9)
    await done(storage, 2)
    await storage.inbox.take_in([another], NOW)
    [new] = await storage.inbox.waiting(9)

    assert [(each.update_id, each.is_repeat) for each in (heard, repeat, new)] == [(1, False), (2, True), (3, False)]


async def test_of_one_press_under_two_numbers_one_is_a_repeat_whichever_came_first(storage: Storage) -> None:
    await storage.inbox.take_in([(2, 7, "{}", "77")], NOW)
    await begin(storage, 2)
    await storage.inbox.take_in([(1, 7, "{}", "77")], NOW)
    await done(storage, 2)
    assert [(each.update_id, each.is_repeat) for each in await storage.inbox.waiting(9)] == [(1, True)]


async def test_what_was_set_aside_is_handled_again_when_the_operator_says_so(storage: Storage) -> None:
    await storage.inbox.take_in([an_update(each, each) for each in (1, 2, 3)], NOW)
    for each in (1, 2, 3):
        await aside(storage, each)

    assert await storage.inbox.retry([2, 99]) == [2]
    assert await storage.inbox.retry([2]) == []
    assert [(each.update_id, each.tries, each.reason) for each in await storage.inbox.waiting(9)] == [(2, 0, None)]
    assert await storage.inbox.retry(None) == [1, 3]
    assert await storage.inbox.set_aside() == []


async def test_a_try_that_is_over_can_fail_no_more(storage: Storage) -> None:
    await storage.inbox.take_in([an_update(1)], NOW)
    await begin(storage, 1)
    await done(storage, 1)

    assert await storage.inbox.failed(1, "too late") is False
    assert await waiting(storage) == []


async def test_the_next_offset_follows_the_highest_update_even_one_that_is_done(storage: Storage) -> None:
    assert await storage.inbox.next_offset(NOW) is None
    await storage.inbox.take_in([an_update(2**31), an_update(7)], NOW)
    await begin(storage, 2**31)
    await done(storage, 2**31)

    assert await storage.inbox.next_offset(later(days=6)) == 2**31 + 1


async def test_after_a_week_without_updates_any_offset_may_be_next(storage: Storage) -> None:
    await storage.inbox.take_in([an_update(900)], NOW)
    assert await storage.inbox.next_offset(later(days=7)) is None

    await storage.inbox.take_in([an_update(5)], later(days=8))
    assert await storage.inbox.next_offset(later(days=8)) == 6


async def rows(storage: Storage) -> list[dict[str, object]]:
    async with storage._database.read() as connection:
        found = await connection.execute(tables.inbox.select().order_by(tables.inbox.c.update_id))
        return [dict(row) for row in found.mappings()]


async def test_of_a_finished_update_only_its_number_stays_and_that_is_tidied_later(storage: Storage) -> None:
    await storage.inbox.take_in([an_update(1), an_update(2)], NOW)
    await begin(storage, 1)
    await done(storage, 1)
    [finished, _] = await rows(storage)

    assert (finished["chat_key"], finished["payload"], finished["reason"]) == (None, None, None)
    assert await storage.inbox.tidy(NOW) == 0
    assert await storage.inbox.tidy(later(seconds=1)) == 1
    assert await waiting(storage) == [2]


async def test_what_was_set_aside_is_kept_a_month_longer(storage: Storage) -> None:
    await storage.inbox.take_in([an_update(1)], NOW)
    await aside(storage, 1)

    assert await storage.inbox.tidy(later(days=30)) == 0
    assert await storage.inbox.tidy(later(days=31)) == 1
    assert await storage.inbox.set_aside() == []


async def test_updates_of_a_group_keep_their_place_when_it_becomes_a_supergroup(storage: Storage) -> None:
    await storage.chats.join(Chat(id=-17, kind="group", joined_at=NOW))
    await storage.inbox.take_in([an_update(1, -17), an_update(2, -17), an_update(3, -100_17)], NOW)
    await begin(storage, 1)
    await storage.chats.migrate(-17, -100_17)
    meanwhile = await waiting(storage)
    await done(storage, 1)

    assert meanwhile == []
    assert [(each.update_id, each.chat_key) for each in await storage.inbox.waiting(9)] == [(2, -100_17)]


async def test_a_forgotten_chat_has_nothing_in_the_inbox_but_what_it_sent_since(storage: Storage) -> None:
    await a_chat(storage)
    await storage.inbox.take_in([an_update(each) for each in (1, 2, 3)] + [an_update(4, 8)], NOW)
    await aside(storage, 1)
    await begin(storage, 2)  # the wish to be forgotten, whose handler runs now
    await storage.chats.forget(7)
    await done(storage, 2)

    assert [(row["update_id"], row["chat_key"], row["state"]) for row in await rows(storage)] == [
        (1, None, "done"),
        (2, None, "done"),
        (3, 7, "waiting"),
        (4, 8, "waiting"),
    ]
    assert await storage.inbox.next_offset(NOW) == 5


@pytest.mark.parametrize("is_set_aside", [False, True])
async def test_no_file_of_the_database_remembers_an_update_of_a_forgotten_chat(
    sqlite_url: str, tmp_path: Path, is_set_aside: bool
) -> None:
    storage = await Storage.open(sqlite_url)
    await a_chat(storage)
    canary = "kanarienvogel" * 900
    await storage.inbox.take_in([(1, 7, canary)], NOW)
    await (aside(storage, 1) if is_set_aside else begin(storage, 1))
    await storage.chats.forget(7)
    found = [path.name for path in tmp_path.glob("news.db*") if b"kanarienvogel" in path.read_bytes()]
    await storage.close()

    assert found == []
