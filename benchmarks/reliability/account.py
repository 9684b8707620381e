"""The account after a campaign: what Telegram took, by its own ledger, held against what we believe."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.reliability.lives import Life
from news.delivery import Delivery, is_terminal
from news.messages import texts
from news.messages.markup import shown
from storage import Storage

MOST_COPIES = 3
PART = re.compile(r"digest (\d+), part (\d+)")


@dataclass(slots=True)
class Account:
    """Copies by (chat, text), in the order they were taken, and everything that is against the promises."""

    copies: dict[tuple[int, str], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return sum(map(len, self.copies.values()))

    @property
    def extra(self) -> int:
        return sum(len(each) - 1 for each in self.copies.values())

    @property
    def most(self) -> int:
        return max(map(len, self.copies.values()), default=0)

    def told(self) -> str:
        return f"{self.taken} taken, {self.extra} of them repeats, {self.most} copies at most"


def ledger(file: Path, chat_ids: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """What Telegram took, as it wrote it down itself."""
    entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [each for each in entries if chat_ids is None or each["chat_id"] in set(chat_ids)]


def without_mark(text: str) -> str:
    """The text, as it was before it was a repeat; spaces do not count."""
    return " ".join(text.removeprefix(texts.REPEAT).split())


def is_marked(text: str) -> bool:
    return text.startswith(texts.REPEAT[0])


async def account(
    storage: Storage,
    entries: Sequence[dict[str, Any]],
    chat_ids: Sequence[int],
    *,
    lives: Sequence[Life] | None = (),
    in_flight: int = 4,
) -> Account:
    """D1 and D8, of all that these chats were due; `lives` None where repeats come of lost replies, not of deaths."""
    found = Account()
    for entry in entries:
        found.copies[entry["chat_id"], without_mark(entry["text"])].append(entry)
    for chat_id in chat_ids:
        for delivery in await storage.outbox.of(chat_id):
            _look_at(found, delivery)
    for (chat_id, text), copies in found.copies.items():
        if len(copies) > MOST_COPIES:
            found.problems.append(f"{len(copies)} copies of “{text[:40]}” in {chat_id}")
        if not all(each["silent"] and is_marked(each["text"]) for each in copies[1:]):
            found.problems.append(f"a repeat of “{text[:40]}” in {chat_id} is loud or unmarked")
    found.problems += out_of_order(entries)
    if lives is not None:
        found.problems += _too_many_per_death(found, lives, in_flight)
    return found


def _look_at(found: Account, row: Delivery) -> None:
    copies = found.copies.get((row.chat_id, without_mark(shown(row.message.html))), [])
    what = f"delivery {row.id} of {row.chat_id} is {row.state}"
    if not is_terminal(row.state):
        found.problems.append(f"{what}: nothing ended it")
    if row.state in ("parked", "cancelled") and not row.reason:
        found.problems.append(f"{what} without a reason")
    if row.state == "sent" and not copies:
        found.problems.append(f"{what}, and Telegram never took it")
    if len(copies) > 1 and not row.doubt:
        found.problems.append(f"{what} in {len(copies)} copies, and was never in doubt")


def out_of_order(entries: Iterable[dict[str, Any]]) -> list[str]:
    """Parts that came when a later part of their digest had come already."""
    return [
        f"chat {chat_id} got digest {digest} as {parts}"
        for chat_id, seen in _parts(entries).items()
        for digest in {digest for digest, _ in seen}
        if (parts := [part for each, part in seen if each == digest]) != sorted(parts)
    ]


def interleaved(entries: Iterable[dict[str, Any]]) -> list[str]:
    """Digests that another one came into the middle of, or before its repeat."""
    problems = []
    for chat_id, seen in _parts(entries).items():
        runs = [digest for digest, _ in groupby(digest for digest, _ in seen)]
        problems += [f"chat {chat_id} got digest {each} in pieces" for each, n in Counter(runs).items() if n > 1]
    return problems


def _parts(entries: Iterable[dict[str, Any]]) -> dict[int, list[tuple[int, int]]]:
    """(digest, part) as each chat got them, of the digests that campaigns write."""
    seen: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for entry in entries:
        if part := PART.search(entry["text"]):
            seen[entry["chat_id"]].append((int(part[1]), int(part[2])))
    return seen


def _too_many_per_death(found: Account, lives: Sequence[Life], in_flight: int) -> list[str]:
    """Each copy but the last of a message is one that a life sent and died over; so many may be of one life."""
    cost: Counter[int] = Counter()
    per_chat: Counter[tuple[int, int]] = Counter()
    for (chat_id, _), copies in found.copies.items():
        for copy in copies[:-1]:
            life = max((at for at, each in enumerate(lives) if each.born <= copy["time"]), default=-1)
            cost[life] += 1
            per_chat[life, chat_id] += 1
    problems = [f"life {life} cost {n} repeats" for life, n in cost.items() if n > in_flight]
    problems += [f"life {life} cost chat {chat} {n} repeats" for (life, chat), n in per_chat.items() if n > 1]
    problems += [f"life {life} was not killed and cost a repeat" for life in cost if not lives[life].was_killed]
    return problems


def damage(database: str) -> list[str]:
    """What SQLite's own check finds; nothing is asked of PostgreSQL."""
    if not database.startswith("sqlite"):
        return []
    connection = sqlite3.connect(database.removeprefix("sqlite:///"))
    try:
        [[verdict], *_] = connection.execute("PRAGMA integrity_check").fetchall()
    finally:
        connection.close()
    return [] if verdict == "ok" else [f"integrity_check: {verdict}"]
