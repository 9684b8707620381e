"""`newsdigest try feed|page|filter`: how a source or a filter would be read, without keeping anything."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.console import counted, for_terminal, json_line
from bot.opening import file_bytes
from bot.seeding import taxonomy
from ingest.answers import Unreadable
from ingest.door import Door
from ingest.feeds import list_source
from ingest.listing import Listing
from ingest.pages import read_page
from ingest.workers import Workers
from news.article import Entry
from news.grammar import Unclear, understood
from news.messages.filters import reading, rehearsed
from news.messages.markup import shown
from news.messages.panels import brings
from news.messages.words import Words
from storage import Storage

AHEAD = 8
"""Sources that are read while an earlier one is still waited for."""
SHOWN = 5
FORESEEN = timedelta(days=7)
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Sampled:
    """What became of one source: what was found there, or why nothing could be read."""

    source: str
    found: dict[str, Any] | None
    problem: str | None = None

    def fields(self) -> dict[str, Any]:
        """One line of `--json`."""
        return {"source": self.source, **(self.found or {"error": self.problem})}


Reading = Callable[[Workers, bytes, str | None, str | None], Coroutine[Any, Any, dict[str, Any]]]


async def feed_fields(workers: Workers, data: bytes, url: str | None, content_type: str | None) -> dict[str, Any]:
    """A feed as it lists itself."""
    return _listing_fields(await workers.run(list_source, data, url=url, content_type=content_type))


async def page_fields(workers: Workers, data: bytes, url: str | None, content_type: str | None) -> dict[str, Any]:
    """The article on a page."""
    return _page_fields(await workers.run(read_page, data, url or ""))


async def sampled(sources: Sequence[str], reading: Reading, opened: Door) -> AsyncIterator[Sampled]:
    """What each source gives, in their order; one that cannot be read holds up no other."""
    async with opened as door, Workers() as workers:
        gate = asyncio.Semaphore(AHEAD)

        async def one(source: str) -> Sampled:
            async with gate:
                try:
                    data, url, content_type = await _opened(door, source)
                    return Sampled(source, await reading(workers, data, url, content_type))
                except Unreadable as problem:
                    return Sampled(source, None, str(problem))

        for begin in range(0, len(sources), AHEAD * 8):
            batch = [asyncio.create_task(one(source)) for source in sources[begin : begin + AHEAD * 8]]
            for task in batch:
                yield await task


async def _opened(door: Door, source: str) -> tuple[bytes, str | None, str | None]:
    """What a file or an address holds, where it lies, and as what it came."""
    if "://" in source:
        fetched = await door.get(source)
        return bytes(fetched.body), fetched.url, fetched.content_type
    return await asyncio.to_thread(file_bytes, source), None, None


def _listing_fields(listing: Listing) -> dict[str, Any]:
    entries = [asdict(each) for each in listing.entries]
    return {"title": listing.title, "link": listing.link, "language": listing.language, "entries": entries}


def _page_fields(entry: Entry) -> dict[str, Any]:
    return {
        "headline": entry.headline,
        "text": entry.text,
        "published": entry.published,
        "image": entry.image_url,
        "credit": entry.image_credit,
        "language": entry.language,
        "byline": entry.byline,
        "url": entry.url,
    }


def print_sampled(one: Sampled, *, as_json: bool) -> None:
    """A line for programs, or a few for people."""
    if as_json:
        print(json_line(one.fields()))
    elif one.found is None:
        print(f"{one.source}: {one.problem}", file=sys.stderr)
    elif "entries" in one.found:
        entries = one.found["entries"]
        print(f"{for_terminal(one.found['title'] or one.source)}: {counted(len(entries), 'entry', 'entries')}")
        for entry in entries[:SHOWN]:
            print(for_terminal(f"  {(entry['published'] or '')[:16]:<16}  {entry['title'] or entry['link'] or ''}"))
    else:
        print(for_terminal(f"{one.found['headline']}\n\n{one.found['text']}\n"))


async def try_filter(storage: Storage, typed: str, now: datetime, *, as_json: bool) -> list[str]:
    """What a filter says in plain words, and what it would have brought of the last seven days.

    Raises Unclear with the place that cannot be read.
    """
    names = dict(await storage.topics.all()) or {topic.slug: topic.name for topic in taxonomy().topics}
    typed, wanted = understood(typed, topics=names)
    words = Words()
    since = now - FORESEEN
    rehearsal = await storage.subscriptions.rehearse(wanted, chat_id=None, since=since, now=now, examples=EXAMPLES)
    if as_json:
        said = {"filter": typed, "reads": reading(wanted, words), "days": FORESEEN.days} | asdict(rehearsal)
        return [json_line(said | {"a_day": round(rehearsal.wanted / FORESEEN.days, 1)})]
    counts = brings(words, (rehearsal.articles, rehearsal.wanted))
    return [f"{counts}.", *shown(rehearsed(wanted, rehearsal, words)).split("\n")]


def unclear_lines(typed: str, unclear: Unclear, *, as_json: bool) -> list[str]:
    """Why a filter cannot be read, with a mark under the place where it cannot."""
    if as_json:
        said = {"filter": typed, "error": str(unclear), "start": unclear.start, "end": unclear.end}
        return [json_line(said)]
    under = " " * unclear.start + "^" * max(1, unclear.end - unclear.start)
    return [typed, under, str(unclear)]
