"""Passages: the sentences of an article that can stand alone, freed of the page's furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from news.article import Entry
from news.sentences import each
from news.vocabulary import is_spaced, length, words

MARK = re.compile(r"\A\s*(?:[•◦▪|]\s*|[*·–—-]\s+)*")
"""Marks that open a line of a list."""
_MONTHS = (
    r"jan|feb|mär|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|"
    r"янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек"
)
_DASH = re.compile(r"\s?(?:--|[–—])\s?|\s-\s|\.\s?-\s|:\s")
_AGENCY = re.compile(r"\([^()\n]{2,40}\)\s*\Z")
_LONE_AGENCY = re.compile(r"\([A-Z][\w .&/-]{1,30}\)\s*")
_PLACE_AND_DAY = re.compile(rf"[^\d]{{2,40}},\s*\d{{1,2}}\.?\s+(?:{_MONTHS})\w*\.?(?:\s+\d{{4}})?\s*\Z", re.I)
_STAMP = re.compile(
    r"\b(?:published|updated|last updated|posted|created|veröffentlicht|aktualisiert|stand|publicado|"
    r"actualizado|publié|mis à jour|pubblicato|aggiornato|опубликовано|обновлено)\b.{0,3}(?::|\bat\b|\d)|"
    rf"\A.{{0,24}}\b\d{{1,2}}[:.]\d{{2}}\b.{{0,20}}\b(?:{_MONTHS})\w*\.?.{{0,12}}\Z",
)
"""In lower case."""
_BYLINE = re.compile(
    r"(?:by|von|por|par|di|автор|text|texto)\b[.:]?\s+(?P<names>[^.!?]{2,120})[.]?\Z|"
    r".{2,40}\b(?:for (?:mail ?online|the daily mail)|correspondent|reporter|desk)\.?\Z",
    re.I,
)
_FURNITURE = re.compile(
    r"[\W_]*(?:image credits?|photo(?:graph)? ?(?:credits?|by|:)|picture:|credit:|getty images|related posts?|"
    r"read more|more on this|see also|also read|click here|tap here|sign up|subscribe|follow us|share this|"
    r"e-?mail to a friend|"
    r"(?:video\W+)?scroll down|advertis|all rights reserved|copyright|©|this article (?:was|first|originally)|"
    r"newsletter|(?:video|watch|listen)\b\W*(?::|scroll)|"
    r"cookies?\b|for confidential support|do you know more|have a story|"
    r"lea también|lee también|te puede interesar|suscríb|foto:|imagen:|publicidad|todos los derechos|"
    r"lesen sie|mehr zum thema|auch interessant|anzeige|newsletter|bild:|abonnieren|alle rechte|"
    r"à lire aussi|lire aussi|abonnez|publicité|leia também|leia mais|leggi anche|iscriviti|"
    r"читайте также|подпи[сш]|реклама|фото:|все права|اقرأ أيضا|تابعنا|यह भी पढ़ें|और पढ़ें|相关阅读|延伸阅读|责任编辑)",
    re.I,
)
_LABEL = re.compile(r"[^\s:]+(?:\s[^\s:]+){0,5}:\s+[^\Wa-zа-я\d_]")
"""A caption: up to six words, a colon, and a capital."""
_STAMP_HINTS = (
    *("publi", "pubbl", "updated", "posted", "created", "veröff", "aktual", "stand", "actualiz", "mis à", "aggior"),
    *("опубл", "обновл"),
)
"""Every line with a stamp has a digit near its beginning, or one of these; most lines have neither."""
_CAPTION_HINTS = ("left", "right", "cent", "l-r", "pictured", " to r")
_CAPTION = re.compile(
    r"\((?:left|right|cent(?:re|er))\).*\((?:left|right|cent(?:re|er))\)|\b(?:is|are) (?:seen )?pictured\b|"
    r"\(l-r\)|\bl-r\b|, (?:far )?(?:left|right|centre|center),|"
    r"\bfrom (?:left|l) to (?:right|r)\b"
)
"""In lower case."""
_READ = 60_000
"""Code points of a text that are looked at; what follows brings nothing new."""
_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।", "॥", "։", "။", "។")
_DASHES = re.compile("[-–—:]")
_CLOSERS = "\"'”’“»›)]」』】》"
_DIGIT = re.compile(r"\d")
_SHORTEST, _LONGEST = 4, 60
"""Words of a passage; two letters of an unspaced script count as one."""
_WIDEST = 600
"""Code points of a passage: words without end make no line of a digest."""


def _dateline_end(text: str) -> int:
    """How much of a sentence's beginning is a dateline (OSLO, 3 May (Wire) --)."""
    if lone := _LONE_AGENCY.match(text):
        dash = _DASH.match(text, lone.end())
        return dash.end() if dash else lone.end()
    dash = _DASH.search(text, 0, 90) if _DASHES.search(text, 0, 90) else None
    if dash is None:
        return 0
    head = text[: dash.start()]
    place = re.sub(r"\([^()]*\)", "", head).split(",")[0].strip()
    shouted = len(place) > 2 and place.isupper() and dash.group().strip() != ":" and len(place.split()) < 5
    named = _AGENCY.search(head) is not None and len(head.split()) < 10
    return dash.end() if shouted or named or _PLACE_AND_DAY.match(head) else 0


