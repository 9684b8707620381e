"""A message that is drawn again: plainer, as Telegram refused it, or knowing what its chat did since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from jobs.scene import scene_of
from news.delivery import Delivery
from news.messages import classic, rich
from news.messages.markup import bare
from news.messages.message import Button, Message
from storage import Storage


async def plainer_of(storage: Storage, delivery: Delivery, now: datetime) -> Message | None:
    """A refused message drawn plainer: without photos, then classic, then bare text, then not at all."""
    message = delivery.message
    if message.look == "rich":
        return rich.without_photos(message) or await _classic(storage, delivery, now)
    text = bare(message.html)
    return replace(message, html=text) if text != message.html else None


async def _classic(storage: Storage, delivery: Delivery, now: datetime) -> Message | None:
    chat = await storage.chats.get(delivery.chat_id)
    digest_id = delivery.digest_id or delivery.edits_id
    digest = await storage.digests.by_id(digest_id) if digest_id else None
    if chat is None or digest is None:
        return None
    topics = dict(await storage.topics.all())
    plain = classic.digest(digest, scene_of(chat, topics, now))
    return replace(plain, is_silent=delivery.message.is_silent, reply_to=delivery.message.reply_to)


async def without_stopped(storage: Storage, chat_id: int, message: Message) -> Message:
    """The message without the buttons that stop following what its chat follows no more."""
    kept = []
    for row in message.keyboard:
        kept.append(tuple([one for one in row if not await _is_stopped(storage, chat_id, one)]))
    return replace(message, keyboard=tuple(filter(None, kept)))


async def _is_stopped(storage: Storage, chat_id: int, button: Button) -> bool:
    kind, *told = (button.data or "").split(":")
    return kind == "unstory" and not await storage.subscriptions.following(chat_id, int(told[0]))
