"""Rich messages (Bot API 10.1): their HTML, read and checked, as the blocks a Message carries.

The tags, entities and limits are those of "Rich HTML style" and "Rich Message Limits" in the Bot API
documentation; the shapes are its RichBlock* and RichText* types. The wording of a refusal is Telegram's
where it is known (`RICH_MESSAGE_CONTENT_REQUIRED`, `…_EMAIL_INVALID`, `…_DATE_INVALID`, the classic HTML
parser's sentences) and in its manner where it is not.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.rich_markup import RichRefused, Tag, broken, read
from sandbox.rich_text import Words, is_blank, is_inline, url_trouble

__all__ = ["RichRefused", "parse"]

Block = dict[str, Any]

MAX_BLOCKS, MAX_MEDIA, MAX_COLUMNS = 500, 50, 20

_MEDIA = {"img", "video", "audio"}
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def parse(html: str, *, is_rtl: bool = False, skip_entity_detection: bool = False) -> list[Block]:
    """The blocks of a rich message. `is_rtl` changes the drawing alone, not the blocks.

    Raises RichRefused with the Bot API's description, without its "Bad Request: ".
    """
    root = read(html)
    references = {tag.attrs.get("name", "") for tag in _walk(root) if tag.name == "tg-reference"}
    return _some(_Reading(Words(references, detect=not skip_entity_detection)).blocks(root))


@dataclass(slots=True)
class _Reading:
    """One message being read: what has been counted so far against the limits."""

    words: Words
    count: int = 0
    media: int = 0

    def blocks(self, parent: Tag, children: list[Tag | str] | None = None) -> list[Block]:
        """The blocks inside a tag; text and inline tags between them become paragraphs."""
        found: list[Block] = []
        run: list[Tag | str] = []
        for child in parent.children if children is None else children:
            if isinstance(child, str) or is_inline(child):
                run.append(child)
                continue
            found += [*self._loose(parent, run), self._counted(self._block, child, parent)]
            run = []
        return found + self._loose(parent, run)

    def _counted(self, make: Any, *args: Any) -> Block:
        self.count += 1
        if self.count > MAX_BLOCKS:
            raise RichRefused("RICH_MESSAGE_BLOCKS_TOO_MANY")
        block: Block = make(*args)
        return block

    def _loose(self, parent: Tag, run: list[Tag | str]) -> list[Block]:
        solid = [node for node in run if isinstance(node, Tag) or not is_blank(node)]
        if all(isinstance(node, Tag) and "name" in node.attrs and not node.children for node in solid):
            names = [node.attrs["name"] for node in solid if isinstance(node, Tag)]
            return [self._counted(dict, {"type": "anchor", "name": name}) for name in names]
        text = self.words.text(parent, run)
        return [self._counted(dict, {"type": "paragraph", "text": text})] if text else []

    def _block(self, tag: Tag, parent: Tag) -> Block:
        match tag.name:
            case "p" | "footer":
                return {"type": _TEXTS[tag.name], "text": self.words.required(tag)}
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return {"type": "heading", "text": self.words.required(tag), "size": int(tag.name[1])}
            case "hr":
                return {"type": "divider"}
            case "pre":
                return self._pre(tag)
            case "tg-math-block":
                return {"type": "mathematical_expression", "expression": self.words.formula(tag)}
            case "ul" | "ol":
                return self._list(tag)
            case "blockquote" | "aside":
                return self._quotation(tag)
            case "details":
                return self._details(tag)
            case "table":
                return self._table(tag)
            case "figure" | "tg-collage" | "tg-slideshow":
                return self._captioned(tag)
            case "img" | "video" | "audio":
                return self._medium(tag)
            case "tg-map":
                return _map(tag)
        raise tag.misplaced(parent)

    def _credit(self, cite: Tag | None) -> Block:
        return {} if cite is None else {"credit": self.words.required(cite)}

    def _quotation(self, tag: Tag) -> Block:
        rest, cite = _without(tag, "cite")
        if tag.name == "aside":
            return {"type": "pullquote", "text": self.words.required(tag, rest), **self._credit(cite)}
        return {"type": "blockquote", "blocks": _some(self.blocks(tag, rest)), **self._credit(cite)}

    def _captioned(self, tag: Tag) -> Block:
        rest, figcaption = _without(tag, "figcaption")
        inside = _only_tags(tag, rest)
        allowed = _MEDIA | ({"tg-map"} if tag.name == "figure" else {"figure"})
        for child in inside:
            if child.name not in allowed:
                raise child.misplaced(tag)
        if tag.name != "figure":
            block: Block = {"type": tag.name[3:], "blocks": _some(self.blocks(tag, rest))}
        elif len(inside) == 1:
            block = self._block(inside[0], tag)
        else:
            raise tag.refused('Tag "figure" must have exactly one media inside')
        if figcaption is not None:
            words, cite = _without(figcaption, "cite")
            block["caption"] = {"text": self.words.text(figcaption, words), **self._credit(cite)}
        return block

    def _pre(self, tag: Tag) -> Block:
        inner, language = tag, ""
        only = tag.children[0] if len(tag.children) == 1 else ""
        if isinstance(only, Tag) and only.name == "code":
            inner = only
            named = re.fullmatch(r"language-(.+)", inner.attrs.get("class", ""))
            language = named[1] if named else ""
        text = self.words.required(inner, verbatim=True)
        return {"type": "pre", "text": text, **({"language": language} if language else {})}

    def _details(self, tag: Tag) -> Block:
        rest, summary = _without(tag, "summary")
        if summary is None:
            raise tag.refused('Tag "details" must have a "summary" inside')
        block: Block = {"type": "details", "summary": self.words.required(summary)}
        block["blocks"] = _some(self.blocks(tag, rest))
        return {**block, "is_open": True} if "open" in tag.attrs else block

    def _list(self, tag: Tag) -> Block:
        items = _only_tags(tag, tag.children)
        step = -1 if "reversed" in tag.attrs else 1
        value = _number(tag, "start", len(items) if step < 0 else 1)
        out: list[Block] = []
        for item in items:
            if item.name != "li":
                raise item.misplaced(tag)
            block = self._counted(self._item, item)
            if tag.name == "ol":
                value = _number(item, "value", value)
                kind = item.attrs.get("type", tag.attrs.get("type", "1"))
                block |= {"label": _label(value, kind), "value": value, "type": kind}
                value += step
            out.append(block)
        return {"type": "list", "items": _some(out)}

    def _item(self, item: Tag) -> Block:
        children, box = _without(item, "input")
        block: Block = {"label": "•", "blocks": _some(self.blocks(item, children))}
        if box is not None:
            if box.attrs.get("type") != "checkbox":
                raise box.refused('Tag "input" must have type "checkbox"')
            block["has_checkbox"] = True
            if "checked" in box.attrs:
                block["is_checked"] = True
        return block

    def _table(self, tag: Tag) -> Block:
        rest, caption = _without(tag, "caption")
        rows: list[list[Block]] = []
        reach: list[tuple[int, int]] = []  # (last row, columns) of the cells that span rows downwards
        for at, row in enumerate(_only_tags(tag, rest)):
            if row.name != "tr":
                raise row.misplaced(tag)
            self._counted(dict)
            cells = [self._cell(cell, row) for cell in _only_tags(row, row.children)]
            width = sum(cell.get("colspan", 1) for cell in cells)
            if width + sum(columns for last, columns in reach if last >= at) > MAX_COLUMNS:
                raise RichRefused("RICH_MESSAGE_TABLE_COLUMNS_TOO_MANY")
            reach += [(at + c["rowspan"] - 1, c.get("colspan", 1)) for c in cells if "rowspan" in c]
            rows.append(cells)
        if not any(rows):
            raise RichRefused("RICH_MESSAGE_CONTENT_REQUIRED")
        flags = {f"is_{name}": True for name in ("bordered", "striped") if name in tag.attrs}
        words = {} if caption is None else {"caption": self.words.required(caption)}
        return {"type": "table", "cells": rows, **flags, **words}

    def _cell(self, tag: Tag, row: Tag) -> Block:
        if tag.name not in ("td", "th"):
            raise tag.misplaced(row)
        cell: Block = {
            "align": _one_of(tag, "align", ("left", "center", "right")),
            "valign": _one_of(tag, "valign", ("top", "middle", "bottom")),
        }
        if text := self.words.text(tag, tag.children):
            cell["text"] = text
        if tag.name == "th":
            cell["is_header"] = True
        spans = {name: _number(tag, name, 1) for name in ("colspan", "rowspan")}
        return cell | {name: span for name, span in spans.items() if span > 1}

    def _medium(self, tag: Tag) -> Block:
        self.media += 1
        if self.media > MAX_MEDIA:
            raise RichRefused("RICH_MESSAGE_MEDIA_TOO_MANY")
        url = tag.attrs.get("src", "")
        if trouble := url_trouble(url):
            raise RichRefused(f"invalid file HTTP URL specified: {trouble}")
        ending = urlsplit(url).path.lower().rpartition(".")[2]
        # The address stands in for the file: nothing is fetched here, and whoever reads the blocks can
        # still see which picture was meant.
        file = {"file_id": f"url:{url}", "file_unique_id": hashlib.sha256(url.encode()).hexdigest()[:16]}
        size = {"width": 1280, "height": 720}
        if tag.name == "audio":
            kind = "voice_note" if ending in ("ogg", "oga") else "audio"
            return {"type": kind, kind: {**file, "duration": 0}}
        kind = "photo" if tag.name == "img" else "animation" if ending == "gif" else "video"
        block: Block = {
            "type": kind,
            kind: [file | size] if kind == "photo" else {**file, **size, "duration": 0},
        }
        return {**block, "has_spoiler": True} if "tg-spoiler" in tag.attrs else block


_TEXTS = {"p": "paragraph", "footer": "footer"}


def _walk(tag: Tag) -> Iterable[Tag]:
    for child in tag.children:
        if isinstance(child, Tag):
            yield child
            yield from _walk(child)


def _some(blocks: list[Block]) -> list[Block]:
    if not blocks:
        raise RichRefused("RICH_MESSAGE_CONTENT_REQUIRED")
    return blocks


def _without(tag: Tag, name: str) -> tuple[list[Tag | str], Tag | None]:
    """The children of a tag less the one named so; a second one is refused."""
    named = [child for child in tag.children if isinstance(child, Tag) and child.name == name]
    if len(named) > 1:
        raise named[1].refused(f'Tag "{tag.name}" must have only one "{name}" inside')
    return [child for child in tag.children if child not in named], named[0] if named else None


def _only_tags(parent: Tag, children: list[Tag | str]) -> list[Tag]:
    if any(isinstance(child, str) and not is_blank(child) for child in children):
        raise parent.refused(f'Text is not allowed directly inside "{parent.name}"')
    return [child for child in children if isinstance(child, Tag)]


def _number(tag: Tag, name: str, default: int) -> int:
    text = tag.attrs.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise tag.refused(f'Attribute "{name}" of the tag "{tag.name}" must be a number')
    return int(text)


def _one_of(tag: Tag, name: str, allowed: tuple[str, ...]) -> str:
    value = tag.attrs.get(name, allowed[0])
    if value not in allowed:
        raise tag.refused(f'Unsupported value of the attribute "{name}" of the tag "{tag.name}"')
    return value


def _label(value: int, kind: str) -> str:
    if kind not in ("1", "a", "A", "i", "I"):
        raise broken("Unsupported type of a list item specified")
    if kind == "1" or not 0 < value < 4000:
        return f"{value}."
    text, left = "", value
    if kind in "iI":
        for size, letters in _ROMAN:
            text += letters * (left // size)
            left %= size
    while left:
        left, digit = divmod(left - 1, 26)
        text = chr(97 + digit) + text
    return f"{text.upper() if kind.isupper() else text}."


def _map(tag: Tag) -> Block:
    try:
        latitude, longitude = float(tag.attrs["lat"]), float(tag.attrs["long"])
        zoom = int(tag.attrs.get("zoom", "14"))
    except (KeyError, ValueError):
        raise RichRefused("RICH_MESSAGE_MAP_INVALID") from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180 and 13 <= zoom <= 20):
        raise RichRefused("RICH_MESSAGE_MAP_INVALID")
    place = {"latitude": latitude, "longitude": longitude}
    return {"type": "map", "location": place, "zoom": zoom, "width": 640, "height": 320}
