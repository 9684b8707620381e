"""Hearing: what is typed or shared when we asked for it, and what nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import ReplyKeyboardRemove, Update
from telegram.ext import BaseHandler, MessageHandler, filters

from bot.desk import Context, Desk, thread_of
from bot.onboarding import answer, arrive, awaited, where
from bot.places import zone_at, zone_named
from bot.timing import EVERY_DAY, MOST_TIMES, moved, plan, planned, read_times
from news.chat import Chat
from news.messages import hours, texts
from news.messages.markup import shown

PLAIN_TEXT = filters.TEXT & ~filters.COMMAND & filters.UpdateType.MESSAGE & ~filters.VIA_BOT
SHOWN = 60
"""Characters of what a person typed that we say back."""


def hearing(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for messages without a command."""

    async def typed(update: Update, _: Context) -> None:
        chat, heard = await desk.met(update), update.message
        assert heard is not None
        text, what = heard.text or "", awaited(chat)
        if chat.kind != "private" and not _is_reply_to_us(update, chat):
            return
        if not what:
            await desk.say(update, texts.SEND_HELP)
        elif await desk.allows(update):
            await (_type_time if what == "time" else _type_city)(desk, update, chat, text)

    async def located(update: Update, _: Context) -> None:
        heard = update.message
        if heard is None or heard.location is None:
            return
        chat = await desk.chat(update)
        found = zone_at(heard.location.latitude, heard.location.longitude)
        if found is None:
            await desk.say(update, texts.TYPE_CITY)
            return
        await _put_keyboard_away(desk, update, chat, found)
        await arrive(desk, update, chat, found, is_said=True)

    return (
        MessageHandler(filters.LOCATION & filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE, located),
        MessageHandler(PLAIN_TEXT, typed),
    )


def _is_reply_to_us(update: Update, chat: Chat) -> bool:
    """In a group a text is meant for us only when it replies to the message that asked."""
    heard = update.message
    replied = heard.reply_to_message if heard else None
    return replied is not None and str(replied.message_id) in (chat.awaiting or "").split(":")[1:2]


async def _type_city(desk: Desk, update: Update, chat: Chat, text: str) -> None:
    found = zone_named(text)
    if found is None:
        await desk.say(update, texts.UNKNOWN_ZONE, text=text[:SHOWN])
        return
    has_keyboard = (chat.awaiting or "").endswith(":keyboard")
    if has_keyboard:
        await _put_keyboard_away(desk, update, chat, found)
    await arrive(desk, update, chat, found, is_said=has_keyboard)


async def _type_time(desk: Desk, update: Update, chat: Chat, text: str) -> None:
    asked = read_times(text.split(), desk.scene(chat).words)
    if asked is None or not asked[0]:
        await desk.say(update, texts.TYPE_TIME_AGAIN, text=text[:SHOWN])
        return
    times, days = asked
    if len(times) > MOST_TIMES:
        await desk.say(update, texts.TOO_MANY_TIMES, most=MOST_TIMES)
        return
    thread = thread_of(update)
    await plan(desk, chat, times, days or EVERY_DAY, thread_id=thread)
    if chat.zone:
        await desk.storage.chats.update(chat.id, awaiting=None)
        await answer(desk, update, chat, hours.schedule(desk.scene(chat), chat, await planned(desk, chat, thread)))
        return
    spot = await answer(desk, update, chat, where(desk, update, chat, times[0]))
    await desk.storage.chats.update(chat.id, awaiting=f"place:{spot or 0}")


async def _put_keyboard_away(desk: Desk, update: Update, chat: Chat, zone: str) -> None:
    """Says which zone it is now, and takes the button to share a location from below the chat."""
    assert update.message is not None
    said = shown(moved(desk, chat, zone).html)
    await update.message.reply_text(said, reply_markup=ReplyKeyboardRemove(), do_quote=False)
