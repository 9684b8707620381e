"""Composes one morning, killed before its first write, its second, …, its last commit: `… DATABASE MOMENT`.

Prints a JSON line: how many deaths it took, and the problems found after each. Everything forks from here,
because most of a process would be spent on imports.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import datetime, timedelta

from benchmarks.reliability.dying import Countdown, before_each_change
from benchmarks.reliability.lives import killed_at_each_step
from jobs.compose import compose, prepare
from storage import Storage
from tests.storage.given import had


async def composed(database_url: str, now: datetime, step: int) -> None:
    storage = await Storage.open(database_url)
    before_each_change(Countdown(step))
    await compose(storage, now=now)
    await storage.close()


async def torn(database_url: str, now: datetime) -> list[str]:
    """Chats for which what they have had is not what was queued for them, or a story is neither had nor unread."""
    storage = await Storage.open(database_url)
    problems = []
    known = {article.story_id for article in await storage.articles.latest(1_000)}
    topics = dict(await storage.topics.all())
    soon = now + timedelta(days=2)
    for due in await storage.schedules.due_among(await storage.schedules.due_ids(soon, 100), soon):
        chat_id, queued = due.chat.id, Counter[int]()
        for delivery in await storage.outbox.of(chat_id):
            digest = await storage.digests.by_id(delivery.digest_id) if delivery.digest_id else None
            if digest and delivery.state != "cancelled":  # the stories of yesterday's, unsent, come again
                queued.update(item.story_id for item in digest.items[: digest.pushed])
        told = await had(storage, chat_id)
        unread = {item.story_id for item in (await prepare(storage, due.chat, topics, now=now)).digest.items}
        if told != set(queued) or max(queued.values(), default=1) > 1:
            problems.append(f"{chat_id} has had {sorted(told)}, queued are {dict(queued)}")
        if told | unread != known or told & unread:
            problems.append(f"{chat_id}: had {sorted(told)}, unread {sorted(unread)}, of {sorted(known)}")
    await storage.close()
    return problems


def main(database_url: str, moment: str) -> None:
    now = datetime.fromisoformat(moment)
    killed_at_each_step(
        lambda step: asyncio.run(composed(database_url, now, step)), lambda: asyncio.run(torn(database_url, now))
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
