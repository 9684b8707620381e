"""Dates as newspapers write them, found inside a line and told in ISO 8601."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale

# The order decides what a name means that is another month elsewhere: `listopad`
# is November in Poland and Czechia, October in Croatia.
MONTH_LANGUAGES = (
    "en de fr es it pt nl ru uk pl cs sk sv da nb fi et lv lt hu ro bg sr hr sl mk el tr az id ms vi ca gl eu "
    "ar fa he hi bn mr ta te ur sw af is sq hy ka kk uz mn th am"
)
EXTRA_MONTHS = {"sept": 9, "janv": 1, "févr": 2, "märz": 3, "maerz": 3, "set": 9}

# Only names that mean one offset. IST, CST, BST and AST mean several.
OFFSETS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WAT": 1, "CET": 1, "MEZ": 1, "WEST": 1, "CEST": 2, "MESZ": 2,
    "CAT": 2, "SAST": 2, "EET": 2, "EEST": 3, "MSK": 3, "МСК": 3, "EAT": 3, "TRT": 3, "PKT": 5, "WIB": 7, "ICT": 7,
    "SGT": 8, "HKT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "WITA": 8, "JST": 9, "KST": 9, "WIT": 9, "AEST": 10,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,
    "PDT": -7, "BRT": -3, "ART": -3,
}  # fmt: skip
ZONES = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
UNTOLD = ("IST", "CST", "BST", "AST", "NPT", "NST", "HST", "AKST", "WST", "ACST", "ACDT", "LOCAL TIME")

DAY = r"(?<!\d)(?P<day>\d{1,2})"
YEAR = r"(?P<year>(?:19|20)\d\d)"
NUMERIC = (
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d(?!\d:))"),
    re.compile(r"(?P<year>(?:19|20)\d\d)\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"),
    re.compile(rf"{DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{YEAR}"),
    re.compile(r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d\d)(?![\d.])"),
    re.compile(rf"{DAY}([-/])(?P<month>\d{{1,2}})\2{YEAR}"),
)
AMBIGUOUS = NUMERIC[-1]
# A section may stick to it, "6:59 AMworld"; a section may also begin like it.
MERIDIEM = r"(?P<half>(?i:am(?!eri[ck]|sterdam|azon)|pm|[ap]\.\s?m\.?))"
TIME = re.compile(
    rf"(?P<early>上午|下午|오전|오후)?\s?(?P<hour>[01]?\d|2[0-4])\s?(?:[:：.hH時时시]|Uhr)\s?"
    rf"(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?\s?[分분]?(?!\d)\s?(?:Uhr|hrs?|ч\.?)?\s?{MERIDIEM}?"
)
HOUR_ALONE = re.compile(rf"(?<!\d)(?P<hour>1[0-2]|0?[1-9])\s?{MERIDIEM}")
ZONE = re.compile(
    r"\s?\(?(?:(?P<offset>(?:UTC|GMT)?\s?[+\-−]\d{1,2}(?::?\d{2})?)|(?P<name>"
    + "|".join(sorted((*OFFSETS, *ZONES, *UNTOLD), key=len, reverse=True))
    + r")(?![A-Z]))\)?"
)
WEEKDAY = re.compile(r"[^\W\d_]{2,}\.?,?\s*$")
BETWEEN = re.compile(
    r"^[\s,;·•|@/T–—-]*(?:(?:at|um|às|a las|alle|à|kl\.?|o godz\.|в|om|at about)\s+)?[\s]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Found:
    """A date at `start` to `end` of a line. `published` is None where its order is anyone's guess."""

    published: str | None
    start: int
    end: int


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    names = dict(EXTRA_MONTHS)
    for language in MONTH_LANGUAGES.split():
        for form in Locale(language).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in form[width].items():
                    bare = name.lower().rstrip(".")
                    if len(bare) > 2 and not any(c.isdigit() for c in bare):
                        names.setdefault(bare, number)
    return names


