"""Articles read from their rows, within the caller's transaction, and which of them a chat may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Article, Bullet, Filing
from storage.tables import article_topics, articles, digests, edition_items, saved, subscriptions

BEST_FIRST = article_topics.c.confidence.desc(), article_topics.c.topic
"""The order of an article's topics."""

INNER = ("is_shared", "address", "imprint", "teller", "bullet_count", "text_length", "polished_at")
COLUMNS = [each for each in articles.c if each.name not in INNER]
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
