"""Trouble on order: which requests go wrong, how, and how often."""

import random
from dataclasses import dataclass, field
from itertools import count
from typing import Any

BEFORE = frozenset({"429", "error", "forbidden", "hang-before-accept", "reset-before-accept"})
AFTER = frozenset(
    {"hang-after-accept", "reset-after-accept", "truncated-json", "wrong-content-type", "slow", "clock-skew"}
)
EITHER = frozenset({"500", "502-html", "502-json", "invalid-json", "garbage"})
FATES = frozenset({"block", "kick", "deactivate", "migrate", "close-topic", "delete-topic", "mute"})
ON_UPDATES = frozenset({"duplicate-update", "out-of-order-update"})
KINDS = BEFORE | AFTER | EITHER | FATES | ON_UPDATES
FIELDS = frozenset(
    [
        "kind",
        "method",
        "chat_id",
        "times",
        "nth",
        "probability",
        "seed",
        "retry_after",
        "error_code",
        "description",
        "accept",
        "seconds",
    ]
)


class BadFault(Exception):
    """A fault that was asked for cannot be; the argument says why."""


@dataclass(slots=True)
class Fault:
    """One kind of trouble. accept: whether the request is carried out before it is spoilt.

    Of the requests that match method and chat it strikes the nth (from 1) and those after it, `times` in all;
    without times: for ever, but once where nth is given. With a probability it strikes so many of them at random.
    An update out of order is told after the next one, or after `seconds` where none comes. A fate befalls the chat of
    the request it strikes, just before that request is looked at. retry_after lies between its two ends.
    """

    id: int
    kind: str
    method: str = ""
    chat_id: str = ""
    times: int | None = None
    nth: int = 1
    probability: float = 1.0
    retry_after: tuple[int, int] = (1, 1)
    error_code: int = 400
    description: str = ""
    seconds: float = 0.0
    accept: bool = False
    chance: random.Random = field(default_factory=random.Random)
    seen: int = 0
    struck: int = 0

    @property
    def pause(self) -> int:
        """The seconds that this time are asked for."""
        return self.chance.randint(*self.retry_after)

    def strikes(self, method: str, chat_id: str) -> bool:
        if self.method not in {"", method.lower()} or self.chat_id not in {"", chat_id}:
            return False
        if self.times is not None and self.struck >= self.times:
            return False
        self.seen += 1
        if self.seen < self.nth or self.chance.random() >= self.probability:
            return False
        self.struck += 1
        return True


class Faults:
    """The faults in force; the first that strikes is the one that happens."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = count(1)

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Raises BadFault."""
        kind = wanted.get("kind")
        if kind not in KINDS:
            raise BadFault(f"kind is one of {', '.join(sorted(KINDS))}")
        if unknown := wanted.keys() - FIELDS:
            raise BadFault(f"unknown field {min(unknown)}")
        try:
            fault = _fault(next(self._ids), str(kind), wanted)
        except (TypeError, ValueError) as wrong:
            raise BadFault(f"not a number: {wrong}") from wrong
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def striking(self, method: str, chat_id: str) -> Fault | None:
        """The fault this request meets."""
        return next((f for f in self._faults if f.kind not in ON_UPDATES and f.strikes(method, chat_id)), None)

    def striking_update(self, chat_id: str) -> Fault | None:
        """The fault this update meets."""
        return next((f for f in self._faults if f.kind in ON_UPDATES and f.strikes("", chat_id)), None)

    def told(self) -> list[dict[str, Any]]:
        return [{"id": f.id, "kind": f.kind, "seen": f.seen, "struck": f.struck} for f in self._faults]


def _fault(id_: int, kind: str, wanted: dict[str, Any]) -> Fault:
    times = wanted.get("times")
    if times is None and "nth" in wanted:
        times = 1
    forbidden = kind == "forbidden"
    return Fault(
        id_,
        kind,
        method=str(wanted.get("method") or "").lower(),
        chat_id=str(wanted.get("chat_id") or ""),
        times=None if times is None else int(times),
        nth=int(wanted.get("nth", 1)),
        probability=float(wanted.get("probability", 1.0)),
        retry_after=_range(wanted.get("retry_after", 1)),
        error_code=int(wanted.get("error_code", 403 if forbidden else 400)),
        description=str(wanted.get("description") or ("Forbidden: bot was blocked by the user" if forbidden else "")),
        seconds=float(wanted.get("seconds", 1.0 if kind in {"slow", "out-of-order-update"} else 0.0)),
        accept=kind in AFTER or bool(wanted.get("accept", False)),
        chance=random.Random(wanted.get("seed")),  # noqa: S311 - chance on order, not a secret
    )


def _range(wanted: Any) -> tuple[int, int]:
    """A number, or the least and the most it may be."""
    low, high = wanted if isinstance(wanted, list) else (wanted, wanted)
    if int(low) > int(high):
        raise ValueError("retry_after is a number, or [least, most]")
    return int(low), int(high)
