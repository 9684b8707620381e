"""The command line: `newsdigest serve`, `demo`, `ingest`, `feeds`, `articles`, `preview`, `try`, `updates` …"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import helping, running, utc_now
from bot.collector import calm
from bot.console import IDS, AsJson, Wrong, json_line, opened, run, settings
from bot.exporting import article_fields
from bot.feeds import feeds
from bot.intake import Taken, take_in
from bot.keeping import keeping
from bot.logs import set_up_logs
from bot.pace import FREE, PAID
from bot.previewing import previewed
from bot.roles import ROLES, Role
from bot.seeding import no_topic, taxonomy
from bot.settings import Settings
from bot.trying import trying
from bot.work import guarded
from ingest.workers import Workers
from jobs.file import Shelves
from news.article import Article
from storage import Received

app = typer.Typer(
    help="A Telegram bot that condenses the news and delivers it at each chat's own time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
LONGEST_NUMBER = 18
"""Digits: as many as every database has room for."""

app.add_typer(trying, name="try")
app.add_typer(feeds, name="feeds")
app.add_typer(keeping)


@app.command()
def serve(
    role: Annotated[
        str, typer.Option(help=f"What this process does: {', '.join(ROLES)}. All but `all` need PostgreSQL.")
    ] = "all",
) -> None:
    """Runs the bot until it is stopped. Needs BOT_TOKEN; see the README for all settings."""
    try:
        chosen = _role(role)
        its = settings(needs_token=chosen.talks or chosen.hears)
        if role != "all" and its.database_url.startswith("sqlite"):
            raise Wrong(f"On SQLite one process does everything; --role {role} needs PostgreSQL in DATABASE_URL.")
        if chosen.hears and not its.webhook_url:
            raise Wrong(f"--role {role} serves the webhook; set WEBHOOK_URL and WEB_PORT.")
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        raise typer.Exit(2) from None
    set_up_logs(its)
    run(_serve(its, chosen))


def _role(name: str) -> Role:
    if name not in ROLES:
        raise Wrong(f"There is no role “{name}”; there are {', '.join(ROLES)}.")
    return ROLES[name]


async def _serve(settings: Settings, role: Role) -> None:
    calm()
    serving = asyncio.current_task()
    assert serving is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C ends the loop by itself.
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    with suppress(asyncio.CancelledError):
        limits = PAID if settings.paid_broadcasts else FREE
        async with running(settings, role=role, limits=limits) if role.talks else helping(settings, role):
            await asyncio.Event().wait()


@app.command()
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the transcript instead of leaving the chat open.")
    ] = False,
) -> None:
    """Tries the whole bot on this machine: no token, no network. Ends with a web chat to try by hand."""
    from bot.demo import play

    run(play(stay=not once and sys.stdin.isatty() and sys.stdout.isatty()))


@app.command()
def ingest(
    paths: Annotated[
        list[str], typer.Argument(help="Article files, folders, feeds, pages, OPML lists, or addresses of them.")
    ],
    as_json: AsJson = False,
) -> None:
    """Takes in articles, feeds and OPML lists. What is known already is not taken in twice."""
    if not run(_ingest(settings(), paths, as_json=as_json)):
        raise typer.Exit(1)


async def _ingest(settings: Settings, paths: list[str], *, as_json: bool) -> bool:
    """Takes in each path; whether all could be read."""
    is_all_read = True
    async with opened(settings) as storage, guarded(settings) as door, Workers() as workers:
        shelves = Shelves(taxonomy())
        await storage.topics.put([(t.slug, t.name, at) for at, t in enumerate(shelves.taxonomy.topics)])
        await shelves.remember(storage, utc_now())
        async for taken in take_in(storage, shelves, door, workers, paths, clock=utc_now):
            is_all_read = is_all_read and taken.problem is None
            _print_taken(taken, as_json=as_json)
    return is_all_read


def _print_taken(taken: Taken, *, as_json: bool) -> None:
    if taken.problem is not None:
        print(f"{taken.source}: {taken.problem}", file=sys.stderr)
    elif taken.article is not None and as_json:
        print(json_line(article_fields(taken.article)))
    elif taken.article is not None:
        print(f"{'new  ' if taken.is_new else 'known'}  {taken.article.headline}")
    elif taken.note and not as_json:
        print(taken.note)


@app.command()
def articles(
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many, newest first.")] = 50,
    topic: Annotated[str | None, typer.Option(help="Only those on this topic, such as world.")] = None,
    as_json: AsJson = False,
) -> None:
    """Lists the stored articles, newest first."""
    found = run(_latest(settings(), limit, topic))
    if not found:
        print(
            f"No article is stored{f' on {topic}' if topic else ''}. `newsdigest ingest` takes some in.",
            file=sys.stderr,
        )
    for article in found:
        if as_json:
            print(json_line(article_fields(article)))
        else:
            filed = ", ".join(filing.topic for filing in article.topics) or "no topic"
            print(f"{article.id:>6}  {article.first_seen_at:%Y-%m-%d %H:%M}  {filed:<24.24}  {article.headline}")


async def _latest(settings: Settings, limit: int, topic: str | None) -> list[Article]:
    if topic is not None and taxonomy().named(topic) is None:
        raise Wrong(no_topic(topic))
    async with opened(settings) as storage:
        return await storage.articles.latest(limit, topic=topic)


@app.command(context_settings={"ignore_unknown_options": True})  # a group's id begins with a minus
def preview(
    chat: Annotated[
        int | None, typer.Argument(help="A chat's id; without one, a reader who follows every topic.", **IDS)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Shows what a chat's next digest would look like. Sends and changes nothing."""
    for line in run(_preview(settings(), chat, as_json=as_json)):
        print(line)


