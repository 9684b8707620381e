"""The scene in which a chat is told something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from jobs.returning import Before
from news.chat import Chat
from news.messages.speaking import words_in
from news.messages.words import Scene


def scene_of(
    chat: Chat, topics: Mapping[str, str], now: datetime, bot: str = "", before: Before | None = None
) -> Scene:
    """What rendering for a chat depends on."""
    earlier = dict(before.addresses) if before else {}
    return Scene(
        words=words_in(chat.language),
        zone=chat.zone or "UTC",
        now=now,
        topics=topics,
        bot=bot,
        is_post=chat.kind == "channel",
        earlier=earlier,
    )
