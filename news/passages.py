"""Passages: the sentences of an article that can stand alone, freed of the page's furniture."""

from __future__ import annotations

import re

from news.article import Entry
from news.sentences import Sentence, split
from news.vocabulary import length, words

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
    re.I,
)
_BYLINE = re.compile(
    r"(?:by|von|por|par|di|автор|text|texto)\b[.:]?\s+(?P<names>[^.!?]{2,120})[.]?\Z|"
    r".{2,40}\b(?:for (?:mail ?online|the daily mail)|correspondent|reporter|desk)\.?\Z",
    re.I,
)
_FURNITURE = re.compile(
    r"[\W_]*(?:image credits?|photo(?:graph)? ?(?:credits?|by|:)|picture:|credit:|getty images|related posts?|"
    r"read more|more on this|see also|also read|click here|tap here|sign up|subscribe|follow us|share this|"
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
_CAPTION = re.compile(
    r"\((?:left|right|cent(?:re|er))\).*\((?:left|right|cent(?:re|er))\)|\b(?:is|are) (?:seen )?pictured\b|"
    r"\(l-r\)|\bl-r\b|, (?:far )?(?:left|right|centre|center),|"
    r"\bfrom (?:left|l) to (?:right|r)\b",
    re.I,
)
_READ = 60_000
"""Code points of a text that are looked at; what follows brings nothing new."""
_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।", "॥", "։", "။", "។")
_CLOSERS = "\"'”’“»›)]」』】》"
_SHORTEST, _LONGEST = 4, 60
"""Words of a passage; two letters of an unspaced script count as one."""
_WIDEST = 600
"""Code points of a passage: words without end make no line of a digest."""


def _dateline_end(text: str) -> int:
    """How much of a sentence's beginning is a dateline (OSLO, 3 May (Wire) --)."""
    if lone := _LONE_AGENCY.match(text):
        dash = _DASH.match(text, lone.end())
        return dash.end() if dash else lone.end()
    dash = _DASH.search(text, 0, 90)
    if dash is None:
        return 0
    head = text[: dash.start()]
    place = re.sub(r"\([^()]*\)", "", head).split(",")[0].strip()
    shouted = len(place) > 2 and place.isupper() and dash.group().strip() != ":" and len(place.split()) < 5
    named = _AGENCY.search(head) is not None and len(head.split()) < 10
    return dash.end() if shouted or named or _PLACE_AND_DAY.match(head) else 0


def _is_byline(text: str) -> bool:
    match = _BYLINE.match(text)
    if match is None or len(text.split()) > 12:
        return False
    names = match.group("names")
    return names is None or sum(word[:1].isupper() for word in names.split()) * 2 > len(names.split())


def _is_furniture(text: str) -> bool:
    return bool(
        _FURNITURE.match(text)
        or _STAMP.search(text[:160])
        or _LABEL.match(text)
        or _CAPTION.search(text)
        or _is_byline(text)
    )


def _makes_sense(text: str) -> bool:
    """Whether this reads as a whole sentence: words, mostly letters, not one word over and over."""
    if len(text) > _WIDEST or not _SHORTEST <= length(text) <= _LONGEST:
        return False
    bare = text.rstrip(_CLOSERS)
    if not bare.endswith(_ENDS) or bare.endswith(("...", "…")) or bare[:-1].rstrip().endswith(":"):
        return False
    found = [word.casefold() for word in words(text)]
    numbers = sum(word[0].isdigit() for word in found)
    return numbers * 5 < len(found) * 2 and len(set(found)) * 2 > len(found) and not text.isupper()


def passages(entry: Entry) -> list[Sentence]:
    """Whole sentences of `entry.text`, in order and with their places in it.

    Bylines, datelines, PUBLISHED and UPDATED lines, captions, and the page's
    furniture are left out; so is what a source cut short with an ellipsis.
    """
    found: list[Sentence] = []
    standfirst_end = len(entry.standfirst or "")
    for sentence in split(entry.text[:_READ]):
        cut = _dateline_end(sentence.text)
        text = MARK.sub("", sentence.text[cut:])
        start = sentence.end - len(text)
        as_read = text + "." if sentence.end == standfirst_end else text
        if not _is_furniture(text) and _makes_sense(as_read):
            found.append(Sentence(text, start, sentence.end))
    return found
