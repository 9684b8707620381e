"""Copies: articles that are the same but for a byline, a date or a sentence."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from itertools import accumulate

import numpy as np

from news.article import Entry
from news.datelines import end_of_opening
from news.furniture import is_furniture
from news.vocabulary import words

SHINGLE = 5
"""Words in a row that are compared."""
ALIKE = 0.8
"""Share of all shingles of two texts that both must have."""
_TELLING = 8
"""Words below which two who say the same need not have copied."""
_KEPT = 64
"""Shingles kept of each text, those of the lowest marks: enough to tell .8 from .6."""
_READ = 1_500
_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।")
_CLOSERS = "\"'”’»)"
_LINE_WORDS = 3
"""Spaces of a line that is prose."""


def imprint(entry: Entry) -> bytes:
    """What copies of an entry have in common, at most 256 bytes; empty where it says too little."""
    said = list(map(str.casefold, words(_prose(entry.text[: _READ * 12]))[:_READ]))
    if len(said) < 2 * SHINGLE:
        said = [*map(str.casefold, words(entry.headline[:1000])), *said]
    if len(said) < _TELLING:
        return b""
    spelled = [word.encode("utf-8", "replace") for word in said]
    row, starts = b" ".join(spelled), [0, *accumulate(len(word) + 1 for word in spelled)]
    shingles = [row[start : end - 1] for start, end in zip(starts, starts[SHINGLE:], strict=False)]
    marks = b"".join([blake2b(shingle, digest_size=4).digest() for shingle in shingles])
    # As Python sorts them: by their bytes, the first first.
    lowest = np.unique(np.frombuffer(marks, ">u4"))[:_KEPT]
    return lowest.astype(np.uint32).tobytes()


def _prose(text: str) -> str:
    """A text without what publishers put around a wire's: dateline, byline, appeals; whole where it is little prose."""
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    prose = [line for line in lines if _is_prose(line)]
    if 2 * sum(map(len, prose)) < sum(map(len, lines)) or not prose:
        return text
    return "\n".join((prose[0][end_of_opening(prose[0], is_first=True) :], *prose[1:]))


def _is_prose(line: str) -> bool:
    return line.rstrip(_CLOSERS).endswith(_ENDS) and line.count(" ") >= _LINE_WORDS and not is_furniture(line)


def is_copy(one: bytes, other: bytes) -> bool:
    """Whether two imprints are those of copies."""
    if not one or not other:
        return False
    if one == other:
        return True
    mine, theirs = array("I"), array("I")
    mine.frombytes(one)
    theirs.frombytes(other)
    # Of the lowest marks of both together, how many are in both: the estimate of Jaccard's share.
    both = set(mine) & set(theirs)
    most = max(len(mine), len(theirs))
    if len(both) < ALIKE * most:
        return False
    lowest = sorted({*mine, *theirs})[:most]
    return sum(mark in both for mark in lowest) >= ALIKE * len(lowest)
