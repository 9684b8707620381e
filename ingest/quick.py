"""The quick feed reader: a feed that is well-formed, or is so once mended, in one pass over its elements."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape, unescape
from html.entities import html5
from itertools import chain, islice
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from ingest.encoding import DECLARED
from ingest.listing import (
    CONTROL,
    MAX_ENTRIES,
    MAX_NAMES,
    MAX_TITLE,
    Listed,
    Listing,
    credited,
    distinct,
    is_picture,
    joined,
    title_of,
    told_once,
    web_address,
)
from ingest.moments import moment

BARE = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos|#\d{1,9}|#[xX][0-9a-fA-F]{1,9});)(\w{1,32};)?")
"""An ampersand that is no entity of XML's: outside CDATA, well-formed files have only those that they declare."""
SECTION = b"<![CDATA["
ELEMENT = re.compile(rb"<[A-Za-z]")
ENTRY = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
DOCTYPE = b"<!DOCTYPE"
DECLARING_NOTHING = re.compile(rb"<!DOCTYPE[^<>\[\]]*>")
BINARY = re.compile("application/octet-stream|(?:image|audio|video)/", re.IGNORECASE)
"""What a text in base64 is said to be, as only Atom has it."""
BORNE = frozenset({"ERR_TAG_NOT_FINISHED", "ERR_CDATA_NOT_FINISHED"})
"""What is wrong with a feed that was cut off: all that came is there."""
TWICE = re.compile(rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|[\xc5\xc6\xcb\xe2])")
"""What letters begin with that were taken for Latin and encoded once more."""
ROOT = re.compile(r"<(?:\w{1,20}:)?(?:rss|rdf|feed)[\s>]", re.IGNORECASE)
ROOTS = frozenset({"rss", "RDF", "feed", "channel"})
SPACES = {
    **dict.fromkeys(("www.w3.org/2005/atom", "purl.org/atom/ns#", "purl.org/rss/1.0", "www.w3.org/1999/xhtml"), ""),
    **dict.fromkeys(("my.netscape.com/rdf/simple/0.9", "channel.netscape.com/rdf/simple/0.9"), ""),
    **dict.fromkeys(("purl.org/dc/elements/1.1", "purl.org/dc/elements/1.0", "purl.org/dc/terms"), "dc"),
    "purl.org/rss/1.0/modules/content": "content",
    "search.yahoo.com/mrss": "media",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
}
"""Namespaces, without scheme and last slash, and what their names begin with here."""
PREFIXES = {"atom": "", "a10": "", "rss": "", "dcterms": "dc"}
"""What prefixes mean that nothing declares."""
TITLES = "title", "dc:title", "media:title", "itunes:title"
SUMMARIES = "description", "summary", "dc:description", "itunes:summary", "itunes:subtitle", "subtitle"
CONTENTS = frozenset({"content:encoded", "content", "encoded", "body", "xhtml:body", "fullitem"})
TIMES = (
    "pubdate",
    "published",
    "issued",
    "dc:date",
    "date",
    "dc:issued",
    "dc:created",
    "created",
    "updated",
    "modified",
    "dc:modified",
    "lastbuilddate",
)
AUTHORS = frozenset({"author", "dc:creator", "creator"})
CATEGORIES = frozenset({"category", "dc:subject"})
PICTURES = "media:content", "media:thumbnail", "enclosure", "link", "image"
IMAGES = frozenset({"image", "itunes:image"})
MEDIA = frozenset({*PICTURES, *IMAGES, "media:group", "media:credit"})
SINGLE = frozenset({*TITLES, *SUMMARIES, *TIMES, "guid", "id", "itunes:author", "media:description"})
PAGES = frozenset({None, "", "text/html", "application/xhtml+xml"})
ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
XHTML = "{http://www.w3.org/1999/xhtml}"
PREFIX = re.compile(r"(</?)[\w.-]{1,40}:")
OWN = re.compile(r"""\sxmlns(?::[\w.-]{1,40})?=(?:"[^"<>]*"|'[^'<>]*')(?=[^<>]{0,2000}>)""")
"""What only XML needs of a tag. Outside of tags nothing is followed by a bracket that closes."""
BETWEEN = re.compile(r"(?:\A|(?<=>))[^<>]+")
RELATIVE = re.compile(r"""=(?:(?<=href=)|(?<=\ssrc=))(["'])(?![\w+.-]+:|#)([^"'<>]*)(?=\1)""")
"""An address that needs a base."""
LONGEST_TAG = 2_000


