"""T5 and T6: whatever an article holds, Telegram takes its message, whole, and nothing in it acts."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import regex  # type: ignore[import-untyped]

from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from bot.sender import _content as fields_of
from news.article import Article, Bullet, Filing
from news.digest import Digest, Footer, Item
from news.messages.layout import View
from news.messages.looks import drawn
from news.messages.markup import units
from news.messages.message import Message
from news.messages.words import Scene
from sandbox.answers import Refused
from tests.sandbox.beside import Beside, beside

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
TOPICS = {"world": "World", "science": "Science", "business": "Business"}
SCENE = Scene(zone="Europe/Berlin", now=NOW, topics=TOPICS, bot="demo_bot")
READER = 1001
OURS = frozenset({"bold", "italic", "blockquote", "expandable_blockquote", "text_link"})
"""The kinds of entities of our own template."""
OUR_COMMANDS = frozenset({"/subscriptions"})
"""What the foot of a digest says: the one command that may be active."""
TYPES = {"b": "bold", "i": "italic", "blockquote": "blockquote", "a": "text_link"}
RICH_BLOCKS = frozenset({"paragraph", "heading", "footer", "pre", "details", "list"})
RICH_OURS = frozenset({"bold", "italic", "url", "date_time"})
LOST = re.compile("[\u0333\u033f\u030a\u2060\\s\u200b-\u200f\ufeff]")
"""What Telegram drops from any text, spaces, and signs of no width."""
UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What we leave out on purpose: it has no place in a text, or turns one round."""

SCRAPS = (
    "The harbour was quiet that night. ", "Der Hafen war still, sagt er. ", "港は静かだった。", "كان الميناء هادئا. ",
    "הנמל היה שקט. ", "👨‍👩‍👧‍👦", "🇩🇪🇫🇷🇯🇵", "👩🏽‍🚀", "e\u0301\u0323", "नि", "한글", "\u202e\u2066evil\u2069",
    "\x00\x07", "\ud83d", "\udc00\ud83d", "&nbsp;", "&lt;b&gt;", "<b>", "</b>", "<i><b></i>",
    "<a href=", "<blockquote expandable>",
    "```\ncode\n```", "\t", "\r\n", "\n\n\n", "\u00a0", "\u2028", "\ufeff", "&#x202e;", "&amp;amp;", "a" * 90, "𝕏" * 40,
    "https://example.org/" + "path/" * 9, "#tag", "@name", "/command", "$USD", "name@example.org", "\u200b" * 5,
)  # fmt: skip
DENSE = ("👨‍👩‍👧‍👦", "🇩🇪🇫🇷🇯🇵", "👩🏽‍🚀", "e\u0301\u0323", "नि", "한글", "👍🏿", "a")
"""Where there is nowhere good to cut."""
ACTING = (
    '<a href="tg://user?id=1">you</a>', "/forget", "/start@sandbox_digest_bot", "@admin", "@gif", "#breaking", "$BTC",
    "&lt;b&gt;loud&lt;/b&gt;", "<b>loud</b>", "<tg-spoiler>x</tg-spoiler>", "tg://resolve?domain=x", "ton://transfer/x",
    "https://evil.example.com/login", "evil.com", "www.evil.org/x", "me@evil.com", "http://127.0.0.1/", "t.me/evil",
    '"><a href="javascript:alert(1)">x</a>', "<code>rm</code>", "<pre>x</pre>", "ftp://evil.net/x", "1.2.3.4:80/x",
    "<tg-emoji emoji-id='5'>x</tg-emoji>", "xn--e1awd7f.com", "пример.рф", "TG://user?id=1", "tonsite://x",
    "[x](tg://user?id=1)", "*bold* _it_ `code`", "</blockquote><a href='tg://user?id=1'>x</a>",
    "<img src=http://e.com/x>",
)  # fmt: skip
ADDRESSES = (
    None, "https://example.org/a?b=1&c=2", "https://example.org/" + "x" * 1_900, "https://example.org/" + "é" * 900,
    "tg://user?id=1", "javascript:alert(1)", 'https://a.example/"<&>', "http://localhost/x",
    "http://intranet/x",
    "https://[::1]/x", "http://example.org:99999/x", "http://exa_mple.org/x", "http://ex|ample.org/", "HTTP://EXAMPLE.ORG",
    "https://user:pass@example.org/", "https://münchen.example/ü", "http://example.org./x",
    "https://example..org/x", "http://1.2.3.4/x", "https://example.org:/x", "https://example.org\\@evil.org/",
    "https://%65xample.org/", "https://é",
)  # fmt: skip
AROUND = (
    "{}", " {} ", "({})", "word{}", "{}word", "\u202e{}", "\u2066{}\u2069", "\u200b{}", "x\n{}", "«{}»", "{},",
    "\ufeff{}", "\u00a0{}", ".{}", "-{}", "/{}", "@{}", "{0}{0}", "\u2060{}", "&#64;{}",
)  # fmt: skip


