"""Pauses: how long no digest comes, and that they come again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from news.messages import texts
from news.messages.markup import Html, bold, join
from news.messages.message import Button, Message
from news.messages.presses import press
from news.messages.words import Scene
from news.schedule import NEVER, Schedule, paused_day

OPEN = "open"
"""What a press says for a pause that the reader ends."""
OFFERED = ((1, texts.UNTIL_TOMORROW), (7, texts.FOR_A_WEEK))
"""In so many days digests come again."""


def paused(scene: Scene, day: date) -> str:
    """“Your digests are paused until Monday, 30 November.”"""
    if day == NEVER:
        return scene.words.say(texts.PAUSED_OPEN)
    return scene.words.say(texts.PAUSED_UNTIL, day=scene.words.day(day, today(scene)))


def today(scene: Scene) -> date:
    """The day it is where the chat is."""
    return scene.now.astimezone(ZoneInfo(scene.zone)).date()


def standing(scene: Scene, schedule: Schedule | None) -> tuple[list[Html], tuple[tuple[Button, ...], ...]]:
    """What is to be said of a schedule that is paused, and the row with the button to resume; else nothing."""
    day = paused_day(schedule, scene.now) if schedule else None
    return ([bold(paused(scene, day))], (_resume(scene),)) if day else ([], ())


def _resume(scene: Scene) -> tuple[Button, ...]:
    return (Button(text=scene.words.say(texts.RESUME), data=press("resume")),)


def panel(scene: Scene, until: date | None) -> Message:
    """How long digests can be paused; `until` is the day until which they are."""
    say = scene.words.say
    offered = tuple(Button(text=say(text), data=press("pause", days)) for days, text in OFFERED)
    ever = Button(text=say(texts.UNTIL_I_RESUME), data=press("pause", OPEN))
    title = bold(paused(scene, until) if until else say(texts.PAUSE_TITLE))
    html = join((title, scene.words.show(texts.PAUSE_HINT)), "\n")
    return Message(html=html, keyboard=(offered, (ever,), *((_resume(scene),) if until else ())))


def begun(scene: Scene, until: date, schedules: Sequence[Schedule]) -> Message:
    """That the digests of these schedules are paused from now on."""
    lines = [bold(paused(scene, until)), scene.words.show(texts.PAUSE_CATCHES_UP)]
    if len(schedules) > 1:
        lines.append(scene.words.show(texts.PAUSE_OF_ALL))
    return Message(html=join(lines, "\n"), keyboard=(_resume(scene),))


def over(scene: Scene, schedules: Sequence[Schedule]) -> Message:
    """That digests come again, and when the next one does."""
    due_at = min((one.next_due_at for one in schedules if one.next_due_at), default=None)
    lines = [scene.words.say(texts.PAUSE_OVER)]
    if due_at and due_at <= scene.now:
        lines.append(scene.words.say(texts.ONE_CATCHES_UP))
    elif due_at:
        lines.append(scene.words.say(texts.NEXT_AT, when=scene.words.when(due_at, scene.zone, scene.now)))
    return Message(html=join(lines, " "))
