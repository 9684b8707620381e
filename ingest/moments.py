"""When a feed says that an entry is from."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

import fastfeedparser.main

from ingest.dateline import find_date

LONGEST = 100
USUAL = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:?\d\d.*"
    r"|\d{8}T\d{6}.*"
    r"|(?:[^\W\d]{2,12}\.?,?\s*)?\d{1,2}[ -][A-Za-z]{3,9}\.?[ -]\d{2,4},?\s+\d{1,2}:\d\d.*"
    r"|[A-Za-z]{3} [A-Za-z]{3} +\d{1,2} \d\d:\d\d:\d\d .*"
)
"""A whole day, as the formats want it and most feeds say it: ISO 8601, RFC 822, and as C writes it."""
PARTED = re.compile(r"(?<=[\d ])([+-]\d\d):(\d\d)$")
AS_LIBRARIES_DO = fastfeedparser.main._parse_date


@lru_cache(maxsize=2048)
def moment(said: str) -> str | None:
    """A date as ISO 8601, a time in UTC, also one without a zone. None for what is no whole day, or two days at once.

    The libraries guess: of `2026` they make a day of this month, and of `yesterday` another one each day.
    """
    text = said.strip()
    if not text or len(text) > LONGEST:
        return None
    # In RFC 822 they overlook an offset with a colon.
    if USUAL.fullmatch(text) and (told := AS_LIBRARIES_DO(text if text[4] == "-" else PARTED.sub(r"\1\2", text))):
        return str(told)
    found = find_date(text)
    is_all = found is not None and found.start == 0 and not any(c.isdigit() for c in text[found.end :])
    return _in_utc(found.published) if found and found.published and is_all else None


def _in_utc(told: str) -> str:
    at = datetime.fromisoformat(told)
    return told if "T" not in told else (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


# Its own would be asked for every date, and what it was given is not to be had afterwards.
fastfeedparser.main._parse_date = moment