async def always_fits(seed: int, size: int, _: str) -> Outcome:
    """`size` digests and a fifth as many articles in either look: none refused, none cut, no entity lost or added."""
    chance = random.Random(seed)
    with _telegram() as telegram:
        found: list[str] = []
        for at in range(size):
            look = drawn("rich" if at % 2 else "classic")
            digest = _digest(chance, lambda: _text(chance, 500), count=chance.randint(1, 30))
            for page in range(len(list(look.Sheet(digest, SCENE).pages()))):
                message = look.digest(digest, SCENE, View(None, page))
                found += await _taken(telegram, message)
            found += _cuts(digest, telegram.sandbox.ledger.entries)
        for at in range(size // 5):
            found += await _read(telegram, _article(chance), is_rich=bool(at % 2))
        sent = len(telegram.sandbox.ledger.entries)
    return outcome(f"{size} digests, {size // 5} articles, {sent} messages", "0 × 400, nothing lost", found)


async def cannot_act(seed: int, size: int, _: str) -> Outcome:
    """`size` payloads in every field of a digest and of an article: no entity that is not our template's."""
    chance = random.Random(seed)
    payloads = [around.format(acting) for acting in ACTING for around in AROUND]
    chance.shuffle(payloads)
    payloads = (payloads * (size // len(payloads) + 1))[:size]
    found: list[str] = []
    with _telegram() as telegram:
        for at, payload in enumerate(payloads):
            look = drawn("rich" if at % 2 else "classic")
            item = _digest(chance, lambda payload=payload: payload, count=3)  # type: ignore[misc]
            messages = [look.digest(item, SCENE)]
            messages.append(look.article(_article(chance, payload), SCENE, is_saved=False))
            for message in messages:
                wrong = await _taken(telegram, message)
                found += [f"{payload!r}: {each}" for each in wrong]
    return outcome(f"{size} payloads", f"0 entities but {', '.join(sorted(OURS))}", found)


@contextmanager
def _telegram() -> Iterator[Beside]:
    """A sandbox in this very process, for its rules alone."""
    with tempfile.TemporaryDirectory() as folder, beside(Path(folder)) as telegram:
        yield telegram


async def _taken(telegram: Beside, message: Message) -> list[str]:
    """What is wrong with how Telegram took a message."""
    method = "sendRichMessage" if message.look == "rich" else "sendMessage"
    try:
        await telegram.call(method, chat_id=READER, **fields_of(message))
    except Refused as refused:
        addresses = [each.url for row in message.keyboard for each in row if each.url]
        return [f"{refused.description}: {message.html[:40]!r} {addresses}"]
    entry = telegram.sandbox.ledger.entries[-1]
    if message.look == "rich":
        kinds = {each.get("type", "paragraph") for each in _nodes(entry["rich"]["blocks"]) if "text" in each}
        return [f"rich text of the kind {kind}" for kind in kinds - RICH_OURS - RICH_BLOCKS]
    return _not_as_meant(message.html, entry)


def _not_as_meant(html_text: str, entry: dict[str, Any]) -> list[str]:
    """Entities that Telegram keeps other than we wrote them, by an HTML reader that is not Telegram's."""
    wide = entry["text"].encode("utf-16-le")
    kept = [
        (
            each["type"].removeprefix("expandable_"),
            _bare(wide[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le")),
        )
        for each in entry["entities"]
    ]
    kept = [(kind, text) for kind, text in kept if kind != "bot_command" or text not in OUR_COMMANDS]
    meant = _Reader.read(html_text)
    found = [f"not ours: {kind} of {text!r}" for kind, text in kept if kind not in OURS]
    if units(entry["text"]) > 4096 or len(entry["entities"]) > 100:
        found.append("past Telegram's limits")
    if not found and _put_together(kept) != _put_together((kind, _bare(text)) for kind, text in meant):
        found.append(f"meant {sorted(meant)[:3]}, kept {sorted(kept)[:3]}")
    return found


def _put_together(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Sorted, all that is italic as one: Telegram cuts it where a command of ours stands within."""
    some = list(found)
    italic = "".join(text for kind, text in some if kind == "italic")
    return sorted([("italic", italic), *(each for each in some if each[0] != "italic")])


class _Reader(HTMLParser):
    """The tags of a message and the text in each."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, list[str]]] = []
        self.done: list[tuple[str, str]] = []

    @classmethod
    def read(cls, html_text: str) -> list[tuple[str, str]]:
        reader = cls()
        reader.feed(html_text)
        reader.close()
        return reader.done

    def handle_starttag(self, tag: str, _: object) -> None:
        self.open.append((TYPES[tag], []))

    def handle_endtag(self, _: str) -> None:
        kind, words = self.open.pop()
        self.done.append((kind, "".join(words)))

    def handle_data(self, data: str) -> None:
        for _, words in self.open:
            words.append(data)


async def _read(telegram: Beside, article: Article, *, is_rich: bool) -> list[str]:
    """What is wrong with an article that is read from its first page to its last."""
    look, text = drawn("rich" if is_rich else "classic"), article.text
    pages = look.article_pages(article)
    found = [f"{len(pages)} pages do not join up"] * ("".join(text[page.start : page.end] for page in pages) != text)
    whole = _edges(text)
    found += [f"cut inside {text[page.end - 3 : page.end + 3]!r}" for page in pages if page.end not in whole]
    for at, page in enumerate(pages):
        found += await _taken(telegram, look.article(article, SCENE, page=at, is_saved=False))
        entry = telegram.sandbox.ledger.entries[-1]
        told = entry["text"] or "".join(_words(entry["rich"]["blocks"]))
        if _bare(text[page.start : page.end]) not in _bare(told):
            found.append(f"page {at + 1} does not hold its text")
    return found


def _cuts(digest: Digest, entries: list[dict[str, Any]]) -> list[str]:
    """Headlines of a digest that were shortened amid what a reader sees as one sign."""
    told = entries[-1]["text"] or "\n".join(_words(entries[-1]["rich"]["blocks"]))
    found = []
    for line in told.split("\n"):
        match = re.match(r"(\d+)  (.+)…$", line)
        if match and (headline := digest.items[int(match[1]) - 1].headline):
            source, begun = UNWANTED.sub("", headline), match[2].replace("\u2060", "")
            if source.startswith(begun) and len(begun) not in _edges(source):
                found.append(f"a headline cut after {begun[-4:]!r}")
    return found


def _edges(text: str) -> set[int]:
    """Where one sign that a reader sees ends and the next begins."""
    return {0, *(match.end() for match in regex.finditer(r"\X", text))}


def _bare(text: str) -> str:
    """The text without what has no place in it, what Telegram drops, spaces and signs of no width."""
    return LOST.sub("", UNWANTED.sub("", text))


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(part)


def _words(node: Any) -> Iterator[str]:
    """The text in blocks, in order, without what names a type or an address."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for part in node:
            yield from _words(part)
    elif isinstance(node, dict):
        for name in ("summary", "text", "items", "blocks", "caption"):
            yield from _words(node.get(name, ""))


def _text(chance: random.Random, longest: int) -> str:
    pieces: list[str] = []
    scraps = chance.choice((SCRAPS, SCRAPS, DENSE))
    goal = chance.randint(1, longest)
    while sum(map(len, pieces)) < goal:
        pieces.append(chance.choice(scraps))
    return "".join(pieces)


def _address(chance: random.Random) -> str | None:
    return chance.choice(ADDRESSES)


def _digest(chance: random.Random, text: Callable[[], str], *, count: int) -> Digest:
    items = tuple(
        Item(
            position=at,
            story_id=at,
            article_id=at,
            headline=text(),
            bullets=tuple(Bullet(text(), "extract") for _ in range(chance.randint(0, 5))),
            topic=chance.choice((*TOPICS, None)),
            source_count=chance.randint(1, 3),
            source=text(),
            url=_address(chance),
            first_seen_at=NOW - timedelta(hours=chance.randint(0, 99)),
            image_url=_address(chance),
            image_credit=text(),
        )
        for at in range(1, count + 1)
    )
    footer = Footer(failing_feeds=tuple((text(), NOW) for _ in range(chance.randint(0, 6))))
    topics = tuple(dict.fromkeys(each.topic for each in items if each.topic))
    return Digest(chat_id=READER, number=1, composed_at=NOW, items=items, pushed=7, topics=topics, footer=footer)


def _article(chance: random.Random, payload: str = "") -> Article:
    def text(longest: int) -> str:
        return payload or _text(chance, longest)

    return Article(
        id=5,
        story_id=5,
        first_seen_at=NOW,
        headline=text(300),
        standfirst=text(300),
        paragraphs=tuple(text(chance.choice((900, 6_000))) for _ in range(chance.randint(0, 8))),
        bullets=tuple(Bullet(text(300), "publisher") for _ in range(chance.randint(0, 4))),
        byline=text(100),
        source=text(100),
        published=chance.choice((None, "2026-11-20T06:59:00+00:00", "2026-11-20", "yesterday", "9999-12-31T23:59:59Z")),
        url=_address(chance),
        image_url=_address(chance),
        image_credit=text(100),
        topics=(Filing("world", 1.0),),
        is_teaser=chance.random() < 0.2,
    )


CAMPAIGNS = [
    Campaign("T5", "hostile digests and articles", always_fits, 100, 10_000, ("sqlite",)),
    Campaign("T6", "feeds that would act", cannot_act, 300, 1_000, ("sqlite",)),
]
