"""What chats have had: what their digests told them, read for many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, case, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bulk import among
from storage.engine import Database
from storage.tables import articles, digests, edition_items, editions

FOR_GOOD = 2**62
"""The newest article of a story that was told before this was written down: nothing is newer."""

GIVEN_UP = "-"
"""Marks, in what a chat was told, a digest that did not arrive."""


@dataclass(frozen=True, slots=True)
class History:
    """What a chat's digests told it, as far back as was asked."""

    number: int = 0
    """Of its last digest; 0 where it had none."""
    composed_at: datetime | None = None
    """When its last digest was composed that was no alert."""
    told: frozenset[int] = frozenset()
    """Ids of the stories it has had."""
    up_to: frozenset[tuple[int, int]] = frozenset()
    """With each of them the newest article that it had then."""
    articles: frozenset[int] = frozenset()
    """Ids of the articles that told them."""
    in_vain: tuple[tuple[datetime, frozenset[int]], ...] = ()
    """What digests told that did not arrive, and when they were composed."""


class Shown(NamedTuple):
    """A story of an edition, its newest article then, and the article that told it."""

    story_id: int
    newest_id: int
    article_id: int


@dataclass(frozen=True, slots=True)
class Edition:
    """The stories of an edition by position, and how many of them its digests push."""

    stories: Mapping[int, Shown]
    pushed: int

    @property
    def told(self) -> frozenset[int]:
        """Ids of the stories that its digests push."""
        return frozenset(each.story_id for position, each in self.stories.items() if position <= self.pushed)


@dataclass(frozen=True, slots=True)
class Told:
    """One digest of a chat: its edition, whether it was given up, and what else of it the chat was shown."""

    edition_id: int
    is_given_up: bool
    shown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """What one digest told its chat, in order: headlines and addresses, as far as the articles are kept."""

    composed_at: datetime
    is_alert: bool
    stories: tuple[tuple[str, str | None], ...]


class Histories:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_composed(self, chat_ids: Collection[int]) -> dict[int, datetime]:
        """When each chat's last digest was composed, which was no alert; nothing of a chat that had none."""
        async with self._database.read() as connection:
            theirs = among(connection, digests.c.chat_id, chat_ids), ~digests.c.is_alert
            last = select(digests.c.chat_id, func.max(digests.c.composed_at)).where(*theirs).group_by(digests.c.chat_id)
            return {row[0]: row[1] for row in await connection.execute(last)}

    async def of(
        self, chat_ids: Collection[int], since: datetime, known: dict[int, Edition] | None = None
    ) -> dict[int, History]:
        """What each chat had by its digests since then; nothing of a chat that had none at all.

        `known` editions are not read again; those that are read are added.
        """
        known = {} if known is None else known
        async with self._database.read() as connection:
            rows = (await connection.execute(_told(connection, chat_ids, since))).all()
            tokens = {row.told: _parse(row.told) for row in rows}
            await _learn(connection, known, {each.edition_id for some in tokens.values() for each in some})
            shown = {each: _shown(some, known) for each, some in tokens.items()}
            up_to = {each: _up_to(some) for each, some in shown.items()}
            by = {each: frozenset([it.article_id for it in some]) for each, some in shown.items()}
            had = {each: frozenset(story_id for story_id, _ in pairs) for each, pairs in up_to.items()}
            hurt = [row.chat_id for row in rows if GIVEN_UP in (row.told or "")]
            vain = await _in_vain(connection, hurt, since, known) if hurt else {}
        return {
            row.chat_id: History(
                row.number, row.composed_at, had[row.told], up_to[row.told], by[row.told], vain.get(row.chat_id, ())
            )
            for row in rows
        }

    async def past(self, chat_id: int) -> list[Past]:
        """All digests that a chat was sent, as far as they are kept, oldest first."""
        its = (
            select(digests.c.number, digests.c.composed_at, digests.c.is_alert, digests.c.shown, editions.c.pushed)
            .add_columns(edition_items.c.position, articles.c.headline, articles.c.url)
            .join(editions, editions.c.id == digests.c.edition_id)
            .join(edition_items, edition_items.c.edition_id == editions.c.id)
            .join(articles, articles.c.id == edition_items.c.article_id)
            .where(digests.c.chat_id == chat_id, ~digests.c.is_given_up)
            .order_by(digests.c.number, edition_items.c.position)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(its)).all()
        told = [row for row in rows if row.position <= row.pushed or row.position in row.shown]
        return [
            Past(composed_at, is_alert, tuple([(row.headline, row.url) for row in some]))
            for (_, composed_at, is_alert), some in groupby(told, key=lambda row: row[:3])
        ]

    async def were_quiet(self, chat_ids: Collection[int]) -> set[int]:
        """Those of the chats whose last digest told nothing, and was not given up."""
        later = digests.alias()
        newer = later.c.chat_id == digests.c.chat_id, later.c.number > digests.c.number, ~later.c.is_alert
        is_last = ~exists().where(*newer)
        async with self._database.read() as connection:
            quiet = (
                select(digests.c.chat_id)
                .join(editions, editions.c.id == digests.c.edition_id)
                .where(
                    among(connection, digests.c.chat_id, chat_ids),
                    editions.c.pushed == 0,
                    ~digests.c.is_alert,
                    digests.c.is_given_up.is_(False),
                    is_last,
                )
            )
            return set(await connection.scalars(quiet))


