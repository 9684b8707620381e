"""The text inside rich blocks: styles, links, moments, and what Telegram finds in plain text by itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.rich_markup import INLINE, RichRefused, Tag

RichText = Any  # a string, a list of RichText, or a dict with a "type": the Bot API's own union

MAX_CHARACTERS = 32_768

_STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code",
    "mark": "marked", "sub": "subscript", "sup": "superscript", "tg-spoiler": "spoiler",
}  # fmt: skip
_TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")
_SPACE = re.compile(r"[\x00-\x20]+")
_EMAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,24}")
_DETECTED = re.compile(
    r"(?P<url>https?://[^\s<>\"]*[^\s<>\".,;:!?)»”’])"
    r"|(?<![\w.+-])(?P<email_address>[\w.+-]+@(?:[\w-]+\.)+\w+)"
    r"|(?<![\w/])(?P<mention>@[A-Za-z]\w{3,31})\b"
    r"|(?<![\w/&])(?P<hashtag>#\w*[^\W\d]\w*)"
    r"|(?<![\w/])(?P<cashtag>\$[A-Z]{1,8})\b"
    r"|(?<![\w/<])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)\b(?!/)"
    r"|(?<!\w)(?P<phone_number>\+\d{7,15})\b"
)


@dataclass(slots=True)
class Words:
    """The text of one message as it is read: what has been counted, and where a space would be doubled."""

    references: set[str]  # names of the tg-reference tags of the whole message
    detect: bool
    characters: int = 0
    _after_space: bool = field(default=True)

    def counted(self, text: str) -> str:
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS:
            raise RichRefused("RICH_MESSAGE_TEXT_TOO_LONG")
        return text

    def required(self, tag: Tag, children: list[Tag | str] | None = None, *, verbatim: bool = False) -> RichText:
        """As `text`, for a block that may not be empty."""
        text = self.text(tag, tag.children if children is None else children, verbatim=verbatim)
        if not plain(text).strip():
            raise RichRefused("RICH_MESSAGE_CONTENT_REQUIRED")
        return text

    def text(self, parent: Tag, children: list[Tag | str], *, verbatim: bool = False) -> RichText:
        """The RichText of a whole block: spaces run together and trimmed, unless `verbatim`."""
        self._after_space = True
        nodes = self._nodes(parent, children, verbatim=verbatim, detect=self.detect and not verbatim)
        return _tidy(nodes if verbatim else _trim_end(nodes))

    def formula(self, tag: Tag) -> str:
        source = self.counted(tag.words.strip())
        if not source:
            raise RichRefused("RICH_MESSAGE_CONTENT_REQUIRED")
        return source

    def _nodes(self, parent: Tag, children: Iterable[Tag | str], *, verbatim: bool, detect: bool) -> list[RichText]:
        nodes: list[RichText] = []
        for child in children:
            if isinstance(child, str):
                text = self.counted(child if verbatim else self._spaced(child))
                nodes += _detected(text) if detect else [text]
            elif child.name == "br":
                nodes.append(self.counted("\n"))
                self._after_space = True
            elif is_inline(child):
                nodes.append(self._inline(child, verbatim=verbatim, detect=detect))
            else:
                raise child.misplaced(parent)
        return nodes

    def _spaced(self, text: str) -> str:
        text = _SPACE.sub(" ", text)
        if self._after_space:
            text = text.removeprefix(" ")
        if text:
            self._after_space = text.endswith(" ")
        return text

    def _inline(self, tag: Tag, *, verbatim: bool, detect: bool) -> RichText:
        if tag.name in ("tg-emoji", "img"):
            return self._emoji(tag)
        if tag.name == "tg-math":
            self._after_space = False
            return {"type": "mathematical_expression", "expression": self.formula(tag)}
        if tag.name == "a" and "href" not in tag.attrs:
            if "name" not in tag.attrs or tag.children:
                raise tag.refused('Tag "a" must have attribute "href", or be empty and have "name"')
            return {"type": "anchor", "name": tag.attrs["name"]}
        inner = detect and tag.name not in ("a", "code", "tg-time")
        text = _tidy(self._nodes(tag, tag.children, verbatim=verbatim, detect=inner))
        if text == "":
            return ""
        if tag.name == "a":
            return self._link(tag.attrs["href"].strip(), text)
        if tag.name == "tg-time":
            return _moment(tag, text)
        if tag.name == "tg-reference":
            return {"type": "reference", "text": text, "name": tag.attrs.get("name", "")}
        return {"type": _STYLES[tag.name], "text": text}

    def _emoji(self, tag: Tag) -> RichText:
        self._after_space = False
        if tag.name == "img":
            number = parse_qs(urlsplit(tag.attrs["src"]).query).get("id", [""])[0]
            shown = tag.attrs.get("alt", "")
        else:
            number, shown = tag.attrs.get("emoji-id", ""), tag.words
        if not number.isdecimal() or not shown:
            raise RichRefused("can't parse entities: Invalid custom emoji identifier specified")
        return {"type": "custom_emoji", "custom_emoji_id": number, "alternative_text": self.counted(shown)}

    def _link(self, href: str, text: RichText) -> RichText:
        if href.startswith("#"):
            name = href[1:]
            kind, key = ("reference_link", "reference_name") if name in self.references else _ANCHOR
            return {"type": kind, "text": text, key: name}
        scheme, _, rest = href.partition(":")
        address = rest.partition("?")[0]
        if scheme.lower() == "mailto":
            if not _EMAIL.fullmatch(address):
                raise RichRefused("RICH_MESSAGE_EMAIL_INVALID")
            return {"type": "email_address", "text": text, "email_address": address}
        if scheme.lower() == "tel":
            if not re.fullmatch(r"\+?[\d() -]{3,20}", rest):
                raise RichRefused("RICH_MESSAGE_PHONE_INVALID")
            return {"type": "phone_number", "text": text, "phone_number": rest}
        if user := re.fullmatch(r"tg://user\?id=(\d{1,15})", href):
            known = {"id": int(user[1]), "is_bot": False, "first_name": plain(text)}
            return {"type": "text_mention", "text": text, "user": known}
        url = href if "://" in href else f"http://{href}"
        if scheme.lower() != "tg" and url_trouble(url):
            raise RichRefused("RICH_MESSAGE_URL_INVALID")
        return {"type": "url", "text": text, "url": url}


_ANCHOR = ("anchor_link", "anchor_name")


def is_inline(tag: Tag) -> bool:
    return tag.name in INLINE or (tag.name == "img" and tag.attrs.get("src", "").startswith("tg://emoji?"))


def is_blank(text: str) -> bool:
    return not _SPACE.sub("", text)


def plain(text: RichText) -> str:
    if isinstance(text, str):
        return text
    if isinstance(text, list):
        return "".join(plain(part) for part in text)
    return plain(text.get("text", text.get("alternative_text", text.get("expression", ""))))


def url_trouble(url: str) -> str:
    """What Telegram would say against the form of an http address; empty when nothing. No look-up is made."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "Wrong port number specified in the URL"
    if parts.scheme.lower() not in ("http", "https"):
        return "Unsupported URL protocol"
    if not host:
        return "URL host is empty"
    if re.search(r"[\s<>\"\\^`{|}]", host):
        return "Disallowed characters in URL host"
    if "." not in host and ":" not in host:
        return "Wrong HTTP URL"
    return "Disallowed characters in URL" if re.search(r"[\x00-\x20]", url) else ""


