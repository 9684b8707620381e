"""One Telegram message, rendered, in either look."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from news.chat import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """An inline button: exactly one of `data` (1 to 64 bytes), `url`, `inline` (a query to start)."""

    text: str
    data: str | None = None
    url: str | None = None
    inline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent. `html` is Telegram HTML (classic) or rich-message HTML (rich)."""

    html: str
    look: Look = "classic"
    keyboard: tuple[tuple[Button, ...], ...] = ()
    is_silent: bool = False
    is_rtl: bool = False
    reply_to: int | None = None
    """The message of the chat that it follows up, where it follows up one alone."""

    def __hash__(self) -> int:
        return hash(self.html)

    @lru_cache(maxsize=512)  # noqa: B019 - a text that many chats get is drawn again now and then
    def to_json(self) -> str:
        """Compact JSON, as the outbox keeps it."""
        rows = [
            [{"text": it.text, "data": it.data, "url": it.url, "inline": it.inline} for it in row]
            for row in self.keyboard
        ]
        told: dict[str, Any] = {
            "html": self.html,
            "look": self.look,
            "keyboard": rows,
            "is_silent": self.is_silent,
            "is_rtl": self.is_rtl,
        }
        if self.reply_to is not None:
            told["reply_to"] = self.reply_to
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, payload: str) -> Message:
        """The message that `to_json` wrote."""
        raw: dict[str, Any] = json.loads(payload)
        rows = raw.pop("keyboard")
        return cls(keyboard=tuple(tuple(Button(**button) for button in row) for row in rows), **raw)
