"""Stories against their marks: BCubed over full texts and over headlines, one pass in order of arrival.

python -m benchmarks.stories [folder with ecbplus-dev.jsonl.gz and headlines-dev.jsonl.gz]
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from news.article import Entry
from news.stories import Index, bar, joined, sketch
from news.story import Story

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "stories"


def bcubed(ours: Sequence[object], theirs: Sequence[object]) -> tuple[float, float, float]:
    """Precision, recall and F over all items."""
    mine, gold, both = Counter(ours), Counter(theirs), Counter(zip(ours, theirs, strict=True))
    precision = sum(n * n / mine[o] for (o, _), n in both.items()) / len(ours)
    recall = sum(n * n / gold[t] for (_, t), n in both.items()) / len(ours)
    return precision, recall, 2 * precision * recall / (precision + recall)


def assign(entries: Sequence[Entry], threshold: float | None = None) -> list[int]:
    """The story id of each entry, found one after the other."""
    index, given, at = Index(), [], datetime(2026, 1, 1, tzinfo=UTC)
    for number, entry in enumerate(entries):
        terms = sketch(entry)
        found = index.best(terms)
        if found and found[1] >= (threshold or bar(terms)):
            story = found[0]
            sum_of_both = joined(story.sketch, terms)
            story = Story(
                id=story.id, headline=story.headline, first_seen_at=story.first_seen_at,
                last_seen_at=at + timedelta(minutes=number), sources=(), sketch=sum_of_both,
            )  # fmt: skip
        else:
            story = Story(
                id=number, headline=entry.headline, first_seen_at=at, last_seen_at=at, sources=(), sketch=terms
            )
        index.put(story)
        given.append(story.id)
    return given


def texts(folder: Path) -> tuple[list[Entry], list[str]]:
    with gzip.open(folder / "ecbplus-dev.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    entries = [Entry(headline=row["lines"][0], paragraphs=tuple(row["lines"][1:])) for row in rows]
    return entries, [row["story"] for row in rows]


def headlines(folder: Path) -> tuple[list[Entry], list[str]]:
    with gzip.open(folder / "headlines-dev.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    return [Entry(headline=row["headline"]) for row in rows], [row["story"] for row in rows]


def main(folder: Path = DATA) -> None:
    for name, (entries, marks) in (("full texts", texts(folder)), ("headlines", headlines(folder))):
        started = time.perf_counter()
        given = assign(entries)
        spent = 1000 * (time.perf_counter() - started) / len(entries)
        precision, recall, f = bcubed(given, marks)
        print(
            f"{name:11} {len(entries):5} articles, {len(set(given)):4} of {len(set(marks))} stories: "
            f"BCubed P {precision:.3f} R {recall:.3f} F {f:.3f}; {spent:.1f} ms an article"
        )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
