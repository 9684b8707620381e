"""Weighing: why a story is in a digest or not, and what votes make of that."""

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
from news.feed import full_address
from news.messages import reasons, texts
from news.messages import weights as panel
from news.messages.message import Message
from news.messages.presses import number
from news.votes import Weights


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
            found = await desk.storage.articles.at_address(full_address(asked), chat.id)
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
        if digest and digest.is_alert and article.story_id not in {item.story_id for item in digest.items}:
            digest = await desk.storage.digests.latest(chat.id)  # an alert leaves out nearly everything
        if digest is None:
            return await desk.say(update, texts.NO_DIGEST_YET)
        given = await why(desk.storage, digest, article, now=desk.clock())
        await desk.reply(update, reasons.why(given, desk.scene(chat)))

    async def weights(update: Update, _: Context) -> None:
        await desk.reply(update, await _panel(await desk.chat(update)))

    async def undo(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat, asked = await desk.chat(update), pressed(update)[0]
        weight = next((each for each in await _weights(chat) if each.key == asked), None)
        if weight is None:
            return await desk.refuse(update)
        await desk.storage.votes.undo(chat.id, weight.kind, weight.value)
        what = panel.name(weight, desk.scene(chat))
        await desk.replace(update, await _panel(chat), toast=texts.WEIGHT_UNDONE, what=what)

    async def forget(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat = await desk.chat(update)
        await desk.storage.votes.forget(chat.id)
        await desk.replace(update, await _panel(chat), toast=texts.WEIGHTS_FORGOTTEN)

    async def _weights(chat: Chat) -> Weights:
        return (await desk.storage.votes.weights([chat.id])).get(chat.id, ())

    async def _panel(chat: Chat) -> Message:
        return panel.weights(await _weights(chat), desk.scene(chat))

    return (
        CommandHandler("why", ask_why),
        CommandHandler("weights", weights),
        CallbackQueryHandler(show_why, r"^why:"),
        CallbackQueryHandler(undo, r"^unweigh:"),
        CallbackQueryHandler(forget, r"^unweigh$"),
    )
