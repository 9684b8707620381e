"""Message text as Telegram keeps it: cleaned, trimmed, its entities put straight; offsets in UTF-16 units."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sandbox.answers import Refused

STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
SOLID = frozenset({"pre", "code", "date_time"})
MOST_ENTITIES = 100
# The sum at which the server refuses, by its maintainer's estimate; 12 bytes of a bare entity on the wire.
MOST_ENTITY_BYTES = 9_500
LONGEST_RAW_TEXT = 1 << 15

_PRIORITIES = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "date_time": 30,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
_DROPPED_SIGNS = "\r\u0333\u033f\u030a\u2028-\u202e"
_DROPPED = re.compile(f"[{_DROPPED_SIGNS}]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_UNEVEN = re.compile(f"[{_DROPPED_SIGNS}\U00010000-\U0010ffff]")
_LONE = re.compile("[\ud800-\udfff]")
_INVISIBLE = frozenset(" \n\u200b\u200c\u200d\u200e\u200f\u202e\ufeff\u00a0")


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of text with a meaning. value: address, language, emoji id or date format; number: user or time."""

    type: str
    offset: int
    length: int
    value: str = ""
    number: int = 0

    @property
    def end(self) -> int:
        return self.offset + self.length

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"type": self.type, "offset": self.offset, "length": self.length}
        if self.type == "date_time":
            told |= {"unix_time": self.number, "date_time_format": self.value}
        elif self.type == "text_mention":
            told["user"] = {"id": self.number, "is_bot": False, "first_name": str(self.number)}
        elif self.value:
            key = {"text_link": "url", "pre": "language", "custom_emoji": "custom_emoji_id"}[self.type]
            told[key] = self.value
        return told


def units(text: str) -> int:
    """UTF-16 units of a text, which is how Telegram counts offsets and lengths."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def has_lone_surrogate(text: str) -> bool:
    """Whether a text is more than UTF-8 can hold."""
    return not text.isascii() and _LONE.search(text) is not None


def in_order(entities: Iterable[Entity]) -> list[Entity]:
    """By place, the longer first, then by Telegram's priority of types."""
    return sorted(entities, key=lambda e: (e.offset, -e.length, _PRIORITIES.get(e.type, 50)))


def without_overlaps(entities: Iterable[Entity]) -> list[Entity]:
    """Of entities in order, those which begin where none kept before is still running."""
    kept: list[Entity] = []
    for entity in entities:
        if not kept or entity.offset >= kept[-1].end:
            kept.append(entity)
    return kept


def straightened(entities: Iterable[Entity]) -> list[Entity]:
    """Telegram's order among entities: solid ones hold nothing, quotes do not nest, styles split at borders."""
    ordered = in_order(entity for entity in entities if entity.length > 0)
    firm = without_overlaps(e for e in ordered if e.type not in STYLES and e.type not in QUOTES)
    quotes = without_overlaps(e for e in ordered if e.type in QUOTES)
    firm = [e for e in firm if not any(_crosses(e, quote) for quote in quotes)]
    others = in_order(firm + quotes)
    return in_order([*others, *_split_styles([e for e in ordered if e.type in STYLES], others)])


def with_detected(entities: list[Entity], found: list[Entity]) -> list[Entity]:
    """Straightened entities and those found in the text which stand clear of links, code and quote borders."""
    quotes = [e for e in entities if e.type in QUOTES]
    firm = [e for e in entities if e.type not in STYLES and e.type not in QUOTES]
    fresh = [
        e
        for e in found
        if not any(_crosses(e, quote) for quote in quotes)
        and not any(e.offset < old.end and old.offset < e.end for old in firm)
    ]
    if not fresh:
        return entities
    others = in_order(firm + quotes + fresh)
    return in_order([*others, *_split_styles([e for e in entities if e.type in STYLES], others)])


def _crosses(entity: Entity, quote: Entity) -> bool:
    if quote.end <= entity.offset or entity.end <= quote.offset:
        return False
    return quote.end < entity.end or entity.offset < quote.offset


def _split_styles(styles: list[Entity], others: list[Entity]) -> Iterator[Entity]:
    merged = [whole for type_ in {e.type for e in styles} for whole in _merged(e for e in styles if e.type == type_)]
    cuts = {e.offset for e in others} | {e.end for e in others}
    solid = [e for e in others if e.type in SOLID]
    for whole in merged:
        starts = {e.offset for e in merged if e.type != whole.type}
        inner = sorted(cut for cut in cuts | starts if whole.offset < cut < whole.end)
        edges = [whole.offset, *inner, whole.end]
        for begin, end in pairwise(edges):
            if not any(e.offset <= begin and end <= e.end for e in solid):
                yield Entity(whole.type, begin, end - begin)


def _merged(styles: Iterable[Entity]) -> list[Entity]:
    """Styles of one type, in order, with those that touch made one."""
    merged: list[Entity] = []
    for style in styles:
        if merged and style.offset <= merged[-1].end:
            merged[-1] = replace(merged[-1], length=max(merged[-1].end, style.end) - merged[-1].offset)
        else:
            merged.append(style)
    return merged


def kept_text(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Text and entities as a message keeps them, before detection. Raises Refused where nothing is left."""
    text, entities = _cleaned(text, straightened(entities))
    body = text.rstrip(" \n")
    if not body:
        raise Refused("Text must be non-empty")
    end = units(body)
    if any(e.end > end for e in entities):
        entities = straightened(replace(e, length=min(e.end, end) - e.offset) for e in entities if e.offset < end)
    first = entities[0].offset if entities else len(body)
    lead = min(len(body) - len(body.lstrip(" \n")), first)
    body = body[lead:]
    if set(body) <= _INVISIBLE:
        raise Refused("Text must be non-empty")
    return body, [replace(e, offset=e.offset - lead) for e in entities] if lead else entities


def _cleaned(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    dropped: list[int] = []
    inside: set[int] = set()
    for found in _UNEVEN.finditer(text):
        at = found.start() + len(inside)
        if found[0] > "\uffff":
            inside.add(at + 1)
        else:
            dropped.append(at)
    size = len(text) + len(inside)
    for entity in entities:
        if entity.offset < 0 or entity.end > size or entity.offset in inside or entity.end in inside:
            raise Refused(f"Entity beginning at UTF-16 offset {entity.offset} is not on whole characters of the text")
    if dropped:
        places = [[at - bisect_left(dropped, at) for at in (e.offset, e.end)] for e in entities]
        moved = (replace(e, offset=at, length=end - at) for e, (at, end) in zip(entities, places, strict=True))
        text, entities = _DROPPED.sub("", text), straightened(moved)
    return _CONTROL.sub(" ", text), entities


def sent_entities(entities: list[Entity]) -> list[Entity]:
    """What the server stores: it refuses too many bytes, and drops all past the hundredth in silence."""
    if sum(12 + (len(e.value.encode()) + 4 if e.type == "text_link" else 0) for e in entities) > MOST_ENTITY_BYTES:
        raise Refused("ENTITIES_TOO_LONG")
    return entities[:MOST_ENTITIES]
