"""What every handler works with: the stores, the clock, and how to answer a person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import structlog
from telegram import CallbackQuery, Update, User
from telegram import Message as Received
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.sender import Telegram
from bot.standing import Standing
from ingest.door import Door
from ingest.workers import Workers
from jobs.file import Shelves
from jobs.returning import Before
from jobs.scene import scene_of
from news.answers import Accepted, Answer, ContentRefused, NotSent, Uncertain
from news.article import Article
from news.chat import Chat, ChatKind
from news.delivery import repeat_of
from news.digest import Digest, Item
from news.messages import rich, texts
from news.messages.markup import escape, shorten
from news.messages.message import Message
from news.messages.panels import note
from news.messages.presses import number, parts
from news.messages.speaking import ENGLISH, words_in
from news.messages.words import Scene
from storage import Storage

log = structlog.get_logger()

Context = ContextTypes.DEFAULT_TYPE
LONGEST_TOAST = 200
"""Characters that Telegram shows as the answer to a press."""


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
    standing: Standing
    keep: timedelta
    """How long articles are kept."""
    translates: bool = False
    """Whether the operator has a model that stories can be translated by."""
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the outbox has something that someone is waiting for."""

    async def chat(self, update: Update) -> Chat:
        """The chat that an update is about: the one it comes from."""
        return await self.here(update)

    async def here(self, update: Update) -> Chat:
        """The chat an update comes from, as we know it; joined when it is new."""
        theirs = update.effective_chat
        assert theirs is not None
        known = await self.storage.chats.get(theirs.id)
        if known is None:
            return (await self.storage.chats.join(self._stranger(update)))[0]
        if known.state == "suspended" and update.message:
            # Telegram had called it gone, but it speaks.
            await self.storage.outbox.resume(known.id)
            return await self.storage.chats.get(known.id) or known
        return known

    async def known(self, update: Update) -> Chat | None:
        """The chat an update comes from, where anything is kept of it."""
        return await self.storage.chats.get(update.effective_chat.id) if update.effective_chat else None

    async def met(self, update: Update) -> Chat:
        """As `chat`, but one that is new is not remembered."""
        theirs = update.effective_chat
        assert theirs is not None
        return await self.storage.chats.get(theirs.id) or self._stranger(update)

    def _stranger(self, update: Update) -> Chat:
        theirs, speaker = update.effective_chat, update.effective_user
        assert theirs is not None
        return Chat(
            id=theirs.id,
            kind=cast(ChatKind, str(theirs.type)),
            joined_at=self.clock(),
            title=theirs.title or theirs.full_name,
            language=(speaker.language_code if speaker else None) or ENGLISH,
        )

    def scene(self, chat: Chat, before: Before | None = None) -> Scene:
        """What rendering for the chat depends on; `before` is where it was told what it is shown again."""
        return scene_of(chat, self.topics, self.clock(), bot=self.bot, before=before)

    def stage(self, person: User | None) -> Scene:
        """What rendering for a person depends on whose chat is not looked up: their app says what they speak."""
        words = words_in((person.language_code if person else None) or ENGLISH)
        return Scene(words=words, now=self.clock(), topics=self.topics, bot=self.bot)

    async def digest_meant(self, update: Update, chat: Chat) -> tuple[Digest | None, bool]:
        """The digest that a number is of, and whether it is an older one, replied to; else the latest with stories."""
        heard = update.message.reply_to_message if update.message else None
        replied = await self.storage.digests.by_message(chat.id, heard.message_id) if heard else None
        if replied and replied.items:
            return replied, True
        theirs = update.effective_chat
        there = await self.storage.digests.latest_in(chat.id, thread_of(update)) if theirs and theirs.is_forum else None
        latest = there or await self.storage.digests.latest(chat.id)
        if latest and not latest.items:
            # It said that nothing was new; the one before it did not.
            latest = await self.storage.digests.latest(chat.id, before=latest.number)
        return (latest if latest and latest.items else None), False

    async def numbered(self, update: Update, chat: Chat, position: int) -> tuple[Digest, Item] | None:
        """The story of this number in the digest that is meant; says so where there is none."""
        digest, is_replied_to = await self.digest_meant(update, chat)
        if digest is None:
            await self.say(update, texts.NO_DIGEST_YET)
            return None
        item = next((item for item in digest.items if item.position == position), None)
        if item is None:
            forms = texts.NO_SUCH_NUMBER_THERE if is_replied_to else texts.NO_SUCH_NUMBER
            said = self.scene(chat).words.count(forms, digest.items[-1].position, number=position)
            await self.reply(update, Message(html=escape(said)))
            return None
        return digest, item

    async def article_meant(self, update: Update, chat: Chat, words: Sequence[str], usage: str) -> Article | None:
        """The article whose number in the digest that is meant was typed; says so where there is none."""
        position = number((words or [""])[0])
        if position is None:
            await self.say(update, usage)
            return None
        named = await self.numbered(update, chat, position)
        found = await self.storage.articles.visible(named[1].article_id, chat.id) if named else None
        if named and found is None:
            await self.say(update, texts.ARTICLE_GONE)
        return found

    async def pressed_article(self, update: Update, chat: Chat) -> Article | None:
        """The article that a press names first, where the chat may see it; else answers the press."""
        asked = number(pressed(update, 1)[0])
        found = await self.storage.articles.visible(asked, chat.id) if asked else None
        if found is None:
            await self.refuse(update)
        return found

    async def followed_topics(self, chat: Chat) -> list[str]:
        """Slugs of the topics a chat follows, in the order of the topics."""
        followed = {one.value for one in await self.storage.subscriptions.of(chat.id) if one.kind == "topic"}
        return [slug for slug in self.topics if slug in followed]

    async def reply(
        self, update: Update, message: Message, *, plainer: Message | None = None, is_quoting: bool = False
    ) -> int | None:
        """Answers where the update came from, and returns the new message's id.

        In a group it quotes what it answers, elsewhere only with `is_quoting`. What cannot be
        sent at this moment goes by the outbox. `plainer` is for when the message is refused.
        """
        chat, heard = update.effective_chat, update.effective_message
        assert chat is not None
        thread = thread_of(update)
        quoted = heard.message_id if heard and (is_quoting or chat.type != "private") else None
        other = plainer or rich.without_photos(message)
        answer = await self.telegram.send(chat.id, message, thread_id=thread, reply_to=quoted)
        if isinstance(answer, ContentRefused) and other:
            answer = await self.telegram.send(chat.id, other, thread_id=thread, reply_to=quoted)
        if isinstance(answer, Accepted):
            return answer.message_id
        await self._send_later(update, plainer or message, answer)
        return None

    async def give(self, update: Update, name: str, content: bytes, caption: str) -> bool:
        """Answers with a file where the update came from, as `reply` would; whether it arrived."""
        chat, heard = update.effective_chat, update.effective_message
        assert chat is not None
        quoted = heard.message_id if heard and chat.type != "private" else None
        answer = await self.telegram.send_file(
            chat.id, name, content, caption=caption, thread_id=thread_of(update), reply_to=quoted
        )
        return isinstance(answer, Accepted)

    async def _send_later(self, update: Update, message: Message, answer: Answer) -> None:
        """A reply that may not have arrived is delivered like a digest, to a chat that wants any."""
        chat = await self.here(update)
        log.warning("a reply was not taken", chat=chat.id, answer=answer)
        due_at = self.clock()
        if isinstance(answer, NotSent):
            due_at += answer.retry_after or timedelta()
        elif isinstance(answer, Uncertain):
            message = repeat_of(message)
        else:
            return
        if chat.state == "active":
            await self.storage.outbox.add(chat.id, message, now=due_at, thread_id=thread_of(update))
            self.wake.set()

    async def edit(self, update: Update, at: int, message: Message, *, plainer: Message | None = None) -> bool:
        """Puts a message in the place of message `at` of the chat; whether it is shown now."""
        chat = update.effective_chat
        assert chat is not None
        other = plainer or rich.without_photos(message)
        answer = await self.telegram.edit(chat.id, at, message)
        if isinstance(answer, ContentRefused) and other:
            answer = await self.telegram.edit(chat.id, at, other)
        return isinstance(answer, Accepted)

    async def replace(
        self, update: Update, message: Message, *, plainer: Message | None = None, toast: str = "", **values: object
    ) -> None:
        """Puts a message in the place of the one whose button was pressed, and answers the press."""
        pressed = update.effective_message
        assert pressed is not None
        is_shown = await self.edit(update, pressed.message_id, message, plainer=plainer)
        await self.toast(update, toast if is_shown else texts.NOT_SHOWN, is_alert=not is_shown, **values)

    async def take_off(self, update: Update) -> None:
        """Takes the button that was pressed off its message, where that still shows it."""
        query, message = update.callback_query, update.effective_message
        if query and isinstance(message, Received) and message.reply_markup:
            rows = [
                [one for one in row if one.callback_data != query.data] for row in message.reply_markup.inline_keyboard
            ]
            kept = [[one.to_dict() for one in row] for row in rows if row]
            await self.telegram.edit_buttons(message.chat_id, message.message_id, kept)

    async def say(self, update: Update, text: str, /, *, is_quoting: bool = False, **values: object) -> None:
        """Answers with a plain sentence."""
        said = note(self.scene(await self.chat(update)), text, **values)
        await self.reply(update, said, is_quoting=is_quoting)

    async def toast(self, update: Update, text: str = "", /, *, is_alert: bool = False, **values: object) -> None:
        """Answers a press; one that Telegram has forgotten meanwhile needs no answer."""
        query = update.callback_query
        assert query is not None
        said = self.scene(await self.chat(update)).words.say(text, **values) if text else None
        await answer_quietly(query, said, is_alert=is_alert)

    async def refuse(self, update: Update) -> None:
        """Answers a press that means nothing here any more."""
        await self.toast(update, texts.OLD_BUTTON, is_alert=True)

    async def may_configure(self, update: Update) -> bool:
        """Whether this person may change this chat's news, asked anew each time.

        Anyone in their private chat; in a group its administrators, who may also speak
        in the group's own name. Raises TelegramError where Telegram does not say.
        """
        chat, person, heard = update.effective_chat, update.effective_user, update.message
        if chat is None:
            return False
        if chat.type == "private":
            return person is not None and person.id == chat.id
        if heard and heard.sender_chat:
            return heard.sender_chat.id == chat.id
        if person is None:
            return False
        try:
            member = await chat.get_member(person.id)
        except (BadRequest, Forbidden):
            return False
        return member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)

    async def allows(self, update: Update) -> bool:
        """As `may_configure`, and says so where they may not."""
        if await self.may_configure(update):
            return True
        if update.callback_query:
            await self.toast(update, texts.ONLY_ADMINISTRATORS, is_alert=True)
        else:
            await self.say(update, texts.ONLY_ADMINISTRATORS)
        return False


async def answer_quietly(query: CallbackQuery, text: str | None = None, *, is_alert: bool = False) -> None:
    """Answers a press whose answer may come too late."""
    try:
        await query.answer(text=shorten(text, LONGEST_TOAST) if text else None, show_alert=is_alert)
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


def thread_in(update: Update, chat: Chat) -> int | None:
    """The forum thread of the chat that an update comes from; none where the update is about another chat."""
    theirs = update.effective_chat
    return thread_of(update) if theirs and theirs.id == chat.id else None


def answered_command(update: Update, command: str) -> str:
    """The words after the command that the pressed message answers; none where it answers something else."""
    pressed = update.effective_message
    asked = pressed.reply_to_message if isinstance(pressed, Received) else None
    said, *words = ((asked.text or "") if asked else "").split() or [""]
    return " ".join(words) if said.startswith(command) else ""
