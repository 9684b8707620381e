"""The workbench on the command line."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.lines import Line, _read
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
        {"id": 3, "text": ""},
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
def test_each_line_has_an_answer_and_that_of_what_is_no_article_says_why(what: str) -> None:
    example = '{"id": 1, "headline": "…", "text": "…"}'
    broken: list[tuple[object, str]] = [
        (b"nope", f"This is not JSON. A line is an object such as {example}."),
        (b"\xff\xfe", f"This is not JSON. A line is an object such as {example}."),
        (b"[" * 100_000, f"This is not JSON. A line is an object such as {example}."),
        ([1], f"This is no object. A line is one such as {example}."),
        ({"text": "x"}, "An article needs an id, a text or a number."),
        ({"id": 1, "text": 3}, "Its text is no text."),
        ({"id": 2, "body": "x"}, "It has neither a headline nor a text."),
        (
            {"id": 3, "text": "", "at": 1e300},
            "Its at is neither an ISO 8601 time nor seconds or milliseconds since 1970.",
        ),
        (
            {"id": "4", "text": "", "at": "soon"},
            "Its at is neither an ISO 8601 time nor seconds or milliseconds since 1970.",
        ),
    ]
    first, last = (
        {"id": 0, "text": "", "at": "2014-03-10T16:00:00Z"},
        {"id": "\ud800", "text": "a" * 10**6, "at": 1394470370},
    )
    answers, result = tried(what, first, *(line for line, _ in broken), b" \r", last)

    assert [(each.get("line"), each.get("error")) for each in answers] == [
        (None, None),
        *((number, said) for number, (_, said) in enumerate(broken, 2)),
        (None, None),
    ]
    assert [each["id"] for each in answers] == [0, None, None, None, None, None, 1, 2, 3, "4", "\ud800"]
    assert (result.exit_code, result.stderr) == (1, "9 lines are no articles; their answers say why.\n")


def test_times_are_in_seconds_or_in_milliseconds() -> None:
    [seconds, milliseconds] = [_read(1, b'{"id": 1, "text": "", "at": %d}' % at) for at in (1394470370, 1394470370000)]
    assert isinstance(seconds, Line)
    assert isinstance(milliseconds, Line)
    assert seconds.at == milliseconds.at == datetime(2014, 3, 10, 16, 52, 50, tzinfo=UTC)


def test_a_line_may_say_things_as_feeds_do_and_more_than_is_asked() -> None:
    lines = (
        {"id": 1.5, "headline": "x", "section": ["News", "Sport"], "at": "Mon, 10 Mar 2014 16:00:00 GMT", "tags": {}},
        {"id": -2, "headline": None, "text": None, "section": None, "publisher": None, "language": None, "at": None},
        {"id": "", "text": "x", "section": "world-news", "language": "klingon", "at": "1394470370"},
        {"id": "1.5", "headline": "x", "section": "US-Politik"},
    )
    answers, result = tried("topics", *lines)
    assert result.exit_code == 0
    assert [each["id"] for each in answers] == [1.5, -2, "", "1.5"]
    assert [[filed["topic"] for filed in each["topics"]] for each in answers] == [
        ["sport"],
        [],
        ["world"],
        ["politics"],
    ]


def test_topics_may_be_named_as_publishers_name_them() -> None:
    line = {"id": 1, "headline": "Actor wins film prize at festival for best film", "text": "The film stars an actor."}
    [answer], _ = tried("topics", line, options=("--topics", "Entertainment,Tech"))
    assert answer["topics"][0]["topic"] == "culture"


@pytest.mark.parametrize("options", [(), ("--arrival",)])
def test_times_in_any_order_and_of_any_age_are_taken_as_they_come(options: tuple[str, ...]) -> None:
    times = (
        1394470370,
        "1000-01-01T00:00:00",
        "2999-12-31",
        -1e9,
        None,
        1394470371000,
        "0001-01-01",
        "9999-12-31T23:59",
    )
    lines = [{"id": number, "headline": f"Ferry {number}", "at": at} for number, at in enumerate(times)]
    answers, _ = tried("stories", *lines, options=options)
    assert [each["id"] for each in answers] == list(range(len(times)))
    assert [each["id"] for each in answers if "error" in each] == [6, 7]


def test_a_line_longer_than_any_article_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.lines.LONGEST", 1000)
    long = {"id": 1, "text": "x" * 5000}
    answers, result = tried("topics", long, {"id": 2, "text": "x"}, long)
    assert [each.get("error") for each in answers] == [
        "This line is too long for an article.",
        None,
        "This line is too long for an article.",
    ]
    assert (answers[1]["id"], result.exit_code) == (2, 1)


def test_a_file_is_read_in_place_of_what_is_piped_in_also_a_packed_one(tmp_path: Path) -> None:
    line = b'{"id": 7, "text": ""}\n'
    (tmp_path / "some.jsonl").write_bytes(b"\xef\xbb\xbf" + line)
    (tmp_path / "some.jsonl.gz").write_bytes(gzip.compress(line))
    for name in ("some.jsonl", "some.jsonl.gz"):
        answers, result = tried("topics", options=(str(tmp_path / name),))
        assert (result.exit_code, answers) == (0, [{"id": 7, "topics": []}])


def test_a_file_that_cannot_be_read_is_said_in_a_line(tmp_path: Path) -> None:
    packed = gzip.compress(b'{"id": 7, "text": ""}\n' * 100, compresslevel=0)
    (tmp_path / "cut.gz").write_bytes(packed[:-50])
    answers, cut = tried("topics", options=(str(tmp_path / "cut.gz"),))
    assert len(answers) > 50
    assert (cut.exit_code, cut.stderr) == (2, f"{tmp_path / 'cut.gz'} is packed, and damaged or cut short.\n")
    for name, said in (("none.jsonl", "No such file or directory"), ("", "Is a directory")):
        _, result = tried("topics", options=(str(tmp_path / name),))
        assert (result.exit_code, result.stderr) == (2, f"{tmp_path / name} cannot be read: {said}.\n")
