"""Learns the weights of the bullets (news/tables/bullets.json) from articles with editors' highlights.

    python -m benchmarks.train_bullets [path to cnndm-dev.jsonl.gz]

Only coefficients are written, no text. Two stages: logistic regressions for words and pairs of words, then a ridge
regression that ranks sets of lines. The second learns from chances the first gives to articles it did not see.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.rouge import Gold
from news.article import Entry
from news.bullets import MOST, MOST_WORDS, candidates
from news.choosing import good_sets, look_at_sets, tabulate
from news.insisting import (
    MOST_OFTEN,
    READ,
    Coefficients,
    Floats,
    Reading,
    Regressions,
    chances,
    look_at_pairs,
    look_at_words,
    read,
)
from news.passages import Passage, passages
from news.vocabulary import folded, stem

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "bullets" / "cnndm-dev.jsonl.gz"
TO = Path(__file__).parents[1] / "news" / "tables" / "bullets.json"
FOLDS = 5
_RIDGE_OF_WORDS = 3.0
_RIDGE_OF_SETS = 3000.0
_AIM = np.array([1.0, 1.3, 1.2])
"""How much ROUGE-1, ROUGE-2 and ROUGE-Lsum count in the ranking of sets."""


@dataclass(frozen=True, slots=True)
class Example:
    """An article as it is condensed, with the editor's lines."""

    entry: Entry
    gold: Gold
    sentences: list[Passage]
    reading: Reading
    uses: Floats
    """Per word of the reading: its uses in the editor's lines."""
    pairs: Counter[tuple[str, str]]


def example(article: str, highlights: Sequence[str]) -> Example:
    entry = Entry(headline="", paragraphs=(article,))
    sentences = passages(entry, READ)
    reading = read([sentence.words for sentence in sentences])
    told = [[stem(word) for word in folded(line)] for line in highlights]
    counts = Counter(word for line in told for word in line)
    pairs = Counter(pair for line in told for pair in pairwise(line))
    uses = np.array([counts[word] for word in reading.stems], dtype=float)
    return Example(entry, Gold(highlights), sentences, reading, uses, pairs)


def logistic(features: Sequence[dict[str, Floats]], answers: Sequence[Floats]) -> Coefficients:
    """L2 logistic regression on standardised features, by Newton's method."""
    names = list(features[0])
    x = np.hstack([np.stack([each[name] for name in names]) for each in features]).T
    y = np.concatenate(answers)
    mean, scale = x.mean(0), x.std(0) + 1e-6
    a = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])
    penalty = np.append(np.full(len(names), _RIDGE_OF_WORDS), 0.0)
    beta = np.zeros(len(names) + 1)
    beta[-1] = np.log((y.mean() + 1e-6) / (1 - y.mean() + 1e-6))

    def loss(b: Floats) -> float:
        m = a @ b
        return float(np.logaddexp(0, m).sum() - y @ m + (penalty * b * b).sum() / 2)

    now = loss(beta)
    for _ in range(30):
        p = 1 / (1 + np.exp(-a @ beta))
        hessian = (a * (p * (1 - p))[:, None]).T @ a + np.diag(penalty + 1e-6)
        step = np.linalg.solve(hessian, a.T @ (p - y) + penalty * beta)
        while (then := loss(beta - step)) > now and np.abs(step).max() > 1e-7:
            step = step / 2
        beta, gain, now = beta - step, now - then, then
        if gain < 1e-7 * abs(now):
            break
    weights = beta[:-1] / scale
    return {"bias": float(beta[-1] - mean @ weights)} | dict(zip(names, weights.tolist(), strict=True))


