"""One bot's whole sandbox: what the methods and the control interface share."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.faults import Faults
from sandbox.ledger import Ledger
from sandbox.limits import RATES, Limits
from sandbox.queries import Queries
from sandbox.updates import Updates
from sandbox.world import World, furnished


@dataclass(frozen=True, slots=True)
class Settings:
    """What a sandbox is started with.

    limits: "off", "free" or "paid". hold: the seconds for which Telegram slows a bot that repeats itself.
    expiry: the seconds in which a button press or an inline query may be answered. delay: the seconds every answer of
    the Bot API is late, as if it came from afar. loopback_webhooks: whether a webhook may be an http address on this
    computer; only there are updates posted. webhook_retry: the seconds that stand for one between two attempts.
    requests: how many of the last requests are remembered.
    """

    token: str
    ledger: Path
    limits: str = "off"
    hold: float = 3.0
    expiry: float = 15.0
    seed: int | None = None
    delay: float = 0.0
    loopback_webhooks: bool = False
    webhook_retry: float = 1.0
    requests: int = 10_000
    clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file, or the address of one (content empty), by its file_id."""

    file_id: str
    name: str
    content_type: str
    content: bytes

    @property
    def path(self) -> str:
        return f"files/{self.file_id}/{self.name}"


@dataclass(slots=True)
class Time:
    """The clock everything in the sandbox goes by: a given one, until it is put to a time and stands."""

    clock: Callable[[], float]
    standing: float | None = None

    def __call__(self) -> float:
        return self.clock() if self.standing is None else self.standing

    def put_to(self, now: float) -> None:
        self.standing = now


@dataclass(slots=True)
class Sandbox:
    """Everything one running sandbox knows. delay: the seconds every answer of the Bot API is late now."""

    settings: Settings
    token: str
    time: Time
    world: World
    updates: Updates
    queries: Queries
    ledger: Ledger
    limits: Limits
    requests: deque[dict[str, Any]]
    faults: Faults = field(default_factory=Faults)
    files: dict[str, File] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, dict[str, Any]] = field(default_factory=dict)
    started_at: float = 0.0
    delay: float = 0.0
    is_logged_out: bool = False

    @property
    def bot_id(self) -> int:
        return int(self.world.bot["id"])

    def tell(self, type_: str, content: Any, chat_id: int = 0) -> None:
        """Queue an update; where a fault asks for it twice (under two ids), or behind the next one."""
        fault = self.faults.striking_update(str(chat_id or ""))
        if fault and fault.kind == "out-of-order-update":
            self.updates.hold_back(type_, content, fault.seconds)
            return
        for _ in range(2 if fault else 1):
            self.updates.push(type_, content)

    def keep_file(self, name: str, content_type: str, content: bytes) -> File:
        file_id = f"BQACAgIAAxk{len(self.files) + 1:012d}"
        self.files[file_id] = File(file_id, name.replace("/", "_") or "file", content_type, content)
        return self.files[file_id]


def opened(settings: Settings) -> Sandbox:
    """A sandbox with the starting world and its ledger open."""
    clock = Time(settings.clock)
    return Sandbox(
        settings,
        settings.token,
        clock,
        furnished(clock, int(settings.token.partition(":")[0])),
        Updates(clock, settings.seed, settings.hold, is_loopback_allowed=settings.loopback_webhooks),
        Queries(clock, settings.expiry),
        Ledger(settings.ledger),
        Limits(RATES[settings.limits]),
        deque(maxlen=settings.requests),
        started_at=clock(),
        delay=settings.delay,
    )
