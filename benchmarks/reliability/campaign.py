"""What a campaign is: one promise, one way to break it, and what was counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple


class Infeasible(Exception):
    """This machine cannot try it; the argument says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a campaign: `count` says how much was tried, `detail` what was seen."""

    count: str
    detail: str
    is_kept: bool


def outcome(count: str, seen: str, problems: list[str]) -> Outcome:
    """Kept where there are no problems; else the first of them are told."""
    told = f"{seen}; {len(problems)} × wrong: " + "; ".join(problems[:3]) if problems else seen
    return Outcome(count, told, not problems)


Run = Callable[[int, int, str], Awaitable[Outcome]]
"""Of a seed, a size (how many of what the campaign counts) and the URL of an empty database, migrated."""


class Campaign(NamedTuple):
    """`usual` and `full` are sizes; a database of each kind in `databases` is given to a run of its own."""

    promise: str
    name: str
    run: Run
    usual: int = 1
    full: int = 1
    databases: tuple[str, ...] = ("sqlite", "postgresql")
