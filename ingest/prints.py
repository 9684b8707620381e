"""Prints: by which an entry that says what it said is known before it is read."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from itertools import chain
from pathlib import Path

import ingest
from ingest.listing import Listed, Listing
from news import mastheads
from news.identity import names

SIZE = 8
"""Bytes of a print."""


def _reading() -> bytes:
    """The print of the code that reads: of this room, and of what takes a site's name from a headline."""
    room = sorted(each for part in ingest.__path__ for each in Path(part).glob("*.py"))
    code = b"".join(each.read_bytes() for each in (*room, Path(mastheads.__file__)) if each.exists())
    return blake2b(code, digest_size=SIZE).digest()


READING = _reading()
"""Stands first among the prints that are kept with a feed: only beside it do they say what is read today."""


def prints_of(listing: Listing, title: str | None) -> list[bytes]:
    """The print of each entry: of all that its reading depends on, so also of what the feed says about itself.

    Empty where its guid or its address is another's too: what such names stand for is decided by reading both.
    """
    about = repr((READING, listing.base, title, listing.language))
    called = [names(each.id, each.link) for each in listing.entries]
    count = Counter(chain.from_iterable(called))
    return [
        _print(each, about) if own and all(count[name] == 1 for name in own) else b""
        for each, own in zip(listing.entries, called, strict=True)
    ]


def is_read_so(known: bytes | None) -> bool:
    """Whether the prints that are kept with a feed are of what was read just as it is read today."""
    return (known or b"").startswith(READING)


def split(known: bytes) -> frozenset[bytes]:
    """Prints that are kept one after the other."""
    return frozenset(known[at : at + SIZE] for at in range(0, len(known), SIZE))


def _print(entry: Listed, about: str) -> bytes:
    # The long ones are not spelled out; by their lengths it is known where one ends.
    short = entry.id, entry.title, entry.link, entry.published, entry.authors, entry.categories, entry.images
    about += repr(short) + (entry.credit or "")
    told = f"{about}{entry.is_whole}{len(entry.summary)} {len(entry.content)} {entry.summary}{entry.content}"
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=SIZE).digest()
