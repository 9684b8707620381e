"""A program that is killed again and again: `python -m benchmarks.reliability.lives PLAN`, a plan as JSON.

Each life is a process that composes and delivers whatever is due, through the program's own functions; the
doomed ones end by SIGKILL, the last one when nothing is unfinished. The diary gets a line for each.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.reliability.dying import arm, arm_anywhere
from bot.sender import Telegram
from bot.transport import Transport
from jobs.compose import compose
from jobs.deliver import deliver
from storage import Storage

ROOT = Path(__file__).parents[2]
BETWEEN = timedelta(minutes=3)
"""What passes on the clock from one life to the next: longer than any lease or doubt lasts."""
SETTLING = 0.05
"""Seconds between a death and the next birth, so that what was on its way arrives in the life that sent it."""
LONGEST_LIFE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`deaths` lives are doomed: at the `points` in turn, or without any wherever they happen to be."""

    database: str
    base_url: str
    diary: str
    start: str
    seed: int
    deaths: int
    points: tuple[str, ...] = ()
    doomed: str = ""
    in_flight: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One line of the diary; times as `time.time()`."""

    born: float
    died: float
    was_killed: bool
    point: str = ""


async def lives(plan: Plan) -> list[Life]:
    """Lives it; RuntimeError with what was said when a life ended by itself and not well."""
    await program(__name__, json.dumps(asdict(plan)))
    return [Life(**json.loads(line)) for line in Path(plan.diary).read_text().splitlines()]


async def program(module: str, *arguments: str) -> Any:
    """What a module printed as JSON; RuntimeError with what it said when it did not end well."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, said = await process.communicate()
    if process.returncode:
        raise RuntimeError(said.decode()[-2000:])
    return json.loads(printed or b"null")


async def live(plan: Plan, life: int, is_last: bool) -> None:
    """Composes and delivers until nothing is due; the last until nothing is unfinished."""
    clock = _Clock(datetime.fromisoformat(plan.start) + life * BETWEEN)
    storage = await Storage.open(plan.database)
    transport = Transport(deadline=5)
    await transport.initialize()
    send = Telegram(transport, plan.base_url)
    while True:
        await compose(storage, now=clock())
        done = await deliver(storage, send, owner=f"life {life}", clock=clock, in_flight=plan.in_flight)
        with alerts_of(plan).open("a") as told:
            told.writelines(f"{alert}\n" for alert in done.alerts)
        if not is_last or await is_finished(storage):
            break
        clock.ahead += BETWEEN
    await transport.shutdown()
    await storage.close()


def alerts_of(plan: Plan) -> Path:
    """Where what an operator was told is written down, a line for each."""
    return Path(plan.diary).with_suffix(".alerts")


async def is_finished(storage: Storage) -> bool:
    counts = await storage.outbox.counts()
    return not any(counts[state] for state in ("pending", "claimed", "sending", "doubt"))


class _Clock:
    def __init__(self, start: datetime) -> None:
        self._start, self._begun = start, time.monotonic()
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return self._start + self.ahead + timedelta(seconds=time.monotonic() - self._begun)


def main(plan: Plan) -> None:
    chance = random.Random(plan.seed)
    with open(plan.diary, "a", buffering=1) as diary:
        for life in range(plan.deaths + 1):
            is_last = life == plan.deaths
            own = random.Random(chance.random())
            born = time.time()
            was_killed = forked(lambda life=life, own=own, is_last=is_last: _one(plan, life, own, is_last))  # type: ignore[misc]
            line = {"born": born, "died": time.time(), "was_killed": was_killed}
            diary.write(json.dumps(line | {"point": _point(plan, life)}) + "\n")
            time.sleep(SETTLING)


def _one(plan: Plan, life: int, chance: random.Random, is_last: bool) -> None:
    if plan.doomed:
        arm("doomed", chance, doomed=plan.doomed)
    elif plan.points and not is_last:
        arm(_point(plan, life), chance)
    elif not is_last:
        arm_anywhere(chance)
    asyncio.run(asyncio.wait_for(live(plan, life, is_last), LONGEST_LIFE))


def _point(plan: Plan, life: int) -> str:
    return plan.points[life % len(plan.points)] if plan.points else ""


def forked(work: Callable[[], Any]) -> bool:
    """Whether a child that did this work was killed. A fork, because most of a short life would be imports."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
        sys.exit(1)
    return os.WIFSIGNALED(status)


def killed_at_each_step(work: Callable[[int], Any], problems: Callable[[], list[str]]) -> None:
    """Does a work that dies before its first step, its second, … until it lives to its end.

    Prints a JSON line: how many deaths it took, and the problems found after each.
    """
    found, step = list[str](), 1
    while forked(lambda at=step: work(at)):  # type: ignore[misc]
        found += [f"step {step}: {each}" for each in problems()]
        step += 1
    print(json.dumps({"deaths": step - 1, "problems": found}))


if __name__ == "__main__":
    main(Plan(**json.loads(sys.argv[1])))
