"""Whether a translated line may be shown: what can be counted in both languages must agree.

Numbers, money, measures, months, days of the week, places and names must be the same, names and figures in the same
order; a denial, a condition, a guess, an estimate and whoever said so must be kept; up must not be down; and the line
must be of the language, of about the length, and without anything to tap. A line with nothing to hold it by is not
believed either. What fails is not called false: it is only not shown. A verb that says something else is not seen so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from news.naming import same_names
from news.places import places_in
from news.reckoning import Reckoned, reckon
from news.sentences import split
from news.tongues import Tongue, Words, alike, tongue

LONGEST = 500
SHORTER, LONGER = 0.6, 1.6
"""How many characters a translation has to one of the line."""
SPARE = 15
"""Characters that it may have more, or less, whatever its length."""
LONG = 14
"""Words of a line that must be held by two things, not by one."""

_TOKEN = re.compile(
    r"(?:\d{1,3}(?:[.,’'\u00a0\u202f ]\d{3}(?!\d))+|\d+)(?:[.,]\d+)?|(?P<word>[^\W\d_]+(?:['’.-][^\W\d_]+)*)"
)
_FORBIDDEN = re.compile(
    r"https?:|www\.|://|\b[\w-]+\.(?:com|org|net|io|info|biz|ru|xyz|me|co|top|link|app)\b|@\w|[<>{}\[\]`*_#|\\~^=]|"
    r"[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x1f]|[\U0001f000-\U0001faff\u2600-\u27bf]"
)
"""What could be tapped, is markup, turns the writing round or is a picture."""
_ABOUT_ITSELF = re.compile(
    r"\b(?:null|undefined|json|translat\w*|übersetz\w*|traduc\w*|tradu[zç]\w*|vertal\w*|vertaling)\b", re.IGNORECASE
)
_ORDINAL = re.compile(r"(?<=\d)\. ")
_ENDS = re.compile(r"[.!?…]['\"”»’)]*$")
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "%": "percent"}
_UNITS = {
    "dollar": ("dollar", "dólar", "dollaro", "dollari"),
    "euro": ("euro",),
    "pound": ("pound", "pfund", "libra", "livre", "sterlin", "pond"),
    "percent": ("percent", "prozent", "procent"),
    "mile": ("mile", "meile", "milla", "mijl", "miglia", "miglio", "milha"),
    "kilometre": ("kilomet", "kilómet", "kilomèt", "chilomet", "quilómet", "quilômet", "km"),
}
_PER_CENT = re.compile(r"\bper cent\b|\bpor (?:ciento|cento)\b|\bpour cent\b|\bper cento\b", re.IGNORECASE)
_ELIDED = re.compile(r"^(?:[ldnsjmtc]|qu|dell|all|nell|sull|dall|un)['’]", re.IGNORECASE)
_NOT_ELIDED = re.compile(r"\bn['’](?=\w)", re.IGNORECASE)
_NAMED_MONTH = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)? (March|May)|(March|May) \d+|(?:in|of|since|until|by) (March|May)\b)"
)
"""March and May where they are no other words."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A line taken apart."""

    words: tuple[str, ...]
    reckoned: Reckoned
    units: frozenset[str]
    months: frozenset[int]
    days: frozenset[int]
    denials: int
    kept: frozenset[str]
    """Kinds of what must not be lost: who said it, a guess, a condition, an estimate."""
    grave: frozenset[str]
    """Kinds of what is said of nobody without cause."""
    maybe_grave: frozenset[str]
    tenses: frozenset[str]
    """Whether it speaks of what is to come, and of what is over; how somebody said so is left aside."""
    ways: tuple[int, ...]
    """Of up and down, more and less and the like: 1 where only the one is said, 2 where only the other is, else 0."""


def doubt(line: str, said: str, language: str, reads: str, found: str | None) -> str | None:
    """Why a translation of a line is not to be shown; None where nothing speaks against it.

    `language` is that of the line, `reads` the one asked for, both with a table; `found` the one that the translation
    is taken to be in.
    """
    if not alike(found, reads):
        return "language"
    if not _is_of_its_form(line, said):
        return "form"
    if not _is_of_its_length(line, said):
        return "length"
    ours, theirs = _read(line, language), _read(said, reads)
    return _differ(ours, theirs) or _named_otherwise(ours, theirs, (line, language), (said, reads))


def _is_of_its_form(line: str, said: str) -> bool:
    if "\n" in said or bool(_ENDS.search(said)) != bool(_ENDS.search(line)):
        return False
    if _ABOUT_ITSELF.search(said) and not _ABOUT_ITSELF.search(line):
        return False
    return Counter(_FORBIDDEN.findall(said)) <= Counter(_FORBIDDEN.findall(line))


def _is_of_its_length(line: str, said: str) -> bool:
    if not len(line) * SHORTER - SPARE <= len(said) <= min(LONGEST, len(line) * LONGER + SPARE):
        return False
    # “am 2. Mai” is no end of a sentence.
    return len(split(_ORDINAL.sub(" ", said))) <= len(split(line))


