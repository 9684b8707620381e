"""S2, S3, S5: a database file that others lock, a disk that is full, pages that are damaged, a migration cut short."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

from benchmarks.reliability.account import account, damage, ledger, without_mark
from benchmarks.reliability.campaign import Campaign, Infeasible, Outcome, outcome
from benchmarks.reliability.copies import at_the_server, dropped
from benchmarks.reliability.given import a_sender, a_telegram, digests_due, opened, readers
from benchmarks.reliability.lives import is_finished, program
from jobs.deliver import Sender, deliver
from news.messages.message import Message
from storage import Storage, Unavailable
from tests.jobs.given import NOW, Clock, news

LONGEST_LOCK = 20.0
"""Seconds; SQLite's own patience with us is thirty."""
FULL_DISK = 8 << 20
SECTOR = 4_096


async def locked_by_others(seed: int, size: int, database_url: str) -> Outcome:
    """`size` times another process locks the file, backups run and readers search, while commands are stored."""
    chance, path = random.Random(seed), Path(database_url.removeprefix("sqlite:///"))
    failed, done, is_over = list[str](), 0, threading.Event()
    longest = LONGEST_LOCK if size >= 100 else 0.5

    def lock() -> None:
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as other:
            for _ in range(size):
                other.execute("BEGIN IMMEDIATE")
                is_over.wait(chance.uniform(0, longest))
                other.execute("COMMIT")
                is_over.wait(0.2)  # SQLite's lock knows no queue: who asks at once is often first again
        is_over.set()

    def save() -> None:
        while not is_over.wait(0.1):
            with closing(sqlite3.connect(path, timeout=60)) as source, closing(sqlite3.connect(f"{path}.copy")) as copy:
                source.backup(copy, pages=64)

    async with opened(database_url) as storage:
        [chat_id] = await readers(None, storage, 1)
        await news(storage, "Comet passes")

        async def commands() -> None:
            nonlocal done
            while not is_over.is_set():
                try:
                    await storage.outbox.add(chat_id, Message(html="Hello"), now=NOW)
                    done += 1
                except Unavailable as trouble:
                    failed.append(f"a command: {trouble}")

        async def searches() -> None:
            while not is_over.is_set():
                try:
                    await storage.search.find("comet", chat_id=None, now=NOW)
                    await asyncio.sleep(0.01)
                except Unavailable as trouble:
                    failed.append(f"a search: {trouble}")

        others = [asyncio.to_thread(each) for each in (lock, save)]
        await asyncio.gather(commands(), commands(), searches(), *others)
        stored = len(await storage.outbox.of(chat_id))
    failed += [] if stored == done else [f"{done} commands were answered, {stored} stored"]
    failed += damage(database_url)
    return outcome(f"{size} locks of up to {longest:g} s", f"{done} commands, none failed", failed)


async def full_disk(seed: int, size: int, database_url: str) -> Outcome:
    """`size` times the disk fills while a hundred messages leave, and is freed again."""
    return await _full_disk(seed, size, database_url, timedelta(seconds=20))


async def full_disk_for_long(seed: int, size: int, database_url: str) -> Outcome:
    """The same, and it stays full for longer than any lease."""
    return await _full_disk(seed, size, database_url, timedelta(minutes=10))


async def _full_disk(seed: int, size: int, database_url: str, lasting: timedelta) -> Outcome:
    clock, chance = Clock(), random.Random(seed)
    problems, refusals = list[str](), 0
    async with a_small_disk() as disk, a_telegram("--delay", "0.005") as sandbox, a_sender(sandbox) as send:
        path = disk / "news.db"
        shutil.copy(database_url.removeprefix("sqlite:///"), path)
        async with opened(f"sqlite:///{path}") as storage:
            chats = await readers(sandbox, storage, 20)
            for cycle in range(size):
                await digests_due(storage, chats, 100, most_parts=1)
                sending = asyncio.create_task(_patiently(storage, send, clock))
                await asyncio.sleep(chance.uniform(0.05, 0.3))
                await storage._database.checkpoint()  # or there would be room in its log
                _fill(disk / "filler")
                refusals += await _is_refused(storage, chats[0])
                clock.now += lasting
                await asyncio.sleep(1)
                taken = len({(each["chat_id"], without_mark(each["text"])) for each in ledger(sandbox.ledger_file)})
                counts = await storage.outbox.counts()
                meant = sum(counts[state] for state in ("sending", "sent", "doubt", "parked"))
                problems += [f"cycle {cycle}: {taken} sent, {meant} of them committed"] if taken > meant else []
                (disk / "filler").unlink()
                while not sending.done():
                    await asyncio.wait({sending}, timeout=0.2)
                    clock.tick(seconds=60)
                problems += [] if sending.result() else [f"cycle {cycle}: sending did not resume"]
            found = await account(storage, ledger(sandbox.ledger_file), chats, lives=None)
        problems += found.problems + damage(f"sqlite:///{path}")
    problems += [f"{found.extra} repeats"] if found.extra else []
    problems += [] if refusals else ["the disk was never full"]
    return outcome(f"{size} times full", found.told(), problems)


