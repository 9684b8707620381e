"""The methods about the bot itself, its commands, its chats and its files."""

import re
from typing import Any

from sandbox.access import reached
from sandbox.answers import Refused, try_later
from sandbox.params import Params, integer_field, string_field
from sandbox.people import set_member
from sandbox.state import Sandbox

MOST_COMMANDS = 100
LONGEST_COMMAND = 32
LONGEST_COMMAND_DESCRIPTION = 256
LONGEST_DESCRIPTION = {"description": 512, "short_description": 120}
LONGEST_TOPIC = 128
TOPIC_COLOR = 7322096
CLOSING_SECONDS = 600
_CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}
_SCOPES = _CHAT_SCOPES | {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}


def get_me(sandbox: Sandbox, params: Params) -> dict[str, Any]:
    return sandbox.world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_guest_queries": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }


def close(sandbox: Sandbox, params: Params) -> bool:
    left = sandbox.started_at + CLOSING_SECONDS - sandbox.world.clock()
    if left > 0:
        raise try_later(int(left) + 1)
    return True


def log_out(sandbox: Sandbox, params: Params) -> bool:
    sandbox.is_logged_out = True
    return True


def set_my_commands(sandbox: Sandbox, params: Params) -> bool:
    commands = params.structure("commands", "Can't parse commands JSON object", [])
    if not isinstance(commands, list):
        raise Refused("Expected an Array of BotCommand")
    read = [_command(command) for command in commands]
    key = _scope(sandbox, params)
    checked = [_checked_command(*command) for command in read]
    if len(checked) > MOST_COMMANDS:
        raise Refused("BOT_COMMANDS_TOO_MUCH")
    sandbox.commands[key] = checked
    return True


def get_my_commands(sandbox: Sandbox, params: Params) -> list[dict[str, str]]:
    return sandbox.commands.get(_scope(sandbox, params), [])


def delete_my_commands(sandbox: Sandbox, params: Params) -> bool:
    sandbox.commands.pop(_scope(sandbox, params), None)
    return True


def set_my_description(sandbox: Sandbox, params: Params) -> bool:
    return _describe(sandbox, params, "description")


def set_my_short_description(sandbox: Sandbox, params: Params) -> bool:
    return _describe(sandbox, params, "short_description")


def set_chat_menu_button(sandbox: Sandbox, params: Params) -> bool:
    button = params.structure("menu_button", "Can't parse menu button JSON object", {"type": "default"})
    try:
        if not isinstance(button, dict):
            raise Refused("MenuButton must be an Object")
        if string_field(button, "type", required=True) not in {"default", "commands", "web_app"}:
            raise Refused("MenuButton has unsupported type")
    except Refused as wrong:
        raise Refused(f"Can't parse menu button: {wrong.message}") from wrong
    sandbox.menu_buttons[params.integer("chat_id")] = button
    return True


def get_chat(sandbox: Sandbox, params: Params) -> dict[str, Any]:
    chat = reached(sandbox, params)
    told = sandbox.world.chat_json(chat) | {"accent_color_id": 0, "max_reaction_count": 11}
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    told["accepted_gift_types"] = dict.fromkeys(gifts, chat.type == "private")
    if chat.is_group:
        told["permissions"] = {"can_send_messages": chat.bot_may_send, "can_invite_users": True}
    return told


def get_chat_member(sandbox: Sandbox, params: Params) -> dict[str, Any]:
    chat = reached(sandbox, params)
    user_id = max(params.integer("user_id"), 0)
    if not user_id:
        raise Refused("Invalid user_id specified")
    if user_id not in sandbox.world.users:
        raise Refused("user not found")
    return sandbox.world.member_json(chat, user_id)


def get_chat_administrators(sandbox: Sandbox, params: Params) -> list[dict[str, Any]]:
    chat = reached(sandbox, params)
    if chat.type == "private":
        raise Refused("there are no administrators in the private chat")
    rulers = [id_ for id_, status in chat.members.items() if status in {"creator", "administrator"}]
    return [sandbox.world.member_json(chat, id_) for id_ in rulers]


def leave_chat(sandbox: Sandbox, params: Params) -> bool:
    chat = reached(sandbox, params, is_edit=True)
    if chat.type == "private":
        raise Refused("chat member status can't be changed in private chats")
    set_member(sandbox, chat, sandbox.bot_id, "left", by=sandbox.bot_id)
    return True


