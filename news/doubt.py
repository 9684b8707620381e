"""Dates an article contradicts: no bullet repeats one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from news.article import Entry
from news.vocabulary import MONTHS

Doubt = Callable[[str], bool]

_NUMBERS = {name: number for number, names in enumerate(MONTHS, 1) for name in names.split()}
_NAMED = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_DATE = re.compile(
    r"(?:\b|(?-i:(?<=[a-z])(?=[A-Z])))(?:"
    rf"(?P<month>{_NAMED})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>(?:19|20)\d\d)\b|"
    rf"(?P<day2>\d{{1,2}})(?:st|nd|rd|th|er|[.º°])? (?:de |of )?(?P<month2>{_NAMED})[.,]?(?: del?)? "
    r"(?P<year2>(?:19|20)\d\d)\b|"
    r"(?P<year3>(?:19|20)\d\d)-(?P<month3>\d\d)-(?P<day3>\d\d)\b|"
    r"(?P<day4>\d{1,2})\. ?(?P<month4>\d{1,2})\. ?(?P<year4>(?:19|20)\d\d)\b|"
    r"(?P<year5>(?:19|20)\d\d)年(?P<month5>\d{1,2})月(?P<day5>\d{1,2})日)",
    re.I,
)
_STAMPED = re.compile(
    r"^\W*(?:(?:last|first|originally|zuletzt|article|date)\W+)*(?:published|updated|posted|created|veröffentlicht|"
    r"aktualisiert|stand|publicado|actualizado|publié|mis à jour|pubblicato|aggiornato|gepubliceerd|опубликовано|"
    r"обновлено|تاريخ النشر|发布时间|发布于|更新)\b.{0,80}$|"
    r"^.{0,60}\b(?:19|20)\d\d.{1,6}\b\d{1,2}:\d\d.{0,20}$",
    re.I | re.M,
)
"""A line that says when the article came out, or has a date and a time of day and little else."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_READ, _MOST_DATES = 60_000, 200
_THESE_DAYS = 31
"""Days around the same day of another year that make a date look like one of these days."""


def _dates(text: str) -> list[date]:
    """The full dates of a text, with a month's name or as 2024-11-02; what is no day of a calendar is passed over."""
    found = []
    for year in _YEAR.finditer(text):
        match = _DATE.search(text, max(0, year.start() - 30), year.end() + 7)
        if match is None:
            continue
        of_year, month, day = (
            next(filter(None, (match[name + form] for form in ("", "2", "3", "4", "5"))))
            for name in ("year", "month", "day")
        )
        number = int(month) if month.isdigit() else _NUMBERS[month.lower()]
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
    text = entry.text[:_READ]
    if not (told := list(dict.fromkeys(_dates(text)))[:_MOST_DATES]):
        return lambda _: False
    known = _dates((entry.published or "")[:10]) or [day for line in _STAMPED.findall(text) for day in _dates(line)]
    doubtful = {one for one in told if any(_contradict(one, other) for other in known)}
    if not known:
        doubtful = {one for one in told if any(one != other and _is_same_day(one, other) for other in told)}
    return lambda line: bool(doubtful) and any(one in doubtful for one in _dates(line))


def _is_same_day(one: date, other: date) -> bool:
    return (one.month, one.day) == (other.month, other.day) and abs(one.year - other.year) == 1
