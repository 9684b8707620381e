"""Channels: what is said to people who manage one from their private chat with the bot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from news.chat import Chat
from news.messages import texts
from news.messages.markup import Html, bold, join, shorten
from news.messages.message import Button, Message
from news.messages.presses import about, press
from news.messages.words import Scene

LONGEST_NAME = 60


def name(scene: Scene, channel: Chat) -> str:
    return shorten(channel.title or scene.words.say(texts.THAT_CHANNEL), LONGEST_NAME)


def on_behalf(scene: Scene, channel: Chat, message: Message) -> Message:
    """A message about a channel: its first line says so, and its buttons too are about the channel."""
    title = bold(scene.words.say(texts.FOR_CHANNEL, channel=name(scene, channel)))
    rows = [tuple(_about(channel, button) for button in row) for row in message.keyboard]
    if rows:
        rows.append((back(scene),))
    return replace(message, html=join((title, Html(message.html)), "\n"), keyboard=tuple(rows))


def _about(channel: Chat, button: Button) -> Button:
    return replace(button, data=about(channel.id, button.data)) if button.data else button


def back(scene: Scene) -> Button:
    return Button(text=scene.words.say(texts.BACK_TO_OWN), data=press("own"))


def channels(scene: Scene, mine: Sequence[Chat], chosen: Chat | None) -> Message:
    """A person's channels, each a button that chooses it; and a link that adds the bot to another."""
    say = scene.words.say
    add = (Button(text=say(texts.ADD_TO_CHANNEL), url=_adding(scene)),)
    if not mine:
        return Message(html=scene.words.show(texts.NO_CHANNELS), keyboard=(add,))
    rows = [
        (Button(text=_marked(name(scene, each), chosen, each), data=about(each.id, press("channel"))),) for each in mine
    ]
    own = (Button(text=_marked(say(texts.OWN_DIGEST), chosen, None), data=press("own")),)
    html = join((bold(say(texts.CHANNELS_TITLE)), say(texts.CHANNELS_HINT)), "\n")
    return Message(html=html, keyboard=(*rows, own, add))


def _marked(text: str, chosen: Chat | None, this: Chat | None) -> str:
    return f"{text} ✓" if chosen == this else text


def _adding(scene: Scene) -> str:
    """The address at which Telegram asks which channel the bot is to be an administrator of."""
    return f"https://t.me/{scene.bot}?startchannel&admin=post_messages"


def ready(scene: Scene, channel: Chat) -> Message:
    """The bot may post in a channel, with a button that begins to set it up."""
    begin = Button(text=scene.words.say(texts.SET_CHANNEL_UP), data=about(channel.id, press("channel")))
    text = scene.words.show(texts.CHANNEL_READY, channel=name(scene, channel))
    return Message(html=text, keyboard=((begin,),))


def preview(scene: Scene) -> Message:
    """Stands above what would be posted."""
    post = Button(text=scene.words.say(texts.POST_NOW), data=press("post"))
    settings = Button(text=scene.words.say(texts.SETTINGS), data=press("settings"))
    return Message(html=scene.words.show(texts.POST_PREVIEW), keyboard=((post, settings),))
