"""What we stored of the news, what we have seen of it, and who may read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Article, Bullet, Entry, Filing
from storage import editions, words
from storage.engine import Database
from storage.tables import (
    article_topics,
    articles,
    digests,
    edition_items,
    feeds,
    fingerprint,
    outbox,
    saved,
    seen,
    slots,
    stories,
    subscriptions,
    translations,
)
from storage.telling import Choose, Telling, address_mark, remember, tell

BATCH = 500
"""Articles deleted in one transaction, so that tidying never holds up the sender; keys looked up in one statement."""

FRESH = timedelta(days=30)
"""A key met so lately need not be written again to be remembered long enough."""

INNER = ("is_shared", "address", "imprint", "teller", "bullet_count", "text_length", "polished_at")
COLUMNS = [each for each in articles.c if each.name not in INNER]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """How much `tidy` let go of."""

    articles: int = 0
    seen: int = 0
    stories: int = 0
    digests: int = 0
    deliveries: int = 0
    feeds: int = 0


class Articles:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        entry: Entry,
        *,
        story_id: int | None,
        sketch: Mapping[str, float],
        keys: Sequence[str],
        bullets: Sequence[Bullet],
        topics: Sequence[Filing],
        source: str,
        feed_id: int | None,
        now: datetime,
    ) -> Article | None:
        """As `tell`, of a story that is chosen already."""
        told = Telling(entry=entry, sketch=sketch, keys=keys, bullets=bullets, topics=topics, source=source)
        [article_id] = await self.tell([told], choose=lambda *_: story_id, feed_id=feed_id, now=now)
        return None if article_id is None else await self.get(article_id)

    async def tell(
        self,
        some: Sequence[Telling],
        *,
        choose: Choose,
        knows: int | None = None,
        feed_id: int | None,
        now: datetime,
    ) -> list[int | None]:
        """Stores entries as articles of stories, all or none, and returns their ids; None for one of which a key
        was seen.

        `choose` gets the stories told since the article `knows`, then those that the entries before joined, and says
        which each joins. One transaction chooses at a time, in whatever process, so each entry knows what the one
        before it told. Without a story, or when it has gone, an entry opens one. A rerun's other keys are remembered
        too. All are None when the feed has gone.
        """
        return await tell(self._database, some, choose=choose, knows=knows, feed_id=feed_id, now=now)

    async def newest_id(self) -> int:
        """The id of the article stored last; 0 where there is none."""
        async with self._database.read() as connection:
            return await connection.scalar(select(func.max(articles.c.id))) or 0

    async def recognise(self, entries: Sequence[Sequence[str]], now: datetime) -> list[bool]:
        """Whether any of its keys was seen, for each of many entries: `tell` would call it a rerun.

        Reruns' keys, the new and the old, are remembered from now on.
        A feed that says the same again costs a read, unless it has done so for a month.
        """
        hashes = [{fingerprint(key) for key in keys} for keys in entries]
        every = list(set().union(*hashes))
        met: dict[bytes, datetime] = {}
        async with self._database.read() as connection:
            for at in range(0, len(every), BATCH):
                where = seen.c.key_hash.in_(every[at : at + BATCH])
                rows = await connection.execute(select(seen.c.key_hash, seen.c.seen_at).where(where))
                met |= {row.key_hash: row.seen_at for row in rows}
        known = [its & met.keys() for its in hashes]
        changed = [
            keys
            for keys, its, old in zip(entries, hashes, known, strict=True)
            if old and (len(old) < len(its) or min(met[each] for each in old) < now - FRESH)
        ]
        if changed:
            async with self._database.write() as connection:
                await remember(self._database, connection, [set(map(fingerprint, keys)) for keys in changed], now)
        return list(map(bool, known))

    async def get(self, article_id: int) -> Article | None:
        """The article, whoever may see it: for us, not for a chat."""
        found = await self._find(articles.c.id == article_id)
        return found[0] if found else None

    async def read(self, article_ids: Sequence[int]) -> list[Article]:
        """The articles with these ids that are still there, whoever may see them."""
        async with self._database.read() as connection:
            return await read_articles(connection, article_ids)

    async def visible(self, article_id: int, chat_id: int) -> Article | None:
        """The article, if the chat may see it."""
        found = await self._find(articles.c.id == article_id, visible_to(chat_id))
        return found[0] if found else None

    async def at_address(self, url: str, chat_id: int) -> Article | None:
        """The newest article at this address, however it is spelled, that the chat may see."""
        found = await self._find(articles.c.address == address_mark(url), visible_to(chat_id), limit=1)
        return found[0] if found else None

    async def is_copy(self, article_id: int) -> bool:
        """Whether it says what another article of its story said before it, and so counts as no source."""
        # One of before copies were known has no imprint either.
        copied = articles.c.teller.is_(None), articles.c.imprint.is_not(None)
        async with self._database.read() as connection:
            return (
                await connection.scalar(select(articles.c.id).where(articles.c.id == article_id, *copied)) is not None
            )

    async def latest(self, limit: int, offset: int = 0, topic: str | None = None) -> list[Article]:
        """The newest articles that every chat may see."""
        on_topic = [filed_on(topic)] if topic else []
        return await self._find(visible_to(None), *on_topic, limit=limit, offset=offset)

    async def related(self, article_id: int, chat_id: int, limit: int) -> list[Article]:
        """Others of the same story, then others on the same topics; the newest first."""
        this = select(articles.c.story_id).where(articles.c.id == article_id).scalar_subquery()
        its_topics = select(article_topics.c.topic).where(article_topics.c.article_id == article_id)
        same_story = articles.c.story_id == this
        same_topic = articles.c.id.in_(
            select(article_topics.c.article_id).where(article_topics.c.topic.in_(its_topics))
        )
        others = and_(articles.c.id != article_id, visible_to(chat_id))
        return await self._find(others, or_(same_story, same_topic), order=[same_story.desc()], limit=limit)

    async def unpolished(self, since: datetime, limit: int) -> list[Article]:
        """The best article of each story that a language model has not been asked about; the most told first.

        Only what every chat may see, was first seen since then, has no bullets of its publisher's own and was not
        translated.
        """
        better, asked = articles.alias(), articles.alias()
        merit = [articles.c.bullet_count, articles.c.text_length, articles.c.id]
        is_best = ~exists().where(
            better.c.story_id == articles.c.story_id,
            tuple_(*(better.c[column.name] for column in merit)) > tuple_(*merit),
        )
        wanted = (
            select(articles.c.id, stories.c.sources)
            .join(stories, stories.c.id == articles.c.story_id)
            .where(
                visible_to(None),
                is_best,
                articles.c.first_seen_at >= since,
                ~exists().where(asked.c.story_id == articles.c.story_id, asked.c.polished_at.is_not(None)),
                articles.c.publisher_bullets == [],
                articles.c.bullet_count > 0,
                # Its lines would be others than those translated.
                ~exists().where(translations.c.article_id == articles.c.id),
            )
            .order_by(articles.c.id.desc())
            .limit(limit * 10)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
            most_told = sorted(rows, key=lambda row: (-len(row.sources), -row.id))
            return await read_articles(connection, [row.id for row in most_told[:limit]])

    async def polish(self, article_id: int, bullets: Sequence[Bullet], now: datetime) -> None:
        """Puts these bullets in place of the extract; the model is not asked again."""
        kept = [(each.text, each.origin, each.start, each.end) for each in bullets]
        these = update(articles).where(articles.c.id == article_id)
        async with self._database.write() as connection:
            await connection.execute(these.values(bullets=kept, bullet_count=len(bullets), polished_at=now))

    async def count_polished(self, since: datetime) -> int:
        """How often a language model answered since then."""
        asked = select(func.count()).select_from(articles).where(articles.c.polished_at >= since)
        async with self._database.read() as connection:
            return await connection.scalar(asked) or 0

    async def count(self) -> int:
        async with self._database.read() as connection:
            return await connection.scalar(select(func.count()).select_from(articles)) or 0

    async def tidy(self, articles_before: datetime, seen_before: datetime) -> Tidied:
        """Lets go of articles that nobody saved, and of digests, deliveries and slots as old as they.

        What was seen is forgotten by its own date. The latest digest, slot and known message of each
        chat stay, and so do unfinished deliveries, and digests of stories that go on: they tell what the chat
        has had. What editions and texts nobody refers to any more goes at once.
        """
        gone, told = 0, 0
        is_old = and_(articles.c.first_seen_at < articles_before, ~exists().where(saved.c.article_id == articles.c.id))
        oldest = select(articles.c.id).where(is_old).order_by(articles.c.id).limit(BATCH)
        while True:
            async with self._database.write() as connection:
                ids = list(await connection.scalars(oldest))
                told += await delete_articles(connection, ids)
            gone += len(ids)
            if len(ids) < BATCH:
                break
        async with self._database.write() as connection:
            orphans = and_(feeds.c.refreshed_at < articles_before, *ORPHAN)
            tidied = Tidied(
                articles=gone,
                stories=told,
                feeds=(await connection.execute(delete(feeds).where(orphans))).rowcount,
                seen=(await connection.execute(delete(seen).where(seen.c.seen_at < seen_before))).rowcount,
                deliveries=await _tidy_outbox(connection, articles_before),
            )
        async with self._database.write() as connection:
            await words.drop_empty(connection)
        tidied = replace(tidied, digests=await _tidy_digests(self._database, articles_before))
        await editions.tidy(self._database)
        return tidied

    async def _find(
        self, *where: ColumnElement[bool], order: Sequence[Any] = (), limit: int | None = None, offset: int = 0
    ) -> list[Article]:
        found = select(articles.c.id).where(*where).order_by(*order, articles.c.id.desc())
        async with self._database.read() as connection:
            ids = await connection.scalars(found.limit(limit).offset(offset))
            return await read_articles(connection, list(ids))


ORPHAN = (feeds.c.is_shared.is_(False), ~exists().where(subscriptions.c.feed_id == feeds.c.id))
"""A feed of which no chat has anything."""


def filed_on(topic: str) -> ColumnElement[bool]:
    """Condition: the article is on the topic."""
    return exists().where(article_topics.c.article_id == articles.c.id, article_topics.c.topic == topic)


def visible_to(chat_id: int | None) -> ColumnElement[bool]:
    """Condition: the chat may see the article. None is any chat: what everybody may see."""
    if chat_id is None:
        return articles.c.is_shared.is_(True)
    follows = select(subscriptions.c.feed_id).where(
        subscriptions.c.chat_id == chat_id, subscriptions.c.feed_id.is_not(None)
    )
    return or_(
        articles.c.is_shared,
        articles.c.feed_id.in_(follows),
        exists().where(
            edition_items.c.article_id == articles.c.id,
            edition_items.c.edition_id == digests.c.edition_id,
            digests.c.chat_id == chat_id,
        ),
        exists().where(saved.c.article_id == articles.c.id, saved.c.chat_id == chat_id),
    )


BEST_FIRST = article_topics.c.confidence.desc(), article_topics.c.topic
"""The order of an article's topics."""


