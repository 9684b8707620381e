"""What a feed lists, just as it says it: the same whichever parser read it.

The fast parser reads nearly every feed of the real world in a millisecond. Where it raises, misses
entries, or meets what it is known to get wrong (markup right inside a title, base64, addresses relative
to `xml:base`), the tolerant one reads, which takes a hundred times as long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
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
HEAD = 2_000
"""Bytes within which a feed says what it is."""
MEDIA = "media_content", "media_thumbnail", "enclosures"
MAX_NAMES = 20
"""Authors, categories or images of one entry."""

OPENING = re.compile(rb"<(?:item|entry)[\s>]")
DATED = re.compile(rb"<(?:\w{1,20}:)?(?:pubdate|published|issued|date|created|updated|modified)\b", re.IGNORECASE)
LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,8})?)\s*</")
NAKED = re.compile(rb"<(?:title|guid)\b[^>]*>\s*<(?!!|/)")
"""Markup right inside a title."""
BASE64 = re.compile(
    rb"<(?:\w{1,20}:)?(?:title|subtitle|tagline|summary|content|info|copyright|rights)\s[^<>]{0,500}?"
    rb"(?:mode=[\"']base64|type=[\"']application/octet-stream)"
)
"""A text in base64, as only Atom has it."""
ATOM = re.compile(rb"<(?:\w{1,20}:)?feed[\s>]")
LED = rb"(?![\w+.-]+:|//|#|[\"'])"
"""Before an address: it needs a base."""
RELATIVE = (
    re.compile(rb"<(?:\w{1,20}:)?link\s[^<>]{0,2000}?\bhref=[\"']" + LED),
    re.compile(rb"<(?:link|id)>\s*(?![\w+.-]+:)[^\s<]"),
    re.compile(rb"<title\b[^<>]{0,500}>(?:(?!</title).){0,500}?href=(?:[\"']|&quot;)" + LED, re.DOTALL),
    re.compile(rb"src=(?:[\"']|&quot;|&#34;)" + LED),
)
"""Addresses that we take and that need a base. Where links within a text lead to is of no account."""
BARE = re.compile(rb"&(?!(?:lt|gt|amp|quot|#\d{1,9}|#[xX][0-9a-fA-F]{1,9}|\w{1,32});)")
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
    is_relative = b"xml:base" in data and any(each.search(data) for each in RELATIVE)
    fast = {} if is_relative else _attempt(lambda: fastfeedparser.parse(_tidied(data)))
    if fast and not _is_doubtful(fast, data):
        return fast
    slow = _attempt(lambda: tolerant.parse(data, content_type, resolve=is_relative))
    if len(_list(slow.get("entries"))) >= len(_list(fast.get("entries"))) and (
        slow.get("version") or _list(slow.get("entries"))
    ):
        return slow
    if not fast:
        raise NotAFeed
    return fast


def _is_doubtful(fast: Mapping[str, Any], data: bytes) -> bool:
    """Whether the fast parser seems to have missed entries, or met what it is known to get wrong."""
    about, entries = _mapping(fast.get("feed")), _list(fast.get("entries"))
    if not about.get("title"):
        return True
    if len(entries) < min(len(OPENING.findall(data)), MAX_ENTRIES):
        return True
    # What begins with markup comes out empty.
    if any(not each.get("title") or each.get("id") in (None, each.get("link")) for each in entries) and (
        NAKED.search(data)
    ):
        return True
    is_atom = bool(ATOM.search(data, 0, HEAD))
    if is_atom and (b"base64" in data or b"octet-stream" in data) and BASE64.search(data):
        return True
    return _has_bare_ampersand(data)


def _has_bare_ampersand(data: bytes) -> bool:
    looked = 0
    while found := BARE.search(data, looked):
        section = data.rfind(b"<![CDATA[", looked, found.start())
        if section < 0 or data.find(b"]]>", section, found.start()) >= 0:
            return True
        looked = data.find(b"]]>", found.start())
        if looked < 0:
            return False
    return False


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
    contents = [_text(_mapping(part).get("value")) for part in _list(item.get("content"))]
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
    wrapped = WRAPPED.fullmatch(title) if title.startswith("<div") else None
    return wrapped[1].strip() if wrapped else title


def _clean(text: str) -> str:
    return (text if text.isprintable() else CONTROL.sub("", text)).strip()


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    each = [_text(_mapping(author).get("name")) for author in _list(item.get("authors"))[:MAX_NAMES]]
    return _distinct(each) or _distinct([_text(item.get("author"))])


def _categories(item: Mapping[str, Any]) -> tuple[str, ...]:
    tags = [_mapping(tag) for tag in _list(item.get("tags"))[:MAX_NAMES]]
    return _distinct([_text(tag.get("label") or tag.get("term")) for tag in tags])


def _images(item: Mapping[str, Any], base: str) -> tuple[str, ...]:
    media = [part for name in MEDIA for part in _list(item.get(name))]
    found = []
    for part in map(_mapping, media[:MAX_NAMES]):
        kind = _text(part.get("type") or part.get("medium")) or "image"
        if kind.startswith("image"):
            found.append(web_address(base, part.get("url") or part.get("href")))
    return tuple(dict.fromkeys(filter(None, found)))


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) < 2:
        return (name,) if names and (name := _clean(names[0][:500])) else ()
    return tuple(dict.fromkeys([name for each in names if (name := _clean(each[:500]))]))


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
    if not text:
        return None
    if len(text) <= 4096 and PLAIN.fullmatch(text):
        return text
    if len(text) > 4096 or GAP.search(text):
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