@lru_cache(maxsize=1)
def _named() -> tuple[re.Pattern[str], ...]:
    month = "(?P<month>" + "|".join(map(re.escape, sorted(_months(), key=len, reverse=True))) + r")\.?"
    of = r"(?:\s*(?:de|del|of|d['’]|ng)\s+|[\s\-/.,]*)"
    return (
        re.compile(rf"{month}\s*{DAY}(?:st|nd|rd|th)?(?:\s*,\s*|\s+){YEAR}", re.IGNORECASE),
        re.compile(rf"{DAY}(?:st|nd|rd|th|er|º|ª|\.|-а|-го)?{of}{month}{of}{YEAR}", re.IGNORECASE),
        re.compile(rf"{YEAR}\.?[\s,]*{month}[\s,]*{DAY}", re.IGNORECASE),
    )


def find_date(line: str) -> Found | None:
    """The first date in `line`, with the time and zone that stand beside it.

    `published` has no offset where no zone is named, no time where none is given, and
    is None for dates such as 02/11/2024, which are two days at once.
    """
    # Digits of other scripts, one for one, so that offsets hold.
    line = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in line)
    found = [match for pattern in (*NUMERIC, *_named()) if (match := pattern.search(line))]
    for match in sorted(found, key=lambda match: (match.start(), -match.end())):
        day = _day(match)
        if day is not None:
            return _with_time(line, match, day)
    return None


def _day(match: re.Match[str]) -> datetime | None:
    year, name, day = match["year"], match["month"], int(match["day"])
    month = int(name) if name.isdigit() else _months()[name.lower()]
    if match.re is AMBIGUOUS and month > 12:
        day, month = month, day
    try:
        return datetime(int(year) if len(year) == 4 else 2000 + int(year), month, day)  # noqa: DTZ001
    except ValueError:
        return None


def _with_time(line: str, match: re.Match[str], day: datetime) -> Found:
    start, end = match.span()
    is_guess = match.re is AMBIGUOUS and day.day <= 12 and day.day != day.month
    gap = BETWEEN.match(line[end:])
    at = end + (gap.end() if gap else 0)
    time = TIME.match(line, at) or HOUR_ALONE.match(line, at)
    clock, zone = None, None
    if time:
        clock, end = _clock(time), time.end()
        # Twice: "IST (GMT+5:30)" names one zone two ways, of which one may tell.
        for _ in range(2):
            if zone_match := ZONE.match(line, end):
                end = zone_match.end()
                zone = zone or _zone(zone_match, day)
    else:
        before = [found for found in TIME.finditer(line, 0, start) if not line[found.end() : start].strip(" ,·|–—-")]
        if before:
            clock, start = _clock(before[-1]), before[-1].start()
    weekday = WEEKDAY.search(line[:start])
    if weekday and _is_weekday(weekday[0]):
        start = weekday.start()
    if is_guess:
        return Found(None, start, end)
    if clock is None:
        return Found(day.date().isoformat(), start, end)
    return Found((day + clock).replace(tzinfo=zone).isoformat(), start, end)


def _clock(time: re.Match[str]) -> timedelta | None:
    parts = time.groupdict()
    hour, half = int(parts["hour"]), (parts.get("half") or "")[:1].lower()
    early = parts.get("early")
    half = {"上午": "a", "오전": "a", "下午": "p", "오후": "p"}.get(early or "", half)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return timedelta(hours=hour, minutes=int(parts.get("minute") or 0), seconds=int(parts.get("second") or 0))


def _zone(match: re.Match[str], day: datetime) -> tzinfo | None:
    name = match["name"]
    if name in ZONES:
        return timezone(day.replace(tzinfo=ZoneInfo(ZONES[name]), hour=12).utcoffset() or timedelta())
    if name:
        return timezone(timedelta(hours=OFFSETS[name])) if name in OFFSETS else None
    digits = re.sub(r"[^\d+\-−:]", "", match["offset"])
    sign = -1 if digits[0] in "-−" else 1
    hours, _, minutes = digits[1:].partition(":")
    if len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(sign * offset) if offset <= timedelta(hours=14) else None


@lru_cache(maxsize=1)
def _weekdays() -> frozenset[str]:
    return frozenset(
        name.lower().rstrip(".")
        for language in MONTH_LANGUAGES.split()
        for form in Locale(language).days.values()
        for width in ("wide", "abbreviated")
        for name in form[width].values()
    )


def _is_weekday(word: str) -> bool:
    return word.strip().rstrip(",").rstrip(".").lower() in _weekdays()
