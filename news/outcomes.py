"""Outcomes: the score of a game and the strength of a quake, which tell one event from the next of its kind.

Two matches of one pair of clubs share all names, and often their words; each has its own score. An outcome is
a term of a sketch among others, such as `=2-1` or `~5.9`, and has a mark of four bytes that says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SIGNS = ("=", "~")
"""What terms of scores and of strengths begin with, and no others."""
_LEAD = 400
"""Characters of a text that are looked at: further down stand the scores of other games."""
_SCORE = re.compile(
    r"(?<![\w.,:/$€£–(-])(?<![-–:/(] )(\d{1,3})(?: ?[-–] ?|:(?=\d(?!\d)))(\d{1,3})(?![\w:/%–-]|[.,]\d| ?[-–] ?\d)"
)
"""What stands in brackets is what a player won and lost until then."""
_NOT_FINAL = re.compile(
    r"\b(?:half|halftime|break|interval|lead|pause|halbzeit|führung|mi-temps|descanso|intervalo)\b", re.I
)
_NEARBY = 25
"""Characters behind a score in which a word says that the game went on."""
_LIVE = re.compile(r"\b(?:live|ht|half[- ]?time|zwischenstand|halbzeit|mi-temps|en direct|en vivo|ao vivo)\b", re.I)
_STRENGTH = re.compile(
    r"\b(?:magnitude?|stärke)\D{1,12}(\d[.,]\d)(?!\d)|(?<![\d.,])(\d[.,]\d)[- ](?:magnitude|in magnitude)\b", re.I
)
_APART = 5
"""Tenths by which the strengths of two quakes differ; sources differ by less about one."""
_SCORES, _STRENGTHS = 0xFFF0, 0xFFF1
"""The upper half of the marks; the lower half is the outcome itself."""


def outcomes_of(headline: str, text: str) -> list[str]:
    """The outcomes that a headline and the beginning of its text name, as terms; a score is one from both sides."""
    lead = f"{headline}\n{text[:_LEAD]}"
    if not any(map(str.isdigit, lead)):
        return []
    scores = [
        sorted((int(found[1]), int(found[2])))
        for found in _SCORE.finditer(lead if not _LIVE.search(headline) else "")
        if not _NOT_FINAL.search(lead, found.end(), found.end() + _NEARBY)
    ]
    strengths = [(one or other).replace(",", ".") for one, other in _STRENGTH.findall(lead)]
    return [f"={most}-{least}" for least, most in scores if most < 256] + [f"~{each}" for each in strengths]


def mark(term: str) -> int | None:
    """The mark of a term; None of one that is no outcome."""
    if term.startswith("="):
        most, least = term[1:].split("-")
        return _SCORES << 16 | int(most) << 8 | int(least)
    return _STRENGTHS << 16 | round(10 * float(term[1:])) if term.startswith("~") else None


def among(marks: Iterable[int]) -> list[int]:
    """Those of the marks of terms that are outcomes."""
    return [each for each in marks if each >> 16 in (_SCORES, _STRENGTHS)]


def differ(some: Iterable[int], others: Iterable[int]) -> bool:
    """Whether the marks of two articles or stories name outcomes of one kind and have none in common."""
    mine, theirs = list(some), list(others)
    for kind, apart in ((_SCORES, 1), (_STRENGTHS, _APART)):
        one, other = ([each for each in marks if each >> 16 == kind] for marks in (mine, theirs))
        if one and other and all(abs(each - its) >= apart for each in one for its in other):
            return True
    return False
