"""Exporting: everything we keep for a chat, as a file it can take along."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler

from bot.days import DAYS
from bot.desk import Context, Desk
from bot.exchanging import NAME as FEEDS
from bot.exchanging import outlines_of
from ingest.opml import write_opml
from news.article import Article
from news.chat import Chat
from news.messages import texts
from news.messages.panels import note
from news.schedule import FOREVER
from storage import Storage

NAME = "newsdigest.json"
AT_ONCE = 100


def exporting(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for /export. In a group only administrators get it: it holds what all of them set."""

    async def given(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat = await desk.known(update)
        if chat is None:
            await desk.reply(update, note(desk.scene(await desk.met(update)), texts.NOTHING_KEPT))
            return
        words = desk.scene(chat).words
        kept = await kept_of(desk.storage, chat)
        files = [(NAME, json.dumps(kept, ensure_ascii=False, indent=1).encode(), words.say(texts.EXPORT_CAPTION))]
        if outlines := await outlines_of(desk.storage, chat.id, words):
            content = write_opml(outlines, title=words.say(texts.OPML_TITLE))
            files.append((FEEDS, content, words.count(texts.OPML_CAPTION, len(outlines))))
        for name, content, caption in files:
            if not await desk.give(update, name, content, caption):
                return await desk.say(update, texts.TRY_LATER)

    return (CommandHandler("export", given),)


async def kept_of(storage: Storage, chat: Chat) -> dict[str, Any]:
    """What is kept for a chat: settings, times, wishes, saved articles with their texts, digests, places, weights."""
    wishes = [*await storage.subscriptions.of(chat.id), *await storage.subscriptions.alerts(chat.id)]
    feeds = await storage.feeds.some([int(one.value) for one in wishes if one.kind == "feed"])
    followed = await storage.articles.read([int(one.value) for one in wishes if one.kind == "story"])
    addresses = {("feed", str(number)): feed.url for number, feed in feeds.items()}
    addresses |= {("story", str(article.id)): article.url or article.headline for article in followed}
    weights = (await storage.votes.weights([chat.id])).get(chat.id, ())
    return {
        "chat": {
            "id": chat.id,
            "kind": chat.kind,
            "title": chat.title,
            "language": chat.language,
            "reads": chat.reads,
            "time_zone": chat.zone,
            "look": chat.look,
            "quiet_hours": [f"{at:%H:%M}" for at in chat.quiet],
            "state": chat.state,
            "joined_at": chat.joined_at.isoformat(),
        },
        "schedules": [
            {
                "times": [f"{at:%H:%M}" for at in each.times],
                "days": [DAYS[day][:3] for day in sorted(each.days)],
                "thread": each.thread_id,
                "paused_until": _end_of(each.paused_until),
            }
            for each in await storage.schedules.of(chat.id)
        ],
        "subscriptions": [
            {
                "kind": one.kind,
                "value": addresses.get((one.kind, one.value), one.value),
                "name": one.title,
                "folder": one.folder,
                "thread": one.thread_id,
                "since": one.created_at.isoformat(),
                "until": one.ends_at and one.ends_at.isoformat(),
            }
            for one in wishes
        ],
        "saved": [article_fields(each) async for each in _saved(storage, chat.id)],
        "digests": [
            {
                "at": each.composed_at.isoformat(),
                "is_alert": each.is_alert,
                "stories": [{"headline": headline, "url": url} for headline, url in each.stories],
            }
            for each in await storage.histories.past(chat.id)
        ],
        "reading": await _places(storage, chat.id),
        "channels": [{"id": each.id, "title": each.title} for each in await storage.keepers.channels(chat.id)],
        "weights": [{"kind": each.kind, "value": each.value, "votes": each.votes} for each in weights],
    }


def _end_of(pause: datetime | None) -> str | None:
    if pause is None or pause >= FOREVER:
        return "resumed" if pause else None
    return pause.isoformat()


async def _places(storage: Storage, chat_id: int) -> list[dict[str, Any]]:
    """Articles that were read in part, and the character they were read to."""
    places = await storage.shelf.places(chat_id)
    articles = {each.id: each for each in await storage.articles.read([article_id for article_id, _, _ in places])}
    return [
        {"headline": article.headline, "url": article.url, "place": place, "at": at.isoformat()}
        for article_id, place, at in places
        if (article := articles.get(article_id))
    ]


async def _saved(storage: Storage, chat_id: int) -> AsyncIterator[Article]:
    at = 0
    while some := await storage.shelf.saved(chat_id, AT_ONCE, at):
        for each in some:
            yield each
        at += len(some)


def article_fields(article: Article) -> dict[str, Any]:
    """An article as it is exported, and as `--json` prints it."""
    return {
        "headline": article.headline,
        "source": article.source,
        "byline": article.byline,
        "published_at": article.published,
        "section": article.section,
        "bullets": [bullet.text for bullet in article.bullets],
        "image_credit": article.image_credit,
        "standfirst": article.standfirst,
        "paragraphs": list(article.paragraphs),
        "topics": [filing.topic for filing in article.topics],
        "language": article.language,
        "url": article.url,
    }
