"""Digests: what a chat was shown, and that each slot is composed once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Article, Bullet
from news.corrections import Corrected
from news.digest import Digest, Footer, Item, Miss, edition_of
from news.figures import Spread
from news.messages.message import Message
from news.schedule import Slot
from news.translation import into
from news.votes import Weight
from storage.alerts import Match, settle_matches
from storage.bulk import among, for_rows
from storage.editions import OF_ITEM, OF_MISS, keep_editions, keep_texts
from storage.engine import Database
from storage.follows import Prolonging, prolong
from storage.putting import Waiting, put_all
from storage.reading import read_articles
from storage.slots import Closing, close
from storage.tables import chats, digests, edition_items, editions, outbox
from storage.translations import read_translations

OF_ARTICLE = (
    "headline", "bullets", "source", "url", "first_seen_at", "language", "image_url", "image_credit",
)  # fmt: skip
"""Fields of an item that are its article's."""
NOTHING_MISSING: tuple[Any, ...] = ([], [], [], [], 0)
"""A footer as it is kept, where a digest misses nothing."""


class NumberTaken(Exception):
    """Another digest of this chat took the number meanwhile; compose this one again."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A digest to be written, with the messages that push it and the slot that it fills.

    Its schedule is due next at `next_due_at`.
    """

    digest: Digest
    deliveries: Sequence[Message]
    slot: Slot | None
    thread_id: int | None = None
    next_due_at: datetime | None = None
    settles: Sequence[Match] = ()
    """What matched alerts or stories, and is told or left out from now on."""
    prolongs: Sequence[Prolonging] = ()
    """The stories that are followed on, because something new of them is told."""

    @property
    def is_empty(self) -> bool:
        """Whether it only says that its slot had nothing."""
        return not self.digest.items and not self.deliveries


