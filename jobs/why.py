"""Why: what the chat's digests and the rows of storage say of a story that somebody asks about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

from jobs.orders import window
from news.article import Article
from news.chat import Subscription, SubscriptionKind
from news.digest import Digest, Item
from news.votes import Scales, Weights
from news.why import LeftOut, Missed, Told, Why, left_out
from storage import Storage


async def why_told(storage: Storage, digest: Digest, item: Item) -> Told:
    """Why a digest tells one of its stories."""
    return await _told(storage, digest, item, item.article_id)


async def why(storage: Storage, digest: Digest, article: Article, *, now: datetime) -> Why:
    """Why a digest tells an article or not; it may have been told by another digest of the chat."""
    its = _item(digest, article)
    if its:
        return await _told(storage, digest, its, article.id)
    missed = next((each for each in digest.missed if each.story_id == article.story_id), None)
    if missed:
        bringer = await _bringer(storage, digest, missed.reason)
        weights = await _weights(storage, digest, missed.article_id)
        return Missed(digest=digest, article=article, miss=missed, brought_by=bringer, weights=weights)
    other = await storage.digests.that_told(digest.chat_id, article.story_id)
    its = _item(other, article) if other else None
    if other and its:
        told = await _told(storage, other, its, article.id)
        return replace(told, is_newest=other.number >= digest.number)
    return await _left_out(storage, digest, article, now)


def _item(digest: Digest, article: Article) -> Item | None:
    return next((each for each in digest.items if each.story_id == article.story_id), None)


async def _told(storage: Storage, digest: Digest, item: Item, asked: int) -> Told:
    """Why a digest tells a story of which the article `asked` was asked about."""
    return Told(
        digest=digest,
        item=item,
        brought_by=await _bringer(storage, digest, item.reason),
        article=None if asked == item.article_id else await storage.articles.get(asked),
        is_copy=await storage.articles.is_copy(asked),
        weights=await _weights(storage, digest, item.article_id),
    )


async def _weights(storage: Storage, digest: Digest, article_id: int) -> Weights:
    """Those of the digest's weights that bore on a story, which it tells by this article."""
    article = await storage.articles.get(article_id) if digest.weights else None
    return tuple(Scales(digest.weights).bearing(article.topics, article.source)) if article else ()


async def _left_out(storage: Storage, digest: Digest, article: Article, now: datetime) -> LeftOut:
    matching = await storage.subscriptions.matching(digest.chat_id, article.id, now)
    since = window(digest.since, digest.composed_at)
    is_copy = await storage.articles.is_copy(article.id)
    return left_out(digest, article, matching, since, is_copy=is_copy)


async def _bringer(storage: Storage, digest: Digest, reason: str) -> Subscription | None:
    """The subscription that a reason names; with the id 0 where the chat has it no more, or asked for a topic."""
    kind, _, value = reason.partition(":")
    of_kind = storage.subscriptions.alerts if kind in ("alert", "story") else storage.subscriptions.of
    theirs = await of_kind(digest.chat_id)
    known = next((each for each in theirs if (each.kind, each.value) == (kind, value)), None)
    if known and digest.asked is None:
        return known
    if kind not in ("topic", "feed", "words", "alert", "story"):
        return None
    feed = await storage.feeds.get(int(value)) if kind == "feed" else None
    title = (feed.title or feed.url) if feed else None
    return Subscription(
        id=0,
        chat_id=digest.chat_id,
        kind=cast(SubscriptionKind, kind),
        value=value,
        created_at=digest.composed_at,
        title=title,
    )
