"""What a feed lists, just as it says it: the same whichever parser read it.

The quick reader reads nearly every feed of the real world in a millisecond. Where it raises, misses
entries, or meets what it is known to get wrong (markup right inside a title, base64, addresses relative
to `xml:base`), the tolerant one reads, which takes a hundred times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from ingest import quick, tolerant
from ingest.answers import NotAFeed, TooLarge
from ingest.encoding import in_utf8
from ingest.moments import moment
from ingest.quick import ATOM, HEAD

MAX_BYTES = 5_000_000
MAX_ENTRIES = quick.MAX_ENTRIES
MAX_MARKUP = 500_000
"""Characters of one entry's content that are read."""
MAX_TITLE = 2_000
MEDIA = "media_content", "media_thumbnail", "enclosures"
MAX_NAMES = 20
"""Authors, categories or images of one entry."""

LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,8})?)\s*</")
XML_LANGUAGE = re.compile(rb"<(?:rss|channel)\s[^<>]{0,500}?\bxml:lang=[\"']([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,8})?)[\"']")
LED = rb"(?![\w+.-]+:|//|#|[\"']|&quot;|&#34;)"
"""Before an address: it needs a base."""
RELATIVE = (
    re.compile(rb"<(?:\w{1,20}:)?link\s[^<>]{0,2000}?\bhref=[\"']" + LED),
    re.compile(rb"<(?:link|id)>\s*(?![\w+.-]+:)[^\s<]"),
)
"""Addresses of the feed and its entries that need a base."""
RELATIVE_WITHIN = re.compile(rb"\b(?:src|href)=(?:[\"']|&quot;|&#34;)" + LED)
"""Such in a text."""
BASE_OF_TEXT = re.compile(rb"<content\s[^<>]{0,500}?\bxml:base=[\"']([^\"'<>]*)")
PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][!-~]*)?")
"""What nearly every address looks like: then nothing is to be worked out."""
BROKEN = re.compile("[\t\r\n]+ *")
"""Where an address goes on in another line."""
WRAPPED = re.compile(r"<div(?:\s[^<>]*)?>(.*)</div>", re.DOTALL)
ENCLOSED = re.compile(r"<(?:\w{1,20}:)?(content|summary)\s[^<>]*>(.*)</(?:\w{1,20}:)?\1>", re.DOTALL)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


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


def read_listing(data: bytes, *, url: str | None, content_type: str | None = None) -> Listing:
    """The feed in `data`, which came from `url`. Raises `NotAFeed`; at most `MAX_ENTRIES` entries.

    Works the processor hard for hostile input: run it through `ingest.workers`.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge
    source = quick.looked_at(in_utf8(data, content_type))
    own = _base_of_texts(source.data)
    parsed, data = _parse(source, content_type, has_one_base=bool(own)), source.data
    about = _mapping(parsed.get("feed"))
    base = joined(url or "", _text(_mapping(about.get("title_detail")).get("base")) or own)
    is_atom, is_credited = bool(ATOM.search(data, 0, HEAD)), b":credit" in data
    return Listing(
        title=_title(about) or None,
        link=web_address(base, about.get("link")),
        language=_text(about.get("language")) or _declared(data) or None,
        base=base,
        entries=tuple(
            _listed(_mapping(item), base, is_atom=is_atom, is_credited=is_credited)
            for item in _list(parsed.get("entries"))[:MAX_ENTRIES]
        ),
    )


def _base_of_texts(data: bytes) -> str:
    """The address to which those in all texts are relative, where their elements name one and no other does."""
    count = data.count(b"xml:base=")
    named = BASE_OF_TEXT.findall(data) if count else []
    return named[0].decode("utf-8", "replace") if len(named) == count and len(set(named)) == 1 else ""


def _parse(source: quick.Source, content_type: str | None, *, has_one_base: bool) -> Mapping[str, Any]:
    """What the quick reader finds; where it seems to have missed something, what the tolerant one finds.

    `has_one_base`: it is known what addresses in texts are relative to.
    """
    data = source.data
    asked = RELATIVE if has_one_base else (*RELATIVE, RELATIVE_WITHIN)
    is_relative = b"xml:base" in data and any(each.search(data, source.start) for each in asked)
    fast = {} if is_relative else _attempt(lambda: quick.parse(source))
    if fast and not quick.is_doubtful(fast, source):
        return fast
    slow = _attempt(lambda: tolerant.parse(data, content_type, resolve=is_relative))
    if len(_list(slow.get("entries"))) >= len(_list(fast.get("entries"))) and (
        slow.get("version") or _list(slow.get("entries"))
    ):
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


def _declared(data: bytes) -> str:
    found = LANGUAGE.search(data, 0, 20_000) or XML_LANGUAGE.search(data, 0, HEAD)
    return found[1].decode("ascii") if found else ""


def _listed(item: Mapping[str, Any], base: str, *, is_atom: bool, is_credited: bool) -> Listed:
    guid = _text(item.get("id") or item.get("guid"))[:MAX_TITLE].strip() or None
    summary, content = _texts(item, is_atom=is_atom)
    return Listed(
        id=guid,
        title=_title(item),
        link=web_address(base, item.get("link")) or web_address("", guid),
        published=moment(_text(item.get("published"))) or moment(_text(item.get("updated"))),
        authors=_authors(item),
        categories=_categories(item),
        summary=summary,
        content=content,
        images=_images(item, base),
        credit=_credit(item) if is_credited else None,
    )


def _texts(item: Mapping[str, Any], *, is_atom: bool) -> tuple[str, str]:
    """Summary and content. The readers tell what is one of them as both: in Atom that is content."""
    parts = [_mapping(part) for part in _list(item.get("content"))]
    longest = parts[0] if len(parts) == 1 else max(parts, key=lambda part: len(_text(part.get("value"))), default={})
    content = _unwrapped(longest, _text(longest.get("value")))[:MAX_MARKUP]
    summary = _text(item.get("description") or item.get("summary"))
    if detail := item.get("summary_detail"):
        summary = _unwrapped(_mapping(detail), summary)
    summary = summary[:MAX_MARKUP]
    if summary == content:
        return ("", content) if is_atom else (summary, "")
    return summary, content


def _unwrapped(about: Mapping[str, Any], text: str) -> str:
    """A text that is part of the file's own markup without the wrapper that it must have."""
    kind = about.get("type")
    if kind == "text/html" or not _text(kind).endswith(("xhtml", "xhtml+xml")):
        return text
    within = ENCLOSED.fullmatch(text.strip())
    wrapped = WRAPPED.fullmatch((within[2] if within else text).strip())
    return wrapped[1].strip() if wrapped else text


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
    if shown := _mapping(item.get("image")):
        found.append(web_address(base, shown.get("href") or shown.get("url")))
    return tuple(dict.fromkeys(filter(None, found)))


def _credit(item: Mapping[str, Any]) -> str | None:
    """Whose its pictures are, where they all are somebody's; who is said to have written is not meant."""
    parts = [_mapping(part) for name in ("media_content", "media_thumbnail") for part in _list(item.get(name))]
    told = [(part.get("credit_role"), part.get("credit")) for part in parts]
    told += [(part.get("role"), part.get("content")) for part in map(_mapping, _list(item.get("media_credit")))]
    named = _distinct([_text(name) for role, name in told[:MAX_NAMES] if role != "author"])
    return named[0] if len(named) == 1 else None


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) < 2:
        return (name,) if names and (name := _clean(names[0][:500])) else ()
    return tuple(dict.fromkeys([name for each in names if (name := _clean(each[:500]))]))


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
    text = _text(link).strip().replace("&amp;", "&")
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


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
