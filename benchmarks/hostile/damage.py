"""H4, H5: feeds and pages damaged on their way, and entities that would have us open a file or an address."""

from __future__ import annotations

import ctypes
import os
import random
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.hostile.watch import watching
from benchmarks.reliability.campaign import Campaign, Infeasible, Outcome, outcome
from ingest.answers import Unreadable
from ingest.feeds import read_feed
from ingest.naming import find_feeds
from ingest.opml import read_opml
from ingest.pages import read_page
from ingest.sitemaps import sitemaps_in
from ingest.watching import guess_lists

FIXTURES = Path(__file__).parents[2] / "tests" / "ingest" / "fixtures"
LONGEST = 10.0
"""Seconds of processor that one damaged file may take."""
PIECES = [
    *(b"<", b">", b"&", b"]]>", b"<![CDATA[", b"\x00", b"&#0;", b"&#xD800;", b"<!--", b"-->", b"\xff\xfe"),
    *(b"<item>", b"</item>", b"<title>", b"</channel>", b"<?xml version='1.0' encoding='utf-16'?>", b"\xc3\x28"),
    *(b"9" * 5_000, b"a" * 20_000, b"<pubDate>Thu, 31 Dec 9999 23:59:60 +9999</pubDate>", b"<guid>same</guid>"),
    *(b"<pubDate>Sat, 0 Jan 0000 00:00:00 GMT</pubDate>", b"<link>http://[</link>", b"xml:base='//['", b"{"),
]  # fmt: skip
ENCODINGS = ("utf-16", "utf-32", "koi8-r", "shift_jis", "gb18030", "cp037", "utf-7")


