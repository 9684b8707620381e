"""Telegram HTML: the one place where text is escaped, measured and split."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape

MESSAGE_UNITS = 4096
"""UTF-16 units a classic message may show."""
MESSAGE_ENTITIES = 100
ENTITY_BYTES = 8_500
"""Entities and their addresses together; Telegram refuses at about 9,500."""

_JOINER = "\u2060"
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_ACTIVE = re.compile(
    r"(?<=@)(?=\w)|(?<=(?<!\w)[/#])(?=\w)|(?<=(?<!\w)\$)(?=[^\W\d]|1INCH)|(?<=://)(?=\w)|(?<=tg)(?=:)|(?<=\w\.)(?=[^\W\d_]{2})",
    re.IGNORECASE,
)
_WEB_ADDRESS = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+\.?(?::(\d{1,5}))?(?:[/?#][^\s\"<>]*)?\Z", re.IGNORECASE)
_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me")
_TAG = re.compile(r"<[^>]*>")
_OPENING = re.compile(r"<(?!/)[^>]*>")
_ADDRESS = re.compile(r'href="([^"]*)"')


class Html(str):
    """Text that is HTML already; made only in this module, by joining its own kind, and in pages and files of ours."""

    __slots__ = ()

    def filled(self, values: Mapping[str, Html]) -> Html:
        """With `{names}` filled in."""
        return Html(self.format(**values))


def clean(text: str) -> str:
    """Untrusted text without control characters, direction overrides and lone surrogates."""
    return _UNWANTED.sub(lambda found: " " if found[0] in "\x0b\x0c\x85\u2028\u2029" else "", text)


def escape(text: str) -> Html:
    """Text as HTML that shows it and does nothing else.

    An invisible word joiner behind `@`, `/`, `#` and inside addresses keeps Telegram from
    turning a feed's words into mentions, commands, tags or links.
    """
    if isinstance(text, Html):
        return text
    return written(_ACTIVE.sub(_JOINER, clean(text)))


def written(text: str) -> Html:
    """Text as HTML of a file, where nothing makes links of words: they stay as they are."""
    plain = clean(text)
    return Html(plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"))


def trusted(text: str) -> Html:
    """Our own words as HTML, left as active as Telegram makes them: its commands can be tapped."""
    return Html(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def join(parts: Iterable[str], separator: str = "") -> Html:
    """Parts escaped where they are plain text, put together."""
    return Html(escape(separator).join(escape(part) for part in parts))


def tag(name: str, *parts: str, attributes: str = "") -> Html:
    """`<name>parts</name>`; `attributes` is trusted and written as it is. Nothing to see, no tag."""
    inner = join(parts)
    if "<" not in inner and not _has_sign(unescape(inner)):  # a tag within has something to see
        return Html("")
    return Html(f"<{name}{' ' if attributes else ''}{attributes}>{inner}</{name}>")


def _has_sign(text: str) -> bool:
    """Whether a reader sees anything: Telegram refuses blocks of nothing but spaces and unseen signs."""
    return any(not character.isspace() and unicodedata.category(character) not in _UNSEEN for character in text)


def bold(*parts: str) -> Html:
    return tag("b", *parts)


def italic(*parts: str) -> Html:
    return tag("i", *parts)


def quote(*parts: str, unfolds: bool = True) -> Html:
    """A block quotation; with `unfolds`, one that shows three lines until it is tapped."""
    return tag("blockquote", *parts, attributes="expandable" if unfolds else "")


def link(text: str, url: str | None) -> Html:
    """A link, or the bare text where the address is not one of the web."""
    if not is_web_address(url):
        return escape(text)
    return tag("a", text, attributes=f'href="{_address(url or "")}"')


def photo(url: str | None, caption: str) -> Html:
    """A picture with its caption, for the rich look; nothing where its address is not one of the web."""
    if not is_web_address(url):
        return Html("")
    return tag("figure", Html(f'<img src="{_address(url or "")}"/>'), tag("figcaption", caption))


def is_web_address(url: str | None) -> bool:
    """Whether an address is of the kind a reader may be sent to.

    Others Telegram drops from a text in silence, and refuses the whole message where they are a button's or in a
    rich one: without a dot in the host, with a name and password before it, with a port there cannot be.
    """
    found = _WEB_ADDRESS.match(url) if url and len(url) <= 2048 and not _UNWANTED.search(url) else None
    return found is not None and 0 < int(found[1] or 80) <= 65_535


def _address(url: str) -> str:
    return clean(url).replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace('"', "%22")


def units(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shown(html: str) -> str:
    """What a reader sees of classic HTML."""
    return unescape(_TAG.sub("", html))


@dataclass(frozen=True, slots=True)
class Weight:
    """What counts against the limits of a classic message; that of two texts put together is the sum of theirs."""

    units: int = 0
    entities: int = 0
    address_bytes: int = 0

    def __add__(self, other: Weight) -> Weight:
        return Weight(
            self.units + other.units, self.entities + other.entities, self.address_bytes + other.address_bytes
        )

    @property
    def is_light(self) -> bool:
        """Whether Telegram takes it whole as one classic message."""
        return (
            self.units <= MESSAGE_UNITS
            and self.entities <= MESSAGE_ENTITIES
            and self.address_bytes + 40 * self.entities <= ENTITY_BYTES
        )


def weight(html: str) -> Weight:
    """What classic HTML of whole tags weighs."""
    addresses = sum(len(address.encode()) for address in _ADDRESS.findall(html))
    return Weight(units(shown(html)), len(_OPENING.findall(html)), addresses)


def fits(html: str) -> bool:
    """Whether Telegram takes it whole as one classic message."""
    return weight(html).is_light


def shorten(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, cut between words where there are any, with an ellipsis."""
    if units(text) <= limit:
        return text
    end = boundary(text, 0, limit - 1)
    return text[:end].rstrip(" ,.;:–—-") + "…"


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a text, in code points."""

    start: int
    end: int


def pages(text: str, limit: int) -> tuple[Page, ...]:
    """The text in stretches of at most `limit` UTF-16 units: between paragraphs, else sentences, else words.

    The stretches touch, so that joined they are the text again.
    """
    found = []
    start = 0
    while start < len(text):
        end = boundary(text, start, limit)
        found.append(Page(start, end))
        start = end
    return tuple(found) or (Page(0, 0),)


def boundary(text: str, start: int, limit: int) -> int:
    """Where a stretch of at most `limit` units from `start` ends best."""
    end = _reach(text, start, limit)
    if end == len(text):
        return end
    least = start + (end - start) // 2
    for stop in ("\n\n", "\n", ". ", "! ", "? ", "。", "؟ ", "। ", " "):
        found = text.rfind(stop, least, end)
        if found >= least and found > start:
            return found + len(stop)
    while end > start + 1 and _is_inside_grapheme(text, end):
        end -= 1
    return end if end > start + 1 else _reach(text, start, limit)


def _reach(text: str, start: int, limit: int) -> int:
    end = min(len(text), start + limit)
    while units(text[start:end]) > limit:
        end -= max(1, (units(text[start:end]) - limit) // 2)
    return max(end, start + 1)


def _is_inside_grapheme(text: str, at: int) -> bool:
    return (
        unicodedata.combining(text[at]) > 0
        or unicodedata.category(text[at]) in ("Mn", "Me", "Mc")
        or text[at] in "\u200d\ufe0f"
        or "\U0001f3fb" <= text[at] <= "\U0001f3ff"
        or text[at - 1] == "\u200d"
        or (_is_flag_letter(text[at]) and _flag_letters_before(text, at) % 2 == 1)
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_letters_before(text: str, at: int) -> int:
    """Two letters make a flag: how many stand before, as far as a split can reach."""
    count = 0
    while count < at and _is_flag_letter(text[at - count - 1]):
        count += 1
    return count


def bare(html: str) -> Html:
    """Classic HTML without its markup: the same words, as safe as before."""
    return Html(_TAG.sub("", html))
