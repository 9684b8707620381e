"""What Telegram can answer to a message, and what each of its errors stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

LONGEST_WAIT = timedelta(days=7)
"""No silence that is asked for is kept longer."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Telegram has the message; its id, where the answer said it."""

    message_id: int | None


@dataclass(frozen=True, slots=True)
class NotSent:
    """It did not arrive, for certain: no connection, or Telegram asked us to wait `retry_after`."""

    retry_after: timedelta | None


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Bytes left and no answer that can be read came back: it may or may not have arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class ChatGone:
    """The chat cannot be written to again, unless `may_have_moved` and word of that is on its way."""

    reason: str
    may_have_moved: bool = False


@dataclass(frozen=True, slots=True)
class ChatClosed:
    """The chat is there, and lets us read but not write."""

    reason: str


@dataclass(frozen=True, slots=True)
class ThreadGone:
    """The thread is closed or deleted; the chat is well."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group became a supergroup with this id."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class ContentRefused:
    """Telegram does not take this content: our fault, or an old server's."""

    reason: str


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """Telegram does not know the bot's token: nothing can be sent to anyone."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A refusal that nobody has told us of."""

    reason: str


Answer: TypeAlias = (
    Accepted
    | NotSent
    | Uncertain
    | ChatGone
    | ChatClosed
    | ThreadGone
    | Moved
    | ContentRefused
    | TokenRefused
    | Unknown
)


_PREFIX = re.compile(r"(?:(?:bad request|forbidden|unauthorized|not found|\[error\]|error)\s*:\s*|the (?=bot|group))+")
_RETRY_AFTER = re.compile(r"retry after (\d+)")
_DELETED_AT_ONCE = "message was immediately deleted"
_REFUSALS: tuple[tuple[Callable[[str], Answer], tuple[str, ...]], ...] = (
    (
        lambda reason: ChatGone(reason, may_have_moved=True),
        ("group chat was deleted", "group chat was deactivated", "group chat was upgraded"),
    ),
    (
        ChatGone,
        (
            "chat not found",
            "bot was blocked",
            "bot was kicked",
            "bot is not a member",
            "bot can't initiate conversation",
            "bot can't send messages to",
            "user is deactivated",
            "user_is_blocked",
            "user_deactivated",
            "input_user_deactivated",
            "peer_id_invalid",
        ),
    ),
    (
        ChatClosed,
        (
            "not enough rights to send",
            "have no rights to send",
            "have no write access",
            "need administrator rights",
            "chat_write_forbidden",
            "chat_restricted",
            "chat_send_plain_forbidden",
            "chat_admin_required",
        ),
    ),
    (ThreadGone, ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")),
    (
        ContentRefused,
        (
            "can't parse",
            "message is too long",
            "text is too long",
            "message caption is too long",
            "entities_too_long",
            "entity_",
            "text must be non-empty",
            "message text is empty",
            "message_empty",
            "message_too_long",
            "button_",
            "inline keyboard button",
            "text buttons are unallowed",
            "reply_markup_",
            "strings must be encoded in utf-8",
            "rich_",
            "webpage_",
            "media_",
            "wrong file identifier",
            "wrong type of the web page content",
            "failed to get http url content",
            "method not found",
        ),
    ),
)
"""How a refusal's description begins, lower case and without its prefix. Only the beginning counts:
what follows can quote a feed."""


def classify(error_code: int, description: str, *, retry_after: int | None, migrate_to: int | None) -> Answer:
    """The answer that an error of the Bot API stands for; docs/delivery.md has the table.

    `error_code` is the HTTP status where the body could not be read, and `description` what
    there was, with or without a prefix such as `Bad Request: `. `retry_after` is in seconds.
    """
    reason = " ".join(description.split())[:300] or f"Telegram answered {error_code}"
    text = reason.casefold()
    start = text[found.end() :] if (found := _PREFIX.match(text)) else text
    if error_code == 429:
        asked = _RETRY_AFTER.search(text)
        return NotSent(_seconds(retry_after if retry_after is not None else int(asked[1]) if asked else 60))
    if not 400 <= error_code < 500:
        return Accepted(None) if error_code == 500 and _DELETED_AT_ONCE in text else Uncertain(reason)
    if migrate_to is not None:
        return Moved(migrate_to)
    for answer, beginnings in _REFUSALS:
        if start.startswith(beginnings):
            return answer(reason)
    return TokenRefused(reason) if error_code in (401, 404) else Unknown(reason)


def _seconds(wait: int) -> timedelta:
    return timedelta(seconds=max(0, min(wait, int(LONGEST_WAIT.total_seconds()))))
