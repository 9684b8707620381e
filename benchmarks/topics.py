"""Topics against the desks that filed the articles, from their words alone: no section, no training.

    python -m benchmarks.topics [path to bbc-dev.jsonl.gz [path to headlines-dev.jsonl.gz]]

The set knows five topics; `entertainment` is our culture, `tech` our technology. Bare headlines are another set's, in
which all of one event have one desk, so that some say little of it. Beside ours: the topic that
most articles have, and the topics' word lists counted as they stand. `short` is the headline and two sentences.
Intervals: 95 %, 500 resamples of articles.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from news.article import Entry
from news.topics import Taxonomy, file_under
from news.vocabulary import words

ROOT = Path(__file__).parents[1]
DATA = ROOT / ".." / "shared" / "data" / "topics" / "bbc-dev.jsonl.gz"
HEADLINES = ROOT / ".." / "shared" / "data" / "stories" / "headlines-dev.jsonl.gz"
OURS = {"entertainment": "culture", "tech": "technology"}
LETTERS = {"b": "business", "t": "technology", "e": "culture", "m": "health"}
DESKS = {"politics": "world", "science": "technology"}
"""Short news of four desks: world news holds politics, and science goes with technology."""


def main(path: Path = DATA, headlines: Path = HEADLINES) -> None:
    nine = Taxonomy.from_mapping(tomllib.loads((ROOT / "seeds" / "topics.toml").read_text("utf-8")))
    with gzip.open(path, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    marks = [OURS.get(row["topic"], row["topic"]) for row in rows]
    whole = [
        Entry(headline=row["headline"], paragraphs=tuple(row["body"].split("\n\n")), language="en") for row in rows
    ]
    brief = [replace(entry, paragraphs=(" ".join(re.split(r"(?<=[.!?])\s+", entry.text)[:2]),)) for entry in whole]
    five = sorted(set(marks))
    four = [(entry, DESKS.get(mark, mark)) for entry, mark in zip(brief, marks, strict=True) if mark != "culture"]
    score("five topics", whole, marks, nine, five)
    score("all nine topics", whole, marks, nine, None)
    score("five topics, short", brief, marks, nine, five)
    desks = ("world", "sport", "business", "science", "technology")
    score("four desks, short", [entry for entry, _ in four], [mark for _, mark in four], nine, desks)
    with gzip.open(headlines, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    bare = [Entry(headline=row["headline"], language="en") for row in rows]
    marks = [LETTERS[row["category"]] for row in rows]
    score("four topics, bare headlines", bare, marks, nine, sorted(set(marks)))
    score("all nine topics, bare headlines", bare, marks, nine, None)


def score(
    name: str, entries: Sequence[Entry], marks: Sequence[str], taxonomy: Taxonomy, among: Collection[str] | None
) -> None:
    began = time.process_time()
    filed = [[filing.topic for filing in file_under(entry, taxonomy, among=among)] for entry in entries]
    spent = 1000 * (time.process_time() - began) / len(entries)
    merged = [[DESKS.get(topic, topic) for topic in each] if "world" in marks else each for each in filed]
    print(f"{name}: {len(entries)} articles, {spent:.1f} ms of CPU each")
    show("ours, the first topic", [each[:1] == [mark] for each, mark in zip(merged, marks, strict=True)])
    show("ours, among those filed", [mark in each for each, mark in zip(merged, marks, strict=True)])
    most = Counter(marks).most_common(1)[0][0]
    show(f"always {most}", [mark == most for mark in marks])
    bag = bag_of(taxonomy, among)
    show(
        "word lists, counted",
        [DESKS.get(bag(e), bag(e)) == m or bag(e) == m for e, m in zip(entries, marks, strict=True)],
    )
    wrong = Counter(
        f"{mark} as {each[0] if each else 'none'}"
        for each, mark in zip(merged, marks, strict=True)
        if each[:1] != [mark]
    )
    print("   most confused:", ", ".join(f"{what} {n}" for what, n in wrong.most_common(6)))


def bag_of(taxonomy: Taxonomy, among: Collection[str] | None) -> Callable[[Entry], str]:
    """The topic whose single words an entry says most of."""
    lists = {
        topic.slug: {word for word in topic.words if " " not in word}
        for topic in taxonomy.topics
        if among is None or topic.slug in among
    }

    def most_said(entry: Entry) -> str:
        said = [word.casefold() for word in words(entry.headline + "\n" + entry.text)]
        return max(lists, key=lambda slug: sum(word in lists[slug] for word in said))

    return most_said


def show(name: str, right: Sequence[bool]) -> None:
    chance = random.Random(1)
    drawn = sorted(sum(chance.choices(right, k=len(right))) / len(right) for _ in range(500))
    print(f"   {name:26} {sum(right) / len(right):.3f} [{drawn[12]:.3f}, {drawn[487]:.3f}]", flush=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
