"""Which words of an article an editor would repeat: a chance for each word and each pair of words.

Two logistic regressions over what a word does in its article (how often, how early, in which company) and how
common it is in general; no word is known to them by name, so they serve any language. Their coefficients, by the
names used here, come from `benchmarks/train_bullets.py`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from news.frequencies import NEUTRAL, zipf
from news.vocabulary import FUNCTION_WORDS, folded, stem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_OFTEN = 4
"""A word's chances are told for one to this many uses in the editor's lines."""
READ = 40
"""Sentences that are read, from the article's beginning."""
_IN_HEADLINE = 0.5
"""What a telling word gains (log odds) by standing in the headline; set by hand, no headlines were learned from."""
_TOLD_BY = 400
"""Words by which the language is told."""
_SCRIPTS = (
    ("\u0400", "\u04ff", "ru"),
    ("\u0600", "\u06ff", "ar"),
    ("\u0900", "\u097f", "hi"),
    ("\u4e00", "\u9fff", "zh"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of an article's sentences: `tokens[i]` is a word of sentence `sentences[i]`, as a row of the others."""

    stems: Mapping[str, int]
    tokens: Ints
    sentences: Ints
    starts: tuple[int, ...]
    """Where each sentence's tokens begin, and the end of the last."""
    is_capital: Floats
    """Per token: begins with a capital."""
    zipf: Floats
    is_function: Floats
    is_number: Floats
    letters: Floats
    """Per word, as the three above."""
    in_headline: Floats

    @property
    def size(self) -> int:
        return len(self.starts) - 1


def likely_language(written: Sequence[str], declared: str | None) -> str | None:
    """The language whose word table serves: the declared one, else English or what the script of the words says."""
    if declared:
        return declared
    count = Counter(map(str.casefold, written))
    if count["the"] + count["of"] + count["and"] + count["to"] > len(written) / 20:
        return "en"
    letters = "".join(written)
    for first, last, language in _SCRIPTS:
        if sum(first <= letter <= last for letter in letters) * 2 > len(letters):
            return language
    return None


@lru_cache(maxsize=16_384)
def _known(word: str, language: str | None) -> tuple[str, tuple[float, bool, bool, int]]:
    """The root of a word as written; its Zipf value, whether it is a function word, a number, and its letters."""
    plain = word.casefold().replace("’", "'")
    about = zipf(plain, language), plain in FUNCTION_WORDS, plain[0].isdigit(), min(len(plain), 12)
    return stem(plain), about


def read(sentences: Sequence[Sequence[str]], *, headline: str = "", language: str | None = None) -> Reading:
    """The words, as written, of at most `READ` sentences; `language` None where it is not known."""
    sentences = sentences[:READ]
    written = list(chain.from_iterable(sentences))
    language = likely_language(written[:_TOLD_BY], language)
    distinct: dict[str, int] = dict.fromkeys(written, 0)
    stems: dict[str, int] = {}
    known: list[tuple[float, bool, bool, int]] = []
    rows: list[int] = []
    for place, word in enumerate(distinct):
        distinct[word] = place
        root, general = _known(word, language)
        row = stems.setdefault(root, len(stems))
        if row == len(known):
            known.append(general)
        rows.append(row)
    at = np.fromiter(map(distinct.__getitem__, written), np.int64, len(written))
    about = np.fromiter(chain.from_iterable(known), float, 4 * len(known)).reshape(-1, 4)
    title = {stem(word) for word in folded(headline)}
    lengths = np.array([len(sentence) for sentence in sentences], dtype=np.int64)
    starts = (0, *np.cumsum(lengths).tolist())
    return Reading(
        stems=stems,
        tokens=np.array(rows, dtype=np.int64)[at],
        sentences=np.repeat(np.arange(len(lengths)), lengths),
        starts=starts,
        is_capital=np.array([word[0].isupper() for word in distinct], dtype=float)[at],
        zipf=about[:, 0],
        is_function=about[:, 1],
        is_number=about[:, 2],
        letters=about[:, 3] / 10,
        in_headline=np.array([root in title for root in stems], dtype=float),
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What each word of a reading does in its article."""

    uses: Floats
    has: Floats
    """Sentence by word: 1 where the sentence has the word."""
    features: Mapping[str, Floats]


def look_at_words(reading: Reading) -> Words:
    """Features of every word, by name."""
    count, size = len(reading.stems), reading.size
    tokens, sentences = reading.tokens, reading.sentences
    uses = np.bincount(tokens, minlength=count).astype(float)
    has = np.zeros((size, count))
    has[sentences, tokens] = 1.0
    spread = has.sum(0)
    first = has.argmax(0).astype(float)
    lengths = np.diff(reading.starts)
    content = 1 - reading.is_function
    weight = np.maximum(0.0, 6.5 - np.maximum(reading.zipf, 1.5)) * content
    vectors = has * weight
    norms = np.sqrt((vectors**2).sum(1)) + 1e-9
    centre = (vectors / norms[:, None]).mean(0)
    # Per sentence: its likeness to the article as a whole, and how much of what the article repeats it holds.
    centrality = (vectors @ centre) / norms / (math.sqrt(float(centre @ centre)) + 1e-9)
    log_uses = np.log(uses)
    gravity = (vectors @ log_uses) / np.maximum(1, has.sum(1))
    gravity /= gravity.max() + 1e-9

    # Where in its sentence a word stands, first and on average.
    places = np.arange(len(tokens)) - np.array(reading.starts)[sentences]
    along = places / np.maximum(1, lengths[sentences] - 1)
    first_use = np.full(count, len(tokens))
    np.minimum.at(first_use, tokens, np.arange(len(tokens)))
    inside = (places > 0).astype(float)
    capital = np.bincount(tokens, reading.is_capital * inside, minlength=count) / np.maximum(
        1, np.bincount(tokens, inside, minlength=count)
    )
    # How often its neighbours are used.
    company = (log_uses * content)[tokens]
    same = (sentences[1:] == sentences[:-1]).astype(float)
    beside = np.zeros(len(tokens))
    beside[1:] += company[:-1] * same
    beside[:-1] += company[1:] * same

    def among(start: int, end: int) -> Floats:
        return has[start:end].max(0) if start < size else np.zeros(count)

    in0, in1, in2 = among(0, 1), among(1, 2), among(2, 3)
    near = (has / (1 + np.arange(size))[:, None]).sum(0)
    common = reading.zipf - NEUTRAL
    log_size = math.log(size)
    features: dict[str, Floats] = {
        "uses": log_uses,
        "uses, content": log_uses * content,
        "uses squared": log_uses**2,
        "uses by frequency": log_uses * common,
        "uses by article": log_uses * log_size,
        "uses in first": log_uses * in0,
        "share": uses / len(tokens) * 100,
        "spread": np.log1p(spread),
        "spread share": spread / size,
        "in first": in0,
        "in second": in1,
        "in third": in2,
        "in 4-6": among(3, 6),
        "in 7-10": among(6, 10),
        "in later": among(10, READ),
        "in first, content": in0 * content,
        "in second, content": in1 * content,
        "in third, content": in2 * content,
        "in first two": in0 * in1,
        "once, in first": in0 * (uses == 1),
        "again, in first": in0 * (uses > 1) * content,
        "early": 1 / (1 + first),
        "late": np.log1p(first),
        "late, function": first * reading.is_function / 10,
        "near": near,
        "near, content": near * content,
        "frequency": common,
        "frequency squared": common**2,
        "frequency, content": common * content,
        "function": reading.is_function,
        "function by article": reading.is_function * log_size,
        "content by article": content * log_size,
        "number": reading.is_number,
        "number in first": reading.is_number * in0,
        "letters": reading.letters,
        "letters, content": reading.letters * content,
        "along": along[first_use],
        "along in first": in0 * along[first_use],
        "along on average": np.bincount(tokens, along, minlength=count) / uses,
        "capital": capital,
        "capital, content": capital * content,
        "capital in first": capital * in0,
        "best centrality": (has * centrality[:, None]).max(0),
        "mean centrality": (has * centrality[:, None]).sum(0) / spread,
        "best gravity": (has * gravity[:, None]).max(0),
        "company": np.bincount(tokens, beside, minlength=count) / uses,
    }
    return Words(uses, has, features)


@dataclass(frozen=True, slots=True)
class Pairs:
    """The distinct pairs of neighbouring words: `first[i], second[i]` are rows of the reading's words."""

    first: Ints
    second: Ints
    at: Ints
    """Per token but the last of a sentence, in order: the row of the pair it begins."""
    features: Mapping[str, Floats]


def look_at_pairs(reading: Reading, seen: Words, odds: Floats) -> Pairs:
    """Features of every pair of neighbours, by name; `odds` are the words' log odds of being repeated."""
    count = len(reading.stems)
    inner = reading.sentences[1:] == reading.sentences[:-1]
    keys = (reading.tokens[:-1] * count + reading.tokens[1:])[inner]
    distinct, row, uses = np.unique(keys, return_inverse=True, return_counts=True)
    where = reading.sentences[:-1][inner]
    opening = np.full(len(distinct), READ)
    np.minimum.at(opening, row, where)
    first, second = distinct // count, distinct % count

    def among(start: int, end: int) -> Floats:
        found = np.zeros(len(distinct))
        found[row[(where >= start) & (where < end)]] = 1.0
        return found

    a, b = odds[first], odds[second]
    both = 1 / ((1 + np.exp(-a)) * (1 + np.exp(-b)))
    f, g = reading.is_function[first], reading.is_function[second]
    contents = (1 - f) * (1 - g)
    in0, in1 = among(0, 1), among(1, 2)
    log_uses = np.log(uses)
    scarcer = np.minimum(seen.uses[first], seen.uses[second])
    common_a, common_b = reading.zipf[first] - NEUTRAL, reading.zipf[second] - NEUTRAL
    features: dict[str, Floats] = {
        "first": a,
        "second": b,
        "lesser": np.minimum(a, b),
        "greater": np.maximum(a, b),
        "both": both,
        "both, log": np.log(both + 1e-9),
        "uses": log_uses,
        "uses, content": log_uses * contents,
        "uses in first": log_uses * in0,
        "cohesion": uses / scarcer,
        "cohesion, content": uses / scarcer * contents,
        "cohesion of both": uses / np.maximum(seen.uses[first], seen.uses[second]),
        "leads on": np.log(uses / seen.uses[first]),
        "leads back": np.log(uses / seen.uses[second]),
        "in first": in0,
        "in second": in1,
        "in third": among(2, 3),
        "in 4-6": among(3, 6),
        "in first, content": in0 * contents,
        "in second, content": in1 * contents,
        "early": 1 / (1.0 + opening),
        "late": np.log1p(opening),
        "function, function": f * g,
        "function, content": f * (1 - g),
        "content, function": (1 - f) * g,
        "first, content": contents * a,
        "second, content": contents * b,
        "first, function": f * g * a,
        "second, function": f * g * b,
        "frequency of first": common_a,
        "frequency of second": common_b,
        "frequencies": common_a * common_b,
        "number first": reading.is_number[first],
        "number second": reading.is_number[second],
    }
    return Pairs(first, second, row, features)


Coefficients = Mapping[str, float]
"""Of one regression, by the name of the feature; `bias` is the constant."""


class Regressions:
    """Regressions over the same features, ready to be summed."""

    def __init__(self, *each: Coefficients) -> None:
        self.names = [name for name in each[0] if name != "bias"]
        self.weights: Floats = np.array([[coefficients[name] for name in self.names] for coefficients in each])
        self.bias: Floats = np.array([[coefficients.get("bias", 0.0)] for coefficients in each])

    def weighed(self, features: Mapping[str, Floats]) -> Floats:
        """The weighted sums of the features, a row a regression and a number per row of the features."""
        # As `np.stack`, which looks at each of them twice.
        rows = np.concatenate([features[name] for name in self.names]).reshape(len(self.names), -1)
        total: Floats = self.weights @ rows + self.bias
        return total


def chance(odds: Floats) -> Floats:
    """Log odds as a chance from 0 to 1."""
    return 1 / (1 + np.exp(-np.clip(odds, -30, 30)))


@dataclass(frozen=True, slots=True)
class Chances:
    """What an editor would repeat of an article."""

    reading: Reading
    words: Words
    pairs: Pairs
    of_words: Floats
    """Per word and n up to `MOST_OFTEN`: that the editor's lines hold it at least n times."""
    of_pairs: Floats


def chances(reading: Reading, words: Regressions, pairs: Regressions) -> Chances:
    """The chances of a reading, with one regression for each number of uses and one for pairs."""
    seen = look_at_words(reading)
    odds = words.weighed(seen.features) + _IN_HEADLINE * reading.in_headline * (1 - reading.is_function)
    look = look_at_pairs(reading, seen, odds[0])
    return Chances(reading, seen, look, chance(odds).T, chance(pairs.weighed(look.features)[0]))
