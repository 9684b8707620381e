"""Corrections: what publishers changed, and which messages must be edited for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Bullet, Entry
from news.corrections import Change, Correction
from news.messages.message import Message
from storage import words
from storage.bulk import among
from storage.claims import MESSAGE_OF_TEXT, WRITABLE
from storage.editions import as_row, keep_texts
from storage.engine import Database
from storage.putting import Waiting, put_all
from storage.reading import read_articles
from storage.tables import articles, chats, corrections, digests, edition_items, editions, outbox
from storage.telling import address_mark


@dataclass(frozen=True, slots=True)
class Sent:
    """A digest that told a corrected article, and the message that shows it, or will."""

    digest_id: int
    chat_id: int
    thread_id: int | None
    text_id: int
    message: Message
    edition_id: int
    zone: str | None

    @property
    def kind(self) -> tuple[int, int, str | None]:
        """Messages of one kind are drawn alike."""
        return self.text_id, self.edition_id, self.zone


@dataclass(frozen=True, slots=True)
class Edit:
    """A message to be put in the place of a digest's."""

    sent: Sent
    message: Message
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What an article is called by now, and what it is known by."""

    id: int
    headline: str
    guid: str | None
    url: str | None


class Corrections:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def correctable(self, feed_id: int, entries: Collection[Entry], since: datetime, most: int) -> list[Standing]:
        """The feed's articles of since then that have an entry's guid or address.

        Those that were corrected so many times are left out.
        """
        guids = {each.guid for each in entries if each.guid}
        addresses = {address_mark(each.url) for each in entries if each.url}
        often = select(func.count()).where(corrections.c.article_id == articles.c.id).scalar_subquery()
        its = select(articles.c.id, articles.c.headline, articles.c.guid, articles.c.url).where(
            articles.c.feed_id == feed_id,
            articles.c.first_seen_at >= since,
            or_(articles.c.guid.in_(guids), articles.c.address.in_(addresses)),
            often < most,
        )
        async with self._database.read() as connection:
            return [Standing(*row) for row in await connection.execute(its)]

    async def record(
        self, was: Standing, entry: Entry, change: Change, bullets: Sequence[Bullet] | None, now: datetime
    ) -> bool:
        """The article says what the entry says from now on, with these bullets; with None only its headline changes.

        False, and nothing is written, when it had another headline by now.
        """
        told: dict[str, Any] = {"headline": entry.headline}
        if bullets is not None:
            told |= {
                "standfirst": entry.standfirst,
                "paragraphs": entry.paragraphs,
                "publisher_bullets": entry.publisher_bullets,
                "bullets": [as_row(each) for each in bullets],
                "bullet_count": len(bullets),
                "text_length": len(entry.text),
                "is_teaser": entry.is_teaser,
            }
        async with self._database.write() as connection:
            if not await _say(connection, was, told):
                return False
            values = {
                "article_id": was.id,
                "change": change,
                "was": was.headline,
                "headline": entry.headline,
                "corrected_at": now,
                "edited_up_to": 0,
                "is_done": False,
            }
            await connection.execute(insert(corrections).values(values))
            return True

    async def reword(self, was: Standing, headline: str) -> bool:
        """Only the headline is another from now on, and nobody is told; False where it was another by now."""
        async with self._database.write() as connection:
            return await _say(connection, was, {"headline": headline})

    async def since(self, moment: datetime) -> list[Correction]:
        """What was corrected after then, oldest first."""
        return await self._find(corrections.c.corrected_at > moment)

    async def open(self) -> list[Correction]:
        """Those for which messages may have to be edited still, oldest first."""
        return await self._find(corrections.c.is_done.is_(False))

    async def sent(self, correction: Correction, since: datetime, limit: int) -> list[Sent]:
        """Digests of since then that push the article, after those looked at; with what their message says by now."""
        newest = outbox.alias()
        said = (
            select(func.max(newest.c.id))
            .where(
                or_(newest.c.edits_id == digests.c.id, (newest.c.digest_id == digests.c.id) & (newest.c.part == 1)),
                newest.c.state.not_in(["parked", "cancelled"]),
            )
            .scalar_subquery()
        )
        pushing = (
            select(editions.c.id)
            .join(edition_items, edition_items.c.edition_id == editions.c.id)
            .where(edition_items.c.article_id == correction.article_id, edition_items.c.position <= editions.c.pushed)
        )
        found = (
            select(
                digests.c.id,
                digests.c.chat_id,
                outbox.c.thread_id,
                outbox.c.text_id,
                MESSAGE_OF_TEXT,
                digests.c.edition_id,
                chats.c.zone,
            )
            .join(chats, chats.c.id == digests.c.chat_id)
            .join(outbox, outbox.c.id == said)
            .where(
                digests.c.id > correction.edited_up_to,
                digests.c.composed_at >= since,
                digests.c.is_given_up.is_(False),
                chats.c.state.in_(WRITABLE),
                digests.c.edition_id.in_(pushing),
            )
            .order_by(digests.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(found)).all()
        messages = {row.text_id: row.message for row in rows}
        drawn = {text_id: Message.from_json(message) for text_id, message in messages.items()}
        return [
            Sent(row.id, row.chat_id, row.thread_id, row.text_id, drawn[row.text_id], row.edition_id, row.zone)
            for row in rows
        ]

    async def edit(self, correction: Correction, edits: Sequence[Edit], up_to: int) -> bool:
        """Puts edits into the outbox, and remembers that digests were looked at so far.

        False, and nothing is written, when another did that meanwhile. What waits for the same messages, and was
        never begun, is cancelled.
        """
        mine = corrections.c.id == correction.id, corrections.c.edited_up_to == correction.edited_up_to
        async with self._database.write() as connection:
            advance = update(corrections).where(*mine).values(edited_up_to=up_to).returning(corrections.c.id)
            if (await connection.execute(advance)).first() is None:
                return False
            if edits:
                await _cancel_older(connection, [each.sent.digest_id for each in edits])
                text_ids = await keep_texts(connection, [each.message for each in edits])
                waiting = [
                    Waiting(
                        each.sent.chat_id,
                        None,
                        1,
                        each.sent.thread_id,
                        text_id,
                        each.not_before,
                        each.not_before,
                        each.sent.digest_id,
                    )
                    for each, text_id in zip(edits, text_ids, strict=True)
                ]
                await put_all(connection, waiting)
            return True

    async def close(self, correction_id: int) -> None:
        """No message is to be edited for it any more."""
        async with self._database.write() as connection:
            await connection.execute(update(corrections).where(corrections.c.id == correction_id).values(is_done=True))

    async def _find(self, where: ColumnElement[bool]) -> list[Correction]:
        columns = [each for each in corrections.c if each.name != "is_done"]
        async with self._database.read() as connection:
            found = await connection.execute(select(*columns).where(where).order_by(corrections.c.id))
            return [Correction(**row) for row in found.mappings()]


async def _say(connection: AsyncConnection, was: Standing, told: dict[str, Any]) -> bool:
    """The article says this from now on, also to a search; False when it had another headline by now."""
    its = articles.c.id == was.id, articles.c.headline == was.headline
    is_shared = await connection.scalar(update(articles).where(*its).values(told).returning(articles.c.is_shared))
    if is_shared is None:
        return False
    [article] = await read_articles(connection, [was.id])
    filings = {each.topic: each.confidence for each in article.topics}
    row = words.row_of(was.id, article, filings, article.first_seen_at)
    await words.index_again(connection, row, is_shared=is_shared)
    return True


async def _cancel_older(connection: AsyncConnection, digest_ids: Collection[int]) -> None:
    waiting = update(outbox).where(
        among(connection, outbox.c.edits_id, digest_ids), outbox.c.state == "pending", outbox.c.attempt == 0
    )
    await connection.execute(waiting.values(state="cancelled", reason="a newer correction holds what it said"))
