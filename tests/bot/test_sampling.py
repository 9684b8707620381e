"""Feeds, pages and filters that an operator tries, without keeping anything."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import app
from tests.bot.typed import FEED, PAGE, SEEDS, run


def test_a_filter_is_tried_on_what_is_stored_or_the_place_is_shown(here: Path) -> None:
    assert run("ingest", str(SEEDS / "articles")).exit_code == 0
    tried = run("try", "filter", "title:ferry -nonsense", "--json")
    told = json.loads(tried.stdout)
    assert told["reads"] == "articles that mention “ferry” in the headline, but not “nonsense”"
    assert (tried.exit_code, told["wanted"], len(told["kept"])) == (0, 3, 3)
    assert told["articles"] > told["wanted"]
    assert told["a_day"] == 0.4
    assert ", 3 match, less than one a day." in run("try", "filter", "-nonsense title:ferry").stdout
    unclear = run("try", "filter", "a (b")
    assert unclear.exit_code == 1
    assert unclear.stderr.splitlines() == ["a (b", "  ^", "This bracket has no closing one."]


def test_feeds_are_tried_in_the_order_given_and_one_that_cannot_be_read_stops_none(here: Path) -> None:
    (here / "wire.xml").write_text(FEED)
    (here / "wire.xml.gz").write_bytes(gzip.compress(FEED.encode()))
    tried = run("try", "feed", "wire.xml.gz", "missing.xml", "wire.xml", "--json")
    lines = [json.loads(line) for line in tried.stdout.splitlines()]
    assert tried.exit_code == 1
    assert [line["source"] for line in lines] == ["wire.xml.gz", "missing.xml", "wire.xml"]
    assert "no file of this name" in lines[1]["error"]
    assert lines[0]["title"] == "Wire"
    assert [(entry["id"], entry["title"]) for entry in lines[0]["entries"]] == [
        ("1", "First story"),
        ("2", "Second story"),
    ]


def test_a_page_is_tried_without_keeping_it(here: Path) -> None:
    (here / "page.html").write_text(PAGE)
    tried = run("try", "page", "page.html", "--json")
    [told] = [json.loads(line) for line in tried.stdout.splitlines()]
    assert (tried.exit_code, told["headline"]) == (0, "A bridge opens")
    assert "grew by 3 metres" in told["text"]


def test_a_folder_is_no_feed_and_what_is_piped_in_may_be_one(here: Path) -> None:
    (here / "folder").mkdir()
    tried = CliRunner().invoke(app, ["try", "feed", "folder", "-", "--json"], input=FEED)
    folder, piped = (json.loads(line) for line in tried.stdout.splitlines())
    assert folder == {"source": "folder", "error": "This is a folder. Name the files in it."}
    assert (piped["source"], piped["title"]) == ("-", "Wire")


def test_what_strangers_write_neither_moves_the_cursor_nor_ends_the_answer(here: Path) -> None:
    items = [{"id": "\ud800", "title": "\u001b[2JHalf a pair \ud800 in it", "content_text": "Some words."}]
    (here / "feed.json").write_text(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "\u001b[31mWire \ud800", "items": items})
    )
    told = run("try", "feed", "feed.json")
    assert told.exit_code == 0
    assert [line.strip().split("  ")[0] for line in told.stdout.splitlines()] == ["[31mWire", "[2JHalf a pair"]
    as_json = run("try", "feed", "feed.json", "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)["entries"][0]["id"]) == (0, "\ud800")
