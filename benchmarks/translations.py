"""Translations: how many true lines are believed, and how many lies, by their kinds.

    python -m benchmarks.translations

Lies of a kind are made by rule; sly ones were written one by one to slip through. The pairs stand in
`tests/news/translations.txt`, those ones in `sly.txt` beside it; what is said is taken to be in the language that we
find it in.
"""

from __future__ import annotations

import time
from collections import Counter

from ingest.language import detect
from news.faithful import doubt
from tests.news.lying import SLY, lies, pairs


def main() -> None:
    given = pairs()
    believed = [
        each for each in given if doubt(each.line, each.said, each.language, each.reads, detect(each.said)) is None
    ]
    told: Counter[str] = Counter()
    passed: list[tuple[str, str, str]] = []
    started = time.process_time()
    for pair in given:
        truths = {each.said for each in given if (each.line, each.reads) == (pair.line, pair.reads)}
        for kind, lie in lies(pair, given):
            if lie not in truths:
                told[kind] += 1
                if doubt(pair.line, lie, pair.language, pair.reads, detect(lie)) is None:
                    passed.append((kind, pair.line, lie))
    spent = time.process_time() - started
    print(f"{len(believed)} of {len(given)} true lines believed")
    shown = Counter(kind for kind, _, _ in passed)
    for kind, count in sorted(told.items()):
        print(f"{kind:12} {count - shown[kind]:6} of {count:6} caught")
    caught = told.total() - len(passed)
    print(f"{'all':12} {caught:6} of {told.total():6} caught; {1000 * spent / told.total():.1f} ms of CPU each")
    sly = pairs(SLY)
    slipped = [
        each for each in sly if doubt(each.line, each.said, each.language, each.reads, detect(each.said)) is None
    ]
    print(f"{'sly':12} {len(sly) - len(slipped):6} of {len(sly):6} caught: verbs, adjectives, who did what to whom")
    for kind, line, lie in passed[:60]:
        print(f"  {kind}: {line} | {lie}")


if __name__ == "__main__":
    main()
