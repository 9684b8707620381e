"""Rehearsals: what a filter would do, shown before it is followed, muted or an alert, and what is so once it is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time

from news.chat import Subscription, SubscriptionKind
from news.filters import Filter, Rehearsal
from news.grammar import is_plain
from news.messages import quieting, texts
from news.messages.filters import rehearsed
from news.messages.layout import words_name
from news.messages.markup import Html, bold, join, shorten
from news.messages.message import Button, Message
from news.messages.panels import brings, keeps_out, wish
from news.messages.presses import mark, press
from news.messages.words import Scene

ASKED: Mapping[SubscriptionKind, str] = {
    "words": texts.FOLLOW_THIS, "mute": texts.MUTE_THIS, "alert": texts.ALERT_THIS,
}  # fmt: skip
DONE: Mapping[SubscriptionKind, str] = {
    "words": texts.FOLLOW_IT, "mute": texts.MUTE_IT, "alert": texts.ALERT_IT,
}  # fmt: skip
NEARLY_ALL: Mapping[SubscriptionKind, str] = {
    "words": texts.BRINGS_NEARLY_ALL, "mute": texts.MUTES_NEARLY_ALL, "alert": texts.ALERTS_OF_NEARLY_ALL,
}  # fmt: skip


def offer(
    scene: Scene, kind: SubscriptionKind, typed: str, wanted: Filter, rehearsal: Rehearsal, quiet: Sequence[time],
    *, other: str | None = None, better: str | None = None,
) -> Message:  # fmt: skip
    """What a filter would do, with buttons to keep it or leave it; and one that takes what was typed as `other`, or as
    it is `better` spelled.
    """
    say, is_mute = scene.words.say, kind == "mute"
    counts = (keeps_out if is_mute else brings)(scene.words, (rehearsal.articles, rehearsal.wanted))
    lines: list[str | Html] = [bold(say(ASKED[kind], what=words_name(typed, scene)))]
    if kind == "words" and is_plain(typed):
        lines.append(_no_topic(scene, typed))
    lines += [scene.words.say(texts.SENTENCE, said=counts), *_judged(scene, kind, rehearsal)]
    if kind == "alert":
        lines.append(say(texts.ALERT_WAITS if quiet else texts.ALERT_COMES, **quieting.hours(scene, quiet)))
    lines.append(rehearsed(wanted, rehearsal, scene.words, is_mute=is_mute))
    keep = Button(text=say(DONE[kind]), data=press("keep", kind, mark(typed)))
    leave = Button(text=say(texts.LEAVE_IT), data=press("keep-not"))
    again = [(other, _other_reading(scene, typed, other))] if other else []
    again += [(better, say(texts.DID_YOU_MEAN, word=shorten(better, 40)))] if better else []
    rows = [(Button(text=text, data=press("reread", kind, mark(said))),) for said, text in again]
    return Message(html=join(lines, "\n"), keyboard=((keep, leave), *rows))


def kept(scene: Scene, subscription: Subscription, foreseen: tuple[int, int], quiet: Sequence[time]) -> Message:
    """That a filter is followed, muted or an alert from now on, with a button that takes it back."""
    named, says = wish(scene, replace(subscription, kind="words")), brings(scene.words, foreseen)
    if subscription.kind == "mute":
        text, values = texts.MUTED, {"keeps": keeps_out(scene.words, foreseen)}
    elif subscription.kind == "alert":
        text = texts.ALERTED_QUIET if quiet else texts.ALERTED
        values = {"brings": says, **quieting.hours(scene, quiet)}
    else:
        text, values = texts.SUBSCRIBED, {"brings": says}
    undo = press("unalert" if subscription.kind == "alert" else "unfollow", subscription.id)
    return Message(
        html=scene.words.show(text, what=named, **values),
        keyboard=((Button(text=scene.words.say(texts.UNDO), data=undo),),),
    )


def _no_topic(scene: Scene, typed: str) -> Html:
    """That no topic is called so, and which one may be meant."""
    names = list(scene.names.values())
    near = difflib.get_close_matches(typed.casefold(), [name.casefold() for name in names], n=1)
    meant = next((name for name in names if [name.casefold()] == near), None)
    return scene.words.show(texts.NO_SUCH_TOPIC_NEAR if meant else texts.NO_SUCH_TOPIC, word=typed, near=meant)


def _judged(scene: Scene, kind: SubscriptionKind, rehearsal: Rehearsal) -> list[str]:
    """That it would do nothing, or nearly everything."""
    if not rehearsal.articles:
        return [scene.words.say(texts.NOTHING_TO_TRY_ON)]
    if not rehearsal.wanted:
        return [scene.words.say(texts.WANTS_NOTHING)]
    return [scene.words.say(NEARLY_ALL[kind])] if rehearsal.is_nearly_all else []


def _other_reading(scene: Scene, typed: str, other: str) -> str:
    """“Read “or” as plain text”, or “Read “or” as OR”."""
    signs = {
        each[0]: other[each.start() : each.end()]
        for each in re.finditer(r"[^\W\d_]+", typed)
        if each[0] != other[each.start() : each.end()]
    }
    words = scene.words
    small = words.listed([words.say(texts.WORDS_NAME, words=each) for each in dict.fromkeys(map(str.lower, signs))])
    if all(each.isupper() for each in signs):
        return words.say(texts.READ_AS_TEXT, small=small)
    return words.say(texts.READ_AS_SIGNS, small=small, large=words.listed([*signs.values()]))