class Doubtful(Exception):
    """Only a tolerant reader can make something of this feed."""


def parse(data: bytes, url: str | None) -> Listing:
    """The feed in `data`, which is in UTF-8 or in the encoding it declares. Raises `Doubtful`."""
    root = _root(data, url)
    names = _Names()
    home = next((each for each in root.iterchildren("{*}channel")), root)
    is_atom = names.of(root) == "feed"
    reader = _Reader(names, url or "", is_atom=is_atom, is_based=b"xml:base" in data, is_twice=bool(TWICE.search(data)))
    found = (each for each in root.iter("{*}item", "{*}entry") if names.of(each) in ("item", "entry"))
    entries = tuple(map(reader.entry, islice(found, MAX_ENTRIES)))
    if not entries and ENTRY.search(data):
        raise Doubtful
    return reader.listing(home, root, entries)


def spelled_out(data: bytes) -> bytes:
    """HTML's names of characters as the characters, and other ampersands that are no entities as XML wants them."""
    first, *others = data.split(SECTION)
    parts = [BARE.sub(_character, first)]
    for within, end, after in (each.partition(b"]]>") for each in others):
        parts.append(within + end + BARE.sub(_character, after))
    return SECTION.join(parts)


def _character(found: re.Match[bytes]) -> bytes:
    name = (found[1] or b"").decode()
    if name not in html5:
        return b"&amp;" + (found[1] or b"")
    return "".join(f"&#{ord(letter)};" for letter in html5[name]).encode()


def _root(data: bytes, url: str | None) -> Any:
    """The element that is the feed; of a file that is not well-formed, once it is mended."""
    data = data.lstrip()
    first = ELEMENT.search(data)
    if DOCTYPE in data[: first.start() if first else None]:
        data, count = DECLARING_NOTHING.subn(b"", data, count=1)
        if not count:
            raise Doubtful
        data = spelled_out(data)
    root, faults = _tree(data, url)
    if faults - BORNE:
        declared = DECLARED.match(data)
        encoding = declared[1].decode() if declared else "utf-8"
        try:
            text = CONTROL.sub("", data.decode(encoding, "replace"))
        except (LookupError, UnicodeError) as cause:
            raise Doubtful from cause
        start = ROOT.search(text)
        root, faults = _tree(spelled_out(text[start.start() if start else 0 :].encode()), url)
    if root is None or faults - BORNE:
        raise Doubtful
    if re.split("[}:]", root.tag)[-1] not in ROOTS:
        root = next(root.iter(*(f"{{*}}{name}" for name in ROOTS)), None)
    if root is None:
        raise Doubtful
    return root


