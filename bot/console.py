"""What the commands of the command line share: settings, and what an operator can put right said in a line."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import UnknownToken
from bot.settings import Settings, WrongSettings, read_settings
from bot.web import NotServed
from storage import NewerSchema, NoBackup, NotRestored, Storage, Unavailable

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
IDS: Any = {"min": -(2**52), "max": 2**52}
"""Between these Telegram has its chats."""


class Wrong(Exception):
    """Something an operator can put right: said in one line, status 2."""


class UnknownChat(Wrong):
    """No chat with this id has ever spoken to the bot. Leave the id out, and it is not about one chat."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def settings(*, needs_token: bool = False) -> Settings:
    """The settings, or an end with status 2 that names every wrong one."""
    try:
        return read_settings(Path(".env"), needs_token=needs_token)
    except WrongSettings as wrong:
        for problem in wrong.problems:
            print(problem, file=sys.stderr)
        raise typer.Exit(2) from None


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Does the work; what an operator can put right is said in a line."""
    try:
        return asyncio.run(work)
    except (Unavailable, NewerSchema, NoBackup, NotRestored, UnknownToken, NotServed, Wrong) as known:
        print(known, file=sys.stderr)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@asynccontextmanager
async def opened(its: Settings) -> AsyncIterator[Storage]:
    """The database, closed again at the end: else the interpreter would not end."""
    storage = await Storage.open(its.database_url)
    try:
        yield storage
    finally:
        await storage.close()


def json_line(fields: Mapping[str, Any]) -> str:
    """An object on a line, in letters that standard output can write: half a surrogate pair never is one."""
    line = json.dumps(fields, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(fields)
    return line


def for_terminal(text: str) -> str:
    """What strangers wrote, without what would move the cursor, colour the screen, or cannot be written."""
    return CONTROLS.sub(" ", text)


def counted(n: int, one: str, many: str) -> str:
    """`1 entry`, `2 entries`."""
    return f"{n} {one if n == 1 else many}"
