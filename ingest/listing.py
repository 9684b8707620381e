"""What a feed lists, just as it says it: the same whichever reader read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

MAX_BYTES = 5_000_000
HEAD = 2_000
"""Bytes within which a feed says what it is."""
MAX_ENTRIES = 2_000
MAX_MARKUP = 500_000
"""Characters of one entry's content that are read."""
MAX_TITLE = 2_000
MAX_NAMES = 20
"""Authors, categories or images of one entry."""
PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][!-~]*)?")
"""What nearly every address looks like: then nothing is to be worked out."""
BROKEN = re.compile("[\t\r\n]+ *")
"""Where an address goes on in another line."""
WRAPPED = re.compile(r"<div(?:\s[^<>]*)?>(.*)</div>", re.DOTALL)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|\Z)", re.IGNORECASE)
FILM = re.compile(r"\.(?:mp[34]|m4[av]|og[agv]|webm|mov|wav|swf)(?:[?#]|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry as its feed gives it. Texts may hold markup; addresses are absolute."""

    id: str | None = None
    title: str = ""
    link: str | None = None
    published: str | None = None
    """ISO 8601, a time in UTC, also one without a zone."""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    summary: str = ""
    content: str = ""
    images: tuple[str, ...] = ()
    credit: str | None = None
    """Whose the first image is."""
    is_whole: bool = False
    """There is nothing more to be had from its page, however short it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a feed says about itself, and its entries in its own order."""

    title: str | None
    link: str | None
    language: str | None
    base: str
    """What addresses in its texts are relative to."""
    entries: tuple[Listed, ...]


def told_once(summary: str, content: str, *, is_atom: bool) -> tuple[str, str]:
    """Summary and content within limits; what is told as both is content in Atom, and a description elsewhere."""
    summary, content = summary[:MAX_MARKUP], content[:MAX_MARKUP]
    if summary == content:
        return ("", content) if is_atom else (summary, "")
    return summary, content


def title_of(told: str) -> str:
    """A title without the wrapper that XHTML in Atom must have."""
    title = cleaned(told[:MAX_TITLE])
    wrapped = WRAPPED.fullmatch(title) if title.startswith("<div") else None
    return wrapped[1].strip() if wrapped else title


def cleaned(text: str) -> str:
    return (text if text.isprintable() else CONTROL.sub("", text)).strip()


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) < 2:
        return (name,) if names and (name := cleaned(names[0][:500])) else ()
    return tuple(dict.fromkeys([name for each in names[:MAX_NAMES] if (name := cleaned(each[:500]))]))


def is_picture(about: Mapping[str, Any], *, is_file: bool) -> bool:
    """Whether what comes with an entry is a picture; `about` are the attributes of its element. A file is none unless
    it says so.
    """
    kind = about.get("type") or about.get("medium")
    if kind:
        return str(kind).startswith("image")
    address = str(about.get("url") or about.get("href") or "")[:MAX_TITLE]
    return bool(PICTURE.search(address)) if is_file else not FILM.search(address)


def credited(told: Iterable[tuple[str | None, str | None]]) -> str | None:
    """Whose the pictures are, where they all are somebody's, of roles and names; who has written is not meant."""
    named = distinct([name for role, name in told if role != "author" and name])
    return named[0] if len(named) == 1 else None


def iso_date(given: str | None) -> str | None:
    """A date as ISO 8601, or None for what is none."""
    try:
        return datetime.fromisoformat((given or "").strip()).isoformat()
    except (ValueError, OverflowError):
        return None


def joined(base: str, link: str) -> str:
    """Where `link` leads from `base`; nowhere else, where it is no address."""
    try:
        return urljoin(base, link)
    except ValueError:
        return base


def web_address(base: str, link: Any) -> str | None:
    """`link` as an absolute web address, or None for anything that is not one."""
    text = text_of(link).strip().replace("&amp;", "&")
    if not text or len(text) > 4096:
        return None
    if PLAIN.fullmatch(text):
        return text
    text = BROKEN.sub("", text).replace(" ", "%20")
    if CONTROL.search(text):
        return None
    try:
        address = urljoin(base, text)
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def site_of(address: str) -> str:
    """The host of an absolute address, with or without www."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


def words_of(attribute: str | None) -> list[str]:
    """What an attribute lists, such as `rel`."""
    return (attribute or "").lower().split()


def text_of(value: Any) -> str:
    """A text, also of a number; nothing of anything else."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
