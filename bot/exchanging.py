"""Exchanging lists of feeds with other news readers: a file sent to the bot, and /opml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import Document, Update
from telegram.ext import BaseHandler, CommandHandler, MessageHandler, filters

from bot.desk import Context, Desk
from bot.reading import topic_named
from bot.rehearsing import MOST_SUBSCRIPTIONS
from ingest.answers import Unreadable
from ingest.opml import Outline, read_opml, write_opml
from news.chat import Chat
from news.messages import texts
from news.messages.words import Words
from storage import Storage

LARGEST = 900_000
"""Bytes: some five thousand feeds."""
NAME = "feeds.opml"
ENGLISH = Words()


def exchanging(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for lists of feeds."""

    async def taken(update: Update, context: Context) -> None:
        heard = update.message
        document = heard.document if heard else None
        if document is None or not _is_list(document):
            # In a group people send each other files that are none of our business.
            if update.effective_chat and update.effective_chat.type == "private":
                await desk.say(update, texts.OPML_USAGE)
            return
        if not await desk.allows(update):
            return
        if (document.file_size or 0) > LARGEST:
            return await desk.say(update, texts.OPML_TOO_LARGE)
        file = await context.bot.get_file(document.file_id)
        try:
            outlines = await desk.workers.run(read_opml, bytes(await file.download_as_bytearray()))
        except Unreadable as problem:
            return await desk.say(update, str(problem))
        chat = await desk.chat(update)
        new, known, left = await _follow(chat, outlines)
        scene = desk.scene(chat)
        said = [scene.words.count(texts.OPML_FOLLOWED, new)] if new or left else []
        said += [scene.words.count(texts.OPML_KNOWN if said else texts.OPML_ALL_KNOWN, known)] if known else []
        said += [scene.words.count(texts.OPML_LEFT, left, most=MOST_SUBSCRIPTIONS)] if left else []
        await desk.say(update, "{said}", said=" ".join(said))

    async def _follow(chat: Chat, outlines: Sequence[Outline]) -> tuple[int, int, int]:
        """How many feeds the chat follows now, how many it did already, and how many are too many."""
        now, scene = desk.clock(), desk.scene(chat)
        followed = await desk.storage.subscriptions.of(chat.id)
        theirs, room = {one.value for one in followed if one.kind == "feed"}, MOST_SUBSCRIPTIONS - len(followed)
        new = known = left = 0
        for outline in outlines:
            at = await desk.storage.feeds.by_url(outline.url)
            is_theirs = at is not None and str(at.id) in theirs
            if not is_theirs and new >= room:
                left += 1
                continue
            topic = topic_named(scene, outline.folder or "")
            # Its name in the list is this chat's own: others may call the feed something else.
            feed = await desk.storage.feeds.add(outline.url, now=now, topic=topic, is_shared=False)
            await desk.storage.subscriptions.add(
                chat.id, "feed", str(feed.id), now, title=outline.title, folder=outline.folder
            )
            theirs.add(str(feed.id))
            new, known = new + (not is_theirs), known + is_theirs
        return new, known, left

    async def given(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        outlines = await outlines_of(desk.storage, chat.id, desk.scene(chat).words)
        if not outlines:
            return await desk.say(update, texts.OPML_NOTHING)
        scene = desk.scene(chat)
        title = scene.words.say(texts.OPML_TITLE)
        caption = scene.words.count(texts.OPML_CAPTION, len(outlines))
        content = write_opml(outlines, title=title)
        if not await desk.give(update, NAME, content, caption):
            await desk.say(update, texts.TRY_LATER)

    return (CommandHandler("opml", given), MessageHandler(filters.Document.ALL & filters.UpdateType.MESSAGE, taken))


async def outlines_of(storage: Storage, chat_id: int | None, words: Words = ENGLISH) -> list[Outline]:
    """The feeds that a chat follows, as it calls them and in its folders; else in those of their topics.

    Without a chat, every feed.
    """
    topics = {slug: words.topic(slug, name) for slug, name in await storage.topics.all()}
    if chat_id is None:
        return [Outline(feed.url, feed.title, topics.get(feed.topic or "")) for feed in await storage.feeds.all()]
    followed = [one for one in await storage.subscriptions.of(chat_id) if one.kind == "feed"]
    feeds = await storage.feeds.some([int(one.value) for one in followed])
    found = [(one, feeds[int(one.value)]) for one in followed if int(one.value) in feeds]
    return [Outline(feed.url, one.title, one.folder or topics.get(feed.topic or "")) for one, feed in found]


def _is_list(document: Document) -> bool:
    name, kind = (document.file_name or "").lower(), (document.mime_type or "").lower()
    return name.endswith((".opml", ".xml")) or "opml" in kind
