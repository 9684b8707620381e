"""Chats and what they want."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal, NamedTuple, Protocol

ChatKind = Literal["private", "group", "supergroup", "channel"]
Look = Literal["classic", "rich"]
ChatState = Literal["active", "stopped", "paused", "suspended"]
SubscriptionKind = Literal["topic", "feed", "words", "mute", "alert", "story"]
NIGHT = (time(22), time(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A Telegram private chat, group or channel.

    `state`: active; stopped by the reader (/stop); paused because Telegram lets us
    read but not write; suspended because Telegram says that the chat is gone.
    """

    id: int
    kind: ChatKind
    joined_at: datetime
    title: str | None = None
    language: str = "en"
    zone: str | None = None
    """IANA name; None until the chat said where it is."""
    look: Look = "classic"
    reads: str | None = None
    """The language that stories in others are shown in, where a model translates; None leaves them as they are."""
    quiet: tuple[time, ...] = NIGHT
    """From when until when, in its own time, what comes at once waits; empty where it comes at any hour."""
    state: ChatState = "active"
    reason: str | None = None
    """Why the chat is in this state, in Telegram's words."""
    awaiting: str | None = None
    """What the next plain text from this chat answers, such as `city:17` (17: the message to edit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A chat's wish: `value` is a topic's slug, a filter as typed, or in digits the id of a feed or an article.

    A mute keeps out what its filter wants; an alert, and a story by an article of it, are told at once and bring
    nothing to digests; all others bring something.
    """

    id: int
    chat_id: int
    kind: SubscriptionKind
    value: str
    created_at: datetime
    title: str | None = None
    """For a feed: how the chat calls it, else its own title or URL, to show. For a story: its headline then."""
    folder: str | None = None
    """For a feed: where the chat keeps it in its list."""
    thread_id: int | None = None
    """For an alert, a story or a topic with a thread of its own: the forum thread that it is told in."""
    ends_at: datetime | None = None
    """For a story: until when it is followed, unless something new comes."""


class Wish(Protocol):
    """As much of a subscription as choosing looks at."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> SubscriptionKind: ...
    @property
    def value(self) -> str: ...


class Wished(NamedTuple):
    """A subscription, as much of it as choosing looks at: there are several of each chat."""

    id: int
    kind: SubscriptionKind
    value: str