def _tree(data: bytes, url: str | None) -> tuple[Any, frozenset[str]]:
    """The first element of a file, and what is wrong with it, but for namespaces."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        root = etree.fromstring(data, parser, base_url=url)
    except (etree.LxmlError, ValueError) as cause:
        raise Doubtful from cause
    return root, frozenset(each.type_name for each in parser.error_log if each.domain_name != "NAMESPACE")


class _Names(dict[Any, str]):
    """What each tag of a file is called here: without a prefix where it is of RSS or Atom, in lower case."""

    def of(self, element: Any) -> str:
        tag = element.tag
        return self[tag] if tag in self else self.setdefault(tag, self._name(element))

    @staticmethod
    def _name(element: Any) -> str:
        if not isinstance(element.tag, str):
            return ""
        uri, _, local = element.tag.rpartition("}")
        space, known = "", None
        if uri:
            known = _space(uri[1:])
            space = element.prefix or ""
        elif ":" in local:
            space, _, local = local.rpartition(":")
        space = PREFIXES.get(space, space) if known is None else known
        return f"{space}:{local}".lower().removeprefix(":")


def _space(uri: str | None) -> str | None:
    return SPACES.get((uri or "").lower().partition("://")[2].rstrip("/"))


@dataclass(frozen=True, slots=True)
class _Shown:
    """Pictures, and whose they are."""

    images: tuple[str, ...] = ()
    credit: str | None = None


NOTHING_SHOWN = _Shown()


class _Reader:
    """Reads the entries of one feed."""

    def __init__(self, names: _Names, url: str, *, is_atom: bool, is_based: bool, is_twice: bool) -> None:
        self._names, self._url = names, url
        self._is_atom, self._is_based, self._is_twice = is_atom, is_based, is_twice
        self._told = self._careful if is_atom or is_based or is_twice else _plainly

    def listing(self, home: Any, root: Any, entries: tuple[Listed, ...]) -> Listing:
        said: dict[str, str] = {}
        links = []
        for child in home:
            name = self._names.of(child)
            if name == "link":
                links.append(child)
            elif name in ("title", "dc:title", "language", "dc:language") and not said.get(name):
                said[name] = self._told(child)
        title = title_of(said.get("title") or said.get("dc:title") or "")
        link = self._link(links)
        is_said = self._names.of(root) in ("rss", "feed") or _space(root.nsmap.get(None)) == ""
        if not (entries or title or link or is_said):
            raise Doubtful
        language = said.get("language") or said.get("dc:language") or home.get(LANGUAGE) or root.get(LANGUAGE)
        return Listing(
            title=title or None, link=link, language=language or None, base=self._base(home), entries=entries
        )

    def entry(self, item: Any) -> Listed:
        said: dict[str, str] = {}
        links: list[Any] = []
        media: list[Any] = []
        contents, authors, categories = [], [], []
        names, of, told = self._names, self._names.of, self._told
        for child in item:
            name = names.get(child.tag) or of(child)
            if name in SINGLE:
                if not said.get(name):
                    said[name] = told(child)
            elif name == "link":
                (media if child.get("rel") == "enclosure" else links).append(child)
            elif name in CONTENTS:
                contents.append(told(child))
            elif name in CATEGORIES:
                categories.append(told(child) or child.get("label") or child.get("term") or "")
            elif name in AUTHORS:
                authors.append(self._author(child))
            elif name in MEDIA:
                media.append(child)
        shown = self._shown(media, said) if media else NOTHING_SHOWN
        content = max(contents, key=len, default="")
        summary = said.get("description") or _first(said, SUMMARIES if content else (*SUMMARIES, "media:description"))
        summary, content = told_once(summary, content, is_atom=self._is_atom)
        guid = (said.get("guid") or said.get("id") or item.get(ABOUT) or "")[:MAX_TITLE] or None
        return Listed(
            id=guid,
            title=title_of(said.get("title") or _first(said, TITLES)),
            link=self._link(links) or (web_address("", guid) if guid else None),
            published=moment(said.get("pubdate") or "") or self._moment(said),
            authors=distinct([each for each in authors if each] or [said.get("itunes:author", "")]),
            categories=distinct(categories),
            summary=summary,
            content=content,
            images=shown.images,
            credit=shown.credit,
        )

    @staticmethod
    def _moment(said: Mapping[str, str]) -> str | None:
        return next(filter(None, (moment(said[name]) for name in TIMES if name in said)), None)

    def _careful(self, element: Any) -> str:
        """As `_plainly`, of a feed in which texts may be packed, encoded twice, or hold addresses that need a base."""
        text: str = _markup(element) if len(element) else element.text or ""
        if self._is_atom and (element.get("mode") == "base64" or BINARY.match(element.get("type", ""))):
            text = _unpacked(text)
        if self._is_twice and not text.isascii():
            text = _once(text)
        return (_absolute(text, self._base(element)) if self._is_based and "<" in text else text).strip()

    def _base(self, element: Any) -> str:
        return (element.base or self._url) if self._is_based else self._url

    def _link(self, links: Iterable[Any]) -> str | None:
        """Of several that lead to an entry, the page: the first in Atom, the last elsewhere."""
        page = other = None
        for each in links:
            if (each.get("rel") or "alternate") != "alternate":
                continue
            if address := web_address(self._base(each), each.get("href") or each.text):
                if each.get("type") in PAGES and not (page and (self._is_atom or each.prefix)):
                    page = address
                other = other or address
        return page or other

    def _author(self, element: Any) -> str:
        if not len(element):
            return self._told(element)
        return next((self._told(each) for each in element if self._names.of(each) == "name"), "")

    def _shown(self, media: Iterable[Any], said: dict[str, str]) -> _Shown:
        """The pictures that come with an entry, those that stand for it before what is attached."""
        found: dict[str, list[str | None]] = {name: [] for name in PICTURES}
        credits = []
        for each in chain.from_iterable(each.iter() if len(each) else (each,) for each in media):
            name = self._names.of(each)
            if name == "media:credit":
                credits.append((each.get("role"), each.text))
            elif name in ("media:title", "media:description"):
                said[name] = said.get(name) or self._told(each)
            elif name in IMAGES:
                address = each.get("href") or each.get("url") or each.findtext("{*}url") or each.text
                found["image"].append(web_address(self._base(each), address))
            elif name in found and is_picture(each, is_file=name in ("enclosure", "link")):
                found[name].append(web_address(self._base(each), each.get("url") or each.get("href")))
        images = dict.fromkeys(filter(None, chain.from_iterable(found.values())))
        return _Shown(tuple(islice(images, MAX_NAMES)), credited(credits) if credits else None)


def _plainly(element: Any) -> str:
    """What an element says: its text, or the markup that is part of the file's own."""
    return (_markup(element) if len(element) else element.text or "").strip()


