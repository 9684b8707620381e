"""Who there is, and what becomes of people and chats."""

from typing import Any

from sandbox import fates, people
from sandbox.answers import Refused
from sandbox.control.asking import BadControl, Body, Handler, chat_of, user_id_of
from sandbox.state import Sandbox
from sandbox.world import STATUSES, Chat


async def world(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    world = sandbox.world
    return {
        "bot": world.bot,
        "users": [user for user in world.users.values() if user is not world.bot],
        "chats": [_told_chat(sandbox, chat) for chat in world.chats.values()],
        "members": {str(chat.id): chat.members for chat in world.chats.values()},
        "commands": sandbox.commands.get(("default", ""), []),
    }


def _told_chat(sandbox: Sandbox, chat: Chat) -> dict[str, Any]:
    told = sandbox.world.chat_json(chat)
    told |= {"topics": [{"id": id_, "name": name} for id_, name in chat.topics.items()]} if chat.topics else {}
    told |= {"blocked": True} if chat.is_blocked else {}
    return told | ({"migrated_to": chat.migrated_to} if chat.migrated_to else {})


async def add_user(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    id_ = body.integer("id", 0) or sandbox.world.new_id()
    if id_ in sandbox.world.users or id_ < 0:
        raise BadControl("that id is taken or negative")
    user = sandbox.world.add_user(id_, body.text("first_name"), body.text("language_code", "en"))
    sandbox.world.chats[id_].is_started = bool(body.get("started", True))
    return user


async def add_chat(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    type_ = body.text("type")
    if type_ not in {"group", "supergroup", "channel"}:
        raise BadControl("type is group, supergroup or channel")
    number = sandbox.world.new_id()
    id_ = body.integer("id", 0) or (-number if type_ == "group" else -1_000_000_000_000 - number)
    if id_ in sandbox.world.chats or id_ > 0:
        raise BadControl("that id is taken or positive")
    chat = sandbox.world.add_chat(id_, type_, body.text("title"), is_forum=bool(body.get("is_forum", False)))
    return _told_chat(sandbox, chat)


async def add_topic(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    """A topic in a forum; with `id` and `closed` or `deleted`, what becomes of it."""
    chat = chat_of(sandbox, body)
    if not chat.is_forum:
        raise BadControl("only a forum has topics")
    id_ = body.integer("id", 0) or max(chat.topics, default=1) + 1
    chat.topics[id_] = body.text("name", chat.topics.get(id_, "Topic"))
    chat.closed_topics ^= {id_} & chat.closed_topics
    if body.get("closed"):
        chat.closed_topics.add(id_)
    if body.get("deleted"):
        del chat.topics[id_]
    return {"id": id_}


async def set_member(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    """A membership; `may_send` false takes the bot's right to write, in a channel anybody's; `by` is who does it."""
    chat, user_id = chat_of(sandbox, body), user_id_of(sandbox, body)
    status = body.text("status")
    if status not in STATUSES:
        raise BadControl(f"status is one of {', '.join(sorted(STATUSES))}")
    by = body.integer("by", 0) or next((id_ for id_ in chat.members if id_ != sandbox.bot_id), user_id)
    people.set_member(sandbox, chat, user_id, status, by=by, may_send=bool(body.get("may_send", True)))
    return {"chat_id": chat.id, "user_id": user_id, "status": status}


async def block(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    chat = chat_of(sandbox, body)
    if chat.type != "private":
        raise BadControl("only a private chat blocks the bot")
    people.block(sandbox, chat, is_blocked=bool(body.get("blocked", True)))
    return {"chat_id": chat.id, "blocked": chat.is_blocked}


async def end_chat(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    """A person's account is deactivated, or a group or channel is deleted: no update says so.

    Of a supergroup or channel that is no more, the Bot API server says what it says where the bot was put out.
    """
    chat = chat_of(sandbox, body)
    chat.is_gone = bool(body.get("gone", True))
    if chat.type in {"supergroup", "channel"}:
        chat.members[sandbox.bot_id] = "kicked"
    return {"chat_id": chat.id, "gone": chat.is_gone}


async def migrate(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    """A small group becomes a supergroup; `silent` keeps the service messages from the bot."""
    try:
        new = fates.migrate(sandbox, chat_of(sandbox, body), is_silent=bool(body.get("silent")))
    except Refused as refused:
        raise BadControl(refused.message) from refused
    return {"chat_id": new.id}


ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "world"): world,
    ("POST", "users"): add_user,
    ("POST", "chats"): add_chat,
    ("POST", "topics"): add_topic,
    ("POST", "members"): set_member,
    ("POST", "block"): block,
    ("POST", "end"): end_chat,
    ("POST", "migrate"): migrate,
}