THOSE: BindParameter[Any] = bindparam("ids", expanding=True)
FILINGS = select(article_topics).where(article_topics.c.article_id.in_(THOSE)).order_by(*BEST_FIRST)
WHOLE = select(*COLUMNS).where(articles.c.id.in_(THOSE))
OUTLINES = select(*(each for each in COLUMNS if each.name != "paragraphs")).where(articles.c.id.in_(THOSE))
"""Built once: building them takes as long as asking."""


async def read_articles(
    connection: AsyncConnection, ids: Sequence[int], *, without_text: bool = False
) -> list[Article]:
    """The articles with these ids, in their order; those that have gone are left out."""
    if not ids:
        return []
    filings: dict[int, list[Filing]] = {}
    for row in (await connection.execute(FILINGS, {"ids": ids})).mappings():
        filings.setdefault(row["article_id"], []).append(Filing(row["topic"], row["confidence"]))
    rows = (await connection.execute(OUTLINES if without_text else WHOLE, {"ids": ids})).mappings()
    found = {row["id"]: _article(dict(row), filings.get(row["id"], [])) for row in rows}
    return [found[each] for each in ids if each in found]


def _article(row: dict[str, Any], filings: Sequence[Filing]) -> Article:
    row["paragraphs"] = tuple(row.get("paragraphs", ()))
    row["publisher_bullets"] = tuple(row["publisher_bullets"])
    row["bullets"] = tuple(Bullet(*each) for each in row["bullets"])
    return Article(**row, topics=tuple(filings))


