"""Managing: a channel is set up in the private chat of somebody who may post there.

A command is about the channel that the person chose with /channels, a press about the one that the button was drawn
for. Whether they may is asked of Telegram for each, and the first line of every answer says which channel it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from re import Pattern
from typing import Any, Literal, cast

from telegram import ChatMember, ChatMemberAdministrator, ChatMemberOwner, Update
from telegram.error import BadRequest, Forbidden
from telegram.ext import Application, BaseHandler, CallbackQueryHandler

from bot.desk import Context, Desk
from news.chat import Chat
from news.messages import texts
from news.messages.channels import name, on_behalf
from news.messages.markup import shown
from news.messages.message import Message
from news.messages.panels import note
from news.messages.presses import addressed

Handler = BaseHandler[Update, Context, Any]
Right = Literal["yes", "not theirs", "not ours"]
"""Whether a person may manage a channel; `not ours` where Telegram does not tell us, since we are not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagingDesk(Desk):
    """The desk of handlers that set something up: in a private chat, that may be a channel's."""

    @classmethod
    def like(cls, desk: Desk) -> ManagingDesk:
        return cls(**{each.name: getattr(desk, each.name) for each in fields(desk)})

    async def channel(self, update: Update) -> Chat | None:
        """The channel that an update is about, else None: it is about the chat it comes from."""
        chat, query = update.effective_chat, update.callback_query
        if chat is None or chat.type != "private":
            return None
        if query is None:
            return await self.storage.keepers.chosen(chat.id) if update.message else None
        named, _ = addressed(query.data or "")
        found = await self.storage.chats.get(named) if named else None
        return found if found and found.kind == "channel" else None

    async def chat(self, update: Update) -> Chat:
        return await self.channel(update) or await self.here(update)

    async def known(self, update: Update) -> Chat | None:
        return await self.channel(update) or await Desk.known(self, update)

    async def met(self, update: Update) -> Chat:
        return await self.channel(update) or await Desk.met(self, update)

    async def may_configure(self, update: Update) -> bool:
        """A channel's was asked before the handler began."""
        return await self.channel(update) is not None or await Desk.may_configure(self, update)

    async def reply(
        self, update: Update, message: Message, *, plainer: Message | None = None, is_quoting: bool = False
    ) -> int | None:
        said = await self._on_behalf(update, message)
        return await Desk.reply(self, update, said, plainer=plainer, is_quoting=is_quoting)

    async def edit(self, update: Update, at: int, message: Message, *, plainer: Message | None = None) -> bool:
        return await Desk.edit(self, update, at, await self._on_behalf(update, message), plainer=plainer)

    async def give(self, update: Update, name: str, content: bytes, caption: str) -> bool:
        if await self.channel(update):
            caption = shown((await self._on_behalf(update, note(self.scene(await self.here(update)), caption))).html)
        return await Desk.give(self, update, name, content, caption)

    async def _on_behalf(self, update: Update, message: Message) -> Message:
        channel = await self.channel(update)
        return on_behalf(self.scene(channel), channel, message) if channel else message

    async def admits(self, update: Update) -> bool:
        """Whether the person may manage the channel that an update is about, if any; says so where they may not."""
        chat, query = update.effective_chat, update.callback_query
        channel = await self.channel(update)
        if channel is None:
            is_lost = query is not None and addressed(query.data or "")[0] is not None
            if is_lost:
                await Desk.toast(self, update, texts.CHANNEL_UNKNOWN, is_alert=True)
            return not is_lost
        assert chat is not None
        right = await right_to(update, channel.id, chat.id)
        if right == "yes":
            return True
        await self.turn_away(update, channel, right)
        return False

    async def turn_away(self, update: Update, channel: Chat, right: Right) -> None:
        """Says why a channel cannot be managed; a person who may not does not have it chosen any more."""
        person, text = await self.here(update), texts.CHANNEL_NOT_MINE
        if right == "not theirs":
            text = texts.CHANNEL_NOT_YOURS
            await self.storage.keepers.leave(person.id, channel.id)
        scene = self.scene(person)
        if update.callback_query:
            await Desk.toast(self, update, text, is_alert=True, channel=name(scene, channel))
        else:
            await Desk.reply(self, update, note(scene, text, channel=name(scene, channel)))


async def right_to(update: Update, channel_id: int, person_id: int) -> Right:
    """Whether a person may post in a channel, which is what managing its digests comes to; asked of Telegram anew.

    Raises TelegramError where Telegram does not say.
    """
    try:
        member = await update.get_bot().get_chat_member(channel_id, person_id)
    except Forbidden:
        return "not ours"
    except BadRequest as refused:
        said = refused.message.casefold()
        return "not theirs" if "user" in said or "participant" in said else "not ours"
    return "yes" if may_post(member) else "not theirs"


def may_post(member: ChatMember) -> bool:
    """Whether a member of a channel is an administrator who may post there."""
    is_administrator = isinstance(member, ChatMemberAdministrator) and bool(member.can_post_messages)
    return is_administrator or isinstance(member, ChatMemberOwner)


class Managed(Handler):
    """A handler whose commands and presses may be about a channel; it is begun where the person may manage that."""

    def __init__(self, inner: Handler, desk: ManagingDesk) -> None:
        super().__init__(inner.callback, block=inner.block)
        self.inner = inner
        self._desk = desk

    def check_update(self, update: object) -> Any:
        query = update.callback_query if isinstance(update, Update) else None
        if query is None or not isinstance(self.inner, CallbackQueryHandler):
            return self.inner.check_update(update)
        return cast(Pattern[str], self.inner.pattern).match(addressed(query.data or "")[1])

    async def handle_update(
        self,
        update: Update,
        application: Application[Any, Context, Any, Any, Any, Any],
        check_result: object,
        context: Context,
    ) -> Any:
        if await self._desk.admits(update):
            await self.inner.handle_update(update, application, check_result, context)


def managed(handlers: Iterable[Handler], desk: ManagingDesk) -> Sequence[Handler]:
    return [Managed(each, desk) for each in handlers]
