"""The nearest word that is known, for one that was misspelt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

LIKENESS = 0.75
"""Of 1, by difflib's ratio: two letters of eight may differ, one of five."""
MOST_COMPARED = 50
"""Words compared letter by letter: those whose letters differ least, whatever their order."""
LONGEST = 64
_WORD = re.compile(r"\w{3,64}")


class Spelling:
    """Words that were read, and how often each."""

    def __init__(self) -> None:
        self._often: Counter[str] = Counter()
        self._letters: dict[int, dict[str, int]] = {}
        """By length, each word with its letters as bits."""

    def __len__(self) -> int:
        return len(self._often)

    def read(self, texts: Iterable[str]) -> None:
        """Learns the words of texts."""
        words = Counter(word for text in texts for word in _WORD.findall(text.lower()))
        for word, count in words.items():
            if word not in self._often:
                self._letters.setdefault(len(word), {})[word] = _letters(word)
            self._often[word] += count

    def nearest(self, typed: str) -> str | None:
        """The known word most like it, of equals the more frequent; None where it is known or nothing is like it."""
        wanted = typed.strip().lower()[:LONGEST]
        if wanted in self._often or not wanted:
            return None
        letters, near = _letters(wanted), list[tuple[int, str]]()
        for length in range(len(wanted) - 2, len(wanted) + 3):
            for word, its in self._letters.get(length, {}).items():
                unlike = (letters ^ its).bit_count()
                if unlike <= 4:
                    near.append((unlike, word))
        compared = SequenceMatcher(b=wanted, autojunk=False)
        best: tuple[float, int, str] | None = None
        for _, word in sorted(near)[:MOST_COMPARED]:
            compared.set_seq1(word)
            found = (-compared.ratio(), -self._often[word], word)
            if found[0] <= -LIKENESS and (best is None or found < best):
                best = found
        return best[2] if best else None


def _letters(word: str) -> int:
    """Which letters a word has, as bits; letters that are far apart may share one."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 61
    return bits
