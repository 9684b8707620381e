"""The general word table."""

import pytest

from news.frequencies import LANGUAGES, NEUTRAL, RARE, zipf
from news.lexicon import Lexicon
from news.vocabulary import words


@pytest.mark.parametrize(
    ("common", "telling", "language"),
    [
        ("the", "ceasefire", "en"),
        ("los", "embalse", "es"),
        ("und", "regierung", "de"),
        ("и", "полиция", "ru"),
        ("من", "الحكومة", "ar"),
        ("है", "सरकार", "hi"),
        ("我们", "政府", "zh"),
    ],
)
def test_a_telling_word_is_rarer_than_a_common_one(common: str, telling: str, language: str) -> None:
    assert RARE < zipf(telling, language) < zipf(common, language) < 9


def test_a_word_in_no_table_is_rare_and_a_language_without_a_table_weighs_all_words_alike() -> None:
    assert zipf("qwertzuiop", "en") == RARE
    assert zipf("2024", "en") == RARE
    assert zipf("the", "tlh") == zipf("qwertzuiop", None) == NEUTRAL


def test_an_apostrophe_hides_no_word() -> None:
    assert zipf("government's", "en") > 2
    assert zipf("l'eau", "fr") == zipf("eau", "fr")


def test_chinese_pairs_across_two_words_are_neither_unknown_nor_common() -> None:
    assert words("政府宣布") == ["政府", "府宣", "宣布"]
    assert RARE < zipf("府宣", "zh") < zipf("宣布", "zh")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_named_has_its_table(language: str) -> None:
    assert zipf("", language) == RARE


def test_words_of_the_same_bytes_in_memory_are_told_apart() -> None:
    """Python hashes 業 and mi alike."""
    known = Lexicon([("業", b"a"), ("mi", b"b")])

    assert (known.get("業"), known.get("mi"), known.get("im"), len(known)) == (b"a", b"b", None, 2)


def test_a_lexicon_without_words_knows_none() -> None:
    assert Lexicon([]).get("word") is None
