"""Whether a translated line may be shown: what can be counted in both languages must agree.

Numbers, money, percentages, months, days of the week, places and names must be the same, names and numbers in the same
order; a denial, a condition, a guess, an estimate and whoever said so must be kept; and the line must be of the
language, of about the length, and without anything to tap. A line with nothing to hold it by is not believed either.
What fails is not called false: it is only not shown. A verb that says the contrary cannot be seen so.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from news.frequencies import RARE, zipf
from news.places import places_in
from news.tongues import TONGUES, Tongue, Words, alike
from news.vocabulary import listed

LONGEST = 500
SHORTER, LONGER = 0.5, 2.0
"""How many letters a translation has to one of the line."""
SPARE = 15
"""Letters that it may have more, or less, whatever its length."""
LOOSE = 14
"""Words of a line that must be held by two things, not by one."""
FUNCTION = 5.5
"""Zipf value of words so common that they are no names."""
FLOOR = 3.3
"""Words less common than this may be missing in the table of a language."""
NEARLY = 0.8
"""How much more common a name may be in one language than in the other."""

_TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,’'\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?)|(?P<word>[^\W\d_]+(?:['’.-][^\W\d_]+)*)"
)
_FORBIDDEN = re.compile(
    r"https?:|www\.|://|\b[\w-]+\.(?:com|org|net|io|info|biz|ru|xyz|me|co|top|link|app)\b|@\w|[<>{}\[\]`*_#|\\~^=]|"
    r"[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x1f]|[\U0001f000-\U0001faff\u2600-\u27bf]"
)
_MONEY = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "%": "percent"}
_UNITS = {
    "dollar": ("dollar", "dólar", "dollaro", "dollari"),
    "euro": ("euro",),
    "pound": ("pound", "pfund", "libra", "livre", "sterlin", "pond"),
    "percent": ("percent", "prozent", "procent"),
    "mile": ("mile", "meile", "milla", "mijl", "miglia", "miglio", "milha"),
    "kilometre": ("kilomet", "kilómet", "kilomèt", "chilomet", "quilómet", "quilômet", "km"),
}
_PER_CENT = re.compile(r"\bper cent\b|\bpor (?:ciento|cento)\b|\bpour cent\b|\bper cento\b", re.I)
_TITLES = listed("prime premier minister papa pope rey king")
_ELIDED = re.compile(r"^(?:[ldnsjmtc]|qu|dell|all|nell|sull|dall|un)['’]", re.I)


@dataclass(frozen=True, slots=True)
class _Read:
    """A line taken apart."""

    words: tuple[str, ...]
    """In lower case."""
    numbers: Counter[float]
    maybe: Counter[float]
    """What may be numbers, and may be none."""
    digits: tuple[float, ...]
    """Numbers written in digits, in order; no days of a month, no years."""
    many: frozenset[float]
    units: frozenset[str]
    months: frozenset[int]
    days: frozenset[int]
    denials: int
    has_lexical: bool
    marks: frozenset[str]
    names: tuple[str, ...]
    """Words with a capital."""


def doubt(line: str, said: str, language: str, reads: str, detected: str | None) -> str | None:
    """Why a translation of a line is not to be shown; None where nothing speaks against it.

    `language` is that of the line, `reads` the one asked for, both of TONGUES; `detected` the one that the translation
    is found to be in.
    """
    if not alike(detected, reads):
        return "language"
    if len(said) > LONGEST or "\n" in said or _is_forbidden(said, line):
        return "form"
    if not _is_of_its_length(line, said):
        return "length"
    ours, theirs = _read(line, language), _read(said, reads)
    if not (
        _within(ours.numbers, theirs.numbers + theirs.maybe) and _within(theirs.numbers, ours.numbers + ours.maybe)
    ):
        return "numbers"
    if ours.many != theirs.many or ours.digits != theirs.digits:
        return "numbers"
    if ours.units != theirs.units:
        return "units"
    if ours.months != theirs.months or ours.days != theirs.days:
        return "dates"
    if ours.denials != theirs.denials:
        return "denial"
    if not ours.marks <= theirs.marks:
        return min(ours.marks - theirs.marks)
    here, there = places_in(line, language), places_in(said, reads)
    if here.codes != there.codes:
        return "places"
    names = _same_names(ours, theirs, language, reads, here.words | there.words)
    if names is None:
        return "names"
    held = len(names) + ours.numbers.total() + len(ours.months) + len(ours.days) + len(here.codes)
    return None if held > (len(ours.words) > LOOSE) else "nothing to hold it by"


def _within(some: Counter[float], others: Counter[float]) -> bool:
    return all(count <= others[value] for value, count in some.items())


def _is_forbidden(said: str, line: str) -> bool:
    own = Counter(_FORBIDDEN.findall(line))
    return any(count > own[each] for each, count in Counter(_FORBIDDEN.findall(said)).items())


def _is_of_its_length(line: str, said: str) -> bool:
    one, other = len(line), len(said)
    return one * SHORTER - SPARE <= other <= one * LONGER + SPARE


@lru_cache(maxsize=256)
def _read(line: str, language: str) -> _Read:
    tongue = TONGUES[language]
    line = _PER_CENT.sub("%", line)
    tokens = [(match, _bare(match.group())) for match in _TOKEN.finditer(line)]
    words = tuple(bare.casefold() for match, bare in tokens if match["word"])
    numbers, maybe, many, digits = _numbers(line, tokens, tongue)
    # Elsewhere only a name has a capital: Rio de Janeiro.
    dated = words if language in ("en", "de") else words[:1] + tuple(each for each in words if each in line)
    months = {at for at, each in enumerate(tongue.months) for word in dated if word in each}
    if language == "en":  # may, and to march
        months = {at for at in months if at not in (2, 4)} | _named_months(line)
    denials = _denials(words, tongue)
    return _Read(
        words=words,
        numbers=numbers,
        maybe=maybe,
        digits=tuple(digits),
        many=frozenset(many),
        units=_units(line, words),
        months=frozenset(months),
        days=frozenset(at for at, each in enumerate(tongue.days) for word in words if word in each),
        denials=denials,
        has_lexical=any(word in tongue.denies for word in words),
        marks=_marks(line, words, tongue),
        names=tuple(part for match, bare in tokens if match["word"] for part in bare.split("-") if part[:1].isupper()),
    )


def _bare(token: str) -> str:
    """A word without the article that is glued to it, and without the mark of a genitive."""
    token = token.replace("’", "'")
    return re.sub(r"'s?$", "", _ELIDED.sub("", token)) or token


def _named_months(line: str) -> set[int]:
    found = re.findall(
        r"\b(?:\d+(?:st|nd|rd|th)? (March|May)|(March|May) \d+|(?:in|of|since|until|by) (March|May)\b)", line
    )
    return {{"March": 2, "May": 4}[name] for each in found for name in each if name}


def _numbers(
    line: str, tokens: Sequence[tuple[re.Match[str], str]], tongue: Tongue
) -> tuple[Counter[float], Counter[float], set[float], list[float]]:
    numbers: Counter[float] = Counter()
    maybe: Counter[float] = Counter()
    many: set[float] = set()
    digits: list[float] = []
    last: float | None = None
    is_digits = False
    for at, (match, bare) in enumerate(tokens):
        word = bare.casefold()
        if match["number"]:
            if last is not None:
                _put(numbers, digits, last, is_digits)
            last, is_digits = _value(match["number"], "." if tongue.name == "English" else ","), True
        elif last is not None and word in tongue.scales:
            last *= tongue.scales[word]
        else:
            if last is not None:
                calendar = any(word in each for each in tongue.months)
                follows = (
                    at + 1 < len(tokens)
                    and word == "de"
                    and any(tokens[at + 1][1].casefold() in each for each in tongue.months)
                )
                _put(numbers, digits, last, is_digits and not calendar and not follows)
                last = None
            if word in tongue.numbers:
                last, is_digits = float(tongue.numbers[word]), False
            elif word in tongue.maybe:
                maybe[float(tongue.maybe[word])] += 1
            elif word in tongue.many:
                many.add(tongue.many[word])
            elif word in tongue.scales and len(word) > 2:
                last, is_digits = tongue.scales[word], False
            elif parts := _spelled(word, tongue):
                last, is_digits = parts, False
    if last is not None:
        _put(numbers, digits, last, is_digits)
    return numbers, maybe, many, digits


def _put(numbers: Counter[float], digits: list[float], value: float, in_order: bool) -> None:
    numbers[value] += 1
    if in_order and not (value == int(value) and 1800 <= value <= 2100):
        digits.append(value)


def _value(digits: str, decimal: str) -> float:
    """“4,000” and “4.5” as the language means them; what it would not write so, as its neighbours would."""
    grouped = re.fullmatch(r"\d{1,3}(?:([.,’'\u00a0\u202f ])\d{3})(?:\1\d{3})*", digits)
    if grouped and grouped[1] != decimal:
        return float(re.sub(r"\D", "", digits))
    plain = re.sub(r"[^\d.,]", "", digits)
    head, mark, tail = plain.rpartition(decimal)
    if mark and tail.isdigit():
        whole = re.sub(r"\D", "", head)
        return float(f"{whole or 0}.{tail}")
    parts = re.split(r"[.,]", plain)
    return float(".".join(parts) if len(parts) == 2 else "".join(parts))


def _spelled(word: str, tongue: Tongue) -> float | None:
    """“twenty-three”, “dreiundzwanzig”."""
    for joint in ("-", "und", "en", "ën"):
        one, mark, other = word.partition(joint)
        if not mark:
            continue
        small, great = (other, one) if joint == "-" else (one, other)
        tens = tongue.numbers.get(great, 0)
        ones = tongue.numbers.get(small) or tongue.maybe.get(small)
        if tens >= 20 and ones and ones < 10:
            return float(tens + ones)
    return None


def _units(line: str, words: Iterable[str]) -> frozenset[str]:
    found = {unit for mark, unit in _MONEY.items() if mark in line}
    return frozenset(found | {unit for word in words for unit, stems in _UNITS.items() if word.startswith(stems)})


def _denials(words: Sequence[str], tongue: Tongue) -> int:
    plain = sum(word in tongue.not_ or word.endswith("n't") for word in words)
    plain = plain or int(any(word in tongue.nor for word in words if word != "any"))
    return plain + sum(word in tongue.denies for word in words)


def _marks(line: str, words: Iterable[str], tongue: Tongue) -> frozenset[str]:
    kinds = {"perhaps": tongue.perhaps, "says": tongue.says, "if": tongue.if_}
    found = {kind for kind, listed in kinds.items() for word in words if word in listed}
    if tongue.name == "English" and "perhaps" in found and not _has_guess(line, tongue.perhaps):
        found.discard("perhaps")
    return frozenset(found | ({"about"} if _is_estimate(line, tongue.about) else set()))


def _has_guess(line: str, perhaps: Words) -> bool:
    """Whether more than the month of May makes it a guess."""
    plain = [word for word in re.findall(r"[^\W\d_]+", line) if word != "May"]
    return any(word.casefold() in perhaps for word in plain)


def _is_estimate(line: str, about: Words) -> bool:
    """Whether a number is told as about so much."""
    tokens = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d", line.casefold())
    return any(one in about and (other.isdigit() or len(other) > 2) for one, other in pairwise(tokens))


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each)).replace("ß", "ss").replace(".", "")


def _same_names(ours: _Read, theirs: _Read, language: str, reads: str, placed: AbstractSet[str]) -> list[str] | None:
    """The names that both have; None where one has a name that the other has not, or they come in another order."""
    one, other = [_fold(each) for each in ours.names], [_fold(each) for each in theirs.names]
    for line, names, words, tongue, away in (
        (ours, one, _folded(theirs), language, reads),
        (theirs, other, _folded(ours), reads, language),
    ):
        is_title = len(names) > 0.6 * len([each for each in line.words if len(each) > 3])
        for name, folded in zip(line.names, names, strict=True):
            if (
                folded not in _TITLES
                and name.casefold() not in placed
                and not _is_there(folded, words)
                and _is_name(name, tongue, away, is_title=is_title)
            ):
                return None
    first = [each for each in dict.fromkeys(one) if _is_there(each, set(other)) and len(each) > 2]
    second = [each for each in dict.fromkeys(other) if _is_there(each, set(one)) and len(each) > 2]
    in_order = len(first) == len(second) and all(_is_there(a, {b}) for a, b in zip(first, second, strict=True))
    return first if in_order else None


def _folded(line: _Read) -> set[str]:
    return {_fold(part) for word in line.words for part in (word, *word.split("-"))}


def _is_there(name: str, words: Iterable[str]) -> bool:
    """Whether a name is among words, with an ending more or less."""
    if name in words:
        return True
    if len(name) < 5:
        return False
    return any(
        len(each) > 4 and abs(len(each) - len(name)) <= 2 and (each.startswith(name) or name.startswith(each))
        for each in words
    )


def _is_name(word: str, language: str, other: str, *, is_title: bool) -> bool:
    """Whether a word with a capital is no ordinary word of its language: it is about as common in the other.

    Of words too rare to tell, those of a title are taken for ordinary ones, and so is what is put together from
    ordinary ones.
    """
    plain = word.casefold()
    here, there = zipf(plain, language), zipf(plain, other)
    if here >= FUNCTION:
        return False
    if there > RARE:
        return there >= here - NEARLY
    if here >= FLOOR:
        return False
    if here > RARE and is_title:
        return False
    return not _is_compound(plain, language)


def _is_compound(word: str, language: str) -> bool:
    """“Hafenbehörde”: two words that the language knows."""
    if language not in ("de", "nl"):
        return False
    for at in range(3, len(word) - 2):
        head, tail = word[:at], word[at:]
        if zipf(tail, language) > RARE and (
            zipf(head, language) > RARE or zipf(head.removesuffix("s"), language) > RARE
        ):
            return True
    return False
