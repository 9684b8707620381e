"""Tongues: the languages between which a translation can be checked, and the words of each that bear on truth.

The words stand in `tables/tongues.toml`, which says what each list is for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from news.vocabulary import listed

NAMES = {
    "en": ("English", "English"),
    "de": ("German", "Deutsch"),
    "es": ("Spanish", "Español"),
    "fr": ("French", "Français"),
    "it": ("Italian", "Italiano"),
    "pt": ("Portuguese", "Português"),
    "nl": ("Dutch", "Nederlands"),
}
"""The languages with a table: each in English, and as its people call it."""
WAYS = (
    ("up", "down"), ("more", "less"), ("before", "after"), ("past", "future"), ("win", "lose"), ("for", "against"),
    ("guilty", "innocent"), ("killed", "hurt"), ("held", "freed"), ("buys", "sells"), ("opens", "closes"),
    ("alive", "dead"), ("creates", "cuts"), ("praises", "blames"),
    ("because", "despite"), ("male", "female"), ("doubles", "halves"),
)  # fmt: skip
"""What must not be mixed up."""


@dataclass(frozen=True, slots=True)
class Words:
    """A list of whole words, and of beginnings and ends of words."""

    whole: frozenset[str]
    stems: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    def __contains__(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.stems) or (word.endswith(self.ends) and len(word) > 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What is known of a language; see the table."""

    numbers: Mapping[str, float]
    maybe: Mapping[str, float]
    scales: Mapping[str, float]
    many: Mapping[str, float]
    not_: Words
    nor: Words
    denies: Words
    shall: Words
    was: Words
    near: Mapping[str, Words]
    """Of what must not be lost near a number: about so much, at least so much."""
    ranks: Words
    kept: Mapping[str, Words]
    """Of guesses, conditions and attributions, by kind."""
    ways: tuple[tuple[Words, Words], ...]
    grave: Mapping[str, tuple[Words, Words]]
    """Of what nobody is to be told of without cause, by kind: what tells of it, and what may."""
    months: tuple[Words, ...]
    days: tuple[Words, ...]


@cache
def tongue(language: str) -> Tongue:
    """What is known of a language of `NAMES`."""
    table = _table()[language]
    return Tongue(
        numbers=_by_word(table["numbers"]),
        maybe=_by_word(table["maybe"]),
        scales=_by_word(table["scales"]),
        many=_by_word(table["many"]),
        not_=_words(table["not"]),
        nor=_words(table["nor"]),
        denies=_words(table["denies"]),
        shall=_words(table["shall"]),
        was=_words(table["was"]),
        near={kind: _words(table[kind]) for kind in ("about", "bound")},
        ranks=_words(table["ranks"]),
        kept={kind: _words(table[kind]) for kind in ("perhaps", "says", "if")},
        ways=tuple((_words(table["ways"][one]), _words(table["ways"][other])) for one, other in WAYS),
        grave={kind: _grave(each[language]) for kind, each in _table()["grave"].items()},
        months=_calendar(table["months"]),
        days=_calendar(table["days"]),
    )


def alike(one: str | None, other: str | None) -> bool:
    """Whether who reads one reads the other."""
    return one == other


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("tables", "tongues.toml").read_text(encoding="utf-8"))


def _words(text: str) -> Words:
    each = listed(text)
    return Words(
        frozenset(word for word in each if "*" not in word),
        tuple(word[:-1] for word in each if word[-1] == "*"),
        tuple(word[1:] for word in each if word[0] == "*"),
    )


def _grave(text: str) -> tuple[Words, Words]:
    plain = " ".join(word for word in text.split() if word[0] != "~")
    return _words(plain), _words(text.replace("~", ""))


def _by_word(rows: Mapping[str, str]) -> dict[str, float]:
    return {word: float(value) for value, words in rows.items() for word in words.split()}


def _calendar(text: str) -> tuple[Words, ...]:
    return tuple(_words(each.replace("|", " ")) for each in text.split())
