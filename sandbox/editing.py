"""The methods that change or remove what was sent."""

from typing import Any

from sandbox.access import message_of, reached
from sandbox.answers import Refused
from sandbox.formatting import LONGEST_TEXT, kept, parsed_text, rich_content, text_content
from sandbox.keyboards import Markup, checked_markup, parsed_markup
from sandbox.params import Params
from sandbox.state import Sandbox
from sandbox.world import IN_CHAT, Chat, Message

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
DELETABLE_SECONDS = 48 * 3600
CONTENT = ("text", "entities", "rich_message", "link_preview_options")


def edit_message_text(sandbox: Sandbox, params: Params) -> dict[str, Any] | bool:
    if params.text("rich_message"):
        content = rich_content(params.structure("rich_message", "Can't parse rich message JSON object"))
        parsed = None
    else:
        options = params.structure("link_preview_options", "Can't parse link preview options JSON object")
        if not params.text("text"):
            raise Refused("Message text is empty")
        entities = params.structure("entities", "Can't parse entities JSON object")
        parsed = parsed_text(params.text("text"), params.text("parse_mode"), entities)
        content = {"link_preview_options": options} if options else {}
    markup = parsed_markup(params)
    message, chat = _edited(sandbox, params)
    if not message.shown.keys() & {"text", "rich_message"}:
        raise Refused("there is no text in the message to edit")
    if parsed is not None:
        text, entities = kept(*parsed, longest=LONGEST_TEXT, too_long="Message is too long")
        content = text_content(text, entities) | content
    bare = {name: value for name, value in message.shown.items() if name not in CONTENT}
    return _change(sandbox, params, message, bare | content, checked_markup(markup, chat.type))


def edit_message_reply_markup(sandbox: Sandbox, params: Params) -> dict[str, Any] | bool:
    markup = parsed_markup(params)
    message, chat = _edited(sandbox, params)
    return _change(sandbox, params, message, message.shown, checked_markup(markup, chat.type))


def delete_message(sandbox: Sandbox, params: Params) -> bool:
    if not params.text("chat_id"):
        raise Refused("Chat identifier is not specified")
    if params.integer("message_id") <= 0:
        raise Refused("Message identifier is not specified")
    chat = reached(sandbox, params, is_write=True)
    message = message_of(chat, params, "message to delete")
    if not _may_delete(sandbox, chat, message):
        raise Refused("message can't be deleted")
    message.is_deleted = True
    sandbox.world.touch(chat.id)
    return True


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
}


def _edited(sandbox: Sandbox, params: Params) -> tuple[Message, Chat]:
    if not params.text("chat_id") and params.integer("message_id") <= 0:
        inline_id = params.text("inline_message_id")
        if not inline_id:
            raise Refused("Message identifier is not specified")
        message = sandbox.world.inline_messages.get(inline_id)
        if message is None or message.is_deleted:
            raise Refused("MESSAGE_ID_INVALID")
        return message, sandbox.world.chats[message.chat_id]
    chat = reached(sandbox, params, is_edit=True)
    message = message_of(chat, params, "message to edit")
    if not message.by_bot:
        raise Refused("message can't be edited")
    return message, chat


def _change(
    sandbox: Sandbox, params: Params, message: Message, shown: dict[str, Any], markup: Markup
) -> dict[str, Any] | bool:
    shown = {name: value for name, value in shown.items() if name not in {"reply_markup", "edit_date"}}
    shown |= {"reply_markup": markup.inline} if markup.inline else {}
    if shown == {name: value for name, value in message.shown.items() if name != "edit_date"}:
        raise Refused(NOT_MODIFIED)
    message.shown = shown | {"edit_date": sandbox.world.now()}
    message.edited += 1
    sandbox.world.touch(message.chat_id)
    return message.shown if params.text("chat_id") else True


def _may_delete(sandbox: Sandbox, chat: Chat, message: Message) -> bool:
    if chat.type != "private" and chat.members.get(sandbox.bot_id) in {"creator", "administrator"}:
        return True
    if message.shown["date"] < sandbox.world.now() - DELETABLE_SECONDS:
        return False
    return message.by_bot or (chat.type == "private" and chat.members.get(sandbox.bot_id) in IN_CHAT)
