"""Choosing a set of lines: the one that should share most with what an editor would write, for its length.

A beam builds sets that score well by expected overlap; a linear model then ranks the best of them by a few things
the overlap does not know (how much was left out, whether lines stand together, quotations, repetition).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray

from news.insisting import MOST_OFTEN, Chances, Floats, Ints, Regressions
from news.vocabulary import folded, stem

Flags = NDArray[np.bool_]

SAME = 0.6
"""Two lines say the same when they share this much of the shorter one's content."""
_BRIEF = 60.0
"""Words added to a set's length: about what an editor's lines have, and a little, so that brevity is not all."""
_BRIEF_LINE = 25.0
"""The same for a line by itself."""
_PAIRS_COUNT = 1.5
_FORMS_OF_ONE = 3
_MOST_LINES = 24
_WIDTH = 12
_RANKED = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, or a shorter form of it, that may become a bullet."""

    sentence: int
    """Its place among the sentences read."""
    text: str
    length: int
    content: frozenset[str]
    """Of the whole sentence: two lines that say the same are known by it, whatever was left out."""
    leans: bool
    """Opens with a word that needs the sentence before it."""
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The lines in numbers, a row a line."""

    lines: Sequence[Line]
    counts: Floats
    """Uses of each word that any of the lines has."""
    pairs: Floats
    """1 for each pair of neighbours the line has, of those that any has."""
    tokens: Floats
    """Words, as the chances count them."""
    of_words: Floats
    """The chances of the words counted."""
    of_pairs: Floats
    is_content: Floats

    def worth(self, counts: Floats, pairs: Floats) -> Floats:
        """Expected overlap with an editor's lines, a number for each row of counts."""
        worth: Floats = _PAIRS_COUNT * (np.minimum(pairs, 1.0) @ self.of_pairs)
        for often in range(MOST_OFTEN):
            worth += (counts > often).astype(float) @ self.of_words[:, often]
        return worth


def promising(seen: Chances, most: int) -> list[int]:
    """The first `most` sentences, those that promise most for their length first."""
    reading = seen.reading
    lengths = np.diff(reading.starts)
    of_pair = np.repeat(np.arange(reading.size), lengths - 1)
    pairs = np.bincount(of_pair, seen.of_pairs[seen.pairs.at], minlength=reading.size)
    worth = (seen.words.has @ seen.of_words[:, 0] + _PAIRS_COUNT * pairs) / (lengths + _BRIEF_LINE)
    order: list[int] = np.argsort(-worth[:most], kind="stable").tolist()
    return order


def tabulate(lines: Sequence[Line], seen: Chances) -> Table:
    """The lines that promise most for their length, at most three forms of one sentence."""
    table = _counted(lines, seen)
    worth = table.worth(table.counts, table.pairs) / (table.tokens + _BRIEF_LINE)
    taken: dict[int, int] = {}
    kept: list[int] = []
    for row in np.argsort(-worth, kind="stable").tolist():
        sentence = lines[row].sentence
        if taken.get(sentence, 0) < _FORMS_OF_ONE and len(kept) < _MOST_LINES:
            taken[sentence] = taken.get(sentence, 0) + 1
            kept.append(row)
    kept.sort()
    return replace(
        table,
        lines=[lines[row] for row in kept],
        counts=table.counts[kept],
        pairs=table.pairs[kept],
        tokens=table.tokens[kept],
    )


def _counted(lines: Sequence[Line], seen: Chances) -> Table:
    reading = seen.reading
    size = len(reading.stems)
    counts = np.zeros((len(lines), size))
    pairs = np.zeros((len(lines), len(seen.of_pairs)))
    tokens = np.zeros(len(lines))
    known = seen.pairs.first * size + seen.pairs.second
    for row, line in enumerate(lines):
        if line.is_whole:
            start, end = reading.starts[line.sentence : line.sentence + 2]
            ids = reading.tokens[start:end]
            # Each sentence before this one has a pair less than it has words.
            pairs[row, seen.pairs.at[start - line.sentence : end - line.sentence - 1]] = 1.0
        else:
            ids = np.array([reading.stems[root] for root in map(stem, folded(line.text)) if root in reading.stems])
            pairs[row, _rows_of(ids[:-1] * size + ids[1:], known)] = 1.0
        counts[row] = np.bincount(ids, minlength=size)
        tokens[row] = len(ids)
    words, joined = counts.any(0), pairs.any(0)
    return Table(
        lines,
        counts[:, words],
        pairs[:, joined],
        tokens,
        seen.of_words[words],
        seen.of_pairs[joined],
        1 - reading.is_function[words],
    )


def _rows_of(keys: Ints, known: Ints) -> Ints:
    """Where those of the keys stand that are among the known ones, which are in order."""
    rows = np.minimum(known.searchsorted(keys), len(known) - 1)
    found: Ints = rows[known[rows] == keys]
    return found


def _apart(lines: Sequence[Line]) -> Flags:
    """Line by line: whether two may not stand together, for they are of one sentence or say the same."""
    told = {line.sentence: line.content for line in lines}
    places = {sentence: place for place, sentence in enumerate(told)}
    clash: Flags = np.eye(len(told), dtype=np.bool_)
    for one, other in combinations(told, 2):
        if len(told[one] & told[other]) >= SAME * min(len(told[one]), len(told[other])):
            clash[places[one], places[other]] = clash[places[other], places[one]] = True
    rows = [places[line.sentence] for line in lines]
    return clash[np.ix_(rows, rows)]


