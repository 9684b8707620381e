"""Bodies: what an address holds. What is large lies in a file without a name, and never in this process's memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

SMALL = 256_000
"""Bytes that are kept in memory."""
PIECE = 256_000
"""Bytes that are in memory at a time of what is not."""


class Stowed:
    """Bytes in a file that nobody else can name; it goes when this goes. Another process gets them as plain bytes."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._size = 0

    def __del__(self) -> None:
        # Where there was no room for it there is nothing to close.
        with suppress(AttributeError, OSError):
            self._file.close()

    def __len__(self) -> int:
        return self._size

    def __bytes__(self) -> bytes:
        return b"".join(pieces(self))

    def __reduce__(self) -> tuple[Callable[..., bytes], tuple[Any, ...]]:
        path = Path(f"/proc/{os.getpid()}/fd/{self._file.fileno()}")
        return (_read, (str(path),)) if path.exists() else (bytes, (bytes(self),))

    def add(self, piece: bytes) -> None:
        self._file.write(piece)
        self._file.flush()
        self._size += len(piece)

    def part(self, at: int, size: int) -> bytes:
        """Up to `size` bytes from `at` on."""
        return os.pread(self._file.fileno(), size, at)


Body = bytes | Stowed
"""`len(body)` and `bytes(body)` are the same of both."""


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


def pieces(body: Body) -> Iterator[bytes]:
    """The body from its beginning, never more than a piece of what is large at a time."""
    if isinstance(body, bytes):
        yield body
        return
    for at in range(0, len(body), PIECE):
        yield body.part(at, PIECE)


class Pile:
    """Takes a body in as it comes; one that grows large goes on in a file."""

    def __init__(self) -> None:
        self._small = bytearray()
        self._large: Stowed | None = None

    def __len__(self) -> int:
        return len(self._small if self._large is None else self._large)

    def add(self, piece: bytes) -> None:
        if self._large is None and len(self) + len(piece) > SMALL:
            self._large = Stowed()
            self._large.add(bytes(self._small))
        if self._large is None:
            self._small += piece
        else:
            self._large.add(piece)

    def body(self) -> Body:
        """All of it; after this nothing is added."""
        return bytes(self._small) if self._large is None else self._large
