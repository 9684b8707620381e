"""Followed stories: which articles go on with them, and until when each is followed.

A follow holds the article it was made on; which story that tells is asked anew each time, since a second look may
change it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bulk import for_rows
from storage.tables import alert_matches, alerting, subscriptions

IS_STORY = subscriptions.c.article_id.is_not(None)
"""Condition: the subscription follows a story."""
GOES_ON = """
    INSERT INTO alert_matches (subscription_id, article_id, due_at)
    SELECT subscriptions.id, articles.id, articles.first_seen_at
    FROM articles CROSS JOIN articles AS followed CROSS JOIN subscriptions
    WHERE followed.story_id = articles.story_id AND articles.id > followed.id
    AND subscriptions.article_id = followed.id
    AND articles.first_seen_at >= subscriptions.created_at AND articles.first_seen_at < subscriptions.ends_at
"""
"""What came since a follow of its story; SQLite joins in the order written, from the few articles that are meant."""
ARRIVED = GOES_ON + "AND articles.id > :after AND articles.id <= :up_to ON CONFLICT DO NOTHING"
MOVED = f"""
    {GOES_ON} AND articles.id <= (SELECT up_to FROM alerting)
    AND articles.story_id IN (SELECT story_id FROM articles WHERE id IN (SELECT id FROM {{rows}}))
    AND (articles.id IN (SELECT id FROM {{rows}}) OR followed.id IN (SELECT id FROM {{rows}}))
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own names
LINGERS = timedelta(minutes=10)
"""So long a follow is still there after its end: a second look may find what came before."""


class Prolonging(NamedTuple):
    """A follow that goes on until then."""

    subscription_id: int
    ends_at: datetime


async def match_arrived(connection: AsyncConnection, after: int, up_to: int) -> None:
    """Lets articles with an id above the one and up to the other wait for those who follow their stories."""
    await connection.execute(text(ARRIVED), {"after": after, "up_to": up_to})


async def match_moved(connection: AsyncConnection, article_ids: Collection[int]) -> None:
    """The same for articles that have just changed their story, and for the new stories of those that are followed.

    Those that are still to be held against alerts come with the others.
    """
    # Held, so that whoever holds articles against alerts sees them in their new stories, or is seen here.
    await connection.execute(select(alerting.c.up_to).with_for_update())
    await for_rows(connection, MOVED, "id int", [(each,) for each in article_ids])


async def prolong(connection: AsyncConnection, some: Sequence[Prolonging]) -> None:
    """Lets follows go on."""
    on = "UPDATE subscriptions SET ends_at = listed.ends_at FROM {rows} WHERE subscriptions.id = listed.id"
    await for_rows(connection, on, "id int, ends_at moment", some)


def has_ended(now: datetime) -> ColumnElement[bool]:
    """Condition: a follow whose time is over, of which nothing waits to be told, nor can be moved into its story."""
    waits = exists().where(alert_matches.c.subscription_id == subscriptions.c.id)
    return and_(IS_STORY, subscriptions.c.ends_at <= now - LINGERS, ~waits)