def _moment(tag: Tag, text: RichText) -> RichText:
    unix, form = tag.attrs.get("unix", ""), tag.attrs.get("format", "")
    # Anything past a signed 32-bit time cannot work (tdlib/telegram-bot-api#852).
    if not re.fullmatch(r"\d{1,10}", unix) or int(unix) >= 2**31 or not _TIME_FORMAT.fullmatch(form):
        raise RichRefused("RICH_MESSAGE_DATE_INVALID")
    return {"type": "date_time", "text": text, "unix_time": int(unix), "date_time_format": form}


def _detected(text: str) -> list[RichText]:
    """Plain text split at what Telegram finds by itself: addresses, mentions, hashtags, commands."""
    nodes: list[RichText] = []
    end = 0
    for found in _DETECTED.finditer(text):
        kind, words = str(found.lastgroup), found[0]
        # `name@1.2.3` looks like an address and is none: what such text does to a whole message is the
        # reason to send news with skip_entity_detection.
        if kind == "email_address" and not _EMAIL.fullmatch(words):
            raise RichRefused("RICH_MESSAGE_EMAIL_INVALID")
        key, value = ("username", words[1:]) if kind == "mention" else (kind, words)
        nodes += [text[end : found.start()], {"type": kind, "text": words, key: value}]
        end = found.end()
    return [*nodes, text[end:]]


def _tidy(nodes: list[RichText]) -> RichText:
    joined: list[RichText] = []
    for node in nodes:
        if isinstance(node, str) and joined and isinstance(joined[-1], str):
            joined[-1] += node
        elif node != "":
            joined.append(node)
    return joined[0] if len(joined) == 1 else joined or ""


def _trim_end(nodes: list[RichText]) -> list[RichText]:
    while nodes and isinstance(nodes[-1], str):
        nodes[-1] = nodes[-1].rstrip(" \n")
        if nodes[-1]:
            break
        nodes.pop()
    return nodes
