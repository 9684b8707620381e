"""Polish: a language model, where the operator has one, shortens the stories that digests are likely to tell.

What it says is shown only where the article supports it; a sentence that fails is replaced by one that was
chosen without it. A model that is silent or wrong costs nothing: the extract is there already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ingest.model import ModelSilent
from jobs.translate import room_today
from news.article import Article, Bullet
from news.support import Witness
from news.vocabulary import length
from storage import Storage

FRESH = timedelta(hours=24)
"""Older stories are hardly told any more."""
MOST_BULLETS, MOST_WORDS = 3, 90
ROUND = 20
"""Stories a round; the next one goes on."""


class Model(Protocol):
    """Says what it makes of an article, or raises ModelSilent."""

    async def bullets(self, headline: str, text: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Polished:
    """What one round did."""

    asked: int = 0
    improved: int = 0
    unsupported: int = 0
    """Sentences that were not shown."""
    silence: str | None = None
    """Why the round ended early."""


async def polish(storage: Storage, model: Model, *, now: datetime, daily: int) -> Polished:
    """Asks the model once a story, the most told first, `daily` times a day at most. Ends at the first silence."""
    room = min(await room_today(storage, now, daily), ROUND)
    asked = improved = unsupported = 0
    for article in await storage.polishing.wanted(now - FRESH, room):
        try:
            lines = await model.bullets(article.headline, article.text)
        except ModelSilent as silence:
            return Polished(asked, improved, unsupported, str(silence))
        asked += 1
        bullets, refused = checked(lines, article)
        unsupported += refused
        improved += bullets != article.bullets
        await storage.polishing.put(article.id, bullets, now)
    return Polished(asked, improved, unsupported)


def checked(lines: tuple[str, ...], article: Article) -> tuple[tuple[Bullet, ...], int]:
    """The model's sentences that the article supports, an extract in place of each other; and how many others.

    None of them overlap, and together they keep to the measure of a digest; else the extract stays as it is.
    """
    witness = Witness(article)
    spare = [bullet for bullet in article.bullets if bullet.start is not None]
    chosen: list[Bullet] = []
    refused = 0
    for line in lines[:MOST_BULLETS]:
        found = witness.support(line)
        if found and found.leans_on is not None and found.leans_on != (chosen[-1].end if chosen else None):
            found = None  # “He was arrested” behind another man
        refused += found is None
        own = Bullet(line, "model", found.start, found.end) if found else None
        bullet = own or next((each for each in spare if _is_apart(each, chosen)), None)
        if bullet is not None and _is_apart(bullet, chosen):
            chosen.append(bullet)
    words = sum(length(bullet.text) for bullet in chosen)
    if not any(bullet.origin == "model" for bullet in chosen) or words > MOST_WORDS:
        return article.bullets, refused
    return tuple(chosen), refused


def _is_apart(bullet: Bullet, chosen: list[Bullet]) -> bool:
    """Whether it stands elsewhere in the article than all of these."""
    start, end = bullet.start or 0, bullet.end or 0
    return all(end <= (each.start or 0) or start >= (each.end or 0) for each in chosen)
