"""A process that errands of one id kill: `python -m tests.storage.mortal DATABASE KILLER`.

Says on its standard output what it runs and what it puts off, and ends when no errand is left.
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


async def main(database: str, killer: str) -> None:
    storage = await Storage.open(database)
    stop = asyncio.Event()

    async def run(ids: Sequence[int]) -> None:
        print("run", *ids, flush=True)
        if int(killer) in ids:
            os.kill(os.getpid(), signal.SIGKILL)

    async def put_off(ids: Sequence[int]) -> None:
        print("put off", *ids, flush=True)

    working = asyncio.create_task(storage.errands.run({"refresh": Doing(run, put_off)}, stop, lease=LEASE))
    while await storage.errands.unfinished("refresh"):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    stop.set()
    await working
    await storage.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
