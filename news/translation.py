"""Translation: lines of a story in a language that its article is not in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from news.digest import Item
from news.tongues import NAMES, alike


@dataclass(frozen=True, slots=True)
class Translation:
    """What a model made of an article's lines in one language."""

    lines: Mapping[str, str | None] = field(default_factory=dict)
    """By the line as the article has it; None for one whose translation was not believed."""
    asks: int = 0
    """How often the model was asked."""
    asked_at: datetime | None = None


def lines_of(item: Item) -> tuple[str, ...]:
    """What of a story is translated: its headline and its bullets, each once."""
    return tuple(dict.fromkeys((item.headline, *(bullet.text for bullet in item.bullets))))


def is_foreign(language: str | None, reads: str | None) -> bool:
    """Whether who reads one language is shown a translation from another: where it can be checked."""
    return language in NAMES and reads in NAMES and not alike(language, reads)


def into(item: Item, reads: str | None, translation: Translation | None) -> Item:
    """The story with those of its lines translated whose translation was believed; each keeps its place in the text.

    The words of a range of figures are the article's, so it goes.
    """
    if translation is None or not is_foreign(item.language, reads):
        return item
    said = translation.lines
    headline = said.get(item.headline) or item.headline
    bullets = tuple([replace(each, text=said.get(each.text) or each.text) for each in item.bullets])
    made = set(said.values())  # what is new in an Update is kept as it was shown
    if made.isdisjoint((headline, *(each.text for each in bullets))):
        return item
    return replace(item, headline=headline, bullets=bullets, language=reads, translated_from=item.language, spread=None)
