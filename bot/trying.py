"""The workbench, `newsdigest try`: one part at a time, on an operator's own articles, feeds, pages and filters."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import typer

from bot import sampling
from bot.app import utc_now
from bot.console import AsJson, counted, json_line, opened, run, settings
from bot.lines import Line, Slip, UnreadableFile, lines_of
from bot.sampling import unclear_lines
from bot.seeding import no_topic, taxonomy
from bot.settings import Settings
from bot.work import guarded
from news.article import Entry
from news.bullets import choose_bullets
from news.grammar import Unclear
from news.telling import Teller, Telling
from news.topics import Taxonomy, file_under

trying = typer.Typer(
    help="Tries one part on articles, feeds, pages or filters of your own; keeps nothing.",
    no_args_is_help=True,
)
Lines = Annotated[
    str,
    typer.Argument(
        metavar="[FILE]",
        help="JSON lines, also .gz, with id, headline, text; where known section, publisher, language, at. Or stdin.",
    ),
]


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


# A filter may begin with a minus.
@trying.command("filter", context_settings={"ignore_unknown_options": True})
def try_filter(
    query: Annotated[str, typer.Argument(help="A filter, such as '\"solar power\" -nuclear lang:en'.")],
    as_json: AsJson = False,
) -> None:
    """Reads a filter back, and says what it would have brought of the last seven days; status 1 if it is unclear."""
    try:
        lines = run(_try_filter(settings(), query, as_json=as_json))
    except Unclear as unclear:
        for line in unclear_lines(query, unclear, as_json=as_json):
            print(line, file=sys.stdout if as_json else sys.stderr)
        raise typer.Exit(1) from None
    for line in lines:
        print(line)


async def _try_filter(settings: Settings, query: str, *, as_json: bool) -> list[str]:
    async with opened(settings) as storage:
        return await sampling.try_filter(storage, query, utc_now(), as_json=as_json)


Sources = Annotated[list[str], typer.Argument(help="Files, also .gz, or addresses.")]


@trying.command("feed")
def try_feed(sources: Sources, as_json: AsJson = False) -> None:
    """Lists feeds as they list themselves: a line each, in the order given; status 1 if one could not be read."""
    _sample(sources, sampling.feed_fields, as_json=as_json)


@trying.command("page")
def try_page(sources: Sources, as_json: AsJson = False) -> None:
    """Reads the article on each page: a line each, in the order given; status 1 if one could not be read."""
    _sample(sources, sampling.page_fields, as_json=as_json)


def _sample(sources: list[str], reading: sampling.Reading, *, as_json: bool) -> None:
    its = settings()

    async def all_read() -> bool:
        problems = 0
        async for one in sampling.sampled(sources, reading, guarded(its)):
            sampling.print_sampled(one, as_json=as_json)
            problems += one.problem is not None
        return not problems

    if not run(all_read()):
        raise typer.Exit(1)


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
    ids: list[str | int | float] = []

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


@dataclass(slots=True)
class _Answers:
    """Answers in the order of the lines, each an article or a slip."""

    path: str
    waiting: deque[Slip | None] = field(default_factory=deque)
    """A slip, or None for an article, for each line that is not answered yet."""
    slips: int = 0
    unreadable: str | None = None

    def articles(self) -> Iterator[Line]:
        try:
            for line in lines_of(self.path):
                if isinstance(line, Line):
                    self.waiting.append(None)
                    yield line
                else:
                    self.waiting.append(line)
                    self.slips += 1
                    self._tell_slips()
        except UnreadableFile as problem:
            self.unreadable = str(problem)

    def tell(self, answer: dict[str, Any]) -> None:
        """The answer to the article that waits longest."""
        self.waiting.popleft()
        self._write(answer)
        self._tell_slips()

    def _tell_slips(self) -> None:
        while self.waiting and (slip := self.waiting[0]):
            self.waiting.popleft()
            self._write({"id": slip.id, "line": slip.number, "error": slip.problem})

    def _write(self, answer: dict[str, Any]) -> None:
        sys.stdout.write(f"{json_line(answer)}\n")


def _answer(path: str, work: Callable[[Iterable[Line]], Iterable[dict[str, Any]]]) -> None:
    """Answers each line: what the work makes of it, or what is wrong with it.

    Status 1 when something is wrong with one, 2 when the file cannot be read.
    """
    answers = _Answers(path)
    for answer in work(answers.articles()):
        answers.tell(answer)
    if answers.slips:
        said = counted(answers.slips, "line is no article; its answer says", "lines are no articles; their answers say")
        sys.stderr.write(f"{said} why.\n")
    if answers.unreadable:
        sys.stderr.write(f"{answers.unreadable}\n")
    if answers.slips or answers.unreadable:
        raise typer.Exit(2 if answers.unreadable else 1)


def _chosen(whole: Taxonomy, among: str) -> list[str]:
    named = {name.strip(): whole.of_section(name) for name in among.split(",") if name.strip()}
    if unknown := [name for name, slug in named.items() if slug is None]:
        sys.stderr.write(f"{no_topic(unknown[0])}\n")
        raise typer.Exit(2)
    return [slug for slug in named.values() if slug]
