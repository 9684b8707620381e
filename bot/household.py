"""The household: settings, look, help, stop; chats that come, go and move; what is not understood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from telegram import Update
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.desk import Context, Desk, pressed
from bot.timing import planned
from news.messages import panels, texts

log = structlog.get_logger()


def household(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for the chat itself."""

    async def settings(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        await desk.toast(update)
        panel = panels.settings(desk.scene(chat), await planned(desk, chat), await desk.followed_topics(chat))
        await desk.reply(update, panel)

    async def help_(update: Update, _: Context) -> None:
        await desk.reply(update, panels.help(desk.scene(await desk.chat(update))))

    async def look(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        if update.callback_query:
            await desk.toast(update)
        if chat.kind != "private":
            await desk.say(update, texts.LOOK_NOT_HERE)
        else:
            await desk.reply(update, panels.looks(desk.scene(chat), chat.look))

    async def choose_look(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat = await desk.chat(update)
        chosen = pressed(update)[0]
        if chat.kind != "private":
            await desk.toast(update, texts.LOOK_NOT_HERE, is_alert=True)
            return
        is_rich = chosen == "rich"
        chat = await desk.storage.chats.update(chat.id, look="rich" if is_rich else "classic")
        await desk.toast(update)
        said = texts.LOOK_SET_RICH if is_rich else texts.LOOK_SET_CLASSIC
        await desk.replace(update, panels.note(desk.scene(chat), said))

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
        chat = await desk.chat(update)
        gone = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
        was_here, is_here = (one.status not in gone for one in (changed.old_chat_member, changed.new_chat_member))
        if not is_here:
            await desk.storage.outbox.suspend(chat.id, "suspended", "the bot was removed or blocked", desk.clock())
        elif chat.state in ("suspended", "paused"):
            await desk.storage.outbox.resume(chat.id)
        elif not was_here and chat.kind in ("group", "supergroup"):
            await desk.reply(update, panels.ask_topics(desk.scene(chat), await desk.followed_topics(chat)))

    async def moved(update: Update, _: Context) -> None:
        heard = update.effective_message
        if heard and heard.migrate_to_chat_id:
            await desk.storage.chats.migrate(heard.chat.id, heard.migrate_to_chat_id)
        elif heard and heard.migrate_from_chat_id:
            await desk.storage.chats.migrate(heard.migrate_from_chat_id, heard.chat.id)

    return (
        CommandHandler("help", help_),
        CommandHandler("look", look),
        CommandHandler("stop", stop),
        CallbackQueryHandler(settings, r"^settings$"),
        CallbackQueryHandler(look, r"^looks$"),
        CallbackQueryHandler(choose_look, r"^look:"),
        ChatMemberHandler(member, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.StatusUpdate.MIGRATE, moved),
    )


def leftovers(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for what no other handler knows; they come last."""

    async def unknown_command(update: Update, _: Context) -> None:
        if update.effective_chat and update.effective_chat.type == "private":
            await desk.say(update, texts.UNKNOWN_COMMAND)

    async def old_button(update: Update, _: Context) -> None:
        await desk.toast(update, texts.OLD_BUTTON, is_alert=True)

    return (
        MessageHandler(filters.COMMAND & filters.UpdateType.MESSAGE, unknown_command),
        CallbackQueryHandler(old_button),
    )


def mishaps(application: Application[Any, Any, Any, Any, Any, Any], desk: Desk) -> None:
    """What happens when a handler stumbles: it is logged, and the person gets one plain sentence."""

    async def stumbled(update: object, context: Context) -> None:
        log.error("a handler stumbled", error=repr(context.error), exc_info=context.error)
        if not isinstance(update, Update) or update.effective_chat is None:
            return
        try:
            if update.callback_query:
                await desk.toast(update, texts.TRY_LATER, is_alert=True)
            elif update.message:
                await desk.say(update, texts.TRY_LATER)
        except (TelegramError, OSError):
            return

    application.add_error_handler(stumbled)