def learn_words(examples: Sequence[Example]) -> tuple[list[Coefficients], Coefficients]:
    examples = [each for each in examples if each.sentences]
    looks = [look_at_words(each.reading) for each in examples]
    features = [dict(look.features) for look in looks]
    words = [
        logistic(features, [(each.uses > often).astype(float) for each in examples]) for often in range(MOST_OFTEN)
    ]
    once = Regressions(words[0])
    paired, answers = [], []
    for each, look in zip(examples, looks, strict=True):
        pairs = look_at_pairs(each.reading, look, once.weighed(look.features)[0])
        names = list(each.reading.stems)
        paired.append(dict(pairs.features))
        told = [(names[a], names[b]) in each.pairs for a, b in zip(pairs.first, pairs.second, strict=True)]
        answers.append(np.array(told, dtype=float))
    return words, logistic(paired, answers)


def learn_ranking(rows: Sequence[tuple[dict[str, Floats], Floats]]) -> Coefficients:
    """Ridge regression on what differs between the sets of one article, so that easy articles teach nothing."""
    names = list(rows[0][0])
    found = [np.stack([features[name] for name in names]).T.astype(float) for features, _ in rows]
    x = np.vstack([each - each.mean(0) for each in found])
    y = np.concatenate([answers - answers.mean() for _, answers in rows])
    scale = np.sqrt((x**2).mean(0)) + 1e-6
    a = x / scale
    beta = np.linalg.solve(a.T @ a + _RIDGE_OF_SETS * np.eye(len(names)), a.T @ y) / scale
    return dict(zip(names, beta.tolist(), strict=True))


def ranked_sets(
    each: Example, words: Regressions, pairs: Regressions
) -> tuple[dict[str, Floats], list[list[str]]] | None:
    """Features and lines of the sets that are ranked; None where the article gives no bullet."""
    if not each.sentences:
        return None
    seen = chances(each.reading, words, pairs)
    lines = candidates(each.entry, each.sentences, seen)
    if not lines:
        return None
    table = tabulate(lines, seen)
    sets = good_sets(table, most=MOST, most_words=MOST_WORDS)
    if not sets:
        return None
    return look_at_sets(table, seen, sets), [[table.lines[row].text for row in members] for members in sets]


def folds(count: int) -> list[int]:
    """Which fold each article is in; the same each time."""
    return [int(fold) for fold in np.random.default_rng(0).permutation(count) % FOLDS]


Learned = tuple[list[Coefficients], Coefficients, Coefficients]
"""For words, for pairs, for sets."""


def learn(examples: Sequence[Example]) -> tuple[Learned, list[list[str]]]:
    """The weights of all examples, and the bullets each gets from weights that never saw it (five folds)."""
    fold = folds(len(examples))
    found: list[tuple[dict[str, Floats], list[list[str]]] | None] = [None] * len(examples)
    for held in range(FOLDS):
        words, pairs = learn_words([e for e, f in zip(examples, fold, strict=True) if f != held])
        for i, each in enumerate(examples):
            if fold[i] == held:
                found[i] = ranked_sets(each, Regressions(*words), Regressions(pairs))
    rows = {
        i: (got[0], np.array([each.gold.score(lines) for lines in got[1]]) @ _AIM)
        for i, (each, got) in enumerate(zip(examples, found, strict=True))
        if got is not None
    }
    unseen: list[list[str]] = [[] for _ in examples]
    for held in range(FOLDS):
        ranking = Regressions(learn_ranking([row for i, row in rows.items() if fold[i] != held]))
        for i, (features, _) in rows.items():
            if fold[i] == held and (got := found[i]):
                unseen[i] = got[1][int(ranking.weighed(features)[0].argmax())]
    words, pairs = learn_words(examples)
    return (words, pairs, learn_ranking(list(rows.values()))), unseen


def main(path: Path = DATA) -> None:
    from benchmarks.bullets import articles, report

    given = articles(path)
    examples = [example(article["article"], article["highlights"]) for article in given]
    (words, pairs, sets), unseen = learn(examples)
    report([each.gold for each in examples], {"out of fold": unseen})

    def rounded(coefficients: Coefficients) -> dict[str, float]:
        return {name: float(f"{value:.5g}") for name, value in coefficients.items()}

    written = {"words": [*map(rounded, words)], "pairs": rounded(pairs), "sets": rounded(sets)}
    TO.write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    print(f"written: {TO.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
