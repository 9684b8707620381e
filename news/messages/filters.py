"""Filters read back in plain language: what they bring, and where one cannot be read."""

from __future__ import annotations

from news.filters import All, AnyOf, Filter, Mark, Not, Rehearsal, Since, Term
from news.grammar import Unclear
from news.messages import texts
from news.messages.markup import Html, italic, join, shorten
from news.messages.words import Words


def reading(wanted: Filter, words: Words) -> str:
    """“articles that mention “climate” and “carbon”, but not “football””."""
    return words.say(texts.READ_BACK, that=_said(wanted, words))


def rehearsed(wanted: Filter, rehearsal: Rehearsal, words: Words, *, is_mute: bool = False) -> Html:
    """What a filter does in plain words, and what it would have kept and dropped."""
    said = words.say(texts.IT_KEEPS_OUT if is_mute else texts.IT_BRINGS, them=reading(wanted, words))
    lines: list[str | Html] = [said]
    # What meets nothing leaves everything: that is no news.
    dropped = rehearsal.dropped if rehearsal.kept else ()
    for heading, headlines in ((texts.SUCH_AS, rehearsal.kept), (texts.BUT_NOT_SUCH_AS, dropped)):
        if headlines:
            lines += ["", italic(words.say(heading)), *(f"• {shorten(each, 120)}" for each in headlines)]
    return join(lines, "\n")


def place(typed: str, unclear: Unclear) -> str:
    """What was typed, with the place that cannot be read between marks: `climate ⟦(⟧ carbon`."""
    return f"{typed[: unclear.start]}⟦{typed[unclear.start : unclear.end]}⟧{typed[unclear.end :]}"


def refusal(typed: str, unclear: Unclear, words: Words) -> str:
    """Why something cannot be read, and where."""
    why = words.say(unclear.text, **unclear.values)
    return words.say(texts.UNCLEAR, why=why, place=place(typed, unclear))


def read_as_words(typed: str, unclear: Unclear, words: Words) -> str:
    """That a search is no filter, and where it is none."""
    why = words.say(unclear.text, **unclear.values)
    return words.say(texts.READ_AS_WORDS, why=why, place=place(typed, unclear))


def _said(part: Filter, words: Words) -> str:
    match part:
        case Term():
            return words.say(texts.READ_MENTION, what=_term(part, words))
        case Mark(name, value, shown):
            if name == "lang":
                return words.say(texts.READ_LANGUAGE, name=words.tongue(value))
            if name == "topic":
                return words.say(texts.READ_TOPIC, name=words.topic(value, shown))
            return words.say(texts.READ_FEED, name=shown)
        case Since(_, age, at):
            if at is not None:
                return words.say(texts.READ_SINCE_DATE, date=words.date(at, "UTC"))
            assert age is not None
            if age.days:
                return words.count(texts.READ_SINCE_DAYS, age.days)
            return words.count(texts.READ_SINCE_AGE, age.seconds // 3600)
        case Not(inner):
            return words.say(texts.READ_NOT, what=_said(inner, words))
        case All(parts):
            return _all(parts, words)
        case AnyOf(parts):
            return _any_of(parts, words)


def _all(parts: tuple[Filter, ...], words: Words) -> str:
    unwanted = [part.part for part in parts if isinstance(part, Not)]
    wanted = [part for part in parts if not isinstance(part, Not)]
    mentioned: list[Filter] = [part for part in wanted if isinstance(part, Term) or _is_of_terms(part)]
    rest = words.listed([_said(part, words) for part in wanted if part not in mentioned])
    mention = _mention(mentioned, words) if mentioned else ""
    what = " ".join(filter(None, (rest, mention)))
    if not unwanted:
        return what
    return words.say(texts.READ_BUT_NOT, what=what, unwanted=_unwanted(unwanted, words))


def _mention(parts: list[Filter], words: Words) -> str:
    """“that mention “solar power” and either “wind” or “sun””."""
    if len(parts) == 1:
        return _said(parts[0], words)
    said = [
        _term(part, words)
        if isinstance(part, Term)
        else words.say(texts.READ_EITHER, what=words.either([_term(each, words) for each in _terms(part)]))
        for part in parts
    ]
    return words.say(texts.READ_MENTION, what=words.listed(said))


def _terms(part: Filter) -> list[Term]:
    return [each for each in part.parts if isinstance(each, Term)] if isinstance(part, AnyOf) else []


def _is_of_terms(part: Filter) -> bool:
    return isinstance(part, AnyOf) and len(_terms(part)) == len(part.parts)


def _unwanted(parts: list[Filter], words: Words) -> str:
    flat: list[Filter] = []
    for part in parts:
        flat += part.parts if isinstance(part, AnyOf) else (part,)
    return words.either([_term(part, words) if isinstance(part, Term) else _said(part, words) for part in flat])


def _any_of(parts: tuple[Filter, ...], words: Words) -> str:
    terms = [part for part in parts if isinstance(part, Term)]
    if len(terms) == len(parts):
        return words.say(texts.READ_MENTION, what=words.either([_term(term, words) for term in terms]))
    return words.say(texts.READ_EITHER, what=words.either([_said(part, words) for part in parts]))


def _term(term: Term, words: Words) -> str:
    shown = term.shown.removesuffix("*")
    what = words.say(texts.READ_PREFIX if term.is_prefix else texts.READ_WORD, word=shown)
    return words.say(texts.READ_IN_TITLE, what=what) if term.in_title else what
