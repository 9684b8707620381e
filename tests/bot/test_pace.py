"""The pace of sending, on a clock that the test moves, before a Telegram that counts when it likes."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Callable

import pytest

from bot.pace import FREE, PAID, Limits, Pace
from jobs.deliver import NotYet

STEP = 0.002
Requests = list[tuple[float, int]]
"""When each was counted, and for which chat."""


class World:
    """A monotonic clock that moves in steps, and a Telegram that counts a request anywhere before its reply."""

    def __init__(self, limits: Limits = FREE, *, seed: int = 7, slowest: float = 0.06) -> None:
        self.now = 1000.0
        self.pace = Pace(limits, clock=lambda: self.now)
        self.counted: Requests = []
        self.left: Requests = []
        self.refused: Requests = []
        self._dice = random.Random(seed)
        self._slowest = slowest
        self.slow_until = 0.0
        self.writing = 0.0
        """Seconds that writing an intent down takes, between the turn and the request."""
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    async def request(self, chat_id: int, *, is_tap: bool = False) -> None:
        try:
            at = await self.pace.granted(chat_id, is_tap=is_tap)
        except NotYet as wait:
            self.refused.append((wait.seconds, chat_id))
            return
        if self.writing:
            written = asyncio.get_running_loop().create_future()
            self._after(self.now + self.writing, lambda: written.set_result(None))
            await written
            self.pace.was_late(self.now > at)
        at = max(at, self.now)  # as a turn does: never before its moment
        self.left.append((at, chat_id))
        there, back = (self._dice.uniform(0.02, self._slowest) for _ in "ab")
        if at < self.slow_until:
            there, back = 0.3, 0.02
        answered = asyncio.get_running_loop().create_future()
        self._after(at + there, lambda: self.counted.append((at + there, chat_id)))
        self._after(at + there + back, lambda: answered.set_result(None))
        await answered
        self.pace.landed(chat_id, is_tap=is_tap, left_at=at)

    async def passes(self, seconds: float, *requests: asyncio.Task[None]) -> None:
        until = self.now + seconds
        while self.now < until:
            for _ in range(3):
                await asyncio.sleep(0)
            self.now += STEP
            while self._events and self._events[0][0] <= self.now:
                heapq.heappop(self._events)[2]()
            self.pace._grant()
        for each in requests:
            each.cancel()
        await asyncio.gather(*requests, return_exceptions=True)

    def _after(self, at: float, happens: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, len(self._events) + self._dice.randrange(1 << 30), happens))


def asks(world: World, *chat_ids: int, is_tap: bool = False) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(world.request(chat_id, is_tap=is_tap)) for chat_id in chat_ids]


def most_within(counted: Requests, window: float, of: Callable[[int], bool] = lambda _: True) -> int:
    """The largest number of requests that were counted in any window of so many seconds."""
    times = sorted(at for at, chat in counted if of(chat))
    return max((sum(start <= at < start + window for at in times) for start in times), default=0)


@pytest.mark.parametrize("slowest", [0.021, 0.03, 0.5])
async def test_no_second_holds_more_than_telegram_allows_whenever_it_counts(slowest: float) -> None:
    world = World(slowest=slowest)
    await world.passes(12, *asks(world, *range(1, 500)))
    assert most_within(world.counted, 1.0) <= 30
    assert len(world.counted) >= (11.8 * 29.5 if slowest == 0.021 else 11 * 19)


async def test_a_database_that_is_slow_to_write_costs_no_pace() -> None:
    world = World(slowest=0.021)
    world.writing = 0.05
    await world.passes(14, *asks(world, *range(1, 500)))
    assert most_within(world.counted, 1.0) <= 30
    assert sum(at >= 1004 for at, _ in world.counted) >= 10 * 29.5 - 2


async def test_a_slow_start_does_not_let_the_second_second_begin_early() -> None:
    world = World(Limits(chat=(1000, 1.0)), slowest=0.021)
    world.slow_until = 1000.9  # what left before that is long under way
    await world.passes(6, *asks(world, *range(1, 200)))
    assert most_within(world.counted, 1.0) <= 30


async def test_two_chats_asked_to_wait_within_a_second_silence_all_until_the_earlier() -> None:
    world = World()
    world.pace.hold(1, 3)
    await world.passes(0.5)
    world.pace.hold(2, 3600)
    await world.passes(4, *asks(world, 3, 4, is_tap=True))
    assert min(at for at, _ in world.left) >= 1003


async def test_a_thousand_a_second_are_kept_to_as_strictly() -> None:
    world = World(PAID, slowest=0.025)
    await world.passes(3, *asks(world, *range(1, 4000)))
    assert most_within(world.counted, 1.0) <= 1000
    assert len(world.counted) >= 2.9 * 950


async def test_sends_are_spread_over_the_second_so_that_a_tap_waits_a_moment_only() -> None:
    world = World(slowest=0.021)
    rush = asks(world, *range(1, 500))
    await world.passes(5.5)
    asked_at = world.now
    await world.passes(2, *rush, *asks(world, 9999, is_tap=True))
    [left_at] = [at for at, chat in world.left if chat == 9999]
    assert left_at - asked_at <= 0.3
    assert sum(asked_at <= at < left_at for at, chat in world.left) <= 1  # what had its turn already


async def test_one_chat_gets_a_short_burst_and_never_more_than_five_in_five_seconds() -> None:
    world = World()
    await world.passes(20, *asks(world, *[7] * 30, is_tap=True))
    assert most_within(world.left, 0.5) == 5
    assert most_within(world.counted, 5.0) == 5
    assert len(world.counted) >= 15


async def test_a_group_gets_no_more_than_twenty_in_any_minute() -> None:
    world = World(Limits(chat=(100, 1.0)))
    world.pace.hold(-200, 5)
    tasks = asks(world, *[-100] * 20, is_tap=True)
    await world.passes(1)
    await world.passes(0.1, *tasks, *asks(world, -100))
    assert len(world.counted) == 20
    [(wait, _)] = world.refused
    assert wait == pytest.approx(59, abs=1)


async def test_a_delivery_whose_chat_must_wait_is_told_how_long_and_takes_nobodys_turn() -> None:
    world = World()
    world.pace.hold(1, 30)
    await world.passes(1, *asks(world, 1, 2, 3))
    assert [chat for _, chat in world.counted] == [2, 3]
    [(wait, chat_id)] = world.refused
    assert chat_id == 1
    assert wait == pytest.approx(30, abs=0.1)


async def test_a_tap_waits_for_its_chat_but_not_for_ever() -> None:
    world = World()
    world.pace.hold(2, 3600)
    await world.passes(1.1)
    world.pace.hold(1, 3)
    await world.passes(4, *asks(world, 1, 2, 3, is_tap=True))
    assert [chat for _, chat in world.counted] == [3, 1]
    assert world.left[1][0] >= 1004
    assert [chat for _, chat in world.refused] == [2]


async def test_a_hundred_taps_that_wait_for_one_chat_hold_up_no_other() -> None:
    world = World()
    await world.passes(3, *asks(world, *[7] * 100, *range(100, 130), is_tap=True))
    assert len([1 for _, chat in world.counted if chat >= 100]) == 30


async def test_when_telegram_asks_everyone_to_wait_nothing_leaves() -> None:
    world = World()
    world.pace.hold(None, 3)
    await world.passes(5, *asks(world, *range(1, 10), is_tap=True))
    assert len(world.left) == 9
    assert min(at for at, _ in world.left) >= 1003


async def test_taps_are_not_paid_for_and_keep_to_the_free_limit_while_digests_flow() -> None:
    world = World(PAID, slowest=0.021)
    tasks = asks(world, *range(10_000, 10_200), is_tap=True) + asks(world, *range(1, 3000))
    await world.passes(2, *tasks)
    assert most_within(world.counted, 1.0, lambda chat: chat >= 10_000) <= 30
    assert len([1 for _, chat in world.counted if chat < 10_000]) >= 1700
    assert len([1 for _, chat in world.counted if chat >= 10_000]) >= 55


async def test_one_who_gave_up_waiting_takes_nobodys_turn() -> None:
    world = World(Limits(overall=(1, 1.0), unpaid=(1, 1.0)))
    await world.passes(0.5, *asks(world, 1))
    gone, stays = asks(world, 2, 3, is_tap=True)
    await world.passes(0.1)
    gone.cancel()
    await world.passes(1, stays)
    assert [chat for _, chat in world.counted] == [1, 3]


async def test_a_turn_that_is_not_used_is_given_back() -> None:
    pace = Pace(Limits(overall=(1, 3600.0), unpaid=(1, 3600.0)))
    async with pace.turn(1):
        pass
    async with pace.turn(2) as leave:
        await leave()
