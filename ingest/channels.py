"""Telegram channels, as their public pages on the web show them: read like a feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from ingest.listing import MAX_ENTRIES, Listed, Listing, iso_date, web_address
from ingest.markup import CONTROLS, plain

SIGN = b"tgme_widget_message"
BACKGROUND = re.compile(r"background-image:\s*url\(['\"]?(https?://[^'\")]+)")
LONGEST_HEADLINE = 200
POST = re.compile(r"[\w-]+/\d+")


def read_channel(data: bytes, url: str | None) -> Listing | None:
    """The posts of a channel's public page, the newest first; None where the page is none."""
    if data.startswith(b"<?xml") or SIGN not in data:
        return None
    parser = etree.HTMLParser(no_network=True, remove_comments=True, encoding="utf-8")
    try:
        page = etree.fromstring(data, parser)
    except etree.LxmlError:
        return None
    if page is None:
        return None
    posts = [post for node in page.iter("div") if (post := _post(node))]
    title = next((meta.get("content") for meta in page.iter("meta") if meta.get("property") == "og:title"), None)
    is_channel = posts or any("tgme_channel_info" in (node.get("class") or "") for node in page.iter("div"))
    if not is_channel:
        return None
    return Listing(title=title, link=url, language=None, base=url or "", entries=tuple(reversed(posts[-MAX_ENTRIES:])))


def _post(node: Any) -> Listed | None:
    name = node.get("data-post") or ""
    if not POST.fullmatch(name):
        return None
    lines = list(_lines(node))
    if not lines:
        return None
    is_headed = len(lines) > 1 and len(lines[0]) <= LONGEST_HEADLINE
    return Listed(
        id=name,
        title=escape(lines[0]) if is_headed else "",
        link=f"https://t.me/{name}",
        published=next((date for time in node.iter("time") if (date := iso_date(time.get("datetime")))), None),
        content="".join(f"<p>{escape(line)}</p>" for line in lines[is_headed:]),
        images=tuple(_images(node)),
        is_whole=True,
    )


def _lines(node: Any) -> Iterator[str]:
    """What a post itself says, not what it answers: its lines."""
    for part in node.iter("div"):
        if "js-message_text" in (part.get("class") or "").split():
            markup = etree.tostring(part, encoding="unicode", method="html", with_tail=False)
            broken = re.sub(r"<br\s*/?>", "<p>", markup)
            yield from plain(CONTROLS.sub("", broken)).paragraphs
            return


def _images(node: Any) -> Iterator[str]:
    for part in node.iter("a", "i", "div"):
        found = BACKGROUND.search(part.get("style") or "")
        address = web_address("", found[1]) if found else None
        if address and "photo" in (part.get("class") or ""):
            yield address