Set = tuple[int, ...]
"""Rows of a table, in order."""


def good_sets(table: Table, *, most: int, most_words: int) -> dict[Set, float]:
    """The sets with the best expected overlap for their length, best first, each with its score.

    At most `most` lines and `most_words` words; none with a line that leans on a sentence outside the set.
    """
    lines = table.lines
    lengths = np.array([line.length for line in lines], dtype=float)
    clash = _apart(lines).astype(float)
    leaning = _leaning(lines)
    adding = list(_used(table.counts))
    by_pair = np.ascontiguousarray((table.pairs * table.of_pairs).T) * _PAIRS_COUNT
    # What one more use of a word is worth when a set has it so many times already; nothing past the last.
    worth = np.hstack([table.of_words, np.zeros((len(table.of_words), MOST_OFTEN))])
    found: dict[Set, float] = {}
    beam: dict[Set, float] = {(): 0.0}
    for _ in range(most):
        member = _membership(beam, len(lines))
        counts = np.minimum(member @ table.counts, MOST_OFTEN).astype(int)
        gain = (member @ table.pairs == 0).astype(float) @ by_pair
        for often, some, has in adding:
            gain += worth[some, counts[:, some] + often] @ has
        before = member @ table.tokens + _BRIEF
        had = np.array(list(beam.values())) * before
        scores = (had[:, None] + 2 * gain) / (before[:, None] + table.tokens)
        scores[(member @ clash > 0) | ((member @ lengths)[:, None] + lengths > most_words)] = -1.0
        new = _best_of(scores, list(beam))
        found |= {members: score for members, score in new.items() if _stands(leaning, members)} if leaning else new
        beam = dict(islice(new.items(), _WIDTH))
    best = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return dict(best[:_RANKED])


def _used(counts: Floats) -> Iterator[tuple[int, Ints, Floats]]:
    """How often, which words some line uses more often than that; and word by line, 1 where the line does."""
    most = counts.max(0)
    for often in range(min(MOST_OFTEN, int(most.max(initial=0)))):
        some = np.flatnonzero(most > often)
        yield often, some, np.ascontiguousarray((counts[:, some] > often).T, dtype=float)


def _best_of(scores: Floats, sets: Sequence[Set]) -> dict[Set, float]:
    """The best sets with one line more, best first; `scores` has a row a set and a column a line, below 0 for never."""
    best: dict[Set, float] = {}
    order = np.argsort(-scores, axis=None, kind="stable")
    for place, score in zip(order.tolist(), scores.ravel()[order].tolist(), strict=True):
        if score < 0 or len(best) == _RANKED:
            break
        base, row = divmod(place, scores.shape[1])
        best.setdefault(tuple(sorted((*sets[base], row))), score)
    return best


def _membership(sets: Collection[Set], width: int) -> Floats:
    member = np.zeros(len(sets) * width)
    member[[row * width + each for row, members in enumerate(sets) for each in members]] = 1.0
    return member.reshape(len(sets), width)


def _leaning(lines: Sequence[Line]) -> dict[int, set[int]]:
    """The lines that lean on the sentence before theirs, each with the lines made of that sentence."""
    return {
        row: {other for other, before in enumerate(lines) if before.sentence == line.sentence - 1}
        for row, line in enumerate(lines)
        if line.leans
    }


def _stands(leaning: Mapping[int, set[int]], members: Set) -> bool:
    """Whether no line of the set leans on a sentence that is not in it."""
    return not any(row in leaning and leaning[row].isdisjoint(members) for row in members)


def look_at_sets(table: Table, seen: Chances, sets: Mapping[Set, float]) -> dict[str, Floats]:
    """Features of sets of lines, by name, a number a set."""
    lines = table.lines
    member = _membership(sets, len(lines))
    lone = member / member.sum(1)[:, None]
    counts = member @ table.counts
    sentences = np.array([line.sentence for line in lines])
    kept = table.tokens / np.diff(seen.reading.starts)[sentences]
    quoted = np.array([any(mark in line.text for mark in _QUOTES) for line in lines], dtype=float)
    return {
        "score": np.array(list(sets.values())),
        "kept": lone @ kept,
        "first place": sentences[[members[0] for members in sets]] / 5,
        "words repeated": (np.maximum(0, counts - 1) @ table.is_content) / np.maximum(1, counts @ table.is_content),
        "pairs repeated": (member @ table.pairs > 1).sum(1).astype(float),
        "quotes": (member * quoted).max(1),
        "opens with a quote": quoted[[members[0] for members in sets]],
    }


_QUOTES = '“”„«»「」"‘'


def best_set(lines: Sequence[Line], seen: Chances, ranking: Regressions, *, most: int, most_words: int) -> list[Line]:
    """The lines to show, in the article's order; none when there are none."""
    if not lines:
        return []
    table = tabulate(lines, seen)
    sets = good_sets(table, most=most, most_words=most_words)
    if not sets:
        return []
    ranked = ranking.weighed(look_at_sets(table, seen, sets))[0]
    return [table.lines[row] for row in list(sets)[int(ranked.argmax())]]