async def _patiently(storage: Storage, send: Sender, clock: Clock) -> bool:
    """Sends until nothing is unfinished, whatever the storage says meanwhile; whether that came."""
    for _ in range(600):
        try:
            await deliver(storage, send, owner="me", clock=clock)
            if await is_finished(storage):
                return True
        except Unavailable:
            pass
        await asyncio.sleep(0.05)
    return False


async def _is_refused(storage: Storage, chat_id: int) -> bool:
    try:
        await asyncio.wait_for(storage.chats.update(chat_id, title="x" * 50_000), 5)
    except (Unavailable, TimeoutError):
        return True
    return False


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(SECTOR)) == SECTOR:
                pass
        except OSError:
            return


@asynccontextmanager
async def a_small_disk() -> AsyncIterator[Path]:
    """A file system of a few megabytes. Raises Infeasible where we may not mount one."""
    with tempfile.TemporaryDirectory(prefix="news-disk-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={FULL_DISK}", "tmpfs", folder]
        if not shutil.which("mount") or await asyncio.to_thread(_fails, mount):
            raise Infeasible("only root may mount a small disk")
        try:
            yield Path(folder)
        finally:
            await asyncio.to_thread(_fails, ["umount", "-l", folder])


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


async def full_database(seed: int, size: int, database_url: str) -> Outcome:
    """`size` times the database may not grow by a page, and then again: what was refused left nothing behind."""
    problems, refused = list[str](), 0
    async with opened(database_url) as storage:
        [chat_id] = await readers(None, storage, 1)
        for cycle in range(size):
            await _may_grow_to(storage, None)
            accepted = len(await storage.outbox.of(chat_id))
            for number in range(20):
                try:
                    await storage.outbox.add(chat_id, Message(html=f"{cycle} {number} {'x' * 3_000}"), now=NOW)
                    accepted += 1
                except Unavailable as trouble:
                    refused += 1
                    problems += [] if "full" in str(trouble) else [f"cycle {cycle}, {number}: {trouble}"]
            stored = len(await storage.outbox.of(chat_id))
            problems += [] if stored == accepted else [f"{accepted} were accepted, {stored} are stored"]
            await _may_grow_to(storage, 1 << 30)
            await storage.outbox.add(chat_id, Message(html="Room again"), now=NOW)
    problems += damage(database_url) + ([] if refused else ["it was never full"])
    return outcome(f"{size} times full", f"{refused} writes refused, each whole", problems)


async def _may_grow_to(storage: Storage, pages: int | None) -> None:
    async with storage._database.write() as connection:
        if pages is None:
            pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


async def damaged_pages(seed: int, size: int, database_url: str) -> Outcome:
    """`size` copies of a filled database, a page of each overwritten: refused in one line, or whole."""
    chance, path = random.Random(seed), Path(database_url.removeprefix("sqlite:///"))
    async with opened(database_url) as storage:
        await readers(None, storage, 200)
        await news(storage, *(f"Comet {each} passes" for each in range(100)))
    content = path.read_bytes()
    problems, refused = list[str](), 0
    for at in range(size):
        harmed, page = bytearray(content), chance.randrange(len(content) // SECTOR)
        harmed[page * SECTOR : (page + 1) * SECTOR] = chance.randbytes(SECTOR)
        target = path.with_name(f"harmed{at}.db")
        target.write_bytes(harmed)
        try:
            storage = await Storage.open(f"sqlite:///{target}")
            await storage.close()
            problems += [f"page {page}: opened, though {each}" for each in _harm(target)]
        except Unavailable as refusal:
            refused += 1
            problems += [f"page {page}: {refusal!s}"] if "\n" in str(refusal) else []
        except Exception as accident:
            problems.append(f"page {page}: {type(accident).__name__}: {accident}")
    return outcome(f"{size} damaged pages", f"{refused} refused, the rest harmless", problems)


def _harm(path: Path) -> list[str]:
    try:
        return damage(f"sqlite:///{path}")
    except sqlite3.DatabaseError as broken:
        return [str(broken)]


async def migration_killed(seed: int, size: int, database_url: str) -> Outcome:
    """The migration of an empty database, killed at `size` of its statements and commits."""
    if database_url.startswith("sqlite"):
        empty = f"{database_url}.empty"
    else:
        name = database_url.partition("?")[0].rpartition("/")[2]
        await at_the_server(database_url, f'CREATE DATABASE "{name}_empty" TEMPLATE template0')
        empty = database_url.replace(f"/{name}?", f"/{name}_empty?")
    told = await program("benchmarks.reliability.migrating", empty, str(seed), str(size))
    await dropped(empty)
    return outcome(f"{told['deaths']} kills", "empty after each, whole at the end", told["problems"])


CAMPAIGNS = [
    Campaign("S2", "others lock the file, backups and searches beside", locked_by_others, 20, 500, ("sqlite",)),
    Campaign("S3", "a disk of 8 MB fills", full_disk, 5, 20, ("sqlite",)),
    Campaign("S3", "a disk of 8 MB is full for longer than a lease", full_disk_for_long, 3, 20, ("sqlite",)),
    Campaign("S3", "a database that may not grow", full_database, 20, 100, ("sqlite",)),
    Campaign("S5", "damaged pages", damaged_pages, 50, 500, ("sqlite",)),
    Campaign("S5", "a migration killed at each step", migration_killed, 20, 1_000),
]
