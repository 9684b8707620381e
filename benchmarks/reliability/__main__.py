"""Runs campaigns: `./run bench reliability [--full] [--only D1,S3] [--seed N] [--on sqlite] [--write]`.

`--write` puts the table into docs/reliability.md; without `--seed` it is drawn, and always printed.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from itertools import count
from pathlib import Path

import structlog

from benchmarks.reliability.campaign import Campaign, Infeasible, Outcome
from benchmarks.reliability.given import opened
from benchmarks.reliability.registry import CAMPAIGNS
from tests import postgres

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- seen -->", "<!-- /seen -->"
HEAD = "| promise | test | count | outcome |\n|---|---|---|---|\n"
NUMBERS = count(1)


class Databases:
    """An empty, migrated database for every run; the PostgreSQL server starts when the first is asked for."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._server: postgres.Server | None = None

    def close(self) -> None:
        self._stack.close()

    @asynccontextmanager
    async def one(self, kind: str) -> AsyncIterator[str]:
        if kind == "sqlite":
            with tempfile.TemporaryDirectory(prefix="news-campaign-") as folder:
                yield await _migrated(f"sqlite:///{folder}/news.db")
            return
        self._server = self._server or self._stack.enter_context(postgres.running())
        async with self._server.database(f"campaign{next(NUMBERS)}") as url:
            yield await _migrated(url)


async def _migrated(url: str) -> str:
    async with opened(url):
        return url


async def run(campaign: Campaign, kind: str, seed: int, size: int, databases: Databases) -> Outcome:
    """The outcome; a campaign that stumbles has not kept its promise."""
    try:
        async with databases.one(kind) as url:
            return await campaign.run(seed, size, url)
    except Infeasible as why:
        return Outcome("–", f"not tried: {why}", False)
    except Exception as accident:
        return Outcome("–", f"stumbled: {type(accident).__name__}: {accident}"[:300], False)


async def main(asked: argparse.Namespace, campaigns: Sequence[Campaign], page: Path) -> bool:
    seed = asked.seed if asked.seed is not None else random.randrange(10**6)
    print(f"seed {seed}", flush=True)
    # What the program says while it is being tormented is not what is asked here.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    logging.disable(logging.WARNING)
    only = set(asked.only.upper().split(",")) if asked.only else None
    rows: list[str] = []
    is_all_kept = True
    databases = Databases()
    try:
        for campaign in (Campaign(*each) for each in campaigns):
            if only and campaign.promise not in only:
                continue
            for kind in campaign.databases:
                if asked.on and kind != asked.on:
                    continue
                size = asked.size or (campaign.full if asked.full else campaign.usual)
                begun = time.perf_counter()
                done = await run(campaign, kind, seed, size, databases)
                is_all_kept = is_all_kept and done.is_kept
                verdict = "kept" if done.is_kept else "**not kept**"
                detail = done.detail.replace("|", "/").replace("\n", " ")
                rows.append(f"| {campaign.promise} | {campaign.name}, {kind} | {done.count} | {verdict}: {detail} |")
                print(f"{rows[-1]} {time.perf_counter() - begun:.0f} s", flush=True)
                if asked.write:
                    write(page, seed, rows)
    finally:
        databases.close()
    return is_all_kept


def write(page: Path, seed: int, rows: list[str]) -> None:
    """Puts the rows between the two marks of the page, in the place of those of the same test; the others stay."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    seen, _, after = rest.partition(END)
    table = {_test(row): row for row in seen.splitlines() if row.startswith("| ") and "| promise |" not in row}
    table |= {_test(row): f"{row[:-2]}; seed {seed} |" for row in rows}
    # By letter and number: D2 before D10.
    ordered = sorted(table.values(), key=lambda row: (row[2], int("".join(filter(str.isdigit, row[3:5]))), row))
    page.write_text(f"{before}{BEGIN}\n{HEAD}" + "\n".join(ordered) + f"\n{END}{after}", encoding="utf-8")


def _test(row: str) -> tuple[str, ...]:
    return tuple(row.split("|")[1:3])


def begin(name: str, description: str, campaigns: Sequence[Campaign], page: Path) -> None:
    """Runs the campaigns that the command line asks for; status 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(prog=f"./run bench {name}", description=description.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="the sizes of the design, which take long")
    parser.add_argument("--only", help="promises, such as D1,S3")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], help="on this database alone")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--size", type=int, help="of the campaigns chosen, in place of their own")
    parser.add_argument("--write", action="store_true", help=f"write the table into docs/{page.name}")
    sys.exit(0 if asyncio.run(main(parser.parse_args(), campaigns, page)) else 1)


if __name__ == "__main__":
    begin("reliability", __doc__, CAMPAIGNS, PAGE)
