"""Reply markup: parsed before the chat is looked at, checked by the app's rules after, then by the server's."""

from dataclasses import dataclass
from typing import Any

from sandbox.answers import Refused
from sandbox.links import BadLink, checked_link, link_user_id
from sandbox.params import Params, flag_field, integer_field, object_field, string_field

MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
LONGEST_DATA = 64
LONGEST_COPIED = 256

_STYLES = {"primary", "danger", "success"}
_SWITCHES = ("switch_inline_query", "switch_inline_query_chosen_chat", "switch_inline_query_current_chat")


@dataclass(frozen=True, slots=True)
class Markup:
    """inline: the InlineKeyboardMarkup a Message shows; reply: what changes the keyboard below the chat."""

    inline: dict[str, Any] | None = None
    reply: dict[str, Any] | None = None

    @property
    def either(self) -> dict[str, Any] | None:
        return self.inline or self.reply


def parsed_markup(params: Params) -> Markup:
    """The reply_markup argument. Raises Refused."""
    value = params.structure("reply_markup", "Can't parse reply keyboard markup JSON object")
    if value is None:
        return Markup()
    return markup_of(value)


def markup_of(value: Any) -> Markup:
    if not isinstance(value, dict):
        raise Refused("Object expected as reply markup")
    rows = _rows(value, "keyboard", _reply_button)
    inline_rows = _rows(value, "inline_keyboard", _inline_button)
    names = ("remove_keyboard", "selective", "force_reply", "resize_keyboard", "one_time_keyboard", "is_persistent")
    flags = {name: flag_field(value, name) for name in names}
    placeholder = string_field(value, "input_field_placeholder")
    extra: dict[str, Any] = {"selective": True} if flags["selective"] else {}
    if rows:
        extra |= {name: True for name in names[3:] if flags[name]}
        extra |= {"input_field_placeholder": placeholder} if placeholder else {}
        return Markup(reply={"keyboard": rows} | extra)
    if inline_rows:
        return Markup(inline={"inline_keyboard": inline_rows})
    if flags["remove_keyboard"]:
        return Markup(reply={"remove_keyboard": True} | extra)
    if flags["force_reply"]:
        return Markup(reply={"force_reply": True} | extra)
    return Markup()


def checked_markup(markup: Markup, chat_type: str) -> Markup:
    """The markup as it is stored in a chat of this type. Raises Refused."""
    if markup.reply and "keyboard" in markup.reply:
        for button in _buttons(markup.reply["keyboard"]):
            _check_reply_button(button, chat_type)
    if not markup.inline:
        return markup
    rows = [
        [_checked_inline_button(button, chat_type) for button in row] for row in markup.inline["inline_keyboard"] if row
    ]
    buttons = list(_buttons(rows))
    for button in buttons:
        if len(button.get("callback_data", "").encode()) > LONGEST_DATA:
            raise Refused("BUTTON_DATA_INVALID")
        if "copy_text" in button and not 0 < len(button["copy_text"]["text"]) <= LONGEST_COPIED:
            raise Refused("BUTTON_COPY_TEXT_INVALID")
    if len(buttons) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in rows):
        raise Refused("reply markup is too long")
    return Markup(inline={"inline_keyboard": rows} if rows else None)


def _buttons(rows: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [button for row in rows for button in row]


def _rows(value: dict[str, Any], name: str, read: Any) -> list[list[dict[str, Any]]]:
    rows = value.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise Refused(f'Field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        of = " of the InlineKeyboardMarkup" if name == "inline_keyboard" else ""
        raise Refused(f'Field "{name}"{of} must be an Array of Arrays')
    try:
        return [[read(button) for button in row] for row in rows]
    except Refused as wrong:
        kind = "inline keyboard" if name == "inline_keyboard" else "keyboard"
        raise Refused(f"Can't parse {kind} button: {wrong.message}") from wrong


def _reply_button(button: Any) -> dict[str, Any]:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict):
        raise Refused("KeyboardButton must be a String or an Object")
    read = {"text": string_field(button, "text", required=True)} | _look(button)
    for name in ("request_contact", "request_location"):
        if flag_field(button, name):
            return read | {name: True}
    for name in ("request_poll", "request_users", "request_chat", "web_app"):
        if name in button:
            return read | {name: object_field(button, name)}
    return read


def _look(button: dict[str, Any]) -> dict[str, Any]:
    look: dict[str, Any] = {}
    if icon := integer_field(button, "icon_custom_emoji_id"):
        look["icon_custom_emoji_id"] = str(icon)
    style = string_field(button, "style").lower()
    if style not in _STYLES | {"", "default"}:
        raise Refused("invalid button style specified")
    return look | ({"style": style} if style in _STYLES else {})


def _inline_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise Refused("InlineKeyboardButton must be an Object")
    read = {"text": string_field(button, "text", required=True)} | _look(button)
    for name in ("url", "callback_data"):
        if text := string_field(button, name):
            return read | {name: text}
    if "pay" in button or "callback_game" in button:
        raise Refused("the sandbox has neither games nor payments")
    for name in _SWITCHES:
        if name in button and name.endswith("chosen_chat"):
            return read | {name: object_field(button, name)}
        if name in button:
            return read | {name: string_field(button, name, required=True)}
    for name, inner in (("login_url", "url"), ("web_app", "url"), ("copy_text", "text")):
        if name in button:
            held = object_field(button, name)
            string_field(held, inner, required=True)
            return read | {name: held}
    raise Refused("Text buttons are unallowed in the inline keyboard")


def _checked_inline_button(button: dict[str, Any], chat_type: str) -> dict[str, Any]:
    if not button["text"]:
        raise Refused("Inline keyboard button text must be non-empty")
    if chat_type == "channel" and any(name in button for name in _SWITCHES):
        name = "switch_inline_query_current_chat" if _SWITCHES[2] in button else "switch_inline_query"
        raise Refused(
            f"Can't use {name} button in a channel chat, because users will not be able to use the button without"
            " knowing bot's username"
        )
    if "url" in button and not link_user_id(button["url"]):
        try:
            return button | {"url": checked_link(button["url"])}
        except BadLink as bad:
            raise Refused(f"Inline keyboard button URL '{button['url']}' is invalid: {bad}") from bad
    return button


def _check_reply_button(button: dict[str, Any], chat_type: str) -> None:
    if not button["text"]:
        raise Refused("Keyboard button text must be non-empty")
    asked = {
        "request_contact": "Phone number",
        "request_location": "Location",
        "request_poll": "Poll",
        "request_users": "Users",
        "request_chat": "Chats",
    }
    for name, what in asked.items():
        if name in button and chat_type != "private":
            verb = "can be requested in private chats only"
            raise Refused(f"{what} {verb}")
