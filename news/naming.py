"""Naming: whether a line and its translation name the same, each name as it stands.

Where every noun has a capital, and in a headline of capitals, a name is told by how common the word is in either
language: an ordinary word is far less so in the other. Elsewhere whatever has a capital inside a sentence is one,
save for ranks and institutions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from news.frequencies import RARE, zipf
from news.tongues import tongue
from news.vocabulary import listed

LONGER, TITLE = 4, 0.9
"""Share of the words of more letters than this that have a capital where every word of a headline has one."""
FUNCTION = 5.5
"""Zipf value of words so common that they are no names."""
FLOOR, ENGLISH_FLOOR = 3.3, 2.7
"""Words less common than this may be missing in the table of a language; that of English goes further down."""
NEARLY, FAR = 0.8, 1.5
"""How much more common a name may be in one language than in the other; more where they share few words."""
_ALIKE = listed("prime premier minister papa pope rey king")
"""Ranks that are words of several languages."""


def same_names(
    line: Sequence[str], said: Sequence[str], language: str, reads: str, apart: AbstractSet[str]
) -> list[str] | None:
    """The names that the words of both have; None where one has one that the other has not, or in another order.

    `apart` are words, in lower case, that are compared by themselves.
    """
    ours, theirs = _folded(line), _folded(said)
    if _has_alone(line, theirs, language, reads, apart) or _has_alone(said, ours, reads, language, apart):
        return None
    one, other = (dict.fromkeys(map(_fold, _capitals(some))) for some in (line, said))
    first = [each for each in one if len(each) > 2 and _is_there(each, set(other))]
    second = [each for each in other if len(each) > 2 and _is_there(each, set(one))]
    in_order = len(first) == len(second) and all(_is_there(a, {b}) for a, b in zip(first, second, strict=True))
    return first if in_order else None


def _capitals(words: Iterable[str]) -> list[str]:
    return [part for word in words for part in word.split("-") if part[:1].isupper()]


def _has_alone(
    words: Sequence[str], others: AbstractSet[str], language: str, other: str, apart: AbstractSet[str]
) -> bool:
    """Whether there is a name among the words that is not among the others."""
    names = _capitals(words)
    is_title = sum(len(each) > LONGER for each in names) > TITLE * sum(len(each) > LONGER for each in words)
    opening = words[0].split("-")[0] if words else ""
    for name in names:
        plain = name.casefold()
        if plain in apart or plain in _ALIKE or plain in tongue(language).ranks or _is_there(_fold(name), others):
            continue
        if not (is_title or language == "de" or name == opening) or _is_name(plain, language, other, is_title=is_title):
            return True
    return False


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each)).replace("ß", "ss").replace(".", "")


def _folded(words: Iterable[str]) -> set[str]:
    return {_fold(part) for word in words for part in (word, *word.split("-"))}


def _is_there(name: str, words: AbstractSet[str]) -> bool:
    """Whether a name is among words, with an ending more or less."""
    return name in words or any(
        min(len(each), len(name)) > 4
        and abs(len(each) - len(name)) <= 2
        and (each.startswith(name) or name.startswith(each))
        for each in words
    )


def _is_name(word: str, language: str, other: str, *, is_title: bool) -> bool:
    """Whether a word is about as common in both languages.

    Of words too rare to tell, those of a headline of capitals are taken for ordinary ones, and so is what is put
    together from ordinary ones.
    """
    here, there = zipf(word, language), zipf(word, other)
    if here >= FUNCTION:
        return False
    if there > RARE:
        return there >= here - (NEARLY if "en" in (language, other) else FAR)
    if here >= (ENGLISH_FLOOR if other == "en" else FLOOR) or (here > RARE and is_title):
        return False
    return language not in ("de", "nl") or not _is_compound(word, language)


def _is_compound(word: str, language: str) -> bool:
    """“Hafenbehörde”: two words that the language knows."""
    return any(
        zipf(word[at:], language) > RARE
        and max(zipf(head, language) for head in (word[:at], word[:at].removesuffix("s"))) > RARE
        for at in range(3, len(word) - 2)
    )
