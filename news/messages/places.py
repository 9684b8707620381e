"""Places: which topics of a forum group's digests have a thread of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from news.messages import texts
from news.messages.layout import rows
from news.messages.markup import bold, join
from news.messages.message import Button, Message
from news.messages.presses import press
from news.messages.words import Scene


def in_thread(scene: Scene, thread_id: int, places: Mapping[str, int], *, is_planned: bool) -> Message:
    """In a thread: the topics, those told here marked; each a button that brings it here, or back to the others."""
    say = scene.words.say
    here = [slug for slug in scene.topics if places.get(slug) == thread_id]
    named = scene.words.listed([scene.topic(slug) for slug in here])
    line = say(texts.HERE_COMES, topics=named) if here else say(texts.HERE_NOTHING)
    buttons = [
        Button(text=f"{name} ✓" if slug in here else name, data=press("here", slug))
        for slug, name in scene.names.items()
    ]
    unplanned = () if is_planned else (scene.words.show(texts.HERE_UNPLANNED),)
    return Message(html=join((bold(line), say(texts.HERE_HINT), *unplanned), "\n"), keyboard=rows(buttons, 3))


def outside(scene: Scene, followed: Sequence[str], places: Mapping[str, int]) -> Message:
    """Outside of threads: which topics have one, each a button that ends that; and one that gives each its own."""
    say = scene.words.say
    apart = [slug for slug in followed if slug in places]
    named = scene.words.listed([scene.topic(slug) for slug in apart])
    line = say(texts.PLACES_ARE, topics=named) if apart else say(texts.PLACES_NONE)
    backs = [Button(text=f"✕ {scene.topic(slug)}", data=press("here", slug)) for slug in apart]
    each = (Button(text=say(texts.EACH_ITS_OWN), data=press("apart")),)
    rest = (each,) if len(apart) < len(followed) else ()
    return Message(
        html=join((bold(line), scene.words.show(texts.PLACES_HINT)), "\n"), keyboard=(*rows(backs, 3), *rest)
    )
