"""Placing: which thread of a forum group the stories of a topic are told in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from telegram import Update
from telegram.error import BadRequest, Forbidden
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.desk import Context, Desk, pressed, thread_of
from bot.reading import topics_named
from news.chat import Chat
from news.messages import places as panels
from news.messages import texts
from news.messages.message import Message

log = structlog.get_logger()


def placing(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for topics with threads of their own."""

    async def here(update: Update, context: Context) -> None:
        if not _is_forum(update):
            return await desk.say(update, texts.HERE_NO_FORUM)
        typed = " ".join(context.args or [])
        if typed:
            scene = desk.scene(await desk.chat(update))
            slugs = topics_named(scene, typed)
            if slugs is None:
                every = scene.words.listed(list(scene.names.values()))
                return await desk.say(update, texts.HERE_UNKNOWN, text=typed[:60], topics=every)
            if not await desk.allows(update):
                return None
            for slug in slugs:
                await _put(await desk.chat(update), slug, thread_of(update))
        await desk.reply(update, await _panel(update))
        return None

    async def show(update: Update, _: Context) -> None:
        await desk.reply(update, await _panel(update))
        await desk.toast(update)

    async def toggle(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat, slug, thread = await desk.chat(update), pressed(update)[0], thread_of(update)
        if slug not in desk.topics or not _is_forum(update):
            return await desk.refuse(update)
        is_here = (await _places(chat)).get(slug) == thread
        await _put(chat, slug, None if is_here else thread)
        await desk.replace(update, await _panel(update))

    async def apart(update: Update, _: Context) -> None:
        """Makes a thread for each topic that is followed and has none."""
        if not await desk.allows(update):
            return
        chat = await desk.chat(update)
        if not _is_forum(update):
            return await desk.refuse(update)
        known = await _places(chat)
        for slug in [each for each in await desk.followed_topics(chat) if each not in known]:
            try:
                made = await update.get_bot().create_forum_topic(chat.id, desk.scene(chat).topic(slug)[:128])
            except (BadRequest, Forbidden) as refused:
                log.info("no thread was made", chat=chat.id, reason=str(refused))
                await desk.replace(update, await _panel(update), toast=texts.MAY_NOT_MAKE_THREADS)
                return None
            await desk.storage.subscriptions.place(chat.id, slug, made.message_thread_id)
        await desk.replace(update, await _panel(update))

    async def _put(chat: Chat, slug: str, thread: int | None) -> None:
        """The chat follows the topic, and its stories are told there."""
        await desk.storage.subscriptions.add(chat.id, "topic", slug, desk.clock())
        await desk.storage.subscriptions.place(chat.id, slug, thread)

    async def _places(chat: Chat) -> dict[str, int]:
        return (await desk.storage.subscriptions.places([chat.id])).get(chat.id, {})

    async def _panel(update: Update) -> Message:
        chat, thread = await desk.chat(update), thread_of(update)
        scene, known = desk.scene(chat), await _places(chat)
        if thread is not None:
            planned = any(one.times for one in await desk.storage.schedules.of(chat.id))
            return panels.in_thread(scene, thread, known, is_planned=planned)
        return panels.outside(scene, await desk.followed_topics(chat), known)

    return (
        CommandHandler("here", here),
        CallbackQueryHandler(show, r"^here$"),
        CallbackQueryHandler(toggle, r"^here:"),
        CallbackQueryHandler(apart, r"^apart$"),
    )


def _is_forum(update: Update) -> bool:
    return bool(update.effective_chat and update.effective_chat.is_forum)
