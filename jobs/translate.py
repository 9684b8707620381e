"""Translate: a language model, where the operator has one, puts stories into the languages that chats read.

It is asked ahead, about what the next digests would tell. A digest takes what is there when it is composed; what is
not there, or was not believed, it shows as the article has it. So nothing waits for the model.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from ingest.model import ModelSilent
from jobs.preparing import prepare_all
from jobs.round import round_of
from news.digest import Item
from news.faithful import doubt
from news.tongues import NAMES
from news.translation import Translation, is_foreign, lines_of
from storage import Storage

READERS = 200
"""Chats that are looked at in a round: those whose digests come next."""
ROUND = 10
"""Stories a round; the next one goes on."""
MOST_ASKS, AGAIN = 5, timedelta(minutes=30)
"""How often the model is asked for a story that it says nothing of, and how long after the last time."""

Detect = Callable[[str], Awaitable[str | None]]
"""Which language a text is in; None where that cannot be told."""


class Model(Protocol):
    """Says lines in a language, by their place, or raises ModelSilent."""

    async def translations(self, lines: Sequence[str], language: str) -> dict[int, str]: ...


@dataclass(frozen=True, slots=True)
class Translated:
    """What one round did."""

    asked: int = 0
    lines: int = 0
    """That may be shown."""
    doubted: int = 0
    """Lines that are not: each is shown as the article has it."""
    silence: str | None = None
    """Why the round ended early."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Lines of an article that some chat would read in a language, with what is known of others."""

    article_id: int
    language: str
    reads: str
    lines: tuple[str, ...]
    known: Translation


async def room_today(storage: Storage, now: datetime, daily: int) -> int:
    """How often the model may still be asked today, for whatever."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = await storage.polishing.count_asked(today) + await storage.translations.count_asked(today)
    return max(0, daily - asked)


async def translate(storage: Storage, model: Model, detect: Detect, *, now: datetime, daily: int) -> Translated:
    """Asks the model once a story and language, `daily` times a day at most. Ends at the first silence."""
    room = min(ROUND, await room_today(storage, now, daily))
    wanted = await _wanted(storage, now) if room else []
    asked = lines = doubted = 0
    for each in wanted[:room]:
        asked += 1
        try:
            said = await model.translations(each.lines, NAMES[each.reads][0])
        except ModelSilent as silence:
            await storage.translations.put(each.article_id, each.reads, each.known.lines, now)
            return Translated(asked, lines, doubted, str(silence))
        believed = await checked(each, said, detect)
        lines += sum(line is not None for line in believed.values())
        doubted += sum(believed[line] is None for at, line in enumerate(each.lines) if at in said)
        await storage.translations.put(each.article_id, each.reads, {**each.known.lines, **believed}, now)
    return Translated(asked, lines, doubted)


async def checked(wanted: Wanted, said: Mapping[int, str], detect: Detect) -> dict[str, str | None]:
    """By line, what the model made of it, each held against its own line; None where it is not to be believed."""
    believed: dict[str, str | None] = {}
    for at, line in enumerate(wanted.lines):
        made = said.get(at)
        is_doubtful = made is None or doubt(line, made, wanted.language, wanted.reads, await detect(made)) is not None
        believed[line] = None if is_doubtful else made
    return believed


async def _wanted(storage: Storage, now: datetime) -> list[Wanted]:
    """What the next digests would tell in other languages and have no translation of, what is told first in front."""
    chats = await storage.chats.readers(READERS)
    if not chats:
        return []
    shared = await round_of(storage, now)
    ready = await prepare_all(shared, [replace(chat, reads=None) for chat in chats])
    items: dict[tuple[str, int], Item] = {}
    told = [(item, chat.reads) for chat, each in zip(chats, ready, strict=True) for item in each.digest.items]
    for item, reads in sorted(told, key=lambda each: each[0].position):
        if reads and is_foreign(item.language, reads):
            items.setdefault((reads, item.article_id), item)
    found = []
    for reads in {reads for reads, _ in items}:
        ids = [article_id for language, article_id in items if language == reads]
        found += await _missing(storage, reads, {each: items[reads, each] for each in ids}, now)
    return sorted(found, key=lambda each: items[each.reads, each.article_id].position)


async def _missing(storage: Storage, reads: str, items: Mapping[int, Item], now: datetime) -> list[Wanted]:
    known = await storage.translations.of(reads, items.keys())
    lines = {each: _untold(item, known.get(each), now) for each, item in items.items()}
    may_be_asked_for = await storage.translations.may_be_asked_for([each for each, some in lines.items() if some])
    return [
        Wanted(each, items[each].language or "", reads, lines[each], known.get(each, Translation()))
        for each in items
        if each in may_be_asked_for
    ]


def _untold(item: Item, known: Translation | None, now: datetime) -> tuple[str, ...]:
    """The lines to ask for: nothing where the model was asked too often, or just now."""
    if known is None:
        return lines_of(item)
    is_over = known.asks >= MOST_ASKS or (known.asked_at is not None and known.asked_at > now - AGAIN)
    return () if is_over else tuple([line for line in lines_of(item) if line not in known.lines])
