"""The menu of commands that Telegram shows: to whom, in which language, and what it says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Audience = Literal["default", "all_group_chats", "all_chat_administrators"]

FOR_READING = ("digest", "search", "article", "full", "why", "saved", "subscriptions", "schedule", "weights", "privacy",
               "help")  # fmt: skip
"""What everybody in a group may send; the others are for its administrators."""
PRIVATE_ALONE = ("look", "channels")
"""What does nothing in groups."""
GROUPS_ALONE = ("here",)
ELSE = "en"
"""Of readers whose language has no menu."""


@dataclass(frozen=True, slots=True)
class Menu:
    """The commands of one audience, each with what is said of it. Without a language: for all that have no own."""

    audience: Audience
    language: str | None
    commands: tuple[tuple[str, str], ...]


@cache
def said() -> Mapping[str, Mapping[str, str]]:
    """By language and command, what a menu says of it."""
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(
        files(__package__).joinpath("commands.toml").read_text(encoding="utf-8")
    )
    return found


def menus() -> list[Menu]:
    """Every menu, those that most people see first."""
    every = list(said()[ELSE])
    shown: dict[Audience, list[str]] = {
        "default": [name for name in every if name not in GROUPS_ALONE],
        "all_group_chats": [name for name in every if name in FOR_READING],
        "all_chat_administrators": [name for name in every if name not in PRIVATE_ALONE],
    }
    return [
        Menu(audience, None if language == ELSE else language, tuple((name, its[name]) for name in names))
        for audience, names in shown.items()
        for language, its in said().items()
    ]
