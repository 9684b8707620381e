"""Pages: the article on a web page, and the feeds a site offers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from trafilatura import bare_extraction
from trafilatura.settings import Document

from ingest.answers import NoText, TooLarge
from ingest.credits import pictured
from ingest.furniture import is_furniture, unglued
from ingest.imprint import main_label, plain_byline, site_name
from ingest.language import settle
from ingest.listing import joined, web_address
from ingest.markup import Head, clean, plain, plain_title, read_head
from ingest.sites import FEED_TYPES, channel_named, is_youtube
from ingest.walls import check_for_walls, is_nothing, length, nodes
from news.article import Entry
from news.mastheads import without_masthead

MAX_BYTES = 5_000_000
MAX_FEEDS = 20
LEAST = 200
"""Characters, one of a dense script counted thrice: a page with less text shows a login, a consent form or a video."""
DOUBTFUL = 600
"""Characters: with less than this a page is looked through more thoroughly, which takes thrice as long."""
DOUBTFUL_TYPES = frozenset({"text/xml", "application/xml", "application/json"})
"""Of what may be a feed: sites name other things of these types too."""
NO_FEED = re.compile(r"/wp-json/|/oembed|opensearch|\.(?:webmanifest|xsl)$", re.IGNORECASE)
FEED_NAME = re.compile(
    r"(?:^|[/._?&=-])(?:feeds?|rss2?|atom|rdf)(?=$|[/._?&=0-9-])|/index\.xml$|/[\w-]*(?:feed|rss|atom)[\w-]*\.(?:xml|json)$",
    re.IGNORECASE,
)
COMMENTS = re.compile(
    r"\bcomments?\b|kommentar|comentario|comentário|commentaire|commenti\b|reacties|комментари", re.IGNORECASE
)
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
    return address if address and _site(address) == _site(url) and urlsplit(address).path not in ("", "/") else url


def _named_address(head: Head, base: str) -> str | None:
    named = next((link.get("href") for link in head.links if "canonical" in _words(link.get("rel"))), None)
    return web_address(base, named)


def _site(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


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
    names = (one.get("name") if isinstance(one, dict) else one for one in each[:MAX_FEEDS])
    return ";".join(name for name in names if isinstance(name, str)) or None


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def find_feeds(html: bytes, url: str) -> tuple[str, ...]:
    """The feeds a page names, best first: those it declares, else links that look like feeds of its site."""
    head = read_head(html[:MAX_BYTES])
    base = joined(url, head.base or "")
    named = [
        link
        for link in head.links
        if {"alternate", "feed"} & set(_words(link.get("rel"))) and (_kind(link) in FEED_TYPES or _may_be_feed(link))
    ]
    # A site's comments are a feed too, but hardly ever the one meant.
    named.sort(key=lambda link: (_is_of_comments(link), _kind(link) not in FEED_TYPES))
    declared = (_without_feed_scheme(link.get("href")) for link in named)
    feeds = _addresses(base, declared)
    if not feeds and is_youtube(url) and (channel := channel_named(html[:MAX_BYTES])):
        feeds = [channel]
    if not feeds:
        looks = (address for address in _addresses(base, head.anchors) if FEED_NAME.search(_path(address)))
        feeds = [address for address in looks if _site(address) == _site(url) and address != url]
        feeds.sort(key=lambda address: "/comments/" in address)
    return tuple(feeds[:MAX_FEEDS])


def _kind(link: Mapping[str, str]) -> str:
    return link.get("type", "").split(";")[0].strip().lower()


def _may_be_feed(link: Mapping[str, str]) -> bool:
    address = link.get("href") or ""
    is_so = _kind(link) in DOUBTFUL_TYPES or "feed" in _words(link.get("rel")) or bool(FEED_NAME.search(address))
    return is_so and "hreflang" not in link and not NO_FEED.search(address)


def _is_of_comments(link: Mapping[str, str]) -> bool:
    return "/comments/" in (link.get("href") or "") or bool(COMMENTS.search(link.get("title", "")))


def _without_feed_scheme(address: str | None) -> str:
    """`feed://` and `feed:https://` are how addresses were once handed to feed readers."""
    bare = (address or "").strip()
    return re.sub(r"^feed:(?://(?!https?:)|(?=https?:))", lambda found: "https://" if "//" in found[0] else "", bare)


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}".rstrip("?/")


def _addresses(base: str, links: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(address for link in links if (address := web_address(base, link))))


def _words(text: str | None) -> list[str]:
    return (text or "").lower().split()
