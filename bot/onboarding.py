"""Onboarding: topics, time and place in three taps on one message, and a first digest at once.

While the second or third step stands open, `Chat.awaiting` says which it is and on which message,
such as `place:17`; with `keyboard` behind it, a button to share a location lies below the chat.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import time
from typing import Any

from telegram import KeyboardButton, ReplyKeyboardMarkup, Update
from telegram import Message as Received
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.desk import Context, Desk, pressed, thread_in
from bot.following import toggle_topic
from bot.places import likely_zone, zone_named
from bot.timing import EVERY_DAY, clock_of, move, moved, plan, planned
from jobs.compose import compose_now
from news.chat import Chat
from news.messages import hours, menus, rich, steps, texts
from news.messages.markup import Html, join
from news.messages.message import Message
from news.messages.presses import press

USUAL = time(8)
NEAR = 6
"""Messages after which a question is taken to have scrolled away."""


def onboarding(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for the first minute."""

    async def start(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        if chat.state != "active" and await desk.may_configure(update):
            await desk.storage.outbox.resume(chat.id)
            await desk.say(update, texts.RESUMED)
        await desk.reply(update, await begun(desk, update, chat))

    async def step(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        name, rest = pressed(update, 2)[:2]
        act = STEPS.get(name)
        if act is None:
            await desk.refuse(update)
        else:
            await act(desk, update, await desk.chat(update), rest)

    return CommandHandler("start", start), CallbackQueryHandler(step, r"^begin:")


async def begun(desk: Desk, update: Update, chat: Chat) -> Message:
    """What is set up in the chat; where that is not all, the first step."""
    schedule, topics = await planned(desk, chat, thread_in(update, chat)), await desk.followed_topics(chat)
    scene = desk.scene(chat)
    if schedule and chat.zone:
        return menus.set_up(scene, schedule, topics, is_first=False, is_private=chat.kind == "private")
    return steps.ask_topics(scene, topics)


async def _topic(desk: Desk, update: Update, chat: Chat, slug: str) -> None:
    if slug not in desk.topics:
        await desk.refuse(update)
        return
    await toggle_topic(desk, chat, slug)
    await _topics(desk, update, chat, "")


async def _topics(desk: Desk, update: Update, chat: Chat, _: str) -> None:
    await desk.storage.chats.update(chat.id, awaiting=None)
    await desk.replace(update, steps.ask_topics(desk.scene(chat), await desk.followed_topics(chat)))


async def _when(desk: Desk, update: Update, chat: Chat, _: str) -> None:
    if not await desk.storage.subscriptions.of(chat.id):
        await desk.toast(update, texts.CHOOSE_ONE_FIRST, is_alert=True)
        return
    await _await(desk, update, chat, "time")
    schedule = await planned(desk, chat, thread_in(update, chat))
    await desk.replace(update, steps.ask_time(desk.scene(chat), schedule.times if schedule else (USUAL,)))


async def _at(desk: Desk, update: Update, chat: Chat, typed: str) -> None:
    chosen = clock_of(typed)
    if chosen is None:
        await desk.refuse(update)
        return
    await plan(desk, chat, (chosen,), EVERY_DAY, thread_id=thread_in(update, chat))
    await _await(desk, update, chat, "place")
    await desk.replace(update, where(desk, update, chat, chosen))


async def _place(desk: Desk, update: Update, chat: Chat, _: str) -> None:
    """Back from typing a city, to what asked for it."""
    schedule = await planned(desk, chat, thread_in(update, chat))
    if awaited(chat) == "place" and schedule:
        await desk.replace(update, where(desk, update, chat, schedule.times[0]))
    else:
        await desk.storage.chats.update(chat.id, awaiting=None)
        await desk.replace(update, hours.zone(desk.scene(chat), chat))


async def _other_time(desk: Desk, update: Update, chat: Chat, _: str) -> None:
    if chat.kind != "channel":
        await _await(desk, update, chat, "time")
    text = {"private": texts.TYPE_TIME, "channel": texts.SEND_TIME}.get(chat.kind, texts.REPLY_TIME)
    await desk.replace(update, steps.ask_to_type(desk.scene(chat), text, press("begin", "when")))


async def _other_city(desk: Desk, update: Update, chat: Chat, _: str) -> None:
    if chat.kind != "channel":
        await _await(desk, update, chat, "place" if awaited(chat) == "place" else "city")
    text = {"private": texts.TYPE_CITY, "channel": texts.SEND_CITY}.get(chat.kind, texts.REPLY_CITY)
    await desk.replace(update, steps.ask_to_type(desk.scene(chat), text, press("begin", "place")))


async def _share(desk: Desk, update: Update, chat: Chat, _: str) -> None:
    heard = update.effective_message
    if chat.kind != "private" or not isinstance(heard, Received):
        # Only a person can share where they are.
        await _other_city(desk, update, chat, "")
        return
    await _await(desk, update, chat, "place" if awaited(chat) == "place" else "city", "keyboard")
    words = desk.scene(chat).words
    button = KeyboardButton(words.say(texts.SHARE_LOCATION), request_location=True)
    keyboard = ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    await heard.reply_text(words.say(texts.TAP_TO_SHARE), reply_markup=keyboard, do_quote=False)
    await desk.toast(update)


async def _zone(desk: Desk, update: Update, chat: Chat, name: str) -> None:
    found = zone_named(name)
    if found is None:
        await desk.refuse(update)
    else:
        await arrive(desk, update, chat, found)


STEPS: dict[str, Callable[[Desk, Update, Chat, str], Awaitable[None]]] = {
    "topic": _topic,
    "topics": _topics,
    "when": _when,
    "at": _at,
    "place": _place,
    "other-time": _other_time,
    "other-city": _other_city,
    "share": _share,
    "zone": _zone,
}


async def _await(desk: Desk, update: Update, chat: Chat, what: str, *more: str) -> None:
    """Takes the chat's next plain text as the answer to the message whose button was pressed."""
    heard = update.effective_message
    awaiting = ":".join((what, str(heard.message_id if heard else 0), *more))
    await desk.storage.chats.update(chat.id, awaiting=awaiting)


def awaited(chat: Chat) -> str:
    """What the chat's next plain text answers: `time`, `place` (onboarding), `city`, or nothing."""
    return (chat.awaiting or "").split(":")[0]


def where(desk: Desk, update: Update, chat: Chat, at: time) -> Message:
    """The third step."""
    speaker = update.effective_user
    guess = chat.zone or likely_zone(speaker.language_code if speaker else None)
    return steps.ask_place(desk.scene(chat), at, guess)


async def answer(desk: Desk, update: Update, chat: Chat, message: Message) -> int | None:
    """Puts a message where the question stood; below, where that has scrolled away. Its id."""
    heard, spot = update.effective_message, (chat.awaiting or "").split(":")[1:2]
    asked = int(spot[0]) if spot else 0
    is_near = heard is not None and heard.message_id - asked <= NEAR
    if asked and is_near and await desk.edit(update, asked, message):
        return asked
    return await desk.reply(update, message)


async def arrive(desk: Desk, update: Update, chat: Chat, zone: str, *, is_said: bool = False) -> None:
    """The last step: the zone is known. Says what is set, and sends the first digest.

    Outside of onboarding it is a change of zone; `is_said`: the reader was told of it.
    """
    # What is posted in a channel is not posted before somebody has seen what that would be.
    is_first = chat.kind != "channel" and (awaited(chat) == "place" or chat.zone is None)
    await move(desk, chat, zone)
    now = await desk.storage.chats.update(chat.id, awaiting=None)
    schedule = await planned(desk, now, thread_in(update, now))
    if schedule and (is_first or update.callback_query):
        topics = await desk.followed_topics(now)
        done = menus.set_up(desk.scene(now), schedule, topics, is_first=is_first, is_private=now.kind == "private")
        if now.kind == "channel":
            done = replace(done, html=join((Html(done.html), desk.scene(now).words.show(texts.NOTHING_POSTED)), "\n"))
    elif is_said:
        return
    else:
        done = moved(desk, now, zone)
    if update.callback_query:
        await desk.replace(update, done)
    else:
        await answer(desk, update, chat, done)
    if schedule and is_first:
        await _first_digest(desk, update, now)


async def _first_digest(desk: Desk, update: Update, chat: Chat) -> None:
    is_new = await desk.storage.digests.latest(chat.id) is None
    ready = await compose_now(desk.storage, chat, now=desk.clock(), thread_id=thread_in(update, chat))
    if not ready.digest.items and ready.message:
        await desk.reply(update, ready.message)
    if is_new and chat.kind == "private" and desk.telegram.has_rich_look:
        # By the outbox too: it keeps the order, so the question comes below the digest.
        scene = desk.scene(chat)
        await desk.storage.outbox.add(chat.id, rich.card(scene, steps.ask_look(scene)), now=desk.clock())
    desk.wake.set()
