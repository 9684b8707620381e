"""Dates an article contradicts: no bullet repeats one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from news.article import Entry
from news.vocabulary import MONTHS

Doubt = Callable[[str], bool]

_NUMBERS = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_NAMED = "|".join(f"{name[:3]}(?:{name[3:]}|t)?" if len(name) > 3 else name for name in MONTHS)
_DATE = re.compile(
    rf"\b(?:(?P<month>{_NAMED})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>(?:19|20)\d\d)|"
    rf"(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?P<month2>{_NAMED})\.?,? (?P<year2>(?:19|20)\d\d)|"
    r"(?P<year3>(?:19|20)\d\d)-(?P<month3>\d\d)-(?P<day3>\d\d))\b",
    re.I,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_READ = 60_000
_THESE_DAYS = 31
"""Days around the same day of another year that make a date look like one of these days."""


def _dates(text: str) -> list[date]:
    """The full dates of a text, in English or as 2024-11-02; what is no date of the calendar is passed over."""
    found = []
    for year in _YEAR.finditer(text):
        match = _DATE.search(text, max(0, year.start() - 24), year.end() + 6)
        if match is None:
            continue
        of_year, month, day = (
            match[name] or match[f"{name}2"] or match[f"{name}3"] for name in ("year", "month", "day")
        )
        number = int(month) if month.isdigit() else _NUMBERS[month[:3].lower()]
        try:
            found.append(date(int(of_year), number, int(day)))
        except ValueError:
            continue
    return found


def _contradict(one: date, other: date) -> bool:
    """Whether two dates are about a year apart: the same days, and one year wrong."""
    return abs(abs((one - other).days) - 365.25) <= _THESE_DAYS


def doubts(entry: Entry) -> Doubt:
    """Whether a line has a date about a year off the day the article came out, or off its other dates.

    It may be an anniversary; that costs a bullet, while a wrong year told on would be a false claim.
    """
    known = _dates((entry.published or "")[:10])
    told = _dates(entry.text[:_READ])
    doubtful = {one for one in told if any(_contradict(one, other) for other in known)}
    if not known:
        doubtful = {one for one in told if any(one != other and _is_same_day(one, other) for other in told)}
    return lambda line: bool(doubtful) and any(one in doubtful for one in _dates(line))


def _is_same_day(one: date, other: date) -> bool:
    return (one.month, one.day) == (other.month, other.day) and abs(one.year - other.year) == 1
