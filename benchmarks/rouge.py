"""ROUGE-1, ROUGE-2 and ROUGE-Lsum (F-measures), as rouge-score 0.1.2 counts them: lower case, [a-z0-9]+, stemmed.

With nltk installed its Porter stemmer is used and the figures are rouge-score's own; without it
`news.vocabulary.stem`, and the last digit differs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from news.vocabulary import stem as our_stem


def _stemmer() -> tuple[str, Callable[[str], str]]:
    try:
        from nltk.stem.porter import PorterStemmer
    except ImportError:
        return "news.vocabulary.stem", our_stem
    return "Porter's stemmer", PorterStemmer().stem


STEMMED_BY, _stem = _stemmer()
Tokens = tuple[str, ...]


@cache
def _stemmed(word: str) -> str:
    return _stem(word) if len(word) > 3 else word


def tokens(text: str) -> Tokens:
    return tuple(map(_stemmed, re.findall(r"[a-z0-9]+", text.lower())))


def _grams(words: Tokens, n: int) -> Counter[Tokens]:
    return Counter(words[i : i + n] for i in range(len(words) - n + 1))


def _measure(hits: int, theirs: int, ours: int) -> float:
    return 2 * hits / (theirs + ours) if hits else 0.0


@lru_cache(maxsize=200_000)
def _common(one: Tokens, other: Tokens) -> frozenset[int]:
    """Places in `one` of a longest common subsequence with `other`."""
    best = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, word in enumerate(one):
        above, row = best[i], best[i + 1]
        for j, candidate in enumerate(other):
            row[j + 1] = above[j] + 1 if word == candidate else max(above[j + 1], row[j])
    i, j, places = len(one), len(other), set()
    while i and j:
        if one[i - 1] == other[j - 1]:
            places.add(i - 1)
            i, j = i - 1, j - 1
        elif best[i][j - 1] > best[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return frozenset(places)


class Gold:
    """An editor's lines, which any lines can be scored against."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = [tokens(line) for line in lines]
        words = tokens("\n".join(lines))
        self.size = len(words)
        self.grams = [_grams(words, n) for n in (1, 2)]

    def score(self, lines: Sequence[str]) -> tuple[float, float, float]:
        """ROUGE-1, ROUGE-2 and ROUGE-Lsum of a set of lines."""
        ours = [tokens(line) for line in lines]
        words = tuple(word for line in ours for word in line)
        scores = [
            _measure((grams & _grams(words, n)).total(), self.size - n + 1, len(words) - n + 1)
            for n, grams in enumerate(self.grams, 1)
        ]
        return scores[0], scores[1], self._longest(ours, Counter(words))

    def _longest(self, ours: Sequence[Tokens], left: Counter[str]) -> float:
        size, hits, wanted = left.total(), 0, Counter(word for line in self.lines for word in line)
        for line in self.lines:
            for place in sorted(frozenset().union(*(_common(line, other) for other in ours))):
                word = line[place]
                if left[word] > 0 and wanted[word] > 0:
                    hits, left[word], wanted[word] = hits + 1, left[word] - 1, wanted[word] - 1
        return _measure(hits, self.size, size)