class Digests:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(
        self,
        digest: Digest,
        *,
        deliveries: Sequence[Message],
        slot: Slot | None,
        thread_id: int | None = None,
        next_due_at: datetime | None = None,
    ) -> int | None:
        """As `write_all`, for one digest."""
        draft = Draft(digest=digest, deliveries=deliveries, slot=slot, thread_id=thread_id, next_due_at=next_due_at)
        [digest_id] = await self.write_all([draft])
        return digest_id

    async def write_all(self, drafts: Sequence[Draft]) -> list[int | None]:
        """Writes digests with slots, deliveries and schedules; all or nothing. Returns their ids.

        Several of one chat are parts of what fills one slot, numbered one after the other.
        What it settles of alerts must still be waiting, else ToldMeanwhile.
        None, and nothing written, where the slot was composed before or its schedule has gone; the
        schedule is due next at `next_due_at` all the same, unless it was changed. An empty digest
        without deliveries is only a slot found empty. Raises NumberTaken, and Missing when a chat
        has gone.
        """
        drafts = [_with_edition(draft) for draft in drafts]
        async with self._database.write() as connection:
            filled = {draft.slot for draft in drafts if not draft.is_empty}
            ends = {draft.slot: draft.next_due_at for draft in drafts if draft.slot}
            closing = [Closing(slot, "digest" if slot in filled else "empty", due) for slot, due in ends.items()]
            # First the subscription, then its matches, as they go with it: who waits for whom is never both ways.
            await prolong(connection, [each for draft in drafts for each in draft.prolongs])
            await settle_matches(connection, [each for draft in drafts for each in draft.settles])
            taken = await close(connection, closing)
            live = [
                draft
                for draft in drafts
                if not draft.is_empty and (draft.slot is None or draft.slot.schedule_id in taken)
            ]
            ids = await _insert(connection, live) if live else {}
            return [ids.get(id(draft)) for draft in drafts]

    async def get(self, chat_id: int, number: int) -> Digest | None:
        """The digest, with those of its items whose article we still have."""
        return await self._read(FOUND.where(digests.c.chat_id == chat_id, digests.c.number == number))

    async def of_edition(self, chat_id: int, edition: str) -> Digest | None:
        """As `get`: the chat's newest digest that showed this edition."""
        theirs = FOUND.where(digests.c.chat_id == chat_id, editions.c.key == edition)
        return await self._read(theirs.order_by(digests.c.number.desc()).limit(1))

    async def by_id(self, digest_id: int) -> Digest | None:
        """As `get`, by the id that its deliveries carry."""
        return await self._read(FOUND.where(digests.c.id == digest_id))

    async def by_message(self, chat_id: int, message_id: int) -> Digest | None:
        """As `get`, by the message that pushed it."""
        theirs = FOUND.where(digests.c.chat_id == chat_id, digests.c.message_id == message_id)
        return await self._read(theirs.order_by(digests.c.number.desc()).limit(1))

    async def that_told(self, chat_id: int, story_id: int) -> Digest | None:
        """As `get`: the chat's newest digest that told the story, pushed or by *More*, and that arrived."""
        its = (
            select(digests.c.id, digests.c.shown, edition_items.c.position, editions.c.pushed)
            .join(editions, editions.c.id == digests.c.edition_id)
            .join(edition_items, edition_items.c.edition_id == digests.c.edition_id)
            .where(digests.c.chat_id == chat_id, edition_items.c.story_id == story_id, ~digests.c.is_given_up)
            .order_by(digests.c.number.desc())
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(its)).all()
        told = next((row.id for row in rows if row.position <= row.pushed or row.position in row.shown), None)
        return await self.by_id(told) if told else None

    async def posted(self, edition: str, position: int) -> Article | None:
        """The article of a story that a digest of this edition posted in a channel."""
        its = (
            select(edition_items.c.article_id)
            .join(editions, editions.c.id == edition_items.c.edition_id)
            .join(digests, digests.c.edition_id == editions.c.id)
            .join(chats, chats.c.id == digests.c.chat_id)
            .where(editions.c.key == edition, edition_items.c.position == position)
            .where(chats.c.kind == "channel", digests.c.message_id.is_not(None))
        )
        async with self._database.read() as connection:
            found = await read_articles(connection, list(await connection.scalars(its.limit(1))))
            return found[0] if found else None

    async def latest(self, chat_id: int, before: int = 2**31 - 1) -> Digest | None:
        """As `get`: the chat's newest digest that is no alert, of those numbered before that."""
        theirs = digests.c.chat_id == chat_id, digests.c.number < before, ~digests.c.is_alert
        return await self._read(FOUND.where(*theirs).order_by(digests.c.number.desc()).limit(1))

    async def latest_in(self, chat_id: int, thread_id: int | None) -> Digest | None:
        """As `latest`, of those with stories that were sent to a thread of a forum, or outside of its threads."""
        there = outbox.c.thread_id == thread_id if thread_id else outbox.c.thread_id.is_(None)
        sent = exists().where(outbox.c.digest_id == digests.c.id, there)
        theirs = digests.c.chat_id == chat_id, ~digests.c.is_alert, editions.c.pushed > 0, sent
        return await self._read(FOUND.where(*theirs).order_by(digests.c.number.desc()).limit(1))

    async def show(self, chat_id: int, number: int, positions: Sequence[int]) -> None:
        """Remembers that the chat has had these stories of a digest too, after *More*."""
        this = digests.c.chat_id == chat_id, digests.c.number == number
        async with self._database.write() as connection:
            row = (await connection.execute(select(digests.c.shown).where(*this).with_for_update())).first()
            if row is not None:
                shown = tuple(sorted({*row.shown, *positions}))
                await connection.execute(update(digests).where(*this).values(shown=shown))

    async def earlier(
        self, chat_ids: Collection[int], story_ids: Collection[int], before: int = 2**31 - 1
    ) -> dict[tuple[int, int], int]:
        """By chat and story, the newest message that pushed the story there, by a digest numbered before that."""
        its = select(digests.c.chat_id, edition_items.c.story_id, digests.c.message_id).join(
            editions, editions.c.id == digests.c.edition_id
        )
        its = its.join(edition_items, edition_items.c.edition_id == editions.c.id).order_by(digests.c.number)
        async with self._database.read() as connection:
            pushed = its.where(
                among(connection, digests.c.chat_id, chat_ids),
                among(connection, edition_items.c.story_id, story_ids),
                edition_items.c.position <= editions.c.pushed,
                digests.c.message_id.is_not(None),
                digests.c.number < before,
            )
            return {(row[0], row[1]): row[2] for row in await connection.execute(pushed)}

    async def _read(self, query: Select[Any]) -> Digest | None:
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
            if row is None:
                return None
            its = select(*(edition_items.c[name] for name in (*OF_ITEM, "bullets", "spread")))
            its = its.where(edition_items.c.edition_id == row["edition_id"]).order_by(edition_items.c.position)
            stored = list((await connection.execute(its)).mappings())
            found = await read_articles(connection, [each["article_id"] for each in stored])
            alive = {article.id: article for article in found}
            reads = row["language"]
            translated = await read_translations(connection, reads, list(alive)) if reads else {}
            quiet_topics, failing_feeds, silent_feeds, corrections, kept_out = _whole(row["footer"])
            return Digest(
                chat_id=row["chat_id"],
                number=row["number"],
                composed_at=row["composed_at"],
                since=row["since"],
                pushed=row["pushed"],
                topics=tuple(row["topics"]),
                asked=row["asked"],
                is_alert=row["is_alert"],
                missed=tuple(Miss(**dict(zip(OF_MISS, each, strict=True))) for each in row["missed"] or ()),
                weights=tuple(Weight(*each) for each in row["weights"] or ()),
                footer=Footer(
                    quiet_topics=tuple(quiet_topics),
                    failing_feeds=tuple((title, datetime.fromisoformat(since)) for title, since in failing_feeds),
                    silent_feeds=tuple((title, datetime.fromisoformat(since)) for title, since in silent_feeds),
                    corrections=tuple(Corrected(*each) for each in corrections),
                    kept_out=kept_out,
                ),
                items=tuple(
                    into(_item(each, alive[its]), reads, translated.get(its))
                    for each in stored
                    if (its := each["article_id"]) in alive
                ),
                language=reads,
                edition=row["key"],
            )


