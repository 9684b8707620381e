"""Figures: where the sources of one story count the same thing and come to different numbers.

Said only where it surely is the same thing: the same noun with the same word of what became of it, in sentences
that name nothing the other does not, told at about the same time, by sources that give one number each. A rounded
number, a part of a total, a figure of another year or of an earlier hour says nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from news.facts import ALL_NOUNS_RAISED, names, words_of
from news.quantities import MONTHS, Quantity, is_about, quantities
from news.sentences import split
from news.vocabulary import FUNCTION_WORDS, listed, stem

TOGETHER = timedelta(hours=3)
"""Of two that count further apart than this, the later one knows more."""
CLOSE = 1.25
"""The higher number is at most so many times the lower: more, and one may be a part, or another day's."""
_READ = 20_000
_LEAST = 3
_FATES = listed(
    """
    dead killed deaths fatalities injured wounded hurt missing casualties arrests detained tote todesopfer verletzte
    vermisste festnahmen muertos muertes fallecidos heridos desaparecidos detenidos morts blessés disparus morti feriti
    dispersi mortos feridos desaparecidos
    """
)
"""Nouns that say by themselves what became of those counted."""
_AUXILIARIES = listed(
    """
    were was are is have has had been being wurden sind waren worden fueron han sido resultaron están ont été sont
    furent sono stati state foram
    """
)
_LEAST_OF = listed("at least the all mindestens die alle al menos por lo los las les au moins almeno pelo")
"""May stand between what happened and the number: “killed at least 64 people”."""
_HEDGES = listed(
    """
    about around roughly approximately nearly almost over under above below than some up to estimated hundreds dozens
    etwa rund circa ca ungefähr knapp fast über unter bis zu gut unos unas casi cerca alrededor hasta más environ
    près plus jusqu quelque circa quasi oltre più fino cerca mais another more further weitere otros
    otras autres altri altre between zwischen entre tra
    """
)
_LESS = (["menos", "de"], ["menos", "que"], ["moins", "de"], ["meno", "di"])
_APART = re.compile(
    r"\b(?:1[89]|20)\d\d\b|\b(?:alone|of (?:them|whom|these|those|which)|including|among|last|ago|earlier|"
    r"previous(?:ly)?|since|former|record|average|usually|each|every|per|allein|davon|darunter|von ihnen|voriges|"
    r"vergangenen|früher|seit|jeweils|pro|de ellos|de ellas|de los cuales|entre ellos|incluidos|solo|sólo|pasado|hace|"
    r"anterior|desde|cada|dont|parmi|seulement|dernier|depuis|chaque|di cui|tra cui|scorso|ogni)\b",
    re.I,
)
"""Says that a part is counted, or another time."""
_UNITS = MONTHS | listed(
    """
    hours hour minutes minute seconds days day weeks week months month years year miles mile kilometres kilometers km
    metres meters feet degrees tonnes tons kilos litres points percent times stunden stunde minuten tage tagen wochen
    monate monaten jahre jahren kilometer meter grad tonnen prozent punkte mal uhr horas minutos días semanas meses años
    kilómetros metros grados toneladas puntos veces heures jours semaines mois ans kilomètres mètres degrés tonnes
    points fois ore giorni settimane mesi anni chilometri metri gradi tonnellate
    """
)
_FOLLOWS = re.compile(r"[ \u00a0\u202f](?P<word>[^\W\d_]+)")
_PRECEDES = re.compile(r"(?P<word>[^\W\d_]+)['’]?[ \u00a0\u202f]\Z")


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things, as one sentence counts them."""

    value: float
    noun: str
    """As written."""
    of: tuple[str, str]
    """Stems of the noun and of what became of them."""
    names: frozenset[str]
    words: frozenset[str]
    """Stems of all that the sentence says."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The lowest and the highest number that sources give of the same."""

    low: float
    high: float
    noun: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What one source counts, and when it was first seen to say so."""

    source: str
    told_at: datetime
    counts: Sequence[Count]


def counts(texts: Iterable[str], language: str | None) -> tuple[Count, ...]:
    """What texts count, sentence by sentence."""
    sentences = (sentence.text for text in texts for sentence in split(text[:_READ]))
    return tuple(count for sentence in sentences for count in _counts_in(sentence, language))


def spread(shown: Counted, others: Iterable[Counted], language: str | None) -> Spread | None:
    """Of the first thing that what is shown counts and other sources number differently, from where to where.

    `others` are in the language of what is shown, oldest first; of each source its last word counts.
    """
    last = {each.source: each for each in others if each.source != shown.source}
    peers = [each for each in last.values() if abs(each.told_at - shown.told_at) <= TOGETHER]
    for mine in _clear(shown.counts):
        values = {mine.value}
        for peer in peers:
            values |= {theirs.value for theirs in _clear(peer.counts) if _is_same(mine, theirs, language)}
        low, high = min(values), max(values)
        if low < high <= CLOSE * low and not is_about(low, high):
            # “Killed” as a headline writes it.
            is_raised = mine.of[1] == "" and language not in ALL_NOUNS_RAISED
            return Spread(low, high, mine.noun.lower() if is_raised else mine.noun)
    return None


def _clear(some: Sequence[Count]) -> list[Count]:
    """Those of which an article gives one number alone."""
    values: dict[tuple[str, str], set[float]] = {}
    for each in some:
        values.setdefault(each.of, set()).add(each.value)
    return [each for each in some if len(values[each.of]) == 1]


def _is_same(one: Count, other: Count, language: str | None) -> bool:
    if one.of != other.of:
        return False
    shared = (one.words & other.words) - set(one.of)
    if language in ALL_NOUNS_RAISED:
        fewer = min(len(one.words), len(other.words)) - len(set(one.of))
        return len(shared) >= 2 and 2 * len(shared) >= fewer
    return bool(shared) and one.names <= other.words and other.names <= one.words


def _counts_in(sentence: str, language: str | None) -> Iterator[Count]:
    found = quantities(sentence)
    if not found or _APART.search(sentence):
        return
    words = words_of(sentence)
    stems = frozenset(word.stem for word in words if not word.is_calendar)
    for at, each in enumerate(found):
        beside = _is_beside(found, at)
        if each.is_part or each.value < _LEAST or beside or _is_hedged(sentence, each):
            continue
        if (thing := _thing(sentence, each)) is not None:
            noun, became = thing
            named = frozenset(names(words, sentence, language))
            yield Count(each.value, noun, (stem(noun.casefold()), became), named, stems)


def _is_beside(numbers: Sequence[Quantity], at: int) -> bool:
    """Whether a number stands close to another: a range, a score, a sum."""
    start, end = numbers[at].start, numbers[at].end
    is_after = at > 0 and start - numbers[at - 1].end < 12
    return is_after or (at + 1 < len(numbers) and numbers[at + 1].start - end < 6)


def _is_hedged(sentence: str, number: Quantity) -> bool:
    before = [word.casefold() for word in re.findall(r"[^\W\d_]+", sentence[max(0, number.start - 24) : number.start])]
    return not _HEDGES.isdisjoint(before[-2:]) or before[-2:] in _LESS


def _thing(sentence: str, number: Quantity) -> tuple[str, str] | None:
    """What a number counts, as written, and the stem of what became of it; None where that is not plain."""
    match = _FOLLOWS.match(sentence, number.end)
    if match is None:
        return None
    noun = match["word"]
    if not _says_something(noun):
        return None
    if noun.casefold() in _FATES:
        return noun, ""
    became = _after(sentence, match.end()) or _before(sentence, number.start)
    return (noun, stem(became.casefold())) if became else None


def _after(sentence: str, at: int) -> str | None:
    while match := _FOLLOWS.match(sentence, at):
        if match["word"].casefold() not in _AUXILIARIES:
            return match["word"] if _says_something(match["word"]) else None
        at = match.end()
    return None


def _before(sentence: str, at: int) -> str | None:
    while match := _PRECEDES.search(sentence, 0, at):
        if match["word"].casefold() not in _LEAST_OF:
            return match["word"] if _says_something(match["word"]) else None
        at = match.start()
    return None


def _says_something(word: str) -> bool:
    folded = word.casefold()
    return len(folded) > 2 and folded not in FUNCTION_WORDS and folded not in _UNITS
