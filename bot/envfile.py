"""The `.env` file beside the program: what in it sets nothing."""

from __future__ import annotations

import logging
from collections.abc import Collection
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

ALIKE = 0.85
"""So alike is `KEEP_DAY` to `KEEP_DAYS`, and `DATABASE_URI` to `DATABASE_URL`; names of other programs are less."""


class NotText(ValueError):
    """The file cannot be read as text; the argument says why."""


def names_in(file: Path) -> set[str]:
    """The names that the file gives a value. Raises NotText."""
    return {line.key for line in parse_stream(StringIO(_text(file))) if line.key and line.value}


def slips_in(file: Path, known: Collection[str]) -> list[str]:
    """A line for each line that sets nothing, and for each name that is nearly one of those known. Raises NotText."""
    # The library tells of such lines too, but not what to do about them.
    logging.getLogger("dotenv").setLevel(logging.ERROR)
    problems = []
    for line in parse_stream(StringIO(_text(file))):
        near = get_close_matches((line.key or "").upper(), known, n=1, cutoff=ALIKE)
        if line.error:
            problems.append(f"{file}, line {line.original.line}: this sets nothing; write NAME=value")
        elif line.key and line.key.upper() not in known and near:
            problems.append(f"{file}, line {line.original.line}: there is no setting {line.key}; is {near[0]} meant?")
    return problems


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise NotText(f"{file} is not text in UTF-8; save it in that encoding") from None
    except OSError as problem:
        raise NotText(f"{file} cannot be read: {problem.strerror}") from None
