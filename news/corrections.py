"""Corrections: what a publisher changed in an article that it had published, and how a chat is told of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from news.article import Entry
from news.identity import content_hash
from news.mastheads import without_masthead
from news.vocabulary import content

Change = Literal["headline", "retraction"]


@dataclass(frozen=True, slots=True)
class Correction:
    """An article's headline was changed, or the article taken back, by its publisher."""

    id: int
    article_id: int
    change: Change
    was: str
    """The headline before."""
    headline: str
    """The headline since."""
    corrected_at: datetime
    """When we first saw it so."""
    edited_up_to: int = 0
    """The last digest that was looked at for what must be edited."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a digest says of a correction."""

    change: Change
    was: str
    headline: str


_LABEL = re.compile(
    r"\A\W*(?:(?:update[sd]?(?: \d+)?|live|breaking(?: news)?|watch|video|exclusive|eilmeldung|eil|liveticker|en vivo|"
    r"en directo|última hora|direct|en direct)\s*[:|+–—-]+\s*)+",
    re.I,
)
_MARK = re.compile(
    r"\s*[(\[](?:updated?|corrected|live|video|watch|photos?|pictures|aktualisiert|actualizado|mis à jour)[)\]]\W*\Z",
    re.I,
)
_READ = 1_000
_TAKEN_BACK = re.compile(
    r"\A\W*(?:(?:retract(?:ed|ion)|withdrawn|zurückgezogen|retractad[oa]|retirad[oa]|rétract(?:é|ation)|retirée?)\s*"
    r"(?:[:|–—-]|\Z)|(?:this|the|our) (?:article|story|report) (?:has been|was|is) (?:retracted|withdrawn|removed)\b|"
    r"(?:dieser|der) (?:artikel|beitrag|text) wurde (?:zurückgezogen|entfernt)\b|"
    r"(?:este|el) artículo (?:ha sido|fue) (?:retirado|retractado)\b|cet article a été retiré\b)",
    re.I,
)


_ALIKE = 0.5
"""Share of the telling words of two headlines that both have: with less, it is a page that tells other news by now."""


def change_of(was: str, now: Entry) -> Change | None:
    """What became of an article with this headline, by its entry of today; None when it still says the same.

    Punctuation, case, labels such as “LIVE:” and “(updated)” and the publisher's name behind a dash make no other
    headline. One that shares too little with the one before is another article's, at an address that is used again.
    """
    if _TAKEN_BACK.match(now.headline) or _TAKEN_BACK.match(now.text[:200]):
        return None if _TAKEN_BACK.match(was) else "retraction"
    if not _differ(was, now.headline, now.source):
        return None
    one, other = set(content(was[:_READ])), set(content(now.headline[:_READ]))
    return "headline" if len(one & other) >= _ALIKE * max(len(one), len(other)) else None


def _differ(one: str, other: str, source: str | None) -> bool:
    bare = [content_hash(Entry(headline=_undressed(each[:_READ], source))) for each in (one, other)]
    return bare[0] != bare[1]


def _undressed(headline: str, source: str | None) -> str:
    return without_masthead(_MARK.sub("", _LABEL.sub("", headline)), source)


def summed(corrections: Iterable[Correction]) -> tuple[Corrected, ...]:
    """Corrections, oldest first, as a digest lists them: each article once, from its first headline to its last."""
    by_article: dict[int, list[Correction]] = {}
    for each in corrections:
        by_article.setdefault(each.article_id, []).append(each)
    return tuple(
        Corrected(some[-1].change, some[0].was, some[-1].headline)
        for some in by_article.values()
        if some[-1].change == "retraction" or _differ(some[0].was, some[-1].headline, None)
    )
