"""Datelines: what stands before the first word of an article's sentence and is not said by it."""

from __future__ import annotations

import re

MONTHS = (
    r"jan|feb|mär|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|"
    r"янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|"
    r"जनवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर"
)
"""How the names of months begin."""
_DASH = re.compile(r"\s?(?:--|[–—])\s?|\s-\s|\.\s?-\s|:\s")
_DASHES = re.compile("[-–—:]")
_AGENCY = re.compile(r"\([^()\n]{2,40}\)\s*\Z")
_LONE_AGENCY = re.compile(r"\([A-Z][\w .&/-]{1,30}\)\s*")
_PLACE_AND_DAY = re.compile(rf"[^\d]{{2,40}},\s*\d{{1,2}}\.?\s+(?:{MONTHS})\w*\.?(?:\s+\d{{4}})?\s*\Z", re.I)
_ONLY_PLACE_AND_DAY = re.compile(
    rf"[^\d]{{2,40}},?\s*\d{{1,2}}\.?\s+(?:{MONTHS})\w*\s*[(（][^()（）]{{2,30}}[)）]\W*", re.I
)
_PLACE_DAY_AGENCY = re.compile(
    rf"[^\d()（）,]{{2,30}},\s*(?:\d{{1,2}}\.?\s+(?:{MONTHS})\w*|(?:{MONTHS})\w*\.?\s+\d{{1,2}})\.?(?:,?\s+\d{{4}})?,?\s*"
    r"[(（][^()（）\d]{2,30}[)）]\W*(?=(?-i:[^\Wa-zß-öø-ÿа-яё\d_]))",
    re.I,
)
"""As Indian agencies open, without a dash: Mumbai, Jul 12 (PTI)"""
PLACE_BEFORE_COLON = re.compile(
    r"(?!(?:WATCH|VIDEO|LISTEN|PHOTOS?|PICTURED?|READ|LIVE|FILE|SEE|NOTE|EDITOR|REVIEW|OPINION|QUESTION|ANSWER)\b)"
    r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ .'’/-]{2,24}:\s+(?=[“\"]?[^\Wa-zß-öø-ÿ_])"
)
"""As Indian papers open a text: KOCHI: Customs officials arrested …"""
_SPEAKER = re.compile(r"^\W{0,3}[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ .'’-]{1,30}(?:, [^:\n]{2,40})?:(?=\s)", re.M)
_PLACE_ALONE = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){0,2}(?:, [^\W\d_]+\.?)?\Z")
_CHINESE = re.compile(
    r"[^\s，。：:]{0,8}[社网報报台讯][^\s，。]{0,8}\d{1,2}月\d{1,2}日[电電讯訊]\s*(?:[（(][^（()）]{1,30}[）)])?"
)
_KOREAN = re.compile(r"\([^()\n=]{1,20}=[^()\n]{1,20}\)\s*(?:[가-힣 ·,]{2,20}\s(?:기자|특파원)\s?=\s*)?")
_ARABIC = re.compile(r"(?:[\u0621-\u06ff]+ ?){1,3}[-–—] ?(?:[\u0621-\u06ff]+ ?){1,3}[-–—:] ?")
"""A place and an agency: القاهرة - رويترز -"""
_BRACKETED = re.compile(r"\[[^\[\]\n]{2,40}\]\s*(?=\w)|【[^【】\n]{1,20}】")
_DIGIT = re.compile(r"\d")
_CLOCK = r"\d{1,2}\s?[:.]\s?\d{2}(?:\s?[:.]\s?\d{2})?"
_DAY = (
    rf"(?:\d{{1,4}}\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?\d{{1,4}}|\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:{MONTHS})\w*\.?,?\s+\d{{4}}|"
    rf"(?:{MONTHS})\w*\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\s?,?\s+\d{{4}})"
)
_BESIDE = (
    r"(?:[\s,|@·/–—-]|\b(?:at|um|uhr|a las|в|[ap]\.?\s?m)\b\.?|"
    r"(?-i:[AP]M(?=[A-Z])|\b(?:[A-Z]{0,2}[DS]?T|GMT|UTC|MEZ)\b))*"
)
_STAMP = re.compile(
    rf"(?:(?-i:By|BY|Von|Por|Par)\s(?:[^\W\d_][\w.'’-]*?[ ,|·]{{0,3}}){{1,5}})?"
    rf"\W*(?:(?:published|updated|posted|stand|publicado|actualizado)\W+)?(?:\w{{3,9}}\s?,\s?)?{_DAY}{_BESIDE}{_CLOCK}{_BESIDE}"
    r"(?=[^\W\d_])",
    re.I,
)
_TICKER = re.compile(
    r"(?:[01]?\d|2[0-3])(?:"
    r"[:.][0-5]\d\s?(?:[ap]\.?m\b\.?|(?i:uhr)\b|(?:[BC]?E?[SD]?T|GMT|UTC|MEZ|h(?:rs)?)\b)(?:\s?[:|–—-]\s?|\s+)|"
    r":[0-5]\d(?:\s?[:|–—-]\s|\s+(?=(?:The|A|An|El|La|Los|Las|Le|Les|Der|Die|Das|Ein|Eine)\b)))"
    r"(?=[“\"«„]?[^\Wa-zß-öø-ÿа-яё\d_])"
)
"""The time at which a live blog or a log says something."""
_SHOUTED = re.compile(
    r"(?:[A-ZÀ-ÖØ-ÞА-ЯЁ]{2,}(?:[’'][A-Z]{1,2})?(?:[:;]?\s|\s?[–-]\s?)|[AI]\s){4,}"
    r"(?=[“\"]?(?:[A-ZÀ-ÖØ-ÞА-ЯЁ][a-zß-öø-ÿа-яё]|A [a-z]))"
)
"""A title in capitals that a page glued to the first sentence."""


