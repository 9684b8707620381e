"""What every handler works with: the stores, the clock, and how to answer a person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from telegram import CallbackQuery, Update
from telegram import Message as Received
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.sender import Telegram
from ingest.door import Door
from ingest.workers import Workers
from jobs.compose import scene_of
from jobs.file import Shelves
from news.chat import Chat
from news.delivery import Accepted, ContentRefused
from news.messages import rich, texts
from news.messages.message import Message
from news.messages.panels import note
from news.messages.presses import parts
from news.messages.words import Scene
from storage import Storage

Context = ContextTypes.DEFAULT_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Handlers read, ask, render and reply; this is what they do it with."""

    storage: Storage
    clock: Callable[[], datetime]
    telegram: Telegram
    shelves: Shelves
    door: Door
    workers: Workers
    topics: Mapping[str, str]
    """Names by slug, in order."""
    bot: str
    """The bot's user name."""
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the outbox has something that someone is waiting for."""

    async def chat(self, update: Update) -> Chat:
        """The chat an update comes from, as we know it; joined when it is new."""
        theirs = update.effective_chat
        assert theirs is not None
        speaker = update.effective_user
        language = (speaker.language_code if speaker else None) or "en"
        known = await self.storage.chats.get(theirs.id)
        if known:
            return known
        kind = "supergroup" if theirs.type == "supergroup" else theirs.type
        chat = Chat(
            id=theirs.id,
            kind=kind if kind in ("private", "group", "supergroup", "channel") else "private",  # type: ignore[arg-type]
            joined_at=self.clock(),
            title=theirs.title or theirs.full_name,
            language=language,
        )
        return (await self.storage.chats.join(chat))[0]

    def scene(self, chat: Chat) -> Scene:
        """What rendering for the chat depends on."""
        return scene_of(chat, self.topics, self.clock(), bot=self.bot)

    async def followed_topics(self, chat: Chat) -> list[str]:
        """Slugs of the topics a chat follows, in the order of the topics."""
        followed = {one.value for one in await self.storage.subscriptions.of(chat.id) if one.kind == "topic"}
        return [slug for slug in self.topics if slug in followed]

    async def reply(self, update: Update, message: Message, *, plainer: Message | None = None) -> int | None:
        """Answers where the update came from, and returns the new message's id."""
        chat, thread = update.effective_chat, thread_of(update)
        assert chat is not None
        asked = update.message.message_id if update.message and chat.type != "private" else None
        # A search's buttons find its words in the message it replies to.
        if update.message and (update.message.text or "").startswith("/search"):
            asked = update.message.message_id
        answer = await self.telegram.send(chat.id, message, thread_id=thread, reply_to=asked)
        if isinstance(answer, ContentRefused) and (other := plainer or rich.without_photos(message)):
            answer = await self.telegram.send(chat.id, other, thread_id=thread, reply_to=asked)
        return answer.message_id if isinstance(answer, Accepted) else None

    async def replace(self, update: Update, message: Message, *, plainer: Message | None = None) -> None:
        """Puts a message in the place of the one whose button was pressed."""
        chat, pressed = update.effective_chat, update.effective_message
        assert chat is not None
        assert pressed is not None
        answer = await self.telegram.edit(chat.id, pressed.message_id, message)
        if isinstance(answer, ContentRefused) and (other := plainer or rich.without_photos(message)):
            await self.telegram.edit(chat.id, pressed.message_id, other)

    async def say(self, update: Update, text: str, /, **values: object) -> None:
        """Answers with a plain sentence."""
        await self.reply(update, note(self.scene(await self.chat(update)), text, **values))

    async def may_configure(self, update: Update) -> bool:
        """Whether this person may change this chat's news, asked anew each time.

        Anyone in their private chat; in a group its administrators, who may also speak
        in the group's own name.
        """
        chat, person = update.effective_chat, update.effective_user
        if chat is None:
            return False
        if chat.type == "private":
            return person is not None and person.id == chat.id
        heard = update.message
        if heard and heard.sender_chat and heard.sender_chat.id == chat.id:
            return True
        if person is None or (heard and heard.sender_chat):
            return False
        try:
            member = await chat.get_member(person.id)
        except TelegramError:
            return False
        return member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)

    async def allows(self, update: Update) -> bool:
        """As `may_configure`, and says so where they may not."""
        if await self.may_configure(update):
            return True
        text = texts.ONLY_ADMINISTRATORS
        if update.callback_query:
            await self.toast(update, text, is_alert=True)
        else:
            await self.say(update, text)
        return False

    async def toast(self, update: Update, text: str = "", /, *, is_alert: bool = False, **values: object) -> None:
        """Answers a press; one that Telegram has forgotten meanwhile needs no answer."""
        query = update.callback_query
        assert query is not None
        said = self.scene(await self.chat(update)).words.say(text, **values) if text else None
        await answer_quietly(query, said, is_alert=is_alert)


async def answer_quietly(query: CallbackQuery, text: str | None = None, *, is_alert: bool = False) -> None:
    """Answers a press whose answer may come too late."""
    try:
        await query.answer(text=text[:200] if text else None, show_alert=is_alert)
    except TelegramError:
        return


def pressed(update: Update, least: int = 1) -> list[str]:
    """The parts of a press, at least so many, filled up with empty ones: presses come from the client."""
    query = update.callback_query
    found = parts((query.data or "") if query else "")
    return found + [""] * (least - len(found))


def thread_of(update: Update) -> int | None:
    """The forum thread that an update comes from."""
    heard = update.effective_message
    return heard.message_thread_id if isinstance(heard, Received) and heard.is_topic_message else None
