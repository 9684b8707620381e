"""Privacy: what is kept of a chat, and that it is deleted."""

from __future__ import annotations

from datetime import timedelta

from news.chat import ChatKind, Look
from news.messages import texts
from news.messages.markup import Html, bold, join, tag
from news.messages.message import Button, Message
from news.messages.presses import press
from news.messages.words import Scene

READ_BY = {"private": texts.PRIVACY_OTHERS, "channel": texts.PRIVACY_CHANNEL}


def privacy(
    scene: Scene, look: Look, kind: ChatKind, *, articles: timedelta, unanswered: timedelta, translates: bool
) -> Message:
    """What is kept and how long, who can read it, what leaves the machine, how to see it and have it deleted.

    `articles` is how long these are kept, `unanswered` how long what could not be handled is; `translates` says
    that the operator has a language model.
    """
    show = scene.words.show
    sections = {
        texts.PRIVACY_KEPT: [show(texts.PRIVACY_SETTINGS), show(texts.PRIVACY_WISHES)],
        texts.PRIVACY_FOR_A_TIME: [
            show(texts.PRIVACY_DIGESTS, days=articles.days),
            show(texts.PRIVACY_ARTICLES, days=articles.days),
            show(texts.PRIVACY_HEARD, days=unanswered.days),
            show(texts.PRIVACY_LOGS),
        ],
        texts.PRIVACY_WHO: [
            show(texts.PRIVACY_OPERATOR),
            show(READ_BY.get(kind, texts.PRIVACY_GROUP)),
        ],
        texts.PRIVACY_LEAVES: [
            show(texts.PRIVACY_TELEGRAM),
            show(texts.PRIVACY_SITES),
            show(texts.PRIVACY_MODEL if translates else texts.PRIVACY_NO_MODEL),
        ],
        texts.PRIVACY_YOURS: [show(texts.PRIVACY_EXPORT)],
    }
    title = scene.words.say(texts.PRIVACY_TITLE)
    named = {scene.words.say(heading): lines for heading, lines in sections.items()}
    return (_rich if look == "rich" else _classic)(title, named)


def _classic(title: str, sections: dict[str, list[Html]]) -> Message:
    blocks = [
        join((bold(heading), *(join(("• ", line)) for line in lines)), "\n") for heading, lines in sections.items()
    ]
    return Message(html=join((bold(title), *blocks), "\n\n"))


def _rich(title: str, sections: dict[str, list[Html]]) -> Message:
    blocks = (
        join((tag("h3", heading), tag("ul", *(tag("li", line) for line in lines))))
        for heading, lines in sections.items()
    )
    return Message(html=join((tag("h2", title), *blocks)), look="rich")


def forget(scene: Scene, joined: int, asked: int) -> Message:
    """What would be deleted, with a button that does it; its press names the chat's joining and this asking."""
    say = scene.words.say
    yes = Button(text=say(texts.FORGET_YES), data=press("forget", joined, asked))
    no = Button(text=say(texts.FORGET_NO), data=press("forget-not"))
    lines = (bold(say(texts.FORGET_TITLE)), say(texts.FORGET_WHAT), bold(scene.words.show(texts.FORGET_FOR_GOOD)))
    return Message(html=join(lines, "\n"), keyboard=((yes,), (no,)))
