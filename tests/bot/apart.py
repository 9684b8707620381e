"""A process that helps: `python -m tests.bot.apart ROLE DATABASE PORT LEASE OFTEN`; PORT is of a site on this machine.

Says `ready` on its standard output when it is at work, and ends well at SIGTERM.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.app import helping
from bot.collector import calm
from bot.logs import set_up_logs
from bot.metronome import Rhythm
from bot.roles import ROLES
from bot.settings import Settings
from ingest.door import Door

REPOSITORY = Path(__file__).parents[2]


@asynccontextmanager
async def apart(
    role: str, database: str, port: int = 1, lease: float = 30, *, log: Path | None = None, often: float = 0.2
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Such a process, at work, for as long as the block, and what it logs in a file. It may be killed meanwhile.

    Every so `often`, in seconds, it looks what is due.
    """
    written = log.open("wb") if log else None
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        role,
        database,
        str(port),
        str(lease),
        str(often),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=written,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        if written:
            written.close()


async def main(role: str, database: str, port: str, lease: str, often: str) -> None:
    settings = Settings(_env_file=None, database_url=database, seeds="none", log_format="json")
    set_up_logs(settings)
    calm()
    rhythm = Rhythm(hand_out=timedelta(seconds=float(often)), lease=timedelta(seconds=float(lease)))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    # A slow machine must not look like a slow site.
    door = Door(allow={("127.0.0.1", int(port))}, deadline=timedelta(minutes=2))
    async with helping(settings, ROLES[role], rhythm=rhythm, door=door):
        print("ready", flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
