"""Splitting texts into sentences."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.sentences import split


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rain fell. It stopped! Why? Nobody knew…", ["Rain fell.", "It stopped!", "Why?", "Nobody knew…"]),
        (
            "Llegó el Sr. Pérez. ¿Qué dijo? Los EE. UU. callan.",
            ["Llegó el Sr. Pérez.", "¿Qué dijo?", "Los EE. UU. callan."],
        ),
        ("Am 3. Oktober kam Dr. Weiß. Er blieb.", ["Am 3. Oktober kam Dr. Weiß.", "Er blieb."]),
        ("В 2024 г. приехал И. Петров. Он ушёл.", ["В 2024 г. приехал И. Петров.", "Он ушёл."]),
        ("ذهب أحمد إلى السوق. هل عاد؟ نعم.", ["ذهب أحمد إلى السوق.", "هل عاد؟", "نعم."]),
        ("यह पहला है। यह दूसरा है।", ["यह पहला है।", "यह दूसरा है।"]),
        ("今天下雨。他说：“好。”然后走了！", ["今天下雨。", "他说：“好。”", "然后走了！"]),
    ],
    ids=["en", "es", "de", "ru", "ar", "hi", "zh"],
)
def test_sentences_end_at_the_stops_of_their_language(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    "one",
    [
        "Mr. Smith paid J. R. Hartley $3.5m for No. 5.",
        "The U.S. Senate met at 9 a.m. on Monday.",
        "He asked, “Why now?” and left.",
        "It cost 1.5 million... or so.",
        "Visit example.com or read v2.0 today.",
        "They won 3-0 vs. Leeds in St. Albans.",
        "See p. 12 and fig. 3.",
        "Walt Disney Co. executive Ken Moor spoke in Springfield, Ill., for Sam Ortiz Jr., his client.",
    ],
)
def test_abbreviations_initials_decimals_and_quotes_end_no_sentence(one: str) -> None:
    assert texts(one + " The next one follows.") == [one, "The next one follows."]


@pytest.mark.parametrize(
    "one",
    [
        "Viele Städte, z. B. Hamburg, helfen dem 1. FC Orsund bei max. 14 Grad.",
        "Varios países, p. ej. Francia, pagan más.",
        "Цена выросла, т. е. Орсунд платит больше.",
        "कृषि मंत्री डॉ. राम कुमार बोले।",
        "قال د. أحمد إن الخطة ستبدأ.",
        "Jak mówi kpt. Jan Nowak z ul. Długiej, ok. 300 osób czeka.",
        "Det dröjer till kl. 14.00, säger Eva Lind.",
        "Ziyareti Doç. Dr. Ayşe Kaya anlattı.",
        "Kecelakaan di Jl. Sudirman melukai dua orang.",
    ],
    ids=["de", "es", "ru", "hi", "ar", "pl", "sv", "tr", "id"],
)
def test_abbreviations_of_other_languages_end_no_sentence(one: str) -> None:
    assert texts(one + " Orsund.") == [one, "Orsund."]


def test_a_stop_set_apart_is_judged_by_the_word_before_it() -> None:
    spaced = "A quake of 6 . 9 was felt around 1 : 30 a . m . by the U . S . Navy , said J . Ortiz ."
    assert texts(spaced + " He was right .") == [spaced, "He was right ."]
    assert texts("Police found a . 38 revolver in the car .") == ["Police found a . 38 revolver in the car ."]


def test_a_letter_that_names_a_kind_may_end_a_sentence() -> None:
    assert texts("It was hepatitis A. State doctors came.") == ["It was hepatitis A.", "State doctors came."]
    assert texts("Scotland won Group B. Luca Toni left.") == ["Scotland won Group B.", "Luca Toni left."]
    assert texts("Heat it to 180 °C. Mix the flour.") == ["Heat it to 180 °C.", "Mix the flour."]
    assert texts("Это стоит 2 млрд руб. Двое против.") == ["Это стоит 2 млрд руб.", "Двое против."]
    assert texts("The plan of George A. Smith won.") == ["The plan of George A. Smith won."]


def test_a_chinese_sentence_does_not_take_the_quote_that_opens_the_next() -> None:
    assert texts("他走了。“好的。”她说。") == ["他走了。", "“好的。”", "她说。"]


def test_a_sentence_may_end_with_an_acronym_or_a_closing_quote() -> None:
    assert texts("He left the U.S. The firm stayed.") == ["He left the U.S.", "The firm stayed."]
    assert texts("“It is over.” She left.") == ["“It is over.”", "She left."]
    assert texts("He said no. The end came.") == ["He said no.", "The end came."]
    assert texts("He works at Orsund Inc. The firm grew.") == ["He works at Orsund Inc.", "The firm grew."]


def test_no_sentence_begins_with_a_lower_case_letter() -> None:
    assert texts("A woman who. claims to know. \nthe answer spoke.") == [
        "A woman who. claims to know. \nthe answer spoke."
    ]


def test_lines_and_empty_lines_part_sentences_without_a_stop() -> None:
    assert texts("Headline\nNext line\n\nlower after an empty line") == [
        "Headline",
        "Next line",
        "lower after an empty line",
    ]


def test_lines_broken_for_their_width_are_one_text_even_before_a_capital() -> None:
    wire = (
        "The city museum has returned a bronze\nhead to Benin. The head was taken by\n"
        "British troops in 1897 and bought by\nDirector Ruth Calder for her museum."
    )
    assert texts(wire)[1].split() == wire.split(". ")[1].split()
    assert texts("BRITISH TROOPS\nHome\n" + wire)[:2] == ["BRITISH TROOPS", "Home"]


@pytest.mark.parametrize(
    "lines",
    [
        "Most read today\nStorm kills five in the hills of Maroa\nHouse prices fall again",
        "Storm kills five in the hills of Maroa\nBread is dearer than it was last May\nHouses fall in price",
        "在雾中搁浅的渡轮上有二百一十四人\n渔船把所有人送到港口花了五个小时\n事故委员会将阅读渡轮的航行记录仪",
    ],
)
def test_lines_that_were_meant_as_such_stay_apart(lines: str) -> None:
    assert texts(lines) == lines.split("\n")


def test_a_page_that_lost_the_space_behind_a_stop_still_has_sentences() -> None:
    assert texts("It burned for nine hours.No one was hurt, police said. “All is well.”The firm is shut.") == [
        "It burned for nine hours.",
        "No one was hurt, police said.",
        "“All is well.”",
        "The firm is shut.",
    ]
    for one in ("She works for Booking.Com in Orsund.", "The U.S.Army left St.Albans am 5.Juni.", "See Rev.Smith."):
        assert texts(one) == [one]


@given(st.text(alphabet=st.sampled_from("aB .!?。\"'”“(\n—3é"), max_size=80) | st.text(max_size=80))
def test_every_sentence_stands_at_its_place_and_no_word_is_lost(text: str) -> None:
    found = split(text)

    assert all(text[s.start : s.end] == s.text == s.text.strip() != "" for s in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert "".join("".join(s.text.split()) for s in found) == "".join(text.split())


@pytest.mark.parametrize(
    "hostile", ["a" * 10**6, "." * 10**6, '. "' * 10**5, "A. " * 10**5, "\n" * 10**6, ".((((((" * 10**5]
)
def test_a_megabyte_of_nonsense_is_split_too(hostile: str) -> None:
    assert "".join(s.text for s in split(hostile)).count("a") == hostile.count("a")
