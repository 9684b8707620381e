"""From what a bot sends (text, parse_mode, entities) to the text and entities of a message.

The sandbox takes HTML only: MarkdownV2 and Markdown, which Telegram knows, are refused in words of its own.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sandbox.answers import Refused
from sandbox.detect import detected
from sandbox.entities import LONGEST_RAW_TEXT, Entity, kept_text, sent_entities, with_detected
from sandbox.params import flag_field, integer_field, string_field
from sandbox.parse_html import parse_html
from sandbox.rich import RichRefused, parse

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
MARKDOWN_REFUSED = "the sandbox takes parse_mode HTML only; Telegram itself also takes Markdown and MarkdownV2"


def parsed_text(text: str, parse_mode: str, entities: Any = None) -> tuple[str, list[Entity]]:
    """The first half, before any chat is looked at: raw length, parse mode, markup."""
    if len(text.encode()) > LONGEST_RAW_TEXT:
        raise Refused("Text is too long")
    mode = parse_mode.lower()
    if not text or mode in {"", "none"}:
        return text, _given_entities(entities)
    if mode in {"markdown", "markdownv2"}:
        raise Refused(MARKDOWN_REFUSED)
    if mode != "html":
        raise Refused("Unsupported parse_mode")
    try:
        text, parsed = _parsed_html(text)
    except Refused as wrong:
        raise Refused(f"Can't parse entities: {wrong.message}") from wrong
    return text, list(parsed)


def kept(text: str, entities: list[Entity], *, longest: int, too_long: str) -> tuple[str, list[Entity]]:
    """The second half, when the chat is known: cleaning, length, detection, the server's limits."""
    text, whole = _kept_whole(text, tuple(entities))
    if len(text) > longest:
        raise Refused(too_long)
    return text, sent_entities(list(whole))


# A digest goes to many chats: what a text comes to is worked out once.
@lru_cache(maxsize=512)
def _parsed_html(text: str) -> tuple[str, Sequence[Entity]]:
    text, entities = parse_html(text)
    return text, tuple(entities)


@lru_cache(maxsize=512)
def _kept_whole(text: str, entities: Sequence[Entity]) -> tuple[str, Sequence[Entity]]:
    text, cleaned = kept_text(text, list(entities))
    return text, tuple(with_detected(cleaned, detected(text)))


def text_content(text: str, entities: list[Entity], *, name: str = "text") -> dict[str, Any]:
    """The part of a Message that holds a text, or with name "caption" a caption."""
    told: dict[str, Any] = {name: text} if text else {}
    key = "entities" if name == "text" else f"{name}_entities"
    return told | ({key: [entity.as_json() for entity in entities]} if entities else {})


def rich_content(value: Any) -> dict[str, Any]:
    """The part of a Message that an InputRichMessage becomes. Raises Refused."""
    if not isinstance(value, dict):
        raise Refused("Object expected as rich message")
    html, markdown = string_field(value, "html"), string_field(value, "markdown")
    is_rtl, skips = flag_field(value, "is_rtl"), flag_field(value, "skip_entity_detection")
    if html and markdown:
        raise Refused("Can't parse rich message: exactly one of the fields html and markdown must be used")
    if markdown:
        raise Refused("the sandbox takes rich messages as html only; Telegram itself also takes markdown")
    try:
        blocks = parse(html, is_rtl=is_rtl, skip_entity_detection=skips)
    except RichRefused as refused:
        raise Refused(str(refused)) from refused
    return {"rich_message": {"blocks": blocks} | ({"is_rtl": True} if is_rtl else {})}


def content_of(content: dict[str, Any], *, is_final: bool = False) -> dict[str, Any]:
    """The part of a Message that an InputMessageContent becomes; is_final makes the later checks too."""
    if "rich_message" in content:
        return rich_content(content["rich_message"])
    if "message_text" in content:
        raw = string_field(content, "message_text", required=True)
        if not raw:
            raise Refused("Message text is empty")
        text, entities = parsed_text(raw, string_field(content, "parse_mode"), content.get("entities"))
        if is_final:
            text, entities = kept(text, entities, longest=LONGEST_TEXT, too_long="Message is too long")
        return text_content(text, entities)
    raise Refused("Input message content is not specified")


def _given_entities(entities: Any) -> list[Entity]:
    if not isinstance(entities, list):
        return []
    given = []
    for entity in entities:
        try:
            if not isinstance(entity, dict):
                raise Refused("expected an Object")
            offset = integer_field(entity, "offset", required=True)
            length = integer_field(entity, "length", required=True)
            given.append(_given_entity(entity, offset, length))
        except Refused as wrong:
            raise Refused(f"Can't parse MessageEntity: {wrong.message}") from wrong
    return [entity for entity in given if entity is not None and entity.offset >= 0]


def _given_entity(entity: dict[str, Any], offset: int, length: int) -> Entity | None:
    type_ = string_field(entity, "type", required=True)
    match type_:
        case "text_link":
            return Entity(type_, offset, length, string_field(entity, "url", required=True))
        case "pre":
            return Entity(type_, offset, length, string_field(entity, "language"))
        case "custom_emoji":
            return Entity(type_, offset, length, string_field(entity, "custom_emoji_id", required=True))
        case "bold" | "italic" | "underline" | "strikethrough" | "spoiler" | "code":
            return Entity(type_, offset, length)
        case "blockquote" | "expandable_blockquote":
            return Entity(type_, offset, length)
        case _:
            return None
