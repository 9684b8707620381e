"""Feeds: RSS, RDF, Atom and JSON Feed, read into entries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import fastfeedparser

from ingest import tolerant
from ingest.answers import NotAFeed, TooLarge
from ingest.furniture import is_furniture, unglued
from ingest.language import settle
from ingest.markup import clean, plain, plain_title
from news.article import Entry

MAX_BYTES = 5_000_000
MAX_ENTRIES = 2_000
MAX_MARKUP = 500_000
"""Characters of one entry that are read."""
MAX_LINE = 500
"""Characters of a headline, a name or a section."""
WHOLE = 600
"""Characters: a feed's text below this is hardly an article."""
CUT_OFF = re.compile(r"(?:…|\.\.\.|\[(?:…|\.\.\.|&hellip;)\]|\((?:more|…)\))\W*$")
OPENING = re.compile(rb"<(?:item|entry)[\s>]")
LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,8})?)\s*</")
BYLINE_EMAIL = re.compile(r"\S+@\S+\s*\((?P<name>[^)]+)\)|(?P<only>.*?)\s*<?[^\s<>]+@[^\s<>]+>?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed says about itself, and its entries in its own order."""

    title: str | None
    site_url: str | None
    language: str | None
    entries: tuple[Entry, ...]


def read_feed(data: bytes, *, url: str | None, content_type: str | None = None) -> ParsedFeed:
    """The feed in `data`, which came from `url`. Raises `NotAFeed`; at most `MAX_ENTRIES` entries.

    Works the processor hard for hostile input: run it through `ingest.workers`.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge
    parsed = _parse(data, content_type)
    about = _mapping(parsed.get("feed"))
    base = urljoin(url or "", _text(_mapping(about.get("title_detail")).get("base")))
    declared = _text(about.get("language")) or _declared(data)
    title = plain_title(_text(about.get("title"))[:MAX_LINE]) or None
    entries = (
        _entry(_mapping(item), base=base, source=title, declared=declared)
        for item in _list(parsed.get("entries"))[:MAX_ENTRIES]
    )
    return ParsedFeed(
        title=title,
        site_url=web_address(base, about.get("link")),
        language=settle(declared, ""),
        entries=tuple(entry for entry in entries if entry is not None),
    )


def _parse(data: bytes, content_type: str | None) -> Mapping[str, Any]:
    """What the fast reader finds; where it seems to have missed something, what the tolerant one finds."""
    fast = _attempt(lambda: fastfeedparser.parse(_tidied(data)))
    found = len(_list(fast.get("entries")))
    if found and found >= min(len(OPENING.findall(data)), MAX_ENTRIES):
        return fast
    slow = _attempt(lambda: tolerant.parse(data, content_type))
    if len(_list(slow.get("entries"))) > found or (slow.get("version") and not fast):
        return slow
    if not fast:
        raise NotAFeed
    return fast


def _attempt(parse: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        return parse()
    # A parser meets whatever a stranger sent, and may raise anything.
    except Exception:
        return {}


def _tidied(data: bytes) -> bytes:
    """A JSON Feed without the items and values that are not what its format says; others as they are."""
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return data
    feed = json.loads(data)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return data
    items = [item for item in _list(feed.get("items")) if isinstance(item, dict)]
    wanted = {"authors": list, "tags": list, "attachments": list, "author": dict}
    tidy = [{key: value for key, value in item.items() if isinstance(value, wanted.get(key, str))} for item in items]
    return json.dumps({**feed, "items": tidy[:MAX_ENTRIES]}).encode()


def _declared(data: bytes) -> str:
    found = LANGUAGE.search(data, 0, 20_000)
    return found[1].decode("ascii") if found else ""


def _entry(item: Mapping[str, Any], *, base: str, source: str | None, declared: str) -> Entry | None:
    whole, summary = _content(item), _text(item.get("description") or item.get("summary"))[:MAX_MARKUP]
    shown = plain(whole or summary)
    paragraphs = tuple(_paragraphs(shown.paragraphs))
    headline = plain_title(_text(item.get("title"))[:2000])[:MAX_LINE]
    address = web_address(base, item.get("link")) or web_address("", item.get("id"))
    standfirst = _standfirst(summary, paragraphs) if whole else None
    if not headline:
        headline = _opening(paragraphs)
    if not headline:
        return None
    text = "\n".join((headline, standfirst or "", *paragraphs))
    return Entry(
        headline=headline,
        paragraphs=paragraphs,
        standfirst=standfirst,
        byline=_byline(item),
        published=_published(item),
        section=_section(item),
        language=settle(declared, text),
        guid=_text(item.get("id") or item.get("guid"))[:2000].strip() or None,
        url=address,
        source=source,
        image_url=_image(item, base, shown.image),
        is_teaser=bool(address) and _is_teaser(paragraphs, is_summary=not whole),
    )


def _content(item: Mapping[str, Any]) -> str:
    """The longest text the entry offers as its content."""
    values = (_text(_mapping(part).get("value")) for part in _list(item.get("content")))
    return max(values, key=len, default="")[:MAX_MARKUP]


def _paragraphs(paragraphs: Iterable[str]) -> Iterable[str]:
    for paragraph in paragraphs:
        text = unglued(paragraph).strip()
        if text and not is_furniture(text):
            yield text


def _standfirst(summary: str, paragraphs: tuple[str, ...]) -> str | None:
    """The summary, where it is one paragraph and says more than the text begins with."""
    said = tuple(_paragraphs(plain(summary).paragraphs))
    if len(said) != 1 or len(said[0]) > 400 or CUT_OFF.search(said[0][-40:]):
        return None
    text = "".join(" ".join(paragraphs).split())
    return None if "".join(said[0].split()) in text else said[0]


def _opening(paragraphs: tuple[str, ...]) -> str:
    """A headline for an entry that has none: its first words."""
    first = paragraphs[0] if paragraphs else ""
    return first if len(first) <= 120 else first[:120].rsplit(" ", 1)[0] + "…"


def _is_teaser(paragraphs: tuple[str, ...], *, is_summary: bool) -> bool:
    length = sum(map(len, paragraphs))
    is_cut = bool(paragraphs) and bool(CUT_OFF.search(paragraphs[-1][-40:]))
    return is_cut or length < WHOLE or (is_summary and len(paragraphs) < 3)


def _byline(item: Mapping[str, Any]) -> str | None:
    name = clean(plain_title(_text(item.get("author"))[:MAX_LINE]))
    email = BYLINE_EMAIL.fullmatch(name) if len(name) < 200 else None
    if email:
        name = (email["name"] or email["only"] or "").strip()
    return name or None


def _section(item: Mapping[str, Any]) -> str | None:
    tags = (_mapping(tag) for tag in _list(item.get("tags"))[:20])
    names = (plain_title(_text(tag.get("label") or tag.get("term"))[:100]) for tag in tags)
    return next((name for name in names if name and "://" not in name), None)


def _published(item: Mapping[str, Any]) -> str | None:
    """ISO 8601. The readers tell all times in UTC, also those that came without a zone."""
    parts = item.get("published_parsed") or item.get("updated_parsed")
    try:
        if parts:
            return datetime(*parts[:6]).replace(tzinfo=UTC).isoformat()  # noqa: DTZ001
        given = _text(item.get("published") or item.get("updated")).strip()
        return datetime.fromisoformat(given).isoformat()
    except (ValueError, TypeError, OverflowError):
        return None


def _image(item: Mapping[str, Any], base: str, shown: str | None) -> str | None:
    media = [_mapping(part) for part in (*_list(item.get("media_content")), *_list(item.get("media_thumbnail")))]
    files = [_mapping(part) for part in _list(item.get("enclosures"))]
    for part in (*media, *files):
        kind = _text(part.get("type") or part.get("medium")) or "image"
        if kind.startswith("image") and (address := web_address(base, part.get("url") or part.get("href"))):
            return address
    return web_address(base, shown)


def web_address(base: str, link: Any) -> str | None:
    """`link` as an absolute web address, or None for anything that is not one."""
    text = _text(link).strip()
    if not text or len(text) > 4096 or any(c <= " " for c in text):
        return None
    try:
        address = urljoin(base, text)
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
