"""The command line, as an operator types it."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from typer.testing import Result

from bot.cli import main
from bot.timing import EVERY_DAY
from news.chat import Chat
from storage import Storage
from storage.engine import caution_of
from storage.migrate import is_known
from tests.bot.talking import EVENING
from tests.bot.typed import FEED, PAGE, SEEDS, an_article_file, run

OPML = """<opml version="2.0"><body><outline text="Science"><outline type="rss" text="Stars"
xmlUrl="https://example.org/stars.xml"/></outline></body></opml>"""


@pytest.fixture
def own_logs() -> Iterator[None]:
    """Logs as they were, after a command that set them up for a console that is no more."""
    handlers, before = logging.root.handlers[:], structlog.get_config()
    yield
    logging.root.handlers[:] = handlers
    structlog.configure(**before)


def test_an_article_file_is_taken_in_once(here: Path) -> None:
    an_article_file(here)
    first, second = run("ingest", "article.txt"), run("ingest", "article.txt")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout.startswith("new    Hopes for a Truce")
    assert second.stdout.startswith("known  Hopes for a Truce")


def test_an_ingested_article_is_told_as_json(here: Path) -> None:
    an_article_file(here)
    told = json.loads(run("ingest", "--json", "article.txt").stdout)
    assert told["headline"].startswith("Hopes for a Truce")
    assert told["byline"] == "Web Desk"
    assert told["published_at"] == "2024-11-02T06:59:00"
    assert told["section"] == "world"
    assert len(told["bullets"]) == 3
    assert len(told["paragraphs"]) == 6
    assert told["topics"] == ["world"]
    assert told.keys() >= {"image_credit", "standfirst", "language", "url"}


def test_a_folder_is_taken_in_and_what_cannot_be_read_holds_up_nothing(here: Path) -> None:
    news = here / "news"
    (news / "deep").mkdir(parents=True)
    an_article_file(news / "deep")
    (news / "a.bin").write_bytes(bytes(range(256)) * 40)
    (news / "empty.txt").write_bytes(b"")
    (news / "feed.xml").write_text(FEED)
    (news / "list.opml").write_text(OPML)
    (news / "broken.opml").write_text("<opml><body>")
    (news / "page.html").write_text(PAGE)
    done = run("ingest", "news")
    assert done.exit_code == 1
    assert sorted(done.stdout.splitlines()) == [
        "Following Stars.",
        "new    A bridge opens",
        "new    First story",
        "new    Hopes for a Truce in Gaza and Lebanon Fade as Strikes Go On",
        "new    Second story",
    ]
    complaints = done.stderr.splitlines()
    assert [line.split(": ")[0] for line in complaints] == ["news/a.bin", "news/broken.opml", "news/empty.txt"]
    assert all(line.endswith(".") for line in complaints)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "missing.txt",
            "missing.txt: There is no such file or folder. Look for a slip in its path; an address begins with https://.",
        ),
        ("empty", "empty: This folder is empty. Name one that holds articles."),
        ("http://127.0.0.1:9/feed", "http://127.0.0.1:9/feed: This address leads to a private network"),
        ("gopher://example.org", "gopher://example.org: This is not the address of a web page."),
    ],
)
def test_what_cannot_be_taken_in_is_said_in_a_sentence(here: Path, path: str, said: str) -> None:
    (here / "empty").mkdir()
    done = run("ingest", path)
    assert done.exit_code == 1
    assert done.stderr.startswith(said)
    assert "Traceback" not in done.output


def test_files_that_are_no_news_are_said_to_be_none(here: Path) -> None:
    (here / "packed.gz").write_bytes(gzip.compress(PAGE.encode()))
    (here / "cut.gz").write_bytes(gzip.compress(PAGE.encode())[:-30])
    # As of a database or a program: words amid much that is none.
    (here / "some.db").write_bytes(
        b"\0\0\0\x10table news \0\0" + b"A headline of a digest, and what it says\0\0\0\n" * 90
    )
    done = run("ingest", "", "packed.gz", "cut.gz", "some.db")
    assert (done.exit_code, done.stdout) == (1, "new    A bridge opens\n")
    assert done.stderr.splitlines() == [
        ": There is no such file or folder. Look for a slip in its path; an address begins with https://.",
        "cut.gz: This file is packed, and damaged or cut short. Get it again.",
        "some.db: This file holds no article. Use a text file with a headline and at least one paragraph.",
    ]


def test_stored_articles_are_listed_newest_first_and_by_topic(here: Path) -> None:
    shutil.copytree(SEEDS / "articles", here / "articles")
    run("ingest", "articles")
    lines = run("articles").stdout.splitlines()
    ids = [int(line.split()[0]) for line in lines]
    assert len(ids) == 14
    assert ids == sorted(ids, reverse=True)
    assert len(run("articles", "--limit", "3").stdout.splitlines()) == 3
    sport = [json.loads(line) for line in run("articles", "--topic", "sport", "--json").stdout.splitlines()]
    assert sport
    assert all("sport" in each["topics"] for each in sport)


def test_a_preview_shows_the_next_digest_and_sends_nothing(here: Path, sqlite_url: str) -> None:
    shutil.copytree(SEEDS / "articles", here / "articles")
    run("ingest", "articles")

    async def somebody() -> None:
        storage = await Storage.open(sqlite_url)
        await storage.chats.join(Chat(id=-77, kind="group", joined_at=EVENING, look="rich"))
        await storage.subscriptions.add(-77, "topic", "sport", EVENING)
        await storage.schedules.set(-77, times=(), days=EVERY_DAY, now=EVENING, next_due_at=None)
        await storage.close()

    asyncio.run(somebody())
    assert "Ferry With 214 Aboard" in run("preview").stdout
    theirs = run("preview", "-77")
    assert theirs.exit_code == 0
    assert "Sport" in theirs.stdout
    assert "Ferry With 214 Aboard" not in theirs.stdout
    assert run("preview", "-77").stdout == theirs.stdout
    told = [json.loads(line) for line in run("preview", "--json").stdout.splitlines()]
    assert [each["position"] for each in told] == list(range(1, len(told) + 1))
    assert told[0].keys() >= {"headline", "bullets", "topic", "sources", "source", "url", "reason"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "No such command 'nonsense'. `newsdigest --help` tells more."),
        (["feeds", "export", "x"], "Invalid value for 'chat': it should be a valid integer. "),
        (["preview", "9" * 30], "Invalid value for 'chat': it should be less than or equal to 4503599627370496. "),
        (
            ["articles", "--limit", "9" * 30],
            "Invalid value for '--limit': it should be less than or equal to 1000000. ",
        ),
        (["try", "feed"], "Missing argument 'sources'. `newsdigest try feed --help` tells more."),
        (["articles", "--topic", "gardening"], "There is no topic “gardening”; there are world, politics, "),
        (["feeds", "export", "12345"], "No chat with this id has ever spoken to the bot."),
        (["updates", "--retry", "9" * 30], "--retry takes the number of an update, or the word all."),
    ],
)
def test_a_slip_on_the_command_line_is_said_in_a_line(
    here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["newsdigest", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capfd.readouterr()
    assert (ended.value.code, told.out) == (2, "")
    assert told.err.startswith(said)
    assert told.err.count("\n") == 1


def test_a_preview_of_nothing_says_where_articles_come_from(here: Path) -> None:
    assert run("preview").stdout == "There is nothing to tell. Take articles or feeds in with `newsdigest ingest`.\n"


def test_a_preview_for_a_chat_that_nobody_knows_says_so(here: Path) -> None:
    done = run("preview", "12345")
    assert done.exit_code == 2
    assert done.stderr.startswith("No chat with this id has ever spoken to the bot.")


def test_the_doctor_counts_the_articles(here: Path) -> None:
    an_article_file(here)
    run("ingest", "article.txt")
    done = run("doctor")
    assert done.exit_code == 0
    said, _, caution = done.stdout.partition("\n")
    assert said == "The settings can be used, and the database holds 1 article."
    assert caution.rstrip("\n") == (caution_of(sqlite3.sqlite_version_info) or "")


def test_an_empty_database_is_said_to_be_empty(here: Path) -> None:
    assert run("articles").stderr == "No article is stored. `newsdigest ingest` takes some in.\n"
    assert run("articles", "--topic", "world").stderr.startswith("No article is stored on world.")
    assert run("articles", "--json").stdout == ""
    assert run("updates").stderr == "All that people sent was handled, or waits for the bot.\n"


def test_a_database_can_be_brought_up_to_date_before_the_bot_starts(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///old.db")
    done = run("migrate")
    with closing(sqlite3.connect(here / "old.db")) as database:
        [[schema]] = database.execute("SELECT version_num FROM alembic_version").fetchall()
    assert (done.exit_code, done.stdout) == (0, "The database is up to date with this version.\n")
    assert is_known(schema)


def test_all_that_is_kept_for_a_chat_is_exported_by_its_id(here: Path, sqlite_url: str) -> None:
    async def joined() -> None:
        storage = await Storage.open(sqlite_url)
        await storage.chats.join(Chat(id=-1005, kind="supergroup", joined_at=EVENING, title="Família"))
        await storage.subscriptions.add(-1005, "words", "comet", EVENING)
        await storage.close()

    asyncio.run(joined())
    kept, unknown = json.loads(run("export", "-1005").stdout), run("export", "6")
    assert (kept["chat"]["id"], kept["chat"]["title"]) == (-1005, "Família")
    assert [each["value"] for each in kept["subscriptions"]] == ["comet"]
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert unknown.stderr.startswith("No chat with this id has ever spoken to the bot.")


def test_a_backup_is_a_whole_database_of_its_own_and_replaces_none(
    here: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_article_file(here)
    run("ingest", "article.txt")

    async def backed_up_while_it_is_written() -> Result:
        storage = await Storage.open(sqlite_url)
        try:
            await storage.chats.join(Chat(id=5, kind="private", joined_at=EVENING))
            return await asyncio.to_thread(run, "backup", "copy.db")
        finally:
            await storage.close()

    done = asyncio.run(backed_up_while_it_is_written())
    again, elsewhere = run("backup", "copy.db"), run("backup", "nowhere/copy.db")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///copy.db")
    assert done.stdout.startswith("copy.db holds everything as of now, ")
    assert sorted(file.name for file in here.iterdir() if "copy" in file.name) == ["copy.db"]
    assert run("doctor").stdout.startswith("The settings can be used, and the database holds 1 article.")
    assert run("preview", "5").exit_code == 0
    assert (again.exit_code, again.stderr) == (
        2,
        "There is a file copy.db already. Name another, or move that one away.\n",
    )
    assert (elsewhere.exit_code, elsewhere.stderr) == (
        2,
        "nowhere/copy.db cannot be written: No such file or directory.\n",
    )


def test_a_restored_backup_says_what_is_in_it_and_where_the_other_database_is(here: Path) -> None:
    an_article_file(here)
    run("ingest", "article.txt")
    run("backup", "copy.db")
    run("ingest", str(SEEDS / "articles"))
    done, missing = run("restore", "copy.db"), run("restore", "nowhere.db")
    what, kept = done.stdout.splitlines()
    assert what.startswith(
        "The database is now as copy.db was: it holds 0 chats and 1 article, and the newest of it is of"
    )
    assert (here / kept.removeprefix("What was there before is ").rstrip(".")).is_file()
    assert run("doctor").stdout.startswith("The settings can be used, and the database holds 1 article.")
    assert (missing.exit_code, missing.stderr) == (2, "There is no file nowhere.db.\n")


def test_wrong_settings_are_named_all_at_once_without_a_trace(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"IN_FLIGHT": "many", "KEEP_DAYS": "1", "DATABASE_URL": "mysql://x", "TELEGRAM_URL": "ftp://x"}
    for name, value in (wrong | {"BOT_TOKEN": "abc", "SEEDS": "some", "LOG_LEVEL": "LOUD"}).items():
        monkeypatch.setenv(name, value)
    done = run("serve")
    assert done.exit_code == 2
    named = {line.split()[0] for line in done.stderr.splitlines()}
    assert named == wrong.keys() | {"BOT_TOKEN", "SEEDS", "LOG_LEVEL"}
    assert "abc" not in done.output
    assert "Traceback" not in done.output


def test_serving_without_a_token_says_where_to_get_one(here: Path) -> None:
    done = run("serve")
    assert done.exit_code == 2
    assert done.stderr.startswith("BOT_TOKEN is not set; get one from @BotFather")


def test_a_database_of_a_newer_version_is_left_alone(here: Path, sqlite_url: str) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    done = run("doctor")
    assert done.exit_code == 2
    assert done.stderr.startswith("This database was written by a newer version of the program (schema 9999)")


def test_a_database_that_cannot_be_opened_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "news.txt").write_text("This is no database. " * 100)
    urls = ("sqlite:///news.txt", "sqlite:///news.txt/news.db", "postgresql://nobody@127.0.0.1:1/news", "sqlite://")
    for url in urls:
        monkeypatch.setenv("DATABASE_URL", url)
        done = run("doctor")
        assert done.exit_code == 2, url
        assert done.stderr.startswith("The database cannot be used right now"), url
        assert len(done.stderr.splitlines()) == 1
        assert "Errno" not in done.stderr, url


@pytest.mark.parametrize(
    ("url", "role", "said"),
    [
        ("sqlite:///news.db", "cook", "There is no role “cook”; there are all, ingest, compose, send, web."),
        ("sqlite:///news.db", "ingest", "On SQLite one process does everything; --role ingest needs PostgreSQL"),
        ("postgresql://me:pw@127.0.0.1:1/news", "compose", "The database cannot be used right now: nothing answers at"),
        (
            "sqlite:///news.db?mode=ro",
            "all",
            "The database cannot be used right now: its URL has an option that is not",
        ),
        ("postgresql://me@127.0.0.1:99999/news", "compose", "The database cannot be used right now: 99999 is no port."),
        ("postgresql://me@127.0.0.1:door/news", "ingest", "The database cannot be used right now: its URL cannot"),
        ("postgresql://127.0.0.1:1/news?color=red", "ingest", "The database cannot be used right now: its URL has an"),
        ("postgresql://127.0.0.1:1/news?sslmode=on", "ingest", "The database cannot be used right now: "),
    ],
)
def test_a_process_that_cannot_take_its_role_says_why_in_a_line(
    here: Path, own_logs: None, monkeypatch: pytest.MonkeyPatch, url: str, role: str, said: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("BOT_TOKEN", "123456:abcdefghijklmnopqrstuvwxyz")
    done = run("serve", "--role", role)
    assert done.exit_code == 2
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == 1
    assert "pw" not in done.output


def test_the_demo_plays_the_whole_main_job_from_the_console_script() -> None:
    script = Path(sys.executable).parent / "newsdigest"
    if not script.exists():
        pytest.skip("the console script is not installed in this environment")
    environment = {"PATH": os.environ["PATH"], "COLUMNS": "120", "BOT_TOKEN": "wrong", "SEEDS": "wrong"}
    done = subprocess.run([script, "demo", "--once"], capture_output=True, text=True, timeout=90, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    told = ["Three taps", "Here is your first.", "The next morning", "The full article", "Saved ✓", "results for"]
    at = [done.stdout.find(part) for part in told]
    assert -1 not in at
    assert at == sorted(at)
    assert "by @sandbox_digest_bot" in done.stdout


def test_what_could_not_be_handled_is_listed_without_what_was_said_and_handled_again_when_told(
    here: Path, sqlite_url: str
) -> None:
    async def set_two_aside() -> None:
        storage = await Storage.open(sqlite_url)
        await storage.inbox.take_in([(4, 7, '{"text": "a secret"}'), (5, 8, "{}")], EVENING)
        for _ in range(3):
            await storage.inbox.turn(begin=[4, 5])
            for update_id in (4, 5):
                await storage.inbox.failed(update_id, "KeyError: 'date'")
        await storage.close()

    asyncio.run(set_two_aside())
    listed = run("updates")
    assert [line.split(maxsplit=1) for line in listed.stdout.splitlines()] == [
        ["4", "2026-11-22 19:30  KeyError: 'date'"],
        ["5", "2026-11-22 19:30  KeyError: 'date'"],
    ]
    assert run("updates", "--retry", "4").stdout.startswith("1 will be handled again")
    again = run("updates", "--retry", "4")
    assert (again.exit_code, again.stderr) == (
        1,
        "Nothing of number 4 was set aside; without --retry you get the list.\n",
    )
    assert run("updates", "--retry", "all").stdout.startswith("1 will be handled again")
    assert run("updates").stdout == ""
    wrong = run("updates", "--retry", "some")
    assert (wrong.exit_code, wrong.stderr) == (2, "--retry takes the number of an update, or the word all.\n")
