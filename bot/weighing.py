"""Weighing: why a story is in a digest or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.desk import Context, Desk, pressed
from bot.following import is_address
from jobs.why import why, why_told
from news.article import Article
from news.chat import Chat
from news.messages import reasons, texts
from news.messages.presses import number


def weighing(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for what a story's place in a digest comes from."""

    async def ask_why(update: Update, context: Context) -> None:
        chat, asked = await desk.chat(update), " ".join(context.args or [])
        position = number(asked)
        if position is not None:
            named = await desk.numbered(update, chat, position)
            if named:
                await desk.reply(update, reasons.why(await why_told(desk.storage, *named), desk.scene(chat)))
        elif is_address(asked):
            address = asked if "://" in asked else f"https://{asked}"
            found = await desk.storage.articles.at_address(address, chat.id)
            await (_explain(update, chat, found) if found else desk.say(update, texts.WHY_UNKNOWN))
        else:
            await desk.say(update, texts.WHY_USAGE)

    async def show_why(update: Update, _: Context) -> None:
        chat, asked = await desk.chat(update), number(pressed(update)[0])
        found = await desk.storage.articles.visible(asked, chat.id) if asked else None
        if found is None:
            return await desk.refuse(update)
        await _explain(update, chat, found)
        await desk.toast(update)

    async def _explain(update: Update, chat: Chat, article: Article) -> None:
        digest, _ = await desk.digest_meant(update, chat)
        if digest is None:
            return await desk.say(update, texts.NO_DIGEST_YET)
        given = await why(desk.storage, digest, article, now=desk.clock())
        await desk.reply(update, reasons.why(given, desk.scene(chat)))

    return (CommandHandler("why", ask_why), CallbackQueryHandler(show_why, r"^why:"))
