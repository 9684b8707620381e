"""Who is really connected to: what Python is told to connect to, and traps that hear whoever comes all the same."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp.abc import AbstractResolver, ResolveResult

from benchmarks.hostile.addresses import answers, is_ipv6

_watching: list[Watch] = []


@dataclass(slots=True)
class Watch:
    """Every place outside that this process was told to connect to, and everyone who came to a trap."""

    port: int
    connects: list[tuple[str, int]] = field(default_factory=list)
    caught: list[str] = field(default_factory=list)

    def wrong(self, *, allowed: tuple[str, int]) -> list[str]:
        """What went where nothing may go."""
        went = [f"connected to {host}:{port}" for host, port in self.connects if (host, port) != allowed]
        return went + [f"the trap caught {each}" for each in self.caught]

    def forget(self) -> None:
        """Begins anew."""
        self.connects.clear()
        self.caught.clear()


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect" or not _watching:
        return
    target = arguments[1]
    # The other kind of address is a path: processes of ours that speak to each other.
    if isinstance(target, tuple):
        for each in _watching:
            each.connects.append((str(target[0]), int(target[1])))


@asynccontextmanager
async def watching(also_at: int | None = None) -> AsyncIterator[Watch]:
    """Traps at one port of every address of this machine, and at the port `also_at` of those that nothing else has."""
    if not getattr(sys, "_hears_connects", False):
        sys.addaudithook(_hear)  # one can be added, and never taken away
        sys._hears_connects = True  # type: ignore[attr-defined]
    watch = Watch(0)

    async def catch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        watch.caught.append(f"{writer.get_extra_info('peername')} at {writer.get_extra_info('sockname')}")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    traps = [await asyncio.start_server(catch, "0.0.0.0", 0)]
    watch.port = traps[0].sockets[0].getsockname()[1]
    if socket.has_ipv6:
        traps.append(await asyncio.start_server(catch, "::", watch.port, family=socket.AF_INET6))
    if also_at is not None:
        places = ["127.0.0.2", "::1"] if socket.has_ipv6 else ["127.0.0.2"]
        traps += [await asyncio.start_server(catch, place, also_at) for place in places]
    _watching.append(watch)
    try:
        yield watch
    finally:
        _watching.remove(watch)
        for trap in traps:
            trap.close()
            await trap.wait_closed()


class Resolver(AbstractResolver):
    """Answers names as hostile resolvers do; numbers, in every spelling, as the system does. Asks no network."""

    def __init__(self, **places: list[list[str]]) -> None:
        self._places = {name.replace("_", "."): told for name, told in places.items()}
        self.asked: dict[str, int] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        count = self.asked.get(host, 0)
        self.asked[host] = count + 1
        told = self._places.get(host)
        found = told[min(count, len(told) - 1)] if told else answers(host, count) or _numeric(host)
        if not found:
            raise OSError(f"{host} is not known")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if is_ipv6(address) else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]

    async def close(self) -> None: ...


def _numeric(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(each[4][0]) for each in found]
