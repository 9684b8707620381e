"""Votes for and against stories, and the weights that they add up to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, delete, distinct, func, select

from news.votes import Weight, WeightKind, Weights, bounded
from storage.bulk import among
from storage.columns import fingerprint
from storage.engine import Database
from storage.tables import votes

SUMS: Select[Any] = select(
    votes.c.chat_id, votes.c.kind, func.min(votes.c.value).label("value"), func.sum(votes.c.vote).label("votes")
).group_by(votes.c.chat_id, votes.c.kind, votes.c.value_hash)


class Votes:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def vote(
        self,
        chat_id: int,
        person_id: int,
        story_id: int,
        marks: Sequence[tuple[WeightKind, str]],
        vote: int,
        now: datetime,
    ) -> int:
        """A person's vote on a story: 1 for it, -1 against it. What stands then: 0 where the same stood before.

        It counts for what the marks name, until they are forgotten. Missing when the chat has gone.
        """
        its = votes.c.chat_id == chat_id, votes.c.person_id == person_id, votes.c.story_id == story_id
        rows = [
            {
                "chat_id": chat_id,
                "person_id": person_id,
                "story_id": story_id,
                "kind": kind,
                "value": value,
                "value_hash": fingerprint(value),
                "vote": vote,
                "voted_at": now,
            }
            for kind, value in dict.fromkeys(marks)
        ]
        async with self._database.write() as connection:
            before = set(await connection.scalars(delete(votes).where(*its).returning(votes.c.vote)))
            if vote in before or not rows:
                return 0
            await connection.execute(self._database.insert(votes).on_conflict_do_nothing(), rows)
            return vote

    async def tally(self, chat_id: int, story_id: int) -> tuple[int, int]:
        """How many persons of the chat voted for the story, and how many against it."""
        its = votes.c.chat_id == chat_id, votes.c.story_id == story_id
        persons = [func.count(distinct(case((votes.c.vote == vote, votes.c.person_id)))) for vote in (1, -1)]
        async with self._database.read() as connection:
            row = (await connection.execute(select(*persons).where(*its))).one()
            return row[0], row[1]

    async def weights(self, chat_ids: Collection[int]) -> dict[int, Weights]:
        """What the votes of each chat add up to, within bounds; nothing of a chat without votes."""
        found: dict[int, list[Weight]] = {}
        async with self._database.read() as connection:
            for row in await connection.execute(SUMS.where(among(connection, votes.c.chat_id, chat_ids))):
                found.setdefault(row.chat_id, []).append(Weight(row.kind, row.value, row.votes))
        return {chat_id: bounded(some) for chat_id, some in found.items()}

    async def undo(self, chat_id: int, kind: WeightKind, value: str) -> None:
        """Forgets what votes did to a topic or a source."""
        its = and_(votes.c.chat_id == chat_id, votes.c.kind == kind, votes.c.value_hash == fingerprint(value))
        async with self._database.write() as connection:
            await connection.execute(delete(votes).where(its))

    async def forget(self, chat_id: int) -> None:
        """Forgets every vote of the chat."""
        async with self._database.write() as connection:
            await connection.execute(delete(votes).where(votes.c.chat_id == chat_id))
