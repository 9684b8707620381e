"""The HTML that sendMessage takes, read to the letter of TDLib's rules, quirks included."""

import re
from dataclasses import dataclass

from sandbox.answers import Refused
from sandbox.entities import Entity, has_lone_surrogate, in_order, units
from sandbox.links import BadLink, checked_link, link_user_id

STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = STYLES.keys() | {"tg-emoji", "tg-time", "a", "pre", "code", "blockquote"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_SPACES = " \t\r\n\v\0"
_END = "\0"
_PLAIN = re.compile("[^<&]*")
_IN_QUOTES = re.compile("[^&'\"\0]*")
_TAG_NAME = re.compile(f"[^>{_SPACES}]*")
_ATTRIBUTE_NAME = re.compile(f"[^=>/\"'{_SPACES}]*")
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9A-Fa-f]+)|([0-9]+))|([A-Za-z]+));?")


@dataclass(slots=True)
class _Open:
    """A tag waiting for its end."""

    name: str
    offset: int
    begin: int
    argument: str = ""
    unix_time: int = 0


def parse_html(markup: str) -> tuple[str, list[Entity]]:
    """The text and its entities, offsets in UTF-16 units. Raises Refused with the reason alone."""
    return _Parser(markup).run()


class _Parser:
    def __init__(self, markup: str) -> None:
        self.size = len(markup)
        self.markup = markup + _END
        self.at = 0
        self.text: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, list[Entity]]:
        while self.at < self.size:
            sign = self.markup[self.at]
            if sign == "<":
                if self.markup[self.at + 1] == "/":
                    self._end_tag()
                else:
                    self._start_tag()
            else:
                words = self._reference() or self._run(_PLAIN)
                self.text.append(words)
                self.offset += units(words)
        if self.open:
            raise Refused(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        text = "".join(self.text)
        if has_lone_surrogate(text):
            raise Refused(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                "surrogate code units"
            )
        # A language that never met its <pre> is forgotten.
        entities = [Entity("code", e.offset, e.length) if e.type == "code" else e for e in self.entities]
        return text, in_order(entities)

    def _run(self, plain: re.Pattern[str]) -> str:
        """The next character, whatever it is, and those after it that mean only themselves; stepped over."""
        found = plain.match(self.markup, self.at + 1, self.size)
        begin, self.at = self.at, found.end() if found else self.at + 1
        return self.markup[begin : self.at]

    def _reference(self) -> str:
        """The character a reference here stands for, stepping over it; empty where there is none."""
        found = _REFERENCE.match(self.markup, self.at, self.size) if self.markup[self.at] == "&" else None
        if not found:
            return ""
        hexadecimal, decimal, name = found.groups()
        if name:
            sign = NAMED.get(name, "")
        else:
            digits = hexadecimal or decimal
            code = int(digits, 16 if hexadecimal else 10) if len(digits) < 10 else 0
            sign = chr(code) if 0 < code < 0x10FFFF else ""
        if sign:
            self.at = found.end()
        return sign

    def _skip_spaces(self) -> None:
        while self.at < self.size and self.markup[self.at] in _SPACES:
            self.at += 1

    def _name(self, form: re.Pattern[str]) -> str:
        found = form.match(self.markup, self.at)
        begin, self.at = self.at, found.end() if found else self.at
        return self.markup[begin : self.at]

    def _bytes(self, at: int) -> int:
        return len(self.markup[:at].encode("utf-8", "surrogatepass"))

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = _lowered(self._name(_TAG_NAME))
        if self.markup[self.at] == _END:
            raise Refused(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        if name not in TAGS:
            raise Refused(f'Unsupported start tag "{name}" at byte offset {self._bytes(begin)}')
        tag = _Open(name, self.offset, len(self.text))
        while self.markup[self.at] != ">":
            self._skip_spaces()
            if self.markup[self.at] == ">":
                break
            self._attribute(tag, begin)
        if name == "span" and tag.argument != "spoiler":
            raise Refused(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self.at += 1
        self.open.append(tag)

    def _attribute(self, tag: _Open, begin: int) -> None:
        name = self._name(_ATTRIBUTE_NAME)
        if not name:
            raise Refused(f'Empty attribute name in the tag "{tag.name}" at byte offset {self._bytes(begin)}')
        self._skip_spaces()
        if self.markup[self.at] == _END:
            raise Refused(f'Unclosed start tag "{tag.name}" at byte offset {self._bytes(begin)}')
        value = ""
        if self.markup[self.at] == "=":
            self.at += 1
            self._skip_spaces()
            if self.markup[self.at] == _END:
                raise Refused(f'Unclosed start tag "{tag.name}" at byte offset {self._bytes(begin)}')
            value = self._quoted() if self.markup[self.at] in "'\"" else self._token()
            if self.markup[self.at] == _END:
                raise Refused(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        _note(tag, _lowered(name), value)

    def _token(self) -> str:
        begin = self.at
        while self.markup[self.at] in ".-" or (self.markup[self.at].isascii() and self.markup[self.at].isalnum()):
            self.at += 1
        if self.markup[self.at] not in _SPACES + ">":
            raise Refused(f"Unexpected end of name token at byte offset {self._bytes(begin)}")
        return self.markup[begin : self.at].lower()

    def _quoted(self) -> str:
        quote = self.markup[self.at]
        self.at += 1
        value = []
        while self.markup[self.at] not in (quote, _END):
            value.append(self._reference() or self._run(_IN_QUOTES))
        if self.markup[self.at] == quote:
            self.at += 1
        return "".join(value)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise Refused(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        self.at += 2
        name = _lowered(self._name(_TAG_NAME))
        self._skip_spaces()
        if self.markup[self.at] != ">":
            raise Refused(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        tag = self.open.pop()
        if name and name != tag.name:
            where = f"at byte offset {self._bytes(begin)}"
            raise Refused(f'Unmatched end tag {where}, expected "</{tag.name}>", found "</{name}>"')
        self.at += 1
        if self.offset > tag.offset:
            self._close(tag)

    def _close(self, tag: _Open) -> None:
        span = (tag.offset, self.offset - tag.offset)
        last = self.entities[-1] if self.entities else None
        twin = last if last and (last.offset, last.length) == span else None
        if tag.name == "pre" and twin and twin.type == "code" and twin.value:
            self.entities[-1] = Entity("pre", *span, twin.value)
        elif tag.name == "code" and twin and twin.type == "pre" and not twin.value and tag.argument:
            self.entities[-1] = Entity("pre", *span, tag.argument)
        elif tag.name == "tg-time":
            _check_date_format(tag.argument)
            if tag.unix_time > 0:
                self.entities.append(Entity("date_time", *span, tag.argument, tag.unix_time))
        elif tag.name == "a":
            self._link(tag, span)
        else:
            self.entities.append(Entity(_type_of(tag), *span, _value_of(tag)))

    def _link(self, tag: _Open, span: tuple[int, int]) -> None:
        link = tag.argument or "".join(self.text[tag.begin :])
        if user_id := link_user_id(link):
            self.entities.append(Entity("text_mention", *span, number=user_id))
            return
        try:
            self.entities.append(Entity("text_link", *span, checked_link(link)))
        except BadLink:
            return  # Telegram keeps the text and says nothing.


def _note(tag: _Open, name: str, value: str) -> None:
    match tag.name, name:
        case ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "format"):
            tag.argument = value
        case "tg-time", "unix":
            tag.unix_time = int(found[0]) if (found := re.match(r"[0-9]{1,10}", value)) else 0
        case "code", "class" if value.startswith("language-"):
            tag.argument = value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            tag.argument = value.removeprefix("tg-")
        case "blockquote", "expandable":
            tag.argument = "1"
        case _:
            pass


def _type_of(tag: _Open) -> str:
    if tag.name == "blockquote":
        return "expandable_blockquote" if tag.argument else "blockquote"
    return STYLES.get(tag.name) or {"tg-emoji": "custom_emoji"}.get(tag.name, tag.name)


def _value_of(tag: _Open) -> str:
    if tag.name == "tg-emoji" and not re.fullmatch(r"-?0*[1-9][0-9]{0,18}", tag.argument):
        raise Refused("Invalid custom emoji identifier specified")
    return tag.argument if tag.name in {"tg-emoji", "code"} else ""


def _check_date_format(form: str) -> None:
    if form not in {"r", "R"} and not set(form) <= set("tTdDwW"):
        raise Refused("Invalid date format used")


def _lowered(text: str) -> str:
    return text.lower() if text.isascii() else "".join(sign.lower() if sign.isascii() else sign for sign in text)
