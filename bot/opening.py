"""Files that an operator names: their bytes, also of packed ones, or a sentence that says why not."""

from __future__ import annotations

import sys
from pathlib import Path

from ingest.answers import TooLarge, Unreadable
from ingest.door import MAX_BYTES
from ingest.unpacking import Unpacker

PACKED = b"\x1f\x8b"
"""How a .gz file begins, whatever its name."""


class NoSuchFile(Unreadable):
    """There is no file of this name. Look for a slip in it; an address begins with https://."""


class AFolder(Unreadable):
    """This is a folder. Name the files in it."""


class ClosedFile(Unreadable):
    """This file cannot be read. Look at its rights."""


class DamagedFile(Unreadable):
    """This file is packed, and damaged or cut short. Get it again."""


def file_bytes(source: str) -> bytes:
    """What a file holds, unpacked; `-` is what is piped in. Raises Unreadable, also for what is too large for news."""
    data = _piped() if source == "-" else _read(Path(source))
    if len(data) > MAX_BYTES:
        raise TooLarge
    return _unpacked(data) if data.startswith(PACKED) else data


def _piped() -> bytes:
    return sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b""


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except IsADirectoryError as cause:
        raise AFolder from cause
    except PermissionError as cause:
        raise ClosedFile from cause
    except (OSError, ValueError) as cause:  # a name with a NUL in it is a ValueError
        raise NoSuchFile from cause


def _unpacked(data: bytes) -> bytes:
    unpack = Unpacker("gzip", limit=MAX_BYTES)
    try:
        unpack.feed(data)
        return bytes(unpack.finish())
    except TooLarge:
        raise
    except Unreadable as cause:
        raise DamagedFile from cause
