"""What people do in the chats, and which updates the bot hears of it."""

import re
from typing import Any

from sandbox.detect import detected
from sandbox.keyboards import Markup
from sandbox.queries import Query
from sandbox.state import Sandbox
from sandbox.world import BOT_NAME, IN_CHAT, Chat, Message


def say(sandbox: Sandbox, chat: Chat, user_id: int, content: dict[str, Any], thread_id: int = 0) -> Message:
    """A person's message, and the update about it where the bot may hear it."""
    if "text" in content:
        entities = [entity.as_json() for entity in detected(content["text"])]
        content = content | ({"entities": entities} if entities else {})
    message = sandbox.world.post(chat, content, by=sandbox.world.users[user_id], thread_id=thread_id)
    if hears(sandbox, chat, message):
        type_ = "channel_post" if chat.type == "channel" else "message"
        sandbox.tell(type_, message.shown, chat.id)
    return message


def hears(sandbox: Sandbox, chat: Chat, message: Message) -> bool:
    """Whether the bot is told of a message: in groups, by privacy mode, only of what concerns it."""
    if chat.members.get(sandbox.bot_id) not in IN_CHAT:
        return False
    if not chat.is_group or chat.members[sandbox.bot_id] in {"creator", "administrator"}:
        return True
    shown = message.shown
    replied = shown.get("reply_to_message", {}).get("from", {}).get("id")
    if replied == sandbox.bot_id or shown.get("via_bot", {}).get("id") == sandbox.bot_id:
        return True
    return any(_concerns(shown["text"], entity) for entity in shown.get("entities", ()))


def _concerns(text: str, entity: dict[str, Any]) -> bool:
    said = _slice(text, entity["offset"], entity["length"]).lower()
    if entity["type"] == "mention":
        return said == f"@{BOT_NAME}"
    return entity["type"] == "bot_command" and re.fullmatch(rf"/\w+(@{BOT_NAME})?", said) is not None


def _slice(text: str, offset: int, length: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def set_member(sandbox: Sandbox, chat: Chat, user_id: int, status: str, *, by: int, may_send: bool = True) -> None:
    """A change of membership or of the right to write: my_chat_member for the bot, chat_member for others."""
    world = sandbox.world
    old = world.member_json(chat, user_id)
    chat.members[user_id] = status
    if user_id == sandbox.bot_id:
        chat.bot_may_send = may_send
    else:
        (chat.cannot_post.discard if may_send else chat.cannot_post.add)(user_id)
    new = world.member_json(chat, user_id)
    world.touch(chat.id)
    told = {"chat": world.chat_json(chat), "from": world.users[by], "date": world.now()}
    told |= {"old_chat_member": old, "new_chat_member": new}
    sandbox.tell("my_chat_member" if user_id == sandbox.bot_id else "chat_member", told, chat.id)


def block(sandbox: Sandbox, chat: Chat, *, is_blocked: bool) -> None:
    """A person blocks the bot, or lets it back in."""
    chat.is_blocked = is_blocked
    set_member(sandbox, chat, sandbox.bot_id, "kicked" if is_blocked else "member", by=chat.id)


def press(sandbox: Sandbox, chat: Chat, user_id: int, message: Message, data: str) -> Query:
    """A press of a button with any data: clients may forge it."""
    query = sandbox.queries.ask(user_id, data)
    content = {
        "id": query.id,
        "from": sandbox.world.users[user_id],
        "message": message.shown,
        "chat_instance": str(5_000_000_000_000_000_000 + abs(chat.id)),
        "data": data,
    }
    sandbox.tell("callback_query", content, chat.id)
    return query


def inline(sandbox: Sandbox, user_id: int, text: str, offset: str, chat_type: str) -> Query:
    """A query typed after the bot's name: from the cache, or asked of the bot."""
    cached = sandbox.queries.recalled(user_id, text, offset)
    if cached is not None:
        return cached
    query = sandbox.queries.ask(user_id, text, offset)
    content = {"id": query.id, "from": sandbox.world.users[user_id], "query": text, "offset": offset}
    sandbox.tell("inline_query", content | ({"chat_type": chat_type} if chat_type else {}))
    return query


def choose(
    sandbox: Sandbox, chat: Chat, query: Query, result_id: str, content: dict[str, Any], markup: Markup
) -> Message:
    """A result sent into a chat: the message, via the bot, and the chosen_inline_result about it."""
    world, user = sandbox.world, sandbox.world.users[query.user_id]
    shown = content | {"via_bot": world.bot} | ({"reply_markup": markup.inline} if markup.inline else {})
    message = world.post(chat, shown, by=user)
    told = {"result_id": result_id, "from": user, "query": query.text}
    if markup.inline:
        inline_id = f"AQAAA{query.id}_{message.id}"
        world.inline_messages[inline_id] = message
        told["inline_message_id"] = inline_id
    sandbox.tell("chosen_inline_result", told)
    if hears(sandbox, chat, message):
        sandbox.tell("message", message.shown, chat.id)
    return message
