"""What can befall a chat between two messages to it."""

from sandbox import people
from sandbox.answers import Refused
from sandbox.params import leading_integer
from sandbox.state import Sandbox
from sandbox.world import Chat


def befall(sandbox: Sandbox, fate: str, chat_id: str, thread_id: int = 0) -> None:
    """Lets it happen, with the updates Telegram sends about it; a chat that cannot meet this fate is left alone."""
    chat = sandbox.world.chats.get(leading_integer(chat_id))
    match fate:
        case _ if chat is None:
            return
        case "block" if chat.type == "private":
            people.block(sandbox, chat, is_blocked=True)
        case "kick" if chat.type != "private":
            people.set_member(sandbox, chat, sandbox.bot_id, "kicked", by=_somebody(sandbox, chat))
        case "mute" if chat.type != "private":
            chat.bot_may_send = False
        case "deactivate" if chat.type in {"private", "group"}:
            chat.is_gone = True
        case "migrate" if chat.type == "group" and not chat.migrated_to:
            migrate(sandbox, chat)
        case "close-topic" if thread_id in chat.topics:
            chat.closed_topics.add(thread_id)
        case "delete-topic":
            chat.topics.pop(thread_id, None)


def migrate(sandbox: Sandbox, chat: Chat, *, is_silent: bool = False) -> Chat:
    """A small group becomes a supergroup; the bot hears of it in both, unless is_silent. Raises Refused."""
    if chat.type != "group" or chat.migrated_to:
        raise Refused("only a small group becomes a supergroup, once")
    new, left, arrived = sandbox.world.migrate(chat)
    if not is_silent:
        sandbox.tell("message", left.shown, chat.id)
        sandbox.tell("message", arrived.shown, new.id)
    return new


def _somebody(sandbox: Sandbox, chat: Chat) -> int:
    return next((id_ for id_ in chat.members if id_ != sandbox.bot_id), sandbox.bot_id)
