"""Migrates an empty database, killed at some of its statements and commits: `… DATABASE SEED KILLS`.

Prints how many deaths there were, and what was found after them that is neither nothing nor everything.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys

from sqlalchemy import inspect, text

from benchmarks.reliability.dying import Countdown, before_each_step
from benchmarks.reliability.lives import forked
from storage import Storage
from storage.engine import Database

LEAST_TABLES = 15


async def migrated(database_url: str, step: int) -> None:
    before_each_step(Countdown(step))
    storage = await Storage.open(database_url)
    await storage.close()


async def tables(database_url: str) -> int:
    """How many there are; alembic's own counts."""
    database = Database(database_url)
    async with database.read() as connection:
        found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        if "alembic_version" in found:
            await connection.execute(text("SELECT version_num FROM alembic_version"))
    await database.close()
    return len(found)


def main(database_url: str, seed: str, kills: str) -> None:
    chance, deaths, problems = random.Random(seed), 0, list[str]()
    # Nobody knows beforehand how many steps there are: each kill is a stride further on than the last.
    step = 1
    while forked(lambda at=step: asyncio.run(migrated(database_url, at))):  # type: ignore[misc]
        deaths += 1
        left = asyncio.run(tables(database_url))
        problems += [f"killed at step {step}: {left} tables were left"] if left else []
        step += chance.randint(1, max(1, 2 * STEPS // int(kills)))
    whole = asyncio.run(tables(database_url))
    problems += [] if whole >= LEAST_TABLES else [f"{whole} tables at the end"]
    print(json.dumps({"deaths": deaths, "problems": problems}))


STEPS = 250
"""About as many as the migrations have together; only the stride depends on it."""

if __name__ == "__main__":
    main(*sys.argv[1:])
