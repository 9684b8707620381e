"""Correct: what a publisher changes in what it published is stored, and the messages that told it are edited.

What is known of a correction is written down first, with how far messages were edited for it: so it goes on where it
was, whoever does it and whatever happened meanwhile. An edit goes by the outbox, as a delivery does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobs.redraw import without_stopped
from jobs.returning import told_before
from jobs.scene import scene_of
from news.article import Article, Bullet, Entry
from news.bullets import choose_bullets
from news.corrections import Change, Correction, change_of
from news.feed import Feed
from news.identity import keys
from news.messages import rich
from news.messages.looks import drawn
from news.messages.message import Message
from storage import Storage, Unavailable
from storage.corrections import Edit, Sent

LOOK_BACK = timedelta(days=7)
"""Articles first seen longer ago are not corrected: their feeds have let go of most."""
MOST = 3
"""Corrections of one article: a headline that is changed all day is a ticker."""
EDITED_FOR = timedelta(days=2)
"""Messages older than this stay as they were read."""
OPEN_FOR = timedelta(minutes=10)
"""So long a digest may still be written that was drawn before the correction."""
AT_ONCE = 1_000
A_SECOND = 10
"""Edits that fall due in a second: digests have the rest."""

Whole = Callable[[Entry], Awaitable[Entry]]
"""An entry with the text of its page."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """An entry that was stored before, and what it is known by."""

    entry: Entry
    known_by: Sequence[str]


async def correct(
    storage: Storage, feed: Feed, reruns: Sequence[Rerun], whole: Whole, *, now: datetime, is_read_so: bool = True
) -> int:
    """Stores what a feed changed in articles that it brought before; how many.

    Where they were not read so before, other headlines may be of our making: they are stored, and nobody is told.
    """
    if not reruns:
        return 0
    entries = [each.entry for each in reruns]
    told = await storage.corrections.correctable(feed.id, entries, now - LOOK_BACK, MOST)
    by_name = {
        name: each
        for each in told
        for name in _names(keys(Entry(headline=each.headline, guid=each.guid, url=each.url), feed.id))
    }
    done = 0
    for rerun in reruns:
        article = next((by_name[name] for name in _names(rerun.known_by) if name in by_name), None)
        change = change_of(article.headline, rerun.entry) if article else None
        if article is None or change is None:
            continue
        if change == "headline" and not is_read_so:
            await storage.corrections.reword(article, rerun.entry.headline)
            continue
        entry, stored = await whole(rerun.entry), await storage.articles.get(article.id)
        bullets = None if stored is None else _bullets(stored, entry, change)
        done += await storage.corrections.record(article, entry, change, bullets, now)
    return done


async def edit_messages(storage: Storage, *, now: datetime, at_once: int = AT_ONCE) -> int:
    """Puts edits of all messages that tell what was corrected since into the outbox; how many.

    A fault of ours costs its correction alone, and is raised when all others are done.
    """
    edited, fault = 0, None
    for correction in await storage.corrections.open():
        try:
            edited += await _edit_for(storage, correction, now, at_once)
        except Unavailable:
            raise
        except Exception as accident:
            accident.add_note(f"while editing messages for correction {correction.id}")
            fault = fault or accident
            await _close_late(storage, correction, now)
    if fault:
        raise fault
    return edited


def _bullets(stored: Article, entry: Entry, change: Change) -> Sequence[Bullet] | None:
    """The lines of what the entry says; None where its text is the same, or is not to be had."""
    if change == "retraction":  # what is taken back is not told any more
        return ()
    is_loss = entry.is_teaser and not stored.is_teaser
    return None if is_loss or entry.text == stored.text else choose_bullets(entry)


def _names(known_by: Iterable[str]) -> list[str]:
    """Of the keys of an entry those that stay when its words change."""
    return [each for each in known_by if not each.startswith("text:")]


async def _edit_for(storage: Storage, correction: Correction, now: datetime, at_once: int) -> int:
    topics = dict(await storage.topics.all())
    redrawn: dict[tuple[int, int, str | None], Message | None] = {}
    edited = 0
    while some := await storage.corrections.sent(correction, now - EDITED_FOR, at_once):
        for each in some:
            if each.kind not in redrawn:
                redrawn[each.kind] = await _redrawn(storage, each, topics)
        edits = [
            (each, await without_stopped(storage, each.chat_id, message))
            for each in some
            if (message := redrawn[each.kind]) is not None
        ]
        due = [
            Edit(each, message, now + timedelta(seconds=(edited + at) // A_SECOND))
            for at, (each, message) in enumerate(edits)
        ]
        if not await storage.corrections.edit(correction, due, some[-1].digest_id):
            return edited  # another does it
        edited += len(due)
        correction = replace(correction, edited_up_to=some[-1].digest_id)
    await _close_late(storage, correction, now)
    return edited


async def _close_late(storage: Storage, correction: Correction, now: datetime) -> None:
    if now - correction.corrected_at >= OPEN_FOR:
        await storage.corrections.close(correction.id)


async def _redrawn(storage: Storage, sent: Sent, topics: dict[str, str]) -> Message | None:
    """The message as it would be drawn at its time, knowing what is known now; None when it says the same."""
    chat, digest = await storage.chats.get(sent.chat_id), await storage.digests.by_id(sent.digest_id)
    if chat is None or digest is None or not digest.items:
        return None
    before = await told_before(storage, [(chat.id, digest.items)], digest.number)
    scene = scene_of(chat, topics, digest.composed_at, before=before.get(chat.id))
    message = drawn(sent.message.look).digest(digest, scene)
    if message.look == "rich" and "<figure" not in sent.message.html:
        message = rich.without_photos(message) or message
    said = replace(sent.message, is_silent=message.is_silent, reply_to=message.reply_to)
    return None if message == said else message
