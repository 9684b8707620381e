"""The kinds of updates there are: which a bot hears of unasked, how long each lives, which wait for one another."""

from typing import Any

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
TYPES = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "guest_message",
    ]
)
_KEPT_SECONDS = 24 * 3600
# Questions lose their worth sooner. Source: Client.cpp of telegram-bot-api.
_SHORT_LIVES = {
    "inline_query": 30,
    "callback_query": 150,
    "shipping_query": 150,
    "pre_checkout_query": 150,
    "chosen_inline_result": 600,
}
_OF_A_CHAT = ("message", "edited_message", "channel_post", "edited_channel_post")
_OF_A_USER = ("inline_query", "chosen_inline_result", "callback_query")


def life_of(type_: str) -> int:
    """Seconds for which an update is kept."""
    return _SHORT_LIVES.get(type_, _KEPT_SECONDS)


def lane_of(type_: str, content: Any) -> str:
    """Messages of one chat share a lane, the questions of one user, by their kind, another; empty: one of its own."""
    of = "from" if type_ in _OF_A_USER else "chat"
    holder = content.get(of) if isinstance(content, dict) else None
    id_ = holder.get("id") if isinstance(holder, dict) else None
    if type_ in _OF_A_CHAT and id_:
        return f"chat {id_}"
    return f"{type_} {id_}" if type_ in (*_OF_A_USER, "my_chat_member") and id_ else ""
