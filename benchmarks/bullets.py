"""Bullets against the editors' highlights: ours, Lead-3 and LexRank in one run.

    python -m benchmarks.bullets [path to cnndm-dev.jsonl.gz]

`out of fold` are bullets by weights that never saw the article (five folds; takes minutes); `as shipped` is
choose_bullets with the weights of the program, which learned from these very articles and flatter it here.
"""

from __future__ import annotations

import gzip
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rouge import STEMMED_BY, Gold
from benchmarks.train_bullets import DATA, example, learn
from news.article import Entry
from news.bullets import choose_bullets
from news.passages import passages
from news.sentences import split
from news.vocabulary import content

RESAMPLED = 2_000


def articles(path: Path = DATA) -> list[dict[str, Any]]:
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def lexrank(texts: Sequence[str], most: int = 3) -> list[str]:
    """The sentences most like the others: power iteration over TF-IDF cosines above .1."""
    bags = [Counter(content(text)) for text in texts[:60]]
    if not bags:
        return []
    held = Counter(word for bag in bags for word in bag)
    vectors = [{word: n * math.log(len(bags) / held[word] + 1) for word, n in bag.items()} for bag in bags]
    norms = [math.sqrt(sum(v * v for v in vector.values())) or 1.0 for vector in vectors]
    like = np.array(
        [
            [sum(v * b.get(w, 0.0) for w, v in a.items()) / (m * n) for b, n in zip(vectors, norms, strict=True)]
            for a, m in zip(vectors, norms, strict=True)
        ]
    )
    links = (like > 0.1).astype(float) + 1e-9
    links /= links.sum(1)[:, None]
    rank = np.ones(len(bags)) / len(bags)
    for _ in range(50):
        rank = 0.15 / len(bags) + 0.85 * rank @ links
    return [texts[i] for i in sorted(np.argsort(-rank)[:most].tolist())]


def report(gold: Sequence[Gold], made: Mapping[str, Sequence[Sequence[str]]], against: str | None = None) -> None:
    """Mean scores, and with `against` the differences with paired bootstrap intervals of 95 %."""
    scores = {
        name: 100 * np.array([g.score(lines) for g, lines in zip(gold, rows, strict=True)])
        for name, rows in made.items()
    }
    draw = np.random.default_rng(0).integers(0, len(gold), (RESAMPLED, len(gold)))
    for name, rows in scores.items():
        line = f"{name:16}" + " ".join(f"{value:6.2f}" for value in rows.mean(0))
        if against and name != against:
            apart = rows - scores[against]
            low, high = np.percentile(apart[draw].mean(1), [2.5, 97.5], axis=0)
            line += "   " + "  ".join(
                f"{m:+.2f} [{a:+.2f}, {b:+.2f}]" for m, a, b in zip(apart.mean(0), low, high, strict=True)
            )
        print(line)


def main(path: Path = DATA) -> None:
    given = articles(path)
    entries = [Entry(headline="", paragraphs=(article["article"],)) for article in given]
    gold = [Gold(article["highlights"]) for article in given]
    choose_bullets(entries[0])
    started = time.process_time()
    shipped = [choose_bullets(entry) for entry in entries]
    spent = time.process_time() - started
    texts = [[passage.text for passage in passages(entry)] for entry in entries]
    _, unseen = learn([example(article["article"], article["highlights"]) for article in given])
    made = {
        "Lead-3 raw": [[s.text for s in split(entry.text)[:3]] for entry in entries],
        "Lead-3 stripped": [each[:3] for each in texts],
        "LexRank": [lexrank(each) for each in texts],
        "out of fold": unseen,
        "as shipped": [[bullet.text for bullet in bullets] for bullets in shipped],
    }
    print(f"{len(given)} articles; ROUGE-1, -2, -Lsum stemmed by {STEMMED_BY}; differences to Lead-3 stripped")
    report(gold, made, "Lead-3 stripped")
    sizes = Counter(map(len, shipped))
    cut = sum(b.text != e.text[b.start : b.end] for e, row in zip(entries, shipped, strict=True) for b in row)
    print(f"bullets given: {dict(sorted(sizes.items()))}, {cut} of {sum(map(len, shipped))} shortened")
    print(f"{1000 * spent / len(given):.1f} ms of CPU an article")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
