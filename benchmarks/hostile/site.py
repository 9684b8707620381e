"""A web server that answers as no server should: a process of its own, so that its memory is nobody else's.

`/bomb/NAME` holds a feed or page of `bombs`, `/answer/NAME` speaks HTTP as ANSWERS say, `/honest/N/V` is the version V
of an honest feed. What it is told to have by name is made first, so that it costs no processor while others are timed.
Prints its port.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from urllib.parse import unquote

from benchmarks.hostile.bombs import BOMBS
from tests.jobs.site import Item, feed

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
FEED = feed(Item(title="Comet", guid="1")).encode()
LONG = 60.0
"""Seconds after which even a server that hangs goes away."""
Say = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def _all(writer: asyncio.StreamWriter, *pieces: bytes) -> None:
    for each in pieces:
        writer.write(each)
        await writer.drain()


def _just(answer: bytes) -> Say:
    async def say(writer: asyncio.StreamWriter) -> None:
        await _all(writer, answer)

    return say


def _over(head: bytes, piece: bytes, times: int = 10**9, pause: float = 0) -> Say:
    """The head, and then the same again and again."""

    async def say(writer: asyncio.StreamWriter) -> None:
        await _all(writer, head)
        for _ in range(times):
            await _all(writer, piece)
            if pause:
                await asyncio.sleep(pause)

    return say


def _packed(encoding: str, body: bytes) -> bytes:
    return OK + f"Content-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


HEADS = {31: b"\x1f\x8b\x08\0\0\0\0\0\0\xff", 15: b"\x78\x9c", -15: b""}


@lru_cache(maxsize=8)
def _zeros(wbits: int, megabytes: int) -> bytes:
    """So many megabytes packed: each is the same as the one before it, so only one is worked out."""
    bomb = zlib.compressobj(9, wbits=-15)
    one = bomb.compress(bytes(1_000_000)) + bomb.flush(zlib.Z_FULL_FLUSH)
    return HEADS[wbits] + one * megabytes + bomb.flush()


async def _hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(LONG)


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
ANSWERS: dict[str, Callable[[], Say]] = {
    "a gigabyte in gzip": lambda: _just(_packed("gzip", _zeros(31, 1_000))),
    "a gigabyte in deflate": lambda: _just(_packed("deflate", _zeros(15, 1_000))),
    "a gigabyte in raw deflate": lambda: _just(_packed("deflate", _zeros(-15, 1_000))),
    "gzip within gzip": lambda: _just(_packed("gzip", gzip.compress(_zeros(31, 1_000)))),
    "gzip said twice": lambda: _just(_packed("gzip, gzip", gzip.compress(_zeros(31, 1_000)))),
    "brotli": lambda: _just(_packed("br", b"\xcf\xff\xff\x7f\xf8\xff\x7f\x00" * 200)),
    "zstd": lambda: _just(_packed("zstd", b"\x28\xb5\x2f\xfd" + b"\x04\x00" * 8_000)),
    "a hundred thousand empty packages": lambda: _just(_packed("gzip", gzip.compress(b"") * 100_000)),
    "gzip without an end": lambda: _over(OK + b"Content-Encoding: gzip\r\n\r\n", random.Random(1).randbytes(65_536)),
    "a body without an end": lambda: _over(OK + b"\r\n", b"x" * 65_536),
    "chunks without an end": lambda: _over(CHUNKED, CHUNK),
    "empty lines without an end": lambda: _over(b"", b"\r\n" * 1_000),
    "a chunk with an extension of 10 MB": lambda: _just(
        CHUNKED + b"5;" + b"x" * 10_000_000 + b"\r\nhello\r\n0\r\n\r\n"
    ),
    "a chunk of a length without an end": lambda: _just(CHUNKED + b"f" * 10_000_000),
    "a million headers": lambda: _over(OK, b"X: y\r\n" * 1_000, times=1_000),
    "headers without an end": lambda: _over(OK, b"X-Long: " + b"y" * 8_000 + b"\r\n"),
    "a header of 10 MB": lambda: _just(OK + b"X: " + b"y" * 10_000_000 + b"\r\n\r\n"),
    "an ETag of 30 kB": lambda: _just(OK + b'ETag: "' + b"y" * 30_000 + b'"\r\n\r\n' + FEED),
    "links by the thousand": lambda: _just(OK + b"Link: <http://x.example/>; rel=x\r\n" * 500 + b"\r\n" + FEED),
    "trailers by the thousand": lambda: _just(CHUNKED + b"0\r\n" + b"X: y\r\n" * 500_000 + b"\r\n"),
    "a status line of 10 MB": lambda: _just(b"HTTP/1.1 200 " + b"y" * 10_000_000 + b"\r\n\r\n"),
    "continue without an end": lambda: _over(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "a byte at a time": lambda: _over(OK + b"\r\n", b"x", pause=0.05),
    "headers a byte at a time": lambda: _over(OK + b"X: ", b"y", pause=0.05),
    "nothing at all": lambda: _hang,
    "a length that is a lie, too long": lambda: _just(OK + b"Content-Length: 4000000\r\n\r\n" + FEED),
    "a length that is a lie, too short": lambda: _just(OK + b"Content-Length: 5\r\n\r\n" + FEED),
    "a length of a terabyte": lambda: _over(OK + b"Content-Length: 1000000000000\r\n\r\n", b"x" * 65_536),
    "two lengths": lambda: _just(OK + b"Content-Length: 5\r\nContent-Length: 500\r\n\r\n" + FEED),
    "a length below nothing": lambda: _just(OK + b"Content-Length: -5\r\n\r\n" + FEED),
    "a redirect to itself": lambda: _just(
        b"HTTP/1.1 302 Found\r\nLocation: ?" + b"x" * 3_000 + b"\r\nContent-Length: 0\r\n\r\n"
    ),
    "a redirect with a body without an end": lambda: _over(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", b"x" * 65_536),
    "a refusal with a body without an end": lambda: _over(b"HTTP/1.1 503 No\r\n\r\n", b"x" * 65_536),
    "another protocol": lambda: _just(b"220 mail.example ESMTP\r\n"),
    "HTTP/2": lambda: _just(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18)),
}


@lru_cache(maxsize=100)
def bomb(name: str) -> bytes:
    return BOMBS[name]()


@lru_cache(maxsize=100)
def answer(name: str) -> Say:
    return ANSWERS[name]()


def honest(number: int, version: int) -> bytes:
    """A feed of fifteen entries with whole texts, one more at each version."""
    return feed(*(_item(number, at) for at in range(version + 15, version, -1)), title=f"Paper {number}").encode()


def _item(number: int, at: int) -> Item:
    said = random.Random(f"{number} {at}")
    names = ["".join(said.choices("bdfklmnprst", k=3) + said.choices("aeiou", k=2)).title() for _ in range(8)]
    text = " ".join(f"{said.choice(names)} told {said.choice(names)} on Monday what became of {at}." for _ in range(20))
    return Item(title=f"{names[0]} and {names[1]} meet {at}", text=text, guid=f"{number}-{at}")


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
        async with asyncio.timeout(LONG):
            while True:
                asked = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
                kind, _, name = unquote(asked).strip("/").partition("/")
                if kind == "answer" and name in ANSWERS:
                    await answer(name)(writer)
                    break
                if kind == "honest":
                    body = honest(*map(int, name.split("/")))
                else:
                    body = bomb(name) if name in BOMBS else b"nothing"
                await _all(writer, OK + f"Content-Length: {len(body)}\r\n\r\n".encode(), body)
    writer.close()


async def serve(*names: str) -> None:
    for name in names:
        bomb(name) if name in BOMBS else answer(name)
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Whoever started this holds the other end, however that ends.
    await asyncio.to_thread(sys.stdin.buffer.read)
    server.close()


@asynccontextmanager
async def serving(*names: str) -> AsyncIterator[int]:
    """The site, in a process of its own, with what it is to have ready; its port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.hostile.site",
        *names,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
