"""Which of the articles found comes first: how well the words fit, times how fresh it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from news.filters import Term, runs
from news.roots import Roots

K1, B = 1.6, 0.75
"""Of BM25 (Robertson and Zaragoza, 2009): how soon repetition tells no more, how much length counts."""
HEADLINE = 4
"""A word in the headline counts as so many in the text."""
HALF_LIFE = timedelta(days=30)
"""In which half of what freshness adds is gone; it at most doubles."""


def ranked(found: Sequence[Roots], terms: Sequence[Term], rarities: Mapping[Term, float], now: datetime) -> list[int]:
    """Ids, best first; of equals the newer. `rarities` is what a term is worth where it stands once."""
    lengths = {each.id: each.body.count(" ") + each.headline.count(" ") + 2 for each in found}
    usual = sum(lengths.values()) / len(lengths) if lengths else 1.0
    scores: dict[int, float] = dict.fromkeys(lengths, 0.0)
    sought = {term: runs(term) for term in terms}
    for each in found:
        headline, body = f" {each.headline} ", f" {each.body} "
        slope = K1 * (1 - B + B * lengths[each.id] / usual)
        for term in terms:
            count = HEADLINE * _count(headline, sought[term])
            count += 0 if term.in_title else _count(body, sought[term])
            scores[each.id] += rarities[term] * count * (K1 + 1) / (count + slope)
    at = now.timestamp()
    fresh = {each.id: 1 + 2.0 ** (-max(at - each.seen_at / 1e6, 0) / HALF_LIFE.total_seconds()) for each in found}
    return sorted(scores, key=lambda each: (-scores[each] * fresh[each], -each))


def rarity(holding: int, among: int) -> float:
    """What a term is worth that `holding` of `among` articles have: BM25's inverse document frequency."""
    return math.log(1 + (among - holding + 0.5) / (holding + 0.5))


def _count(text: str, runs: Iterable[str]) -> int:
    return sum(map(text.count, runs))
