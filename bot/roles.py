"""What a process is there for. One does everything; on PostgreSQL any number may share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Job = Literal["refresh", "compose", "alert", "polish", "tidy"]


@dataclass(frozen=True, slots=True)
class Role:
    """A name for `serve --role`, what a process of it does, and the jobs it helps with."""

    name: str
    does: str
    jobs: frozenset[Job]
    talks: bool = False
    """Whether it speaks with Telegram."""
    hears: bool = False
    """Whether it is there to take in what Telegram brings to the webhook, and does nothing else."""


ALL = Role("all", "everything", frozenset({"refresh", "compose", "alert", "polish", "tidy"}), talks=True)
ROLES: Mapping[str, Role] = {
    role.name: role
    for role in (
        ALL,
        Role("ingest", "reads feeds and files their articles", frozenset({"refresh", "polish", "tidy"})),
        Role("compose", "writes digests that are due, and alerts", frozenset({"compose", "alert"})),
        Role("send", "listens to Telegram, answers, and sends what is due", frozenset(), talks=True),
        Role("web", "takes in what Telegram brings to the webhook", frozenset(), hears=True),
    )
}
