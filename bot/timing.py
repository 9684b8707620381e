"""Timing: schedules, quiet hours and time zones, typed or tapped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.days import weekday_of
from bot.desk import Context, Desk, pressed, thread_in
from bot.places import zone_named
from news.chat import Chat
from news.messages import hours, panels, quieting, texts
from news.messages.message import Message
from news.messages.words import Words
from news.schedule import Schedule, next_slot, pause_end, paused_day

ENGLISH = Words()
MOST_TIMES = 6
EVERY_DAY = frozenset(range(7))
NO_TIMES = ("off", "none", "never")
_GROUPS = {
    "daily": EVERY_DAY,
    "everyday": EVERY_DAY,
    "weekdays": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
    "weekends": frozenset({5, 6}),
}


def timing(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for when digests come, and when what comes at once waits."""

    async def schedule(update: Update, context: Context) -> None:
        chat = await desk.chat(update)
        thread = thread_in(update, chat)
        if not context.args:
            await desk.reply(update, await _panel(desk, chat, thread))
            return
        if context.args[0].casefold() == "quiet":
            return await be_quiet(update, chat, context.args[1:])
        if not await desk.allows(update):
            return
        before = await planned(desk, chat, thread)
        if " ".join(context.args).casefold() in NO_TIMES:
            await plan(desk, chat, (), before.days if before else EVERY_DAY, thread_id=thread)
            await desk.reply(update, await _panel(desk, chat, thread))
            return
        asked = read_times(context.args, desk.scene(chat).words)
        if asked is None or not (asked[0] or before):
            await desk.say(update, texts.UNKNOWN_TIME, text=" ".join(context.args)[:60])
            return
        times, days = asked
        if len(times) > MOST_TIMES:
            await desk.say(update, texts.TOO_MANY_TIMES, most=MOST_TIMES)
            return
        chosen = days or (before.days if before else EVERY_DAY)
        await plan(desk, chat, times or (before.times if before else ()), chosen, thread_id=thread)
        await desk.reply(update, await _panel(desk, chat, thread))

    async def show(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        await desk.reply(update, await _panel(desk, chat, thread_in(update, chat)))
        await desk.toast(update)

    async def toggle(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat = await desk.chat(update)
        thread = thread_in(update, chat)
        asked = clock_of(pressed(update)[0])
        if asked is None:
            await desk.refuse(update)
            return
        before = await planned(desk, chat, thread)
        times = set(before.times if before else ()) ^ {asked}
        if len(times) > MOST_TIMES:
            await desk.toast(update, texts.TOO_MANY_TIMES, is_alert=True, most=MOST_TIMES)
            return
        days = before.days if before else EVERY_DAY
        await plan(desk, chat, tuple(sorted(times)), days, thread_id=thread)
        await desk.replace(update, await _panel(desk, chat, thread))

    async def be_quiet(update: Update, chat: Chat, words: Sequence[str]) -> None:
        if words and not await desk.allows(update):
            return
        quiet = read_quiet(words) if words else chat.quiet
        if quiet is None:
            return await desk.say(update, texts.QUIET_UNCLEAR, text=" ".join(words)[:60])
        if _is_whole_day(quiet):
            return await desk.say(update, texts.QUIET_ALL_DAY, time=desk.scene(chat).words.clock(quiet[0]))
        if words:
            await desk.storage.alerts.hush(chat.id, quiet, desk.clock())
        await desk.reply(update, quieting.panel(desk.scene(chat), quiet))

    async def show_quiet(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        await desk.replace(update, quieting.panel(desk.scene(chat), chat.quiet))

    async def choose_quiet(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat, quiet = await desk.chat(update), read_quiet(pressed(update))
        if quiet is None or _is_whole_day(quiet):
            return await desk.refuse(update)
        await desk.storage.alerts.hush(chat.id, quiet, desk.clock())
        await desk.replace(update, quieting.panel(desk.scene(chat), quiet))

    async def back(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        await desk.replace(update, await _panel(desk, chat, thread_in(update, chat)))

    async def zone(update: Update, context: Context) -> None:
        chat, asked = await desk.chat(update), " ".join(context.args or [])
        if not asked:
            await desk.reply(update, hours.zone(desk.scene(chat), chat))
            return
        if not await desk.allows(update):
            return
        named = zone_named(asked)
        if named is None:
            await desk.say(update, texts.UNKNOWN_ZONE, text=asked[:60])
            return
        await move(desk, chat, named)
        await desk.reply(update, moved(desk, chat, named))

    async def show_zone(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        await desk.reply(update, hours.zone(desk.scene(chat), chat))
        await desk.toast(update)

    return (
        CommandHandler("schedule", schedule),
        CommandHandler("timezone", zone),
        CallbackQueryHandler(show, r"^schedule$"),
        CallbackQueryHandler(toggle, r"^time:"),
        CallbackQueryHandler(show_quiet, r"^quiet$"),
        CallbackQueryHandler(choose_quiet, r"^quiet:"),
        CallbackQueryHandler(back, r"^times$"),
        CallbackQueryHandler(show_zone, r"^zone$"),
    )


async def _panel(desk: Desk, chat: Chat, thread: int | None) -> Message:
    return hours.schedule(desk.scene(chat), chat, await planned(desk, chat, thread))


async def planned(desk: Desk, chat: Chat, thread: int | None) -> Schedule | None:
    """The schedule of the chat, or of this thread of a forum, if it has one with times."""
    schedules = await desk.storage.schedules.of(chat.id)
    return next((one for one in schedules if one.times and one.thread_id == thread), None)


async def plan(desk: Desk, chat: Chat, times: tuple[time, ...], days: frozenset[int], *, thread_id: int | None) -> None:
    """Sets when the digests of a chat, or of a thread, come; no times means none."""
    now, held = desk.clock(), await held_until(desk, chat)
    due = next_due(chat.zone or "UTC", times, days, now)
    await desk.storage.schedules.set(chat.id, times=times, days=days, thread_id=thread_id, now=now, next_due_at=due)
    if held:
        await hold(desk, chat, held)


async def move(desk: Desk, chat: Chat, zone: str) -> None:
    """Moves the chat to another time zone, and its digests with it."""
    now, held = desk.clock(), await held_until(desk, chat)
    schedules = await desk.storage.schedules.of(chat.id)
    dues = {one.id: next_due(zone, one.times, one.days, now) for one in schedules}
    await desk.storage.schedules.rezone(chat.id, zone, now, dues)
    if held:
        await hold(desk, chat, held)


async def held_until(desk: Desk, chat: Chat) -> date | None:
    """The day until which the chat's digests are paused, those of all its threads; None where they are not."""
    schedules, now = await desk.storage.schedules.of(chat.id), desk.clock()
    return max((day for one in schedules if (day := paused_day(one, now))), default=None)


async def hold(desk: Desk, chat: Chat, day: date | None) -> None:
    """Lets no digest of the chat come before that day; None lets them come again, what was missed first."""
    schedules = await desk.storage.schedules.of(chat.id)
    await desk.storage.schedules.pause(chat.id, {one.id: pause_end(one, day) for one in schedules} if day else {})


def moved(desk: Desk, chat: Chat, zone: str) -> Message:
    """Says which zone it is now, and what time it is there."""
    scene = desk.scene(chat)
    return panels.note(scene, texts.ZONE_SET, zone=zone, time=scene.words.clock(hours.local_clock(scene, zone)))


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


def read_quiet(words: Sequence[str]) -> tuple[time, ...] | None:
    """The two ends of “23:00-06:30”, none for “off”, None for what is neither."""
    text = re.sub(r"[–—-]| (?:to|until|and) ", " ", f" {' '.join(words)} ".casefold())
    said = re.sub(r"(?<=\d) (?=[ap]m\b)", "", text).split()
    if " ".join(said) in NO_TIMES:
        return ()
    ends = [clock_of(word) for word in said if word not in ("from", "between")]
    return tuple(at for at in ends if at is not None) if len(ends) == 2 and None not in ends else None


def _is_whole_day(quiet: tuple[time, ...]) -> bool:
    return len(set(quiet)) == 1


def read_times(words: Sequence[str], spoken: Words = ENGLISH) -> tuple[tuple[time, ...], frozenset[int] | None] | None:
    """Times and days of “07:30 18:00 mon-fri”; days are None where none are named, all None for what is neither.

    What is `spoken` where it is typed is understood besides English.
    """
    text = " ".join(words).casefold().replace(",", " ").replace("–", "-").replace("every day", "daily")
    text = text.replace(spoken.say(texts.EVERY_DAY).casefold(), "daily")
    also = spoken.listed(["", ""]).strip()
    times: set[time] = set()
    days: set[int] = set()
    for word in re.sub(r"(?<=\d) (?=[ap]m\b)", "", text).split():
        at, named = clock_of(word), _days_of(word, spoken.language)
        if at is not None:
            times.add(at)
        elif named:
            days |= named
        elif word not in ("at", "and", "on", also):
            return None
    if not times and not days:
        return None
    return tuple(sorted(times)), frozenset(days) or None


def _days_of(word: str, language: str) -> frozenset[int]:
    """The days of `mon`, `Mondays`, `mon-fri` or `weekend`; none for anything else."""
    if word in _GROUPS:
        return _GROUPS[word]
    # Portuguese calls Monday `segunda-feira`.
    whole = weekday_of(word, language)
    ends = [weekday_of(part, language) for part in word.split("-")] if whole is None else [whole]
    if None in ends or len(ends) > 2:
        return frozenset()
    first, last = ends[0] or 0, ends[-1] or 0
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
