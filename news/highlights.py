"""Highlights: the list with which a publisher sums an article up, where it stands in the article's text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from news.appeals import is_appeal
from news.article import Entry
from news.furniture import is_furniture
from news.vocabulary import content, length, words

_HEADING = re.compile(
    r"(?:(?:key|main|top|quick) (?:points?|takeaways?|highlights?|facts|read)|highlights|takeaways|summary|"
    r"(?:in|story) (?:short|brief|highlights)|at a glance|what to know|the essentials|tl;?dr|auf einen blick|"
    r"das wichtigste(?: in kürze)?|in kürze|zusammenfassung|en bref|l['’]essentiel|puntos clave|claves|"
    r"en resumen|lo esencial|öne çıkanlar|मुख्य बातें|أبرز النقاط|핵심 요약|"
    r"in breve|punti chiave|em resumo|pontos[- ]chave|in het kort|кратко|главное|коротко|najważniejsze|要点|ポイント)",
    re.IGNORECASE,
)
_MARKED = re.compile(r"(?:[•‣▪●◦■►▶➤]|[*–-](?=\s))\s*(?=\w|[\"“„«¿¡(])")
_LINE = re.compile(r"[^\n\r]*\S[^\n\r]*")
_LINES = 40
"""Lines of a text that are looked at."""
_MOST_ABOVE, _LONGEST_ABOVE = 5, 40
"""Lines above a list that has no heading, and words of each: headline, byline, stamp, standfirst."""
_FEWEST, _MOST_ITEMS = 2, 7
_SHORTEST, _LONGEST, _ON_AVERAGE = 3, 45, 5
"""Words of an item."""
_TOLD = 0.5
"""The share of an item's content that the article tells as well; what tells less leads to other articles."""
_PROSE = 12
"""Words of a line that is no heading and no item."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A line of the list, without its mark; it stands at `[start:end]` of the entry's text."""

    text: str
    start: int
    end: int


def opens_highlights(line: str) -> bool:
    """Whether a line is a heading over such a list: `Key points`."""
    return len(line) <= 60 and bool(_HEADING.fullmatch(line.strip(" \t.…:：!?*_#-–—|·»>→[]()")))


def highlights(entry: Entry) -> list[Highlight]:
    """The publisher's own summary of the article: the list that stands above it, in order; else none."""
    for above, found, below in _lists(entry.text):
        is_headed = bool(above) and opens_highlights(above[-1])
        is_early = len(above) <= _MOST_ABOVE and all(length(line) <= _LONGEST_ABOVE for line in above)
        if (is_headed or is_early) and _sums_up(found, f"{entry.headline}\n{below}"):
            return found
    return []


def _lists(text: str) -> Iterator[tuple[list[str], list[Highlight], str]]:
    """Each list among the first lines: the lines above it, its items, and the text below."""
    above: list[str] = []
    found: list[Highlight] = []
    for number, match in enumerate(_LINE.finditer(text)):
        line = match.group().rstrip()
        start = match.start() + len(line) - len(line.lstrip())
        mark = _MARKED.match(line.lstrip())
        if mark:
            start += mark.end()
            found.append(Highlight(text[start : match.start() + len(line)], start, match.start() + len(line)))
        elif found:
            yield above, found, text[match.start() :]
            return
        else:
            above.append(line.strip())
        if number == _LINES:
            return


def _sums_up(found: list[Highlight], told: str) -> bool:
    """Whether items are whole, of the length of a summary's, and told by the article as well."""
    sizes = [length(each.text) for each in found]
    if not _FEWEST <= len(found) <= _MOST_ITEMS or sum(sizes) < _ON_AVERAGE * len(sizes):
        return False
    if not all(_SHORTEST <= size <= _LONGEST for size in sizes) or length(told[:1_000]) < _PROSE:
        return False
    if any(is_furniture(each.text) or is_appeal(each.text, words(each.text)) for each in found):
        return False
    known = set(content(told[:20_000]))
    for said in (content(each.text) for each in found):
        if not said or sum(stem in known for stem in said) < _TOLD * len(said):
            return False
    return not any(each.text.endswith(("?", ":", "…", "...")) for each in found)
