"""`newsdigest feeds`, as an operator types it; the sites stand on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from ingest.opml import read_opml
from news.chat import Chat
from storage import Storage
from tests.jobs.site import Item, feed, page

FEED = feed(Item(title="Comet passes", guid="comet"), Item(title="Meteor falls", guid="meteor"))


class Sites:
    """Answers each path with what a test put there, from a thread of its own: the command has a loop of its own."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        pages = self.pages

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = pages.get(self.path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)

    def put(self, path: str, body: str) -> str:
        self.pages[path] = body
        return f"http://127.0.0.1:{self.server.server_port}{path}"


@pytest.fixture
def sites(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sites]:
    """Sites that the settings let in, and an empty database."""
    made = Sites()
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("PRIVATE_FEEDS", f"127.0.0.1:{made.server.server_port}")
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["feeds", *arguments])


def told(*arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*arguments, "--json").stdout.splitlines()]


def test_feeds_are_added_by_the_address_of_their_site_listed_and_removed(sites: Sites) -> None:
    address = sites.put("/feed.xml", FEED)
    site = sites.put("/", page("Herald", "News.", feeds=("/feed.xml",)))
    missing = sites.put("/missing", "")
    added = run("add", site, missing, address)

    assert added.exit_code == 1
    assert added.stdout.splitlines() == [f"new    {address}  The Herald", f"known  {address}  The Herald"]
    assert added.stderr.splitlines() == [
        f"{missing}: There is nothing at this address any more. Look for its new one on the site."
    ]
    assert run("list").stdout == f"{address}  The Herald  never read  0 followers\n"
    assert run("remove", "example.org", address).exit_code == 1
    assert told("list") == []


