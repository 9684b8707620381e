"""S1, S6: what a power cut at any moment leaves of a SQLite database, from a trace of all it wrote and flushed."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reliability.campaign import Campaign, Infeasible, Outcome, outcome
from benchmarks.reliability.given import readers
from benchmarks.reliability.lives import ROOT
from news.messages.message import Message
from storage import Storage
from tests.jobs.given import NOW

SHIM = Path(__file__).with_name("power.c")
ACKS = "acks"
"""File beside the database into which the process writes the number of each command it has answered."""


@dataclass(frozen=True, slots=True)
class Event:
    """`kind`: w written, t cut to `at` bytes, f flushed."""

    kind: str
    fd: int
    at: int
    data: bytes
    name: str


async def power_cuts(seed: int, size: int, database_url: str) -> Outcome:
    """The power goes at `size` moments of a run; what was not flushed by then is gone, or some of it, at random."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="news-power-") as folder:
        watched, events = await _traced(database_url, Path(folder), commands=max(30, size // 2))
        start = {each.name: each.read_bytes() for each in watched.parent.glob("before/*")}
        after = _opened_at(events)
        problems, most = [], 0
        for cut in sorted(chance.sample(range(after, len(events)), min(size, len(events) - after))):
            keeps = (0.0, 0.5)[chance.random() < 0.5]
            left = _left(start, events[:cut], keeps, chance)
            acked = sum(event.name == ACKS for event in events[:cut]) - 1
            most = max(most, acked)
            problems += [f"cut at {cut}: {each}" for each in _missing(Path(folder) / "left", left, acked)]
    return outcome(f"{size} power cuts", f"up to {most} answered commands, all there", problems)


async def one_checkpointer(seed: int, size: int, database_url: str) -> Outcome:
    """Between opening and closing, the connection that writes the log alone writes into the database file itself."""
    with tempfile.TemporaryDirectory(prefix="news-power-") as folder:
        _, events = await _traced(database_url, Path(folder), commands=size, padding=20_000)
    later = events[_opened_at(events) :]
    writing = [each for each in later if each.kind == "w" and each.name == "news.db"]
    fds = {each.fd for each in writing}
    problems = [] if len(fds) == 1 else [f"{len(fds)} connections wrote into the file"]
    # Whoever moves the log into the file flushes the log first, by its own handle.
    logs = {each.fd for each in later if each.name == "news.db-wal" and each.kind in "wf"}
    problems += [] if len(logs) == 1 else [f"{len(logs)} connections wrote or flushed the log"]
    return outcome(f"{len(writing)} pages checkpointed", f"by {len(fds)} connection", problems)


async def _traced(database_url: str, folder: Path, *, commands: int, padding: int = 0) -> tuple[Path, list[Event]]:
    """The database after so many commands in a process that was watched, and what it did to its files."""
    shim = _compiled(folder)
    data = folder / "data"
    data.mkdir()
    shutil.copy(database_url.removeprefix("sqlite:///"), data / "news.db")
    shutil.copytree(data, folder / "before")
    environment = os.environ | {"LD_PRELOAD": str(shim), "NEWS_WATCH": f"{data}/", "NEWS_TRACE": str(folder / "trace")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(data), str(commands), str(padding)),
        cwd=ROOT,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode:
        raise RuntimeError(said.decode()[-2000:])
    events = list(_events((folder / "trace").read_bytes()))
    if not any(each.kind == "w" and each.name == "news.db-wal" for each in events):
        raise Infeasible("this Python's SQLite cannot be watched")
    return data, events


def _compiled(folder: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        raise Infeasible("a C compiler and Linux are needed to watch what SQLite writes")
    shim = folder / "power.so"
    done = subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, SHIM, "-ldl"], capture_output=True)
    if done.returncode:
        raise Infeasible("the C compiler cannot make what watches SQLite")
    return shim


def _events(trace: bytes) -> Iterator[Event]:
    at = 0
    while at < len(trace):
        end = trace.index(b"\n", at)
        kind, fd, offset, size, name = trace[at:end].decode().split(" ", 4)
        length = int(size) if kind == "w" else 0
        yield Event(kind, int(fd), int(offset), trace[end + 1 : end + 1 + length], name)
        at = end + 1 + length


def _opened_at(events: Sequence[Event]) -> int:
    return next(at for at, event in enumerate(events) if event.name == ACKS) + 1


def _left(
    start: dict[str, bytes], events: Sequence[Event], keeps: float, chance: random.Random
) -> dict[str, bytearray]:
    """The files after a cut: what was flushed is there, of the rest so large a share, any of it."""
    files = {name: bytearray(content) for name, content in start.items()}
    waiting: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind == "f":
            for each in waiting.pop(event.name, []):
                _apply(files.setdefault(event.name, bytearray()), each)
        else:
            waiting[event.name].append(event)
    for name, unflushed in waiting.items():
        for each in unflushed:
            if chance.random() < keeps:
                _apply(files.setdefault(name, bytearray()), each)
    return files


def _apply(content: bytearray, event: Event) -> None:
    if event.kind == "t":
        del content[event.at :]
        return
    content.extend(bytes(max(0, event.at - len(content))))
    content[event.at : event.at + len(event.data)] = event.data


def _missing(folder: Path, files: dict[str, bytearray], acked: int) -> list[str]:
    """What the database lacks of the commands that were answered, and whether it is whole."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("news.db", "news.db-wal"):
        if name in files:
            (folder / name).write_bytes(files[name])
    with closing(sqlite3.connect(folder / "news.db")) as database:
        [[verdict], *_] = database.execute("PRAGMA integrity_check").fetchall()
        [[count]] = database.execute("SELECT count(*) FROM outbox").fetchall()
    problems = [] if verdict == "ok" else [f"integrity_check: {verdict}"]
    return problems + ([] if count >= acked else [f"{acked} commands were answered, {count} are there"])


async def answering(folder: Path, commands: int, padding: int) -> None:
    """Opens, says so, then answers commands one by one; each answer leaves after its commit."""
    storage = await Storage.open(f"sqlite:///{folder / 'news.db'}")
    [chat_id] = await readers(None, storage, 1)
    acks = os.open(folder / ACKS, os.O_WRONLY | os.O_CREAT)
    os.write(acks, b"open\n")
    for number in range(commands):
        await storage.outbox.add(chat_id, Message(html=f"{number}" + "x" * padding), now=NOW)
        await storage.outbox.counts()
        os.write(acks, f"{number}\n".encode())
    await storage.close()


CAMPAIGNS = [
    Campaign("S1", "the power goes", power_cuts, 200, 2_000, ("sqlite",)),
    Campaign("S6", "one connection checkpoints", one_checkpointer, 300, 3_000, ("sqlite",)),
]

if __name__ == "__main__":
    asyncio.run(answering(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
