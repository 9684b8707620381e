"""Days of the week and months as people type them: in English and in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import takewhile
from typing import Literal

from babel.dates import get_day_names, get_month_names

from bot.places import folded
from news.messages.speaking import ENGLISH

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
APOSTROPHES = str.maketrans("’ʼ", "''")
WIDTHS: tuple[Literal["wide"], Literal["abbreviated"]] = ("wide", "abbreviated")
USES: tuple[Literal["format"], Literal["stand-alone"]] = ("format", "stand-alone")
SHORTEST = 3
"""Letters of a name that is not typed to its end; of scripts without large letters, two."""


def weekday_of(word: str, language: str = ENGLISH) -> int | None:
    """The number of a day, 0 is Monday, by its name or the beginning of it."""
    short = word.removesuffix("s") if word.endswith("days") else word
    found = next((at for at, name in enumerate(DAYS) if len(short) >= SHORTEST and name.startswith(short)), None)
    return found if found is not None or language == ENGLISH else _meant(word, _days(language))


def month_of(word: str, language: str) -> int | None:
    """The number of a month, from 1, by its name in a language or the beginning of it."""
    return _meant(word, _months(language))


def _meant(word: str, names: Mapping[str, int]) -> int | None:
    """What a word names: a whole name, the beginning of one, or one with another ending, as languages have it."""
    typed = _plain(word)
    if typed in names:
        return names[typed]
    is_cased = typed.upper() != typed.lower()
    least = SHORTEST if is_cased else SHORTEST - 1
    if within := [] if is_cased else [name for name in names if len(name) >= least and name in typed]:
        return names[max(within, key=len)]  # not all scripts part words
    begun = {number for name, number in names.items() if len(typed) >= least and name.startswith(typed)}
    if len(begun) == 1:
        return begun.pop()
    alike = {name: _alike(typed, name) for name in names if len(name) > SHORTEST}
    near = {name: many for name, many in alike.items() if max(SHORTEST, len(name) - 2, len(typed) - 3) <= many}
    best = {names[name] for name, many in near.items() if many == max(near.values())}
    return best.pop() if len(best) == 1 else None


def _plain(name: str) -> str:
    return folded(name).strip(".").translate(APOSTROPHES)


def _alike(one: str, other: str) -> int:
    """With how many same letters both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@lru_cache(maxsize=64)
def _days(language: str) -> Mapping[str, int]:
    some = (get_day_names(width, of, language) for width in WIDTHS for of in USES)
    return _each_its_own([(number, name) for names in some for number, name in names.items()])


@lru_cache(maxsize=64)
def _months(language: str) -> Mapping[str, int]:
    some = (get_month_names(width, of, language) for width in WIDTHS for of in USES)
    return _each_its_own([(number, name) for names in some for number, name in names.items()])


def _each_its_own(named: list[tuple[int, str]]) -> Mapping[str, int]:
    """Numbers by name; without names that are of several."""
    known: dict[str, set[int]] = {}
    for number, name in named:
        known.setdefault(_plain(name), set()).add(number)
    return {name: numbers.pop() for name, numbers in known.items() if len(numbers) == 1}