def _whole(footer: Sequence[Any]) -> Sequence[Any]:
    """A footer with what older versions did not keep yet."""
    return (*footer, *NOTHING_MISSING[len(footer) :])


def _item(row: RowMapping, article: Article) -> Item:
    """A row of an edition with what its article says; an update says what was new."""
    told = {name: getattr(article, name) for name in OF_ARTICLE} | dict(row) | {"newest_id": row["newest_id"] or 0}
    new, spread = row["bullets"], row["spread"]
    told["bullets"] = article.bullets if new is None else tuple(Bullet(*each) for each in new)
    return Item(**told | {"spread": Spread(*spread) if spread else None})


OF_EDITION = ("key", "pushed", "topics", "footer", "asked", "missed", "weights", "language")
FOUND: Select[Any] = select(digests, *(editions.c[name] for name in OF_EDITION)).join(
    editions, editions.c.id == digests.c.edition_id
)


def _with_edition(draft: Draft) -> Draft:
    if draft.digest.edition:
        return draft
    return replace(draft, digest=replace(draft.digest, edition=edition_of(draft.digest)))


async def _insert(connection: AsyncConnection, drafts: Sequence[Draft]) -> dict[int, int]:
    """Writes the digests and their deliveries; the ids of the digests, by the ids of the drafts."""
    edition_ids = await keep_editions(connection, [draft.digest for draft in drafts])
    messages = {id(message): message for draft in drafts for message in draft.deliveries}
    text_ids = dict(zip(messages, await keep_texts(connection, list(messages.values())), strict=True))
    add = """
        INSERT INTO digests (chat_id, number, edition_id, composed_at, since, is_given_up, is_alert)
        SELECT chat_id, number, edition_id, composed_at, since, false, is_alert FROM {rows} WHERE true
        ON CONFLICT DO NOTHING RETURNING chat_id, number, id
    """
    columns = "chat_id int, number int, edition_id int, composed_at moment, since moment, is_alert flag"
    rows = [
        (each.chat_id, each.number, edition_ids[each.edition], each.composed_at, each.since, each.is_alert)
        for each in (draft.digest for draft in drafts)
    ]
    written = await for_rows(connection, add, columns, rows)
    ids: dict[tuple[int, int], int] = {(row.chat_id, row.number): row.id for row in written}
    if len(ids) < len(drafts):
        raise NumberTaken
    its = {id(draft): ids[draft.digest.chat_id, draft.digest.number] for draft in drafts}
    waiting = [
        Waiting(each.chat_id, its[id(draft)], part, draft.thread_id, text_ids[id(message)], each.composed_at, since)
        for draft in drafts
        for each in (draft.digest,)
        for since in (draft.slot.due_at if draft.slot else each.composed_at,)
        for part, message in enumerate(draft.deliveries, 1)
    ]
    if waiting:
        await put_all(connection, waiting)
    return its
