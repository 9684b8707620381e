"""Timing: schedules and time zones, typed or tapped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.desk import Context, Desk, pressed, thread_of
from bot.places import zone_named
from news.chat import Chat
from news.messages import panels, texts
from news.schedule import Schedule, next_slot

MOST_TIMES = 6
EVERY_DAY = frozenset(range(7))
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GROUPS = {"daily": EVERY_DAY, "weekdays": frozenset(range(5)), "weekend": frozenset({5, 6}), "weekends": {5, 6}}


def timing(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for when digests come."""

    async def schedule(update: Update, context: Context) -> None:
        chat = await desk.chat(update)
        if not context.args:
            await desk.reply(update, panels.schedule(desk.scene(chat), await planned(desk, chat)))
            return
        if not await desk.allows(update):
            return
        asked = read_times(context.args)
        if asked is None:
            await desk.say(update, texts.UNKNOWN_TIME, text=" ".join(context.args)[:60])
            return
        times, days = asked
        if len(times) > MOST_TIMES:
            await desk.say(update, texts.TOO_MANY_TIMES, most=MOST_TIMES)
            return
        before = await planned(desk, chat)
        chosen = days or (before.days if before else EVERY_DAY)
        await plan(desk, chat, times or (before.times if before else ()), chosen, thread_id=thread_of(update))
        await desk.reply(update, panels.schedule(desk.scene(chat), await planned(desk, chat)))

    async def show(update: Update, context: Context) -> None:
        chat = await desk.chat(update)
        await desk.toast(update)
        await desk.reply(update, panels.schedule(desk.scene(chat), await planned(desk, chat)))

    async def toggle(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat = await desk.chat(update)
        asked = clock_of(pressed(update)[0])
        if asked is None:
            await desk.toast(update, texts.OLD_BUTTON, is_alert=True)
            return
        before = await planned(desk, chat)
        times = set(before.times if before else ()) ^ {asked}
        if len(times) > MOST_TIMES:
            await desk.toast(update, texts.TOO_MANY_TIMES, is_alert=True, most=MOST_TIMES)
            return
        await plan(desk, chat, tuple(sorted(times)), before.days if before else EVERY_DAY)
        await desk.toast(update)
        await desk.replace(update, panels.schedule(desk.scene(chat), await planned(desk, chat)))

    async def zone(update: Update, context: Context) -> None:
        chat = await desk.chat(update)
        asked = " ".join(context.args or [])
        if not asked:
            await desk.reply(update, panels.zone(desk.scene(chat), chat))
            return
        if not await desk.allows(update):
            return
        named = zone_named(asked)
        if named is None:
            await desk.say(update, texts.UNKNOWN_ZONE, text=asked[:60])
            return
        await move(desk, chat, named)
        await say_moved(desk, update, chat, named)

    async def show_zone(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        await desk.toast(update)
        await desk.reply(update, panels.zone(desk.scene(chat), chat))

    return (
        CommandHandler("schedule", schedule),
        CommandHandler("timezone", zone),
        CallbackQueryHandler(show, r"^schedule$"),
        CallbackQueryHandler(toggle, r"^time:"),
        CallbackQueryHandler(show_zone, r"^zone$"),
    )


async def planned(desk: Desk, chat: Chat) -> Schedule | None:
    """The chat's schedule, if it has one with times."""
    return next((one for one in await desk.storage.schedules.of(chat.id) if one.times), None)


async def plan(
    desk: Desk, chat: Chat, times: tuple[time, ...], days: frozenset[int], *, thread_id: int | None = None
) -> None:
    """Sets when the chat's digests come; no times means none."""
    now = desk.clock()
    due = next_due(chat.zone or "UTC", times, days, now)
    current = await planned(desk, chat)
    thread = thread_id if thread_id is not None else (current.thread_id if current else None)
    await desk.storage.schedules.set(chat.id, times=times, days=days, thread_id=thread, now=now, next_due_at=due)


async def move(desk: Desk, chat: Chat, zone: str) -> None:
    """Moves the chat to another time zone, and its digests with it."""
    now = desk.clock()
    schedules = await desk.storage.schedules.of(chat.id)
    dues = {one.id: next_due(zone, one.times, one.days, now) for one in schedules}
    await desk.storage.schedules.rezone(chat.id, zone, now, dues)


async def say_moved(desk: Desk, update: Update, chat: Chat, zone: str) -> None:
    """Says which zone it is now, and what time it is there."""
    scene = desk.scene(chat)
    clock = scene.words.clock(panels.local_clock(scene, zone))
    await desk.say(update, texts.ZONE_SET, zone=zone, time=clock)


def next_due(zone: str, times: tuple[time, ...], days: frozenset[int], now: datetime) -> datetime | None:
    """When a schedule set now would first be due."""
    schedule = Schedule(id=0, chat_id=0, zone=zone, times=times, days=days, changed_at=now)
    slot = next_slot(schedule, after=now)
    return slot.due_at if slot else None


def clock_of(text: str) -> time | None:
    """A time of day as people type it: `7`, `07:30`, `7.30`, `0730`, `7:30 pm`; None for anything else."""
    typed = re.fullmatch(r"(\d{1,2})(?:[:.h]?(\d{2}))? ?(am|pm)?", text.strip().casefold())
    if typed is None:
        return None
    hour, minute, half = int(typed[1]), int(typed[2] or 0), typed[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_times(words: Sequence[str]) -> tuple[tuple[time, ...], frozenset[int] | None] | None:
    """Times and days of “07:30 18:00 mon-fri”; days are None where none are named, all None for what is neither."""
    times: set[time] = set()
    days: set[int] = set()
    for word in re.sub(r"(?<=\d) (?=[ap]m\b)", "", " ".join(words).casefold().replace(",", " ")).split():
        at, named = clock_of(word), _days_of(word)
        if at is not None:
            times.add(at)
        elif named:
            days |= named
        elif word not in ("at", "and", "on"):
            return None
    if not times and not days:
        return None
    return tuple(sorted(times)), frozenset(days) or None


def _days_of(word: str) -> frozenset[int]:
    if word in _GROUPS:
        return frozenset(_GROUPS[word])
    ends = [_DAYS.index(part[:3]) for part in word.split("-") if part[:3] in _DAYS and part.isalpha()]
    if len(ends) != len(word.split("-")) or len(ends) > 2:
        return frozenset()
    first, last = ends[0], ends[-1]
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
