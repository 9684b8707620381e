"""Which language a text is in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from news.article import Entry

ENOUGH = 800
"""Characters looked at: more of a text tells nothing new about its language."""
LEAST = 20
SURE = 0.7
LANGUAGES = (
    "af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu ha he hi hr hu hy id is it ja ka "
    "kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl nn no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te tg "
    "th tr uk ur uz vi xh yo zh zu"
)
"""Languages a press is known for; the model's dialects of them would only split its vote."""
EAST = re.compile("[\u2e80-\u9fff\uac00-\ud7af]")
UNSPACED = 6
"""How many letters of a script without spaces weigh as much as `LEAST` of one with them."""


@lru_cache(maxsize=1)
def _identifier() -> Any:
    # Loading the model takes half a second and 130 MB, so only the first text pays.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # `zxx` is the model's word for noise that is in no language.
    identifier.set_languages([tag for tag in identifier.labels if tag in {*LANGUAGES.split(), "zxx"}])
    return identifier


def detect(text: str) -> str | None:
    """The language of `text` as a two-letter tag, or None where it is too short to tell."""
    head = text[:ENOUGH]
    letters, unspaced = (sum(map(str.isalpha, each)) for each in (head, EAST.findall(head)))
    if letters < (UNSPACED if unspaced * 2 > letters else LEAST):
        return None
    tag, confidence = _identifier().classify(head)
    return str(tag) if confidence >= SURE and tag != "zxx" else None


def tag_of(declared: str | None) -> str | None:
    """The primary tag, lower case, of a language as a publisher spells it; None for what is no tag."""
    tag = (declared or "").strip().replace("_", "-").partition("-")[0].lower()
    return tag if 2 <= len(tag) <= 3 and tag.isascii() and tag.isalpha() else None


def in_its_language(entry: Entry) -> Entry:
    """An entry whose language is as declared, with the language it is in."""
    return replace(entry, language=settle(entry.language, f"{entry.headline}\n{entry.text}"))


def in_their_languages(entries: Sequence[Entry]) -> list[Entry]:
    """As `in_its_language`, of some entries."""
    return [in_its_language(entry) for entry in entries]


def settle(declared: str | None, text: str) -> str | None:
    """The language of `text` whose publisher calls it `declared`: a primary tag, lower case."""
    tag = tag_of(declared)
    # Publishing software says English until told otherwise; only a long text may contradict.
    if tag and (tag != "en" or len(text) < 200):
        return tag
    return detect(text) or tag
