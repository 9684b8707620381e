"""Many filters held against many articles: 100,000 subscriptions, 1,000 articles, in memory.

    python -m benchmarks.filters [SUBSCRIPTIONS] [ARTICLES]

Articles are those of the development data, and filters are made of the words that say something in them, as often
as they stand there: what is in the news is what people ask for. Without that data the articles are made up.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

from news.grammar import parse
from news.roots import roots_of
from news.sieve import Sieve
from news.vocabulary import FUNCTION_WORDS, words

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "shared" / "data"
TOPICS = {each: each.capitalize() for each in ("business", "entertainment", "politics", "sport", "tech")}


def texts(count: int) -> list[tuple[str, str, str]]:
    """Topic, headline and body of articles, again from the first where there are not enough."""
    source = DATA / "topics" / "bbc-dev.jsonl.gz"
    if source.exists():
        with gzip.open(source, "rt") as lines:
            found = [(row["topic"], row["headline"], row["body"]) for row in map(json.loads, lines)]
    else:
        dice = random.Random(4)
        known = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("a", "ei", "o", "u") for c in ("rk", "ls", "mp", "nt")]
        weights = list(accumulate(1 / (rank + 1) for rank in range(len(known))))
        found = [
            (
                dice.choice(list(TOPICS)),
                " ".join(dice.choices(known, cum_weights=weights, k=9)),
                " ".join(dice.choices(known, cum_weights=weights, k=350)),
            )
            for _ in range(count)
        ]
    return [found[at % len(found)] for at in range(count)]


def filters(count: int, articles: list[tuple[str, str, str]]) -> list[str]:
    """What people type: mostly a word or two, some phrases, some filters with everything."""
    dice, often = random.Random(5), Counter[str]()
    for _, headline, body in articles:
        often.update(
            w.casefold() for w in words(f"{headline} {body}") if len(w) > 3 and w.casefold() not in FUNCTION_WORDS
        )
    known = [word for word, _ in often.most_common(20_000) if word.isalpha()]
    weights = list(accumulate(often[word] for word in known))
    drawn = iter(dice.choices(known, cum_weights=weights, k=6 * count))
    phrases = [
        f'"{a} {b}"' for _, headline, _ in articles for a, b in zip(words(headline), words(headline)[1:], strict=False)
    ]

    def one() -> str:
        a, b, c = next(drawn), next(drawn), next(drawn)
        kind = dice.random()
        if kind < 0.25:
            return dice.choice(phrases)
        if kind < 0.50:
            return f"{a} {b}"
        if kind < 0.65:
            return a
        if kind < 0.75:
            return f"{a} -{b}"
        if kind < 0.83:
            return f"({a} OR {b}) {c}"
        if kind < 0.90:
            return f"{a} topic:{dice.choice(list(TOPICS))}"
        if kind < 0.95:
            return f"title:{a}"
        return f"{(a + 'xx')[:4]}* {b} lang:en"

    return [one() for _ in range(count)]


def main(subscriptions: int, count: int) -> None:
    articles = texts(count)
    typed = filters(subscriptions, articles)
    started = time.process_time()
    known = {each: parse(each, topics=TOPICS) for each in set(typed)}
    read = time.process_time() - started
    started = time.process_time()
    rooted = [
        roots_of(at, headline, body, NOW, topics=[topic], language="en")
        for at, (topic, headline, body) in enumerate(articles)
    ]
    sieve = Sieve(rooted)
    taken = time.process_time() - started
    started = time.process_time()
    brought = {each: sieve.wanted(wanted, NOW) for each, wanted in known.items()}
    found = [(number, brought[each]) for number, each in enumerate(typed)]
    held = time.process_time() - started
    length = sum(len(each.body.split()) for each in rooted) // count
    print(
        f"{subscriptions:,} subscriptions to {len(known):,} different filters, read in {read:.2f} s of CPU\n"
        f"{count:,} articles of {length} words taken apart in {taken:.2f} s\n"
        f"held against each other in {held:.2f} s: {sum(len(ids) for _, ids in found):,} matches\n"
        f"{taken + held:.2f} s, with reading the filters {read + taken + held:.2f} s"
    )


if __name__ == "__main__":
    main(*(int(each) for each in (sys.argv[1:] + ["100000", "1000"][len(sys.argv) - 1 :])))
