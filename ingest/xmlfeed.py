"""Feeds in XML: the quick reader first, the tolerant one for what it gives up."""

from __future__ import annotations

import re

from ingest import quick, tolerant
from ingest.answers import CutShort
from ingest.encoding import in_utf8
from ingest.listing import Listing

END = re.compile(rb"</(?:\w{1,20}:)?(?:rss|rdf|feed|channel)\s*>|/>\s*\Z", re.IGNORECASE)


def read_xml_feed(data: bytes, url: str | None, content_type: str | None) -> Listing:
    """The feed in `data`, which came from `url`: RSS, RDF, Atom or CDF. Raises `NotAFeed`, and `CutShort`
    where it breaks off before its first entry.
    """
    data = in_utf8(data, content_type)
    listing = _listing(data, url, content_type)
    if not listing.entries and not END.search(data):
        raise CutShort
    return listing


def _listing(data: bytes, url: str | None, content_type: str | None) -> Listing:
    try:
        return quick.parse(data, url)
    # A reader meets whatever a stranger sent, and may raise anything.
    except Exception:
        return tolerant.parse(data, url, content_type)
