"""Forgetting: what is kept of a chat, and that all of it is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.desk import Context, Desk, answer_quietly, pressed, thread_of
from jobs.tidy import UNANSWERED
from news.messages import privacy, texts
from news.messages.channels import name
from news.messages.panels import note
from news.messages.presses import number

ASKED_FOR = timedelta(hours=1)
"""How long the button that deletes everything may be pressed: one from far above deletes nothing."""


def forgetting(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for /privacy and /forget. A chat that is not known is not remembered for asking."""

    async def explain(update: Update, _: Context) -> None:
        chat = await desk.met(update)
        screen = privacy.privacy(
            desk.scene(chat),
            chat.look,
            chat.kind,
            articles=desk.keep,
            unanswered=UNANSWERED,
            translates=desk.translates,
        )
        await desk.reply(update, screen)

    async def ask(update: Update, _: Context) -> None:
        chat = await desk.known(update)
        if chat is None:
            await desk.reply(update, note(desk.scene(await desk.met(update)), texts.NOTHING_KEPT))
        elif await desk.allows(update):
            await desk.reply(update, privacy.forget(desk.scene(chat), _mark(chat.joined_at), _mark(desk.clock())))

    async def forget(update: Update, _: Context) -> None:
        chat, spot, query = await desk.known(update), update.effective_message, update.callback_query
        joined, asked = map(number, pressed(update, 2)[:2])
        assert spot is not None
        assert query is not None
        if chat is None:
            return await answer_quietly(query, texts.NOTHING_KEPT, is_alert=True)
        if not await desk.allows(update):
            return None
        is_late = asked is None or _mark(desk.clock() - ASKED_FOR) > asked
        if joined != _mark(chat.joined_at) or is_late:
            return await desk.refuse(update)
        scene = desk.scene(chat)
        said = note(scene, texts.FORGOTTEN)
        if chat.kind == "channel":
            said = note(scene, texts.FORGOTTEN_CHANNEL, channel=name(scene, chat))
        await desk.storage.chats.forget(chat.id)
        # Said past the outbox, which would remember it.
        if not await desk.edit(update, spot.message_id, said):
            await desk.telegram.send(spot.chat.id, said, thread_id=thread_of(update))
        return await answer_quietly(query)

    async def keep(update: Update, _: Context) -> None:
        query, chat = update.callback_query, await desk.known(update)
        if chat is None and query:
            await answer_quietly(query, texts.NOTHING_KEPT, is_alert=True)
        elif chat and await desk.allows(update):
            await desk.replace(update, note(desk.scene(chat), texts.FORGET_KEPT))

    return (
        CommandHandler("privacy", explain),
        CommandHandler("forget", ask),
        CallbackQueryHandler(forget, r"^forget:"),
        CallbackQueryHandler(keep, r"^forget-not$"),
    )


def _mark(moment: datetime) -> int:
    """A moment as a press names it, in milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
