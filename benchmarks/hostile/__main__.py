"""Runs the hostile input: `./run bench hostile [--full] [--only H1,H3] [--seed N] [--write]`.

`--full` is for a quarter of an hour; a night takes more: `--only H4 --size 50000`.
`--write` puts the table into docs/security.md; without `--seed` it is drawn, and always printed.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.hostile import damage, reaching, standing
from benchmarks.reliability.__main__ import begin
from benchmarks.reliability.campaign import Campaign

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
CAMPAIGNS: list[Campaign] = [*reaching.CAMPAIGNS, *standing.CAMPAIGNS, *damage.CAMPAIGNS]

if __name__ == "__main__":
    begin("hostile", __doc__, CAMPAIGNS, PAGE)
