"""The kinds of columns that make SQLite and PostgreSQL equal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, Text, TypeDecorator

Id = BigInteger().with_variant(Integer, "sqlite")
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""Characters that a database refuses: NUL (PostgreSQL) and lone surrogates (both)."""


def keepable(value: Any) -> Any:
    """`value` with every unkeepable character in its texts replaced, one for one, so offsets stay right."""
    if isinstance(value, str):
        return UNKEEPABLE.sub("\ufffd", value)
    if isinstance(value, list | tuple):
        return [keepable(each) for each in value]
    if isinstance(value, dict):
        return {keepable(key): keepable(each) for key, each in value.items()}
    return value


def fingerprint(value: str) -> bytes:
    """16 bytes that stand for a text of any length: PostgreSQL indexes nothing above 2.7 kB."""
    return blake2b(value.encode(errors="replace"), digest_size=16).digest()


class Words(TypeDecorator[str]):
    """A text from outside, kept whatever it holds."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(keepable(value))


class Json(TypeDecorator[Any]):
    """Lists, mappings and texts as compact JSON; no value at all stays none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(keepable(value), ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in, a UTC time out; a naive time is refused. SQLite alone would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} says no time zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], datetime | None] | None:
        # PostgreSQL's driver gives times in UTC.
        return _moment if dialect.name == "sqlite" else None


@lru_cache(maxsize=8_192)  # many rows have the same
def _moment(kept: str | None) -> datetime | None:
    return None if kept is None else datetime.fromisoformat(kept).replace(tzinfo=UTC)


class Seconds(TypeDecorator[timedelta]):
    """A duration, kept to the second."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else round(value.total_seconds())

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)


class Times(TypeDecorator[tuple[time, ...]]):
    """Local times to the minute, as `07:00 18:30`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[time, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else " ".join(each.isoformat("minutes") for each in value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[time, ...] | None:
        return None if value is None else _times(value)


@lru_cache(maxsize=1_024)  # many chats want the same times
def _times(kept: str) -> tuple[time, ...]:
    return tuple(time.fromisoformat(each) for each in kept.split())


class Days(TypeDecorator[frozenset[int]]):
    """Days of the week, 0 is Monday, as `01234`."""

    impl = String(7)
    cache_ok = True

    def process_bind_param(self, value: frozenset[int] | None, dialect: Dialect) -> str | None:
        return None if value is None else "".join(map(str, sorted(value)))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[int] | None:
        return None if value is None else frozenset(map(int, value))


class Positions(TypeDecorator[tuple[int, ...]]):
    """Positions in a digest, as `8.9.10`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> str | None:
        return ".".join(map(str, value)) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[int, ...]:
        return tuple(map(int, value.split("."))) if value else ()


class Thread(TypeDecorator[int]):
    """A thread of a chat; 0 stands for none, because NULLs are never equal in a unique key."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int:
        return value or 0

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        return value or None