async def delete_articles(connection: AsyncConnection, ids: Sequence[int]) -> int:
    """Deletes articles and the stories they leave empty; returns how many stories."""
    if not ids:
        return 0
    those = articles.c.id.in_(ids)
    told = list(await connection.scalars(select(articles.c.story_id).where(those).distinct()))
    await words.unindex(connection, ids)
    await connection.execute(delete(articles).where(those))
    is_empty = ~exists().where(articles.c.story_id == stories.c.id)
    return (await connection.execute(delete(stories).where(stories.c.id.in_(told), is_empty))).rowcount


async def _tidy_outbox(connection: AsyncConnection, before: datetime) -> int:
    later = outbox.alias()
    is_latest = ~exists().where(later.c.chat_id == outbox.c.chat_id, later.c.message_id > outbox.c.message_id)
    is_finished = outbox.c.state.in_(["sent", "parked", "cancelled"])
    is_known = and_(outbox.c.message_id.is_not(None), is_latest)
    old = delete(outbox).where(outbox.c.created_at < before, is_finished, ~is_known)
    return (await connection.execute(old)).rowcount


async def _tidy_digests(database: Database, before: datetime) -> int:
    """Deletes old slots and digests, some at a time; not the latest, nor what still tells what a chat has had."""
    later, newer = digests.alias(), slots.alias()
    is_newest = ~exists().where(newer.c.schedule_id == slots.c.schedule_id, newer.c.due_at > slots.c.due_at)
    is_latest = ~exists().where(later.c.chat_id == digests.c.chat_id, later.c.number > digests.c.number)
    is_sent = ~exists().where(outbox.c.digest_id == digests.c.id)
    goes_on = exists().where(
        edition_items.c.edition_id == digests.c.edition_id,
        stories.c.id == edition_items.c.story_id,
        stories.c.last_seen_at >= before,
    )
    old = select(digests.c.id).where(digests.c.composed_at < before, ~is_latest, is_sent, ~goes_on).limit(BATCH)
    async with database.write() as connection:
        await connection.execute(delete(slots).where(slots.c.due_at < before, ~is_newest))
    gone = 0
    while True:
        async with database.write() as connection:
            count = (await connection.execute(delete(digests).where(digests.c.id.in_(old)))).rowcount
        gone += count
        if count < BATCH:
            return gone
