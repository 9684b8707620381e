"""Markup as plain text: HTML to paragraphs, the tags of an XML file."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

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


def html_parser(target: Any, encoding: str | None = None) -> Any:
    """Tells `target` what it reads: `start`, `end` and `data`."""
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
        self._parser = html_parser(self._writer)

    def read(self, markup: str) -> Plain:
        try:
            self._parser.feed("<div>" + CONTROLS.sub("", markup))
            said: Plain = self._parser.close()
        except (etree.LxmlError, AssertionError):
            said = self._writer.close()
            self._parser = html_parser(self._writer)
        return said


_READER = _Reader()


def _is_picture(attributes: Mapping[str, str]) -> bool:
    is_pixel = any(attributes.get(side, "").strip() in ("0", "1") for side in ("width", "height"))
    return bool(attributes.get("src", "").strip()) and not is_pixel and attributes["src"][:5] != "data:"


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
