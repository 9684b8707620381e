"""Processes that errands of one id kill: `python -m tests.storage.mortal DATABASE KILLER`.

One after the other, until one ends because no errand is left, or the sixth. Says on its standard output what they
run, what they put off, and how each ended.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta

from storage import Storage
from storage.errands import Doing

LEASE = timedelta(seconds=1)
MOST_LIVES = 6


async def live(database: str, killer: str) -> None:
    storage = await Storage.open(database)
    stop = asyncio.Event()

    async def run(ids: Sequence[int]) -> None:
        print("run", *ids, flush=True)
        if int(killer) in ids:
            os.kill(os.getpid(), signal.SIGKILL)

    async def put_off(ids: Sequence[int]) -> None:
        print("put off", *ids, flush=True)

    working = asyncio.create_task(storage.errands.run({"refresh": Doing(run, put_off)}, stop, lease=LEASE, at_once=3))
    while await storage.errands.unfinished("refresh"):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    stop.set()
    await working
    await storage.close()


def main(database: str, killer: str) -> None:
    for _ in range(MOST_LIVES):
        # A fork, because most of a short life would be spent on imports.
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(live(database, killer))
            finally:
                os._exit(0 if sys.exception() is None else 1)
        _, status = os.waitpid(child, 0)
        print("ended", os.waitstatus_to_exitcode(status), flush=True)
        if not os.WIFSIGNALED(status):
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
