"""The head of a page, and what else it says about itself: its links and its figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]

from ingest.encoding import page_in_utf8
from ingest.markup import BLOCKS, clean, html_parser

VOID = frozenset({"img", "source", "br", "hr", "wbr", "input", "meta", "link", "area", "base", "col", "embed", "track"})
"""Elements without an end."""
CREDITED = re.compile(r"credit|copyright|photographer|fotograf", re.IGNORECASE)
MOST_PIECES, LONGEST_ANCHOR = 10, 100
MOST_FIGURES, MOST_ADDRESSES, LONGEST_CAPTION = 100, 20, 2_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with what stands around it: its addresses as written, the lines of its caption, and whose it is said
    to be, where a part of it is marked as telling that.
    """

    addresses: tuple[str, ...]
    lines: tuple[str, ...]
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a page: where it leads, as written, and what it says."""

    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says about itself: its `<link>`, `<a>` and `<meta>` tags, base, language and figures."""

    links: tuple[Mapping[str, str], ...] = ()
    anchors: tuple[Anchor, ...] = ()
    metas: Mapping[str, str] = field(default_factory=dict)
    base: str | None = None
    language: str | None = None
    json_ld: tuple[str, ...] = ()
    refresh: str | None = None
    """When and where it moves whoever opens it, as written."""
    figures: tuple[Figure, ...] = ()


class _FigureReader:
    """Collects what is inside of `<figure>`: `depth` is how deep inside it is, 0 outside."""

    def __init__(self) -> None:
        self.read: list[Figure] = []
        self._addresses: list[str] = []
        self._said: list[str] = []
        self._credit: list[str] = []
        self.depth = 0
        self._credited_at = 0
        """How deep the part is that is marked as a credit."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if not self.depth:
            if len(self.read) >= MOST_FIGURES:
                return
            self._addresses, self._said, self._credit = [], [], []
        if tag in VOID:
            self._addresses += _addresses_of(attributes) if tag in ("img", "source") else []
            return
        self.depth += 1
        named = f"{attributes.get('class', '')} {attributes.get('itemprop', '')}"
        if tag not in ("figure", "figcaption") and not self._credited_at and CREDITED.search(named):
            self._credited_at = self.depth
        self._said.append("\n" if tag in BLOCKS else "")

    def end(self, tag: str) -> None:
        if tag in VOID:
            return
        self.depth = 0 if tag == "figure" else max(1, self.depth - 1)
        self._said.append("\n" if tag in BLOCKS else "")
        self._credit.append(" ")
        if self.depth < self._credited_at:
            self._credited_at = 0
        if not self.depth and self._addresses:
            lines = tuple(filter(None, map(clean, "".join(self._said)[:LONGEST_CAPTION].split("\n"))))
            credit = clean("".join(self._credit)[:LONGEST_CAPTION]) or None
            self.read.append(Figure(tuple(self._addresses[:MOST_ADDRESSES]), lines, credit))

    def data(self, text: str) -> None:
        self._said.append(text.replace("\n", " "))
        if self._credited_at:
            self._credit.append(text)


def _addresses_of(attributes: Mapping[str, str]) -> list[str]:
    """Where a picture is; the first of those for screens of several sizes."""
    sets = (attributes.get(name, "").split() for name in ("srcset", "data-srcset"))
    named = (attributes.get(name, "").strip() for name in ("src", "data-src"))
    return [each for each in (*named, *(some[0] for some in sets if some)) if each and each[:5] != "data:"]


class _HeadReader:
    def __init__(self) -> None:
        self.figures = _FigureReader()
        self.links: list[Mapping[str, str]] = []
        self.anchors: list[tuple[str, list[str]]] = []
        self.refresh: str | None = None
        self.metas: dict[str, str] = {}
        self.base: str | None = None
        self.language: str | None = None
        self.json_ld: list[str] = []
        self._is_json_ld = False
        self._is_anchor = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "figure" or self.figures.depth:
            self.figures.start(tag, attributes)
        match tag:
            case "html":
                self.language = attributes.get("lang") or attributes.get("xml:lang")
            case "base":
                self.base = self.base or attributes.get("href")
            case "link" if len(self.links) < 500:
                self.links.append(dict(attributes))
            case "a" if len(self.anchors) < 2000 and attributes.get("href"):
                self._is_anchor = True
                self.anchors.append((attributes["href"], []))
            case "meta":
                if attributes.get("http-equiv", "").strip().lower() == "refresh":
                    self.refresh = self.refresh or attributes.get("content")
                name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
                if name and attributes.get("content"):
                    self.metas.setdefault(name.lower(), attributes["content"])
            case "script":
                self._is_json_ld = attributes.get("type", "").lower() == "application/ld+json"
                if self._is_json_ld:
                    self.json_ld.append("")

    def end(self, tag: str) -> None:
        if self.figures.depth:
            self.figures.end(tag)
        if tag == "script":
            self._is_json_ld = False
        elif tag == "a":
            self._is_anchor = False

    def data(self, text: str) -> None:
        if self._is_json_ld:
            self.json_ld[-1] += text
            return
        if self.figures.depth:
            self.figures.data(text)
        if self._is_anchor and len(said := self.anchors[-1][1]) < MOST_PIECES:
            said.append(text[:LONGEST_ANCHOR])

    def close(self) -> None:
        pass


def read_head(page: bytes) -> Head:
    """What `page` says about itself; empty where it is no HTML."""
    reader = _HeadReader()
    page, encoding = page_in_utf8(page)
    parser = html_parser(reader, encoding=encoding)
    try:
        parser.feed(page)
        parser.close()
    except (etree.LxmlError, AssertionError, UnicodeError):
        pass
    return Head(
        links=tuple(reader.links),
        anchors=tuple(Anchor(address, " ".join(said)) for address, said in reader.anchors),
        refresh=reader.refresh,
        metas=reader.metas,
        base=reader.base,
        language=reader.language,
        json_ld=tuple(reader.json_ld),
        figures=tuple(reader.figures.read),
    )
