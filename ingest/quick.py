"""The quick feed reader: what it passes over, and where it is not to be trusted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.entities import html5
from typing import Any

import fastfeedparser
from lxml import etree  # type: ignore[import-untyped]

from ingest import moments

MAX_ENTRIES = 2_000
HEAD = 2_000
"""Bytes within which a feed says what it is."""
ROOT = re.compile(rb"<[A-Za-z]")
OPENING = re.compile(rb"<(?:item|entry)[\s>]")
NAKED = re.compile(rb"<(?:title|guid)\b[^>]*>\s*<(?!!|/)")
"""Markup right inside a title."""
BASE64 = re.compile(
    rb"<(?:\w{1,20}:)?(?:title|subtitle|tagline|summary|content|info|copyright|rights)\s[^<>]{0,500}?"
    rb"(?:mode=[\"']base64|type=[\"'](?:application/octet-stream|(?:image|audio|video)/))"
)
"""A text in base64, as only Atom has it."""
XHTML = re.compile(rb"<(?:\w{1,20}:)?summary\s[^<>]{0,500}?type=[\"'](?:xhtml|application/xhtml)")
WITHIN_TITLE = re.compile(r"^<title[^<>]*>|</title>$")
KINDS_OF_XHTML = "xhtml", "application/xhtml+xml"
"""A summary that is part of the file's own markup, as only Atom has it."""
ATOM = re.compile(rb"<(?:\w{1,20}:)?feed[\s>]")
RDF = re.compile(rb"<(?:\w{1,20}:)?RDF[\s>]")
TEXTS = re.compile(rb"<(?:(?:atom|a10):(?:content|summary)|xhtml:body|fullitem)[\s>]|<body\s[^<>]{0,200}\bxmlns=")
"""A text where the tolerant reader alone looks for it in RSS."""
PREFIXES = (b"content", b"dc", b"media", b"itunes", b"atom")
TAG = re.compile(rb"<([A-Za-z][A-Za-z0-9:]*|!--)")
SUMMARY, CONTENT, IDS = (b"description", b"summary", b"subtitle"), (b"encoded", b"content"), (b"guid", b"id")
ELSEWHERE = (b"body", b"fullitem")
WRITERS = (b"author", b"creator")
WRITTEN = (b"author", b"creator", b"dc:creator", b"atom:author")
BARE = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos|#\d{1,9}|#[xX][0-9a-fA-F]{1,9});)")
"""An ampersand that is no entity of XML's: outside CDATA, well-formed files have only those that they declare."""
COMMENT = re.compile(rb"<!--")
SECTION = re.compile(rb"<!(?:--|\[CDATA\[)")
NAMED = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&([A-Za-z][A-Za-z0-9]{1,31};)", re.DOTALL)
OF_XML = frozenset({"lt;", "gt;", "amp;", "quot;", "apos;"})
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
MEDIA, ITUNES = "http://search.yahoo.com/mrss/", "http://www.itunes.com/dtds/podcast-1.0.dtd"
PAGES = (None, "", "text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Source:
    """A feed to be read, and what is known of it beforehand."""

    data: bytes
    names: Mapping[bytes, int]
    """Tags from the first entry on, with their prefixes, and how often they are opened; also such in CDATA."""
    is_bare: bool
    """It has ampersands that are no entities."""
    start: int
    """Where its root opens: what comes before is no part of it, such as the address of a style sheet."""

    local: frozenset[bytes]
    """The names of those with any prefix but that of media, without it and in lower case: looked at again and again."""

    def has(self, *local: bytes, prefix: bytes | None = None) -> bool:
        """Whether there is a tag of one of these names, with any prefix but that of media, or with this one."""
        if prefix is None:
            return not self.local.isdisjoint(local)
        return any(prefix + b":" + name in self.names for name in local)


def looked_at(data: bytes) -> Source:
    """A feed without what ends a text in it: comments, and names of characters that are HTML's and not XML's."""
    opening = OPENING.search(data)
    start = opening.start() if opening else 0
    names = Counter(TAG.findall(data, start))
    if (b"!--" in names or b"<!--" in data[:start]) and _outside_cdata(COMMENT, data):
        data = _uncommented(data)
    data, is_bare = spelled_out(data)
    root = ROOT.search(data)
    parted = (name.rpartition(b":") for name in names)
    local = frozenset(name.lower() for prefix, _, name in parted if prefix != b"media")
    return Source(data, names, is_bare, root.start() if root else 0, local)


def spelled_out(data: bytes) -> tuple[bytes, bool]:
    """HTML's names of characters as the characters; and whether there are still ampersands that are no entities."""
    if not _outside_cdata(BARE, data):
        return data, False
    if b"<!ENTITY" in data[:HEAD]:
        return data, True
    data = NAMED.sub(_character, data)
    return data, _outside_cdata(BARE, data)


def parse(source: Source) -> Mapping[str, Any]:
    """What the quick reader finds, and what it passed over. May raise anything."""
    assert moments  # By its rules dates are read.
    found: dict[str, Any] = fastfeedparser.parse(source.data)
    entries: list[dict[str, Any]] = found["entries"]
    # It makes a summary of the content, content of a description, and an id of the link.
    made = {
        "description": not source.has(*SUMMARY),
        "id": not source.has(*IDS) and b"about=" not in source.data,
        "content": not source.has(*CONTENT),
    }
    for entry in entries:
        _choose_link(entry)
        for name, is_made in made.items():
            if is_made:
                entry[name] = None
    if _is_incomplete(entries, source):
        _complete(entries, source.data)
    return found


def _is_incomplete(entries: Sequence[Mapping[str, Any]], source: Source) -> bool:
    """Whether there is more to be had than the quick reader found."""
    # With more authors than entries, some have several.
    if len(entries) < sum(source.names.get(each, 0) for each in WRITTEN):
        return True
    if ATOM.search(source.data, 0, HEAD) and _has_xhtml(source):
        return True
    if source.has(b"encoded") and not all(each.get("content") for each in entries):
        return True
    if source.has(b"description", prefix=b"media") and not all(map(_has_text, entries)):
        return True
    if source.has(b"credit", prefix=b"media") and not all(map(_has_credit, entries)):
        return True
    is_pictured = source.has(b"image") or source.has(b"thumbnail", prefix=b"media")
    if is_pictured and not all(map(_has_picture, entries)):
        return True
    return any(
        source.has(*tags) and not all(each.get(name) for each in entries)
        for name, tags in (("link", (b"link",)), ("author", WRITERS))
    )


def is_doubtful(found: Mapping[str, Any], source: Source) -> bool:
    """Whether the quick reader seems to have missed entries, or met what it is known to get wrong."""
    about, entries, data = found.get("feed") or {}, found.get("entries") or [], source.data
    listed = sum(source.names.get(each, 0) for each in (b"item", b"entry"))
    if source.is_bare or not about.get("title") or len(entries) < min(listed, MAX_ENTRIES):
        return True
    # What begins with markup comes out empty.
    if any(not each.get("title") or not each.get("id") for each in entries) and NAKED.search(data):
        return True
    if ATOM.search(data, 0, HEAD):
        if BASE64.search(data) or (_has_xhtml(source) and not any(each.get("summary_detail") for each in entries)):
            return True
    elif (source.has(*ELSEWHERE) or source.has(b"content", b"summary", prefix=b"atom")) and TEXTS.search(data):
        return True
    # What has an undeclared prefix is overlooked.
    prefixes = {name.partition(b":")[0] for name in source.names if b":" in name}
    return any(each in prefixes and b"xmlns:" + each not in data for each in PREFIXES)


def _uncommented(data: bytes) -> bytes:
    kept, at = [], 0
    while opened := SECTION.search(data, at):
        is_comment = opened[0] == b"<!--"
        end = data.find(b"-->" if is_comment else b"]]>", opened.end()) + 3
        if end < 3:
            break
        kept.append(data[at : opened.start() if is_comment else end])
        at = end
    return b"".join((*kept, data[at:]))


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
        if not entry.get("title") and (title := _marked_up(node.find("{*}title"))):
            entry["title"] = WITHIN_TITLE.sub("", title)
        if summary := _marked_up(node.find("{*}summary")):
            entry |= {"description": summary, "summary_detail": {"type": KINDS_OF_XHTML[1]}}
        if not _has_picture(entry) and (picture := _picture(node)):
            entry["image"] = {"href": picture}
        if not _has_credit(entry):
            told = list(node.iter(f"{{{MEDIA}}}credit"))
            entry["media_credit"] = [{"role": each.get("role"), "content": each.text} for each in told]
        entry["link"] = entry.get("link") or next(filter(None, map(_address, node.iterchildren("{*}link"))), None)
        names = list(_writers(node))
        if names and (len(names) > 1 or not entry.get("author")):
            entry["authors"] = [{"name": name} for name in names]


def _has_xhtml(source: Source) -> bool:
    return source.has(b"summary") and b"xhtml" in source.data and bool(XHTML.search(source.data))


def _marked_up(text: Any) -> str | None:
    """A text that is part of the file's own markup, whole; None where it is none, or has names with prefixes."""
    if text is None or text.get("type") not in KINDS_OF_XHTML or any(each.prefix for each in text.iter()):
        return None
    return str(etree.tostring(text, encoding="unicode", with_tail=False))


def _choose_link(entry: dict[str, Any]) -> None:
    """Of several that lead to an entry, the page."""
    links = [each for each in entry.get("links") or () if (each.get("rel") or "alternate") == "alternate"]
    if links and (len(links) > 1 or not entry.get("link")):
        entry["link"] = next((each for each in links if each.get("type") in PAGES), links[0]).get("href")


def _address(link: Any) -> str | None:
    return (link.get("href") or link.text or "").strip() or None


def _has_text(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("description") or entry.get("content"))


def _has_picture(entry: Mapping[str, Any]) -> bool:
    media = (*entry.get("media_content", ()), *entry.get("enclosures", ()))
    return any(str(each.get("type") or each.get("medium") or "image").startswith("image") for each in media)


def _has_credit(entry: Mapping[str, Any]) -> bool:
    return any(each.get("credit") for each in entry.get("media_content", ()))


def _picture(node: Any) -> str | None:
    """The address of the picture that stands for an entry."""
    for each in node.iter(f"{{{MEDIA}}}thumbnail", f"{{{ITUNES}}}image", "image"):
        if address := each.get("url") or each.get("href") or each.findtext("url") or each.text:
            return str(address)
    return None


def _writers(node: Any) -> Iterator[str]:
    for child in node:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2].encode() in WRITERS:
            name = child.findtext("{*}name") or child.text or ""
            if name.strip():
                yield name.strip()
