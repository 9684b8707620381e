"""The methods that send: each checks in Telegram's order, writes the ledger, then answers."""

from typing import Any

from sandbox.access import check_accepted, check_rights, reached, topic_of
from sandbox.answers import Refused
from sandbox.entities import Entity
from sandbox.formatting import (
    LONGEST_CAPTION,
    LONGEST_TEXT,
    kept,
    parsed_text,
    rich_content,
    text_content,
)
from sandbox.keyboards import Markup, checked_markup, parsed_markup
from sandbox.links import BadLink, checked_link
from sandbox.params import Params, flag_field, integer_field, string_field
from sandbox.state import File, Sandbox
from sandbox.world import Chat, Message

MOST_IN_ALBUM = 10
ACTIONS = frozenset(
    [
        "typing",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "record_audio",
        "upload_audio",
        "upload_photo",
        "upload_document",
        "choose_sticker",
        "pick_up_location",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
_NO_FILE = "Wrong file identifier/HTTP URL specified"


def send_message(sandbox: Sandbox, params: Params) -> dict[str, Any]:
    options = params.structure("link_preview_options", "Can't parse link preview options JSON object")
    if options is not None and not isinstance(options, dict):
        raise Refused("Object expected as link preview options")
    if not params.text("text"):
        raise Refused("Message text is empty")
    parsed = _parsed(params, "text", "entities")
    place = _Place(sandbox, params, "text messages")
    text, entities = kept(*parsed, longest=LONGEST_TEXT, too_long="Message is too long")
    content = text_content(text, _known_mentions(sandbox, entities))
    if options:
        content["link_preview_options"] = options
    return place.post("sendMessage", [content])[0].shown


def send_rich_message(sandbox: Sandbox, params: Params) -> dict[str, Any]:
    content = rich_content(params.structure("rich_message", "Can't parse rich message JSON object", {}))
    place = _Place(sandbox, params, "the rich message")
    return place.post("sendRichMessage", [content])[0].shown


def send_document(sandbox: Sandbox, params: Params) -> dict[str, Any]:
    return _send_file(sandbox, params, "sendDocument", "document")


def send_photo(sandbox: Sandbox, params: Params) -> dict[str, Any]:
    return _send_file(sandbox, params, "sendPhoto", "photo")


def _send_file(sandbox: Sandbox, params: Params, method: str, kind: str) -> dict[str, Any]:
    if not params.text(kind) and kind not in params.files:
        raise Refused(f"There is no {kind} in the request")
    parsed = _parsed(params, "caption", "caption_entities")
    place = _Place(sandbox, params, f"{kind}s")
    content = _file_json(kind, _file(sandbox, params, kind, params.text(kind))) | _caption(sandbox, *parsed)
    return place.post(method, [content])[0].shown


def send_media_group(sandbox: Sandbox, params: Params) -> list[dict[str, Any]]:
    media = params.structure("media", "Can't parse media JSON object")
    if not isinstance(media, list):
        raise Refused("Expected an Array of InputMedia")
    items = [_input_media(item) for item in media]
    place = _Place(sandbox, params, "photos")
    if not items:
        raise Refused("There are no messages to send")
    if len(items) > MOST_IN_ALBUM:
        raise Refused("Too many messages to send as an album")
    if len({kind == "document" for kind, _, _ in items}) > 1:
        raise Refused("Can't use the media of the specified type in the album")
    contents = []
    for kind, source, parsed in items:
        content = _file_json(kind, _file(sandbox, params, "", source)) | _caption(sandbox, *parsed)
        contents.append(content | {"media_group_id": str(14_000_000_000 + len(sandbox.ledger.entries))})
    return [message.shown for message in place.post("sendMediaGroup", contents)]


def send_chat_action(sandbox: Sandbox, params: Params) -> bool:
    if params.text("action").lower() not in ACTIONS:
        raise Refused("Wrong parameter action in request")
    chat = reached(sandbox, params, is_write=True)
    check_accepted(chat, topic_of(chat, params))
    return True


METHODS = {
    "sendMessage": send_message,
    "sendRichMessage": send_rich_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
}


class _Place:
    """Where and how a message is to appear, checked in Telegram's order up to the rights of the bot."""

    def __init__(self, sandbox: Sandbox, params: Params, what: str) -> None:
        self.sandbox, self.params = sandbox, params
        reply = _reply_parameters(params)
        markup = parsed_markup(params)
        self.chat = reached(sandbox, params, is_write=True)
        self.thread_id = topic_of(self.chat, params)
        self.reply = _replied(self.chat, reply)
        check_rights(sandbox, self.chat, what)
        self.markup: Markup = checked_markup(markup, self.chat.type)

    def post(self, method: str, contents: list[dict[str, Any]]) -> list[Message]:
        """Accept messages: into the chat and into the ledger. Raises Refused where the server would."""
        sandbox, chat, world = self.sandbox, self.chat, self.sandbox.world
        check_accepted(chat, self.thread_id)
        is_group = chat.type != "private"
        lengths = [_length(content) if sandbox.limits.counts_length else 0 for content in contents]
        sandbox.limits.check(chat.id, is_group=is_group, now=world.clock(), lengths=lengths)
        common = ({"reply_markup": self.markup.inline} if self.markup.inline else {}) | self.reply
        if self.params.flag("protect_content"):
            common["has_protected_content"] = True
        posted = []
        for content in contents:
            message = world.post(
                chat, content | common, by=world.bot, thread_id=self.thread_id, keyboard=self.markup.reply
            )
            message.is_silent = self.params.flag("disable_notification")
            sandbox.ledger.write(self._entry(method, message))
            posted.append(message)
        return posted

    def _entry(self, method: str, message: Message) -> dict[str, Any]:
        shown = message.shown
        entry = {
            "time": self.sandbox.world.clock(),
            "method": method,
            "chat_id": message.chat_id,
            "message_id": message.id,
            "thread_id": self.thread_id or None,
            "text": shown.get("text", shown.get("caption", "")),
            "entities": shown.get("entities", shown.get("caption_entities", [])),
            "silent": message.is_silent,
            "markup": self.markup.either,
            "rich": shown.get("rich_message"),
        }
        files = {kind: shown[kind] for kind in ("document", "photo") if kind in shown}
        return entry | files


def _length(content: Any) -> int:
    """Characters of a content, in whatever it holds them."""
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return len(content) if isinstance(content, str) else sum(map(_length, parts))


def _parsed(params: Params, name: str, entities_name: str) -> tuple[str, list[Entity]]:
    try:
        entities = params.structure(entities_name, "")
    except Refused:
        entities = None  # Telegram passes over entities it cannot read.
    return parsed_text(params.text(name), params.text("parse_mode"), entities)


def _caption(sandbox: Sandbox, text: str, entities: list[Entity]) -> dict[str, Any]:
    if not text.strip():
        return {}
    kept_caption = kept(text, entities, longest=LONGEST_CAPTION, too_long="Message caption is too long")
    return text_content(kept_caption[0], _known_mentions(sandbox, kept_caption[1]), name="caption")


def _known_mentions(sandbox: Sandbox, entities: list[Entity]) -> list[Entity]:
    """Entities without mentions of users the bot has never met, which Telegram drops."""
    return [e for e in entities if e.type != "text_mention" or e.number in sandbox.world.users]


def _reply_parameters(params: Params) -> dict[str, Any]:
    value = params.structure("reply_parameters", "Can't parse reply parameters JSON object")
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise Refused("Object expected as reply parameters")
    if value:
        integer_field(value, "message_id", required=True)
    return value


def _replied(chat: Chat, reply: dict[str, Any]) -> dict[str, Any]:
    if not reply:
        return {}
    message = chat.messages.get(integer_field(reply, "message_id"))
    if message is None or message.is_deleted:
        if flag_field(reply, "allow_sending_without_reply"):
            return {}
        raise Refused("message to be replied not found")
    return {"reply_to_message": {k: v for k, v in message.shown.items() if k != "reply_to_message"}}


def _input_media(item: Any) -> tuple[str, str, tuple[str, list[Entity]]]:
    """Kind, source and caption of one InputMedia."""
    try:
        if not isinstance(item, dict):
            raise Refused("expected an Object")
        kind = string_field(item, "type", required=True).lower()
        if kind not in {"photo", "document"}:
            raise Refused("type must be photo or document in the sandbox")
        source = string_field(item, "media", required=True)
        caption, mode = string_field(item, "caption"), string_field(item, "parse_mode")
        return kind, source, parsed_text(caption, mode, item.get("caption_entities"))
    except Refused as wrong:
        raise Refused(f"Can't parse InputMedia: {wrong.message}") from wrong


def _file(sandbox: Sandbox, params: Params, part: str, source: str) -> File:
    """The file of an upload, of a known file_id, or of an address, which is looked at but not fetched."""
    upload = params.files.get(source.removeprefix("attach://") if source.startswith("attach://") else part)
    if upload is not None:
        return sandbox.keep_file(upload.file_name, upload.content_type, upload.content)
    if source in sandbox.files:
        return sandbox.files[source]
    if not source.lower().startswith(("http://", "https://")):
        raise Refused(_NO_FILE)
    try:
        address = checked_link(source)
    except BadLink as bad:
        raise Refused("Wrong HTTP URL specified") from bad
    return sandbox.keep_file(address.rpartition("/")[2], "application/octet-stream", b"")


def _file_json(kind: str, file: File) -> dict[str, Any]:
    told: dict[str, Any] = {"file_id": file.file_id, "file_unique_id": f"AgAD{file.file_id[-8:]}"}
    told["file_size"] = len(file.content)
    if kind == "photo":
        return {"photo": [told | {"width": 800, "height": 450}]}
    return {"document": told | {"file_name": file.name, "mime_type": file.content_type}}
