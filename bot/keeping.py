"""Keeping the database: `newsdigest doctor`, `migrate`, `backup`, `restore` and `export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.app import utc_now
from bot.console import IDS, UnknownChat, counted, opened, run, settings
from bot.exporting import kept_of
from bot.settings import Settings
from storage import Storage

keeping = typer.Typer()


@keeping.command()
def doctor() -> None:
    """Looks whether the settings and the database are well; status 0 if so. Made for health checks."""
    count, caution = run(_looked_at(settings()))
    print(f"The settings can be used, and the database holds {counted(count, 'article', 'articles')}.")
    if caution:
        print(caution)


async def _looked_at(settings: Settings) -> tuple[int, str | None]:
    """How many articles there are, and what is to be known about the database itself."""
    async with opened(settings) as storage:
        return await storage.articles.count(), storage.caution


@keeping.command()
def backup(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, such as news-monday.db.")],
) -> None:
    """Copies a SQLite database as of now into a file of its own, while the bot goes on."""
    size = run(_backed_up(settings(), to))
    print(f"{to} holds everything as of now, {size / 1_000_000:.1f} MB.")


async def _backed_up(settings: Settings, to: Path) -> int:
    async with opened(settings) as storage:
        return await storage.back_up(to)


@keeping.command()
def restore(
    backup: Annotated[Path, typer.Argument(metavar="FILE", help="What `newsdigest backup` wrote.")],
) -> None:
    """Puts a backup in the place of the SQLite database, which is kept beside it. Stop the bot first."""
    done = run(Storage.restore(settings().database_url, backup, now=utc_now()))
    of = f", and the newest of it is of {done.newest_at:%Y-%m-%d %H:%M} UTC" if done.newest_at else ""
    held = f"{counted(done.chats, 'chat', 'chats')} and {counted(done.articles, 'article', 'articles')}"
    print(f"The database is now as {backup} was: it holds {held}{of}.")
    if done.kept:
        print(f"What was there before is {done.kept}.")


@keeping.command()
def migrate() -> None:
    """Brings the database up to date with this version. So does every other command; this one does nothing else."""
    run(_migrated(settings()))
    print("The database is up to date with this version.")


async def _migrated(settings: Settings) -> None:
    async with opened(settings):
        pass


@keeping.command(context_settings={"ignore_unknown_options": True})  # a group's id begins with a minus
def export(chat: Annotated[int, typer.Argument(help="A chat's id.", **IDS)]) -> None:
    """Writes all that is kept for a chat as JSON, which /export gives the chat itself."""
    print(run(_exported(settings(), chat)))


async def _exported(settings: Settings, chat_id: int) -> str:
    async with opened(settings) as storage:
        chat = await storage.chats.get(chat_id)
        if chat is None:
            raise UnknownChat
        # In letters that any terminal can write.
        return json.dumps(await kept_of(storage, chat), indent=1)
