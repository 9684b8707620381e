"""What a button says when it is pressed: short words parted by colons.

A press names an edition, an article, a page, a topic. Editions and articles may be others' too:
an edition is shown to a chat that a digest of its own showed it, an article to a chat that may
see it. So a forged press reaches nobody else's data. A press about a channel, in the private chat of
somebody who manages it, names the channel first; whether they may is asked of Telegram.
"""

from __future__ import annotations

import re
from hashlib import blake2b

MOST_BYTES = 64
_OTHER = re.compile(r"-[0-9]{1,18}")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,16}")


def press(kind: str, *parts: str | int) -> str:
    """Callback data, such as `digest:Zm9vYmFyYmF6cXV4:world:2`; ValueError when Telegram would not take it."""
    data = ":".join([kind, *map(str, parts)])
    if not 1 <= len(data.encode()) <= MOST_BYTES:
        raise ValueError(f"callback data of {len(data.encode())} bytes: {data}")
    return data


def parts(data: str) -> list[str]:
    """The parts after the kind."""
    return addressed(data)[1].split(":")[1:]


def about(chat_id: int, data: str) -> str:
    """The press of a button that is about another chat than the one it is pressed in, such as `-1001234:topics`."""
    return press(str(chat_id), data)


def addressed(data: str) -> tuple[int | None, str]:
    """The chat that a press says it is about, None for the one it is pressed in; and the rest of it."""
    first, colon, rest = data.partition(":")
    is_other = colon and _OTHER.fullmatch(first)
    return (int(first), rest) if is_other else (None, data)


def number(text: str, most: int = 2**53) -> int | None:
    """A part that is a whole number from 0 to `most`, else None: presses come from the client."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 and int(text) <= most else None


def key(text: str) -> str | None:
    """A part that may be the key of an edition, else None."""
    return text if _KEY.fullmatch(text) else None


def mark(text: str) -> str:
    """By which a press names a text that is too long for it."""
    return blake2b(text.encode(errors="replace"), digest_size=8).hexdigest()
