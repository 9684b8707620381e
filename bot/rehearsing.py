"""Rehearsing: filters for /subscribe, /mute and /alert, shown with what they would do before they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler

from bot.desk import Context, Desk, answered_command, pressed, thread_in
from bot.finding import suggestion
from news.alerts import MOST_ALERTS
from news.chat import Chat, Subscription, SubscriptionKind
from news.filters import Filter
from news.grammar import Unclear, is_plain, lasting, parse, understood
from news.messages import panels, rehearsals, texts
from news.messages.filters import refusal
from news.messages.message import Message
from news.messages.presses import mark
from news.messages.words import Scene

FORESEEN = timedelta(days=7)
MOST_CHARACTERS = 256
MOST_SUBSCRIPTIONS = 100
COMMANDS: Mapping[SubscriptionKind, str] = {"words": "/subscribe", "mute": "/mute", "alert": "/alert"}
ALREADY = {"words": texts.ALREADY_FOLLOWED, "mute": texts.ALREADY_MUTED, "alert": texts.ALREADY_ALERTED}


@dataclass(frozen=True, slots=True)
class Reading:
    """A filter, as what was typed can be read; and the other way that it can, if there are two."""

    typed: str
    wanted: Filter
    other: str | None = None


async def rehearse(desk: Desk, update: Update, kind: SubscriptionKind, asked: str) -> None:
    """Answers a command with what its filter would do. Its buttons find the filter in the message that is quoted."""
    chat = await desk.chat(update)
    if len(asked) > MOST_CHARACTERS:
        return await desk.say(update, texts.TOO_LONG_WISH, most=MOST_CHARACTERS)
    typed = with_plain_quotes(asked)
    try:
        reading = read(typed, desk.scene(chat))
    except Unclear as unclear:
        return await desk.say(update, "{problem}", problem=refusal(typed, unclear, desk.scene(chat).words))
    if problem := _hindrance(desk, chat, await _made(desk, chat, kind), kind, reading):
        return await desk.say(update, "{problem}", problem=problem)
    await desk.reply(update, await _offer(desk, chat, kind, reading), is_quoting=True)
    return None


def rehearsing(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for what is below a rehearsal."""

    async def keep(update: Update, _: Context) -> None:
        if (meant := await _meant(update)) is None:
            return
        chat, kind, reading = meant
        made = await _made(desk, chat, kind)
        if problem := _hindrance(desk, chat, made, kind, reading):
            return await desk.toast(update, "{problem}", is_alert=True, problem=problem)
        now, thread_id = desk.clock(), thread_in(update, chat) if kind == "alert" else None
        added = await desk.storage.subscriptions.add(chat.id, kind, reading.typed, now, thread_id=thread_id)
        [foreseen] = await desk.storage.subscriptions.foresee(chat.id, [(kind, added.value)], now - FORESEEN, now)
        await desk.replace(update, rehearsals.kept(desk.scene(chat), added, foreseen, chat.quiet))

    async def reread(update: Update, _: Context) -> None:
        if meant := await _meant(update):
            await desk.replace(update, await _offer(desk, *meant))

    async def leave(update: Update, _: Context) -> None:
        if await desk.allows(update):
            await desk.replace(update, panels.note(desk.scene(await desk.chat(update)), texts.NOTHING_CHANGED))

    async def _meant(update: Update) -> tuple[Chat, SubscriptionKind, Reading] | None:
        """The reading that a press names, of what its rehearsal quotes; None where nothing can be done with it."""
        if not await desk.allows(update):
            return None
        named, its = pressed(update, 2)[:2]
        chat = await desk.chat(update)
        scene = desk.scene(chat)
        for kind, command in COMMANDS.items():
            typed = with_plain_quotes(answered_command(update, command)) if kind == named else ""
            found = _marked(its, readings(typed, scene))
            if found is None and is_plain(typed) and (better := await suggestion(desk, typed)):
                found = _marked(its, readings(better, scene))
            if found:
                return chat, kind, found
        await desk.toast(update, texts.WISH_GONE, is_alert=True)
        return None

    return (
        CallbackQueryHandler(keep, r"^keep:"),
        CallbackQueryHandler(reread, r"^reread:"),
        CallbackQueryHandler(leave, r"^keep-not$"),
    )


def read(typed: str, scene: Scene) -> Reading:
    """What was typed, as it is likely meant; Unclear as `news.grammar.parse`."""
    meant, wanted = understood(typed, topics=scene.names)
    return Reading(_kept(meant, scene), wanted, _kept(typed, scene) if meant != typed else None)


def readings(typed: str, scene: Scene) -> list[Reading]:
    """Every way in which what was typed can be read; none where it is no filter."""
    try:
        first = read(typed, scene)
        other = [Reading(first.other, parse(typed, topics=scene.names), first.typed)] if first.other else []
        return [first, *other]
    except Unclear:
        return []


def _kept(typed: str, scene: Scene) -> str:
    """A filter as it is kept: it is read again where nobody's language is known."""
    return lasting(typed, names=scene.names, topics=scene.topics)


def _marked(its: str, some: Sequence[Reading]) -> Reading | None:
    return next((each for each in some if mark(each.typed) == its), None)


def with_plain_quotes(typed: str) -> str:
    """What was typed, with the quotes that a filter knows where a phone has put others around it."""
    for sign in "“”„«»":
        typed = typed.replace(sign, '"')
    return f'"{typed[1:-1]}"' if len(typed) > 2 and typed[0] == typed[-1] == "'" else typed


async def _made(desk: Desk, chat: Chat, kind: SubscriptionKind) -> list[Subscription]:
    """What the chat has of a kind and those that count with it."""
    subscriptions = desk.storage.subscriptions
    return await (subscriptions.alerts(chat.id) if kind == "alert" else subscriptions.of(chat.id))


def _hindrance(desk: Desk, chat: Chat, made: Sequence[Subscription], kind: SubscriptionKind, reading: Reading) -> str:
    """Why one more cannot be kept, or need not be."""
    scene = desk.scene(chat)
    if known := next((one for one in made if (one.kind, one.value) == (kind, reading.typed)), None):
        return scene.words.say(ALREADY[kind], what=panels.wish(scene, replace(known, kind="words")))
    most, text = (MOST_ALERTS, texts.TOO_MANY_ALERTS) if kind == "alert" else (MOST_SUBSCRIPTIONS, texts.TOO_MANY)
    return scene.words.say(text, most=most) if len(made) >= most else ""


async def _offer(desk: Desk, chat: Chat, kind: SubscriptionKind, reading: Reading) -> Message:
    now, wanted = desk.clock(), reading.wanted
    since = now - FORESEEN
    rehearsal = await desk.storage.subscriptions.rehearse(wanted, chat_id=chat.id, since=since, now=now)
    is_unknown = rehearsal.articles and not rehearsal.wanted and is_plain(reading.typed)
    better = await suggestion(desk, reading.typed) if is_unknown else None
    return rehearsals.offer(
        desk.scene(chat), kind, reading.typed, wanted, rehearsal, chat.quiet, other=reading.other, better=better
    )