def _is_byline(text: str) -> bool:
    # Counting words first is cheaper: nearly every sentence has more.
    match = _BYLINE.match(text) if len(text.split()) <= 12 else None
    if match is None:
        return False
    names = match.group("names")
    return names is None or sum(word[:1].isupper() for word in names.split()) * 2 > len(names.split())


def _is_furniture(text: str) -> bool:
    lowered = text.casefold()
    opening = lowered[:160]
    return bool(
        "•" in text
        or _FURNITURE.match(text)
        or ((_DIGIT.search(opening, 0, 32) or any(hint in opening for hint in _STAMP_HINTS)) and _STAMP.search(opening))
        or (":" in text and _LABEL.match(text))
        or (any(hint in lowered for hint in _CAPTION_HINTS) and _CAPTION.search(lowered))
        or _is_byline(text)
    )


@dataclass(frozen=True, slots=True)
class Passage:
    """A whole sentence: `text` ends where `[start:end]` of the entry's text does, and is all of it but for marks."""

    text: str
    start: int
    end: int
    words: tuple[str, ...]
    """As written; scripts without spaces give pairs of letters."""
    length: int
    """Words a reader reads, see `news.vocabulary.length`."""

    @property
    def folded(self) -> list[str]:
        """The words in the form they are compared in."""
        return [word.casefold().replace("’", "'") for word in self.words]


def _is_whole(text: str) -> bool:
    """Whether a sentence has an end, and not one that says something is missing."""
    bare = text.rstrip(_CLOSERS)
    return bare.endswith(_ENDS) and not bare.endswith(("...", "…")) and not bare[:-1].rstrip().endswith(":")


def _makes_sense(text: str, found: Sequence[str]) -> bool:
    """Whether a line of these words reads as prose: mostly letters, not one word over and over."""
    numbers = sum(map(str.isdigit, map(itemgetter(0), found)))
    return numbers * 5 < len(found) * 2 and len({*map(str.casefold, found)}) * 2 > len(found) and not text.isupper()


def _passages(entry: Entry) -> Iterator[Passage]:
    standfirst_end = len(entry.standfirst or "")
    for sentence in each(entry.text[:_READ]):
        cut = _dateline_end(sentence.text)
        text = MARK.sub("", sentence.text[cut:])
        as_read = text + "." if sentence.end == standfirst_end else text
        if len(text) > _WIDEST or not _is_whole(as_read) or _is_furniture(text):
            continue
        found = tuple(words(text))
        size = len(found) if is_spaced(text) else length(text)
        if _SHORTEST <= size <= _LONGEST and _makes_sense(text, found):
            yield Passage(text, sentence.end - len(text), sentence.end, found, size)


def passages(entry: Entry, most: int | None = None) -> list[Passage]:
    """Whole sentences of `entry.text`, in order and with their places in it; the first `most` where it is given.

    Bylines, datelines, PUBLISHED and UPDATED lines, captions, and the page's
    furniture are left out; so is what a source cut short with an ellipsis.
    """
    return list(islice(_passages(entry), most))
