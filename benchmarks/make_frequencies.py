"""Makes news/tables/*.xz from wordfreq's lists; needed once, and again only to change the tables.

    python -m benchmarks.make_frequencies      (with wordfreq installed, which the program does not need)

A table is text: a line a tenth of the Zipf scale, most frequent first, with its words in order.
"""

from __future__ import annotations

import lzma
import math
import re
import sys
from collections import defaultdict
from pathlib import Path

from news.frequencies import LANGUAGES

TABLES = Path(__file__).parents[1] / "news" / "tables"
FLOORS = {"en": 2.0} | dict.fromkeys(("de", "es", "fr", "hi", "it", "nl", "pt"), 3.0)
USUAL_FLOOR = 3.3
"""Languages that inflect much need more words for the same text, and would fill the shelf below this."""
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
WORD = re.compile(r"[^\W\d_](?:[\w'’\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff]*)")


def letters_and_pairs(uses: dict[str, float]) -> dict[str, float]:
    """Uses of single letters and of pairs of them, where words are not parted by spaces."""
    found: dict[str, float] = defaultdict(float)
    for word, share in uses.items():
        if UNSPACED.search(word):
            for i in range(len(word)):
                found[word[i]] += share
                if i + 1 < len(word):
                    found[word[i : i + 2]] += share
        else:
            found[word] += share
    return found


def table(uses: dict[str, float], floor: float) -> str:
    lines: dict[int, list[str]] = defaultdict(list)
    for word, share in uses.items():
        tenths = round(10 * (math.log10(share) + 9))
        if tenths >= 10 * floor and WORD.fullmatch(word):
            lines[tenths].append(word.casefold().replace("’", "'"))
    return "\n".join(f"{tenths} {' '.join(sorted(lines[tenths]))}" for tenths in sorted(lines, reverse=True))


def main() -> None:
    try:
        from wordfreq import get_frequency_dict
    except ImportError:
        sys.exit("wordfreq is not installed here: pip install wordfreq, then run this again.")
    for language in sorted(LANGUAGES):
        uses = get_frequency_dict(language, "best")
        uses = letters_and_pairs(uses) if language in ("zh", "ja") else uses
        text = table(uses, FLOORS.get(language, USUAL_FLOOR))
        packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
        (TABLES / f"{language}.xz").write_bytes(packed)
        print(f"{language}: {len(text.split())} words, {len(packed) // 1000} kB")


if __name__ == "__main__":
    main()
