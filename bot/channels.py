"""Channels: who manages one, which of them is chosen, what would be posted there, and that the bot comes and goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import ChatMemberUpdated, MessageOriginChannel, Update
from telegram import Message as Received
from telegram.constants import ChatMemberStatus
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.desk import Context, Desk, answer_quietly
from bot.managing import ManagingDesk, managed, may_post, right_to
from bot.onboarding import begun
from jobs.compose import compose_now
from jobs.keepers import tell_keepers
from news.chat import Chat
from news.messages import channels as panels
from news.messages import texts
from news.messages.panels import note
from news.messages.speaking import ENGLISH

MOST_LISTED = 20
IN_PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE


def channels(desk: ManagingDesk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for channels, in the private chats of those who manage them and in the channels themselves."""

    async def listed(update: Update, _: Context) -> None:
        person = await desk.here(update)
        mine = []
        for each in (await desk.storage.keepers.channels(person.id))[:MOST_LISTED]:
            # One that we are not in any more is listed all the same: what was set up is kept.
            if await right_to(update, each.id, person.id) == "not theirs":
                await desk.storage.keepers.leave(person.id, each.id)
            else:
                mine.append(each)
        chosen = await desk.storage.keepers.chosen(person.id)
        await Desk.reply(desk, update, panels.channels(desk.scene(person), mine, chosen))

    async def show(update: Update, context: Context) -> None:
        await listed(update, context)
        await Desk.toast(desk, update)

    async def back(update: Update, _: Context) -> None:
        person = await desk.here(update)
        await desk.storage.keepers.choose(person.id, None)
        await desk.replace(update, note(desk.scene(person), texts.ABOUT_OWN))

    async def forwarded(update: Update, _: Context) -> None:
        """A person shows which channel they mean by a post of it."""
        heard, person = update.message, await desk.here(update)
        origin = heard.forward_origin if heard else None
        assert isinstance(origin, MessageOriginChannel)
        theirs = origin.chat
        channel = Chat(
            id=theirs.id, kind="channel", joined_at=desk.clock(), title=theirs.title, language=person.language
        )
        right = await right_to(update, channel.id, person.id)
        if right != "yes":
            return await desk.turn_away(update, channel, right)
        await _take_up(channel, person)
        await desk.reply(update, await begun(desk, update, await desk.chat(update)))
        return None

    async def choose(update: Update, _: Context) -> None:
        channel = await desk.chat(update)
        await _take_up(channel, await desk.here(update))
        await desk.replace(update, await begun(desk, update, channel))

    async def _take_up(channel: Chat, person: Chat) -> None:
        """What the person sends is about the channel from now on; Telegram just said that we are in it."""
        await _keep(desk, channel, person.id)
        await desk.storage.keepers.choose(person.id, channel.id)
        known = await desk.storage.chats.get(channel.id)
        if known and known.state == "suspended":
            await desk.storage.outbox.resume(channel.id)

    async def post(update: Update, _: Context) -> None:
        channel = await desk.chat(update)
        if channel.state == "stopped":
            return await desk.toast(update, texts.IS_STOPPED, is_alert=True)
        ready = await compose_now(desk.storage, channel, now=desk.clock())
        if ready.digest.items:
            desk.wake.set()
        said = texts.POSTED if ready.digest.items else texts.POST_NOTHING
        await desk.replace(update, note(desk.scene(channel), said))
        return None

    return (
        _InChannels(desk),
        *managed((CallbackQueryHandler(choose, r"^channel$"), CallbackQueryHandler(post, r"^post$")), desk),
        CommandHandler("channels", listed, filters=IN_PRIVATE),
        CallbackQueryHandler(show, r"^channels$"),
        CallbackQueryHandler(back, r"^own$"),
        MessageHandler(IN_PRIVATE & _OfChannel() & ~filters.Document.ALL, forwarded),
    )


class _OfChannel(filters.MessageFilter):
    """Messages that were forwarded from a channel."""

    def filter(self, message: Received) -> bool:
        return isinstance(message.forward_origin, MessageOriginChannel)


class _InChannels(BaseHandler[Update, Context, Any]):
    """Whatever happens in a channel itself: nothing is set up there, whoever presses what."""

    def __init__(self, desk: ManagingDesk) -> None:
        async def happened(update: Update, _: Context) -> None:
            if update.my_chat_member:
                await _changed(desk, update, update.my_chat_member)
            elif update.callback_query:
                said = desk.stage(update.effective_user).words.say(texts.IN_CHANNEL)
                await answer_quietly(update.callback_query, said, is_alert=True)

        super().__init__(happened)

    def check_update(self, update: object) -> bool:
        chat = update.effective_chat if isinstance(update, Update) else None
        return chat is not None and chat.type == "channel"


async def _changed(desk: Desk, update: Update, change: ChatMemberUpdated) -> None:
    """The bot was added to a channel, or lost or got back its rights there."""
    known, title, now = await desk.storage.chats.get(change.chat.id), change.chat.title, desk.clock()
    if known and known.title != title:
        known = await desk.storage.chats.update(known.id, title=title)
    if may_post(change.new_chat_member):
        return await _may_post(desk, update, change, known)
    is_gone = change.new_chat_member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
    if known is None:
        # One without rights is told what is wanting; one that is not remembered is not remembered for leaving.
        if not is_gone:
            await _tell(desk, change, texts.CHANNEL_CANNOT_POST)
        return None
    if known.state == "active" or (is_gone and known.state == "paused"):
        reason = "the bot was removed" if is_gone else "the bot may not post"
        await desk.storage.outbox.suspend(known.id, "suspended" if is_gone else "paused", reason, now)
        await tell_keepers(desk.storage, known, texts.CHANNEL_LOST if is_gone else texts.CHANNEL_CANNOT_POST, now=now)
        desk.wake.set()
    return None


async def _may_post(desk: Desk, update: Update, change: ChatMemberUpdated, known: Chat | None) -> None:
    channel = known or Chat(
        id=change.chat.id,
        kind="channel",
        joined_at=desk.clock(),
        title=change.chat.title,
        language=change.from_user.language_code or ENGLISH,
    )
    if known and known.state in ("suspended", "paused"):
        await desk.storage.outbox.resume(known.id)
        desk.wake.set()
    person = change.from_user
    if not person.is_bot:
        await _keep(desk, channel, person.id)
        if not may_post(change.old_chat_member):
            scene = desk.scene(channel)
            await desk.telegram.send(person.id, panels.ready(scene, channel))


async def _keep(desk: Desk, channel: Chat, person_id: int) -> None:
    await desk.storage.chats.join(channel)
    await desk.storage.keepers.keep(person_id, channel.id)


async def _tell(desk: Desk, change: ChatMemberUpdated, text: str) -> None:
    """Says something to who changed the bot's rights; they may never have opened a chat with it."""
    if not change.from_user.is_bot:
        scene = desk.stage(change.from_user)
        await desk.telegram.send(change.from_user.id, note(scene, text, channel=change.chat.title or ""))
