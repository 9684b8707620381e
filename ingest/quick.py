"""The quick feed reader: what it passes over, and where it is not to be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.entities import html5
from typing import Any

import fastfeedparser
from lxml import etree  # type: ignore[import-untyped]

from ingest import moments

MAX_ENTRIES = 2_000
HEAD = 2_000
"""Bytes within which a feed says what it is."""
OPENING = re.compile(rb"<(?:item|entry)[\s>]")
NAKED = re.compile(rb"<(?:title|guid)\b[^>]*>\s*<(?!!|/)")
"""Markup right inside a title."""
BASE64 = re.compile(
    rb"<(?:\w{1,20}:)?(?:title|subtitle|tagline|summary|content|info|copyright|rights)\s[^<>]{0,500}?"
    rb"(?:mode=[\"']base64|type=[\"'](?:application/octet-stream|(?:image|audio|video)/))"
)
"""A text in base64, as only Atom has it."""
XHTML = re.compile(rb"<(?:\w{1,20}:)?summary\s[^<>]{0,500}?type=[\"'](?:xhtml|application/xhtml)")
"""A summary that is part of the file's own markup, as only Atom has it."""
ATOM = re.compile(rb"<(?:\w{1,20}:)?feed[\s>]")
RDF = re.compile(rb"<(?:\w{1,20}:)?RDF[\s>]")
ELSEWHERE = re.compile(rb"<(?:(?:atom|a10):(?:content|summary)|xhtml:body|body\s[^<>]{0,200}xmlns|fullitem)[\s>]")
"""A text where the tolerant reader alone looks for it in RSS."""
PREFIXED = re.compile(rb"<(content|dc|media|itunes|atom):")
SUMMARY = re.compile(rb"<(?:(?!media:)\w{1,20}:)?(?:description|summary|subtitle)[\s>]", re.IGNORECASE)
CONTENT = re.compile(rb"<(?:(?!media:)\w{1,20}:)?(?:encoded|content)[\s>]", re.IGNORECASE)
NUMBERED = re.compile(rb"<(?:\w{1,20}:)?(?:guid|id)[\s>]|\babout=", re.IGNORECASE)
SEVERAL = re.compile(rb"</((?:\w{1,20}:)?(?:author|creator))>\s*<\1[\s>]")
"""Two who wrote one entry."""
PICTURED = re.compile(rb"<(?:media:thumbnail|itunes:image|image)[\s>]")
"""A picture besides what is enclosed."""
BARE = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos|#\d{1,9}|#[xX][0-9a-fA-F]{1,9});)")
"""An ampersand that is no entity of XML's: outside CDATA, well-formed files have only those that they declare."""
NAMED = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&([A-Za-z][A-Za-z0-9]{1,31};)", re.DOTALL)
OF_XML = frozenset({"lt;", "gt;", "amp;", "quot;", "apos;"})
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
MEDIA, ITUNES = "http://search.yahoo.com/mrss/", "http://www.itunes.com/dtds/podcast-1.0.dtd"
WRITTEN = ("author", "creator")


def parse(data: bytes) -> Mapping[str, Any]:
    """What the quick reader finds, and what it passed over. May raise anything."""
    assert moments  # By its rules dates are read.
    found: dict[str, Any] = fastfeedparser.parse(data)
    entries: list[dict[str, Any]] = found["entries"]
    opening = OPENING.search(data)
    start = opening.start() if opening else 0
    if not SUMMARY.search(data, start):
        # It makes a summary of the content, and content of a description.
        for entry in entries:
            entry["description"] = ""
    if not NUMBERED.search(data, start):
        # It takes the link for an id.
        for entry in entries:
            entry["id"] = None
    is_rdf = bool(RDF.search(data, 0, HEAD)) and b"encoded>" in data
    if not is_rdf and not CONTENT.search(data, start):
        for entry in entries:
            entry["content"] = []
    is_bare = b"media:description" in data and not all(map(_has_text, entries))
    is_plain = bool(PICTURED.search(data, start)) and not all(map(_has_picture, entries))
    if is_rdf or is_bare or is_plain or SEVERAL.search(data, start):
        _complete(entries, data)
    return found


def is_doubtful(found: Mapping[str, Any], data: bytes) -> bool:
    """Whether the quick reader seems to have missed entries, or met what it is known to get wrong."""
    about, entries = found.get("feed") or {}, found.get("entries") or []
    if not about.get("title") or len(entries) < min(len(OPENING.findall(data)), MAX_ENTRIES):
        return True
    # What begins with markup comes out empty.
    if any(not each.get("title") or each.get("id") in (None, each.get("link")) for each in entries) and (
        NAKED.search(data)
    ):
        return True
    if ATOM.search(data, 0, HEAD):
        if (b"xhtml" in data and XHTML.search(data)) or BASE64.search(data):
            return True
    elif ELSEWHERE.search(data):
        return True
    # What has an undeclared prefix is overlooked.
    first = {found[1] for found in PREFIXED.finditer(data)}
    return any(b"xmlns:" + each not in data for each in first) or _outside_cdata(BARE, data)


def spelled_out(data: bytes) -> bytes:
    """Names of characters that are HTML's and not XML's as the characters: at an undeclared one a text ends."""
    if not _outside_cdata(BARE, data) or b"<!ENTITY" in data[:HEAD]:
        return data
    return NAMED.sub(_character, data)


def _character(found: re.Match[bytes]) -> bytes:
    name = (found[1] or b"").decode()
    if not name or name in OF_XML or name not in html5:
        return found[0]
    return "".join(f"&#{ord(letter)};" for letter in html5[name]).encode()


def _outside_cdata(pattern: re.Pattern[bytes], data: bytes) -> bool:
    looked = 0
    while found := pattern.search(data, looked):
        section = data.rfind(b"<![CDATA[", looked, found.start())
        if section < 0 or data.find(b"]]>", section, found.start()) >= 0:
            return True
        looked = data.find(b"]]>", found.start())
        if looked < 0:
            return False
    return False


def _complete(entries: list[dict[str, Any]], data: bytes) -> None:
    """Adds what the quick reader leaves out: texts of RDF and of media, pictures, and all but the first author."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    root = etree.fromstring(data, parser)
    nodes = list(root.iter("{*}item", "{*}entry")) if root is not None else []
    if len(nodes) != len(entries):
        return
    for node, entry in zip(nodes, entries, strict=True):
        encoded, described = node.findtext(ENCODED), next(node.iter(f"{{{MEDIA}}}description"), None)
        if encoded and not entry.get("content"):
            entry["content"] = [{"value": encoded}]
        if described is not None and described.text and not _has_text(entry):
            entry["description"] = described.text
        if not _has_picture(entry) and (picture := _picture(node)):
            entry["image"] = {"href": picture}
        names = list(_writers(node))
        if len(names) > 1:
            entry["authors"] = [{"name": name} for name in names]


def _has_text(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("description") or entry.get("content"))


def _has_picture(entry: Mapping[str, Any]) -> bool:
    media = (*entry.get("media_content", ()), *entry.get("enclosures", ()))
    return any(str(each.get("type") or each.get("medium") or "image").startswith("image") for each in media)


def _picture(node: Any) -> str | None:
    """The address of the picture that stands for an entry."""
    for each in node.iter(f"{{{MEDIA}}}thumbnail", f"{{{ITUNES}}}image", "image"):
        if address := each.get("url") or each.get("href") or each.findtext("url") or each.text:
            return str(address)
    return None


def _writers(node: Any) -> Iterator[str]:
    for child in node:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] in WRITTEN:
            name = child.findtext("{*}name") or child.text or ""
            if name.strip():
                yield name.strip()