def end_of_opening(text: str, *, is_first: bool) -> int:
    """Where a sentence begins behind its dateline (OSLO, 3 May (Wire) --), stamp or label; 0 where it has none.

    `is_first` says that it is the first of its text: there a place alone may stand before a dash.
    """
    opening = (
        (_DIGIT.search(text, 0, 24) and (_STAMP.match(text, 0, 100) or _ONLY_PLACE_AND_DAY.fullmatch(text[:100])))
        or (text[0].isdigit() and _TICKER.match(text, 0, 40))
        or (is_first and _DIGIT.search(text, 0, 40) and _PLACE_DAY_AGENCY.match(text, 0, 120))
        or (text[0] in "[【" and _BRACKETED.match(text))
        or ("月" in text[:30] and _CHINESE.match(text))
        or (text[0] == "(" and _KOREAN.match(text))
        or (is_first and "\u0620" < text[0] < "\u0700" and _ARABIC.match(text, 0, 60))
        or (text[:1].isupper() and _SHOUTED.match(text, 0, 160))
    )
    if opening:
        return opening.end()
    if lone := _end_of_agency(text, 0):
        return lone
    dash = _DASH.search(text, 0, 90) if _DASHES.search(text, 0, 90) else None
    if dash is None or text[dash.end() : dash.end() + 1].islower():
        return 0
    if not _is_dateline(text, dash, is_first=is_first):
        return 0
    return _end_of_agency(text, dash.end()) or dash.end()


def is_transcript(text: str) -> bool:
    """Whether lines begin with who speaks, so that a name before a colon is no place."""
    return len(_SPEAKER.findall(text)) > 1


def _end_of_agency(text: str, start: int) -> int:
    """Where a sentence goes on behind an agency in brackets that stands here, and its dash; 0 where none does."""
    lone = _LONE_AGENCY.match(text, start)
    dash = _DASH.match(text, lone.end()) if lone else None
    return dash.end() if dash else lone.end() if lone else 0


def _is_dateline(text: str, dash: re.Match[str], *, is_first: bool) -> bool:
    """Whether a place, an agency or a day stands before this dash."""
    head = text[: dash.start()]
    place = re.sub(r"\([^()]*\)", "", head).split(",")[0].strip()
    if place.split()[:1] in (["A"], ["AN"], ["An"]):
        return False
    if len(place) > 2 and place.isupper() and dash.group().strip() != ":" and len(place.split()) < 5:
        return True
    if (_AGENCY.search(head) is not None and len(head.split()) < 10) or _PLACE_AND_DAY.match(head):
        return True
    if not is_first or dash.group().strip() not in ("-", "--", "–", "—") or not dash.group().startswith(" "):
        return False
    is_alone = _PLACE_ALONE.match(head) is not None and all(word[:1].isupper() for word in head.split())
    return is_alone and _DASH.search(text, dash.end()) is None
