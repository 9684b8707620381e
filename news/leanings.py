"""What a text is about by the company its words keep: each English word leans to some of the seeds' topics.

The table is distilled once from a sentence encoder (`benchmarks/make_leanings.py`); it knows the topics of
`seeds/topics.toml` by their slugs, and says nothing of others or in other languages.
"""

from __future__ import annotations

import lzma
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np

from news.lexicon import Lexicon

LEAN, SIZE = 20.0, 5.5
"""What a step of the alphabet stands for: of a leaning (M is none), and of a word's length."""
_PLAIN = 25_000.0
"""Squared length of what is thought beside each text and leans nowhere, so that a few plain words say little."""
_NONE = ord("M")
_ENOUGH = 3
"""Different words that must be known before a text leans anywhere."""


@cache
def _table() -> tuple[tuple[str, ...], tuple[float, ...], Lexicon]:
    packed = files(__package__).joinpath("tables", "leanings.xz").read_bytes()
    slugs, starts, *rows = lzma.decompress(packed).decode().splitlines()
    known = Lexicon((word, row.encode()) for word, row in (row.split(" ") for row in rows))
    return tuple(slugs.split()), tuple(map(float, starts.split())), known


def leanings(heard: Sequence[str]) -> Mapping[str, float]:
    """How probable each of the seeds' topics is for a text of these words (case-folded, English); sums to 1.

    Empty where too few of the words are known.
    """
    slugs, starts, _ = _table()
    known = [(row, times) for word, times in Counter(heard).items() if (row := _row(word))]
    size = _PLAIN + SIZE**2 * sum(times * (row[-1] - 65) ** 2 for row, times in known)
    if len(known) < _ENOUGH:
        return {}
    rows = np.frombuffer(b"".join(row for row, _ in known), np.uint8).reshape(len(known), -1)[:, : len(slugs)]
    sums = (np.array([times for _, times in known]) @ (rows.astype(np.int64) - _NONE)).tolist()
    logits = [start + LEAN * each / math.sqrt(size) for start, each in zip(starts, sums, strict=True)]
    highest = max(logits)
    weights = [math.exp(logit - highest) for logit in logits]
    whole = sum(weights)
    return {slug: weight / whole for slug, weight in zip(slugs, weights, strict=True)}


@lru_cache(maxsize=8_192)
def _row(word: str) -> bytes | None:
    return _table()[2].get(word)
