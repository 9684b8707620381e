"""Feeds in XML: the quick reader first, the tolerant one for what it gives up."""

from __future__ import annotations

from ingest import quick, tolerant
from ingest.encoding import in_utf8
from ingest.listing import Listing


def read_xml_feed(data: bytes, url: str | None, content_type: str | None) -> Listing:
    """The feed in `data`, which came from `url`: RSS, RDF, Atom or CDF. Raises `NotAFeed`."""
    data = in_utf8(data, content_type)
    try:
        return quick.parse(data, url)
    # A reader meets whatever a stranger sent, and may raise anything.
    except Exception:
        return tolerant.parse(data, url, content_type)
