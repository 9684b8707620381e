"""Feeds: what they list, made into entries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.answers import TooLarge
from ingest.channels import read_channel
from ingest.credits import plain_credit
from ingest.encoding import unpacked
from ingest.furniture import is_furniture, unglued
from ingest.jsonfeed import read_json_feed
from ingest.language import in_their_languages, tag_of
from ingest.listing import MAX_BYTES, Listed, Listing, web_address
from ingest.manners import Asked, asked_by
from ingest.markup import clean, plain, plain_title
from ingest.prints import READING, prints_of, split
from ingest.sitemaps import read_sitemap
from ingest.watching import read_watched
from ingest.xmlfeed import read_xml_feed
from news.article import Entry
from news.feed import mark
from news.mastheads import without_masthead

MAX_LINE = 500
"""Characters of a headline, a name or a section."""
WHOLE = 600
"""Characters: a feed's text below this is hardly an article."""
FEW = 10
CUT_OFF = re.compile(r"(?:…|\.\.\.|\[(?:…|\.\.\.|&hellip;)\]|\((?:more|…)\))\W*$")
NAMELESS = re.compile(
    r"[(\[<]?(?:untitled(?: (?:post|document))?|no (?:title|subject)|null|undefined|none|n/a|ohne titel|kein titel"
    r"|sans titre|sin título|senza titolo|sem título|zonder titel|bez tytułu|без названия|без назви"
    r"|無題|无标题|無標題|제목 없음)[)\]>]?|\W*",
    re.IGNORECASE,
)
"""What programs write where nobody gave a title."""
BYLINE_EMAIL = re.compile(r"\S+@\S+\s*\((?P<name>[^)]+)\)|(?P<only>.*?)\s*<?[^\s<>]+@[^\s<>]+>?\s*$")


NOTHING = Asked()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed says about itself, and its entries in its own order, each in the language that the feed declares.

    To find the language a text is in takes longer than all the rest, so that is left to who needs it, but for a few
    entries beside known ones: those are new, and told in their language at once. Entries that are known, and say what
    they said, are not read at all.
    """

    title: str | None
    site_url: str | None
    language: str | None
    entries: tuple[Entry, ...]
    is_told: bool = False
    """Whether the entries are in the language that their text is in."""
    prints: tuple[bytes, ...] = ()
    """By which each of the entries is known next time, as long as it says the same; empty where it will not be."""
    known: bytes = b""
    """The prints of those that are known, after the print of this reading."""
    listed: tuple[str, ...] = ()
    """The marks of all, see `news.feed.mark`."""
    asked: Asked = NOTHING


def read_feed(
    data: bytes,
    *,
    url: str | None,
    content_type: str | None = None,
    watched: str | None = None,
    known: bytes = b"",
) -> ParsedFeed:
    """The feed in `data`, which came from `url`; or what the selector `watched` finds on the page. Raises `NotAFeed`.

    Entries whose prints are among those `known` are left out. Works the processor hard for hostile input: run it
    through `ingest.workers`.
    """
    if watched is None:
        listing = list_source(data, url=url, content_type=content_type)
    else:
        listing = read_watched(data, url or "", watched)
    title = plain_title((listing.title or "")[:MAX_LINE]) or None
    prints = prints_of(listing, title)
    met = split(known).intersection(prints)
    read, marks = list[tuple[Entry, bytes]](), list[str]()
    for each, its in zip(listing.entries, prints, strict=True):
        if its in met:
            marks.append(mark(each.id or each.link or ""))
        elif entry := _entry(each, base=listing.base, source=title, declared=listing.language):
            marks.append(mark(entry.guid or entry.url or entry.headline))
            read.append((entry, its))
    entries = [entry for entry, _ in read]
    is_told = bool(met) and len(entries) <= FEW
    return ParsedFeed(
        title=title,
        site_url=listing.link,
        language=tag_of(listing.language),
        entries=tuple(in_their_languages(entries) if is_told else entries),
        is_told=is_told,
        prints=tuple(its for _, its in read),
        known=READING + b"".join(met),
        listed=tuple(marks),
        asked=NOTHING if watched else asked_by(data),
    )


def list_source(data: bytes, *, url: str | None, content_type: str | None = None) -> Listing:
    """What `data` lists, just as it says it: a feed, a Telegram channel's page or a news sitemap. Raises `NotAFeed`."""
    if len(data) > MAX_BYTES:
        raise TooLarge
    data = unpacked(data)
    found = read_json_feed(data, url) or read_channel(data, url) or read_sitemap(data, url)
    return found or read_xml_feed(data, url, content_type)


def _entry(listed: Listed, *, base: str, source: str | None, declared: str | None) -> Entry | None:
    whole = listed.content
    shown = plain(whole or listed.summary)
    paragraphs = tuple(_paragraphs(shown.paragraphs))
    title = plain_title(listed.title)[:MAX_LINE]
    title = "" if paragraphs and NAMELESS.fullmatch(title) else title
    headline = without_masthead(title, source) or _opening(paragraphs)
    if not headline:
        return None
    if len(paragraphs) == 1 and title and _letters(paragraphs[0]) == _letters(title):
        paragraphs = ()
    standfirst = _standfirst(listed.summary, paragraphs) if whole else None
    return Entry(
        headline=headline,
        paragraphs=paragraphs,
        standfirst=standfirst,
        byline=_byline(listed),
        published=listed.published,
        section=_section(listed),
        language=tag_of(declared),
        guid=listed.id,
        url=listed.link,
        source=source,
        image_url=next(iter(listed.images), None) or web_address(base, shown.image),
        image_credit=plain_credit(listed.credit) if listed.images else None,
        is_teaser=bool(listed.link) and not listed.is_whole and _is_teaser(paragraphs, is_summary=not whole),
    )


def _paragraphs(paragraphs: Iterable[str]) -> Iterable[str]:
    for paragraph in paragraphs:
        text = unglued(paragraph).strip()
        if text and not is_furniture(text):
            yield text


def _standfirst(summary: str, paragraphs: tuple[str, ...]) -> str | None:
    """The summary, where it is one paragraph and says more than the text begins with."""
    said = tuple(_paragraphs(plain(summary).paragraphs))
    if len(said) != 1 or len(said[0]) > 400 or CUT_OFF.search(said[0][-40:]):
        return None
    text = "".join(" ".join(paragraphs).split())
    return None if "".join(said[0].split()) in text else said[0]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _opening(paragraphs: tuple[str, ...]) -> str:
    """A headline for an entry that has none: its first words."""
    first = paragraphs[0] if paragraphs else ""
    return first if len(first) <= 120 else first[:120].rsplit(" ", 1)[0] + "…"


def _is_teaser(paragraphs: tuple[str, ...], *, is_summary: bool) -> bool:
    length = sum(map(len, paragraphs))
    is_cut = bool(paragraphs) and bool(CUT_OFF.search(paragraphs[-1][-40:]))
    return is_cut or length < WHOLE or (is_summary and len(paragraphs) < 3)


def _byline(listed: Listed) -> str | None:
    names = []
    for author in listed.authors:
        name = clean(plain_title(author))
        email = BYLINE_EMAIL.fullmatch(name) if len(name) < 200 else None
        names.append((email["name"] or email["only"] or "").strip() if email else name)
    return ", ".join(filter(None, names))[:MAX_LINE] or None


def _section(listed: Listed) -> str | None:
    names = (plain_title(name[:100]) for name in listed.categories)
    return next((name for name in names if name and "://" not in name), None)
