"""The tolerant feed reader, for what the fast one cannot make sense of."""

from __future__ import annotations

import io
from typing import Any

import feedparser

# What the reader does beyond parsing costs more than the parsing, and is done
# better elsewhere: links are resolved and markup made plain in `ingest.feeds`.
feedparser.SANITIZE_HTML = 0
feedparser.RESOLVE_RELATIVE_URIS = 0


def parse(data: bytes, content_type: str | None, *, resolve: bool = False) -> dict[str, Any]:
    """A feed as `feedparser` sees it. Takes minutes for what is made to take minutes:
    run it where it can be ended. `resolve`: addresses within texts are made absolute.
    """
    headers = {"content-type": content_type} if content_type else {}
    parsed = feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=resolve
    )
    # Plain dictionaries: the reader's own warn when asked for what is not there.
    entries = [{**entry, "enclosures": entry.get("enclosures", [])} for entry in parsed.get("entries", [])]
    return {"version": parsed.get("version"), "feed": {**parsed.get("feed", {})}, "entries": entries}