def _differ(ours: _Read, theirs: _Read) -> str | None:
    """In which of the things that can be counted two lines differ."""
    if not ours.reckoned.agrees_with(theirs.reckoned):
        return "numbers"
    if ours.units != theirs.units:
        return "units"
    if (ours.months, ours.days) != (theirs.months, theirs.days):
        return "dates"
    if ours.denials != theirs.denials:
        return "denial"
    if lost := ours.kept - theirs.kept:
        return min(lost)
    if added := theirs.grave - ours.maybe_grave:
        return min(added)
    if len(ours.tenses) == len(theirs.tenses) == 1 and ours.tenses != theirs.tenses:
        return "tense"
    if any({one, other} == {1, 2} for one, other in zip(ours.ways, theirs.ways, strict=True)):
        return "direction"
    return None


def _named_otherwise(ours: _Read, theirs: _Read, line: tuple[str, str], said: tuple[str, str]) -> str | None:
    here, there = places_in(*line), places_in(*said)
    if here.codes != there.codes:
        return "places"
    apart = here.words | there.words | {word for each in (ours, theirs) for word in _counting(each, line[1], said[1])}
    names = same_names(ours.words, theirs.words, line[1], said[1], apart)
    if names is None:
        return "names"
    held = len(names) + ours.reckoned.numbers.total() + len(ours.months) + len(ours.days) + len(here.codes)
    return None if held > (len(ours.words) > LONG) else "nothing to hold it by"


def _counting(read: _Read, *languages: str) -> Iterable[str]:
    """Words of a calendar, a sum or a measure: those are compared by themselves."""
    known = [tongue(language) for language in languages]
    for word in (part.casefold() for each in read.words for part in each.split("-")):
        is_unit = any(word.startswith(stems) for stems in _UNITS.values())
        if is_unit or any(word in each.scales or _at(word, each.months) or _at(word, each.days) for each in known):
            yield word


@lru_cache(maxsize=256)
def _read(line: str, language: str) -> _Read:
    known, line = tongue(language), _PER_CENT.sub("%", line)
    found = [(_bare(match.group()), bool(match["word"])) for match in _TOKEN.finditer(line)]
    words = tuple(token for token, is_word in found if is_word)
    low = [word.casefold() for word in words]
    return _Read(
        words=words,
        reckoned=reckon([token.casefold() for token, _ in found], language),
        units=_units(line, low),
        months=frozenset(_months(line, words, language)),
        days=frozenset(at for word in low for at in _at(word, known.days)),
        denials=_denials(low + ["ne"] * len(_NOT_ELIDED.findall(line)), known),
        kept=_kept(words, [token.casefold() for token, _ in found], known),
        grave=_grave(low, known, 0),
        maybe_grave=_grave(low, known, 1),
        tenses=_tenses(words, low, known),
        ways=tuple(_way(low, one, other) for one, other in known.ways),
    )


def _bare(token: str) -> str:
    """A word without the article that is glued to it, and without the mark of a genitive."""
    token = token.replace("’", "'")
    return re.sub(r"'s?$", "", _ELIDED.sub("", token)) or token


def _at(word: str, calendar: Sequence[Words]) -> list[int]:
    return [at for at, names in enumerate(calendar) if word in names]


def _months(line: str, words: Sequence[str], language: str) -> set[int]:
    # Where months have no capital, only a name has one: Rio de Janeiro.
    dated = [word for at, word in enumerate(words) if at == 0 or language in ("en", "de") or word[0].islower()]
    found = {at for word in dated for at in _at(word.casefold(), tongue(language).months)}
    if language == "en":
        named = {name for each in _NAMED_MONTH.findall(line) for name in each}
        found = found - {2, 4} | {at for name, at in (("March", 2), ("May", 4)) if name in named}
    return found


def _units(line: str, words: Iterable[str]) -> frozenset[str]:
    found = {unit for word in words for unit, stems in _UNITS.items() if word.startswith(stems)}
    return frozenset(found | {unit for sign, unit in _SIGNS.items() if sign in line})


def _denials(words: Sequence[str], known: Tongue) -> int:
    plain = sum(word in known.not_ or word.endswith("n't") for word in words)
    return (plain or any(word in known.nor for word in words)) + sum(word in known.denies for word in words)


def _kept(words: Sequence[str], tokens: Sequence[str], known: Tongue) -> frozenset[str]:
    # May is a month where it has a capital.
    kinds = {kind for kind, listed in known.kept.items() if any(_low(word) in listed for word in words)}
    numbers = [token[0].isdigit() or token in known.numbers or token in known.scales for token in tokens]
    near = [token for at, token in enumerate(tokens) if any(numbers[at + 1 : at + 3])]
    kinds |= {kind for kind, listed in known.near.items() if any(token in listed for token in near)}
    return frozenset(kinds)


def _tenses(words: Sequence[str], low: Sequence[str], known: Tongue) -> frozenset[str]:
    says = [word in known.kept["says"] for word in low] + [False]
    # What has a capital is a name, or a noun that only looks like a verb.
    told = [word for at, word in enumerate(low) if not says[at] and not says[at + 1] and not words[at][0].isupper()]
    return frozenset(
        ({"shall"} if any(word in known.shall for word in told) else set())
        | ({"was"} if any(word in known.was and word not in known.shall for word in told) else set())
    )


def _grave(words: Sequence[str], known: Tongue, nth: int) -> frozenset[str]:
    return frozenset(kind for kind, listed in known.grave.items() if any(word in listed[nth] for word in words))


def _low(word: str) -> str:
    return word if word == "May" else word.casefold()


def _way(words: Sequence[str], one: Words, other: Words) -> int:
    has_one, has_other = any(word in one for word in words), any(word in other for word in words)
    return 0 if has_one == has_other else 1 if has_one else 2
