"""Telling: entries become articles of stories, a feed's some at a time.

Which story an entry joins depends on all told before, so one transaction tells at a time, in whatever process. It
asks for what it must know, reckons in memory, and writes each table once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, bindparam, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Bullet, Entry, Filing
from news.copies import imprint, is_copy
from news.identity import canonical_url
from news.roots import Roots
from news.sketches import joined
from news.stories import better_headline
from news.story import Story
from storage import words
from storage.columns import fingerprint
from storage.editions import as_row
from storage.engine import Database
from storage.tables import article_topics, articles, feeds, seen, stories

COMPARED = 60
"""Articles of a story that a newcomer is compared with, to know whether it is a copy."""
TELLING = 0x74656C6C
"""PostgreSQL advisory lock of the entries that find their stories and join them."""
PLAIN = [
    "headline", "standfirst", "byline", "published", "section", "language", "guid", "url", "source",
    "image_url", "image_credit", "is_teaser",
]  # fmt: skip
"""Fields that an entry and its row spell alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An entry, and what is stored with it."""

    entry: Entry
    sketch: Mapping[str, float]
    """The entry's; it is added to the story's."""
    keys: Sequence[str]
    bullets: Sequence[Bullet]
    topics: Sequence[Filing]
    source: str
    feed_id: int | None = None


ADD_SEEN = {
    is_sqlite: add(seen).on_conflict_do_nothing().returning(seen.c.key_hash)
    for is_sqlite, add in ((True, sqlite.insert), (False, postgresql.insert))
}
ADD_ARTICLES, ADD_STORIES, ADD_FILINGS = insert(articles), insert(stories), insert(article_topics)
CHANGE_STORIES = update(stories).where(stories.c.id == bindparam("its"))
SHARED = (
    select(feeds.c.id, feeds.c.is_shared)
    .where(feeds.c.id.in_(bindparam("its", expanding=True)))
    .order_by(feeds.c.id)
    .with_for_update(read=True)
)
TOLD_SINCE = (
    select(stories)
    .where(stories.c.id.in_(select(articles.c.story_id).where(articles.c.id > bindparam("knows"))))
    .order_by(stories.c.id)
)
HELD = select(stories).where(stories.c.id == bindparam("its")).with_for_update()
NEWEST_IMPRINTS = (
    select(articles.c.imprint)
    .where(articles.c.story_id == bindparam("its"), articles.c.teller.is_not(None))
    .order_by(articles.c.id.desc())
    .limit(COMPARED)
)
"""Statements are built once: building one takes as long as executing it."""
LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
LAST = text("SELECT name, seq FROM sqlite_sequence WHERE name IN ('articles', 'stories')")
NEXT = text(
    "SELECT nextval(pg_get_serial_sequence('articles', 'id')), nextval(pg_get_serial_sequence('stories', 'id'))"
    " FROM generate_series(1, :count)"
)

Choose = Callable[[Telling, Sequence[Story]], int | None]
"""The story that an entry joins (None opens one); told of stories that changed since it was asked last."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What is worked out before anybody waits for us."""

    telling: Telling
    hashes: frozenset[bytes]
    imprint: bytes
    filings: Mapping[str, float]
    roots: Roots