def create_forum_topic(sandbox: Sandbox, params: Params) -> dict[str, Any]:
    """A new topic; its number is that of the message that says it was made."""
    chat = reached(sandbox, params, is_write=True)
    if not chat.is_forum:
        raise Refused("the chat is not a forum")
    rights = sandbox.world.member_json(chat, sandbox.bot_id)
    if rights["status"] != "creator" and not rights.get("can_manage_topics"):
        raise Refused("not enough rights to create a topic")
    name = params.text("name").strip()
    if not name:
        raise Refused("Topic name must be non-empty")
    name = name[:LONGEST_TOPIC]
    made = {"name": name, "icon_color": TOPIC_COLOR}
    message = sandbox.world.post(chat, {"forum_topic_created": made}, by=sandbox.world.bot)
    message.shown |= {"message_thread_id": message.id, "is_topic_message": True}
    chat.topics[message.id] = name
    return {"message_thread_id": message.id, **made}


def get_file(sandbox: Sandbox, params: Params) -> dict[str, Any]:
    if not params.text("file_id"):
        raise Refused("file_id not specified")
    file = sandbox.files.get(params.text("file_id"))
    if file is None:
        raise Refused("invalid file_id")
    unique = f"AgAD{file.file_id[-8:]}"
    return {
        "file_id": file.file_id,
        "file_unique_id": unique,
        "file_size": len(file.content),
        "file_path": file.path,
    }


METHODS = {
    "getMe": get_me,
    "close": close,
    "logOut": log_out,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyDescription": set_my_description,
    "setMyShortDescription": set_my_short_description,
    "setChatMenuButton": set_chat_menu_button,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "createForumTopic": create_forum_topic,
    "getFile": get_file,
}


def _describe(sandbox: Sandbox, params: Params, name: str) -> bool:
    if len(params.text(name)) > LONGEST_DESCRIPTION[name]:
        raise Refused("BOT_INFO_DESCRIPTION_INVALID" if name == "description" else "BOT_INFO_ABOUT_INVALID")
    sandbox.descriptions[name, params.text("language_code")] = params.text(name)
    return True


def _command(command: Any) -> tuple[str, str]:
    try:
        if not isinstance(command, dict):
            raise Refused("expected an Object")
        name = string_field(command, "command", required=True)
        return name, string_field(command, "description", required=True)
    except Refused as wrong:
        raise Refused(f"Can't parse BotCommand: {wrong.message}") from wrong


def _checked_command(name: str, description: str) -> dict[str, str]:
    name, description = name.strip().removeprefix("/"), description.strip()
    if not name:
        raise Refused("Command must be non-empty")
    if len(name) > LONGEST_COMMAND:
        raise Refused(f"Command length must not exceed {LONGEST_COMMAND}")
    if not description:
        raise Refused("Command description must be non-empty")
    if len(description) > LONGEST_COMMAND_DESCRIPTION:
        raise Refused(f"Command description length must not exceed {LONGEST_COMMAND_DESCRIPTION}")
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise Refused("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}


def _scope(sandbox: Sandbox, params: Params) -> tuple[str, str]:
    """A scope and language as one key: commands of one are not seen in another. Raises Refused."""
    scope = params.structure("scope", "Can't parse BotCommandScope JSON object", {"type": "default"})
    try:
        if not isinstance(scope, dict):
            raise Refused("BotCommandScope must be an Object")
        type_ = string_field(scope, "type", required=True)
        if type_ not in _SCOPES:
            raise Refused("Unsupported type specified")
        key = type_
        if type_ in _CHAT_SCOPES:
            chat_id = string_field(scope, "chat_id", required=True)
            if not chat_id:
                raise Refused("Empty chat_id specified")
            key += f" {chat_id}"
        if type_ == "chat_member":
            key += f" {integer_field(scope, 'user_id', required=True)}"
    except Refused as wrong:
        raise Refused(f"Can't parse BotCommandScope: {wrong.message}") from wrong
    if type_ in _CHAT_SCOPES:
        reached(sandbox, Params({"chat_id": string_field(scope, "chat_id")}))
    return key, params.text("language_code")
