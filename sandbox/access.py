"""Whether the bot may: find the chat, write there, in that topic; Telegram's refusals word for word."""

import re

from sandbox.answers import Refused
from sandbox.params import Params
from sandbox.state import Sandbox
from sandbox.world import GENERAL_TOPIC, IN_CHAT, Chat, Message


def reached(sandbox: Sandbox, params: Params, *, is_write: bool = False, is_edit: bool = False) -> Chat:
    """The chat of chat_id. Raises Refused."""
    chat_id = params.text("chat_id")
    if not chat_id:
        raise Refused("chat_id is empty")
    chat = sandbox.world.chats.get(int(chat_id)) if re.fullmatch(r"-?[0-9]{1,18}", chat_id) else None
    if chat is None:
        raise Refused("chat not found")
    if chat.type == "private":
        if chat.is_gone and (is_write or is_edit):
            raise Refused("Forbidden: user is deactivated", 403)
        return chat
    if chat.type == "group" and is_write and chat.is_gone:
        if chat.migrated_to:
            raise Refused("group chat was upgraded to a supergroup chat", 400, migrate_to_chat_id=chat.migrated_to)
        raise Refused("Forbidden: the group chat was deleted", 403)
    status = chat.members.get(sandbox.bot_id, "left")
    if status == "kicked":
        raise Refused(f"Forbidden: bot was kicked from the {chat.type} chat", 403)
    if status not in IN_CHAT and (is_write or is_edit or chat.type != "group"):
        raise Refused(f"Forbidden: bot is not a member of the {chat.type} chat", 403)
    return chat


def topic_of(chat: Chat, params: Params) -> int:
    """The topic of message_thread_id, 0 for none; elsewhere than in forums it is passed over. Raises Refused."""
    thread_id = max(params.integer("message_thread_id"), 0)
    if not thread_id or not (chat.is_forum or chat.type == "private"):
        return 0
    if thread_id == GENERAL_TOPIC or thread_id not in chat.topics:
        raise Refused("message thread not found")
    return thread_id


def check_rights(sandbox: Sandbox, chat: Chat, what: str) -> None:
    """Whether the bot may send this kind of message. Raises Refused."""
    may_post = chat.members.get(sandbox.bot_id) in {"creator", "administrator"} and chat.bot_may_send
    if chat.type == "channel" and not may_post:
        raise Refused("need administrator rights in the channel chat")
    if not chat.bot_may_send:
        raise Refused(f"Not enough rights to send {what} to the chat")


def check_accepted(chat: Chat, thread_id: int) -> None:
    """What the server alone knows: a block, a chat never begun, a closed topic. Raises Refused."""
    if chat.is_blocked:
        raise Refused("Forbidden: bot was blocked by the user", 403)
    if not chat.is_started:
        raise Refused("Forbidden: bot can't initiate conversation with a user", 403)
    if thread_id in chat.closed_topics:
        raise Refused("TOPIC_CLOSED")


def message_of(chat: Chat, params: Params, what: str) -> Message:
    """The message of message_id. Raises Refused."""
    message = chat.messages.get(params.integer("message_id"))
    if message is None or message.is_deleted:
        raise Refused(f"{what} not found")
    return message
