"""The workbench: `newsdigest try bullets|stories|topics` on JSON lines, without database, network or settings."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from bot.seeding import taxonomy
from ingest.language import settle
from news.article import Entry
from news.bullets import choose_bullets
from news.telling import Teller, Telling
from news.topics import Taxonomy, file_under

trying = typer.Typer(
    help="Tries one part on articles of your own: JSON lines in, JSON lines out, in the same order.",
    no_args_is_help=True,
)
Lines = Annotated[
    str,
    typer.Argument(
        metavar="[FILE]",
        help="JSON lines with id, headline, text, and where known section, publisher, language, at; else stdin.",
    ),
]
PARTED = re.compile(r"\n(?:[ \t]*\n)+")
TEXTS = ("headline", "text", "section", "publisher", "language")


class UnreadableLine(ValueError):
    """A line is not what the workbench reads; the argument says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of input: the entry it stands for, and where its paragraphs begin in the text as given."""

    id: str | int
    entry: Entry
    at: datetime | None
    starts: tuple[int, ...]

    def place(self, offset: int) -> int:
        """Where a place in the entry's text is in the text as given."""
        ends = list(accumulate(len(paragraph) + 2 for paragraph in self.entry.paragraphs))
        number = next((n for n, end in enumerate(ends) if offset < end), len(ends) - 1)
        return self.starts[number] + offset - (ends[number - 1] if number else 0)


@trying.command("bullets")
def try_bullets(lines: Lines = "-") -> None:
    """Condenses each article: {"id", "bullets": [{"text", "start", "end"}]}; start and end are places in its text."""
    _answer(lines, lambda read: (_bullets(line) for line in read))


@trying.command("topics")
def try_topics(
    lines: Lines = "-",
    among: Annotated[str, typer.Option("--topics", help="Only these of the topics, such as world,sport.")] = "",
) -> None:
    """Files each article: {"id", "topics": [{"topic", "confidence"}]}, best first; none where none fits."""
    whole = taxonomy()
    offered = _chosen(whole, among)
    _answer(lines, lambda read: (_topics(line, whole, offered) for line in read))


@trying.command("stories")
def try_stories(
    lines: Lines = "-",
    arrival: Annotated[
        bool, typer.Option("--arrival", help="The story chosen when the article came, before the second look.")
    ] = False,
) -> None:
    """Finds the articles that tell one event: {"id", "story"}, and "copy_of" where it is a copy of an earlier one.

    A line is answered when the second look at it is over.
    """
    _answer(lines, lambda read: _stories(read, second_look=not arrival))


def _bullets(line: Line) -> dict[str, Any]:
    chosen = [
        {
            "text": bullet.text,
            "start": line.place(bullet.start) if bullet.start is not None else None,
            "end": line.place(bullet.end - 1) + 1 if bullet.end is not None else None,
        }
        for bullet in choose_bullets(line.entry)
    ]
    return {"id": line.id, "bullets": chosen}


def _topics(line: Line, whole: Taxonomy, among: Collection[str]) -> dict[str, Any]:
    filings = file_under(line.entry, whole, among=among or None)
    return {"id": line.id, "topics": [{"topic": each.topic, "confidence": each.confidence} for each in filings]}


def _stories(lines: Iterable[Line], *, second_look: bool) -> Iterator[dict[str, Any]]:
    ids: list[str | int] = []

    def told() -> Iterator[tuple[Entry, datetime | None]]:
        for line in lines:
            ids.append(line.id)
            yield line.entry, line.at

    def answer(telling: Telling) -> dict[str, Any]:
        about: dict[str, Any] = {"id": ids[telling.number], "story": telling.story}
        return about if telling.copy_of is None else about | {"copy_of": ids[telling.copy_of]}

    teller = Teller()
    for entry, at in told():
        telling = teller.tell(entry, at)
        if not second_look:
            yield answer(telling)
            teller.forget()
        else:
            yield from map(answer, teller.settled())
    yield from map(answer, teller.settle_all())


def _opened(path: str) -> BinaryIO:
    if path == "-":
        return sys.stdin.buffer
    try:
        return BytesIO(Path(path).read_bytes())
    except OSError as problem:
        sys.stderr.write(f"{path} cannot be read: {problem.strerror}.\n")
        raise typer.Exit(2) from None


def _answer(path: str, work: Callable[[Iterable[Line]], Iterable[dict[str, Any]]]) -> None:
    """Writes what the work makes of the lines; status 1 when one of them could not be read."""
    problems: list[int] = []

    def read(lines: BinaryIO) -> Iterator[Line]:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            try:
                yield _line(raw)
            except UnreadableLine as problem:
                problems.append(number)
                sys.stderr.write(f"line {number}: {problem}\n")

    try:
        for answer in work(read(_opened(path))):
            sys.stdout.buffer.write(_json(answer) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Whoever read us has seen enough; nothing is left to flush into.
        sys.stdout = None
        raise typer.Exit(1) from None
    if problems:
        raise typer.Exit(1)


def _json(answer: dict[str, Any]) -> bytes:
    try:
        return json.dumps(answer, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return json.dumps(answer).encode()


def _line(raw: bytes) -> Line:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        raise UnreadableLine("this is not JSON.") from None
    if not isinstance(said, dict):
        raise UnreadableLine('this is no object such as {"id": 1, "headline": "…", "text": "…"}.')
    known_as = said.get("id")
    if not isinstance(known_as, str | int) or isinstance(known_as, bool):
        raise UnreadableLine("an article needs an id, a text or a number.")
    for name in TEXTS:
        if not isinstance(said.get(name), str | None):
            raise UnreadableLine(f"its {name} is no text.")
    headline, text = said.get("headline") or "", said.get("text") or ""
    starts, paragraphs = _paragraphs(text)
    entry = Entry(
        headline=headline,
        paragraphs=paragraphs,
        section=said.get("section") or None,
        source=said.get("publisher") or None,
        language=settle(said.get("language"), f"{headline}\n{text}"),
    )
    return Line(known_as, entry, _time(said.get("at")), starts)


def _paragraphs(text: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Where each paragraph begins, and its text: what stands between empty lines."""
    starts, paragraphs, start = [], [], 0
    for end, following in [*((gap.start(), gap.end()) for gap in PARTED.finditer(text)), (len(text), len(text))]:
        if end > start:
            starts.append(start)
            paragraphs.append(text[start:end])
        start = following
    return tuple(starts), tuple(paragraphs)


def _time(said: object) -> datetime | None:
    if said is None:
        return None
    try:
        if isinstance(said, int | float) and not isinstance(said, bool):
            return datetime.fromtimestamp(said / 1000, tz=UTC)
        if isinstance(said, str):
            at = datetime.fromisoformat(said)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise UnreadableLine("its at is neither an ISO 8601 time nor milliseconds since 1970.")


def _chosen(whole: Taxonomy, among: str) -> list[str]:
    wanted = [slug.strip().casefold() for slug in among.split(",") if slug.strip()]
    if unknown := [slug for slug in wanted if whole.named(slug) is None]:
        known = ", ".join(topic.slug for topic in whole.topics)
        sys.stderr.write(f"There is no topic “{unknown[0]}”; there are {known}.\n")
        raise typer.Exit(2)
    return wanted
