"""JSON Feed: a feed as a JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from ingest.answers import NotAFeed
from ingest.listing import MAX_ENTRIES, MAX_MARKUP, MAX_NAMES, MAX_TITLE, Listed, Listing, web_address
from ingest.moments import moment


def read_json_feed(data: bytes, url: str | None) -> Listing | None:
    """The JSON Feed in `data`, of any version; None where that is no JSON. Raises `NotAFeed`."""
    if not data[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\xfe\xff\0 \t\r\n").startswith(b"{"):
        return None
    try:
        feed = json.loads(data.decode(json.detect_encoding(data), errors="replace"))
    except (ValueError, RecursionError) as cause:
        raise NotAFeed from cause
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NotAFeed
    home = web_address(url or "", feed.get("home_page_url"))
    base = home or web_address(url or "", feed.get("feed_url")) or url or ""
    items = [item for item in feed["items"] if isinstance(item, dict)]
    return Listing(
        title=_text(feed, "title") or None,
        link=home,
        language=_text(feed, "language") or None,
        base=base,
        entries=tuple(_listed(item, base) for item in items[:MAX_ENTRIES]),
    )


def _listed(item: Mapping[str, Any], base: str) -> Listed:
    guid = _text(item, "id")[:MAX_TITLE] or None
    attached = (each.get("url") for each in _mappings(item, "attachments") if _text(each, "mime_type")[:6] == "image/")
    pictures = (item.get("image"), item.get("banner_image"), *attached)
    links = (web_address(base, item.get("url")), web_address(base, item.get("external_url")), web_address("", guid))
    return Listed(
        id=guid,
        title=_text(item, "title")[:MAX_TITLE],
        link=next(filter(None, links), None),
        published=moment(_text(item, "date_published")) or moment(_text(item, "date_modified")),
        authors=_names(item),
        categories=tuple(dict.fromkeys(tag.strip()[:500] for tag in _list(item, "tags") if isinstance(tag, str))),
        summary=_plain(item, "summary"),
        content=_text(item, "content_html")[:MAX_MARKUP] or _plain(item, "content_text"),
        images=tuple(dict.fromkeys(filter(None, (web_address(base, each) for each in pictures)))),
    )


def _names(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Version 1.0 knows one author, version 1.1 several."""
    writers: Iterable[Any] = [*_mappings(item, "authors"), item.get("author")]
    names = (_text(each, "name")[:500] if isinstance(each, dict) else "" for each in writers)
    return tuple(dict.fromkeys(filter(None, names)))


def _plain(item: Mapping[str, Any], name: str) -> str:
    """A text that holds no markup, whatever it looks like."""
    text = _text(item, name)[:MAX_MARKUP]
    return escape(text, quote=False) if "<" in text or "&" in text else text


def _text(told: Mapping[str, Any], name: str) -> str:
    """A text; also a number, as some programs write ids."""
    value = told.get(name)
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _list(told: Mapping[str, Any], name: str) -> list[Any]:
    value = told.get(name)
    return value[:MAX_NAMES] if isinstance(value, list) else []


def _mappings(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [each for each in _list(told, name) if isinstance(each, dict)]
