"""What a button says when it is pressed: short words parted by colons.

A press names nothing but things of the chat it is pressed in (its nth digest, a page,
a topic) and article ids, which are checked against what that chat may see. So a press
forged elsewhere reaches nobody else's data.
"""

from __future__ import annotations

MOST_BYTES = 64


def press(kind: str, *parts: str | int) -> str:
    """Callback data, such as `digest:12:world:2`; ValueError when Telegram would not take it."""
    data = ":".join([kind, *map(str, parts)])
    if not 1 <= len(data.encode()) <= MOST_BYTES:
        raise ValueError(f"callback data of {len(data.encode())} bytes: {data}")
    return data


def parts(data: str) -> list[str]:
    """The parts after the kind."""
    return data.split(":")[1:]


def number(text: str, most: int = 2**53) -> int | None:
    """A part that is a whole number from 0 to `most`, else None: presses come from the client."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 and int(text) <= most else None
