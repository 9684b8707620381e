"""Tells one round of what comes at once, killed before its first write, its second, …: `… DATABASE MOMENT`.

Prints a JSON line: how many deaths it took, and the problems found after each. Everything forks from here,
because most of a process would be spent on imports.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta

from sqlalchemy import func, select

from benchmarks.reliability.dying import Countdown, before_each_change
from benchmarks.reliability.lives import killed_at_each_step
from jobs.alert import alert
from storage import Storage
from storage.tables import alerting, chats, subscriptions
from tests.storage.given import NOW


async def told(database_url: str, now: datetime, step: int) -> None:
    storage = await Storage.open(database_url)
    before_each_change(Countdown(step))
    await alert(storage, now=now)
    await storage.close()


async def torn(database_url: str, now: datetime) -> list[str]:
    """Chats of which an article that matched is neither to be looked at, nor waiting, nor queued; or two of these.

    What came before the chats' first alert was read then, and matches nothing.
    """
    storage = await Storage.open(database_url)
    problems = []
    async with storage._database.read() as connection:
        up_to = (await connection.execute(select(alerting.c.up_to))).scalar_one()
        begun = await connection.scalar(select(func.max(subscriptions.c.article_id))) or 0
        chat_ids = list(await connection.scalars(select(chats.c.id)))
    ids = {article.id for article in await storage.articles.latest(1_000) if article.id > begun}
    due = await storage.alerts.due(now, 100)
    histories = await storage.histories.of(chat_ids, NOW - timedelta(days=1))
    unseen = {each for each in ids if each > up_to}
    for each in chat_ids:
        waiting = {match.article_id for one in due if one.chat.id == each for match in one.matches}
        queued = set(histories[each].articles) if each in histories else set()
        if unseen | waiting | queued != ids or len(unseen) + len(waiting) + len(queued) > len(ids):
            problems.append(f"{each}: unseen {unseen}, waiting {waiting}, told {queued}, of {ids}")
    await storage.close()
    return problems


def main(database_url: str, moment: str) -> None:
    now = datetime.fromisoformat(moment)
    killed_at_each_step(
        lambda step: asyncio.run(told(database_url, now, step)), lambda: asyncio.run(torn(database_url, now))
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
