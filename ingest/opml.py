"""Lists of feeds, as news readers exchange them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from ingest.answers import NotAList, TooLarge
from ingest.listing import web_address
from ingest.markup import clean, xml_tags

MAX_BYTES = 5_000_000
MAX_FEEDS = 5_000


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list; `folder` is the innermost it was kept in."""

    url: str
    title: str | None = None
    folder: str | None = None


def read_opml(data: bytes) -> tuple[Outline, ...]:
    """The feeds of an OPML file, each once, in its order; raises `NotAList` where there is none."""
    if len(data) > MAX_BYTES:
        raise TooLarge
    folders: list[str | None] = []
    found: dict[str, Outline] = {}
    for tag in xml_tags(data):
        if tag.name != "outline":
            continue
        if not tag.is_opening:
            folders = folders[:-1]
            continue
        name = clean(tag.attributes.get("title") or tag.attributes.get("text") or "")[:200] or None
        address = web_address("", tag.attributes.get("xmlurl"))
        folder = next((folder for folder in reversed(folders) if folder), None)
        folders.append(None if address else name)
        if address and len(found) < MAX_FEEDS:
            found.setdefault(address, Outline(address, name, folder))
    if not found:
        raise NotAList
    return tuple(found.values())


def write_opml(outlines: Iterable[Outline], *, title: str = "Feeds") -> bytes:
    """An OPML 2.0 file that other news readers can import; folders in order of first use."""
    shelves: dict[str | None, list[Outline]] = {}
    for outline in outlines:
        shelves.setdefault(outline.folder, []).append(outline)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"<head><title>{escape(clean(title))}</title></head>", "<body>"]
    for folder, kept in shelves.items():
        name = escape(clean(folder or ""))
        lines += [f'<outline text="{name}" title="{name}">'] if folder else []
        lines += map(_line, kept)
        lines += ["</outline>"] if folder else []
    lines += ["</body>", "</opml>", ""]
    return "\n".join(lines).encode()


def _line(outline: Outline) -> str:
    name, address = escape(clean(outline.title or outline.url)), escape(outline.url)
    return f'<outline type="rss" text="{name}" title="{name}" xmlUrl="{address}"/>'
