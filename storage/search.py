"""What somebody looks for, found among the articles they may see.

However many articles hold the words, only some hundreds are ranked: those that the strictest readings of the
words bring, then the newest. So a search costs the same among a thousand articles and among a million.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from time import monotonic

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Article
from news.filters import All, AnyOf, Filter, Mark, Term, terms, titled
from news.grammar import plainly
from news.ranking import ranked, rarity
from news.reduced import Window, windows
from news.snippets import Snippet, snippet
from storage import words
from storage.articles import read_articles, visible_to
from storage.bulk import among
from storage.engine import Database
from storage.matching import counts, newest, seen_at
from storage.tables import articles, unindexed

MOST = 1_000
"""Results that are counted; with more it is “over 1,000”."""
SPANS = (3, 12, 200)
"""Parts looked at by one statement: the newest, some more, then as many as SQLite joins with ease."""
ENOUGH_S = 0.015
"""After so long the older parts are left alone."""
SAMPLE = 2_500
"""Articles that hold a word are counted so far, to tell how rare it is."""
RARE, MEDIUM = 1_500, 30_000
"""Articles that hold one of the rare words, and one of those that are looked for in pairs, at most."""
TITLED, PAIRED, RAREST, NEWEST = 120, 200, 300, 150
"""How many each reading brings to be ranked; fewer articles than NEWEST are all ranked."""
FEW = 1_000
"""Articles in an index so small that all that match are ranked."""
BATCH = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found, and the words around what was found in it: (text, whether it matches)."""

    article: Article
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, and how many there are in all; more than `total`, if it is not complete."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    is_complete: bool = True


@dataclass(slots=True)
class _Looking:
    """One search under way: what it may look at, and until when."""

    connection: AsyncConnection
    chat_id: int | None
    window: Window
    parts: words.Parts
    until: float
    is_complete: bool = True

    async def ids(self, wanted: Filter, most: int) -> list[int]:
        """The newest articles the chat may see that a reduced filter wants."""
        found: list[int] = []
        at = 0
        for span in (*SPANS, *[SPANS[-1]] * 100):
            some = self.parts[words.SHARED][at : at + span]
            if not some or len(found) >= most:
                break
            if at and monotonic() > self.until:
                self.is_complete = False
                break
            found += await newest(self.connection, words.SHARED, some, wanted, most - len(found))
            at += span
        if self.chat_id is not None and self.parts[words.PRIVATE]:
            hidden = await newest(self.connection, words.PRIVATE, self.parts[words.PRIVATE], wanted, most)
            theirs = select(articles.c.id).where(
                among(self.connection, articles.c.id, hidden), visible_to(self.chat_id)
            )
            found += list(await self.connection.scalars(theirs)) if hidden else []
            found = sorted(found, reverse=True)[:most]
        if self.window.is_endless:
            return found
        times = await seen_at(self.connection, found)
        return [each for each in found if self.window.holds(times[each])]