async def _preview(settings: Settings, chat: int | None, *, as_json: bool) -> list[str]:
    async with opened(settings) as storage:
        return await previewed(storage, chat, now=utc_now(), as_json=as_json)


@app.command()
def updates(
    retry: Annotated[str | None, typer.Option(metavar="ID|all", help="Have this one, or all, handled again.")] = None,
) -> None:
    """Lists what people sent that could not be handled: its number, when it came, and why not."""
    if retry is None:
        found = run(_set_aside(settings()))
        if not found:
            print("All that people sent was handled, or waits for the bot.", file=sys.stderr)
        for each in found:
            print(f"{each.update_id:>12}  {each.received_at:%Y-%m-%d %H:%M}  {each.reason}")
        return
    if retry != "all" and not (retry.isascii() and retry.isdigit() and len(retry) <= LONGEST_NUMBER):
        print("--retry takes the number of an update, or the word all.", file=sys.stderr)
        raise typer.Exit(2)
    again = run(_retry(settings(), None if retry == "all" else int(retry)))
    print(f"{len(again)} will be handled again by the bot that runs, within seconds.")
    if not again and retry != "all":
        print(f"Nothing of number {retry} was set aside; without --retry you get the list.", file=sys.stderr)
        raise typer.Exit(1)


async def _set_aside(settings: Settings) -> list[Received]:
    async with opened(settings) as storage:
        return await storage.inbox.set_aside()


async def _retry(settings: Settings, update_id: int | None) -> list[int]:
    async with opened(settings) as storage:
        return await storage.inbox.retry(None if update_id is None else [update_id])


def main() -> None:
    """The console script: a slip on the command line is said in one line."""
    if sys.stdout is None:  # closed by whoever started us, who wants to hear nothing
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal of few letters shows the others by their numbers
            stream.reconfigure(errors="backslashreplace")
    try:
        status = app(prog_name="newsdigest", standalone_mode=False)
        if sys.stdout:
            sys.stdout.flush()
        sys.exit(status)
    except typer.TyperException as wrong:
        _say_slip(wrong)
        sys.exit(2)
    except OSError as problem:
        # Nothing more can be written there, not even when the interpreter ends.
        sys.stdout = None
        print(f"The answer cannot be written: {problem.strerror}.", file=sys.stderr)
        sys.exit(1)


def _say_slip(wrong: Any) -> None:
    """What the library made of the slip, without the box around it; nothing where it has shown the help instead."""
    said = wrong.format_message().replace("Input should", "it should").partition(", unable")[0].rstrip(".")
    if said:
        command = wrong.ctx.command_path if getattr(wrong, "ctx", None) else "newsdigest"
        print(f"{said}. `{command} --help` tells more.", file=sys.stderr)
