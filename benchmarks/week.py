"""A made-up week: events that are alike and each a story of its own, and stories that run for days (`week.toml`)."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from news.article import Entry
from news.telling import Teller

WEEK = Path(__file__).with_name("week.toml")
MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
_LATER = timedelta(hours=2)
"""After which the next source tells the same event."""
_SLOT = re.compile(r"\{(?:(\d+)\.\.(\d+)|(\w+))\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """An article of the week; `event` says which story it tells."""

    at: datetime
    event: str
    is_running: bool
    is_held: bool
    entry: Entry


def week(seed: int) -> list[Piece]:
    """All articles of a week, oldest first. Seeds differ in which words meet, in the numbers, and in when a series
    begins."""
    dice = random.Random(seed)
    with WEEK.open("rb") as file:
        written = tomllib.load(file)
    pieces = [*_running(written["running"])]
    for series in written["series"]:
        pieces += _alike(series, dice)
    return sorted(pieces, key=lambda piece: piece.at)


def _running(stories: Sequence[dict[str, Any]]) -> Iterator[Piece]:
    for story in stories:
        for telling in story["telling"]:
            at = MONDAY + timedelta(days=telling["day"])
            yield Piece(at, story["name"], True, story.get("held", False), _entry(telling["headline"], telling["text"]))


def _alike(series: dict[str, Any], dice: random.Random) -> Iterator[Piece]:
    choices = {name: [each.strip() for each in words.split(";")] for name, words in series["words"].items()}
    drawn = {name: dice.sample(words, len(words)) for name, words in choices.items()}
    begins = MONDAY + timedelta(hours=dice.uniform(0, 24))
    for number in range(series["events"]):
        chosen = {name: words[number % len(words)] for name, words in drawn.items()}
        at = begins + number * timedelta(hours=series["every"])
        for telling in series["telling"]:
            headline, text = (_filled(telling[part], chosen, dice) for part in ("headline", "text"))
            held = series.get("held", False)
            yield Piece(at, f"{series['name']} {number}", False, held, _entry(headline, text))
            at += _LATER


def _filled(template: str, chosen: dict[str, str], dice: random.Random) -> str:
    """The template with the event's words; a number that two tellings give is the same by its range."""

    def fill(slot: re.Match[str]) -> str:
        low, high, name = slot.groups()
        if name:
            return chosen[name]
        return chosen.setdefault(slot.group(), str(dice.randint(int(low), int(high))))

    filled = _SLOT.sub(fill, template).strip()
    return filled[:1].upper() + filled[1:]


def _entry(headline: str, text: str) -> Entry:
    return Entry(headline=headline, paragraphs=(text.strip(),), language="en")


def told(pieces: Sequence[Piece], *, second_look: bool = True) -> list[int]:
    """The story of each piece, as the program tells it."""
    teller, stories = Teller(), list[int]()
    for piece in pieces:
        telling = teller.tell(piece.entry, piece.at)
        if second_look:
            stories.extend(each.story for each in teller.settled())
        else:
            stories.append(telling.story)
            teller.forget()
    stories.extend(each.story for each in teller.settle_all())
    return stories
