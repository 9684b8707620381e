"""`./run bench reliability_telegram [--full] [NAME …]`: the campaigns, in the small unless told otherwise."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.reliability_telegram import chats, listening, pacing, rendering, timing, trouble
from benchmarks.reliability_telegram.campaign import Campaign, Outcome
from storage import Storage
from tests import postgres

RULES = ("sqlite",)
"""For what storage has no part in."""
CAMPAIGNS = (
    Campaign("T1", "earns-none", pacing.earns_none, 300, 10_000, RULES),
    Campaign("T1", "obeys-each", pacing.obeys_each, 60, 10_000),
    Campaign("T3", "dead-chats", chats.dead_chats, 40, 1_000),
    Campaign("T4", "migrations", chats.migrations, 2, 50),
    Campaign("T5", "always-fits", rendering.always_fits, 100, 10_000, RULES),
    Campaign("T6", "cannot-act", rendering.cannot_act, 300, 1_000, RULES),
    Campaign("T7", "presses", listening.presses, 30, 1_000),
    Campaign("T8", "deaths", listening.deaths, 10, 200),
    Campaign("T9", "poison", listening.poison, 100, 3_000),
    Campaign("T10", "bad-telegram", trouble.bad_telegram, 2, 50),
    Campaign("T10", "bad-listening", trouble.bad_listening, 2, 50),
    Campaign("T11", "revoked", trouble.revoked, 5, 1_000),
    Campaign("C1", "every-zone", timing.every_zone, 1, 2, RULES),
    Campaign("C2", "edits", timing.edits, 5, 2_000),
    Campaign("C2", "swaps", timing.swaps, 4, 100),
    Campaign("C3", "jumps", timing.jumps, 40, 1_000),
)


async def run(campaign: Campaign, size: int, seed: int, server: postgres.Server) -> bool:
    """Whether the promise was kept on every database."""
    are_kept = True
    for kind in campaign.databases:
        begun = time.perf_counter()
        if kind == "sqlite":
            with tempfile.TemporaryDirectory() as folder:
                found = await _on(campaign, size, seed, f"sqlite:///{Path(folder) / 'news.db'}")
        else:
            async with server.database(campaign.name.replace("-", "_")) as url:
                found = await _on(campaign, size, seed, url)
        verdict = "kept" if found.is_kept else "BROKEN"
        seconds = time.perf_counter() - begun
        print(
            f"{campaign.promise:4}{campaign.name:15}{kind:11}{verdict:7}{found.count}: {found.detail} ({seconds:.0f} s)"
        )
        are_kept = are_kept and found.is_kept
    return are_kept


async def _on(campaign: Campaign, size: int, seed: int, url: str) -> Outcome:
    await (await Storage.open(url)).close()
    return await campaign.run(seed, size, url)


async def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench reliability_telegram")
    parser.add_argument("names", nargs="*", help=", ".join(each.name for each in CAMPAIGNS))
    parser.add_argument("--full", action="store_true", help="at full size: hours, in all")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    chosen = [each for each in CAMPAIGNS if not asked.names or each.name in asked.names or each.promise in asked.names]
    with postgres.running() as server:
        kept = [await run(each, each.full if asked.full else each.usual, asked.seed, server) for each in chosen]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
