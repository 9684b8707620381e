"""Markup as plain text: HTML to paragraphs, the head of a page, the tags of an XML file."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from ingest.encoding import page_in_utf8

_DROPPED = (
    "script style noscript template iframe object embed svg math head title form button select textarea audio video "
    "canvas map nav"
)
DROPPED = frozenset(_DROPPED.split())
_BLOCKS = (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer h1 h2 h3 h4 h5 h6 header hr legend li main ol p pre section summary table tbody td tfoot th thead tr ul"
)
BLOCKS = frozenset(_BLOCKS.split())
VOID = frozenset({"img", "source", "br", "hr", "wbr", "input", "meta", "link", "area", "base", "col", "embed", "track"})
"""Elements without an end."""
CREDITED = re.compile(r"credit|copyright|photographer|fotograf", re.IGNORECASE)
MOST_PIECES, LONGEST_ANCHOR = 10, 100
MOST_FIGURES, MOST_ADDRESSES, LONGEST_CAPTION = 100, 20, 2_000
INLINE = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|mark|p|q|s|small|span|strike|strong|sub"
    r"|sup|time|tt|u|wbr)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
LINES = re.compile(r"\n[ \t\xa0]*\n")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Plain:
    """What HTML says: paragraphs without markup, and the address of the first picture as written."""

    paragraphs: tuple[str, ...]
    image: str | None = None


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


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of an XML file, opening or closing, with its attributes' names in lower case."""

    name: str
    is_opening: bool
    attributes: Mapping[str, str]


def clean(text: str) -> str:
    """`text` on one line, without control characters."""
    # What is printable has none of them, and that is told faster.
    return " ".join((text if text.isprintable() else CONTROLS.sub("", text)).split())


def plain_title(markup: str) -> str:
    """A headline without markup. Only tags that occur in headlines count, so `List<T>` stays."""
    # Twice: feeds escape their titles once for XML and once more for HTML.
    return clean(html.unescape(INLINE.sub("", html.unescape(INLINE.sub("", markup)))))


def plain(markup: str) -> Plain:
    """The paragraphs of `markup`, in order. Scripts, forms and their like say nothing."""
    if "<" not in markup:
        text = html.unescape(markup)
        return Plain(tuple(filter(None, map(clean, re.split(r"\n[ \t\r]*\n", text)))))
    return _READER.read(markup)


def _html_parser(target: Any, encoding: str | None = None) -> Any:
    return etree.HTMLParser(target=target, no_network=True, encoding=encoding, remove_comments=True)


class _Writer:
    """Collects paragraphs while lxml reads: no tree is built, so depth costs nothing."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.paragraphs: list[str] = []
        self.image: str | None = None
        self._run: list[str] = []
        self._dropped = 0
        self._mark = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in DROPPED:
            self._dropped += 1
        elif tag in BLOCKS:
            self.end_block()
            self._mark = "• " if tag == "li" else self._mark
        elif tag == "br":
            self._run.append("\n")
        elif tag == "img" and not self.image and not self._dropped and _is_picture(attributes):
            self.image = attributes["src"].strip()

    def end(self, tag: str) -> None:
        if tag in DROPPED:
            self._dropped = max(0, self._dropped - 1)
        elif tag in BLOCKS:
            self.end_block()
            self._mark = "" if tag == "li" else self._mark

    def data(self, text: str) -> None:
        if not self._dropped:
            self._run.append(text.replace("\n", " "))

    def end_block(self) -> None:
        run, self._run = "".join(self._run), []
        if run and not run.isspace():
            for text in map(clean, LINES.split(run) if "\n" in run else (run,)):
                if text:
                    self.paragraphs.append(self._mark + text)
                    self._mark = ""

    def close(self) -> Plain:
        """What was collected; the next begins anew."""
        self.end_block()
        said = Plain(tuple(self.paragraphs), self.image)
        self.begin()
        return said


class _Reader(threading.local):
    """A parser of each thread's own, used again and again: to make one takes longer than to read a paragraph."""

    def __init__(self) -> None:
        self._writer = _Writer()
        self._parser = _html_parser(self._writer)

    def read(self, markup: str) -> Plain:
        try:
            self._parser.feed("<div>" + CONTROLS.sub("", markup))
            said: Plain = self._parser.close()
        except (etree.LxmlError, AssertionError):
            said = self._writer.close()
            self._parser = _html_parser(self._writer)
        return said


_READER = _Reader()


def _is_picture(attributes: Mapping[str, str]) -> bool:
    is_pixel = any(attributes.get(side, "").strip() in ("0", "1") for side in ("width", "height"))
    return bool(attributes.get("src", "").strip()) and not is_pixel and attributes["src"][:5] != "data:"


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
    parser = _html_parser(reader, encoding=encoding)
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


class _TagReader:
    def __init__(self) -> None:
        self.tags: list[Tag] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        # With entities left alone, the parser hands "&amp;" on as "&#38;".
        plain = {name.lower(): html.unescape(value) for name, value in attributes.items()}
        self.tags.append(Tag(tag.rpartition("}")[2].lower(), True, plain))

    def end(self, tag: str) -> None:
        self.tags.append(Tag(tag.rpartition("}")[2].lower(), False, {}))

    def data(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


def xml_tags(data: bytes) -> Iterator[Tag]:
    """The tags of an XML file in order, as far as it can be read. Entities are never fetched."""
    reader = _TagReader()
    parser = etree.XMLParser(target=reader, resolve_entities=False, no_network=True, recover=True)
    try:
        parser.feed(data)
        parser.close()
    except (etree.LxmlError, AssertionError, UnicodeError):
        pass
    yield from reader.tags
