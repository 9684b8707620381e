"""Stories against their marks: BCubed over full texts and headlines, at arrival and after the second look.

    python -m benchmarks.stories [folder with ecbplus-dev.jsonl.gz and headlines-dev.jsonl.gz]
    python -m benchmarks.stories --scale 100000

Beside ours, in the same run: one pass with tf-idf centroids, and one with the bare share of common words,
each at the bar that serves it best on this very data. Intervals: 95 %, 200 resamples of stories.
A made-up week (`benchmarks/week.py`) says how events that are alike stay apart, and stories that run for days together.
`--scale` instead fills the index with so many made-up stories, and says what one more article costs.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import sys
import time
import tomllib
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.week import told as told_of
from benchmarks.week import week
from jobs.file import LOOKED_AT
from news.article import Entry
from news.bullets import choose_bullets
from news.copies import imprint
from news.regrouping import regroup
from news.sketches import likeness, sketch
from news.stories import Index
from news.telling import Teller
from news.topics import Taxonomy, file_under
from news.vocabulary import content

ROOT = Path(__file__).parents[1]
DATA = ROOT / ".." / "shared" / "data" / "stories"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BARS = [each / 40 for each in range(2, 24)]


def bcubed(ours: Sequence[object], theirs: Sequence[object]) -> tuple[float, float, float]:
    """Precision, recall and F over all items."""
    mine, gold, both = Counter(ours), Counter(theirs), Counter(zip(ours, theirs, strict=True))
    precision = sum(n * n / mine[o] for (o, _), n in both.items()) / len(ours)
    recall = sum(n * n / gold[t] for (_, t), n in both.items()) / len(ours)
    return precision, recall, 2 * precision * recall / (precision + recall)


def interval(ours: Sequence[object], theirs: Sequence[object]) -> tuple[float, float]:
    """Where 95 of 100 F lie when the marked stories are drawn anew, some twice and some not at all."""
    mine, gold, both = Counter(ours), Counter(theirs), Counter(zip(ours, theirs, strict=True))
    chance, found = random.Random(1), []
    of_story = {story: [0.0, 0.0, count] for story, count in gold.items()}
    for (o, t), n in both.items():
        of_story[t][0] += n * n / mine[o]
        of_story[t][1] += n * n / gold[t]
    for _ in range(200):
        drawn = chance.choices(list(of_story.values()), k=len(of_story))
        precise, recalled, count = (sum(column) for column in zip(*drawn, strict=True))
        found.append(2 * precise * recalled / (precise + recalled) / count)
    found.sort()
    return found[5], found[194]


def texts(folder: Path) -> tuple[list[Entry], list[str]]:
    rows = rows_of(folder / "ecbplus-dev.jsonl.gz")
    entries = [Entry(headline=row["lines"][0], paragraphs=tuple(row["lines"][1:]), language="en") for row in rows]
    return entries, [row["story"] for row in rows]


def headlines(folder: Path) -> tuple[list[Entry], list[str]]:
    rows = rows_of(folder / "headlines-dev.jsonl.gz")
    return [Entry(headline=row["headline"], language="en") for row in rows], [row["story"] for row in rows]


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def told(entries: Sequence[Entry]) -> tuple[list[int], list[int]]:
    """The story of each entry at its arrival, and after the second look."""
    teller = Teller()
    arrival, settled = [], list[int]()
    for entry in entries:
        arrival.append(teller.tell(entry).story)
        settled.extend(each.story for each in teller.settled())
    settled.extend(each.story for each in teller.settle_all())
    return arrival, settled


def one_pass(vectors: Sequence[Mapping[str, float]], alike: Callable[..., float], bar: float) -> list[int]:
    """The plain way: an entry joins the story it is most like, all of them compared."""
    stories: list[Mapping[str, float]] = []
    given = []
    for vector in vectors:
        score, best = max(((alike(vector, story), -at) for at, story in enumerate(stories)), default=(0.0, 0))
        if score >= bar:
            given.append(-best)
            stories[-best] = _sum(stories[-best], vector)
        else:
            given.append(len(stories))
            stories.append(vector)
    return given


def _sum(one: Mapping[str, float], other: Mapping[str, float]) -> Mapping[str, float]:
    return {term: one.get(term, 0.0) + other.get(term, 0.0) for term in {**one, **other}}


def tf_idf(entries: Sequence[Entry]) -> list[Mapping[str, float]]:
    said = [Counter(content(entry.headline + "\n" + entry.text)) for entry in entries]
    among = Counter(term for each in said for term in each)
    return [{term: n * math.log(len(said) / among[term]) for term, n in each.items()} for each in said]


def jaccard(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return len(one.keys() & other.keys()) / max(1, len(one.keys() | other.keys()))


def show(name: str, ours: Sequence[object], theirs: Sequence[object], note: str = "") -> None:
    precision, recall, f = bcubed(ours, theirs)
    low, high = interval(ours, theirs)
    print(f"  {name:26} P {precision:.3f} R {recall:.3f} F {f:.3f} [{low:.3f}, {high:.3f}] {note}", flush=True)


def main(folder: Path = DATA) -> None:
    for name, (entries, marks) in (("full texts", texts(folder)), ("headlines", headlines(folder))):
        print(f"{name}: {len(entries)} articles, {len(set(marks))} stories")
        began = time.process_time()
        arrival, settled = told(entries)
        spent = 1000 * (time.process_time() - began) / len(entries)
        show("ours at arrival", arrival, marks)
        show("ours after a second look", settled, marks, f"{spent:.1f} ms of CPU an article in all")
        few = slice(None, None, 1 if len(entries) < 1000 else 3)  # the plain way compares all with all
        for plain, vectors, alike in (
            ("tf-idf, one pass", tf_idf(entries), likeness),
            ("common words, one pass", [dict.fromkeys(v, 1.0) for v in tf_idf(entries)], jaccard),
        ):
            best = max(BARS, key=lambda bar: bcubed(one_pass(vectors[few], alike, bar), marks[few])[2])
            show(plain, one_pass(vectors, alike, best), marks, f"at its best bar, {best:.2f}")
    of_a_week()


def of_a_week(weeks: int = 5) -> None:
    """BCubed of a made-up week, each kind and half of it for itself."""
    for name, second_look in (("at arrival", False), ("after a second look", True)):
        found: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        for seed in range(weeks):
            pieces = week(seed)
            stories = told_of(pieces, second_look=second_look)
            mine, gold = Counter(stories), Counter(piece.event for piece in pieces)
            both = Counter(zip(stories, (piece.event for piece in pieces), strict=True))
            for piece, story in zip(pieces, stories, strict=True):
                kind = ("running" if piece.is_running else "alike") + (", held out" if piece.is_held else "")
                n = both[story, piece.event]
                found[kind].append((n / mine[story], n / gold[piece.event]))
        for kind, shares in sorted(found.items()):
            precision, recall = (sum(column) / len(shares) for column in zip(*shares, strict=True))
            print(f"  a week, {name}, {kind:18} P {precision:.3f} R {recall:.3f}", flush=True)


def made_up(count: int) -> Iterator[Entry]:
    """Articles of twenty sentences, of frequent and rare words at random, some of them about the same three names."""
    chance = random.Random(2)
    listed = tomllib.loads((ROOT / "seeds" / "topics.toml").read_text("utf-8"))["topic"]
    common = [word.strip(" *") for topic in listed for word in topic["words"]["en"].split(",")]
    letters = "abcdefghijklmnoprstuvz"
    names = ["".join(chance.choices(letters, k=chance.randint(5, 9))).title() for _ in range(60_000)]

    def sentence(mine: Sequence[str]) -> str:
        said = (chance.choice(mine) if chance.random() < 0.15 else chance.choice(common) for _ in range(15))
        return f"The {' '.join(said)}."

    for _ in range(count):
        mine = chance.choices(names, k=14)
        text = tuple(" ".join(sentence(mine) for _ in range(4)) for _ in range(5))
        yield Entry(headline=" ".join([*mine[:3], *chance.choices(common, k=4)]), paragraphs=text, language="en")


def resident() -> int:
    """Bytes of memory this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def scale(count: int) -> None:
    """What one more article costs among so many live stories, and what these take up."""
    taxonomy = Taxonomy.from_mapping(tomllib.loads((ROOT / "seeds" / "topics.toml").read_text("utf-8")))
    for entry in made_up(300):  # tables are read and words remembered at the first
        file_under(entry, taxonomy)
        sketch(entry)
        choose_bullets(entry)
    index, newest = Index(), deque[Mapping[str, float]](maxlen=LOOKED_AT)
    before = resident()
    for number, entry in enumerate(made_up(count)):
        newest.append(sketch(entry))
        index.take(number, newest[-1], NOW)
    kept = resident() - before - LOOKED_AT * 5_000
    print(f"{count} live stories of one article each: {kept / count:.0f} bytes of resident memory a story", flush=True)
    some = list(made_up(300))
    parts: list[tuple[str, Callable[[int, Entry], object]]] = [
        ("bullets", lambda _, entry: choose_bullets(entry)),
        ("topics", lambda _, entry: file_under(entry, taxonomy)),
        ("story", lambda number, entry: _join(index, entry, count + number)),
    ]
    spent = []
    for _, work in parts:
        began = time.process_time()
        for number, entry in enumerate(some):
            work(number, entry)
        spent.append(1000 * (time.process_time() - began) / len(some))
    each = ", ".join(f"{name} {ms:.1f}" for (name, _), ms in zip(parts, spent, strict=True))
    print(f"one more article of 300 words, ms of CPU: {each}; in all {sum(spent):.1f}", flush=True)
    began = time.process_time()
    regroup(list(enumerate(newest)))
    print(f"a second look at the newest {len(newest)}: {time.process_time() - began:.1f} s of CPU")


def _join(index: Index, entry: Entry, number: int) -> None:
    terms = sketch(entry)
    story = index.find(terms, NOW)
    index.take(number if story is None else story, terms, NOW)
    imprint(entry)


if __name__ == "__main__":
    if "--scale" in sys.argv:
        scale(int(sys.argv[-1]))
    else:
        main(*map(Path, sys.argv[1:2]))
