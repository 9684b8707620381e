"""What a feed lists, just as it says it: the same whichever parser read it.

The fast parser reads nearly every feed of the real world in a millisecond. Where it raises, misses
entries, or meets what it is known to get wrong (markup right inside a title, base64, addresses relative
to `xml:base`), the tolerant one reads, which takes a hundred times as long.
"""

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
from ingest.encoding import in_utf8

MAX_BYTES = 5_000_000
MAX_ENTRIES = 2_000
MAX_MARKUP = 500_000
"""Characters of one entry's content that are read."""
MAX_TITLE = 2_000
MAX_NAMES = 20
"""Authors, categories or images of one entry."""

OPENING = re.compile(rb"<(?:item|entry)[\s>]", re.IGNORECASE)
DATED = re.compile(rb"<(?:\w{1,20}:)?(?:pubdate|published|issued|date|created|updated|modified)\b", re.IGNORECASE)
LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,8})?)\s*</")
NAKED = re.compile(rb"<(?:title|guid)\b[^>]*>\s*<(?!!|/)")
"""Markup right inside a title."""
BASE64 = (b'mode="base64', b"mode='base64", b'type="application/octet-stream', b"type='application/octet-stream")
"""How a title in base64 is told."""
RELATIVE = re.compile(
    rb"(?:href|src)=(?:[\"']|&quot;)(?![\w+.-]+:|//|#|[\"'])|<(?:link|id|uri|url)>\s*(?!https?:|[\w+.-]+:)[^\s<]"
)
BARE = re.compile(rb"&(?!#\d{1,9};|#[xX][0-9a-fA-F]{1,9};|\w{1,32};)")
"""An ampersand that is no entity: well-formed XML has none outside CDATA."""
PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][!-~]*)?")
"""What nearly every address looks like: then nothing is to be worked out."""
GAP = re.compile("[\x00-\x20]")
WRAPPED = re.compile(r"<div(?:\s[^<>]*)?>(.*)</div>", re.DOTALL)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry as its feed gives it. Texts may hold markup; addresses are absolute."""

    id: str | None = None
    title: str = ""
    link: str | None = None
    published: str | None = None
    """ISO 8601, in UTC where the feed names a zone."""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    summary: str = ""
    content: str = ""
    images: tuple[str, ...] = ()
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


def read_listing(data: bytes, *, url: str | None, content_type: str | None = None) -> Listing:
    """The feed in `data`, which came from `url`. Raises `NotAFeed`; at most `MAX_ENTRIES` entries.

    Works the processor hard for hostile input: run it through `ingest.workers`.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge
    data = in_utf8(data, content_type)
    parsed = _parse(data, content_type)
    about = _mapping(parsed.get("feed"))
    base = joined(url or "", _text(_mapping(about.get("title_detail")).get("base")))
    first = OPENING.search(data)
    # Where no entry says when it is from, the fast parser takes a number such as 17 for a day of this month.
    is_dated = first is None or bool(DATED.search(data, first.start()))
    return Listing(
        title=_title(about) or None,
        link=web_address(base, about.get("link")),
        language=_text(about.get("language")) or _declared(data) or None,
        base=base,
        entries=tuple(
            _listed(_mapping(item), base, is_dated=is_dated) for item in _list(parsed.get("entries"))[:MAX_ENTRIES]
        ),
    )


def _parse(data: bytes, content_type: str | None) -> Mapping[str, Any]:
    """What the fast parser finds; where it seems to have missed something, what the tolerant one finds."""
    fast: Mapping[str, Any] = {}
    is_relative = b"xml:base" in data and bool(RELATIVE.search(data))
    is_odd = NAKED.search(data) or any(each in data for each in BASE64) or _has_bare_ampersand(data)
    if not is_relative and not is_odd:
        fast = _attempt(lambda: fastfeedparser.parse(_tidied(data)))
    found = len(_list(fast.get("entries")))
    if found and found >= min(len(OPENING.findall(data)), MAX_ENTRIES) and _mapping(fast.get("feed")).get("title"):
        return fast
    slow = _attempt(lambda: tolerant.parse(data, content_type, resolve=is_relative))
    if len(_list(slow.get("entries"))) >= found and (slow.get("version") or _list(slow.get("entries"))):
        return slow
    if not fast and not is_relative:
        fast = _attempt(lambda: fastfeedparser.parse(_tidied(data)))
    if not fast:
        raise NotAFeed
    return fast


def _has_bare_ampersand(data: bytes) -> bool:
    if not BARE.search(data):
        return False
    before, *sections = data.split(b"<![CDATA[")
    return any(BARE.search(part) for part in (before, *(section.partition(b"]]>")[2] for section in sections)))


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


def _listed(item: Mapping[str, Any], base: str, *, is_dated: bool) -> Listed:
    contents = (_text(_mapping(part).get("value")) for part in _list(item.get("content")))
    content = max(contents, key=len, default="")[:MAX_MARKUP]
    summary = _text(item.get("description") or item.get("summary"))[:MAX_MARKUP]
    guid = _text(item.get("id") or item.get("guid"))[:MAX_TITLE].strip() or None
    return Listed(
        id=guid,
        title=_title(item),
        link=web_address(base, item.get("link")) or web_address("", guid),
        published=_published(item) if is_dated else None,
        authors=_authors(item),
        categories=_categories(item),
        summary="" if summary == content else summary,
        content=content,
        images=_images(item, base),
    )


def _title(told: Mapping[str, Any]) -> str:
    """Without the wrapper that XHTML in Atom must have."""
    title = _clean(_text(told.get("title"))[:MAX_TITLE])
    wrapped = WRAPPED.fullmatch(title)
    return wrapped[1].strip() if wrapped else title


def _clean(text: str) -> str:
    return CONTROL.sub("", text).strip()


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    each = [_text(_mapping(author).get("name")) for author in _list(item.get("authors"))[:MAX_NAMES]]
    return _distinct(each) or _distinct([_text(item.get("author"))])


def _categories(item: Mapping[str, Any]) -> tuple[str, ...]:
    tags = (_mapping(tag) for tag in _list(item.get("tags"))[:MAX_NAMES])
    return _distinct(_text(tag.get("label") or tag.get("term")) for tag in tags)


def _images(item: Mapping[str, Any], base: str) -> tuple[str, ...]:
    media = (*_list(item.get("media_content")), *_list(item.get("media_thumbnail")), *_list(item.get("enclosures")))
    found = []
    for part in map(_mapping, media[:MAX_NAMES]):
        kind = _text(part.get("type") or part.get("medium")) or "image"
        if kind.startswith("image"):
            found.append(web_address(base, part.get("url") or part.get("href")))
    return tuple(dict.fromkeys(filter(None, found)))


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    cleaned = (_clean(name[:500]) for name in names)
    return tuple(dict.fromkeys(filter(None, cleaned)))


def _published(item: Mapping[str, Any]) -> str | None:
    """The readers tell all times in UTC, also those that came without a zone."""
    parts = item.get("published_parsed") or item.get("updated_parsed")
    try:
        if parts:
            return datetime(*parts[:6]).replace(tzinfo=UTC).isoformat()  # noqa: DTZ001
    except (ValueError, TypeError, OverflowError):
        return None
    return iso_date(_text(item.get("published") or item.get("updated")))


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
    text = _text(link).strip()
    if len(text) <= 4096 and PLAIN.fullmatch(text):
        return text
    if not text or len(text) > 4096 or GAP.search(text):
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
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
