"""Naming: the feeds that a page names, and where it moves whoever opens it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from yarl import URL

from ingest.answers import Unreadable
from ingest.door import next_hop
from ingest.heads import Anchor, read_head
from ingest.imprint import main_label
from ingest.listing import joined, site_of, web_address, words_of
from ingest.markup import clean
from ingest.sites import FEED_TYPES, channel_named, is_youtube

MAX_BYTES = 5_000_000
MAX_FEEDS, LONGEST_NAME = 20, 100
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
KEPT_FOR_FEEDS = re.compile(r"(?:^|\.)(?:feeds?\d?|rss\d?)\.", re.IGNORECASE)
"""Hosts of feeds."""
SAYS_NOTHING = re.compile(r"\W*(?:\b(?:rss|atom|xml|rdf|feeds?|subscribe|full|icon|link|\d+)\b\W*)*", re.IGNORECASE)
MOVES = re.compile(r"\s*(\d{1,3})(?:\.\d*)?\s*[;,]\s*(?:url\s*=)?\s*[\"']?([^\"']{1,4096})", re.IGNORECASE)
AT_ONCE = 10
"""Seconds: a page that shows itself for longer before it moves on is meant to be read."""


@dataclass(frozen=True, slots=True)
class Named:
    """A feed that a page lists, and what it is called there."""

    url: str
    name: str


def find_feeds(html: bytes, url: str) -> tuple[str, ...]:
    """The feeds a page names, best first: those it declares, else links that look like feeds of its site."""
    head = read_head(html[:MAX_BYTES])
    base = joined(url, head.base or "")
    named = [
        link
        for link in head.links
        if {"alternate", "feed"} & set(words_of(link.get("rel"))) and (_kind(link) in FEED_TYPES or _may_be_feed(link))
    ]
    # A site's comments are a feed too, but hardly ever the one meant.
    named.sort(key=lambda link: (_is_of_comments(link), _kind(link) not in FEED_TYPES))
    declared = (_without_feed_scheme(link.get("href")) for link in named)
    feeds = _addresses(base, declared)
    if not feeds and is_youtube(url) and (channel := channel_named(html[:MAX_BYTES])):
        feeds = [channel]
    if not feeds:
        looks = (
            address
            for address in _addresses(base, (anchor.address for anchor in head.anchors))
            if FEED_NAME.search(_path(address))
        )
        feeds = [address for address in looks if site_of(address) == site_of(url) and address != url]
        feeds.sort(key=lambda address: "/comments/" in address)
    return tuple(feeds[:MAX_FEEDS])


def _kind(link: Mapping[str, str]) -> str:
    return link.get("type", "").split(";")[0].strip().lower()


def _may_be_feed(link: Mapping[str, str]) -> bool:
    address = link.get("href") or ""
    is_so = _kind(link) in DOUBTFUL_TYPES or "feed" in words_of(link.get("rel")) or bool(FEED_NAME.search(address))
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


def feeds_listed(html: bytes, url: str) -> tuple[Named, ...]:
    """The feeds of a page that lists the feeds of its site, in its order; also those at hosts that keep feeds."""
    head = read_head(html[:MAX_BYTES])
    base, found = joined(url, head.base or ""), dict[str, Named]()
    for anchor in head.anchors:
        address = web_address(base, _without_feed_scheme(anchor.address))
        if address and _bare(address) != _bare(url) and _may_be_listed(address, url) and not NO_FEED.search(address):
            found.setdefault(address, Named(address, _called(anchor, address)))
    return tuple(found.values())[:MAX_FEEDS]


def onward(html: bytes, url: str) -> str | None:
    """Where a page moves whoever opens it, without being asked; None for one that stays, or moves where none may go."""
    asked = MOVES.match(read_head(html[:MAX_BYTES]).refresh or "")
    if asked is None or int(asked[1]) > AT_ONCE:
        return None
    try:
        to = str(next_hop(URL(url), asked[2].strip()))
    except (Unreadable, ValueError):
        return None
    return to if to != url else None


def _may_be_listed(address: str, url: str) -> bool:
    host = urlsplit(address).hostname or ""
    if not FEED_NAME.search(_path(address)):
        return bool(KEPT_FOR_FEEDS.search(host))
    return main_label(host) == main_label(urlsplit(url).hostname or "") or bool(KEPT_FOR_FEEDS.search(host))


def _called(anchor: Anchor, address: str) -> str:
    """What a link says it leads to; where it says nothing, its address without the host."""
    text = clean(anchor.text)[:LONGEST_NAME]
    return text if not SAYS_NOTHING.fullmatch(text) else _path(address).strip("/") or address


def _bare(address: str) -> str:
    return urldefrag(address)[0].rstrip("/")
