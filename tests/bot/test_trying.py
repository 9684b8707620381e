"""The workbench on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.news.test_regrouping import BANK, FERRY

TEXT = "\n \n" + "\n\n\n".join(FERRY)


def tried(what: str, *lines: object, options: tuple[str, ...] = ()) -> tuple[list[dict[str, Any]], Result]:
    given = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    result = CliRunner().invoke(app, ["try", what, *options], input=given)
    return [json.loads(line) for line in result.stdout.splitlines()], result


def test_a_bullet_says_where_it_stands_in_the_text_as_it_was_given() -> None:
    [answer], result = tried("bullets", {"id": "a", "headline": "Halvard aground", "text": TEXT, "language": "en"})

    assert (result.exit_code, answer["id"]) == (0, "a")
    assert answer["bullets"]
    assert all(TEXT[each["start"] : each["end"]] == each["text"] for each in answer["bullets"])


def test_topics_come_from_the_section_or_the_words_and_can_be_narrowed() -> None:
    lines = (
        {"id": 1, "headline": "Part-timers win the cup", "section": "Wirtschaft"},
        {"id": 2, "headline": "Parliament votes on the election bill after the prime minister resigns"},
        {"id": 3},
    )
    answers, _ = tried("topics", *lines)
    narrowed, _ = tried("topics", *lines, options=("--topics", "World, sport"))

    assert [each["topics"][0]["topic"] for each in answers[:2]] == ["business", "politics"]
    assert answers[2]["topics"] == narrowed[2]["topics"] == []
    assert narrowed[1]["topics"][0]["topic"] == "world"


def test_a_topic_that_is_not_there_is_named_in_a_line() -> None:
    _, result = tried("topics", options=("--topics", "gardening"))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "gardening" in result.stderr


def test_stories_are_answered_in_order_after_the_second_look_or_at_arrival() -> None:
    texts = (FERRY[0], BANK[0], FERRY[1], BANK[1], FERRY[2], FERRY[0])
    lines = [{"id": f"n{number}", "text": text, "language": "en"} for number, text in enumerate(texts)]
    after, _ = tried("stories", *lines)
    at_arrival, _ = tried("stories", *lines, options=("--arrival",))

    assert [each["id"] for each in after] == [each["id"] for each in at_arrival] == [line["id"] for line in lines]
    stories = [each["story"] for each in after]
    assert stories[0] == stories[2] == stories[4] == stories[5] != stories[1] == stories[3]
    assert [each.get("copy_of") for each in after] == [None, None, None, None, None, "n0"]


@pytest.mark.parametrize("what", ["bullets", "stories", "topics"])
def test_what_cannot_be_read_is_named_by_its_line_and_costs_nothing_else(what: str) -> None:
    broken: list[tuple[object, str]] = [
        (b"nope", "line 2: this is not JSON."),
        (b"\xff\xfe", "line 3: this is not JSON."),
        (b"[" * 100_000, "line 4: this is not JSON."),
        (b"", ""),
        ([1], 'line 6: this is no object such as {"id": 1, "headline": "…", "text": "…"}.'),
        ({"text": "x"}, "line 7: an article needs an id, a text or a number."),
        ({"id": 1, "text": 3}, "line 8: its text is no text."),
        ({"id": 1, "at": 1e300}, "line 9: its at is neither an ISO 8601 time nor milliseconds since 1970."),
        ({"id": 1, "at": "soon"}, "line 10: its at is neither an ISO 8601 time nor milliseconds since 1970."),
    ]
    good = {"id": "\ud800", "text": "a" * 10**6, "at": 1394470370698}
    answers, result = tried(what, {"id": 0, "at": "2014-03-10T16:00:00Z"}, *(line for line, _ in broken), good)

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [said for _, said in broken if said]
    assert [each["id"] for each in answers] == [0, "\ud800"]


def test_a_file_is_read_in_place_of_what_is_piped_in(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text('{"id": 7}\n', encoding="utf-8")
    answers, result = tried("topics", options=(str(tmp_path / "some.jsonl"),))
    _, missing = tried("topics", options=(str(tmp_path / "none.jsonl"),))

    assert (result.exit_code, answers) == (0, [{"id": 7, "topics": []}])
    assert (missing.exit_code, missing.stderr.count("\n")) == (2, 1)
