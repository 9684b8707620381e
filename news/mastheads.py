"""Mastheads: the name of its source in a headline, which the digest says below it anyway."""

from __future__ import annotations

import re
from collections.abc import Iterator

from news.vocabulary import words

_SIGN = re.compile(r"\s+(?:[-–—|·•»~]+|::?)\s+|\s*[|｜]\s*|_|(?<=[\u3040-\u9fff])\s*[-–—]\s*|:\s+")
"""What sets a name apart from the headline, or one name from another."""
_SHORTEST = 8
"""Letters and digits that a headline keeps; half as many in scripts without spaces."""
_READ = 500
"""Characters of a headline, or of a name, that are looked at."""


def without_masthead(headline: str, *names: str | None) -> str:
    """A headline without a source's name that a sign sets apart: `Ferry aground | The Harbour Post`.

    Before the headline a colon sets apart names of several words only: `Lysoy: ferry aground` says where.
    """
    own = {_bare(part) for name in names for part in _parts(name)} - {""}
    while own and len(headline) <= _READ:
        for sign in _SIGN.finditer(headline):
            head, tail = headline[: sign.start()], headline[sign.end() :]
            if not sign.group().startswith(":") and _bare(tail) in own and _says_enough(head):
                headline = head.rstrip()
                break
            if _bare(head) in own and ("|" in sign.group() or " " in head.strip()) and _says_enough(tail):
                headline = tail.lstrip()
                break
        else:
            break
    return headline


def unnamed(said: list[str], source: str | None) -> list[str]:
    """The words of a headline without the source's name at either end, with or without a sign between."""
    folded = [word.casefold() for word in said]
    for name in ([word.casefold() for word in words(part)] for part in _parts(source)):
        if 0 < len(name) < len(folded) and folded[: len(name)] == name:
            said, folded = said[len(name) :], folded[len(name) :]
        if 0 < len(name) < len(folded) and folded[-len(name) :] == name:
            said, folded = said[: -len(name)], folded[: -len(name)]
    return said


def _parts(name: str | None) -> Iterator[str]:
    """A source's name, and what its signs part it into: `World news | The Harbour Post`."""
    if name:
        whole = name[:_READ]
        yield from dict.fromkeys((whole, *_SIGN.split(whole)))


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _says_enough(text: str) -> bool:
    bare = _bare(text)
    return len(bare) + sum(letter >= "\u3040" for letter in bare) >= _SHORTEST
