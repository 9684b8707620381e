"""Reading: digests on demand, tabs and More, the full article, related, saved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.desk import Context, Desk, pressed, thread_of
from jobs.compose import compose_now
from jobs.returning import told_before
from news.alerts import LONGEST_FOLLOW, MOST_ALERTS, SILENCE, followed_until
from news.article import Article
from news.chat import Chat, Look
from news.messages import classic, lists, texts, weights
from news.messages.layout import EVERY_TAB, Tally, View, turned_to
from news.messages.looks import drawn
from news.messages.message import Message
from news.messages.presses import key, number
from news.votes import marks

WORDS_A_MINUTE = 230
MOST_MINUTES = 60
VOTES = {"up": 1, "down": -1}


def reading(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for everything that is read."""

    async def digest(update: Update, context: Context) -> None:
        chat = await desk.chat(update)
        topic, words = _asked(desk, context.args or [])
        if topic is None and words is None and context.args:
            return await desk.say(update, texts.UNKNOWN_DIGEST, word=" ".join(context.args)[:60])
        if chat.state == "stopped":
            return await desk.say(update, texts.IS_STOPPED)
        ready = await compose_now(
            desk.storage, chat, now=desk.clock(), topic=topic, words=words, thread_id=thread_of(update)
        )
        if ready.digest.items:
            desk.wake.set()
        elif ready.message:
            await desk.reply(update, ready.message)
        return None

    async def turn(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        asked, tab, page = pressed(update, 3)[:3]
        edition = key(asked)
        found = await desk.storage.digests.of_edition(chat.id, edition) if edition else None
        if found is None or not found.items:
            return await desk.refuse(update)
        view = View(None if tab == EVERY_TAB else tab, number(page, 999) or 0)
        if view.tab is not None and view.tab not in {item.topic for item in found.items}:
            view = View()
        before = await told_before(desk.storage, [(chat.id, found.items)], found.number)
        scene, look = desk.scene(chat, before.get(chat.id)), drawn(_look_of(update))
        shown = turned_to(look.Sheet(found, scene, view.tab).pages(), view.page, len(found.items))[1]
        positions = [item.position for item in shown]
        await desk.storage.digests.show(chat.id, found.number, positions)
        await desk.replace(update, look.digest(found, scene, view), plainer=classic.digest(found, scene, view))
        return None

    async def article(update: Update, context: Context) -> None:
        chat = await desk.chat(update)
        found = await desk.article_meant(update, chat, context.args or [], texts.ARTICLE_USAGE)
        if found:
            await _show(update, chat, found)

    async def open_article(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        found = await desk.pressed_article(update, chat)
        if found:
            await _show(update, chat, found)
            await desk.toast(update)

    async def turn_page(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        found = await desk.pressed_article(update, chat)
        if found is None:
            return
        place = _place_on(update, found)
        await desk.storage.shelf.put_place(chat.id, found.id, place, desk.clock())
        message, plainer = await _drawn(chat, found, _look_of(update), place)
        await desk.replace(update, message, plainer=plainer)

    async def related(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        found = await desk.pressed_article(update, chat)
        if found:
            others = await desk.storage.articles.related(found.id, chat.id, lists.PAGE)
            await desk.reply(update, lists.related(found, others, desk.scene(chat)))
            await desk.toast(update)

    async def save(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        found = await desk.pressed_article(update, chat)
        if found is None:
            return
        if await desk.storage.shelf.is_saved(chat.id, found.id):
            await desk.storage.shelf.unsave(chat.id, found.id)
        else:
            await desk.storage.shelf.save(chat.id, found.id, desk.clock())
        message, plainer = await _drawn(chat, found, _look_of(update), _place_on(update, found))
        await desk.replace(update, message, plainer=plainer)

    async def follow(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat = await desk.chat(update)
        found = await desk.pressed_article(update, chat)
        if found is None:
            return
        wishes, now = desk.storage.subscriptions, desk.clock()
        followed = await wishes.following(chat.id, found.id)
        if not followed and len(await wishes.alerts(chat.id)) >= MOST_ALERTS:
            return await desk.toast(update, texts.TOO_MANY_ALERTS, is_alert=True, most=MOST_ALERTS)
        for each in followed:
            await wishes.remove(chat.id, each.kind, each.value)
        if not followed:
            named, thread, until = found.headline, thread_of(update), followed_until(now, now)
            await wishes.add(chat.id, "story", str(found.id), now, title=named, thread_id=thread, ends_at=until)
        message, plainer = await _drawn(chat, found, _look_of(update), _place_on(update, found))
        toast, silence, most = texts.STORY_FOLLOWED, SILENCE.days, LONGEST_FOLLOW.days
        if followed:
            toast = texts.STORY_UNFOLLOWED
        await desk.replace(update, message, plainer=plainer, toast=toast, silence=silence, most=most)

    async def vote(update: Update, _: Context) -> None:
        # In a group its administrators vote: the weights are the group's.
        if not await desk.allows(update):
            return None
        person, about = update.effective_user, VOTES.get(pressed(update, 3)[2])
        if person is None or about is None:
            return await desk.refuse(update)
        chat = await desk.chat(update)
        found = await desk.pressed_article(update, chat)
        if found is None:
            return None
        its, now = marks(found), desk.clock()
        stands = await desk.storage.votes.vote(chat.id, person.id, found.story_id, its, about, now)
        message, plainer = await _drawn(chat, found, _look_of(update), _place_on(update, found))
        toast = {1: texts.VOTED_FOR, -1: texts.VOTED_AGAINST, 0: texts.VOTE_TAKEN_BACK}[stands]
        what = weights.listed(its, desk.scene(chat))
        if not its:
            toast = texts.NOTHING_TO_WEIGH
        return await desk.replace(update, message, plainer=plainer, toast=toast, what=what)

    async def saved(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        await desk.reply(update, await _saved_page(chat, 0))

    async def turn_saved(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        await desk.replace(update, await _saved_page(chat, number(pressed(update, 1)[0], 9999) or 0))

    async def _saved_page(chat: Chat, page: int) -> Message:
        total = await desk.storage.shelf.saved_count(chat.id)
        page = max(0, min(page, (total - 1) // lists.PAGE))
        articles = await desk.storage.shelf.saved(chat.id, lists.PAGE, page * lists.PAGE)
        return lists.saved(articles, total, page, desk.scene(chat))

    async def _show(update: Update, chat: Chat, found: Article) -> None:
        place = await desk.storage.shelf.place(chat.id, found.id)
        message, plainer = await _drawn(chat, found, chat.look, place)
        await desk.reply(update, message, plainer=plainer)

    async def _drawn(chat: Chat, found: Article, look: Look, place: int) -> tuple[Message, Message]:
        """The article at the page that holds a place, in a look; and its classic form."""
        is_saved = await desk.storage.shelf.is_saved(chat.id, found.id)
        tally, scene = await desk.storage.votes.tally(chat.id, found.story_id), desk.scene(chat)
        votes = Tally(*tally, is_alone=chat.kind == "private")
        is_followed = bool(await desk.storage.subscriptions.following(chat.id, found.id))
        message, plainer = (
            each.article(found, scene, offset=place, is_saved=is_saved, is_followed=is_followed, votes=votes)
            for each in (drawn(look), classic)
        )
        return message, plainer

    return (
        CommandHandler("digest", digest),
        CommandHandler("article", article),
        CommandHandler("saved", saved),
        CallbackQueryHandler(turn, r"^digest:"),
        CallbackQueryHandler(open_article, r"^open:"),
        CallbackQueryHandler(turn_page, r"^read:"),
        CallbackQueryHandler(related, r"^related:"),
        CallbackQueryHandler(save, r"^save:"),
        CallbackQueryHandler(follow, r"^follow:"),
        CallbackQueryHandler(vote, r"^vote:"),
        CallbackQueryHandler(turn_saved, r"^saved:"),
    )


def _look_of(update: Update) -> Look:
    """The look that the pressed message is drawn in, whatever the chat has chosen since: pages are numbered by it."""
    pressed = update.effective_message
    return "rich" if pressed is not None and "rich_message" in pressed.api_kwargs else "classic"


def _place_on(update: Update, article: Article) -> int:
    """Where the page begins that a press names."""
    pages = drawn(_look_of(update)).article_pages(article)
    return pages[min(number(pressed(update, 2)[1], 9999) or 0, len(pages) - 1)].start


def _asked(desk: Desk, words: Sequence[str]) -> tuple[str | None, int | None]:
    """The topic and the words that “/digest world”, “/digest 3min” or “/digest world 3min” asks for."""
    asked = " ".join(words).strip().casefold()
    minutes = re.fullmatch(r"(.*?)\b(\d{1,3}) ?(?:m|min|mins|minutes?)", asked)
    if not minutes:
        return topic_named(desk, asked), None
    topic = topic_named(desk, minutes[1])
    if minutes[1] and topic is None:
        return None, None
    return topic, max(1, min(int(minutes[2]), MOST_MINUTES)) * WORDS_A_MINUTE


def topic_named(desk: Desk, text: str) -> str | None:
    """The slug of a topic by its slug or name, however it is typed."""
    typed = text.strip().casefold()
    return next((slug for slug, name in desk.topics.items() if typed in (slug.casefold(), name.casefold())), None)
