"""Keepers are told what befell their channel."""

from __future__ import annotations

from datetime import datetime

from jobs.scene import scene_of
from news.chat import Chat
from news.messages.channels import name
from news.messages.panels import note
from storage import Storage


async def tell_keepers(storage: Storage, channel: Chat, text: str, *, now: datetime) -> None:
    """Says so in the private chats of those who manage the channel, as far as these want to hear anything."""
    for person_id in await storage.keepers.of(channel.id):
        person = await storage.chats.get(person_id)
        if person and person.state == "active":
            scene = scene_of(person, {}, now)
            await storage.outbox.add(person.id, note(scene, text, channel=name(scene, channel)), now=now)
