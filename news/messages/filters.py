"""Filters read back in plain language: what they bring, and where one cannot be read."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

from news.filters import All, AnyOf, Filter, Mark, Not, Since, Term, Unclear
from news.messages import texts
from news.messages.words import Words


def reading(wanted: Filter, words: Words) -> str:
    """“articles that mention “climate” and “carbon”, but not “football””."""
    return words.say(texts.READ_BACK, that=_said(wanted, words))


def place(typed: str, unclear: Unclear) -> str:
    """What was typed, with the place that cannot be read between marks: `climate ⟦(⟧ carbon`."""
    return f"{typed[: unclear.start]}⟦{typed[unclear.start : unclear.end]}⟧{typed[unclear.end :]}"


def _said(part: Filter, words: Words) -> str:
    match part:
        case Term():
            return words.say(texts.READ_MENTION, what=_term(part, words))
        case Mark(name, value, shown):
            if name == "lang":
                return words.say(texts.READ_LANGUAGE, name=_language(value, words))
            return words.say(texts.READ_TOPIC if name == "topic" else texts.READ_FEED, name=shown)
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
    mentioned = [_term(part, words) for part in parts if isinstance(part, Term)]
    rest = [_said(part, words) for part in parts if not isinstance(part, Not | Term)]
    said = [words.say(texts.READ_MENTION, what=words.listed(mentioned)), *rest] if mentioned else rest
    what = words.listed(said)
    if not unwanted:
        return what
    return words.say(texts.READ_BUT_NOT, what=what, unwanted=_unwanted(unwanted, words))


def _unwanted(parts: list[Filter], words: Words) -> str:
    flat: list[Filter] = []
    for part in parts:
        flat += part.parts if isinstance(part, AnyOf) else (part,)
    return words.either([_term(part, words) if isinstance(part, Term) else _said(part, words) for part in flat])


def _any_of(parts: tuple[Filter, ...], words: Words) -> str:
    if all(isinstance(part, Term) for part in parts):
        what = words.either([_term(part, words) for part in parts if isinstance(part, Term)])
        return words.say(texts.READ_MENTION, what=what)
    return words.say(texts.READ_EITHER, what=words.either([_said(part, words) for part in parts]))


def _term(term: Term, words: Words) -> str:
    shown = term.shown.removesuffix("*")
    what = words.say(texts.READ_PREFIX if term.is_prefix else texts.READ_WORD, word=shown)
    return words.say(texts.READ_IN_TITLE, what=what) if term.in_title else what


def _language(code: str, words: Words) -> str:
    try:
        return Locale.parse(code).get_display_name(words.language) or code
    except (UnknownLocaleError, ValueError):
        return code
