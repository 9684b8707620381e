"""Printing: the whole article as a file, to keep or to pass on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.desk import Context, Desk
from news.article import Article
from news.chat import Chat
from news.messages import paper, texts


def printing(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for articles as files; who may read one in the chat gets its file."""

    async def full(update: Update, context: Context) -> None:
        chat = await desk.chat(update)
        found = await desk.article_meant(update, chat, context.args or [], texts.FULL_USAGE)
        if found and not await _send(update, chat, found):
            await desk.say(update, texts.TRY_LATER)

    async def as_file(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        found = await desk.pressed_article(update, chat)
        if found:
            is_sent = await _send(update, chat, found)
            await desk.toast(update, "" if is_sent else texts.TRY_LATER, is_alert=not is_sent)

    async def _send(update: Update, chat: Chat, found: Article) -> bool:
        scene = desk.scene(chat)
        content, caption = paper.paper(found, scene).encode(), scene.words.say(texts.FULL_CAPTION)
        return await desk.give(update, paper.name_of(found), content, caption)

    return (CommandHandler("full", full), CallbackQueryHandler(as_file, r"^file:"))
