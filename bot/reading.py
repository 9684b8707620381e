"""Reading: tabs and More, the full article, related, saved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.desk import Context, Desk, pressed, thread_of
from bot.places import folded
from jobs.returning import told_before
from news.alerts import LONGEST_FOLLOW, MOST_ALERTS, SILENCE, followed_until
from news.article import Article
from news.chat import Chat, Look
from news.messages import classic, lists, texts, weights
from news.messages.layout import EVERY_TAB, Tally, View, turned_to
from news.messages.looks import drawn
from news.messages.message import Message
from news.messages.presses import key, number
from news.messages.words import Scene
from news.votes import marks

POST_LINK = re.compile(r"^/start ([A-Za-z0-9_-]{16})_([0-9]{1,3})$")
"""What a reader of a channel sends by tapping a link below a story there."""
IN_PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
VOTES = {"up": 1, "down": -1}


def reading(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for everything that is read."""

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

    async def open_post(update: Update, _: Context) -> None:
        """A story of a channel's post, read in the reader's own chat; what nobody posted cannot be had so."""
        chat, heard = await desk.chat(update), update.message
        asked = POST_LINK.match(heard.text or "") if heard else None
        found = await desk.storage.digests.posted(asked[1], int(asked[2])) if asked else None
        if found is None:
            return await desk.say(update, texts.POST_GONE)
        # Begun, so that its pages can be turned, whatever else this chat may see.
        place = await desk.storage.shelf.place(chat.id, found.id)
        await desk.storage.shelf.put_place(chat.id, found.id, place, desk.clock())
        return await _show(update, chat, found)

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
        MessageHandler(filters.Regex(POST_LINK) & IN_PRIVATE, open_post),
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


def topic_named(scene: Scene, text: str) -> str | None:
    """The slug of a topic by its slug or a name of it, its reader's or its operator's, however it is typed."""
    typed = folded(text)
    named = ((slug, {folded(each) for each in (slug, name, scene.topic(slug))}) for slug, name in scene.topics.items())
    return next((slug for slug, names in named if typed in names), None)


def topics_named(scene: Scene, text: str) -> list[str] | None:
    """The slugs of topics typed after each other, with commas or without; None where one of them is none."""
    words, slugs = text.split(",") if "," in text else text.split(), list[str]()
    while words:
        # Some topics have a name of two words.
        ends = (at for at in range(len(words), 0, -1) if topic_named(scene, " ".join(words[:at])))
        end = next(ends, 0)
        if not (slug := topic_named(scene, " ".join(words[:end]))):
            return None
        slugs.append(slug)
        words = words[end:]
    return slugs