def _absolute(text: str, base: str) -> str:
    def resolved(found: re.Match[str]) -> str:
        at = found.start()
        within = text.rfind("<", max(0, at - LONGEST_TAG), at) > text.rfind(">", max(0, at - LONGEST_TAG), at)
        return f"={found[1]}{joined(base, found[2])}" if within else found[0]

    return RELATIVE.sub(resolved, text)


def _once(text: str) -> str:
    """A text as it was before its letters were taken for those of Western Europe and encoded once more."""
    for encoding in ("latin-1", "cp1252"):
        with suppress(UnicodeError):
            return text.encode(encoding).decode()
    return text


def _unpacked(text: str) -> str:
    """What a text in base64 says; nothing where that is no text."""
    try:
        return b64decode(text).decode()
    except ValueError:
        return ""


def _first(said: Mapping[str, str], names: Iterable[str]) -> str:
    return next((said[name] for name in names if said.get(name)), "")


def _markup(element: Any) -> str:
    """What is inside of an element, as HTML spells it and without the wrapper that XHTML in Atom must have."""
    [*children] = element
    is_xhtml = "xhtml" in element.get("type", "") or str(children[0].tag).startswith(XHTML)
    if len(children) == 1 and str(children[0].tag).rpartition("}")[2] == "div" and _is_wrapper(element, children[0]):
        element = children[0]
    inner = "".join([etree.tostring(each, encoding="unicode") for each in element])
    text = PREFIX.sub(r"\1", OWN.sub("", escape(element.text or "", quote=False) + inner))
    if is_xhtml or "&" not in text:
        return text
    # Only in XHTML text beside elements is never markup.
    return BETWEEN.sub(lambda found: unescape(found[0]), text)


def _is_wrapper(element: Any, within: Any) -> bool:
    return not f"{element.text or ''}{within.tail or ''}".strip()
