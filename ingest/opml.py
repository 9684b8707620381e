"""Lists of feeds, as news readers exchange them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from ingest.answers import NotAList, TooLarge
from ingest.encoding import in_utf8
from ingest.listing import web_address
from ingest.markup import clean, xml_tags
from ingest.quick import spelled_out
from news.feed import full_address

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
    # Many programs write addresses as they are, with ampersands that XML has other uses for.
    for tag in xml_tags(spelled_out(in_utf8(data))):
        if tag.name != "outline":
            continue
        if not tag.is_opening:
            folders = folders[:-1]
            continue
        name = clean(tag.attributes.get("title") or tag.attributes.get("text") or "")[:200] or None
        address = _address(tag.attributes)
        folder = next((folder for folder in reversed(folders) if folder), None) or _category(tag.attributes)
        folders.append(None if address else name)
        if address and len(found) < MAX_FEEDS:
            found.setdefault(address, Outline(address, name, folder))
    if not found:
        raise NotAList
    return tuple(found.values())


def _address(said: Mapping[str, str]) -> str | None:
    is_feed = said.get("type", "").lower() in ("rss", "atom")
    typed = said.get("xmlurl") or (said.get("url") if is_feed else None)
    return web_address("", full_address(typed.strip())) if typed else None


def _category(said: Mapping[str, str]) -> str | None:
    """The innermost part of the first path that a feed is filed under, as OPML 2.0 has it."""
    parts = said.get("category", "").split(",")[0].strip("/ ").split("/")
    return clean(parts[-1])[:200] or None


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
