"""The steps of onboarding: three taps, one message edited in place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time

from news.messages import texts
from news.messages.layout import Keyboard, rows
from news.messages.markup import bold, join
from news.messages.message import Button, Message
from news.messages.panels import topic_buttons
from news.messages.presses import press
from news.messages.words import Scene

USUAL_TIMES = (time(7), time(8), time(12), time(18))


def ask_topics(scene: Scene, chosen: Collection[str]) -> Message:
    """The first step: what interests you?"""
    say = scene.words.say
    return Message(
        html=join((bold(say(texts.WELCOME)), say(texts.WHAT_INTERESTS)), "\n\n"),
        keyboard=(
            *topic_buttons(scene, chosen, "begin:topic"),
            (Button(text=say(texts.NEXT), data=press("begin", "when")),),
        ),
    )


def ask_time(scene: Scene, chosen: Collection[time]) -> Message:
    """The second step: when?"""
    say = scene.words.say
    buttons = [
        Button(
            text=scene.words.clock(at) + (" ✓" if at in chosen else ""), data=press("begin", "at", at.strftime("%H%M"))
        )
        for at in sorted({*USUAL_TIMES, *chosen})
    ]
    buttons.append(Button(text=say(texts.OTHER_TIME), data=press("begin", "other-time")))
    back = Button(text=say(texts.BACK), data=press("begin", "topics"))
    return Message(html=bold(say(texts.WHEN)), keyboard=(*rows(buttons, 3), (back,)))


def ask_place(scene: Scene, at: time, guess: str) -> Message:
    """The third step: where?"""
    say = scene.words.say
    return Message(
        html=bold(say(texts.WHERE, time=scene.words.clock(at))),
        keyboard=(
            (Button(text=say(texts.SHARE_LOCATION), data=press("begin", "share")),),
            (
                Button(text=scene.words.city(guess), data=press("begin", "zone", guess)),
                Button(text=say(texts.OTHER_CITY), data=press("begin", "other-city")),
            ),
            (Button(text=say(texts.BACK), data=press("begin", "when")),),
        ),
    )


def ask_to_type(scene: Scene, text: str, back: str) -> Message:
    """Asks for something typed; `back` is the press that returns to what stood here before."""
    say = scene.words.say
    return Message(html=bold(say(text)), keyboard=((Button(text=say(texts.BACK), data=back),),))


def ask_look(scene: Scene) -> Keyboard:
    """The buttons below the card of the rich look."""
    say = scene.words.say
    return (
        (
            Button(text=say(texts.YES_SEE), data=press("look", "rich")),
            Button(text=say(texts.NO_SEE), data=press("look", "classic")),
        ),
    )
