"""Which articles are copies of one another."""

from dataclasses import replace

import pytest

from news.article import Entry
from news.copies import imprint, is_copy

WIRE = Entry(
    headline="Ferry runs aground in the strait",
    paragraphs=tuple(
        f"On day {number} the harbour master counted {number * 7} boats that went out to number {number}."
        for number in range(12)
    ),
)


def test_the_same_text_under_another_headline_and_byline_is_a_copy() -> None:
    again = replace(WIRE, headline="Stranded!", byline="Copy Desk", url="https://example.org/2")
    assert is_copy(imprint(WIRE), imprint(again))


def test_one_added_sentence_leaves_a_copy_and_a_new_half_does_not() -> None:
    added = replace(WIRE, paragraphs=(*WIRE.paragraphs, "Nobody was hurt."))
    other = tuple(f"Nothing of the kind was heard by {number} others, who said so." for number in range(12))
    assert is_copy(imprint(WIRE), imprint(added))
    assert not is_copy(imprint(WIRE), imprint(replace(WIRE, paragraphs=WIRE.paragraphs[:6] + other)))


def test_a_wire_is_a_copy_with_what_each_publisher_puts_around_it() -> None:
    report = (
        "The European bank kept its key rate at two percent on Thursday and said that inflation would stay low.",
        "Its president told reporters in Orsund that the council had not discussed a cut and would meet again in May.",
    )
    wire = Entry(headline="Rate kept", paragraphs=("ORSUND (Wire) - " + report[0], report[1], "(Editing by B. Jones)"))
    page = Entry(
        headline="Bank holds",
        paragraphs=(
            "By Our Staff",
            "Published 5 March 2026 at 13:00",
            "Advertisement",
            *report,
            "Subscribe to our newsletter for more business news of the day.",
            "© 2026 The Harbour Post. All rights reserved.",
            "More in Business",
        ),
    )
    assert is_copy(imprint(wire), imprint(page))


def test_a_few_words_that_agree_are_no_copy() -> None:
    short = Entry(headline="Storm kills five")
    assert not is_copy(imprint(short), imprint(short))
    assert not is_copy(imprint(Entry(headline="")), imprint(Entry(headline="")))


def test_a_bare_headline_of_some_length_can_be_copied() -> None:
    bare = Entry(headline="Ferry runs aground in the strait and all 214 people are taken off")
    assert is_copy(imprint(bare), imprint(bare))


@pytest.mark.parametrize("hostile", ["a" * 10**6, "ab " * 300_000, "雨" * 10**6, "\ud800 " * 1000])
def test_an_imprint_is_small_whatever_is_imprinted(hostile: str) -> None:
    assert len(imprint(Entry(headline=hostile, paragraphs=(hostile,)))) <= 256
