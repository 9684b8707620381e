"""Roots: what counts as a word for filters, ranking, snippets and both databases' search indexes.

Case, accents and endings do not count. What is cut here is kept by the indexes: whoever changes it must have
every article indexed again, see docs/search.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from news.vocabulary import endings_begun, stem, words

LONGEST_WORD = 40
"""Letters of a word that count."""
LONGEST_TEXT, MOST_WORDS, MOST_TITLE_WORDS = 100_000, 10_000, 500
"""Letters of a text, and words of it and of a headline, that are looked at."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Roots:
    """An article as it is compared: roots and marks, each list parted by single spaces."""

    id: int
    headline: str
    body: str
    marks: str
    seen_at: int
    """When it was first seen, in microseconds since 1970."""


def roots_of(
    article_id: int,
    headline: str,
    text: str,
    first_seen_at: datetime,
    *,
    topics: Iterable[str] = (),
    feed: str | None = None,
    language: str | None = None,
) -> Roots:
    """An article cut into roots; `topics` are slugs, `feed` is the name readers know."""
    marks = [marked("topic", slug) for slug in topics]
    marks += [marked("feed", plain(feed))] if feed else []
    marks += [marked("lang", language.replace("_", "-").split("-")[0].lower())] if language else []
    return Roots(
        article_id,
        " ".join(cut(headline, MOST_TITLE_WORDS)),
        " ".join(cut(text)),
        " ".join(sorted(set(marks))),
        microseconds(first_seen_at),
    )


def microseconds(at: datetime) -> int:
    """A moment as `Roots.seen_at` counts it."""
    return (at - BEGINNING) // timedelta(microseconds=1)


def marked(name: str, value: str) -> str:
    """The token of a topic's slug, of a feed's title in plain form or of a language's code; no word begins so."""
    return f":{name}:" + re.sub(r"[^\w.,'-]", "+", value)[:200]


def folded(word: str) -> str:
    """A word without case and accents."""
    apart = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    letters = unicodedata.normalize("NFC", "".join(c for c in apart if not ("\u0300" <= c <= "\u036f")))
    return _SIGNS.sub("", letters)[:LONGEST_WORD]


_SIGNS = re.compile(r"[^\w.,'\u0080-\U0010ffff]|\s")
"""What a single sign such as ⑴ may be spelled out with."""


def rooted(word: str) -> str:
    """A word without case, accents and ending."""
    return stem(folded(word))


@lru_cache(maxsize=16_384)
def parted(word: str) -> tuple[str, ...]:
    """Roots of a word: two of `O'Neill` and of `l'élection`, one of `don't` and of `city's`."""
    before, apostrophe, after = folded(word).rpartition("'")
    if not apostrophe or after in _ENGLISH_TAILS or not before.strip("'"):
        root = rooted(word)
        return (root,) if root else ()
    return tuple(stem(part) for part in (*before.split("'"), after) if part)


_ENGLISH_TAILS = ("s", "t", "re", "ve", "ll", "d", "m", "")


def cut(text: str, most: int = MOST_WORDS) -> list[str]:
    """The roots of a text's words in order: what filters compare, and what the search indexes hold."""
    return [root for word in words(text[:LONGEST_TEXT])[:most] for root in parted(word)][:most]


@lru_cache(maxsize=4_096)
def openings(prefix: str) -> frozenset[str]:
    """Roots of words that begin so although the root is shorter: `electio` opens `elections`, whose root is `elect`."""
    return frozenset({rooted(prefix), *endings_begun(prefix)})


def plain(name: str) -> str:
    """The name of a topic or a feed as it is compared."""
    return " ".join(map(folded, words(name)))
