"""Support: how many true lines about an article are believed, and how many lies.

    python -m benchmarks.support

The articles, their true lines and the lies written by hand are ours: `tests/news/claims.txt`. Lies by rule are made of
those articles and, where it is there, of the development data. Ends with status 1 where a lie is believed.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter

from benchmarks.bullets import articles
from benchmarks.train_bullets import DATA
from news.article import Entry
from news.support import Witness
from tests.news.claiming import claims, made

ARTICLES, SENTENCES = 60, 12


def main() -> None:
    given = claims()
    witnesses = [Witness(each.entry) for each in given]
    for kind in ("shorter", "reworded", "lies"):
        said = [(witness, line) for each, witness in zip(given, witnesses, strict=True) for line in getattr(each, kind)]
        believed = [line for witness, line in said if witness.support(line)]
        print(f"{kind:12} {len(believed):6} of {len(said):6} believed")
        if kind == "lies":
            wrong = [("written", line) for line in believed]
    known = articles() if DATA.exists() else []
    of_others = [Entry(headline="", paragraphs=(each["article"],)) for each in known[:ARTICLES]]
    told, dice, started = Counter[str](), random.Random(7), time.process_time()
    for entry in [*(each.entry for each in given), *of_others]:
        witness = Witness(entry)
        for kind, lie in made(entry, dice, SENTENCES):
            told[kind] += 1
            wrong += [(kind, lie)] if witness.support(lie) else []
    spent = time.process_time() - started
    for kind, count in sorted(told.items()):
        print(f"{kind:12} {sum(each == kind for each, _ in wrong):6} of {count:6} believed")
    print(f"{'all by rule':12} {len(wrong):6} of {told.total():6} believed; {1000 * spent / told.total():.2f} ms each")
    for kind, lie in wrong[:60]:
        print(f"  {kind}: {lie}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
