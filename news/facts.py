"""Facts: what one sentence says that other articles had not said: a figure, a name, an event; not a rewording.

An article is remembered by its numbers and by marks of its words, about a kilobyte. Whatever stands in them
was said. That errs on the side of silence: a story stays away unless something in it surely is new.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from news.article import Article, Bullet, Entry
from news.quantities import MONTHS, NUMERALS, is_about, quantities
from news.vocabulary import FUNCTION_WORDS, listed, spans, stem, weight

_READ = 20_000
"""Code points of a text that are looked at."""
ALL_NOUNS_RAISED = listed("de lb")
"""Languages in which a capital within a sentence makes no name."""
_CALENDAR = MONTHS | listed(
    """
    monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag
    sonnabend sonntag lunes martes miércoles jueves viernes sábado domingo lundi mardi mercredi jeudi vendredi samedi
    dimanche lunedì martedì mercoledì giovedì venerdì sabato domenica today yesterday tomorrow heute gestern morgen hoy
    ayer mañana hier demain oggi ieri domani понедельник вторник среда среду четверг пятница пятницу суббота субботу
    воскресенье сегодня вчера
    """
)
_OPENER = re.compile(r"(?:^|[.!?:…]|\n)[\s\"'“”„«»‘’(–—-]*$")
_SMALL = 3
"""A number up to this is a fact only beside a word that is new too."""
_NEW_WORDS = 3
"""Telling words that were not there: with these, and half of the sentence new, it tells another event."""
_AGREED = 2
"""Of the new words of a bare headline those that another source must have: alone they may only say it otherwise."""
_BESIDE = 2
"""Telling words that are new beside a new name: a name alone may only be spelled out."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an article says: its numbers, and the sorted marks of its words."""

    numbers: tuple[float, ...]
    words: bytes
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What several articles say together."""

    numbers: frozenset[float]
    words: frozenset[int]
    languages: frozenset[str | None]

    def has_number(self, value: float) -> bool:
        return value in self.numbers or any(is_about(value, each) for each in self.numbers)

    def has_word(self, stemmed: str) -> bool:
        return _mark(stemmed) in self.words


def said(article: Entry) -> Said:
    """What an article says in its headline, its text and its bullets."""
    bullets = [each.text for each in article.bullets] if isinstance(article, Article) else []
    text = "\n".join((article.headline, *article.publisher_bullets, *bullets, article.text[:_READ]))
    marks = {_mark(word.stem) for word in words_of(text)}
    numbers = sorted({each.value for each in quantities(text)})
    return Said(tuple(numbers), array("I", sorted(marks)).tobytes(), article.language)


def known(articles: Iterable[Said]) -> Known:
    """What articles say together."""
    marks: set[int] = set()
    numbers: set[float] = set()
    languages: set[str | None] = set()
    for each in articles:
        read = array("I")
        read.frombytes(each.words)
        marks.update(read)
        numbers.update(each.numbers)
        languages.add(each.language)
    return Known(frozenset(numbers), frozenset(marks), frozenset(languages))


def is_news(sentence: str, had: Known, language: str | None = None) -> bool:
    """Whether a sentence says what those articles did not.

    A number that none of them has, even rounded; a name that none has, with something about it; or so many
    words that none has that it must be about something else.
    """
    words = words_of(sentence)
    telling, new = _stems(words, had)
    return _has_new_figure_or_name(sentence, words, new, had, language) or _tells_another_event(telling, new)


def _has_new_figure_or_name(
    sentence: str, words: Sequence[Word], new: set[str], had: Known, language: str | None
) -> bool:
    numbers = [each.value for each in quantities(sentence) if not had.has_number(each.value)]
    if any(value > _SMALL or new for value in numbers):
        return True
    named = names(words, sentence, language)
    return any(not had.has_word(name) for name in named) and len(new - named) >= _BESIDE


def _tells_another_event(telling: set[str], new: set[str]) -> bool:
    return len(new) >= _NEW_WORDS and 2 * len(new) >= len(telling)


def _stems(words: Sequence[Word], had: Known) -> tuple[set[str], set[str]]:
    """The stems by which a sentence tells something, and those among them that are new."""
    telling = {word.stem for word in words if weight(word.stem) > 1 and not word.is_calendar}
    return telling, {each for each in telling if not had.has_word(each)}


@dataclass(frozen=True, slots=True)
class Telling:
    """An article that says something new of a story, and its bullets that do."""

    article_id: int
    bullets: tuple[Bullet, ...]


@dataclass(frozen=True, slots=True)
class Development:
    """What came of a story since somebody was told it; several articles may tell it, the best first."""

    story_id: int
    tellings: tuple[Telling, ...]


def development(story_id: int, newer: Iterable[Article], had: Known) -> Development | None:
    """What articles say that is in none of those before; None when they only say it again.

    An article whose language none of those before is in is left out: its words would all be new.
    """
    some = [article for article in newer if article.language in had.languages]
    found = [each for article in some if (each := _telling(article, had, some))]
    best_first = sorted(found, key=lambda each: (-len(each.bullets), -each.article_id))
    return Development(story_id, tuple(best_first)) if found else None


def _telling(article: Article, had: Known, newer: Sequence[Article]) -> Telling | None:
    if not article.bullets:
        return Telling(article.id, ()) if _headline_is_news(article, had, newer) else None
    bullets = tuple(each for each in article.bullets if is_news(each.text, had, article.language))
    return Telling(article.id, bullets) if bullets else None


def _headline_is_news(article: Article, had: Known, newer: Sequence[Article]) -> bool:
    """Whether a bare headline says something new: by words alone only where another source has some of them too."""
    words = words_of(article.headline)
    telling, new = _stems(words, had)
    if _has_new_figure_or_name(article.headline, words, new, had, article.language):
        return True
    others = (each for each in newer if each.source != article.source)
    return _tells_another_event(telling, new) and any(len(new & _stems_of(each)) >= _AGREED for each in others)


def _stems_of(article: Article) -> set[str]:
    return {word.stem for word in words_of("\n".join((article.headline, *(each.text for each in article.bullets))))}


@dataclass(frozen=True, slots=True)
class Word:
    """A word that says something, and where it stands."""

    stem: str
    written: str
    start: int

    @property
    def is_calendar(self) -> bool:
        return self.written.casefold() in _CALENDAR


def words_of(text: str) -> list[Word]:
    """The words of a text that say something, no numbers among them."""
    found = []
    for start, end in spans(text):
        written = text[start:end]
        folded = written.casefold().replace("’", "'")
        if (
            folded not in FUNCTION_WORDS
            and folded not in NUMERALS
            and not folded[0].isdigit()
            and (len(folded) > 1 or not folded.isascii())
        ):
            found.append(Word(stem(folded), written, start))
    return found


def names(words: Sequence[Word], sentence: str, language: str | None) -> set[str]:
    """Stems of words that are names: raised within a sentence, in a language that raises nothing else."""
    if language in ALL_NOUNS_RAISED:
        return set()
    raised = [word for word in words if word.written[0].isupper()]
    if 2 * len(raised) > len(words) > 3:  # a headline of raised words
        return set()
    return {word.stem for word in raised if not word.is_calendar and not _OPENER.search(sentence[: word.start])}


def _mark(stemmed: str) -> int:
    return crc32(stemmed.encode("utf-8", "replace"))
