"""When a feed says that an entry is from."""

from __future__ import annotations

import re
from calendar import month_abbr
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from ingest.dateline import OFFSETS, find_date

LONGEST = 100
ZONE = (
    r"\s*(?:Z|(?:GMT|UTC)?\s?(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d{1,2})?|\(?(?P<name>[A-Z]{1,5})\)?)?"
    r"(?:\s\(\w+\))?"
)
CLOCK = r"(?P<hour>\d{1,2}):?(?P<minute>\d\d)(?::?(?P<second>\d\d?))?(?:[.,]\d+)?"
FORMS = (
    re.compile(r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)[Tt ]" + CLOCK + ZONE),
    re.compile(
        r"(?:[^\W\d]{2,12}\.?,?\s*)?(?P<day>\d{1,2})[ -](?P<named>[A-Za-z]{3,9})\.?[ -](?P<year>\d{4}|\d\d),?\s+"
        + CLOCK
        + ZONE
    ),
    re.compile(r"(?:[A-Za-z]{3}) (?P<named>[A-Za-z]{3}) +(?P<day>\d{1,2}) " + CLOCK + ZONE + r" (?P<year>\d{4})"),
)
"""A whole day and a time, as the formats want it and most feeds say it: ISO 8601, RFC 822, and as C writes it."""
USUAL = re.compile(r"[A-Za-z]{3}, (\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) (GMT|[+-]\d{4})")
"""Nearly every date of RSS, read at a third of the cost."""
MONTHS = {name.lower(): at for at, name in enumerate(month_abbr) if name}
MEANT = {**OFFSETS, "AST": -4, "CST": -6, "BST": 1, "IST": 5.5, "AKST": -9, "AKDT": -8, "HST": -10}
"""Zones by their names, in hours. Of those that are several, what is meant in feeds."""


@lru_cache(maxsize=2048)
def moment(said: str) -> str | None:
    """A date as ISO 8601, a time in UTC, also one without a zone. None for what is no whole day, or two days at once.

    Libraries guess: of `2026` they make a day of this month, and of `yesterday` another one each day.
    """
    text = said.strip()
    if not text or len(text) > LONGEST:
        return None
    try:
        with suppress(ValueError):
            if text[4:5] == "-" and text[10:11] == "T":
                return _in_utc(text)
            if (found := USUAL.fullmatch(text)) and (month := MONTHS.get(found[2].lower())):
                day, _, year, clock, zone = found.groups()
                return _in_utc(f"{year}-{month:02}-{day:0>2}T{clock}{'' if zone == 'GMT' else zone}")
        for form in FORMS:
            if (found := form.fullmatch(text)) and (exact := _exact(found.groupdict())):
                return exact
        told = find_date(text)
        is_all = told is not None and told.start == 0 and not any(c.isdigit() for c in text[told.end :])
        return _in_utc(told.published) if told and told.published and is_all else None
    except (ValueError, OverflowError):
        return None


def _exact(said: dict[str, str | None]) -> str | None:
    """The moment that the parts of a date name; None where its month is in another language. Raises `ValueError`."""
    month = int(said.get("month") or MONTHS.get((said.get("named") or "")[:3].lower(), 0))
    if not month:
        return None
    year, day, hour, minute, second = (int(said[part] or 0) for part in ("year", "day", "hour", "minute", "second"))
    if year < 100:
        year += 2000 if year < 69 else 1900
    offset = timedelta(hours=MEANT.get(said["name"] or "", 0))
    if said["sign"] and int(said["hours"] or 0) < 24:
        offset = timedelta(hours=int(said["hours"] or 0), minutes=int(said["minutes"] or 0))
        offset = -offset if said["sign"] == "-" else offset
    # Some say that a day has an hour 24 and a minute a second 60.
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError(said)
    at = datetime(year, month, day, tzinfo=UTC) + timedelta(hours=hour, minutes=minute, seconds=second)
    return (at - offset).isoformat()


def _in_utc(told: str) -> str:
    at = datetime.fromisoformat(told)
    return told if "T" not in told else (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
