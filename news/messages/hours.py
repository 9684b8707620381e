"""When digests come, and the clock they come by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from zoneinfo import ZoneInfo

from news.chat import Chat
from news.messages import pauses, quieting, texts
from news.messages.layout import rows
from news.messages.markup import bold, escape, italic, join
from news.messages.message import Button, Message
from news.messages.presses import press
from news.messages.steps import USUAL_TIMES
from news.messages.words import Scene
from news.schedule import Schedule


def schedule(scene: Scene, chat: Chat, chosen: Schedule | None) -> Message:
    """When digests come, with the usual times as buttons that add or remove; and the quiet hours."""
    say = scene.words.say
    pause, resume = pauses.standing(scene, chosen)
    lines = [bold(say(texts.SCHEDULE_TITLE)), *pause]
    times: Sequence[time] = ()
    if chosen and chosen.times:
        times = chosen.times
        days = scene.words.days(chosen.days)
        said, there = scene.words.times(times), scene.words.city(chosen.zone)
        lines.append(escape(say(texts.SCHEDULE_LINE, days=days, times=said, city=there)))
        if chosen.next_due_at and not pause:
            when = scene.words.when(chosen.next_due_at, chosen.zone, scene.now)
            lines.append(escape(say(texts.NEXT_AT, when=when)))
        if chat.zone is None:
            lines.append(escape(say(texts.ZONE_UNKNOWN)))
    else:
        lines.append(scene.words.show(texts.NO_SCHEDULE))
    lines.append(escape(quieting.line(scene, chat.quiet)))
    lines.append(italic(scene.words.show(texts.SCHEDULE_HINT)))
    offered = sorted({*USUAL_TIMES, *times})
    buttons = [
        Button(text=scene.words.clock(at) + (" ✓" if at in times else ""), data=press("time", at.strftime("%H%M")))
        for at in offered
    ]
    zone = Button(text=say(texts.CHANGE_ZONE), data=press("zone"))
    hush = Button(text=say(texts.QUIET_HOURS), data=press("quiet"))
    return Message(html=join(lines, "\n"), keyboard=(*resume, *rows(buttons, 4), (hush, zone)))


def zone(scene: Scene, chat: Chat) -> Message:
    """Where the chat is, with buttons to change it."""
    say = scene.words.say
    if chat.zone:
        here = say(texts.ZONE_TITLE, zone=chat.zone, time=scene.words.clock(local_clock(scene, chat.zone)))
    else:
        here = say(texts.ZONE_UNSET)
    share = Button(text=say(texts.SHARE_LOCATION), data=press("begin", "share"))
    other = Button(text=say(texts.OTHER_CITY), data=press("begin", "other-city"))
    return Message(html=escape(here), keyboard=((share, other) if chat.kind == "private" else (other,),))


def local_clock(scene: Scene, zone: str) -> time:
    """The time of day it is in a zone."""
    return scene.now.astimezone(ZoneInfo(zone)).time()
