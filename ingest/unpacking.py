"""What came packed, unpacked: never more of it than was asked for."""

from __future__ import annotations

import zlib

from ingest.answers import CutShort, Garbled, TooLarge
from ingest.bodies import Body, Pile

UNPACKED_PIECE = 256_000
# A gzip file may be several in a row; a hundred thousand empty ones are a bomb.
MAX_MEMBERS = 64


class Unpacker:
    """Unpacks gzip and deflate piece by piece and stops at `limit` bytes with `TooLarge`."""

    def __init__(self, encoding: str, *, limit: int) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Garbled
        self._wbits = {"gzip": 31, "x-gzip": 31, "deflate": zlib.MAX_WBITS}.get(encoding)
        self._inflate = zlib.decompressobj(self._wbits) if self._wbits else None
        self._is_first = True
        self._members = 1
        self._limit = limit
        self._out = Pile()

    def feed(self, chunk: bytes) -> None:
        if self._inflate is None:
            self._add(chunk)
            return
        is_more = bool(chunk)
        while is_more:
            # Servers disagree on whether "deflate" has a zlib header.
            if self._is_first and self._wbits == zlib.MAX_WBITS and chunk[0] & 0x0F != 8:
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            self._is_first = False
            piece = self._inflate.decompress(chunk, UNPACKED_PIECE)
            self._add(piece)
            chunk = self._inflate.unconsumed_tail
            is_more = bool(chunk) or len(piece) == UNPACKED_PIECE
            if self._inflate.eof:
                chunk = self._inflate.unused_data
                is_more = chunk.startswith(b"\x1f\x8b")
                if is_more:
                    self._next_member()

    def _add(self, piece: bytes) -> None:
        self._out.add(piece)
        if len(self._out) > self._limit:
            raise TooLarge

    def _next_member(self) -> None:
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise Garbled
        self._inflate = zlib.decompressobj(31)

    def finish(self) -> Body:
        is_cut = self._inflate is not None and not self._inflate.eof and not self._is_first
        if is_cut:
            raise CutShort
        return self._out.body()
