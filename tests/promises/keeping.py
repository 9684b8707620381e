"""A promise in the suite: its campaign, small. At full size it runs by `./run bench reliability`."""

from __future__ import annotations

import random

import pytest

from benchmarks.reliability.campaign import Infeasible, Run

SEED = random.randrange(10**6)


async def keeps(run: Run, size: int, database_url: str) -> None:
    """Runs the campaign; where its promise is broken, the seed is told with what was seen."""
    try:
        done = await run(SEED, size, database_url)
    except Infeasible as why:
        pytest.skip(str(why))
    assert done.is_kept, f"seed {SEED}, size {size}, {done.count}: {done.detail}"