async def tell(
    database: Database,
    some: Sequence[Telling],
    *,
    choose: Choose,
    knows: int | None,
    now: datetime,
) -> list[int | None]:
    """See `Articles.tell`."""
    if not some:
        return []
    prepared = [_prepared(each, now) for each in some]
    async with database.write() as connection:
        shared = await _shared(connection, {each.feed_id for each in some})
        prepared = [each for each in prepared if each.telling.feed_id in shared]
        reruns = await remember(database, connection, [each.hashes for each in prepared], now)
        new = [each for each, is_rerun in zip(prepared, reruns, strict=True) if not is_rerun]
        if not new:
            return [None] * len(some)
        if not database.is_sqlite:  # SQLite has one writer anyway
            await connection.execute(LOCK, {"lock": TELLING})
        newer = [] if knows is None else _read(await connection.execute(TOLD_SINCE, {"knows": knows}))
        ids, free = await _reserved(connection, len(new))
        running = _Running(connection, now, free)
        tellers = []
        for each in new:
            chosen = choose(each.telling, newer)
            story, teller = await running.join(chosen, each)
            newer = [story]
            tellers.append((story.id, teller))
        await running.write()
        rows = [
            _row(each, told, article_id, now) | {"is_shared": shared[each.telling.feed_id]}
            for each, told, article_id in zip(new, tellers, ids, strict=True)
        ]
        await connection.execute(ADD_ARTICLES, rows)
        await _file(connection, new, ids, shared)
    given = {id(each.telling): article_id for each, article_id in zip(new, ids, strict=True)}
    return [given.get(id(each)) for each in some]


def _prepared(telling: Telling, now: datetime) -> _Prepared:
    filings = {each.topic: each.confidence for each in sorted(telling.topics, key=lambda it: it.confidence)}
    return _Prepared(
        telling,
        frozenset(map(fingerprint, telling.keys)),
        imprint(telling.entry),
        filings,
        words.row_of(0, telling.entry, filings, now),
    )


async def remember(
    database: Database, connection: AsyncConnection, entries: Sequence[Iterable[bytes]], now: datetime
) -> list[bool]:
    """Whether any of its keys was seen, for each of some entries in turn; all are from now on."""
    # Sorted, so that two transactions with common keys wait for each other in the same order.
    hashes = sorted(set().union(*entries))
    if not hashes:
        return [False] * len(entries)
    added = set(
        await connection.scalars(ADD_SEEN[database.is_sqlite], [{"key_hash": each, "seen_at": now} for each in hashes])
    )
    met = set(hashes) - added
    reruns = []
    again = set[bytes]()
    for its in map(set, entries):
        reruns.append(not met.isdisjoint(its))
        again |= its - added if reruns[-1] else set()
        met |= its
    if again:
        held = select(seen.c.key_hash).where(seen.c.key_hash.in_(again)).order_by(seen.c.key_hash).with_for_update()
        await connection.execute(update(seen).where(seen.c.key_hash.in_(held)).values(seen_at=now))
    return reruns


def address_mark(url: str) -> bytes:
    """By what an article's address is found, however it is spelled."""
    return fingerprint(canonical_url(url))


async def read_stories(connection: AsyncConnection, where: ColumnElement[bool]) -> list[Story]:
    """The stories that are meant, by id."""
    return _read(await connection.execute(select(stories).where(where).order_by(stories.c.id)))


def _read(found: CursorResult[Any]) -> list[Story]:
    return [Story(**dict(row) | {"sources": tuple(row["sources"])}) for row in found.mappings()]