def test_what_is_told_of_feeds_keeps_the_order_given_and_says_what_is_wrong_with_which(sites: Sites) -> None:
    address, plain = sites.put("/wires/harbour", FEED), sites.put("/plain", page("Plain", "Nothing."))
    done = run("check", plain, address, "127.0.0.1:1/feed", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert (done.exit_code, [line["source"] for line in lines]) == (1, [plain, address, "127.0.0.1:1/feed"])
    assert lines[0]["error"].startswith("No feed can be found here.")
    assert (lines[1]["title"], lines[1]["entries"], lines[1]["status"]) == ("The Herald", 2, 200)
    assert lines[2]["error"].startswith("This address leads to a private network")
    assert run("check", address).stdout.startswith(f"{address}: The Herald, 2 entries, the newest “Comet passes”")
    assert told("list") == []


def test_where_no_feed_is_read_the_operator_is_told_how_to_add_one(sites: Sites) -> None:
    for command in ("list", "health"):
        assert run(command).stderr.startswith("No feed is read yet."), command


def test_health_says_of_every_feed_that_brings_nothing_why(sites: Sites, sqlite_url: str) -> None:
    since = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    read = {"refreshed_at": since, "answered_at": since, "brought_at": since}
    states: dict[str, dict[str, Any]] = {
        "failing": {
            "failures": 3, "failing_since": since, "problem": "Out of order.", "status": 500, "refreshed_at": since
        },
        "gone": {"gone_at": since, "failing_since": since, "failures": 1, "status": 410},
        "moved": read | {"replacement": "https://new.example/feed"},
        "silent": read | {"silent_at": since + timedelta(days=1), "rhythm": timedelta(hours=3)},
        "empty": {"refreshed_at": since, "answered_at": since},
        "never read": {},
        "not followed": {},
        "well": read | {"silent_at": datetime.now(UTC) + timedelta(days=9)},
    }  # fmt: skip

    async def prepare() -> None:
        storage = await Storage.open(sqlite_url)
        for name, is_so in states.items():
            added = await storage.feeds.add(f"https://{name}.example", now=since, is_shared=name != "not followed")
            await storage.feeds.record(replace(added, **is_so))
        await storage.chats.join(Chat(id=7, kind="private", joined_at=since))
        await storage.subscriptions.add(7, "feed", "1", since)
        await storage.close()

    asyncio.run(prepare())
    said = {line["state"]: line for line in told("health")}

    assert list(said) == [name for name in states if name != "well"]
    assert {line["state"]: line["followers"] for line in told("list")} == dict.fromkeys(states, 0) | {"failing": 1}
    assert said["failing"]["why"] == (
        "failing since 2026-11-20 08:00 UTC, with answer 500. Out of order. The next try is at 2026-11-20 08:00 UTC."
    )
    assert said["gone"]["why"] == (
        "gone since 2026-11-20 08:00 UTC, with answer 410. It is not asked again until somebody follows it anew."
    )
    assert said["moved"]["why"] == "moved. It seems to have moved to https://new.example/feed."
    assert said["silent"]["why"] == (
        "silent: it answers, but has brought nothing new since 2026-11-20 08:00 UTC; "
        "usually something comes every 3 hours."
    )
    assert run("health").stdout.splitlines()[5] == "https://never read.example: never read yet. Is the bot running?"


def test_feeds_are_exported_as_a_list_that_can_be_taken_in_again(sites: Sites, tmp_path: Path) -> None:
    given = b"""<opml version="2.0"><body><outline text="Science"><outline type="rss" text="Stars &amp; suns"
    xmlUrl="https://example.org/stars.xml"/></outline></body></opml>"""
    (tmp_path / "list.opml").write_bytes(given)
    taken = CliRunner().invoke(app, ["ingest", str(tmp_path / "list.opml")])
    exported = run("export")

    assert (taken.exit_code, exported.exit_code) == (0, 0)
    assert read_opml(exported.stdout.encode()) == read_opml(given)
    assert "Stars" not in run("export", "-77").stdout


@pytest.mark.parametrize("places", ["home", "127.0.0.1", "192.168.1.5:80, example.org:80"])
def test_a_place_that_is_no_address_and_port_is_named(monkeypatch: pytest.MonkeyPatch, places: str) -> None:
    monkeypatch.setenv("PRIVATE_FEEDS", places)
    done = run("list")

    assert done.exit_code == 2
    assert done.stderr.startswith("PRIVATE_FEEDS has “")


def test_feeds_and_pages_at_home_are_tried_where_the_settings_let_them_in(
    sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sites.put("/feed.xml", FEED)
    tried = CliRunner().invoke(app, ["try", "feed", address])
    monkeypatch.delenv("PRIVATE_FEEDS")
    shut = CliRunner().invoke(app, ["try", "feed", address])

    assert (tried.exit_code, tried.stdout.splitlines()[0]) == (0, "The Herald: 2 entries")
    assert (shut.exit_code, shut.stderr.startswith(f"{address}: This address leads to a private network")) == (1, True)


def test_an_article_behind_a_wall_is_no_wish_to_follow_its_site(sites: Sites) -> None:
    sites.put("/feed.xml", FEED)
    said = "Two barges came into the harbour on Friday morning after nine days at sea, the harbour master said."

    done = CliRunner().invoke(
        app, ["ingest", sites.put("/locked", page("Two barges", said, "Subscribe to continue reading"))]
    )

    assert "for the site's subscribers" in done.output
    assert told("list") == []


def test_an_address_is_taken_in_the_same_way_as_it_is_added(sites: Sites) -> None:
    def ingested(address: str) -> str:
        return CliRunner().invoke(app, ["ingest", address]).output

    def moving(to: str) -> str:
        return f"<html><head><meta http-equiv='refresh' content='0; url={to}'></head><body>Moved.</body></html>"

    sites.put("/feed.xml", FEED)
    sites.put("/home", page("Herald", "News.", feeds=("/feed.xml",)))
    sites.put("/article", page("Comet passes the earth", "<p>The comet passed at midnight.</p>" * 30))

    assert "Following" in ingested(sites.put("/moved", moving("/home")))
    assert "2 new articles" not in ingested(sites.put("/feeds", moving("/feed.xml")))
    assert "Comet passes the earth" in ingested(sites.put("/old", moving("/article")))
    assert [each["address"] for each in told("list")] == [sites.put("/feed.xml", FEED)]
