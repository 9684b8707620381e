"""Quiet hours: when what comes at once waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from news.chat import NIGHT
from news.messages import texts
from news.messages.layout import rows
from news.messages.markup import bold, italic, join
from news.messages.message import Button, Message
from news.messages.presses import press
from news.messages.words import Scene

USUAL = (
    (time(21), time(7)),
    NIGHT,
    (time(22), time(8)),
    (time(23), time(6)),
    (time(23), time(7)),
    (time(0), time(8)),
)


def hours(scene: Scene, quiet: Sequence[time]) -> dict[str, str]:
    """Their ends, as `since` and `until` of a text; nothing where there are none."""
    return dict(zip(("since", "until"), map(scene.words.clock, quiet), strict=False))


def line(scene: Scene, quiet: Sequence[time]) -> str:
    """“Quiet hours: 22:00 to 07:00”."""
    return scene.words.say(texts.QUIET_FROM if quiet else texts.QUIET_NEVER, **hours(scene, quiet))


def panel(scene: Scene, quiet: tuple[time, ...]) -> Message:
    """What waits, and until when; usual hours as buttons, the chat's own marked."""
    say = scene.words.say
    waits = say(
        texts.QUIET_WAITS if quiet else texts.QUIET_OFF, city=scene.words.city(scene.zone), **hours(scene, quiet)
    )
    lines = (bold(say(texts.QUIET_HOURS)), waits, say(texts.QUIET_DIGESTS), italic(scene.words.show(texts.QUIET_HINT)))
    offered = dict.fromkeys((*USUAL, quiet)) if quiet else USUAL
    spans = [
        Button(
            text=say(texts.QUIET_SPAN, **hours(scene, each)) + (" ✓" if each == quiet else ""),
            data=press("quiet", *(f"{at:%H%M}" for at in each)),
        )
        for each in offered
    ]
    none = Button(text=say(texts.QUIET_NONE) + ("" if quiet else " ✓"), data=press("quiet", "off"))
    back = Button(text=say(texts.BACK), data=press("times"))
    return Message(html=join(lines, "\n"), keyboard=(*rows(spans, 3), (none, back)))
