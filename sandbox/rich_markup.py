"""Rich HTML as a tree of tags: which tags there are, entities, and byte offsets for the refusals."""

import re
from dataclasses import dataclass, field

MAX_LEVELS = 16

INLINE = frozenset(
    ("a", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "mark", "sub", "sup", "br",
     "tg-spoiler", "tg-reference", "tg-emoji", "tg-time", "tg-math")
)  # fmt: skip
_BLOCK = frozenset(
    ("h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "footer", "hr", "ul", "ol", "li", "input", "blockquote",
     "aside", "cite", "details", "summary", "table", "caption", "tr", "td", "th", "figure", "figcaption",
     "img", "video", "audio", "tg-map", "tg-collage", "tg-slideshow", "tg-math-block")
)  # fmt: skip
_VOID = frozenset(("br", "hr", "img", "input"))

NAMED = {
    "lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "nbsp": "\u00a0", "hellip": "…",
    "mdash": "—", "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”",
}  # fmt: skip

_ENTITY = re.compile(r"&(#[xX][0-9a-fA-F]{1,8}|#[0-9]{1,9}|[A-Za-z]+);?")
_NAME = re.compile(r"[^\s/>]*")
_ATTRIBUTE = re.compile(r"""\s*([^\s=/>"']*)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


class RichRefused(Exception):
    """The Bot API would refuse this rich message; `description` is its text after "Bad Request: "."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


@dataclass(slots=True, eq=False)
class Tag:
    """A tag, its attributes and what is inside it; `at` is where it starts in its source, in characters."""

    name: str
    attrs: dict[str, str]
    source: str
    at: int
    children: "list[Tag | str]" = field(default_factory=list)

    @property
    def words(self) -> str:
        """The text inside, for the tags that hold nothing else."""
        for child in self.children:
            if isinstance(child, Tag):
                raise child.misplaced(self)
        return "".join(str(child) for child in self.children)

    def refused(self, sentence: str) -> RichRefused:
        return broken(sentence, self.source, self.at)

    def misplaced(self, parent: "Tag") -> RichRefused:
        place = f'inside "{parent.name}"' if parent.name else "at the top level"
        return self.refused(f'Tag "{self.name}" is not allowed {place}')


def read(html: str) -> Tag:
    """The tree of the message, under a nameless root. Raises RichRefused."""
    try:
        html.encode()
    except UnicodeEncodeError:
        raise RichRefused("strings must be encoded in UTF-8") from None
    root = Tag("", {}, html, 0)
    stack = [root]
    at = 0
    while at < len(html):
        opening = html.find("<", at)
        text = html[at : opening if opening >= 0 else len(html)]
        if text:
            stack[-1].children.append(unescape(text))
        if opening < 0:
            break
        closes = html.startswith("</", opening)
        at = (_end_tag if closes else _start_tag)(html, opening, stack)
    if len(stack) > 1:
        raise broken(f'Can\'t find end tag corresponding to start tag "{stack[-1].name}"')
    return root


def unescape(text: str) -> str:
    """Numeric entities and the thirteen named ones; any other stays as it is written."""
    return _ENTITY.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if not name.startswith("#"):
        return NAMED.get(name, found[0])
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    good = 0 < number < 0x110000 and not 0xD800 <= number < 0xE000
    return chr(number) if good else found[0]


def broken(sentence: str, html: str = "", at: int = -1) -> RichRefused:
    """A refusal in the classic parser's manner, with the UTF-8 byte offset of `at`."""
    place = f" at byte offset {len(html[:at].encode())}" if at >= 0 else ""
    return RichRefused(f"can't parse entities: {sentence}{place}")


def _start_tag(html: str, at: int, stack: list[Tag]) -> int:
    found = _NAME.match(html, at + 1)
    name = found[0].lower() if found else ""
    end = found.end() if found else at
    if name not in INLINE | _BLOCK:
        raise broken(f'Unsupported start tag "{name}"', html, at)
    attrs: dict[str, str] = {}
    while True:
        part = _ATTRIBUTE.match(html, end)
        end = part.end() if part else end
        if part and part[1]:
            value = next((v for v in part.groups()[2:] if v is not None), "")
            attrs.setdefault(part[1].lower(), unescape(value))
        elif html.startswith("/", end):
            end += 1
        elif html.startswith(">", end):
            break
        elif end >= len(html):
            raise broken(f'Unclosed start tag "{name}"', html, at)
        else:
            raise broken(f'Empty attribute name in the tag "{name}"', html, at)
    tag = Tag(name, attrs, html, at)
    stack[-1].children.append(tag)
    if name not in _VOID and html[end - 1] != "/":
        stack.append(tag)
        if len(stack) - 1 > MAX_LEVELS:
            raise RichRefused("RICH_MESSAGE_DEPTH_TOO_BIG")
    return end + 1


def _end_tag(html: str, at: int, stack: list[Tag]) -> int:
    end = html.find(">", at)
    if end < 0:
        raise broken("Unclosed end tag", html, at)
    name = " ".join(html[at + 2 : end].split()).lower()
    if len(stack) == 1:
        raise broken("Unexpected end tag", html, at)
    if name and name != stack[-1].name:
        raise broken(
            f'Unmatched end tag at byte offset {len(html[:at].encode())}, expected "</{stack[-1].name}>", '
            f'found "</{name}>"'
        )
    stack.pop()
    return end + 1
