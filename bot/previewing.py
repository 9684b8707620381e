"""A look at a chat's next digest, in the terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.console import UnknownChat, json_line
from jobs.compose import prepare
from news.chat import Chat
from news.digest import Item
from news.messages.markup import shown
from storage import Storage


async def previewed(storage: Storage, chat_id: int | None, *, now: datetime, as_json: bool) -> list[str]:
    """The lines of the digest: as its reader would see it, or a JSON object a story."""
    topics = dict(await storage.topics.all())
    if chat_id is None:
        everyone = Chat(id=0, kind="private", joined_at=now)
        ready = await prepare(storage, everyone, topics, now=now, every_topic=True)
    else:
        chat = await storage.chats.get(chat_id)
        if chat is None:
            raise UnknownChat
        ready = await prepare(storage, replace(chat, look="classic"), topics, now=now)
    if as_json:
        return [json_line(_fields(item)) for item in ready.digest.items]
    if chat_id is None and not ready.digest.items:
        return ["There is nothing to tell. Take articles or feeds in with `newsdigest ingest`."]
    if ready.message is None:
        return ["Nothing is new, and the digest before said so already: nothing would be sent."]
    return shown(ready.message.html).split("\n")


def _fields(item: Item) -> dict[str, object]:
    return {
        "position": item.position,
        "headline": item.headline,
        "bullets": [bullet.text for bullet in item.bullets],
        "topic": item.topic,
        "sources": item.source_count,
        "source": item.source,
        "url": item.url,
        "reason": item.reason,
        "score": round(item.score, 4),
    }
