"""Pages: the article on a web page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from trafilatura import bare_extraction
from trafilatura.settings import Document

from ingest.answers import NoText, TooLarge
from ingest.credits import pictured
from ingest.furniture import is_furniture, unglued
from ingest.heads import Head, read_head
from ingest.imprint import main_label, plain_byline, site_name
from ingest.language import settle
from ingest.listing import joined, site_of, web_address, words_of
from ingest.markup import clean, plain, plain_title
from ingest.walls import check_for_walls, is_nothing, length, nodes
from news.article import Entry
from news.mastheads import without_masthead

MAX_BYTES = 5_000_000
MOST_WRITERS = 20
LEAST = 200
"""Characters, one of a dense script counted thrice: a page with less text shows a login, a consent form or a video."""
DOUBTFUL = 600
"""Characters: with less than this a page is looked through more thoroughly, which takes thrice as long."""
STRAY = re.compile(r"(?<=\w) (?=[,.](?:\s|$))")
"""The space that a link leaves behind before a comma or a stop."""
PUBLISHED = ("article:published_time", "datepublished", "og:published_time", "date", "dc.date", "parsely-pub-date")
IMAGES = ("og:image:secure_url", "og:image", "twitter:image")


def read_page(html: bytes, url: str) -> Entry:
    """The article on the page `html` at `url`, empty where that is not known; raises `NoText` where there is none.

    Works the processor hard: run it through `ingest.workers`.
    """
    if len(html) > MAX_BYTES:
        raise TooLarge
    head = read_head(html)
    # A page that was saved knows itself where it is from.
    url = url or _named_address(head, "") or web_address("", head.metas.get("og:url")) or ""
    found = _found(html, url)
    paragraphs = tuple(_paragraphs(found.text or "", headline=clean(found.title or "")))
    said = tuple(nodes(head.json_ld))
    check_for_walls(html, url, head, said, paragraphs)
    # What a page tells search engines of its article, where it has one.
    told = next((node for node in said if "headline" in node or "articleBody" in node), {})
    if length(paragraphs) < DOUBTFUL:
        # Pages that a script makes often hold their text for search engines.
        body = tuple(_paragraphs("\n".join(plain(_text(told, "articleBody")).paragraphs), headline=""))
        paragraphs = body if length(body) > 2 * length(paragraphs) else paragraphs
    headline = plain_title(found.title or head.metas.get("og:title") or _text(told, "headline"))[:500]
    if not headline or length(paragraphs) < LEAST or is_nothing(headline, paragraphs):
        raise NoText
    base = joined(url, head.base or "")
    named = found.image or next((head.metas[name] for name in IMAGES if name in head.metas), None)
    image_url, image_credit = pictured(named, told.get("image"), said, head.figures, base)
    section = clean(head.metas.get("article:section", ""))[:100] or None
    host = urlsplit(url).hostname or ""
    site = site_name(found.sitename, host)
    declared = head.language or head.metas.get("og:locale")
    return Entry(
        headline=without_masthead(headline, found.sitename, main_label(host), section),
        paragraphs=paragraphs,
        byline=plain_byline(found.author or _named(told.get("author"))),
        published=_published(head, said) or _believable(found.date),
        section=section,
        language=settle(declared, "\n".join(paragraphs)),
        url=_canonical(head, base, url) or None,
        source=site,
        image_url=image_url,
        image_credit=image_credit,
    )


def _found(html: bytes, url: str) -> Document:
    """What there is; empty where there is nothing."""
    found = _extracted(html, url, is_thorough=False)
    said = length([found.text or ""]) if found else 0
    if found is None or said < DOUBTFUL:
        # What little the quick way finds may be the box beside the article.
        thorough = _extracted(html, url, is_thorough=True)
        if thorough and length([thorough.text or ""]) > 2 * said:
            return thorough
    return found or Document()


def _extracted(html: bytes, url: str, *, is_thorough: bool) -> Document | None:
    try:
        found = bare_extraction(
            html,
            url=url,
            fast=not is_thorough,
            favor_precision=True,
            include_comments=False,
            with_metadata=True,
            # Its guess at undated pages costs as much as the rest; the page's own word is enough.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    # The library is the boundary to whatever a stranger put on a page: it may raise anything.
    except Exception as cause:
        raise NoText from cause
    return found if isinstance(found, Document) else None


def _paragraphs(text: str, *, headline: str) -> Iterator[str]:
    for line in text.split("\n"):
        paragraph = STRAY.sub("", unglued(clean(line)))
        if not paragraph or is_furniture(paragraph) or paragraph == headline:
            continue
        yield "• " + paragraph[2:] if paragraph.startswith("- ") else paragraph


def _canonical(head: Head, base: str, url: str) -> str:
    """The address the page calls its own, where that is on the same site."""
    address = _named_address(head, base)
    return address if address and site_of(address) == site_of(url) and urlsplit(address).path not in ("", "/") else url


def _named_address(head: Head, base: str) -> str | None:
    named = next((link.get("href") for link in head.links if "canonical" in words_of(link.get("rel"))), None)
    return web_address(base, named)


def _published(head: Head, said: Sequence[Mapping[str, Any]]) -> str | None:
    named = (head.metas.get(name) for name in PUBLISHED)
    dates = (_text(node, "datePublished") for node in said)
    return next(filter(None, map(_believable, (*named, *dates))), None)


def _believable(given: str | None) -> str | None:
    """A time as ISO 8601; a page whose publisher forgot it says the year 1, or 1970."""
    try:
        at = datetime.fromisoformat((given or "").strip())
    except ValueError:
        return None
    return (at.isoformat() if ":" in str(given) else at.date().isoformat()) if at.year > 1970 else None


def _named(told: Any) -> str | None:
    """The names of those who wrote something, parted as the extractor parts them."""
    each = told if isinstance(told, list) else [told]
    names = (one.get("name") if isinstance(one, dict) else one for one in each[:MOST_WRITERS])
    return ";".join(name for name in names if isinstance(name, str)) or None


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
