"""`newsdigest feeds list|add|remove|check|health|export`: the feeds that are read, and why one brings nothing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import typer

from bot.ailing import told_of, why
from bot.app import utc_now
from bot.console import IDS, AsJson, UnknownChat, counted, json_line, opened, run, settings
from bot.exchanging import outlines_of
from bot.settings import Settings
from bot.work import guarded
from ingest.answers import Unreadable
from ingest.door import Door
from ingest.opml import write_opml
from ingest.workers import Workers
from jobs.follow import NoFeed, SeveralFeeds, feed_at, find
from news.feed import Feed, State, bare_address, since_of, state_of
from storage import Storage

AT_ONCE = 8
NO_FEED = "No feed can be found here. Try the address of the feed itself, or another page of the site."
NONE_READ = "No feed is read yet. `newsdigest feeds add` takes the address of one, or of a site."
ALL_WELL = "Every feed answers, and brings something within its own rhythm."

feeds = typer.Typer(help="The feeds that are read, and why one brings nothing.", no_args_is_help=True)
Addresses = Annotated[list[str], typer.Argument(metavar="ADDRESS…", help="Of feeds, or of their sites.")]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one source: a line for people and fields for programs, or what is wrong with it."""

    source: str
    line: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None


@feeds.command("list")
def list_feeds(as_json: AsJson = False) -> None:
    """Lists every feed: its address, title, state and how many chats follow it by itself."""
    known = run(_known(settings(), _listed))
    if not known:
        print(NONE_READ, file=sys.stderr)
    _tell(known, as_json=as_json)


@feeds.command("health")
def health(as_json: AsJson = False) -> None:
    """Lists the feeds that brought nothing lately, each with why, and since when."""
    known = run(_known(settings(), _ailing))
    ailing = [each for each in known if each.fields["state"] != "well"]
    if not ailing:
        print(ALL_WELL if known else NONE_READ, file=sys.stderr)
    _tell(ailing, as_json=as_json)


@feeds.command("add")
def add(addresses: Addresses, as_json: AsJson = False) -> None:
    """Reads these feeds from now on, for every chat. The address of a site is enough."""
    run(_each(settings(), addresses, _added, as_json=as_json))


@feeds.command("remove")
def remove(addresses: Addresses, as_json: AsJson = False) -> None:
    """Reads these feeds no more. Their articles stay, and the chats that follow them lose them."""
    run(_each(settings(), addresses, _removed, as_json=as_json))


@feeds.command("check")
def check(addresses: Addresses, as_json: AsJson = False) -> None:
    """Fetches these feeds now and says what came. Keeps and changes nothing."""
    run(_each(settings(), addresses, _checked, as_json=as_json, at_once=AT_ONCE))


@feeds.command("export", context_settings={"ignore_unknown_options": True})  # a group's id begins with a minus
def export(
    chat: Annotated[
        int | None, typer.Argument(help="A chat's id: the feeds it follows, with its own names.", **IDS)
    ] = None,
) -> None:
    """Writes the feeds as an OPML file, which other news readers and `newsdigest ingest` take."""
    print(run(_exported(settings(), chat)), end="")


async def _exported(its: Settings, chat: int | None) -> str:
    async with opened(its) as storage:
        if chat is not None and await storage.chats.get(chat) is None:
            raise UnknownChat
        return write_opml(await outlines_of(storage, chat)).decode()


@dataclass(frozen=True, slots=True)
class _Tools:
    storage: Storage
    door: Door
    workers: Workers
    known: set[int] = field(default_factory=set)
    """The feeds there are, by id, once one is to be added."""


@asynccontextmanager
async def _tools(its: Settings) -> AsyncIterator[_Tools]:
    async with opened(its) as storage, guarded(its) as door, Workers() as workers:
        yield _Tools(storage, door, workers)


async def _each(
    its: Settings,
    addresses: Sequence[str],
    work: Callable[[_Tools, str], Awaitable[Told]],
    *,
    as_json: bool,
    at_once: int = 1,
) -> None:
    """Does the work for each address, and tells of them in the order given; status 1 if one could not be done."""
    gate, problems = asyncio.Semaphore(at_once), 0

    async def one(tools: _Tools, address: str) -> Told:
        async with gate:
            try:
                return await work(tools, address)
            except (Unreadable, _Unknown) as problem:
                return Told(address, problem=str(problem))
            except NoFeed:
                return Told(address, problem=NO_FEED)

    async with _tools(its) as tools:
        for task in [asyncio.create_task(one(tools, address)) for address in addresses]:
            told = await task
            problems += told.problem is not None
            _tell([told], as_json=as_json)
    if problems:
        raise typer.Exit(1)


