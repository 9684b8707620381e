"""The menu of commands in the languages of its readers."""

from __future__ import annotations

import unicodedata

import pytest

from news.messages import menus as panels
from news.messages import texts
from news.messages.commands import FOR_READING, GROUPS_ALONE, PRIVATE_ALONE, menus, said

SCRIPTS: dict[str, str | tuple[str, ...]] = {
    "ar": "ARABIC",
    "fa": "ARABIC",
    "hi": "DEVANAGARI",
    "ja": ("CJK", "HIRAGANA", "KATAKANA"),
    "ko": "HANGUL",
    "ru": "CYRILLIC",
    "uk": "CYRILLIC",
    "zh": "CJK",
}
LATIN = {"en", "de", "es", "fr", "id", "it", "nl", "pl", "pt", "tr"}


@pytest.mark.parametrize("language", sorted(LATIN | SCRIPTS.keys()))
def test_every_command_is_told_in_every_language_in_a_line_of_a_phone(language: str) -> None:
    its = said()[language]
    assert its.keys() == texts.COMMANDS.keys()
    assert [text for text in its.values() if not 1 <= len(text) < 40 or text != text.strip()] == []
    assert [text for text in its.values() if set(text) & set("!.\n")] == []
    script = SCRIPTS.get(language, "LATIN")
    strange = [
        text
        for text in its.values()
        if not any(unicodedata.name(each, "").startswith(script) for each in text if each.isalpha())
    ]
    assert strange == []


def test_languages_differ_in_what_they_say_of_a_command() -> None:
    for name in texts.COMMANDS:
        told = [its[name] for its in said().values()]
        assert len(set(told)) == len(told), name


def test_no_language_has_a_menu_that_nobody_looked_over() -> None:
    assert said().keys() == LATIN | SCRIPTS.keys()


def test_members_of_groups_are_shown_what_they_may_send_and_administrators_what_does_something_there() -> None:
    shown = {(each.audience, each.language): [name for name, _ in each.commands] for each in menus()}
    assert len(shown) == 3 * len(said())
    in_private = [name for name in said()["en"] if name not in GROUPS_ALONE]
    assert shown["default", None] == shown["default", "de"] == in_private
    assert set(shown["all_group_chats", "de"]) == set(FOR_READING)
    assert set(texts.COMMANDS) - set(shown["all_chat_administrators", None]) == set(PRIVATE_ALONE)


def test_help_names_every_command_once() -> None:
    named = [name for _, names in panels.HELP for name in names]
    assert sorted(named) == sorted(texts.COMMANDS)
