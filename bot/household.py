"""The household: settings, look, stop, help; chats that come, go and move; what is not understood."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import structlog
from telegram import Update
from telegram.constants import ChatMemberStatus
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.desk import Context, Desk, answer_quietly, pressed, thread_in, thread_of
from bot.dispatch import tell
from bot.timing import planned
from news.chat import Chat
from news.delivery import alert_of
from news.messages import menus, panels, steps, texts
from news.messages.message import Message
from news.messages.panels import note
from news.messages.speaking import own_name, spoken, tongue_named
from news.tongues import NAMES
from storage import Unavailable

log = structlog.get_logger()

LOOKS = {"rich": texts.LOOK_SET_RICH, "classic": texts.LOOK_SET_CLASSIC}
NEAR = 0.7
"""How like a command, of 1 by difflib, something is that may have been meant as one."""
AS_WRITTEN = ("off", "none")
"""Instead of a language: stories are left in theirs."""
GONE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


def household(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for the chat itself."""

    async def settings(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        schedule, topics = await planned(desk, chat, thread_in(update, chat)), await desk.followed_topics(chat)
        panel = menus.settings(desk.scene(chat), schedule, topics, is_private=chat.kind == "private")
        await desk.reply(update, panel)
        await desk.toast(update)

    async def look(update: Update, context: Context) -> None:
        chat, asked = await desk.chat(update), " ".join(context.args or []).casefold()
        chosen = "classic" if asked == "plain" else asked
        if chat.kind != "private":
            await desk.say(update, texts.LOOK_NOT_HERE)
        elif chosen in LOOKS:
            await desk.storage.chats.update(chat.id, look=chosen)
            await desk.say(update, LOOKS[chosen])
        else:
            await desk.reply(update, menus.looks(desk.scene(chat), chat.look))
        if update.callback_query:
            await desk.toast(update)

    async def choose_look(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat, chosen = await desk.chat(update), pressed(update)[0]
        if chat.kind != "private":
            await desk.toast(update, texts.LOOK_NOT_HERE, is_alert=True)
        elif chosen not in LOOKS:
            await desk.refuse(update)
        else:
            await desk.storage.chats.update(chat.id, look=chosen)
            await desk.replace(update, panels.note(desk.scene(chat), LOOKS[chosen]))

    async def language(update: Update, context: Context) -> None:
        chat, asked = await desk.chat(update), " ".join(context.args or [])
        scene = desk.scene(chat)
        if not asked:
            await desk.reply(update, menus.languages(scene, translates=desk.translates))
        elif await desk.allows(update):
            if asked.casefold() in AS_WRITTEN:
                await desk.reply(update, await _reads(chat, None))
            elif chosen := tongue_named(asked, scene.words):
                await desk.reply(update, await _speaks(chat, chosen))
            else:
                languages = scene.words.listed([own_name(tag) for tag in spoken()])
                await desk.say(update, texts.SPEAKS_UNKNOWN, text=asked[:60], languages=languages)

    async def show_languages(update: Update, _: Context) -> None:
        await desk.reply(update, menus.languages(desk.scene(await desk.chat(update)), translates=desk.translates))
        await desk.toast(update)

    async def choose_language(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chosen = pressed(update)[0]
        if chosen not in spoken():
            await desk.refuse(update)
        else:
            await desk.replace(update, await _speaks(await desk.chat(update), chosen))

    async def _speaks(chat: Chat, chosen: str) -> Message:
        """Sets what is spoken in the chat, and says so, in that."""
        return menus.speaks(
            desk.scene(await desk.storage.chats.update(chat.id, language=chosen)), translates=desk.translates
        )

    async def show_reads(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        if not desk.translates:
            return await desk.toast(update, texts.READS_NO_MODEL, is_alert=True)
        await desk.reply(update, menus.reads(desk.scene(chat), chat.reads))
        return await desk.toast(update)

    async def choose_reads(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chosen = pressed(update)[0]
        if chosen not in (*NAMES, *AS_WRITTEN) or not desk.translates:
            await desk.refuse(update)
        else:
            reads = chosen if chosen in NAMES else None
            await desk.replace(update, await _reads(await desk.chat(update), reads))

    async def _reads(chat: Chat, chosen: str | None) -> Message:
        """Sets what the chat reads, and says so."""
        await desk.storage.chats.update(chat.id, reads=chosen)
        scene = desk.scene(chat)
        if chosen is None:
            return panels.note(scene, texts.READS_OFF)
        return panels.note(scene, texts.READS_SET, language=scene.words.tongue(chosen))

    async def stop(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat = await desk.chat(update)
        await desk.storage.outbox.suspend(chat.id, "stopped", "the reader sent /stop", desk.clock())
        await desk.say(update, texts.STOPPED)

    async def member(update: Update, _: Context) -> None:
        changed = update.my_chat_member
        if changed is None:
            return
        was_here, is_here = (one.status not in GONE for one in (changed.old_chat_member, changed.new_chat_member))
        if not is_here and await desk.storage.chats.get(changed.chat.id) is None:
            return  # forgotten, and not to be remembered for leaving
        chat = await desk.chat(update)
        if not is_here:
            await desk.storage.outbox.suspend(chat.id, "suspended", "the bot was removed or blocked", desk.clock())
        elif chat.state in ("suspended", "paused"):
            await desk.storage.outbox.resume(chat.id)
            desk.wake.set()
        elif not was_here and chat.kind in ("group", "supergroup"):
            await desk.reply(update, steps.ask_topics(desk.scene(chat), await desk.followed_topics(chat)))

    async def moved(update: Update, _: Context) -> None:
        heard = update.effective_message
        if heard and heard.migrate_to_chat_id:
            tell(map(alert_of, await desk.storage.chats.migrate(heard.chat.id, heard.migrate_to_chat_id)))
        elif heard and heard.migrate_from_chat_id:
            tell(map(alert_of, await desk.storage.chats.migrate(heard.migrate_from_chat_id, heard.chat.id)))

    return (
        CommandHandler("look", look),
        CommandHandler("language", language),
        CommandHandler("stop", stop),
        CallbackQueryHandler(settings, r"^settings$"),
        CallbackQueryHandler(look, r"^looks$"),
        CallbackQueryHandler(choose_look, r"^look:"),
        CallbackQueryHandler(show_languages, r"^languages$"),
        CallbackQueryHandler(choose_language, r"^speaks:"),
        CallbackQueryHandler(show_reads, r"^reads$"),
        CallbackQueryHandler(choose_reads, r"^reads:"),
        ChatMemberHandler(member, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.StatusUpdate.MIGRATE, moved),
    )


def explaining(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for what can be sent."""

    async def help_(update: Update, _: Context) -> None:
        await desk.reply(update, menus.help(desk.scene(await desk.chat(update))))

    return (CommandHandler("help", help_),)


def leftovers(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for what no other handler knows; they come last."""

    async def unknown_command(update: Update, _: Context) -> None:
        if update.effective_chat and update.effective_chat.type == "private":
            heard = update.effective_message
            typed = ((heard.text if heard else "") or "").split()[0].strip("/").split("@")[0].casefold()
            near = difflib.get_close_matches(typed, texts.COMMANDS, n=1, cutoff=NEAR)
            await desk.say(update, texts.UNKNOWN_COMMAND_NEAR if near else texts.UNKNOWN_COMMAND, near="".join(near))

    async def old_button(update: Update, _: Context) -> None:
        await desk.refuse(update)

    return (
        MessageHandler(filters.COMMAND & filters.UpdateType.MESSAGE, unknown_command),
        CallbackQueryHandler(old_button),
    )


def mishaps(application: Application[Any, Any, Any, Any, Any, Any], desk: Desk) -> None:
    """What happens when a handler stumbles: it is logged, and the person gets one plain sentence."""

    async def stumbled(update: object, context: Context) -> None:
        accident = None if isinstance(context.error, Unavailable) else context.error
        log.error("a handler stumbled", error=repr(context.error), exc_info=accident)
        if not isinstance(update, Update) or update.effective_chat is None:
            return
        # Said without the database, which may be what is out of order.
        scene = desk.stage(update.effective_user)
        if update.callback_query:
            await answer_quietly(update.callback_query, scene.words.say(texts.TRY_LATER), is_alert=True)
        elif update.message:
            said = note(scene, texts.TRY_LATER)
            await desk.telegram.send(update.effective_chat.id, said, thread_id=thread_of(update))

    application.add_error_handler(stumbled)
