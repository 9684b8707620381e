"""Watching: a page without a feed, read like one by what a selector finds on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urlsplit

from lxml import etree  # type: ignore[import-untyped]

from ingest.answers import NotASelector, NothingWatched, TooLarge
from ingest.encoding import page_in_utf8
from ingest.listing import MAX_BYTES, Listed, Listing, iso_date, joined, web_address
from ingest.markup import clean
from ingest.selectors import as_xpath
from news.messages.presses import mark

MARK = "watch="
MOST_ENTRIES = 100
LONGEST_SUMMARY = 600
LEAST_LETTERS, LEAST_OF_A_LIST = 15, 3
"""A headline has so many letters at least, one of a dense script counted thrice; a list of news so many headlines."""
MOST_GUESSES, MOST_LEVELS = 3, 3
HEADINGS = ("h1", "h2", "h3", "h4", "h5")
FURNITURE = frozenset({"nav", "footer", "aside", "header", "form", "select"})
STABLE = re.compile(r"[A-Za-z][A-Za-z_-]{1,40}")
"""A class that was made by hand: generated ones have digits, and change."""
DENSE = re.compile("[\u2e80-\ud7ff]")


@dataclass(frozen=True, slots=True)
class Guess:
    """A list on a page: the selector that finds it, and its headlines in order."""

    selector: str
    headlines: tuple[str, ...]

    @property
    def mark(self) -> str:
        """By which a button names it: the page may have changed until it is pressed."""
        return mark(self.selector)


def watched_address(url: str, selector: str) -> str:
    """The address that a watched page is known by: its own, with what is watched on it."""
    return f"{urldefrag(url)[0]}#{MARK}{quote(selector, safe='')}"


def selector_of(url: str) -> str | None:
    """What is watched on the page at an address of `watched_address`; None for any other address."""
    fragment = url.partition("#")[2]
    return unquote(fragment.removeprefix(MARK)) if fragment.startswith(MARK) else None


def read_watched(data: bytes, url: str, selector: str) -> Listing:
    """What a selector finds on a page, in its order. Raises `NotASelector`, and `NothingWatched` where that is nothing.

    Works the processor hard: run it through `ingest.workers`.
    """
    page = _page(data)
    base = joined(url, next((node.get("href") for node in page.iter("base") if node.get("href")), ""))
    found: dict[str, Listed] = {}
    for node in _select(page, selector)[:MOST_ENTRIES]:
        entry = _entry(node, base)
        if entry:
            found.setdefault(entry.link or entry.title, entry)
    if not found:
        raise NothingWatched
    title = next((clean("".join(node.itertext())) for node in page.iter("title")), "") or urlsplit(url).hostname
    language = page.get("lang")
    return Listing(title=title, link=url, language=language, base=base, entries=tuple(found.values()))


def guess_lists(data: bytes, url: str) -> tuple[Guess, ...]:
    """The lists of links on a page that look most like news, the likeliest first. Works the processor hard."""
    page = _page(data)
    groups: dict[str, list[int]] = {}
    for anchor in page.iter("a"):
        letters = _letters(_text(anchor))
        if letters < LEAST_LETTERS or not web_address(url, anchor.get("href")) or _is_furniture(anchor):
            continue
        groups.setdefault(_selector_for(anchor), []).append(min(letters, 100))
    ranked = sorted((each for each in groups if len(groups[each]) >= LEAST_OF_A_LIST), key=lambda s: -sum(groups[s]))
    guesses: dict[tuple[str, ...], Guess] = {}
    for selector in ranked[: 2 * MOST_GUESSES]:
        try:
            headlines = tuple(unescape(entry.title) for entry in read_watched(data, url, selector).entries)
        except (NothingWatched, NotASelector):
            continue
        if len(headlines) >= LEAST_OF_A_LIST:
            guesses.setdefault(headlines, Guess(selector, headlines))
    return tuple(guesses.values())[:MOST_GUESSES]


def _page(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise TooLarge
    data, encoding = page_in_utf8(data)
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding=encoding)
    try:
        page = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as cause:
        raise NothingWatched from cause
    if page is None:
        raise NothingWatched
    return page


def _select(page: Any, selector: str) -> list[Any]:
    try:
        return [node for node in page.xpath(as_xpath(selector)) if isinstance(node.tag, str)]
    # A character that no page can hold is a ValueError.
    except (etree.XPathError, ValueError) as cause:
        raise NotASelector from cause


def _entry(node: Any, base: str) -> Listed | None:
    """What was found, or what is in it: its heading, link, time, picture, and what else it says."""
    heading = next(node.iter(*HEADINGS), None)
    anchors = (heading if heading is not None else node).iter("a"), node.iter("a"), node.iterancestors("a")
    anchor = next((each for some in anchors for each in some if each.get("href")), None)
    title = _text(heading) if heading is not None else ""
    title = title or (_text(anchor) if anchor is not None else "") or _text(node)
    if not title:
        return None
    said = _text(node)
    rest = clean(said.replace(title, "", 1)) if node.tag != "a" and len(said) > len(title) else ""
    pictures = (web_address(base, picture.get("src")) for picture in node.iter("img"))
    times = (iso_date(time.get("datetime")) for time in node.iter("time"))
    return Listed(
        title=escape(title[:500]),
        link=web_address(base, anchor.get("href")) if anchor is not None else None,
        published=next(filter(None, times), None),
        summary=escape(rest[:LONGEST_SUMMARY]),
        images=tuple(filter(None, pictures))[:1],
    )


def _selector_for(anchor: Any) -> str:
    """Says where a link stands by its own name and those of the nodes around it, as far as they were made by hand."""
    steps = [_step(anchor)]
    for node in anchor.iterancestors():
        if len(steps) > MOST_LEVELS or node.tag in ("body", "html") or any("#" in step for step in steps):
            break
        steps.append(_step(node))
    return " ".join(reversed(steps))


def _step(node: Any) -> str:
    classes = [each for each in (node.get("class") or "").split() if STABLE.fullmatch(each)]
    name = str(node.tag) if STABLE.fullmatch(str(node.tag)) or node.tag in HEADINGS else "*"
    return f"{name}.{classes[0]}" if classes else name


def _is_furniture(anchor: Any) -> bool:
    return any(node.tag in FURNITURE for node in anchor.iterancestors())


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text)) + 2 * len(DENSE.findall(text))


def _text(node: Any) -> str:
    return clean(" ".join(_said(node)))


def _said(node: Any) -> Iterator[str]:
    for event, each in etree.iterwalk(node, events=("start", "end")):
        if event == "start" and each.text and each.tag not in ("script", "style"):
            yield each.text
        elif event == "end" and each is not node and each.tail:
            yield each.tail
