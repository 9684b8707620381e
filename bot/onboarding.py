"""Onboarding: topics, time, place in three taps, and a first digest at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from telegram import KeyboardButton, ReplyKeyboardMarkup, ReplyKeyboardRemove, Update
from telegram import Message as Received
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.desk import Context, Desk, pressed
from bot.following import toggle_topic
from bot.places import likely_zone, zone_at, zone_named
from bot.timing import EVERY_DAY, clock_of, move, plan, planned, read_times, say_moved
from jobs.compose import compose_now
from news.chat import Chat
from news.messages import panels, rich, texts

USUAL = time(8)


def onboarding(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for the first minute, and for what is typed when we asked for it."""

    async def start(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        if chat.state in ("stopped", "suspended") and await desk.may_configure(update):
            await desk.storage.outbox.resume(chat.id)
            await desk.say(update, texts.RESUMED)
        schedule, topics = await planned(desk, chat), await desk.followed_topics(chat)
        scene = desk.scene(chat)
        if schedule and chat.zone:
            await desk.reply(update, panels.set_up(scene, schedule, topics, is_first=False))
        else:
            await desk.reply(update, panels.ask_topics(scene, topics))

    async def step(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat = await desk.chat(update)
        name, rest = pressed(update, 2)[:2]
        act = steps.get(name)
        if act is None:
            await desk.toast(update, texts.OLD_BUTTON, is_alert=True)
        else:
            await act(update, chat, rest)

    async def topic(update: Update, chat: Chat, slug: str) -> None:
        if slug in desk.topics:
            await toggle_topic(desk, chat, slug)
        await show_topics(update, chat, "")

    async def show_topics(update: Update, chat: Chat, _: str) -> None:
        await desk.toast(update)
        await desk.replace(update, panels.ask_topics(desk.scene(chat), await desk.followed_topics(chat)))

    async def when(update: Update, chat: Chat, _: str) -> None:
        if not await desk.storage.subscriptions.of(chat.id):
            await desk.toast(update, texts.CHOOSE_ONE_FIRST, is_alert=True)
            return
        await desk.toast(update)
        schedule = await planned(desk, chat)
        await desk.replace(update, panels.ask_time(desk.scene(chat), schedule.times if schedule else (USUAL,)))

    async def at(update: Update, chat: Chat, typed: str) -> None:
        chosen = clock_of(typed)
        await desk.toast(update)
        if chosen is not None:
            await plan(desk, chat, (chosen,), EVERY_DAY)
            await ask_place(update, chat, chosen)

    async def ask_place(update: Update, chat: Chat, chosen: time) -> None:
        speaker = update.effective_user
        guess = chat.zone or likely_zone(speaker.language_code if speaker else None)
        await desk.replace(update, panels.ask_place(desk.scene(chat), chosen, guess))

    async def other_time(update: Update, chat: Chat, _: str) -> None:
        await ask_to_type(update, chat, "time", texts.TYPE_TIME)

    async def other_city(update: Update, chat: Chat, _: str) -> None:
        await ask_to_type(update, chat, "city", texts.TYPE_CITY)

    async def ask_to_type(update: Update, chat: Chat, what: str, text: str) -> None:
        pressed = update.effective_message
        await desk.storage.chats.update(chat.id, awaiting=f"{what}:{pressed.message_id if pressed else 0}")
        await desk.toast(update)
        await desk.say(update, text)

    async def share(update: Update, chat: Chat, _: str) -> None:
        await desk.toast(update)
        if chat.kind != "private":
            await ask_to_type(update, chat, "city", texts.TYPE_CITY)
            return
        words = desk.scene(chat).words
        pressed = update.effective_message
        await desk.storage.chats.update(chat.id, awaiting=f"city:{pressed.message_id if pressed else 0}")
        button = KeyboardButton(words.say(texts.SHARE_LOCATION), request_location=True)
        keyboard = ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
        if isinstance(pressed, Received):
            await pressed.reply_text(words.say(texts.TAP_TO_SHARE), reply_markup=keyboard, do_quote=False)

    async def zone(update: Update, chat: Chat, name: str) -> None:
        found = zone_named(name)
        if found is None:
            await desk.toast(update, texts.OLD_BUTTON, is_alert=True)
            return
        await desk.toast(update)
        await arrive(update, chat, found)

    async def arrive(update: Update, chat: Chat, name: str) -> None:
        """The last step: the zone is known. Says what is set, and sends the first digest."""
        was_new = chat.zone is None
        await move(desk, chat, name)
        if await planned(desk, chat) is None:
            await say_moved(desk, update, chat, name)
            return
        chat = await desk.storage.chats.update(chat.id, awaiting=None)
        schedule = await planned(desk, chat)
        assert schedule is not None
        done = panels.set_up(desk.scene(chat), schedule, await desk.followed_topics(chat), is_first=was_new)
        await (desk.replace if update.callback_query else desk.reply)(update, done)
        if was_new:
            await first_digest(update, chat)

    async def first_digest(update: Update, chat: Chat) -> None:
        ready = await compose_now(desk.storage, chat, now=desk.clock())
        if ready.digest.items:
            desk.wake.set()
        elif ready.message:
            await desk.reply(update, ready.message)
        if chat.kind == "private":
            scene = desk.scene(chat)
            await desk.reply(update, rich.card(scene, panels.ask_look(scene)), plainer=panels.looks(scene, chat.look))

    async def typed(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        heard = update.effective_message
        text = (heard.text or "") if heard else ""
        what = (chat.awaiting or "").split(":")[0]
        if what and await desk.may_configure(update):
            await (type_city if what == "city" else type_time)(update, chat, text)
        elif chat.kind == "private":
            await desk.say(update, texts.SEND_HELP)

    async def type_city(update: Update, chat: Chat, text: str) -> None:
        found = zone_named(text)
        if found is None:
            await desk.say(update, texts.UNKNOWN_ZONE, text=text[:60])
            return
        await desk.storage.chats.update(chat.id, awaiting=None)
        await arrive(update, chat, found)

    async def type_time(update: Update, chat: Chat, text: str) -> None:
        asked = read_times(text.split())
        if asked is None or not asked[0]:
            await desk.say(update, texts.UNKNOWN_TIME, text=text[:60])
            return
        times, days = asked
        await desk.storage.chats.update(chat.id, awaiting=None)
        await plan(desk, chat, times[:6], days or EVERY_DAY)
        if chat.zone:
            await desk.reply(update, panels.schedule(desk.scene(chat), await planned(desk, chat)))
            return
        speaker = update.effective_user
        guess = likely_zone(speaker.language_code if speaker else None)
        await desk.reply(update, panels.ask_place(desk.scene(chat), times[0], guess))

    async def located(update: Update, _: Context) -> None:
        heard = update.message
        if heard is None or heard.location is None or not await desk.may_configure(update):
            return
        chat = await desk.chat(update)
        found = zone_at(heard.location.latitude, heard.location.longitude)
        if found is None:
            await desk.say(update, texts.TYPE_CITY)
            return
        words = desk.scene(chat).words
        here = words.say(texts.ZONE_SET, zone=found, time=words.clock(panels.local_clock(desk.scene(chat), found)))
        await heard.reply_text(here, reply_markup=ReplyKeyboardRemove(), do_quote=False)
        await arrive(update, chat, found)

    steps = {
        "topic": topic,
        "topics": show_topics,
        "when": when,
        "at": at,
        "other-time": other_time,
        "other-city": other_city,
        "share": share,
        "zone": zone,
    }
    return (
        CommandHandler("start", start),
        CallbackQueryHandler(step, r"^begin:"),
        MessageHandler(filters.LOCATION, located),
        MessageHandler(filters.TEXT & ~filters.COMMAND & filters.UpdateType.MESSAGE & ~filters.VIA_BOT, typed),
    )
