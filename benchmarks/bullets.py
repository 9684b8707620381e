"""Bullets against the editors' highlights: ROUGE-1 of ours and of Lead-3, in one run.

    python -m benchmarks.bullets [path to cnndm-dev.jsonl.gz]

ROUGE-1 is the F-measure over unigrams, lower case, of [a-z0-9]+, stemmed by news.vocabulary
(not by Porter, so the last digit differs from rouge-score's).
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

from news.article import Entry
from news.bullets import choose_bullets
from news.passages import passages
from news.sentences import split
from news.vocabulary import stem

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "bullets" / "cnndm-dev.jsonl.gz"


def unigrams(text: str) -> Counter[str]:
    return Counter(map(stem, re.findall(r"[a-z0-9]+", text.lower())))


def rouge1(ours: str, theirs: str) -> float:
    mine, gold = unigrams(ours), unigrams(theirs)
    shared = (mine & gold).total()
    return 2 * shared / (mine.total() + gold.total()) if shared else 0.0


def main(path: Path = DATA) -> None:
    with gzip.open(path, "rt") as lines:
        articles = [json.loads(line) for line in lines]
    sums = dict.fromkeys(("raw", "stripped", "ours"), 0.0)
    seconds, sizes, wins, losses = 0.0, Counter[int](), 0, 0
    for article in articles:
        entry = Entry(headline="", paragraphs=(article["article"],))
        gold = " ".join(article["highlights"])
        started = time.perf_counter()
        bullets = choose_bullets(entry)
        seconds += time.perf_counter() - started
        sizes[len(bullets)] += 1
        ours = rouge1(" ".join(b.text for b in bullets), gold)
        stripped = rouge1(" ".join(p.text for p in passages(entry)[:3]), gold)
        raw = rouge1(" ".join(s.text for s in split(entry.text)[:3]), gold)
        sums = {"raw": sums["raw"] + raw, "stripped": sums["stripped"] + stripped, "ours": sums["ours"] + ours}
        wins, losses = wins + (ours > stripped), losses + (ours < stripped)
    n = len(articles)
    print(f"{n} articles; bullets given: {dict(sorted(sizes.items()))}")
    for name, label in (("raw", "Lead-3 raw"), ("stripped", "Lead-3 stripped"), ("ours", "choose_bullets")):
        print(f"{label:16} R1 {100 * sums[name] / n:5.1f}   × stripped Lead-3 {sums[name] / sums['stripped']:.3f}")
    print(f"better {wins}, worse {losses}; {1000 * seconds / n:.1f} ms an article")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
