"""Introducing: the menu of commands that Telegram shows, to each reader in their language."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import astuple
from typing import Any

import structlog
from telegram import Bot, BotCommand, BotCommandScope
from telegram.error import RetryAfter, TelegramError

from bot.patience import seconds_until
from news.messages.commands import Menu, menus
from storage import Storage, Unavailable

log = structlog.get_logger()

GAP = 1.0
"""Seconds between two menus: nobody waits for them, and they are no part of what the pace counts."""


@asynccontextmanager
async def introducing(bot: Bot, storage: Storage) -> AsyncIterator[None]:
    """Sets the menus meanwhile; the bot works without."""
    task = asyncio.create_task(introduce(bot, storage))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def introduce(bot: Bot, storage: Storage, *, gap: float = GAP) -> None:
    """Sets every menu, unless the last start that did said the same; what cannot be set waits for the next start."""
    every = menus()
    said = json.dumps([astuple(each) for each in every])
    try:
        if await storage.menus.are_set(bot.id, said):
            return
        for menu in every:
            await _set(bot, menu)
            await asyncio.sleep(gap)
        await storage.menus.were_set(bot.id, said)
    except (TelegramError, Unavailable) as trouble:
        log.warning(
            "the menu of commands was not set in every language; the next start tries again", reason=str(trouble)
        )


async def _set(bot: Bot, menu: Menu) -> None:
    commands = [BotCommand(name, said) for name, said in menu.commands]
    whose: dict[str, Any] = {"scope": BotCommandScope(menu.audience), "language_code": menu.language}
    while True:
        try:
            await bot.set_my_commands(commands, **whose)
        except RetryAfter as asked:
            await asyncio.sleep(seconds_until(asked))
        else:
            return
