"""A way to PostgreSQL that can fall silent, as a network that drops every packet: nobody hears that anybody is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url


@dataclass
class Way:
    socket: Path
    silence: asyncio.Event = field(default_factory=asyncio.Event)

    def fall_silent(self) -> None:
        """What is open stays open, and carries nothing ever again; nor does what is opened until it speaks again."""
        self.silence.set()

    def speak_again(self) -> None:
        self.silence = asyncio.Event()

    async def met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silence = self.silence
        there, back = await asyncio.open_unix_connection(str(self.socket))
        ends = [asyncio.create_task(each) for each in (_carry(reader, back), _carry(there, writer), silence.wait())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            back.close()  # PostgreSQL gives up whoever is silent
            if silence.is_set():
                await asyncio.Event().wait()
        finally:
            for each in ends:
                each.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
            for end in (back, writer):
                end.transport.abort()
                with suppress(OSError):
                    await end.wait_closed()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):  # whoever was there has gone
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()


@asynccontextmanager
async def way_to(url: str) -> AsyncIterator[tuple[Way, str]]:
    """The way, and the URL of the same database along it."""
    direct = make_url(url)
    way = Way(Path(str(direct.query["host"])) / ".s.PGSQL.5432")
    under_way: set[asyncio.Task[None]] = set()

    def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(way.met(reader, writer))
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    try:
        yield way, f"postgresql://postgres@127.0.0.1:{server.sockets[0].getsockname()[1]}/{direct.database}"
    finally:
        server.close()
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
