"""The house checks itself: what README says there is, is there, and the other way round."""

from __future__ import annotations

import re
from pathlib import Path

import typer
from telegram.ext import CommandHandler

from bot.app import build, register
from bot.cli import app
from bot.roles import ROLES
from bot.settings import Settings
from bot.transport import Transport
from news.messages import texts
from tests.bot.test_wire import TOKEN

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"`/(\w+)")


def section(title: str) -> str:
    """The text below a heading, up to the next of its rank or higher."""
    [(rank, text)] = re.findall(rf"^(#+) {title}\n(.*?)(?=^#{{1,3}} |\Z)", README, re.MULTILINE | re.DOTALL)
    assert rank
    return str(text)


def test_every_setting_is_in_readmes_table_and_no_other() -> None:
    table = re.findall(r"^\| `([A-Z_]+)` \|(.*?)\|", section("Settings"), re.MULTILINE)
    assert {name for name, _ in table} == {name.upper() for name in Settings.model_fields}
    for name, default in table:
        told = Settings.model_fields[name.lower()].default
        assert default.strip("` ") == ("" if told is None else str(told)), name


def test_every_command_has_a_handler_and_stands_in_readme() -> None:
    application = build(TOKEN, "http://127.0.0.1:1", Transport())
    register(application, desk=None, managing=None)  # type: ignore[arg-type]
    every = [getattr(each, "inner", each) for group in application.handlers.values() for each in group]
    handlers = [each for each in every if isinstance(each, CommandHandler)]
    assert {name for each in handlers for name in each.commands} == texts.COMMANDS.keys()
    assert set(COMMAND.findall(section("For readers"))) == texts.COMMANDS.keys()


def test_the_commands_for_operators_that_readme_names_exist() -> None:
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"^ *\./run (\w+)", README, re.MULTILINE))
    theirs = {"test", "check", "bench"}
    assert known == named - theirs


def test_the_parts_that_can_be_tried_and_what_can_be_done_with_feeds_stand_in_readme() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for group in ("try", "feeds"):
        named = {name for many in re.findall(rf"{group} ([a-z|]+)", README) for name in many.split("|")}
        assert commands[group].commands.keys() <= named, group


def test_every_role_is_told_where_processes_are() -> None:
    scaling = (Path(__file__).parents[1] / "docs" / "scaling.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z]+)` \|", scaling, re.MULTILINE)) == ROLES.keys()
    assert all(f"`{name}`" in section("On many machines") for name in ROLES)


def test_a_text_is_written_once() -> None:
    rooms = sorted(Path(texts.__file__).parent.glob("*.py"))
    names = [name for each in rooms for name in re.findall(r"^([A-Z_]+) = ", each.read_text("utf-8"), re.MULTILINE)]
    assert len(names) > 300
    assert len(names) == len(set(names))


def test_no_sentence_that_a_person_reads_shouts_or_apologises() -> None:
    kept = [text for name, text in vars(texts).items() if name.isupper()]
    said = [text for one in kept for text in ([one] if isinstance(one, str) else one)]
    assert len(said) > 300
    wrong = [text for text in said if re.search(r"!|\b(error|invalid|failed|sorry|oops)\b", text, re.IGNORECASE)]
    assert wrong == []


def test_what_answers_a_press_fits_in_it() -> None:
    toasts = [texts.OLD_BUTTON, texts.ONLY_ADMINISTRATORS, texts.TRY_LATER, texts.NOT_SHOWN, texts.CHOOSE_ONE_FIRST]
    toasts += [texts.VOTE_TAKEN_BACK, texts.NOTHING_TO_WEIGH, texts.WEIGHTS_FORGOTTEN]
    filled = [texts.VOTED_FOR.format(what="x" * 160), texts.VOTED_AGAINST.format(what="x" * 160)]
    filled += [texts.UNSUBSCRIBED.format(what="x" * 70), texts.TOO_MANY_TIMES.format(most=6), texts.LOOK_NOT_HERE]
    assert all(len(text) <= 200 for text in toasts + filled)