def _tell(some: Iterable[Told], *, as_json: bool) -> None:
    for told in some:
        if as_json:
            said = told.fields if told.problem is None else {"source": told.source, "error": told.problem}
            print(json_line(said))
        elif told.problem is not None:
            print(f"{told.source}: {told.problem}", file=sys.stderr)
        else:
            print(told.line)


async def _added(tools: _Tools, address: str) -> Told:
    if not tools.known:
        tools.known.update(feed.id for feed in await tools.storage.feeds.all())
    try:
        now = utc_now()
        feed = await feed_at(
            tools.storage, tools.door, tools.workers, address, now=now, is_shared=True, is_choosing=True
        )
    except SeveralFeeds as several:
        raise _Unknown(str(several)) from several
    is_new = feed.id not in tools.known
    tools.known.add(feed.id)
    line = f"{'new  ' if is_new else 'known'}  {feed.url}  {feed.title or ''}".rstrip()
    fields = {"source": address, "address": feed.url, "title": feed.title, "new": is_new}
    return Told(address, line, fields)


class _Unknown(Exception):
    """What was named is no feed that is read, or several are; the argument is the sentence."""


async def _removed(tools: _Tools, address: str) -> Told:
    known = await tools.storage.feeds.all()
    meant = bare_address(address)
    found = [feed for feed in known if bare_address(feed.url) == meant]
    found = found or [feed for feed in known if feed.site_url and bare_address(feed.site_url) == meant]
    if not found:
        raise _Unknown("No feed of this address is read. `newsdigest feeds list` shows those that are.")
    if len(found) > 1:
        named = ", ".join(feed.url for feed in found)
        raise _Unknown(f"Several feeds of this site are read. Name one of them: {named}")
    [feed] = found
    await tools.storage.feeds.remove(feed.id)
    line = f"removed  {feed.url}  {feed.title or ''}".rstrip()
    return Told(address, line, {"source": address, "address": feed.url, "title": feed.title, "removed": True})


async def _checked(tools: _Tools, address: str) -> Told:
    found = await find(tools.door, tools.workers, address)
    entries = found.parsed.entries
    newest = max(entries, key=lambda entry: entry.published or "", default=None)
    fields = {
        "source": address,
        "address": found.url,
        "title": found.parsed.title,
        "entries": len(entries),
        "newest": newest.headline if newest else None,
        "published": newest.published if newest else None,
        "status": found.fetched.status,
        "bytes": len(found.fetched.body),
        "moved_to": found.fetched.moved_permanently_to,
    }
    at = "" if bare_address(found.url) == bare_address(address) else f" at {found.url}"
    said = f"{found.parsed.title or 'a feed'}{at}, {counted(len(entries), 'entry', 'entries')}"
    said += f", the newest “{newest.headline}”" if newest else ""
    said += f"; it moved for good to {found.fetched.moved_permanently_to}" if found.fetched.moved_permanently_to else ""
    return Told(address, f"{address}: {said}.", fields)


async def _known(its: Settings, tell: Callable[[Feed, int, datetime], Told]) -> list[Told]:
    async with opened(its) as storage:
        followers, now = await storage.feeds.followers(), utc_now()
        return [tell(feed, followers.get(feed.id, 0), now) for feed in await storage.feeds.all()]


def _listed(feed: Feed, followers: int, now: datetime) -> Told:
    state = state_of(feed, followers=followers, now=now)
    line = f"{feed.url}  {feed.title or '(no title yet)'}  {state}  {counted(followers, 'follower', 'followers')}"
    return Told(feed.url, line, _fields(feed, state, followers))


def _ailing(feed: Feed, followers: int, now: datetime) -> Told:
    state = state_of(feed, followers=followers, now=now)
    said = _fields(feed, state, followers) | {"why": why(feed, state)}
    return Told(feed.url, told_of(feed, followers=followers, now=now), said)


def _fields(feed: Feed, state: State, followers: int) -> dict[str, Any]:
    return {
        "address": feed.url,
        "title": feed.title,
        "state": state,
        "followers": followers,
        "topic": feed.topic,
        "shared": feed.is_shared,
        "since": _iso(since_of(feed, state)),
        "status": feed.status,
        "problem": feed.problem,
        "failures": feed.failures,
        "moved_to": feed.replacement,
        "read_at": _iso(feed.refreshed_at),
        "answered_at": _iso(feed.answered_at),
        "brought_at": _iso(feed.brought_at),
        "usual_gap_seconds": round(feed.rhythm.total_seconds()) if feed.rhythm else None,
        "next_at": None if state in ("gone", "not followed") else _iso(feed.next_due_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
