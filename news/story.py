"""Stories: articles about one event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles about one event. `sketch` weighs its words (term to weight), to compare with an entry's."""

    id: int
    headline: str
    first_seen_at: datetime
    last_seen_at: datetime
    sources: tuple[str, ...]
    """Names of the independent sources that tell it."""
    sketch: Mapping[str, float]
