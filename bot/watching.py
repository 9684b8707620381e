"""Watching: /watch, for pages that have no feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.desk import Context, Desk, answered_command, pressed
from bot.following import is_address
from bot.rehearsing import MOST_SUBSCRIPTIONS
from ingest.answers import Unreadable
from ingest.watching import Guess, watched_address
from jobs.follow import Found, NoFeed, find
from news.chat import Chat
from news.feed import full_address
from news.messages import panels, texts
from news.messages.message import Message
from news.messages.presses import number

MOST_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Seen:
    """A page, and the lists on it that may be watched."""

    url: str
    lists: Sequence[Guess]


def watching(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for pages without a feed. What is shown is looked up anew for every press: nothing is kept meanwhile."""

    async def watch(update: Update, context: Context) -> None:
        asked = " ".join(context.args or []).strip()
        address, _, selector = asked.partition(" ")
        if not is_address(address) or len(asked) > MOST_CHARACTERS:
            return await desk.say(update, texts.WATCH_USAGE)
        if not await desk.allows(update):
            return None
        if not selector and await _has_feed(address):
            return await desk.say(update, texts.WATCH_HAS_FEED, site=address[:100])
        try:
            seen = await _look(asked)
        except Unreadable as problem:
            return await desk.say(update, str(problem))
        if not seen.lists:
            return await desk.say(update, texts.WATCH_NO_LIST, site=address[:100])
        # The buttons find the address in the message that the preview quotes.
        await desk.reply(update, _shown(await desk.chat(update), seen, 0), is_quoting=True)
        return None

    async def show(update: Update, _: Context) -> None:
        if (seen := await _again(update)) is None:
            return
        at = (number(pressed(update)[0]) or 0) % len(seen.lists)
        await desk.replace(update, _shown(await desk.chat(update), seen, at))

    async def save(update: Update, _: Context) -> None:
        if (seen := await _again(update)) is None:
            return
        chat, now = await desk.chat(update), desk.clock()
        if len(await desk.storage.subscriptions.of(chat.id)) >= MOST_SUBSCRIPTIONS:
            return await desk.toast(update, texts.TOO_MANY, is_alert=True, most=MOST_SUBSCRIPTIONS)
        chosen = next((one for one in seen.lists if one.mark == pressed(update)[0]), None)
        if chosen is None:
            return await desk.refuse(update)
        feed = await _followed(watched_address(seen.url, chosen.selector))
        if feed is None:
            return await desk.refuse(update)
        kept = await desk.storage.feeds.add(
            feed.url, now=now, title=feed.parsed.title, site_url=feed.parsed.site_url, is_shared=False
        )
        added = await desk.storage.subscriptions.add(chat.id, "feed", str(kept.id), now)
        scene = desk.scene(chat)
        await desk.replace(update, panels.note(scene, texts.SUBSCRIBED_FEED, what=panels.wish(scene, added)))
        return None

    async def _again(update: Update) -> Seen | None:
        """What the pressed preview is of, looked up anew; None where nothing can be done with the press."""
        if not await desk.allows(update):
            return None
        asked = answered_command(update, "/watch")[:MOST_CHARACTERS]
        try:
            seen = await _look(asked) if asked else None
        except Unreadable as problem:
            await desk.toast(update, str(problem), is_alert=True)
            return None
        if seen is None or not seen.lists:
            await desk.refuse(update)
            return None
        return seen

    async def _look(asked: str) -> Seen:
        address, _, selector = asked.partition(" ")
        fetched = await desk.door.get(full_address(address))
        if not selector:
            return Seen(fetched.url, await desk.workers.guess_lists(fetched.body, fetched.url))
        found = await desk.workers.read_feed(fetched.body, url=fetched.url, watched=selector.strip())
        return Seen(fetched.url, (Guess(selector.strip(), tuple(entry.headline for entry in found.entries)),))

    async def _has_feed(address: str) -> bool:
        return await _followed(address) is not None

    async def _followed(address: str) -> Found | None:
        try:
            return await find(desk.door, desk.workers, address)
        except (NoFeed, Unreadable):
            return None

    def _shown(chat: Chat, seen: Seen, at: int) -> Message:
        one = seen.lists[at]
        following = (at + 1) % len(seen.lists) if len(seen.lists) > 1 else None
        return panels.watched(
            desk.scene(chat), seen.url, one.selector, one.headlines, mark=one.mark, following=following
        )

    return (
        CommandHandler("watch", watch),
        CallbackQueryHandler(show, r"^watch:"),
        CallbackQueryHandler(save, r"^watched:"),
    )
