"""Reckoning: the numbers of a line, the same whichever language writes them.

Other than `quantities`, which counts things, this takes every number: of a date, a score, a clock, half of one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from news.tongues import Tongue, tongue

_GROUPED = re.compile(r"\d{1,3}(?:([.,’'\u00a0\u202f ])\d{3})(?:\1\d{3})*")
YEARS = range(1800, 2101)


@dataclass(slots=True)
class Reckoned:
    """The numbers of a line."""

    numbers: Counter[float] = field(default_factory=Counter)
    maybe: Counter[float] = field(default_factory=Counter)
    """What may be numbers, or be none: “a”, “second”."""
    digits: list[float] = field(default_factory=list)
    """Those written in digits, in order: no years, no days of a month."""
    many: set[float] = field(default_factory=set)
    """Thousands of something."""

    def agrees_with(self, other: Reckoned) -> bool:
        """Whether both have the same numbers, in the same order where they are digits."""
        if self.many != other.many or self.digits != other.digits:
            return False
        return _within(self.numbers, other.numbers + other.maybe) and _within(other.numbers, self.numbers + self.maybe)


def _within(some: Counter[float], others: Counter[float]) -> bool:
    return all(count <= others[value] for value, count in some.items())


def reckon(tokens: Sequence[str], language: str) -> Reckoned:
    """The numbers among the words and numbers of a line, in lower case."""
    known, found = tongue(language), Reckoned()
    at = 0
    while at < len(tokens):
        begins, token = at, tokens[at]
        value = _value(token, "." if language == "en" else ",") if token[0].isdigit() else _named(token, known)
        at += 1
        if value is None:
            if token in known.maybe:
                found.maybe[known.maybe[token]] += 1
            elif token in known.many:
                found.many.add(known.many[token])
            continue
        while at < len(tokens) and tokens[at] in known.scales:
            value, at = value * known.scales[tokens[at]], at + 1
        found.numbers[value] += 1
        if tokens[begins][0].isdigit() and value not in YEARS and not _is_day(tokens[at : at + 2], known):
            found.digits.append(value)
    return found


def _named(word: str, known: Tongue) -> float | None:
    """“three”, “twenty-three”, “dreiundzwanzig”; a scale alone is one of it."""
    if word in known.numbers:
        return known.numbers[word]
    if word in known.scales and word not in known.many and len(word) > 2:
        return known.scales[word]
    for joint in ("-", "und", "en", "ën"):
        one, mark, other = word.partition(joint)
        small, great = (other, one) if joint == "-" else (one, other)
        tens, ones = known.numbers.get(great, 0), known.numbers.get(small) or known.maybe.get(small)
        if mark and tens >= 20 and ones and ones < 10:
            return tens + ones
    return None


def _is_day(following: Sequence[str], known: Tongue) -> bool:
    """Whether what follows a number makes it a day of a month: “2 November”, “2 de noviembre”."""
    named = following[1:2] if following[:1] == ["de"] else following[:1]
    return any(word in month for word in named for month in known.months)


def _value(digits: str, decimal: str) -> float:
    """“4,000” and “4.5” as the language means them; what it would not write so, as its neighbours would."""
    grouped = _GROUPED.fullmatch(digits)
    if grouped and grouped[1] != decimal:
        return float(re.sub(r"\D", "", digits))
    plain = re.sub(r"[^\d.,]", "", digits)
    head, mark, tail = plain.rpartition(decimal)
    if mark and tail:
        whole = re.sub(r"\D", "", head)
        return float(f"{whole or 0}.{tail}")
    parts = re.split(r"[.,]", plain)
    return float(".".join(parts) if len(parts) == 2 else "".join(parts))
