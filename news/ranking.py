"""Which of the articles found comes first: how well the words fit, times how fresh it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
    if not found:
        return []
    lengths = [each.headline.count(" ") + each.body.count(" ") + 2 for each in found]
    usual = sum(lengths) / len(lengths)
    sought = [(rarities[term], runs(term), term.in_title) for term in terms]
    at, scores = now.timestamp(), list[tuple[float, int]]()
    for each, length in zip(found, lengths, strict=True):
        headline, body, score = f" {each.headline} ", f" {each.body} ", 0.0
        slope = K1 * (1 - B + B * length / usual)
        for worth, sides, in_title in sought:
            count = 0
            for side in sides:
                count += HEADLINE * headline.count(side) + (0 if in_title else body.count(side))
            score += worth * count * (K1 + 1) / (count + slope)
        age = max(at - each.seen_at / 1e6, 0)
        scores.append((-score * (1 + 2.0 ** (-age / HALF_LIFE.total_seconds())), -each.id))
    return [-number for _, number in sorted(scores)]


def rarity(holding: int, among: int) -> float:
    """What a term is worth that `holding` of `among` articles have: BM25's inverse document frequency."""
    return math.log(1 + (among - holding + 0.5) / (holding + 0.5))
