"""Slots: occasions of schedules, each composed or found empty once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.schedule import Slot
from storage.bulk import among, for_rows
from storage.tables import schedules

OF_SLOT = ("schedule_id", "epoch", "local_date", "ordinal", "chat_id", "due_at")
COLUMNS = "schedule_id int, epoch int, local_date date, ordinal int, chat_id int, due_at moment, state text"


@dataclass(frozen=True, slots=True)
class Closing:
    """How a slot ends, `digest` or `empty`, and when its schedule is due next."""

    slot: Slot
    state: str
    next_due_at: datetime | None


async def close(connection: AsyncConnection, closing: Sequence[Closing]) -> set[int]:
    """Takes slots, each once for all, and moves their schedules on; ids of the schedules whose slot was to be had."""
    if not closing:
        return set()
    mine = among(connection, schedules.c.id, [each.slot.schedule_id for each in closing])
    held = select(schedules.c.id, schedules.c.epoch).where(mine).order_by(schedules.c.id).with_for_update()
    epochs: dict[int, int] = {row[0]: row[1] for row in await connection.execute(held)}
    here = [each for each in closing if each.slot.schedule_id in epochs]
    moves = [
        (each.slot.schedule_id, each.next_due_at) for each in here if epochs[each.slot.schedule_id] == each.slot.epoch
    ]
    move = """
        UPDATE schedules SET next_due_at = listed.due_at, failures = 0 FROM {rows} WHERE schedules.id = listed.id
    """
    await for_rows(connection, move, "id int, due_at moment", moves)
    take = """
        INSERT INTO slots (schedule_id, epoch, local_date, ordinal, chat_id, due_at, state)
        SELECT schedule_id, epoch, local_date, ordinal, chat_id, due_at, state FROM {rows} WHERE true
        ON CONFLICT DO NOTHING RETURNING schedule_id
    """
    rows = [(*(getattr(each.slot, name) for name in OF_SLOT), each.state) for each in here]
    return {row[0] for row in await for_rows(connection, take, COLUMNS, rows)}