def _told(connection: AsyncConnection, chat_ids: Collection[int], since: datetime) -> Select[Any]:
    """SELECT of a row a chat, with its digests since then as a text: chats of one history have one text."""
    token = (
        cast(digests.c.edition_id, Text)
        + case((digests.c.is_given_up, GIVEN_UP), else_="")
        + func.coalesce(":" + cast(digests.c.shown, Text), "")
    )
    return (
        select(
            digests.c.chat_id,
            func.max(digests.c.number).label("number"),
            func.max(case((~digests.c.is_alert, digests.c.composed_at))).label("composed_at"),
            func.aggregate_strings(case((digests.c.composed_at >= since, token)), ",").label("told"),
        )
        .where(among(connection, digests.c.chat_id, chat_ids))
        .group_by(digests.c.chat_id)
    )


def _parse(told: str | None) -> list[Told]:
    found = []
    for token in told.split(",") if told else ():
        edition, _, shown = token.partition(":")
        is_given_up = edition.endswith(GIVEN_UP)
        positions = tuple(map(int, shown.split("."))) if shown else ()
        found.append(Told(int(edition.rstrip(GIVEN_UP)), is_given_up, positions))
    return found


def _shown(told: Iterable[Told], known: Mapping[int, Edition]) -> list[Shown]:
    found = []
    for each in told:
        edition = known[each.edition_id]
        pushed = 0 if each.is_given_up else edition.pushed
        found += [it for position, it in edition.stories.items() if position <= pushed or position in each.shown]
    return found


def _up_to(shown: Iterable[Shown]) -> frozenset[tuple[int, int]]:
    had: dict[int, int] = {}
    for story_id, newest_id, _ in shown:
        had[story_id] = max(newest_id, had.get(story_id, 0))
    return frozenset(had.items())


async def _learn(connection: AsyncConnection, known: dict[int, Edition], edition_ids: Collection[int]) -> None:
    new = set(edition_ids) - known.keys()
    if not new:
        return
    found: dict[int, dict[int, Shown]] = {each: {} for each in new}
    of_item = (edition_items.c[name] for name in ("edition_id", "position", "story_id", "newest_id", "article_id"))
    its = select(*of_item).where(among(connection, edition_items.c.edition_id, new))
    for edition_id, position, story_id, newest_id, article_id in await connection.execute(its):
        found[edition_id][position] = Shown(story_id, FOR_GOOD if newest_id is None else newest_id, article_id)
    pushed = select(editions.c.id, editions.c.pushed).where(among(connection, editions.c.id, new))
    most = {row.id: row.pushed for row in await connection.execute(pushed)}
    known |= {each: Edition(stories, most.get(each, 0)) for each, stories in found.items()}


async def _in_vain(
    connection: AsyncConnection, chat_ids: Collection[int], since: datetime, known: Mapping[int, Edition]
) -> dict[int, tuple[tuple[datetime, frozenset[int]], ...]]:
    lost = select(digests.c.chat_id, digests.c.composed_at, digests.c.edition_id).where(
        among(connection, digests.c.chat_id, chat_ids), digests.c.is_given_up, digests.c.composed_at >= since
    )
    vain: dict[int, list[tuple[datetime, frozenset[int]]]] = {}
    for chat_id, composed_at, edition_id in await connection.execute(lost):
        vain.setdefault(chat_id, []).append((composed_at, known[edition_id].told))
    return {chat_id: tuple(some) for chat_id, some in vain.items()}
