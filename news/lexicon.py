"""Word lists with a few bytes for each word, in a tenth of the memory of a dictionary."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable

import numpy as np


class Lexicon:
    """What is known of each of many words: a row of bytes, of one width for all.

    Words are known by their 64-bit hashes, sorted: a word that was not given is taken for one of 100,000 that were once
    in 10^14 times. A look takes about a microsecond.
    """

    __slots__ = ("_marks", "_rows", "_width")

    def __init__(self, words: Iterable[tuple[str, bytes]]) -> None:
        """Each word once, with its row; rows are all as long as the first."""
        marks, rows = array("q"), bytearray()
        for word, row in words:
            marks.append(_mark(word))
            rows += row
        self._width = len(rows) // len(marks) if marks else 0
        order = np.argsort(np.frombuffer(marks, np.int64))
        self._marks = array("q", np.frombuffer(marks, np.int64)[order].tobytes())
        self._rows = np.frombuffer(rows, np.uint8).reshape(len(marks), self._width)[order].tobytes()

    def __len__(self) -> int:
        return len(self._marks)

    def get(self, word: str) -> bytes | None:
        """The word's row; None for a word that was not given."""
        mark = _mark(word)
        at = bisect_left(self._marks, mark)
        if at == len(self._marks) or self._marks[at] != mark:
            return None
        return self._rows[at * self._width : (at + 1) * self._width]


def _mark(word: str) -> int:
    """Of the bytes of UTF-8: Python's hash of a word is that of its own bytes, by which “業” is “mi”."""
    return hash(word.encode("utf-8", "surrogatepass"))