def damaged(chance: random.Random, whole: bytes, others: Sequence[bytes]) -> bytes:
    """A file as files get damaged: bits, cuts, pieces moved and put in, another encoding, tags swapped."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 12)):
        at, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        match chance.randrange(8):
            case 0 if data:
                data[at % len(data)] ^= 1 << chance.randrange(8)
            case 1:
                del data[at : at + chance.randrange(60)]
            case 2:
                data[at:at] = chance.choice(PIECES)
            case 3:
                data[at:at] = data[end - chance.randrange(300) :][:300]
            case 4:
                piece = chance.choice(others)
                data[at:at] = piece[chance.randrange(len(piece)) :][:500]
            case 5:
                tags = [b"title", b"link", b"guid", b"item", b"entry", b"description", b"p", b"a", b"html"]
                data = bytearray(data.replace(chance.choice(tags), chance.choice(tags)))
            case 6 if chance.random() < 0.2:
                text = bytes(data).decode("utf-8", errors="replace")
                data = bytearray(text.encode(chance.choice(ENCODINGS), errors="replace"))
            case _ if chance.random() < 0.1:
                del data[at:]
    return bytes(data)


READINGS: dict[str, Callable[[bytes], Any]] = {
    "feed": lambda data: read_feed(data, url="https://harbour.example/feed"),
    "watched page": lambda data: read_feed(data, url="https://harbour.example/feed", watched="main a, .news h2"),
    "page": lambda data: read_page(data, "https://harbour.example/page"),
    "feeds of a page": lambda data: find_feeds(data, "https://harbour.example/page"),
    "lists of a page": lambda data: guess_lists(data, "https://harbour.example/page"),
    "sitemap": lambda data: sitemaps_in(data, "https://harbour.example/map"),
    "list of feeds": read_opml,
}


async def damaged_on_their_way(seed: int, size: int, database_url: str) -> Outcome:
    """`size` damaged files, each read in every way there is: what comes is an entry with a headline, or an answer."""
    whole = [path.read_bytes() for path in sorted(FIXTURES.rglob("*")) if path.is_file()]
    problems, said, longest = list[str](), Counter[str](), 0.0
    for number in range(size):
        chance = random.Random(f"{seed} {number}")
        data = damaged(chance, chance.choice(whole), whole)
        for kind, read in READINGS.items():
            begun = time.process_time()
            try:
                found = read(data)
                said["read"] += 1
                if kind == "feed" and not all(entry.headline for entry in found.entries):
                    problems.append(f"{kind} {number}: an entry without a headline")
            except Unreadable as answer:
                said[type(answer).__name__] += 1
            except Exception as accident:
                problems.append(f"{kind} {number}: {accident!r}")
            took = time.process_time() - begun
            longest = max(longest, took)
            if took > LONGEST:
                problems.append(f"{kind} {number}: {took:.0f} s")
    if len(said) < 3:
        problems.append("nothing was damaged")
    seen = (
        f"{said['read']} read, {said.total() - said['read']} answered, none took more than {longest:.1f} s of processor"
    )
    return outcome(f"{size} files × {len(READINGS)} readings of {len(whole)} wholes", seen, problems)


SECRET = "hunter2 of the canary"
TARGETS = ("file://{secret}", "{secret}", "FILE:///{secret}", "http://127.0.0.1:{port}/x", "ftp://127.0.0.1:{port}/x",
           "//127.0.0.1:{port}/x", "php://filter/resource={secret}", "http://[::1]:{port}/x")  # fmt: skip
FORMS = (
    '<!DOCTYPE rss [<!ENTITY x SYSTEM "{target}">]>{feed}',
    '<!DOCTYPE rss [<!ENTITY x PUBLIC "-//X//EN" "{target}">]>{feed}',
    '<!DOCTYPE rss [<!ENTITY % p SYSTEM "{target}">%p;<!ENTITY x "y">]>{feed}',
    '<!DOCTYPE rss SYSTEM "{target}">{feed}',
    '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "{target}">{feed}',
    '<?xml-stylesheet href="{target}"?>{feed}',
    '<rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel><xi:include href="{target}"/></channel></rss>',
    '<rss xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="{target}"/>',
    '<!DOCTYPE html [<!ENTITY x SYSTEM "{target}">]><html><body>&x;</body></html>',
    '<!DOCTYPE opml [<!ENTITY x SYSTEM "{target}">]><opml><outline text="&x;" xmlUrl="http://x.example/"/></opml>',
)  # fmt: skip
ITEM = "<item><title>i &x;</title><description>&x;</description></item>"
FEED = f'<rss version="2.0"><channel><title>t &x;</title>{ITEM}</channel></rss>'


async def entities(seed: int, size: int, database_url: str) -> Outcome:
    """Every form of outside entity to every kind of target, in every reading: no file is opened, nobody called."""
    problems, tried = list[str](), 0
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "secret"
        secret.write_text(SECRET)
        async with watching() as watch:
            for form in FORMS:
                for target in TARGETS:
                    said = form.format(target=target.format(secret=secret, port=watch.port), feed=FEED).encode()
                    with opened(secret) as opens:
                        tried += 1
                        told = "".join(_read(read, said) for read in READINGS.values())
                        if SECRET in told or opens():
                            problems.append(f"{form[:60]} to {target}: the file was opened")
                    problems += [f"{form[:60]} to {target}: {each}" for each in watch.wrong(allowed=("", 0))]
                    watch.forget()
    return outcome(f"{tried} forms × {len(READINGS)} readings", "no file opened, no connection made", problems)


def _read(read: Callable[[bytes], Any], data: bytes) -> str:
    try:
        return repr(read(data))
    except Unreadable:
        return ""


@contextmanager
def opened(path: Path) -> Iterator[Callable[[], bool]]:
    """Whether anybody opened the file, as the kernel saw it: libraries in C ask nobody else."""
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        number = libc.inotify_init1(os.O_NONBLOCK)
    except AttributeError:
        raise Infeasible("only Linux tells who opens a file") from None
    libc.inotify_add_watch(number, os.fsencode(path), 0x20)  # IN_OPEN

    def was_opened() -> bool:
        try:
            return len(os.read(number, 4_096)) >= struct.calcsize("iIII")
        except BlockingIOError:
            return False

    try:
        yield was_opened
    finally:
        os.close(number)


CAMPAIGNS = [
    Campaign("H4", "feeds and pages damaged on their way", damaged_on_their_way, 1_000, 5_000, ("sqlite",)),
    Campaign("H5", "entities from outside", entities, 1, 1, ("sqlite",)),
]
