"""How often a word is used in general: what makes a word of an article telling.

The tables in `news/tables/` are distilled from wordfreq (see the licence beside them) by
`benchmarks/make_frequencies.py`; each is read at most once, when its language is first asked for.
"""

from __future__ import annotations

import lzma
from functools import cache
from importlib.resources import files

from news.lexicon import Lexicon
from news.vocabulary import listed

LANGUAGES = listed("ar bg bn cs da de el en es fa fi fr he hi hu id it ja nb nl pl pt ro ru sv tr uk vi zh")
"""Languages with a table. English goes down to Zipf 2, the others to 3 or 3.3."""
RARE = 1.5
"""The Zipf value of a word its language's table does not hold."""
NEUTRAL = 4.0
"""The Zipf value of every word of a language without a table: all weigh alike."""
_SAME_AS = {"no": "nb", "nn": "nb", "ms": "id", "iw": "he"}
_UNSPACED = listed("zh ja")


@cache
def _table(language: str) -> Lexicon:
    """Case-folded words of a language, with their Zipf value in tenths as a byte."""
    packed = files(__package__).joinpath("tables", f"{language}.xz").read_bytes()
    lines = (line.split(" ") for line in lzma.decompress(packed).decode().splitlines())
    return Lexicon((word, bytes([int(tenths)])) for tenths, *words in lines for word in words)


def zipf(word: str, language: str | None) -> float:
    """How common a case-folded word is: log10 of its uses in a billion words, from 7.7 (`the`) down.

    `language` is a primary tag (`en`). A word that is in no table is `RARE`; in a language
    without a table every word is `NEUTRAL`. Chinese and Japanese are asked by letter or pair
    of letters, as `news.vocabulary.words` gives them. Numbers are in no table.
    """
    language = _SAME_AS.get(language or "", language or "")
    if language not in LANGUAGES:
        return NEUTRAL
    table = _table(language)
    tenths = table.get(word)
    if tenths is None and "'" in word:
        tenths = table.get(word.removesuffix("'s")) or table.get(word.rpartition("'")[2])
    if tenths is not None:
        return tenths[0] / 10
    if language in _UNSPACED and len(word) == 2:
        # A pair across two words stands in no list: as often as its letters meet by chance.
        first, second = (table.get(letter) or b"\x0f" for letter in word)
        return max(RARE, (first[0] + second[0]) / 10 - 9)
    return RARE
