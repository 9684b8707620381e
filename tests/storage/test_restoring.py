"""A backup takes the place of a SQLite database, or everything stays as it is."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from news.chat import Chat
from storage import NotRestored, Storage
from tests.storage.given import NOW

LATER = NOW + timedelta(days=3)


async def join(url: str, *chat_ids: int) -> None:
    storage = await Storage.open(url)
    for chat_id in chat_ids:
        await storage.chats.join(Chat(id=chat_id, kind="private", joined_at=NOW))
    await storage.close()


async def chats(url: str) -> list[int]:
    storage = await Storage.open(url)
    known = [chat_id for chat_id in range(1, 9) if await storage.chats.get(chat_id)]
    await storage.close()
    return known


async def a_backup(url: str, to: Path) -> Path:
    storage = await Storage.open(url)
    await storage.back_up(to)
    await storage.close()
    return to


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if file.suffix != ".lead")


async def test_a_restored_backup_is_the_database_and_what_was_there_is_kept(sqlite_url: str, tmp_path: Path) -> None:
    await join(sqlite_url, 1, 2)
    monday = await a_backup(sqlite_url, tmp_path / "monday.db")
    await join(sqlite_url, 3)
    done = await Storage.restore(sqlite_url, monday, now=LATER)

    assert (done.chats, done.articles, done.newest_at) == (2, 0, None)
    assert done.kept
    assert done.kept.name == f"news.until-{LATER:%Y-%m-%d-%H%M%S}.db"
    assert files(tmp_path) == ["monday.db", "news.db", done.kept.name]
    assert await chats(sqlite_url) == [1, 2]
    assert await chats(str(done.kept)) == [1, 2, 3]


async def test_what_a_killed_bot_left_in_its_log_is_kept_with_its_database(sqlite_url: str, tmp_path: Path) -> None:
    monday = await a_backup(sqlite_url, tmp_path / "monday.db")
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    storage = await Storage.open(sqlite_url)
    await storage.chats.join(Chat(id=4, kind="private", joined_at=NOW))
    for name in ("news.db", "news.db-wal"):  # as they are on the disk at this moment
        (crashed / name).write_bytes((tmp_path / name).read_bytes())
    await storage.close()
    done = await Storage.restore(str(crashed / "news.db"), monday, now=LATER)

    assert await chats(str(crashed / "news.db")) == []
    assert await chats(str(done.kept)) == [4]


async def test_a_damaged_database_is_replaced_and_leaves_no_log_to_be_read_into_the_other(
    sqlite_url: str, tmp_path: Path
) -> None:
    await join(sqlite_url, 1)
    monday = await a_backup(sqlite_url, tmp_path / "monday.db")
    for name in ("news.db", "news.db-wal"):
        (tmp_path / name).write_bytes(b"This is no database any more. " * 500)
    done = await Storage.restore(sqlite_url, monday, now=LATER)

    assert not (tmp_path / "news.db-wal").exists()
    assert await chats(sqlite_url) == [1]
    assert done.kept
    assert done.kept.read_bytes().startswith(b"This is no database any more.")


async def test_a_backup_is_restored_where_there_was_no_database(sqlite_url: str, tmp_path: Path) -> None:
    await join(sqlite_url, 1)
    monday = await a_backup(sqlite_url, tmp_path / "monday.db")
    elsewhere = str(tmp_path / "new machine" / "news.db")
    done = await Storage.restore(elsewhere, monday, now=LATER)

    assert done.kept is None
    assert await chats(elsewhere) == [1]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
async def test_what_root_restores_belongs_to_whom_the_database_belonged(sqlite_url: str, tmp_path: Path) -> None:
    monday = await a_backup(sqlite_url, tmp_path / "monday.db")
    os.chown(tmp_path / "news.db", 10001, 10002)
    await Storage.restore(sqlite_url, monday, now=LATER)
    its = (tmp_path / "news.db").stat()

    assert (its.st_uid, its.st_gid, its.st_mode & 0o777) == (10001, 10002, 0o600)


@pytest.mark.parametrize("user", ["one that speaks", "one that has only opened it"])
async def test_nothing_is_restored_while_a_bot_uses_the_database(user: str, sqlite_url: str, tmp_path: Path) -> None:
    await join(sqlite_url, 1)
    monday = await a_backup(sqlite_url, tmp_path / "monday.db")
    async with AsyncExitStack() as stack:
        storage = await Storage.open(sqlite_url)
        stack.push_async_callback(storage.close)
        if user == "one that speaks":
            await stack.enter_async_context(storage.leads.held("bot-7"))
        await storage.chats.join(Chat(id=2, kind="private", joined_at=NOW))
        with pytest.raises(NotRestored, match=r"^A bot, or another command, is using the database. Stop it first.$"):
            await Storage.restore(sqlite_url, monday, now=LATER)
        await storage.chats.join(Chat(id=3, kind="private", joined_at=NOW))

    assert await chats(sqlite_url) == [1, 2, 3]
    assert files(tmp_path) == ["monday.db", "news.db"]


def _foreign(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE songs (title TEXT)")


def _newer(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")


def _torn(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[8 * 4096 : 24 * 4096] = os.urandom(16 * 4096)
    file.write_bytes(content)


NO_BACKUPS: dict[str, tuple[Callable[[Path], object], str]] = {
    "there is none": (lambda file: file.unlink(), "There is no file "),
    "it is a text": (lambda file: file.write_text("Dear diary, " * 999), "is damaged, or no database at all. Take an"),
    "it is cut short": (lambda file: os.truncate(file, file.stat().st_size // 2), "is damaged"),
    "it is torn": (_torn, "is damaged"),
    "it is empty": (lambda file: os.truncate(file, 0), "is a database, but no backup of this program's."),
    "it is another program's": (_foreign, "is a database, but no backup of this"),
    "it is a newer version's": (_newer, r"was made by a newer version of the program \(schema 9999\)."),
}


@pytest.mark.parametrize("case", NO_BACKUPS)
async def test_what_is_no_backup_of_ours_changes_nothing(case: str, sqlite_url: str, tmp_path: Path) -> None:
    await join(sqlite_url, 1)
    file = await a_backup(sqlite_url, tmp_path / "monday.db")
    spoil, said = NO_BACKUPS[case]
    spoil(file)
    before = set(files(tmp_path))
    with pytest.raises(NotRestored, match=said) as refused:
        await Storage.restore(sqlite_url, file, now=LATER)

    assert len(str(refused.value).splitlines()) == 1
    assert set(files(tmp_path)) == before
    assert await chats(sqlite_url) == [1]


async def test_the_database_itself_is_no_backup(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(NotRestored, match="is the database itself"):
        await Storage.restore(sqlite_url, tmp_path / "." / "news.db", now=LATER)


async def test_for_postgresql_its_own_tool_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotRestored, match="restored with its own pg_restore"):
        await Storage.restore("postgresql://127.0.0.1:1/news", tmp_path / "news.dump", now=LATER)
