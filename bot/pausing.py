"""Pausing: no digests for a while, typed or tapped, and then one that catches up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.days import month_of, weekday_of
from bot.desk import Context, Desk, pressed
from bot.timing import held_until, hold
from news.chat import Chat
from news.messages import pauses, texts
from news.messages.message import Message
from news.messages.presses import number
from news.messages.speaking import ENGLISH
from news.schedule import NEVER, Schedule
from news.vocabulary import MONTHS

LONGEST = timedelta(days=366)
LATELY = timedelta(days=90)
"""A date without a year that passed so lately is of this year, and over."""
MOST_SAID = 8
"""Words of a language other than English in which a day is looked for."""
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SPANS = {"day": 1, "week": 7, "month": 30, "year": 365}
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
_OPEN = ("i resume", "i am back", "further notice", "forever")


def pausing(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for pauses. A pause is the chat's: it holds for the schedules of all its threads."""

    async def pause(update: Update, context: Context) -> None:
        if not await desk.allows(update):
            return None
        chat, asked = await desk.chat(update), " ".join(context.args or [])
        if not await _planned(chat):
            return await desk.say(update, texts.NOTHING_TO_PAUSE)
        scene = desk.scene(chat)
        today = pauses.today(scene)
        day = read_day(asked, today, scene.words.language)
        if not asked:
            await desk.reply(update, pauses.panel(scene, await held_until(desk, chat)))
        elif day is None:
            await desk.say(update, texts.PAUSE_UNCLEAR, text=asked[:60])
        elif day <= today:
            await desk.say(update, texts.PAUSE_PAST, text=asked[:60])
        elif day != NEVER and day - today > LONGEST:
            await desk.say(update, texts.PAUSE_TOO_LONG, text=asked[:60])
        else:
            await desk.reply(update, await _paused(chat, day))
        return None

    async def choose(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat, chosen = await desk.chat(update), pressed(update)[0]
        days = {str(days): days for days, _ in pauses.OFFERED}.get(chosen)
        if not (days or chosen == pauses.OPEN) or not await _planned(chat):
            await desk.refuse(update)
            return
        day = pauses.today(desk.scene(chat)) + timedelta(days=days) if days else NEVER
        await desk.replace(update, await _paused(chat, day))

    async def _paused(chat: Chat, day: date) -> Message:
        await hold(desk, chat, day)
        return pauses.begun(desk.scene(chat), day, await _planned(chat))

    async def _planned(chat: Chat) -> list[Schedule]:
        return [one for one in await desk.storage.schedules.of(chat.id) if one.times]

    async def resume(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        resumed = await _resumed(await desk.chat(update))
        await (desk.reply(update, resumed) if resumed else desk.say(update, texts.NOT_PAUSED))

    async def tap_resume(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        resumed = await _resumed(await desk.chat(update))
        await (desk.replace(update, resumed) if resumed else desk.toast(update, texts.NOT_PAUSED))

    async def _resumed(chat: Chat) -> Message | None:
        """Ends the pause, or what /stop did, and says so; None where digests come already."""
        if chat.state == "active" and not await held_until(desk, chat):
            return None
        if chat.state != "active":
            await desk.storage.outbox.resume(chat.id)
        await hold(desk, chat, None)
        return pauses.over(desk.scene(chat), await _planned(chat))

    return (
        CommandHandler("pause", pause),
        CommandHandler("resume", resume),
        CallbackQueryHandler(choose, r"^pause:"),
        CallbackQueryHandler(tap_resume, r"^resume$"),
    )


def read_day(text: str, today: date, language: str = ENGLISH) -> date | None:
    """The day of “until monday”, “3 days”, “24 December” or “2026-12-24”, past ones too; None for anything else.

    NEVER for a pause that the reader ends. A day of the week is the next to come; so is a date without a year.
    Days and months are understood in English and in one other language.
    """
    typed = " ".join(text.casefold().replace(",", " ").split()).removesuffix(".")
    typed = re.sub(r"^(until|till|til|for)(?: the)? ", "", typed)
    if typed in _OPEN:
        return NEVER
    if typed in _NEAR:
        return today + timedelta(days=_NEAR[typed])
    weekday = weekday_of(typed)
    if weekday is not None:
        return _next(weekday, today)
    day = _after(typed, today) or _dated(typed, today)
    return day if day or language == ENGLISH else _spoken(typed, today, language)


def _spoken(typed: str, today: date, language: str) -> date | None:
    """The day of “bis Montag” or “hasta el 24 de diciembre”: words around the day and the month say nothing."""
    said = typed.split()[:MOST_SAID]
    day, *year = [*(int(each) for each in re.findall(r"\d+", typed) if len(each) <= 4), 0]
    if not day:
        weekday = next((found for word in said if (found := weekday_of(word, language)) is not None), None)
        return None if weekday is None else _next(weekday, today)
    month = next((found for word in said if (found := month_of(word, language))), None)
    return _of(year[0] or None, month, day, today) if month and len(year) < 3 else None


def _next(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _after(typed: str, today: date) -> date | None:
    """The day of “3 days”, “a week” or “2 months”, of thirty days each; what is too long ends too late, no more."""
    span = re.fullmatch(r"(\d{1,4}|[a-z]+) ?(day|week|month|year)s?", typed, re.ASCII)
    many = (_NUMBERS.get(span[1]) or number(span[1])) if span else None
    return today + min(timedelta(days=many * _SPANS[span[2]]), 2 * LONGEST) if span and many is not None else None


def _dated(typed: str, today: date) -> date | None:
    """The day of “24 December”, “December 24th 2026”, “24.12.2026” or “2026-12-24”."""
    forms = (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"\D*(?:(?P<year>\d{4})[年년] ?)?(?P<month>\d{1,2})[月월] ?(?P<day>\d{1,2})[日일]\D*",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})(?:\.(?P<year>\d{4}))?",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?(?: of)? (?P<month>[a-z]{3,9})\.?(?: (?P<year>\d{4}))?",
        r"(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?: (?P<year>\d{4}))?",
    )
    found = next((match for form in forms if (match := re.fullmatch(form, typed, re.ASCII))), None)
    if found is None:
        return None
    named, year, day = found["month"], found["year"], int(found["day"])
    begun = rf"\b{re.escape(named)}"
    month = next((at for at, names in enumerate(MONTHS, start=1) if re.search(begun, names)), None)
    month = month or number(named)
    return None if month is None else _of(int(year) if year else None, month, day, today)


def _of(year: int | None, month: int, day: int, today: date) -> date | None:
    """The day, or the one that is meant where no year is named; None where there is none."""
    if year is not None:
        return _day(year, month, day)
    days = (_day(each, month, day) for each in (today.year, today.year + 1))
    return next((each for each in days if each and each >= today - LATELY), None)


def _day(year: int, month: int, day: int) -> date | None:
    """None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
