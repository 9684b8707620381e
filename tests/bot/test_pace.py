"""The pace of sending, on a clock that the test moves."""

import asyncio
from collections.abc import Callable

from bot.pace import Limits, Pace


class Seconds:
    """A monotonic clock that jumps to whatever the loop waits for."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def sent(pace: Pace, clock: Seconds, asked: list[tuple[int, bool]], seconds: float) -> list[tuple[float, int]]:
    """When each of the requests left, over so many seconds in steps of five thousandths."""
    left: list[tuple[float, int]] = []

    async def one(chat_id: int, is_tap: bool) -> None:
        await pace.turn(chat_id, is_tap=is_tap)
        left.append((round(clock.now - 1000.0, 3), chat_id))

    tasks = [asyncio.create_task(one(chat_id, is_tap)) for chat_id, is_tap in asked]
    await asyncio.sleep(0)
    for _ in range(int(seconds * 200)):
        await asyncio.sleep(0)
        clock.now += 0.005
        pace._grant()
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return left


def most_within(left: list[tuple[float, int]], window: float, of: Callable[[int], bool] = lambda _: True) -> int:
    """The largest number of requests in any window of so many seconds."""
    times = [at for at, chat in left if of(chat)]
    return max((sum(start <= at < start + window - 0.001 for at in times) for start in times), default=0)


async def test_no_second_holds_more_than_telegram_allows_and_none_is_wasted() -> None:
    clock = Seconds()
    left = await sent(Pace(clock=clock), clock, [(chat, False) for chat in range(1, 401)], 10)
    assert most_within(left, 1.0) <= 30
    assert len(left) >= 290


async def test_one_chat_gets_a_short_burst_and_then_one_a_second() -> None:
    clock = Seconds()
    left = await sent(Pace(clock=clock), clock, [(7, False)] * 20, 10)
    assert len([at for at, _ in left if at < 0.5]) == 5
    assert most_within([one for one in left if one[0] > 1], 1.0) <= 2
    assert len(left) in (14, 15)


async def test_a_group_gets_no_more_than_twenty_in_any_minute() -> None:
    clock = Seconds()
    left = await sent(Pace(Limits(chat=10), clock=clock), clock, [(-100, False)] * 60, 130)
    assert most_within(left, 60.0) <= 20
    assert len(left) >= 59


async def test_a_tap_goes_before_everything_that_waits() -> None:
    clock = Seconds()
    left = await sent(Pace(clock=clock), clock, [(chat, False) for chat in range(1, 200)] + [(999, True)], 2)
    assert [chat for _, chat in left].index(999) <= 1


async def test_a_chat_that_must_wait_holds_up_no_other() -> None:
    clock = Seconds()
    pace = Pace(clock=clock)
    pace.hold(1, 30)
    left = await sent(pace, clock, [(1, False), (2, False), (3, False)], 5)
    assert [chat for _, chat in left] == [2, 3]


async def test_when_telegram_asks_everyone_to_wait_nothing_leaves() -> None:
    clock = Seconds()
    pace = Pace(clock=clock)
    pace.hold(None, 3)
    left = await sent(pace, clock, [(chat, True) for chat in range(1, 10)], 5)
    assert len(left) == 9
    assert min(at for at, _ in left) >= 3


async def test_one_who_gave_up_waiting_takes_nobodys_turn() -> None:
    clock = Seconds()
    pace = Pace(clock=clock)
    pace.hold(None, 1)
    gone = asyncio.create_task(pace.turn(1, is_tap=True))
    await asyncio.sleep(0)
    gone.cancel()
    left = await sent(pace, clock, [(2, False)], 2)
    assert [chat for _, chat in left] == [2]