@dataclass(slots=True)
class _Running:
    """The stories that entries join, as they are after each."""

    connection: AsyncConnection
    now: datetime
    free: Sequence[int]
    """Ids of stories that are opened."""
    held: dict[int, Story] = field(default_factory=dict)
    opened: dict[int, Story] = field(default_factory=dict)
    imprints: dict[int, list[bytes]] = field(default_factory=dict)

    async def join(self, story_id: int | None, new: _Prepared) -> tuple[Story, str | None]:
        """The story with the entry in it, opened where there is none; and who counts as a source of it."""
        told, entry = new.telling, new.telling.entry
        found = None if story_id is None else await self._held(story_id)
        if found is None:
            return self._open(new), told.source
        is_copied = any(is_copy(new.imprint, each) for each in self.imprints[found.id][:COMPARED])
        both = joined(found.sketch, told.sketch)
        story = replace(
            found,
            last_seen_at=self.now,
            sketch=both,
            headline=better_headline(both, found.headline, entry),
            sources=found.sources if is_copied or told.source in found.sources else (*found.sources, told.source),
        )
        (self.opened if story.id in self.opened else self.held)[story.id] = story
        if is_copied:
            return story, None
        self.imprints[story.id].insert(0, new.imprint)
        return story, told.source

    async def write(self) -> None:
        if self.opened:
            rows = [_fields(story) | {"id": story.id, "first_seen_at": self.now} for story in self.opened.values()]
            await self.connection.execute(ADD_STORIES, rows)
        if self.held:
            rows = [_fields(story) | {"its": story.id} for story in self.held.values()]
            await self.connection.execute(CHANGE_STORIES, rows)

    def _open(self, new: _Prepared) -> Story:
        told = new.telling
        story = Story(
            id=self.free[len(self.opened)],
            headline=told.entry.headline,
            first_seen_at=self.now,
            last_seen_at=self.now,
            sources=(told.source,),
            sketch=told.sketch,
        )
        self.imprints[story.id] = [new.imprint]
        self.opened[story.id] = story
        return story

    async def _held(self, story_id: int) -> Story | None:
        """The story, held so that nobody else changes it; None when it has gone."""
        if story := self.opened.get(story_id) or self.held.get(story_id):
            return story
        for story in _read(await self.connection.execute(HELD, {"its": story_id})):
            newest = await self.connection.scalars(NEWEST_IMPRINTS, {"its": story_id})
            self.imprints[story_id] = [mark or b"" for mark in newest]
            return story
        return None


def _fields(story: Story) -> dict[str, Any]:
    return {
        "headline": story.headline,
        "last_seen_at": story.last_seen_at,
        "sources": list(story.sources),
        "sketch": dict(story.sketch),
    }


def _row(new: _Prepared, told: tuple[int, str | None], article_id: int, now: datetime) -> dict[str, Any]:
    entry, bullets = new.telling.entry, new.telling.bullets
    return {name: getattr(entry, name) for name in PLAIN} | {
        "id": article_id,
        "feed_id": new.telling.feed_id,
        "story_id": told[0],
        "teller": told[1],
        "first_seen_at": now,
        "address": address_mark(entry.url) if entry.url else None,
        "imprint": new.imprint,
        "paragraphs": entry.paragraphs,
        "publisher_bullets": entry.publisher_bullets,
        "bullets": [as_row(each) for each in bullets],
        "bullet_count": len(bullets),
        "text_length": len(entry.text),
    }


async def _file(
    connection: AsyncConnection, new: Sequence[_Prepared], ids: Sequence[int], shared: Mapping[int | None, bool]
) -> None:
    """Puts articles on their topics and into the search index."""
    filings = [
        {"article_id": article_id, "topic": topic, "confidence": confidence}
        for each, article_id in zip(new, ids, strict=True)
        for topic, confidence in each.filings.items()
    ]
    if filings:
        await connection.execute(ADD_FILINGS, filings)
    parts = defaultdict[tuple[bool, int], list[Roots]](list)
    for each, article_id in zip(new, ids, strict=True):
        part = shared[each.telling.feed_id], article_id // words.SIZE
        parts[part].append(replace(each.roots, id=article_id))
    for (is_shared, _), its in parts.items():
        await words.index(connection, its, is_shared=is_shared)


async def _reserved(connection: AsyncConnection, count: int) -> tuple[list[int], list[int]]:
    """Ids that the next articles are given, and the next stories."""
    if connection.dialect.name == "sqlite":
        last = {row.name: row.seq for row in await connection.execute(LAST)}
        article, story = (last.get(name, 0) + 1 for name in ("articles", "stories"))
        return list(range(article, article + count)), list(range(story, story + count))
    rows = (await connection.execute(NEXT, {"count": count})).all()
    return sorted(row[0] for row in rows), sorted(row[1] for row in rows)


async def _shared(connection: AsyncConnection, feed_ids: Collection[int | None]) -> dict[int | None, bool]:
    """Whether every chat may see what these feeds bring; those that have gone are left out."""
    its = [each for each in feed_ids if each is not None]
    found = await connection.execute(SHARED, {"its": its}) if its else ()
    return {None: True} | {row.id: row.is_shared for row in found}
