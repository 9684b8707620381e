"""Topics against the desks that filed the articles, from their words alone: no section, no training.

    python -m benchmarks.topics [path to bbc-dev.jsonl.gz]

The set knows five topics; `entertainment` is our culture, `tech` our technology. Once with
these five to choose from, and once with all nine (a right topic among several counts in `among`).
"""

from __future__ import annotations

import gzip
import json
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

from news.article import Entry
from news.topics import Taxonomy, file_under

ROOT = Path(__file__).parents[1]
DATA = ROOT / ".." / "shared" / "data" / "topics" / "bbc-dev.jsonl.gz"
OURS = {"entertainment": "culture", "tech": "technology"}


def main(path: Path = DATA) -> None:
    nine = Taxonomy.from_mapping(tomllib.loads((ROOT / "seeds" / "topics.toml").read_text("utf-8")))
    with gzip.open(path, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    marks = [OURS.get(row["topic"], row["topic"]) for row in rows]
    entries = [Entry(headline=row["headline"], paragraphs=tuple(row["body"].split("\n\n"))) for row in rows]
    five = Taxonomy(tuple(topic for topic in nine.topics if topic.slug in set(marks)))
    for name, taxonomy in (("five topics", five), ("nine topics", nine)):
        started = time.perf_counter()
        given = [file_under(entry, taxonomy) for entry in entries]
        spent = 1000 * (time.perf_counter() - started) / len(rows)
        first = sum(filed[:1] != () and filed[0].topic == mark for filed, mark in zip(given, marks, strict=True))
        among = sum(mark in {f.topic for f in filed} for filed, mark in zip(given, marks, strict=True))
        print(
            f"{name}: first {first / len(rows):.3f}, among {among / len(rows):.3f}, "
            f"{sum(map(len, given)) / len(rows):.2f} topics each, none {sum(not f for f in given)}; {spent:.1f} ms"
        )
        wrong = Counter(
            (mark, filed[0].topic if filed else "none")
            for filed, mark in zip(given, marks, strict=True)
            if not filed or filed[0].topic != mark
        )
        print("   most confused:", ", ".join(f"{a} as {b} {n}" for (a, b), n in wrong.most_common(6)))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
