"""Asking for a digest now: of a topic, or as much as there is time for; of a channel, what would be posted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler

from bot.desk import Context, Desk, thread_in
from bot.managing import ManagingDesk
from bot.reading import topic_named
from jobs.compose import compose_now, prepare
from news.chat import Chat
from news.messages import channels, texts
from news.messages.words import Scene

WORDS_A_MINUTE = 230
MOST_MINUTES = 60


def asking(desk: ManagingDesk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for digests on demand."""

    async def digest(update: Update, context: Context) -> None:
        chat = await desk.chat(update)
        topic, words = _asked(desk.scene(chat), context.args or [])
        if chat.kind == "channel":
            return await _preview(update, chat)
        if topic is None and words is None and context.args:
            return await desk.say(update, texts.UNKNOWN_DIGEST, word=" ".join(context.args)[:60])
        if chat.state == "stopped":
            return await desk.say(update, texts.IS_STOPPED)
        thread = thread_in(update, chat)
        topics = [topic] if topic else await _its_own(chat, thread)
        ready = await compose_now(desk.storage, chat, now=desk.clock(), topics=topics, words=words, thread_id=thread)
        if ready.digest.items:
            desk.wake.set()
        elif ready.message:
            await desk.reply(update, ready.message)
        return None

    async def _its_own(chat: Chat, thread: int | None) -> list[str]:
        """The topics that have the thread for their own: a digest asked for there is about these."""
        if thread is None:
            return []
        places = (await desk.storage.subscriptions.places([chat.id])).get(chat.id, {})
        return [topic for topic, its in places.items() if its == thread]

    async def _preview(update: Update, channel: Chat) -> None:
        ready = await prepare(desk.storage, channel, desk.topics, now=desk.clock())
        if ready.message is None:
            return await desk.say(update, texts.POST_NOTHING)
        await desk.reply(update, channels.preview(desk.scene(channel)))
        # As it would be posted, word for word.
        await Desk.reply(desk, update, ready.message)

    return (CommandHandler("digest", digest),)


def _asked(scene: Scene, words: Sequence[str]) -> tuple[str | None, int | None]:
    """The topic and the words that “/digest world”, “/digest 3min” or “/digest world 3min” asks for."""
    asked = " ".join(words).strip().casefold()
    minutes = re.fullmatch(r"(.*?)\b(\d{1,3}) ?(?:m|min|mins|minutes?)", asked)
    if not minutes:
        return topic_named(scene, asked), None
    topic = topic_named(scene, minutes[1])
    if minutes[1] and topic is None:
        return None, None
    return topic, max(1, min(int(minutes[2]), MOST_MINUTES)) * WORDS_A_MINUTE
