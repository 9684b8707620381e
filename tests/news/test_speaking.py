"""The languages we speak: whole catalogues, that say what English says, within what Telegram takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from benchmarks.make_catalogues import FOLDER, english, is_translated
from news.filters import Mark
from news.grammar import Unclear, lasting, parse
from news.messages import menus, panels, privacy, texts
from news.messages.commands import said as said_of_commands
from news.messages.filters import reading
from news.messages.markup import shown, units
from news.messages.speaking import own_name, spoken, tongue_named, words_in
from news.messages.words import FROM_RIGHT, Scene

LANGUAGES = spoken()[1:]
FIELD, COMMAND = re.compile(r"\{\w*\}"), re.compile(r"(?<![\w/<])/[a-z]+")
LONGEST = 4096
"""UTF-16 units of a message."""
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def scene(language: str, **topics: str) -> Scene:
    return Scene(words=words_in(language), now=NOW, topics=topics or texts.TOPIC_NAMES, bot="demo_bot")


def catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as written:
        return read_po(written, locale=language)


def translated(language: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The English forms and the forms of each text that is translated."""
    for each in catalogue(language):
        if each.id and is_translated(each):
            yield tuple(_forms(each.id)), tuple(_forms(each.string or ""))


def _forms(said: str | tuple[str, ...] | list[str]) -> Iterator[str]:
    yield from ((said,) if isinstance(said, str) else said)


def test_a_language_with_a_menu_of_commands_has_a_catalogue_and_the_reverse() -> None:
    assert sorted(said_of_commands()) == sorted(spoken())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_nothing_is_that_is_no_text(language: str) -> None:
    ours = {said if isinstance(said, str) else said[0] for _, said in english()}
    theirs = {next(_forms(each.id)): is_translated(each) for each in catalogue(language) if each.id}
    assert [key for key in theirs if key not in ours] == []
    assert [key for key in ours if not theirs.get(key)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_filled_with_what_english_is_and_names_the_same_commands(language: str) -> None:
    for english_forms, forms in translated(language):
        for form in forms:
            # Of several forms one may say “one” instead of the number.
            fits = any(sorted(FIELD.findall(form)) == sorted(FIELD.findall(each)) for each in english_forms)
            may_leave = len(english_forms) > 1 and {*FIELD.findall(form), "{n}"} == {*FIELD.findall(english_forms[1])}
            assert fits or may_leave, form
            assert sorted(COMMAND.findall(form)) == sorted(COMMAND.findall(english_forms[-1])), form


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_does_not_shout_and_counts_as_its_language_does(language: str) -> None:
    plurals = catalogue(language).num_plurals
    for english_forms, forms in translated(language):
        assert len(forms) == (1 if len(english_forms) == 1 else plurals), forms
        for form in forms:
            assert not set("!！¡") & set(form), form
            assert form == form.strip(), form


@pytest.mark.parametrize("language", spoken())
def test_the_longest_panels_fit_into_a_message(language: str) -> None:
    there = scene(language)
    kept: dict[str, timedelta] = {"articles": timedelta(60), "unanswered": timedelta(30)}
    some = [
        menus.help(there),
        menus.languages(there, translates=False),
        menus.reads(there, None),
        privacy.privacy(there, "classic", "channel", **kept, translates=True),
    ]
    assert [units(shown(each.html)) for each in some if units(shown(each.html)) > LONGEST] == []


def test_a_language_is_known_by_its_letters_and_by_its_name_there_here_and_in_english() -> None:
    words = words_in("fr")
    assert [tongue_named(each, words) for each in ("de", " Deutsch", "allemand", "GERMAN", "Klingon", "")] == [
        "de", "de", "de", "de", None, None,
    ]  # fmt: skip
    assert len({own_name(tag) for tag in spoken()}) == len(spoken())


@pytest.mark.parametrize(
    ("named", "language"),
    [("pt-br", "pt"), ("zh-hans", "zh"), ("DE", "de"), ("de_AT", "de"), ("sv", "en"), ("", "en"), ("../de", "en")],
)
def test_a_language_is_spoken_as_telegram_names_it_and_else_english(named: str, language: str) -> None:
    assert words_in(named).language == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_of_ours_is_called_as_its_reader_calls_it_and_an_operators_own_as_its_file_does(language: str) -> None:
    there = scene(language, world="World", science="Forschung & Co", our="{braces}", empty="", related="Related")
    its = words_in(language).known("World")
    assert there.names == {
        "world": its, "science": "Forschung & Co", "our": "{braces}", "empty": "", "related": "Related"
    }  # fmt: skip
    keyboard = panels.topics(there, ["world"]).keyboard
    assert keyboard[0][0].text == f"{its} ✓"


def test_what_is_no_text_of_ours_is_said_as_it_is() -> None:
    words = words_in("de")
    assert [words.known(each) for each in ("", "{odd} signs {", "Nothing we say")] == [
        "", "{odd} signs {", "Nothing we say",
    ]  # fmt: skip


def test_a_topic_of_a_filter_is_typed_in_ones_own_language_and_kept_as_everyone_reads_it() -> None:
    own, ours = {"science": "Ciencia", "environment": "Medio ambiente"}, {"science": "Science", "environment": "World"}
    typed = 'topic:ciencia -topic:"Medio Ambiente" (TOPIC:Science OR title:ciencia) "topic:ciencia"'
    kept = 'topic:science -topic:environment (TOPIC:Science OR title:ciencia) "topic:ciencia"'
    assert lasting(typed, names=own, topics=ours) == kept
    assert parse("topic:ciencia", topics=own) == Mark("topic", "science", "Ciencia")
    with pytest.raises(Unclear):
        parse("topic:ciencia", topics=ours)


def test_a_kept_filter_is_read_back_with_the_readers_name_of_a_topic() -> None:
    said = reading(parse("topic:science", topics=texts.TOPIC_NAMES), words_in("de"))
    assert words_in("de").known("Science") in said


def test_a_line_that_a_foreign_name_begins_is_read_from_the_right_where_its_language_is() -> None:
    said = {tag: words_in(tag).say(texts.ALREADY_ALERTED, what="Reuters") for tag in ("ar", "fa", "de", "en")}
    begins = {tag: words_in(tag).known(texts.ALREADY_ALERTED)[0] == "{" for tag in said}
    assert {tag: each.startswith(FROM_RIGHT) for tag, each in said.items()} == {
        tag: begins[tag] and tag in ("ar", "fa") for tag in said
    }


def test_a_day_begins_large_at_the_head_of_a_digest_and_as_its_language_has_it_elsewhere() -> None:
    moment = datetime(2024, 11, 2, 7, tzinfo=UTC)
    spoken = {tag: words_in(tag) for tag in ("fr", "de", "en")}
    said = {tag: (words.heading(moment, "UTC"), words.date(moment, "UTC")) for tag, words in spoken.items()}
    assert said == {
        "fr": ("Samedi 2 novembre", "samedi 2 novembre"),
        "de": ("Samstag, 2. November", "Samstag, 2. November"),
        "en": ("Saturday, 2 November", "Saturday, 2 November"),
    }
