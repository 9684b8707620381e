"""A server on loopback in a process of its own, so that its work is nobody else's."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


async def serve(app: web.Application) -> None:
    """Until it is killed; prints its port."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


@asynccontextmanager
async def beside(module: str, *arguments: str) -> AsyncIterator[tuple[int, int]]:
    """The port and the process of a module that serves where it is run with these arguments."""
    command = sys.executable, "-m", module, *arguments
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline()), process.pid
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
