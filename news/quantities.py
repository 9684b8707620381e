"""Quantities: the numbers a text counts with, as digits or as words; no dates, years or times of day."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from news.vocabulary import listed


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and where it stands in its text (code points), with a word such as “million” that belongs to it."""

    value: float
    start: int
    end: int
    is_part: bool = False
    """A percentage, or a sum of money: it counts no things."""


def _named(text: str) -> Mapping[str, int]:
    return {
        word.casefold(): int(value) for value, *words in map(str.split, text.strip().splitlines()) for word in words
    }


NUMERALS = _named(
    """
    2 two zwei dos deux due dois duas
    3 three drei tres trois tre três
    4 four vier cuatro quatre quattro quatro
    5 five fünf cinco cinq cinque
    6 six sechs seis sei
    7 seven sieben siete sept sette sete
    8 eight acht ocho huit otto oito
    9 nine neun nueve neuf nove
    10 ten zehn diez dix dieci dez
    11 eleven elf once onze undici
    12 twelve zwölf doce douze dodici doze
    13 thirteen dreizehn trece treize tredici treze
    14 fourteen vierzehn catorce quatorze quattordici
    15 fifteen fünfzehn quince quinze quindici
    16 sixteen sechzehn dieciséis seize sedici dezasseis dezesseis
    17 seventeen siebzehn diecisiete dix-sept diciassette dezassete dezessete
    18 eighteen achtzehn dieciocho dix-huit diciotto dezoito
    19 nineteen neunzehn diecinueve dix-neuf diciannove dezanove dezenove
    20 twenty zwanzig veinte vingt venti vinte
    30 thirty dreißig treinta trente trenta trinta
    40 forty vierzig cuarenta quarante quaranta quarenta
    50 fifty fünfzig cincuenta cinquante cinquanta cinquenta
    60 sixty sechzig sesenta soixante sessanta sessenta
    70 seventy siebzig setenta settanta
    80 eighty achtzig ochenta ottanta oitenta
    90 ninety neunzig noventa novanta
    """
)
"""Numbers written as words. One is left out: it is an article, too, and hardly a figure."""
_SCALES = {
    **dict.fromkeys(listed("hundred hundert cien"), 1e2),
    **dict.fromkeys(listed("thousand tausend mil mille mila тысяч тысячи"), 1e3),
    **dict.fromkeys(
        listed("million millions m mio millionen millón millones milioni milione milhões milhão млн миллионов"), 1e6
    ),
    **dict.fromkeys(
        listed("billion billions bn milliarden milliarde mrd milliard milliards miliardi mlrd млрд миллиардов"), 1e9
    ),
}
MONTHS = listed(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec januar februar märz mai juni juli oktober dezember enero febrero marzo abril mayo junio julio
    agosto septiembre octubre noviembre diciembre janvier février mars avril juin juillet août septembre octobre
    novembre décembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro março
    maio junho julho setembro outubro novembro dezembro января февраля марта апреля мая июня июля августа сентября
    октября ноября декабря
    """
)
_NUMBER = re.compile(r"(?<![\w.,])(?P<digits>\d+(?:[.,’']\d+|[ \u00a0\u202f]\d{3}(?!\d))*)(?P<glued>[^\W\d_]*)")
_WORD = re.compile(r"[^\W\d_]+")
_SPELLED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_NEXT = re.compile(r"[ \u00a0\u202f-]?(?P<word>[^\W\d_]+)")
_BEFORE = re.compile(r"(?P<word>[^\W\d_]+)\.?[ \u00a0]\Z")
_CLOCK = re.compile(
    r"[ \u00a0]?(?:[ap]\.?m\b|uhr\b|o['’]clock|h\b|hrs?\b|часов|ч\.)|[:.]\d\d[ \u00a0]?(?:[ap]\.?m\b|uhr\b)", re.I
)
_MONEY_BEFORE = re.compile(r"(?:[$€£¥₹]|\b(?:us\$|usd|eur|gbp|chf|rs\.?))[ \u00a0]?\Z", re.I)
_PART_AFTER = re.compile(
    r"[ \u00a0\u202f]?(?:%|‰|[€$£¥₹]|per ?cent|percent|prozent|por ciento|pour cent|per cento|por cento|"
    r"(?:dollars?|euros?|pounds?|pence|cents?|francs?|franken|pesos?|rubles?|руб)\b)",
    re.I,
)
_GROUPED = re.compile(r"\d{1,3}(?:([.,’' \u00a0\u202f])\d{3})(?:\1\d{3})*\Z")


def quantities(text: str) -> list[Quantity]:
    """The numbers a text counts with, in order."""
    found = [each for match in _NUMBER.finditer(text) if (each := _from_digits(text, match))]
    if not NUMERALS.keys().isdisjoint(_WORD.findall(text.casefold())):  # most texts spell none
        found += [each for match in _SPELLED.finditer(text) if (each := _from_words(text, match))]
    return sorted(found, key=lambda each: each.start)


def is_about(one: float, other: float) -> bool:
    """Whether two numbers may be the same one, told more and less exactly: 1,786 and 1,800, 312 and 300."""
    if one == other:
        return True
    rough, exact = (one, other) if _figures(one) < _figures(other) else (other, one)
    return min(one, other) >= 100 and _figures(rough) < _figures(exact) and _rounded(exact, _figures(rough)) == rough


def _figures(value: float) -> int:
    """How many digits of a number say something: 1,800 has two."""
    return len(f"{value:.0f}".rstrip("0")) if value == int(value) else len(f"{value:g}".replace(".", ""))


def _rounded(value: float, figures: int) -> float:
    return round(value, figures - 1 - math.floor(math.log10(value))) if value else 0.0


def _from_digits(text: str, match: re.Match[str]) -> Quantity | None:
    digits, glued = match["digits"], match["glued"].casefold()
    if glued and glued not in _SCALES and glued not in ("k",):
        return None  # 20th, 5G, A320
    start, end = match.span()
    value = _value(digits)
    if value is None:
        return None
    if glued:
        value *= _SCALES.get(glued, 1e3)
    elif _is_of_a_calendar(text, start, end, digits):
        return None
    else:
        value, end = _scaled(text, value, end)
    is_part = bool(_MONEY_BEFORE.search(text, max(0, start - 5), start) or _PART_AFTER.match(text, end))
    return Quantity(value, start, end, is_part)


def _value(digits: str) -> float | None:
    if _GROUPED.match(digits):
        return float(re.sub(r"\D", "", digits))
    plain = digits.replace(",", ".")
    return float(plain) if plain.count(".") <= 1 and re.fullmatch(r"[\d.]+", plain) and len(plain) < 16 else None


def _is_of_a_calendar(text: str, start: int, end: int, digits: str) -> bool:
    """Whether a number is a year, a day of a month or a time of day."""
    if digits.isdigit() and len(digits) == 4 and 1800 <= int(digits) <= 2100:
        return True
    if _CLOCK.match(text, end) or text[end : end + 1] in ("/", ":") or text[start - 1 : start] in ("/", ":"):
        return True
    after = _NEXT.match(text, end + 1 if text[end : end + 1] == "." else end)
    names = [found["word"].casefold() for found in (after, _BEFORE.search(text, max(0, start - 16), start)) if found]
    if after and names[0] in ("de",):  # 3 de mayo
        further = _NEXT.match(text, after.end())
        names += [further["word"].casefold()] if further else []
    return len(digits) <= 2 and not MONTHS.isdisjoint(names)


def _scaled(text: str, value: float, end: int) -> tuple[float, int]:
    """The number with a word such as “million” behind it, and where that ends."""
    while (after := _NEXT.match(text, end)) and (scale := _SCALES.get(after["word"].casefold())):
        if after["word"] == "m" and text[end : end + 1] == " ":  # metres
            break
        value, end = value * scale, after.end()
    return value, end


def _from_words(text: str, match: re.Match[str]) -> Quantity | None:
    word = match.group().casefold()
    value = NUMERALS.get(word)
    if value is None and "-" in word:
        tens, _, ones = word.partition("-")
        if NUMERALS.get(tens, 0) >= 20 and (NUMERALS.get(ones, 9) < 10 or ones == "one"):
            value = NUMERALS[tens] + (1 if ones == "one" else NUMERALS.get(ones, 0))
            value = value if ones == "one" or ones in NUMERALS else None
        elif tens in NUMERALS and NUMERALS[tens] < 20:  # eight-day
            return Quantity(NUMERALS[tens], match.start(), match.start() + len(tens))
    if value is None:
        return None
    start, end = match.span()
    if _CLOCK.match(text, end):
        return None
    scaled, end = _scaled(text, float(value), end)
    return Quantity(scaled, start, end, bool(_PART_AFTER.match(text, end)))
