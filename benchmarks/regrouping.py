"""The second look at stories: on topics its bar was not chosen on, and while articles come.

python -m benchmarks.regrouping
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import count
from pathlib import Path

from benchmarks.stories import DATA, headlines, rows_of, show, texts, told
from jobs.file import LOOKED_AT
from news import gathering
from news.regrouping import regroup
from news.sketches import sketch


def halves(folder: Path = DATA, splits: int = 50) -> None:
    """Full texts after the second look, where the bar was chosen on other topics."""
    entries, marks = texts(folder)
    topics = [row["topic"] for row in rows_of(folder / "ecbplus-dev.jsonl.gz")]
    sketches, (arrival, _) = [sketch(entry) for entry in entries], told(entries)
    kept, shares = gathering.GATHER_TEXTS, {}
    for bar in (0.6, 0.65, 0.7, 0.75, 0.8):
        gathering.GATHER_TEXTS = bar
        ours = regroup(list(zip(arrival, sketches, strict=True)), (), count(-1, -1))
        mine, gold, both = Counter(ours), Counter(marks), Counter(zip(ours, marks, strict=True))
        ns = [both[pair] for pair in zip(ours, marks, strict=True)]
        shares[bar] = [(n / mine[o], n / gold[m]) for n, o, m in zip(ns, ours, marks, strict=True)]
    gathering.GATHER_TEXTS = kept

    def measured(some: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
        precision, recall = (sum(column) / len(some) for column in zip(*some, strict=True))
        return precision, recall, 2 * precision * recall / (precision + recall)

    for parts in (2, 4):
        found = []
        for seed in range(splits):
            order, outcome = sorted(set(topics)), list[tuple[float, float]]()
            random.Random(seed).shuffle(order)
            for part in range(parts):
                mine_too = {*order[part::parts]}
                best = max(shares, key=lambda bar: measured(_of(shares[bar], topics, mine_too, within=False))[2])
                outcome += _of(shares[best], topics, mine_too, within=True)
            found.append(measured(outcome))
        precision, recall, f = (sum(column) / splits for column in zip(*found, strict=True))
        print(f"bar chosen on other topics, {parts} parts, {splits} splits: P {precision:.3f} R {recall:.3f} F {f:.3f}")


def _of(
    shares: Sequence[tuple[float, float]], topics: Sequence[str], some: Collection[str], *, within: bool
) -> list[tuple[float, float]]:
    return [share for share, topic in zip(shares, topics, strict=True) if (topic in some) == within]


def steady(folder: Path = DATA, at_a_time: int = 20) -> None:
    """What an article costs the second look that comes to a window of 2,000, half texts and half headlines."""
    items = [
        (entry, f"{mark} {kind}") for kind in (texts, headlines) for entry, mark in zip(*kind(folder), strict=True)
    ]
    random.Random(3).shuffle(items)
    items = items[:LOOKED_AT]
    sketches, marks = [sketch(entry) for entry, _ in items], [mark for _, mark in items]
    fresh, came = count(-1, -1), LOOKED_AT * 9 // 10
    stories = regroup(list(enumerate(sketches[:came])), (), fresh)
    spent, was = 0.0, list(stories)
    for first in range(came, LOOKED_AT, at_a_time):
        stories += range(first, first + at_a_time)
        changed = {at for at, story in enumerate(stories) if at >= first or story != was[at]}
        was, began = list(stories), time.process_time()
        stories = regroup(list(zip(stories, sketches[: first + at_a_time], strict=True)), (), fresh, changed)
        spent += time.process_time() - began
    began = time.process_time()
    anew = regroup(list(enumerate(sketches)), (), fresh)
    whole = time.process_time() - began
    print(
        f"{at_a_time} at a time: {1000 * spent / (LOOKED_AT - came):.1f} ms of CPU an article; all anew {whole:.1f} s"
    )
    show("what has come looked at", stories, marks)
    show("all gathered anew", anew, marks)


if __name__ == "__main__":
    halves()
    steady()
