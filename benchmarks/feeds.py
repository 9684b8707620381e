"""Feeds and full texts against their peers, in one run: `./run bench feeds [FOLDER]`.

Agreement is with what gofeed's own tests expect of its 541 files, beside feedparser's on the same. Speed is of those
files, of made-up papers of 20 to 40 entries (`benchmarks/papers.py`) and of the feeds in FOLDER, in seconds of
processor; listing is held against feedparser without sanitising and resolving, which listing does not do either, and
against feedparser as it comes. Full text is F1 of four-word shingles, as the article extraction benchmark counts it,
beside trafilatura's precision mode on the same pages.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import mean, median
from typing import Any

import feedparser
import trafilatura

from benchmarks.papers import paper
from ingest.answers import NotAFeed, Unreadable
from ingest.feeds import list_source, read_feed
from ingest.pages import read_page

DATA = Path(__file__).parents[2] / "shared" / "data"
PAPERS, TIMES = 40, 3
"""Feeds that are made up, and readings of which the quickest counts."""
SHINGLE = 4

Said = Mapping[str, Any]
"""What a feed says: `count`, `title`, and of its first entry `entry`, `link`, `id`; None where it does not."""


def corpus() -> Iterator[tuple[bytes, Said]]:
    """Each file of gofeed's tests, and what they expect of it."""
    with tarfile.open(DATA / "feeds" / "gofeed-testdata.tar.gz") as files:
        held = {each.name: each for each in files.getmembers() if each.isfile()}
        for name in sorted(held):
            wanted = held.get(f"{name.removesuffix('.xml')}.json")
            if name.endswith(".xml") and wanted:
                feed, expected = files.extractfile(held[name]), files.extractfile(wanted)
                assert feed is not None
                assert expected is not None
                yield feed.read(), _expected(json.loads(expected.read()))


def _expected(told: Any) -> Said:
    entries = told.get("items") or told.get("entries") or []
    first = entries[0] if entries else {}
    links = [each["href"] for each in first.get("links") or [] if isinstance(each, dict) and each.get("href")]
    guid = first.get("guid") or first.get("id")
    return {
        "count": len(entries),
        "title": told.get("title"),
        "entry": first.get("title"),
        "link": first.get("link") or (links[0] if links else None),
        "id": guid.get("value") if isinstance(guid, dict) else guid,
    }


def ours(data: bytes) -> Said:
    listing = list_source(data, url=None)
    first = listing.entries[0] if listing.entries else None
    said = (first.title, first.link, first.id) if first else (None, None, None)
    return {"count": len(listing.entries), "title": listing.title} | dict(
        zip(("entry", "link", "id"), said, strict=True)
    )


def theirs(data: bytes) -> Said:
    parsed = feedparser.parse(data)
    first = parsed.entries[0] if parsed.entries else {}
    said = {key: first.get(name) for key, name in (("entry", "title"), ("link", "link"), ("id", "id"))}
    return {"count": len(parsed.entries), "title": parsed.feed.get("title")} | said


def agreement(read: Callable[[bytes], Said], cases: list[tuple[bytes, Said]]) -> tuple[Counter[str], Counter[str], int]:
    """How often each field agrees, of how many, and how many it raised on. No feed is an answer."""
    agreed, asked, raised = Counter[str](), Counter[str](), 0
    for data, wanted in cases:
        try:
            got = read(data)
        except NotAFeed:
            got = {"count": 0}
        except Exception:
            raised += 1
            continue
        for field, value in wanted.items():
            if value not in (None, ""):
                asked[field] += 1
                agreed[field] += _plain(got.get(field)) == _plain(value)
    return agreed, asked, raised


def _plain(value: Any) -> str:
    return " ".join(html.unescape(str(value or "")).split())


def speed(name: str, feeds: Sequence[bytes]) -> None:
    size = sum(map(len, feeds)) / len(feeds) / 1000

    def each(read: Callable[[bytes], Any]) -> list[float]:
        return [min(_spent(read, data) for _ in range(TIMES)) * 1000 for data in feeds]

    listed, whole = each(lambda data: list_source(data, url=None)), each(lambda data: read_feed(data, url=None))
    bare = each(lambda data: feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False))
    full = each(lambda data: feedparser.parse(data, sanitize_html=True, resolve_relative_uris=True))
    print(f"speed, {len(feeds)} {name}, {size:.1f} kB and {mean(listed):.2f} ms of CPU each to list:")
    for what, peer in (("without sanitising and resolving", bare), ("as it comes", full)):
        ratios = sorted(theirs / ours for theirs, ours in zip(peer, listed, strict=True))
        print(
            f"  feedparser {what} {mean(peer):.1f} ms: × {sum(peer) / sum(listed):.1f} in sum, × {median(ratios):.1f} "
            f"of half of them, × {ratios[0]:.1f} of the least"
        )
    print(f"  read into entries, markup made plain: {mean(whole):.1f} ms, × {sum(full) / sum(whole):.1f} as it comes")


def _spent(read: Callable[[bytes], Any], data: bytes) -> float:
    begun = time.process_time()
    with suppress(NotAFeed, ValueError):
        read(data)
    return time.process_time() - begun


def full_text() -> None:
    truth = json.loads((DATA / "pages" / "ground-truth.json").read_text())
    pages = {name: gzip.decompress((DATA / "pages" / f"{name}.html.gz").read_bytes()) for name in truth}

    def text_of_ours(data: bytes, url: str) -> str:
        try:
            return read_page(data, url).text
        except Unreadable:
            return ""

    def text_of_theirs(data: bytes, url: str) -> str:
        return trafilatura.extract(data, url=url, favor_precision=True, include_comments=False) or ""

    for who, read in (("ours", text_of_ours), ("trafilatura, precision", text_of_theirs)):
        begun, sums = time.process_time(), [0.0, 0.0, 0.0]
        for name, data in pages.items():
            found = read(data, truth[name].get("url") or "https://paper.example/")
            for at, part in enumerate(_compared(found, truth[name]["articleBody"])):
                sums[at] += part
        hit, wrong, missed = sums
        precision, recall = hit / (hit + wrong), hit / (hit + missed)
        f1 = 2 * precision * recall / (precision + recall)
        spent = (time.process_time() - begun) / len(pages) * 1000
        print(
            f"full text, {len(pages)} pages, {who}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}, {spent:.0f} ms of CPU"
        )


def _compared(found: str, wanted: str) -> tuple[float, float, float]:
    """Shingles found rightly, wrongly and missed, each page counting the same."""
    mine, its = _shingles(found), _shingles(wanted)
    hit = (mine & its).total()
    parts = hit, mine.total() - hit, its.total() - hit
    whole = sum(parts) or 1
    return parts[0] / whole, parts[1] / whole, parts[2] / whole


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)) if words)


def main(folder: Path | None) -> int:
    if not DATA.exists():
        print("The development data is not beside the project.", file=sys.stderr)
        return 2
    cases = list(corpus())
    for who, read in (("ours", ours), ("feedparser", theirs)):
        agreed, asked, raised = agreement(read, cases)
        told = ", ".join(f"{field} {agreed[field]}/{asked[field]}" for field in asked)
        print(f"agreement with gofeed, {len(cases)} files, {who}: {told}; raised on {raised}")
    speed("files of gofeed's tests", [data for data, _ in cases])
    speed("made-up papers", [paper(number) for number in range(PAPERS)])
    if folder:
        speed("feeds of the folder", [each.read_bytes() for each in sorted(folder.iterdir())])
    full_text()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else None))
