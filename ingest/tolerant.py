"""The tolerant feed reader, for what the quick one cannot make sense of. It takes a hundred times as long."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import feedparser

from ingest.answers import NotAFeed
from ingest.listing import (
    HEAD,
    MAX_ENTRIES,
    MAX_NAMES,
    MAX_TITLE,
    WRAPPED,
    Listed,
    Listing,
    credited,
    distinct,
    is_picture,
    joined,
    text_of,
    title_of,
    told_once,
    web_address,
)
from ingest.moments import moment

# What the reader does beyond parsing costs more than the parsing, and is done
# better elsewhere: links are resolved and markup made plain in `ingest.feeds`.
feedparser.SANITIZE_HTML = 0
feedparser.RESOLVE_RELATIVE_URIS = 0

MEDIA = "media_content", "media_thumbnail", "enclosures"
LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,8})?)\s*</")
XML_LANGUAGE = re.compile(rb"<(?:rss|channel)\s[^<>]{0,500}?\bxml:lang=[\"']([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,8})?)[\"']")
ENCLOSED = re.compile(r"<(?:\w{1,20}:)?(content|summary)\s[^<>]*>(.*)</(?:\w{1,20}:)?\1>", re.DOTALL)


def parse(data: bytes, url: str | None, content_type: str | None) -> Listing:
    """A feed as `feedparser` sees it. Takes minutes for what is made to take minutes: run it where it can be ended.
    Raises `NotAFeed`.
    """
    # It would take what a picture shows for the text of the entry.
    data = data.replace(b"media:description", b"media:caption")
    headers = {"content-type": content_type} if content_type else {}
    try:
        parsed = feedparser.parse(
            io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=b"xml:base" in data
        )
    # It meets whatever a stranger sent, and may raise anything.
    except Exception as cause:
        raise NotAFeed from cause
    # Its own dictionaries warn when asked for what is not there.
    about: dict[str, Any] = {**parsed.get("feed", {})}
    entries = [{**entry, "enclosures": entry.get("enclosures", [])} for entry in parsed.get("entries", [])]
    version = parsed.get("version") or ""
    if not version and not entries:
        raise NotAFeed
    base = joined(url or "", text_of(_mapping(about.get("title_detail")).get("base")))
    return Listing(
        title=title_of(text_of(about.get("title"))) or None,
        link=web_address(base, about.get("link")),
        language=text_of(about.get("language")) or _declared(data) or None,
        base=base,
        entries=tuple(_entry(each, base, is_atom=version.startswith("atom")) for each in entries[:MAX_ENTRIES]),
    )


def _declared(data: bytes) -> str:
    found = LANGUAGE.search(data, 0, 20_000) or XML_LANGUAGE.search(data, 0, HEAD)
    return found[1].decode("ascii") if found else ""


def _entry(item: Mapping[str, Any], base: str, *, is_atom: bool) -> Listed:
    summary, content = told_once(*_texts(item), is_atom=is_atom)
    guid = text_of(item.get("id"))[:MAX_TITLE].strip() or None
    credits = [(each.get("role"), each.get("content")) for each in _mappings(item, "media_credit")]
    return Listed(
        id=guid,
        title=title_of(text_of(item.get("title"))),
        link=web_address(base, item.get("link")) or web_address("", guid),
        published=moment(text_of(item.get("published"))) or moment(text_of(item.get("updated"))),
        authors=distinct([text_of(each.get("name")) for each in _mappings(item, "authors")])
        or distinct([text_of(item.get("author"))]),
        categories=distinct([text_of(tag.get("label") or tag.get("term")) for tag in _mappings(item, "tags")]),
        summary=summary,
        content=content,
        images=_images(item, base),
        credit=credited((text_of(role), text_of(name)) for role, name in credits),
    )


def _texts(item: Mapping[str, Any]) -> tuple[str, str]:
    """Summary and content, without the summary that the reader makes of the content."""
    parts = [_unwrapped(part) for part in _mappings(item, "content")]
    content = max(parts, key=len, default="")
    if content and "summary_detail" not in item:
        return "", content
    detail = _mapping(item.get("summary_detail"))
    summary = _unwrapped({**detail, "value": item.get("summary")})
    return summary if summary or content else text_of(item.get("media_caption")).strip(), content


def _unwrapped(about: Mapping[str, Any]) -> str:
    """A text that is part of the file's own markup without the wrapper that it must have."""
    text = text_of(about.get("value")).strip()
    if not text_of(about.get("type")).endswith(("xhtml", "xhtml+xml")):
        return text
    within = ENCLOSED.fullmatch(text)
    wrapped = WRAPPED.fullmatch((within[2] if within else text).strip())
    return wrapped[1].strip() if wrapped else text


def _images(item: Mapping[str, Any], base: str) -> tuple[str, ...]:
    media = [part for name in MEDIA for part in _mappings(item, name) if is_picture(part, is_file=name == "enclosures")]
    shown = [part.get("url") or part.get("href") for part in (*media, _mapping(item.get("image")))]
    return tuple(dict.fromkeys([address for each in shown[:MAX_NAMES] if (address := web_address(base, each))]))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(item: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = item.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
