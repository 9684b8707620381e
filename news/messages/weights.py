"""What votes ask for, in words, and how to undo it."""

from __future__ import annotations

from collections.abc import Sequence

from news.messages import texts
from news.messages.layout import rows
from news.messages.markup import bold, escape, italic, join, shorten
from news.messages.message import Button, Message
from news.messages.presses import press
from news.messages.words import Scene
from news.votes import Weight, WeightKind, Weights

MOST_SHOWN = 25
MORE = (texts.A_LITTLE_MORE_OF, texts.MORE_OF, texts.MUCH_MORE_OF)
LESS = (texts.A_LITTLE_LESS_OF, texts.LESS_OF, texts.MUCH_LESS_OF)


def listed(marks: Sequence[tuple[WeightKind, str]], scene: Scene) -> str:
    """“World, Science and The Herald”: what a vote is about."""
    return scene.words.listed([name(Weight(*each, 1), scene) for each in marks])


def name(weight: Weight, scene: Scene) -> str:
    """A topic or a source as readers know it."""
    return scene.topic(weight.value) if weight.kind == "topic" else shorten(weight.value, 40)


def asks_for(weight: Weight, scene: Scene) -> str:
    """“a little more of Science”."""
    strength = (abs(weight.votes) - 1) // 2
    return scene.words.say((MORE if weight.votes > 0 else LESS)[min(strength, 2)], what=name(weight, scene))


def weights(weights: Weights, scene: Scene) -> Message:
    """What a chat's votes ask for, the strongest first; each is a button that undoes it."""
    say = scene.words.say
    if not weights:
        return Message(html=escape(say(texts.NO_WEIGHTS)))
    shown = sorted(weights, key=lambda each: (-abs(each.votes), each))[:MOST_SHOWN]
    lines = [f"• {asks_for(each, scene)}" for each in shown]
    if len(weights) > len(shown):
        lines.append(f"… {len(weights) - len(shown)}")
    undo = [Button(text=f"✕ {name(each, scene)}", data=press("unweigh", each.key)) for each in shown]
    forget = Button(text=say(texts.FORGET_ALL), data=press("unweigh"))
    blocks = (bold(say(texts.WEIGHTS_TITLE)), join(lines, "\n"), italic(say(texts.WEIGHTS_HINT)))
    return Message(html=join(blocks, "\n"), keyboard=(*rows(undo, 2), (forget,)))