class Search:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self,
        wanted: Filter | str,
        *,
        chat_id: int | None,
        now: datetime,
        limit: int = 5,
        offset: int = 0,
        topic: str | None = None,
        newest_first: bool = False,
    ) -> Found:
        """Articles the chat may see that the filter wants, those that fit best and are fresh first.

        A text stands for any of its words. Without `chat_id`: only what every chat may see.
        """
        asked = plainly(wanted) if isinstance(wanted, str) else wanted
        if asked is None:
            return Found()
        kept = asked if topic is None else All((asked, Mark("topic", topic, topic)))
        async with self._database.read() as connection:
            await _prepare(connection)
            ids, order, is_complete = await _found(connection, kept, chat_id, now, newest_first=newest_first)
            every = list(dict.fromkeys([*order, *ids]))
            shown = await read_articles(connection, every[offset : offset + limit])
        looked_for = list(terms(asked))
        hits = tuple(Hit(each, snippet(each.text, looked_for) or ((each.headline, False),)) for each in shown)
        return Found(hits, len(every), is_complete)

    async def catch_up(self) -> int:
        """Indexes some of the articles that the index does not have yet, the newest first; how many. 0: it is whole."""
        async with self._database.write() as connection:
            below = await connection.scalar(select(unindexed.c.below).with_for_update())
            if below is None:
                return 0
            missing = select(articles.c.id).where(articles.c.id < below).order_by(articles.c.id.desc()).limit(BATCH)
            ids = list(await connection.scalars(missing.with_for_update(read=True, key_share=True)))
            if not ids:
                await connection.execute(unindexed.delete())
                return 0
            ids = [each for each in ids if each // words.SIZE == ids[0] // words.SIZE]
            shared = set(
                await connection.scalars(select(articles.c.id).where(articles.c.id.in_(ids), visible_to(None)))
            )
            rows = [
                (each.id in shared, words.row_of(each.id, each, [f.topic for f in each.topics], each.first_seen_at))
                for each in await read_articles(connection, ids)
            ]
            for is_shared in (True, False):
                await words.index(connection, [row for kind, row in rows if kind is is_shared], is_shared=is_shared)
            await connection.execute(unindexed.update().values(below=ids[-1]))
            return len(ids)

    async def suggest(self, word: str) -> str | None:
        """The closest word of what every chat may see; None if none is close.

        Looked for in the newest 5,000 headlines and the newest 300 texts.
        """
        recent = select(articles.c.headline).where(visible_to(None)).order_by(articles.c.id.desc())
        told = recent.with_only_columns(articles.c.paragraphs)
        async with self._database.read() as connection:
            texts = list(await connection.scalars(recent.limit(5_000)))
            for paragraphs in await connection.scalars(told.limit(300)):
                texts += paragraphs
        wanted = word.strip().lower()[:64]
        known = {
            each for text in texts for each in re.findall(r"\w{3,}", text.lower()) if abs(len(each) - len(wanted)) <= 2
        }
        # Sorted, so that of two as close the answer is always the same.
        close = difflib.get_close_matches(wanted, sorted(known - {wanted}), n=1, cutoff=0.75)
        return close[0] if close else None


async def _prepare(connection: AsyncConnection) -> None:
    """Lets PostgreSQL not think of reading whole parts: it does not know what looking into a row costs."""
    if connection.dialect.name != "sqlite":
        await connection.exec_driver_sql("SELECT set_config('enable_seqscan', 'off', true)")


async def _found(
    connection: AsyncConnection, wanted: Filter, chat_id: int | None, now: datetime, *, newest_first: bool
) -> tuple[list[int], list[int], bool]:
    """Ids of what matches, the newest first; of those that are ranked, the best first; and whether that is all."""
    parts = await words.parts(connection)
    is_small = len(parts[words.SHARED]) < 2
    is_complete = await connection.scalar(select(unindexed.c.below)) is None
    sought = list(dict.fromkeys(terms(wanted)))
    held: dict[Term, int] = {}
    ids: list[int] = []
    best: list[int] = []
    for window in windows(wanted, now):
        looking = _Looking(connection, chat_id, window, parts, monotonic() + ENOUGH_S)
        found = await looking.ids(window.wanted, MOST + 1)
        is_complete = is_complete and looking.is_complete and len(found) <= MOST
        ids += found[:MOST]
        if newest_first or not sought:
            continue
        if len(sought) > 1 and not held:
            held = await _counts(connection, parts, sought)
        if not looking.is_complete or len(found) > (FEW if is_small else RAREST):
            for reading, most in _readings(window.wanted, held, len(parts[words.SHARED])):
                best += await looking.ids(reading, most)
            found = found[:NEWEST]
        best += found
    if newest_first or not sought:
        return ids, [], is_complete
    rows = await words.rows(connection, parts, set(best))
    among = await connection.scalar(select(func.max(articles.c.id))) or 1 if is_small else words.SIZE
    rarities = {term: rarity(min(held.get(term, 0), among), among) for term in sought}
    return ids, ranked(rows, sought, rarities, now), is_complete


def _readings(wanted: Filter, counts: dict[Term, int], parts: int) -> list[tuple[Filter, int]]:
    """Stricter filters, each within what is wanted, and how many articles to take of each."""
    if not (isinstance(wanted, AnyOf) and all(isinstance(part, Term) for part in wanted.parts)):
        return [(_both(wanted, [titled(term) for term in terms(wanted)]), TITLED)]
    everywhere = {term: counts.get(term, 0) * parts for part in wanted.parts if isinstance(term := part, Term)}
    rarest = sorted(everywhere, key=lambda term: everywhere[term])
    rare = list(_up_to(rarest, everywhere, RARE))
    pairs = list(_up_to(rarest[len(rare) :], everywhere, MEDIUM))[:5]
    readings: list[tuple[Filter, int]] = []
    if rare:
        readings.append((_any(rare), RAREST))
    if len(pairs) > 1:
        readings.append((_any([All(pair) for pair in combinations(pairs, 2)]), PAIRED))
    if not readings:
        readings.append((All(tuple(rarest)), PAIRED))
    return [*readings, (_any([titled(term) for term in rarest[:2]]), TITLED)]


def _any(parts: Sequence[Filter]) -> Filter:
    return AnyOf(tuple(parts)) if len(parts) > 1 else parts[0]


def _both(wanted: Filter, more: Iterable[Filter]) -> Filter:
    return All((*(wanted.parts if isinstance(wanted, All) else (wanted,)), *more))


def _up_to(rarest: Sequence[Term], everywhere: dict[Term, int], most: int) -> Iterable[Term]:
    held = 0
    for term in rarest:
        held += everywhere[term]
        if held > most:
            return
        yield term


async def _counts(connection: AsyncConnection, parts: words.Parts, sought: Sequence[Term]) -> dict[Term, int]:
    """How many articles of a full part hold each term, counted up to SAMPLE; of a phrase, its longest word."""
    family = words.SHARED if parts[words.SHARED] else words.PRIVATE
    numbers = parts[family][1:2] or parts[family][:1]
    if not numbers:
        return {}
    telling = [replace(term, stems=(max(term.stems, key=len),)) if len(term.stems) > 1 else term for term in sought]
    return dict(zip(sought, await counts(connection, family, numbers[0], telling, SAMPLE), strict=True))
