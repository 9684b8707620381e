"""Articles as JSON lines: what `newsdigest try bullets|stories|topics` reads, line by line."""

from __future__ import annotations

import gzip
import json
import math
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BufferedReader
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO, cast

from bot.opening import PACKED
from ingest.language import settle
from news.article import Entry

EXAMPLE = '{"id": 1, "headline": "…", "text": "…"}'
PARTED = re.compile(r"\n(?:[ \t]*\n)+")
_FIRST_YEAR, _LAST_YEAR = 1000, 3000
"""Days are counted back and forth from a time; there is no year 0 to come to."""
_NUMBER = re.compile(r"\s*\d{9,13}(?:\.\d+)?\s*")
TEXTS = ("headline", "text", "section", "publisher", "language")
LONGEST = 20_000_000
"""Bytes of a line; no article has so many."""
SECONDS_BELOW = 100_000_000_000
"""A smaller number is in seconds since 1970, until the year 5138; others are in milliseconds, from 1973 on."""


class UnreadableFile(Exception):
    """The file cannot be read, or not to its end; the argument says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of input: the entry it stands for, and where its paragraphs begin in the text as given."""

    id: str | int | float
    entry: Entry
    at: datetime | None
    starts: tuple[int, ...]

    def place(self, offset: int) -> int:
        """Where a place in the entry's text is in the text as given."""
        ends = list(accumulate(len(paragraph) + 2 for paragraph in self.entry.paragraphs))
        number = next((n for n, end in enumerate(ends) if offset < end), len(ends) - 1)
        return self.starts[number] + offset - (ends[number - 1] if number else 0)


@dataclass(frozen=True, slots=True)
class Slip:
    """A line that is no article: its number, its id where it has one, and what is wrong with it."""

    number: int
    id: str | int | float | None
    problem: str


def lines_of(path: str) -> Iterator[Line | Slip]:
    """What each line holds, empty ones left out. Raises UnreadableFile, also after some of them."""
    try:
        with _opened(path) as file:
            for number, raw in enumerate(_raw(file), 1):
                if raw is None:
                    yield Slip(number, None, "This line is too long for an article.")
                elif raw.strip():
                    yield _read(number, raw)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UnreadableFile(f"{path} is packed, and damaged or cut short.") from None
    except (OSError, ValueError) as problem:  # a name with a NUL in it is a ValueError
        raise UnreadableFile(f"{path} cannot be read: {getattr(problem, 'strerror', problem)}.") from None


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """The file, or what is piped in, unpacked."""
    if path == "-" and sys.stdin is None:
        raise ValueError("nothing is piped in")
    with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file:
        is_packed = isinstance(file, BufferedReader) and file.peek(2).startswith(PACKED)
        yield cast(BinaryIO, gzip.GzipFile(fileobj=file) if is_packed else file)


def _raw(file: BinaryIO) -> Iterator[bytes | None]:
    """Each line; None for one that is longer than any article."""
    while line := file.readline(LONGEST):
        is_whole = line.endswith(b"\n") or len(line) < LONGEST
        yield line if is_whole else None
        while not is_whole:
            rest = file.readline(LONGEST)
            is_whole = rest.endswith(b"\n") or len(rest) < LONGEST


def _read(number: int, raw: bytes) -> Line | Slip:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        return Slip(number, None, f"This is not JSON. A line is an object such as {EXAMPLE}.")
    if not isinstance(said, dict):
        return Slip(number, None, f"This is no object. A line is one such as {EXAMPLE}.")
    known_as = said.get("id")
    if not isinstance(known_as, str | int | float) or isinstance(known_as, bool) or not _is_finite(known_as):
        return Slip(number, None, "An article needs an id, a text or a number.")
    if isinstance(sections := said.get("section"), list) and all(isinstance(section, str) for section in sections):
        said["section"] = " / ".join(sections)
    for name in TEXTS:
        if not isinstance(said.get(name), str | None):
            return Slip(number, known_as, f"Its {name} is no text.")
    if "headline" not in said and "text" not in said:
        return Slip(number, known_as, "It has neither a headline nor a text.")
    try:
        at = _time(said.get("at"))
        if at and not _FIRST_YEAR <= at.year <= _LAST_YEAR:
            raise ValueError
    except (ValueError, OverflowError, OSError):
        return Slip(number, known_as, "Its at is neither an ISO 8601 time nor seconds or milliseconds since 1970.")
    return _line(known_as, said, at)


def _is_finite(number: str | float) -> bool:
    return not isinstance(number, float) or math.isfinite(number)


def _line(known_as: str | int | float, said: dict[str, Any], at: datetime | None) -> Line:
    headline, text = said.get("headline") or "", said.get("text") or ""
    starts, paragraphs = _paragraphs(text)
    entry = Entry(
        headline=headline,
        paragraphs=paragraphs,
        section=said.get("section") or None,
        source=said.get("publisher") or None,
        published=at.isoformat() if at else None,
        language=settle(said.get("language"), f"{headline}\n{text}"),
    )
    return Line(known_as, entry, at, starts)


def _paragraphs(text: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Where each paragraph begins, and its text: what stands between empty lines."""
    starts, paragraphs, start = [], [], 0
    for end, following in [*((gap.start(), gap.end()) for gap in PARTED.finditer(text)), (len(text), len(text))]:
        if end > start:
            starts.append(start)
            paragraphs.append(text[start:end])
        start = following
    return tuple(starts), tuple(paragraphs)


def _time(said: object) -> datetime | None:
    """Raises ValueError, OverflowError or OSError for what is no time."""
    if said is None:
        return None
    if isinstance(said, int | float) and not isinstance(said, bool):
        return datetime.fromtimestamp(said if abs(said) < SECONDS_BELOW else said / 1000, tz=UTC)
    if isinstance(said, str) and _NUMBER.fullmatch(said):
        return _time(float(said))
    if isinstance(said, str):
        try:
            at = datetime.fromisoformat(said)
        except ValueError:
            at = parsedate_to_datetime(said)  # as feeds write it
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    raise ValueError(said)
