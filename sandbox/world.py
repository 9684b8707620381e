"""Users, chats, members and messages: the state, in memory, as the Bot API would describe it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sandbox.bell import Bell

BOT_NAME = "sandbox_digest_bot"
GENERAL_TOPIC = 1
IN_CHAT = frozenset({"creator", "administrator", "member", "restricted"})
STATUSES = IN_CHAT | {"left", "kicked"}


@dataclass(slots=True)
class Message:
    """One message: `shown` is the Bot API's Message; `keyboard` a reply keyboard, which Message does not hold."""

    id: int
    chat_id: int
    shown: dict[str, Any]
    by_bot: bool
    keyboard: dict[str, Any] | None = None
    edited: int = 0
    is_deleted: bool = False
    is_silent: bool = False


@dataclass(slots=True)
class Chat:
    """A private chat, group, supergroup or channel."""

    id: int
    type: str
    title: str = ""
    is_forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)
    is_blocked: bool = False
    is_gone: bool = False
    is_started: bool = True
    bot_may_send: bool = True
    cannot_post: set[int] = field(default_factory=set)
    """Administrators of a channel other than the bot, without the right to post."""
    migrated_to: int = 0

    @property
    def is_group(self) -> bool:
        return self.type in {"group", "supergroup"}


class World:
    """Everything there is. Reading is free; every change rings the bell and raises the revision."""

    def __init__(self, clock: Callable[[], float], bot_id: int) -> None:
        self.clock = clock
        self.bot: dict[str, Any] = {"id": bot_id, "is_bot": True, "first_name": "Sandbox Digest", "username": BOT_NAME}
        self.users: dict[int, dict[str, Any]] = {bot_id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.inline_messages: dict[str, Message] = {}
        self.revision = 0
        self.bell = Bell()
        self._changed: dict[int, int] = {}
        self._ids = count(2001)
        self._private_ids = count(1)
        self._own_ids: dict[int, Any] = {}

    def now(self) -> int:
        return int(self.clock())

    def new_id(self) -> int:
        while (id_ := next(self._ids)) in self.users:
            pass
        return id_

    def add_user(self, id_: int, first_name: str, language_code: str = "en") -> dict[str, Any]:
        """A user and the private chat with the bot."""
        user = {"id": id_, "is_bot": False, "first_name": first_name, "language_code": language_code}
        self.users[id_] = user
        self.chats[id_] = Chat(id_, "private", members={id_: "member", self.bot["id"]: "member"})
        self.touch(id_)
        return user

    def add_chat(self, id_: int, type_: str, title: str, *, is_forum: bool = False) -> Chat:
        chat = Chat(id_, type_, title, is_forum)
        self.chats[id_] = chat
        if is_forum:
            self._own_ids[id_] = count(GENERAL_TOPIC + 1)  # the first message is the general topic's
        self.touch(id_)
        return chat

    def touch(self, chat_id: int) -> None:
        self.revision += 1
        self._changed[chat_id] = self.revision
        self.bell.ring()

    def changed_since(self, revision: int) -> list[int]:
        return [chat_id for chat_id, changed in self._changed.items() if changed > revision]

    def chat_json(self, chat: Chat) -> dict[str, Any]:
        """The Chat object inside messages."""
        told: dict[str, Any] = {"id": chat.id, "type": chat.type}
        if chat.type == "private":
            told["first_name"] = self.users[chat.id]["first_name"]
        else:
            told["title"] = chat.title
        if chat.is_forum:
            told["is_forum"] = True
        return told

    def member_json(self, chat: Chat, user_id: int) -> dict[str, Any]:
        """The ChatMember of a user."""
        status = chat.members.get(user_id, "left")
        told: dict[str, Any] = {"status": status, "user": self.users[user_id]}
        if status == "creator":
            told["is_anonymous"] = False
        elif status == "administrator":
            rights = "manage_chat delete_messages manage_video_chats restrict_members promote_members change_info"
            more = "invite_users post_stories edit_stories delete_stories"
            told |= {"can_be_edited": False, "is_anonymous": False}
            told |= {f"can_{right}": True for right in (rights + " " + more).split()}
            told |= self._rights_by_kind(chat, user_id)
        elif status == "kicked":
            told["until_date"] = 0
        return told

    def _rights_by_kind(self, chat: Chat, user_id: int) -> dict[str, bool]:
        """The rights of an administrator that only channels have, or only groups."""
        if chat.type == "channel":
            may_post = chat.bot_may_send if user_id == self.bot["id"] else user_id not in chat.cannot_post
            return {"can_post_messages": may_post, "can_edit_messages": may_post}
        return {"can_pin_messages": True} | ({"can_manage_topics": True} if chat.is_forum else {})

    def post(
        self,
        chat: Chat,
        content: dict[str, Any],
        *,
        by: dict[str, Any],
        thread_id: int = 0,
        keyboard: dict[str, Any] | None = None,
    ) -> Message:
        """A new message in a chat, numbered as Telegram does: private chats and small groups share one count."""
        if chat.type in {"supergroup", "channel"}:
            message_id = next(self._own_ids.setdefault(chat.id, count(1)))
        else:
            message_id = next(self._private_ids)
        shown: dict[str, Any] = {"message_id": message_id}
        if thread_id:
            shown |= {"message_thread_id": thread_id, "is_topic_message": True}
        if chat.type == "channel":
            shown["sender_chat"] = self.chat_json(chat)
        else:
            shown["from"] = dict(by)
        shown |= {"chat": self.chat_json(chat), "date": self.now()} | content
        message = Message(message_id, chat.id, shown, by_bot=by is self.bot, keyboard=keyboard)
        chat.messages[message_id] = message
        self.touch(chat.id)
        return message

    def migrate(self, chat: Chat) -> tuple[Chat, Message, Message]:
        """A small group becomes a supergroup; the service messages in the old chat and in the new one."""
        new = self.add_chat(-1_000_000_000_000 + chat.id, "supergroup", chat.title)
        new.members, new.bot_may_send = dict(chat.members), chat.bot_may_send
        chat.migrated_to, chat.is_gone = new.id, True
        owner = self.users[next(iter(chat.members), self.bot["id"])]
        left = self.post(chat, {"migrate_to_chat_id": new.id}, by=owner)
        arrived = self.post(new, {"migrate_from_chat_id": chat.id}, by=owner)
        return new, left, arrived


def furnished(clock: Callable[[], float], bot_id: int) -> World:
    """The world at start: a reader, a guest, a supergroup with both and the bot in it, and the reader's channel."""
    world = World(clock, bot_id)
    world.add_user(1001, "Reader")
    world.add_user(1002, "Guest")
    group = world.add_chat(-1002001, "supergroup", "Morning group")
    group.members = {1001: "creator", 1002: "member", bot_id: "member"}
    channel = world.add_chat(-1002002, "channel", "Morning channel")
    channel.members = {1001: "creator", 1002: "member"}
    return world
