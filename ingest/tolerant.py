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
    if b"<description" in data:
        # It would take what a picture shows for the text of the entry.
        data = data.replace(b"media:description", b"media:caption")
    headers = {"content-type": content_type} if content_type else {}
    parsed = feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=resolve
    )
    entries = [_plain(entry) for entry in parsed.get("entries", [])]
    return {"version": parsed.get("version"), "feed": {**parsed.get("feed", {})}, "entries": entries}


def _plain(entry: Any) -> dict[str, Any]:
    """An entry as a plain dictionary, since the reader's own warns when asked for what is not there; and without the
    summary that it makes of the content.
    """
    made = {"summary": ""} if entry.get("content") and "summary_detail" not in entry else {}
    return {**entry, "enclosures": entry.get("enclosures", []), **made}
