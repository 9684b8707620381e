"""What somebody looks for, found among the articles they may see.

However many articles hold the words, only some hundreds are ranked: those that the strictest readings of the
words bring, then the newest. So a search costs the same among a thousand articles and among a million.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from time import monotonic

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Article
from news.filters import All, AnyOf, Filter, Mark, Not, Term, terms, titled
from news.grammar import plainly
from news.ranking import ranked, rarity
from news.reduced import windows
from news.snippets import Snippet, snippet
from news.spelling import Spelling
from storage import words
from storage.engine import Database
from storage.looking import Looking
from storage.matching import counts, in_reach
from storage.reading import read_articles, visible_to
from storage.tables import articles, unindexed

MOST = 1_000
"""Results that are counted; with more it is “over 1,000”."""
ENOUGH_S, RANKED_S, A_PAGE_S = 0.005, 0.007, 0.012
"""After so long no older parts are looked at: for what matches, for what of it is ranked, and while that fills no page.
What was found is then ranked and read, which takes some 5 ms.
"""
SAMPLE = 2_500
"""Articles that hold a word are counted so far, to tell how rare it is."""
RARE, MEDIUM = 1_500, 30_000
"""Articles that hold one of the rare words, and one of those that are looked for in pairs, at most."""
TITLED, PAIRED, RAREST, NEWEST = 60, 100, 200, 100
"""How many each reading brings to be ranked, of up to FOUR words; of more, the fewer."""
FOUR = 4
FEW = 1_000
"""Articles in an index so small that all that match are ranked."""
BATCH = 200
HEADLINES, TEXTS = 2_000, 100
"""Of the newest articles, how many are read at once for their words."""
MOST_KNOWN = 50_000
"""Words that are kept to suggest one of them: some 10 MB."""


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


class Search:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._spelling, self._read_to = Spelling(), 0
        self._learning = asyncio.Lock()

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
        without_snippets: bool = False,
    ) -> Found:
        """Articles the chat may see that the filter wants, those that fit best and are fresh first.

        A text stands for any of its words. Without `chat_id`: only what every chat may see. Without snippets
        the headline stands in their place.
        """
        asked = plainly(wanted) if isinstance(wanted, str) else wanted
        if asked is None:
            return Found()
        kept = asked if topic is None else All((asked, Mark("topic", topic, topic)))
        async with self._database.read() as connection:
            ids, order, is_complete = await _found(connection, kept, chat_id, now, newest_first=newest_first)
            every = list(dict.fromkeys([*order, *ids]))
            shown = await read_articles(connection, every[offset : offset + limit])
        looked_for = list(terms(asked))
        snippets = [() if without_snippets else snippet(each.text, looked_for) for each in shown]
        hits = [Hit(each, its or ((each.headline, False),)) for each, its in zip(shown, snippets, strict=True)]
        return Found(tuple(hits), len(every), is_complete)

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

    async def join(self) -> bool:
        """Joins some of the pieces that the index is in, so that searches stay fast; False: nothing is left to join."""
        async with self._database.write() as connection:
            return await words.join(connection)

    async def suggest(self, word: str) -> str | None:
        """The closest word of what every chat may see; None where it is one itself, or none is close.

        Looked for in the newest headlines and texts: what is new since the last time is read first.
        """
        async with self._learning:  # words are learnt in a thread, once, and not while others are compared
            await self._learn()
            return self._spelling.nearest(word)

    async def _learn(self) -> None:
        recent = select(articles.c.id, articles.c.headline).where(visible_to(None), articles.c.id > self._read_to)
        async with self._database.read() as connection:
            new = (await connection.execute(recent.order_by(articles.c.id.desc()).limit(HEADLINES))).all()
            ids = [row.id for row in new[:TEXTS]]
            told = await connection.scalars(select(articles.c.paragraphs).where(articles.c.id.in_(ids)))
            read = [row.headline for row in new] + [each for paragraphs in told for each in paragraphs]
        if new:
            if len(self._spelling) > MOST_KNOWN:
                self._spelling = Spelling()
            await asyncio.to_thread(self._spelling.read, read)
            self._read_to = new[0].id


async def _found(
    connection: AsyncConnection, wanted: Filter, chat_id: int | None, now: datetime, *, newest_first: bool
) -> tuple[list[int], list[int], bool]:
    """Ids of what matches, the newest first; of those that are ranked, the best first; and whether that is all."""
    begun, extent = monotonic(), await words.prepared(connection)
    trip, parts, is_complete = monotonic() - begun, extent.parts, extent.is_whole
    is_small = len(parts[words.SHARED]) < 2
    sought = list(dict.fromkeys(terms(wanted)))
    held: dict[Term, int] = {}
    ids: list[int] = []
    best: list[int] = []
    share = min(1, FOUR / max(len(sought), 1))
    newest = int(NEWEST * share)
    for window in windows(wanted, now):
        reach = await in_reach(connection, extent, window)
        looking = Looking(connection, chat_id, window, reach, begun + ENOUGH_S, begun + A_PAGE_S, trip)
        found = await looking.ids(window.wanted, MOST + 1)
        is_complete = is_complete and looking.is_complete and len(found) <= MOST
        ids += found[:MOST]
        if newest_first or not sought or not found:
            continue
        if len(sought) > 1 and not held:
            held = await _counts(connection, parts, sought)
        if not looking.is_complete or len(found) > (FEW if is_small else RAREST):
            looking.until = looking.latest = begun + RANKED_S
            for reading, most in _readings(window.wanted, held, len(parts[words.SHARED])):
                if len(found) > newest or monotonic() < looking.until:  # or it would bring what is there already
                    best += await looking.ids(reading, int(most * share))
            found = found[:newest]
        best += found
    if newest_first or not sought:
        return ids, [], is_complete
    rows = await words.rows(connection, parts, set(best))
    among = max(extent.newest, 1) if is_small else words.SIZE
    rarities = {term: rarity(min(held.get(term, 0), among), among) for term in sought}
    return ids, ranked(rows, sought, rarities, now), is_complete


def _readings(wanted: Filter, counts: dict[Term, int], parts: int) -> list[tuple[Filter, int]]:
    """Stricter filters, each within what is wanted, and how many articles to take of each; what tells most first."""
    if not (isinstance(wanted, AnyOf) and all(isinstance(part, Term) for part in wanted.parts)):
        reading = _in_headlines(wanted)
        # SQLite reads all words that begin so before it answers: once is enough.
        is_once = reading == wanted or any(term.is_prefix for term in terms(wanted))
        return [] if is_once else [(reading, TITLED)]
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


def _in_headlines(wanted: Filter) -> Filter:
    """What is wanted in the headline, and what is not wanted nowhere."""
    match wanted:
        case Not():
            return wanted
        case All(parts):
            return All(tuple(map(_in_headlines, parts)))
        case AnyOf(parts):
            return AnyOf(tuple(map(_in_headlines, parts)))
    return titled(wanted)


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
    is_full = len(parts[family]) > 1
    telling = [replace(term, stems=(max(term.stems, key=len),)) if len(term.stems) > 1 else term for term in sought]
    held = await counts(connection, family, numbers[0], telling, SAMPLE, is_full=is_full)
    return dict(zip(sought, held, strict=True))
