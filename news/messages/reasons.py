"""Why a digest tells a story, or does not, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from news.candidates import of_fit, of_sources
from news.digest import Digest, Item, Miss
from news.messages import texts
from news.messages.layout import HEADLINE_UNITS
from news.messages.markup import Html, bold, italic, join, shorten
from news.messages.message import Message
from news.messages.panels import wish
from news.messages.weights import asks_for
from news.messages.words import Scene
from news.why import LeftOut, Missed, Told, Why, age

BROUGHT_BY = {
    "topic": texts.WHY_TOPIC,
    "feed": texts.WHY_FEED,
    "words": texts.WHY_WORDS,
    "alert": texts.WHY_ALERT,
    "story": texts.WHY_STORY,
}
BROUGHT_THEN = {"alert": texts.WHY_WAS_ALERT, "story": texts.WHY_WAS_STORY}


def why(given: Why, scene: Scene) -> Message:
    """The answer to /why."""
    if isinstance(given, Told):
        return _told(given, scene)
    if isinstance(given, Missed):
        return _missed(given, scene)
    return _left_out(given, scene)


def _told(given: Told, scene: Scene) -> Message:
    item, say = given.item, scene.words.say
    alerted = texts.WHY_AT_ONCE if item.reason.startswith("story:") else texts.WHY_ALERTED
    title = say(
        alerted if given.digest.is_alert else texts.WHY_TOLD, number=item.position, when=_when(given.digest, scene)
    )
    lines = [*_reasons(given, item, scene)]
    if item.position > given.digest.pushed:
        lines.append(scene.words.count(texts.WHY_BEHIND_MORE, item.position - 1))
    if item.translated_from:
        lines.append(say(texts.WHY_TRANSLATED, language=scene.words.tongue(item.translated_from)))
    if given.article and given.is_newest and given.article.first_seen_at > given.digest.composed_at:
        lines.append(say(texts.WHY_NOTHING_NEW))
    elif given.article:
        lines.append(say(texts.WHY_OTHER_ARTICLE, headline=shorten(item.headline, 120)))
    if given.is_copy:
        lines.append(say(texts.WHY_COPY))
    if not given.is_newest:
        lines.append(say(texts.WHY_TOLD_ONCE))
    headline = given.article.headline if given.article else item.headline
    return _message(title, headline, lines, _score(item, scene))


def _missed(given: Missed, scene: Scene) -> Message:
    miss, say = given.miss, scene.words.say
    room = given.digest.missed[0].position - 1
    first = scene.words.count(texts.WHY_FULL, room, place=miss.position)
    lines = [first, *_reasons(given, miss, scene)]
    title = say(texts.WHY_NOT_TOLD, when=_when(given.digest, scene))
    return _message(title, given.article.headline, lines, _score(miss, scene))


def _left_out(given: LeftOut, scene: Scene) -> Message:
    lines = [_cause(given, scene)]
    if given.is_copy:
        lines.append(scene.words.say(texts.WHY_COPY))
    title = scene.words.say(texts.WHY_NOT_TOLD, when=_when(given.digest, scene))
    return _message(title, given.article.headline, lines)


def _message(title: str, headline: str, lines: Iterable[str], score: Html | None = None) -> Message:
    head = join((bold(title), shorten(headline, HEADLINE_UNITS)), "\n")
    reasons = join([join(("• ", line)) for line in lines], "\n")
    return Message(html=join(filter(None, (head, reasons, score)), "\n\n"))


def _reasons(given: Told | Missed, ranked: Item | Miss, scene: Scene) -> Iterable[str]:
    """What brought a story, how many tell it, how old it was, and which votes weighed."""
    say, count = scene.words.say, scene.words.count
    digest, brought_by = given.digest, given.brought_by
    if digest.asked is not None:
        yield say(texts.WHY_WAS_ASKED, what=scene.topic(digest.asked))
    elif brought_by:
        then = BROUGHT_THEN.get(brought_by.kind, texts.WHY_FOLLOWED_THEN)
        text = BROUGHT_BY[brought_by.kind] if brought_by.id else then
        yield say(text, what=wish(scene, brought_by))
    yield count(texts.WHY_SOURCES, ranked.source_count)
    if ranked.freshness is not None:
        # To the minute, as an age is kept in a figure that is no longer exact; then as the digest says it.
        hours = round(age(ranked.freshness) / timedelta(minutes=1)) // 60
        yield count(texts.WHY_AGE, hours) if hours else say(texts.WHY_FRESH)
    if given.weights:
        yield say(texts.WHY_VOTES, what=scene.words.listed([asks_for(each, scene) for each in given.weights]))


def _score(ranked: Item | Miss, scene: Scene) -> Html | None:
    """“Score 2.31 = 0.96 for how well it fits × 2.58 for its sources × 0.93 for its age”."""
    if ranked.fit is None or ranked.freshness is None:
        return None
    say, figure = scene.words.say, scene.words.figure
    factors = [
        (texts.WHY_FIT, of_fit(ranked.fit)),
        (texts.WHY_BY_SOURCES, of_sources(ranked.source_count)),
        (texts.WHY_BY_AGE, ranked.freshness),
    ]
    if ranked.weight != 1:
        factors.append((texts.WHY_BY_VOTES, ranked.weight))
    product = " × ".join(say(text, n=figure(factor)) for text, factor in factors)
    return italic(say(texts.WHY_SCORE, score=figure(ranked.score), factors=product))


def _cause(given: LeftOut, scene: Scene) -> str:
    say, article, by = scene.words.say, given.article, given.by
    match given.cause:
        case "muted" if by:
            return scene.words.show(texts.WHY_MUTED, what=wish(scene, replace(by, kind="words")))
        case "since" if by:
            return say(texts.WHY_SINCE, what=wish(scene, by), when=_moment(by.created_at, scene))
        case "asked":
            return say(texts.WHY_ASKED, what=scene.topic(given.digest.asked))
        case "unfollowed" if article.topics:
            names = [scene.topic(filing.topic) for filing in article.topics]
            return say(texts.WHY_UNFOLLOWED, topics=scene.words.listed(names))
        case "unfollowed":
            return say(texts.WHY_UNFILED)
        case "old":
            first, since = _moment(article.first_seen_at, scene), _moment(given.since, scene)
            return say(texts.WHY_OLD, when=first, since=since)
        case "later":
            return say(texts.WHY_LATER)
        case "full":
            return scene.words.count(texts.WHY_FURTHER, given.digest.missed[-1].position)
    return say(texts.WHY_UNCLEAR)


def _when(digest: Digest, scene: Scene) -> str:
    return _moment(digest.composed_at, scene)


def _moment(moment: datetime, scene: Scene) -> str:
    return scene.words.when(moment, scene.zone, scene.now)
