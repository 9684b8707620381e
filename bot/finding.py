"""Finding: /search with its pages, and inline search in any chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from telegram import InlineQueryResultArticle, InputTextMessageContent, LinkPreviewOptions, Update
from telegram.error import TelegramError
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, InlineQueryHandler

from bot.desk import Context, Desk, answered_command, pressed
from news.article import Article
from news.chat import Chat
from news.filters import Filter
from news.frequencies import zipf
from news.grammar import Unclear, is_plain, plainly, sought
from news.messages import lists, texts
from news.messages.filters import read_as_words
from news.messages.lists import Card, Query
from news.messages.markup import is_web_address
from news.messages.message import Message
from news.messages.presses import number
from news.messages.words import Scene
from storage import Found

INLINE_PAGE = 10
MOST_INLINE = 200
TODAY = timedelta(days=1)
INLINE_CACHE_SECONDS = 60
MOST_WORDS = 256
FAMILIAR = 3.5
"""What English uses so often, by its Zipf value, is no slip of the pen; the commonest of those are below 3.1."""


def finding(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for search."""

    async def search(update: Update, context: Context) -> None:
        words = " ".join(context.args or [])[:MOST_WORDS]
        if not words:
            return await desk.say(update, texts.SEARCH_USAGE)
        if not any(character.isalnum() for character in words):
            return await desk.say(update, texts.ONLY_SYMBOLS, words=words[:60])
        # The buttons below the results find the words in the message that they quote.
        await desk.reply(update, await _found(await desk.chat(update), Query(words=words)), is_quoting=True)
        return None

    async def turn(update: Update, _: Context) -> None:
        words = answered_command(update, "/search")[:MOST_WORDS]
        if not words:
            return await desk.refuse(update)
        page, order, topic = pressed(update, 3)[:3]
        query = Query(
            words=words,
            page=number(page, 9999) or 0,
            is_newest_first=order == "new",
            topic=topic if topic in desk.topics else None,
        )
        await desk.replace(update, await _found(await desk.chat(update), query, is_corrected=True))
        return None

    async def find(update: Update, _: Context) -> None:
        words = ":".join(pressed(update))
        if not words.strip():
            return await desk.refuse(update)
        await desk.replace(update, await _found(await desk.chat(update), Query(words=words)))
        return None

    async def _found(chat: Chat, query: Query, *, is_corrected: bool = False) -> Message:
        """A page of results, the last one for a page past it.

        `is_corrected`: pages of a search that found nothing are those of the words suggested instead.
        """
        scene = desk.scene(chat)
        wanted, problem = _wanted(query.words, scene)
        found = await _look_up(chat, query, wanted)
        if found.total and not found.hits:
            query = replace(query, page=(found.total - 1) // lists.PAGE)
            found = await _look_up(chat, query, wanted)
        better = None if found.total or not is_plain(query.words) else await suggestion(desk, query.words)
        if better and is_corrected:
            return await _found(chat, replace(query, words=better))
        hits = [(hit.article, hit.snippet) for hit in found.hits]
        return lists.results(
            query,
            hits,
            found.total,
            scene,
            is_complete=found.is_complete,
            suggestion=better,
            note=read_as_words(query.words, problem, scene.words) if problem else None,
        )

    def _wanted(typed: str, scene: Scene) -> tuple[Filter | None, Unclear | None]:
        """What is looked for: any of the words where it cannot be read as a filter, and why, if it was to be one."""
        try:
            return sought(typed, topics=scene.names), None
        except Unclear as unclear:
            return plainly(typed), None if is_plain(typed) else unclear

    async def _look_up(chat: Chat, query: Query, wanted: Filter | None) -> Found:
        if wanted is None:
            return Found()
        return await desk.storage.search.find(
            wanted,
            chat_id=chat.id,
            now=desk.clock(),
            limit=lists.PAGE,
            offset=query.page * lists.PAGE,
            topic=query.topic,
            newest_first=query.is_newest_first,
        )

    async def inline(update: Update, _: Context) -> None:
        query = update.inline_query
        assert query is not None
        # Only what every chat may see: an answer can be shown to others.
        offset = number(query.offset, MOST_INLINE) or 0
        # What is said differs by language, so Telegram is to keep it for this person alone.
        asker = await desk.storage.chats.get(query.from_user.id)
        scene = desk.scene(asker) if asker else desk.stage(query.from_user)
        articles = await _inline_articles(query.query[:MOST_WORDS], offset, scene)
        cards = [_result(lists.card(article, scene)) for article in articles]
        is_more = len(articles) == INLINE_PAGE and offset + INLINE_PAGE < MOST_INLINE
        more = str(offset + INLINE_PAGE) if is_more else ""
        try:
            await query.answer(cards, cache_time=INLINE_CACHE_SECONDS, is_personal=True, next_offset=more)
        except TelegramError:
            # The reader has typed on: a newer query is on its way.
            return

    async def _inline_articles(words: str, offset: int, scene: Scene) -> list[Article]:
        if not words.strip():
            return await desk.storage.stories.top(desk.clock() - TODAY, INLINE_PAGE, offset)
        # Whoever types on has only begun the last word.
        for typed in (words, f"{words}*") if is_plain(words) and words[-1].isalnum() else (words,):
            wanted, _ = _wanted(typed, scene)
            if wanted is None:
                return []
            found = await desk.storage.search.find(
                wanted, chat_id=None, now=desk.clock(), limit=INLINE_PAGE, offset=offset, without_snippets=True
            )
            if found.total:
                return [hit.article for hit in found.hits]
        return []

    return (
        CommandHandler("search", search),
        CallbackQueryHandler(turn, r"^results:"),
        CallbackQueryHandler(find, r"^find:"),
        InlineQueryHandler(inline),
    )


async def suggestion(desk: Desk, words: str) -> str | None:
    """The words with the unknown ones put right; None where nothing is near, or they are well known elsewhere."""
    typed = words.split()[:6]
    strange = {word for word in typed if zipf(word.casefold(), "en") < FAMILIAR}
    better = [(await desk.storage.search.suggest(word) if word in strange else None) or word for word in typed]
    return None if better == typed else " ".join(better)


def _result(card: Card) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        id=str(card.article_id),
        title=card.title,
        description=card.description,
        # One address that Telegram does not take would cost all cards.
        url=card.url if is_web_address(card.url) else None,
        thumbnail_url=card.image_url if is_web_address(card.image_url) else None,
        input_message_content=InputTextMessageContent(
            card.message.html, parse_mode="HTML", link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
    )
