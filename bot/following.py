"""Following: topics, feeds and words, and what each brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.desk import Context, Desk, answered_command, pressed
from bot.reading import topic_named
from bot.rehearsing import FORESEEN, MOST_CHARACTERS, MOST_SUBSCRIPTIONS, rehearse
from ingest.answers import Unreadable
from jobs.follow import NoFeed, SeveralFeeds, feed_at, listed
from jobs.round import SILENT_AFTER
from news.chat import Chat, Subscription, SubscriptionKind
from news.feed import bare_address
from news.messages import panels, texts
from news.messages.message import Message
from news.messages.presses import mark, number
from news.messages.words import Scene


def following(desk: Desk) -> Sequence[BaseHandler[Update, Context, Any]]:
    """Handlers for what a chat follows."""

    async def topics(update: Update, _: Context) -> None:
        chat = await desk.chat(update)
        await desk.reply(update, await _topics(update, chat))

    async def show_topics(update: Update, _: Context) -> None:
        await topics(update, _)
        await desk.toast(update)

    async def toggle(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat = await desk.chat(update)
        slug = pressed(update)[0]
        if slug not in desk.topics:
            return await desk.refuse(update)
        await toggle_topic(desk, chat, slug)
        await desk.replace(update, await _topics(update, chat))

    async def _topics(update: Update, chat: Chat) -> Message:
        is_forum = bool(update.effective_chat and update.effective_chat.is_forum)
        return panels.topics(desk.scene(chat), await desk.followed_topics(chat), is_forum=is_forum)

    async def subscriptions(update: Update, _: Context) -> None:
        await desk.reply(update, await _panel(await desk.chat(update)))

    async def show_subscriptions(update: Update, _: Context) -> None:
        await subscriptions(update, _)
        await desk.toast(update)

    async def unfollow(update: Update, _: Context) -> None:
        if not await desk.allows(update):
            return
        chat = await desk.chat(update)
        wanted = number(pressed(update)[0])
        one = next((one for one in await desk.storage.subscriptions.of(chat.id) if one.id == wanted), None)
        if one is None:
            return await desk.refuse(update)
        await desk.storage.subscriptions.remove(chat.id, one.kind, one.value)
        text, gone = _taken_back(chat, one)
        await desk.replace(update, await _panel(chat), toast=text, what=gone)

    async def instead(update: Update, _: Context) -> None:
        """Follows the feed that seems to have taken another's place, and no longer that one."""
        if not await desk.allows(update):
            return
        chat, wanted = await desk.chat(update), number(pressed(update)[0])
        followed = await desk.storage.subscriptions.of(chat.id)
        one = next((one for one in followed if one.id == wanted and one.kind == "feed"), None)
        gone = await desk.storage.feeds.get(int(one.value)) if one else None
        if one is None or gone is None or not gone.replacement:
            return await desk.refuse(update)
        try:
            feed = await feed_at(desk.storage, desk.door, desk.workers, gone.replacement, now=desk.clock())
        except (NoFeed, Unreadable):
            return await desk.toast(update, texts.NO_FEED_AT, is_alert=True, site=gone.replacement[:60])
        added = await desk.storage.subscriptions.add(chat.id, "feed", str(feed.id), desk.clock())
        await desk.storage.subscriptions.remove(chat.id, one.kind, one.value)
        what, was = (panels.wish(desk.scene(chat), each) for each in (added, one))
        await desk.replace(update, await _panel(chat), toast=texts.FOLLOWED_INSTEAD, what=what, gone=was)

    def _taken_back(chat: Chat, one: Subscription) -> tuple[str, str]:
        """What is said of a subscription that is no more, and its name."""
        scene = desk.scene(chat)
        if one.kind == "mute":
            return texts.UNMUTED, panels.wish(scene, replace(one, kind="words"))
        return texts.UNSUBSCRIBED, panels.wish(scene, one)

    async def mute(update: Update, context: Context) -> None:
        asked = " ".join(context.args or []).strip()
        if not asked:
            return await desk.say(update, texts.MUTE_USAGE)
        if not await desk.allows(update):
            return
        await rehearse(desk, update, "mute", asked)

    async def subscribe(update: Update, context: Context) -> None:
        asked = " ".join(context.args or []).strip()
        if not asked:
            return await desk.say(update, texts.SUBSCRIBE_USAGE)
        if not await desk.allows(update):
            return
        topic = topic_named(desk.scene(await desk.chat(update)), asked)
        if not topic and not is_address(asked):
            return await rehearse(desk, update, "words", asked)
        if len(asked) > MOST_CHARACTERS:
            return await desk.say(update, texts.TOO_LONG_WISH, most=MOST_CHARACTERS)
        chat = await desk.chat(update)
        followed = await desk.storage.subscriptions.of(chat.id)
        if len(followed) >= MOST_SUBSCRIPTIONS:
            return await desk.say(update, texts.TOO_MANY, most=MOST_SUBSCRIPTIONS)
        if topic:
            return await _add(update, chat, followed, "topic", topic)
        await _follow_feed(update, chat, followed, asked)

    async def _follow_feed(update: Update, chat: Chat, followed: Sequence[Subscription], asked: str) -> None:
        try:
            now = desk.clock()
            feed = await feed_at(desk.storage, desk.door, desk.workers, asked, now=now, is_choosing=True)
        except SeveralFeeds as several:
            # The buttons find the address in the message that is quoted.
            offer = panels.feeds_to_choose(desk.scene(chat), asked, [(each.url, each.name) for each in several.feeds])
            await desk.reply(update, offer, is_quoting=True)
            return
        except NoFeed:
            return await desk.say(update, texts.NO_FEED_AT, site=asked[:100])
        except Unreadable as problem:
            return await desk.say(update, str(problem))
        await _add(update, chat, followed, "feed", str(feed.id))

    async def choose(update: Update, _: Context) -> None:
        """Follows one of the feeds that a site lists, looked up anew."""
        if not await desk.allows(update):
            return
        asked, its = answered_command(update, "/subscribe")[:MOST_CHARACTERS], pressed(update)[0]
        try:
            found = await listed(desk.door, desk.workers, asked) if is_address(asked) else []
            url = next((each.url for each in found if mark(each.url) == its), None)
            if url is None:
                return await desk.toast(update, texts.WISH_GONE, is_alert=True)
            feed = await feed_at(desk.storage, desk.door, desk.workers, url, now=desk.clock())
        except NoFeed:
            return await desk.toast(update, texts.NO_LONGER_LISTED, is_alert=True, site=asked[:60])
        except Unreadable as problem:
            return await desk.toast(update, str(problem), is_alert=True)
        chat = await desk.chat(update)
        followed = await desk.storage.subscriptions.of(chat.id)
        if len(followed) >= MOST_SUBSCRIPTIONS:
            return await desk.toast(update, texts.TOO_MANY, is_alert=True, most=MOST_SUBSCRIPTIONS)
        await _add(update, chat, followed, "feed", str(feed.id))
        await desk.toast(update)

    async def _add(
        update: Update, chat: Chat, followed: Sequence[Subscription], kind: SubscriptionKind, value: str
    ) -> None:
        scene = desk.scene(chat)
        known = next((one for one in followed if (one.kind, one.value) == (kind, value)), None)
        if known:
            return await desk.say(update, texts.ALREADY_FOLLOWED, what=panels.wish(scene, known))
        added = await desk.storage.subscriptions.add(chat.id, kind, value, desk.clock())
        [foreseen] = await _foreseen([added])
        text = texts.SUBSCRIBED_FEED if kind == "feed" and not foreseen[1] else texts.SUBSCRIBED
        await desk.say(update, text, what=panels.wish(scene, added), brings=panels.brings(scene.words, foreseen))

    async def unsubscribe(update: Update, context: Context) -> None:
        chat = await desk.chat(update)
        asked = " ".join(context.args or []).strip().strip("\"“”„«»'")
        if not asked:
            await desk.reply(update, await _panel(chat))
            return
        if not await desk.allows(update):
            return
        for one in await desk.storage.subscriptions.of(chat.id):
            if bare_address(asked) in {bare_address(name) for name in await _names(one, desk.scene(chat))}:
                await desk.storage.subscriptions.remove(chat.id, one.kind, one.value)
                text, gone = _taken_back(chat, one)
                return await desk.say(update, text, what=gone)
        await desk.say(update, texts.NOT_FOLLOWED, what=asked[:60])

    async def _names(one: Subscription, scene: Scene) -> list[str]:
        """What a person may call a subscription."""
        if one.kind != "feed":
            return [one.value, one.value.strip('"'), scene.topics.get(one.value, one.value), scene.topic(one.value)]
        feed = await desk.storage.feeds.get(int(one.value))
        return [name for name in (one.title, feed and feed.url, feed and feed.site_url) if name]

    async def _panel(chat: Chat) -> Message:
        followed = await desk.storage.subscriptions.of(chat.id)
        shown = followed[: panels.MOST_SHOWN]
        foreseen = dict(zip((one.id for one in shown), await _foreseen(shown), strict=True))
        ids = {one.id: int(one.value) for one in shown if one.kind == "feed"}
        known = await desk.storage.feeds.some(list(ids.values()))
        feeds = {one: known[feed_id] for one, feed_id in ids.items() if feed_id in known}
        topics, now = {one.value for one in followed if one.kind == "topic"}, desk.clock()
        ailing = await desk.storage.feeds.failing(now - SILENT_AFTER) + await desk.storage.feeds.silent(now)
        missed = [each for each in ailing if each.is_shared and each.topic in topics and each.id not in known]
        return panels.subscriptions(desk.scene(chat), followed, foreseen, feeds=feeds, missed=missed)

    async def _foreseen(some: Sequence[Subscription]) -> list[tuple[int, int]]:
        wishes, now = [(one.kind, one.value) for one in some], desk.clock()
        if not some:
            return []
        return await desk.storage.subscriptions.foresee(some[0].chat_id, wishes, now - FORESEEN, now)

    return (
        CommandHandler("topics", topics),
        CommandHandler("subscribe", subscribe),
        CommandHandler("mute", mute),
        CommandHandler("unsubscribe", unsubscribe),
        CommandHandler("subscriptions", subscriptions),
        CallbackQueryHandler(show_topics, r"^topics$"),
        CallbackQueryHandler(toggle, r"^topic:"),
        CallbackQueryHandler(show_subscriptions, r"^subscriptions$"),
        CallbackQueryHandler(unfollow, r"^unfollow:"),
        CallbackQueryHandler(instead, r"^instead:"),
        CallbackQueryHandler(choose, r"^choose:"),
    )


async def toggle_topic(desk: Desk, chat: Chat, slug: str) -> None:
    """Follows a topic, or stops following it."""
    if not await desk.storage.subscriptions.remove(chat.id, "topic", slug):
        await desk.storage.subscriptions.add(chat.id, "topic", slug, desk.clock())


def is_address(text: str) -> bool:
    """Whether a person means a site or a feed: `https://…`, or a bare `example.org/news`."""
    if " " in text:
        return False
    if "://" in text:
        return True
    try:
        host = urlsplit(f"//{text}").hostname or ""
    except ValueError:
        return False
    return "." in host.strip(".") and host.rsplit(".", 1)[-1].isalpha()
