"""What tests of the bot begin with: settings on a sandbox, and a rhythm that keeps nobody waiting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from bot.metronome import Rhythm
from bot.settings import Settings
from tests.bot.talking import Person
from tests.sandbox.running import RunningSandbox

QUICK = Rhythm(
    compose=timedelta(seconds=0.25),
    deliver=timedelta(seconds=0.25),
    refresh=timedelta(seconds=0.5),
    polish=timedelta(seconds=0.5),
    tidy=timedelta(1),
)
Joining = Callable[..., Awaitable[Person]]
REFUSAL = "Only administrators of this group can change its news. You can read everything here."


@dataclass(frozen=True, slots=True)
class Group:
    """A group with an administrator and a member, both as persons in it."""

    id: int
    admin: Person
    member: Person


Founding = Callable[..., Awaitable[Group]]


def settings_for(sandbox: RunningSandbox, database_url: str, **more: Any) -> Settings:
    """Those of a bot that talks to the sandbox, begins empty, and looks for no settings elsewhere."""
    return Settings(
        _env_file=None,
        bot_token=SecretStr(sandbox.token),
        database_url=database_url,
        telegram_url=sandbox.url,
        seeds="none",
        **more,
    )
