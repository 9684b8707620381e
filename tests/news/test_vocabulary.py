"""Words, their stems and their weights."""

from __future__ import annotations

import pytest

from news.vocabulary import content, length, stem, weight, words


def test_words_keep_figures_apostrophes_and_the_marks_of_their_script() -> None:
    assert words("Don't pay $3.5 or 1,200 सेवाएँ") == ["Don't", "pay", "3.5", "or", "1,200", "सेवाएँ"]


def test_scripts_without_spaces_give_pairs_of_letters() -> None:
    assert words("今天下雨 now 雨") == ["今天", "天下", "下雨", "now", "雨"]


@pytest.mark.parametrize(
    "family",
    [
        ("election", "elections"),
        ("kill", "killed", "kills", "killing"),
        ("run", "running"),
        ("policy", "policies"),
        ("minister", "minister's"),
    ],
)
def test_forms_of_one_word_share_a_stem(family: tuple[str, ...]) -> None:
    assert len({stem(word) for word in family}) == 1


def test_short_words_figures_and_foreign_words_keep_what_tells_them_apart() -> None:
    assert [stem("bus"), stem("gas"), stem("2026"), stem("лес")] == ["bus", "gas", "2026", "лес"]
    assert stem("правительство") == stem("правительства")


def test_rare_words_weigh_more_than_everyday_ones() -> None:
    assert weight(stem("people")) < weight(stem("hospital")) < weight(stem("halvard"))


def test_content_leaves_out_function_words_of_every_language() -> None:
    assert content("The storms in the north and das Haus в городе a") == ["storm", "north", "haus", "городе"]


def test_two_letters_of_an_unspaced_script_read_as_one_word() -> None:
    assert length("Two words 今天下雨") == 4
