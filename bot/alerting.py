"""Alerting: words that a chat is told of as soon as they are in the news; alerts and followed stories stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.desk import Context, Desk, pressed
from bot.rehearsing import rehearse
from news.messages import panels, texts
from news.messages.presses import number


def alerting(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for alerts, and for stories where they are told or listed."""

    async def alert(update: Update, context: Context) -> None:
        asked = " ".join(context.args or []).strip()
        if asked:
            return await rehearse(desk, update, "alert", asked) if await desk.allows(update) else None
        chat = await desk.chat(update)
        made = await desk.storage.subscriptions.alerts(chat.id)
        await desk.reply(update, panels.alerts(desk.scene(chat), made))
        return None

    async def stop(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat, wanted = await desk.chat(update), number(pressed(update)[0])
        made = await desk.storage.subscriptions.alerts(chat.id)
        one = next((one for one in made if one.id == wanted), None)
        if one is None:
            return await desk.refuse(update)
        await desk.storage.subscriptions.remove(chat.id, one.kind, one.value)
        left, scene = [each for each in made if each is not one], desk.scene(chat)
        toast = texts.STORY_UNFOLLOWED if one.kind == "story" else texts.ALERT_STOPPED
        await desk.replace(update, panels.alerts(scene, left), toast=toast, what=panels.wish(scene, one))

    async def stop_story(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat, told = await desk.chat(update), number(pressed(update)[0])
        followed = await desk.storage.subscriptions.following(chat.id, told) if told else []
        for each in followed:
            await desk.storage.subscriptions.remove(chat.id, each.kind, each.value)
        await desk.take_off(update)
        await desk.toast(update, texts.STORY_UNFOLLOWED if followed else texts.STORY_NOT_FOLLOWED)

    return (
        CommandHandler("alert", alert),
        CallbackQueryHandler(stop, r"^unalert:"),
        CallbackQueryHandler(stop_story, r"^unstory:"),
    )
