"""Which articles tell one event."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.article import Entry
from news.sketches import STORY_TERMS, TERMS, joined, likeness, sketch
from news.stories import WINDOW, Index, bar, better_headline
from news.story import Story

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FERRY = Entry(
    headline="Ferry Halvard runs aground in Orsund Strait",
    paragraphs=(
        "The ferry Halvard struck the Skarv shoal in fog on Thursday and all 214 people aboard were taken off.",
    ),
)
RETOLD = Entry(
    headline="Fishing boats rescue 212 from grounded Orsund ferry",
    paragraphs=(
        "Half the harbour put to sea when the Halvard hit the Skarv shoal; a ferry had never grounded there in fog.",
    ),
)
OTHER_FERRY = Entry(
    headline="Ferry Lindqvist catches fire off Port Amsel",
    paragraphs=(
        "A fire broke out on the car deck of the Lindqvist on Monday and 58 people were taken off by helicopter.",
    ),
)


def story(entry: Entry, number: int = 1, seen: datetime = NOW) -> Story:
    return Story(
        id=number,
        headline=entry.headline,
        first_seen_at=seen,
        last_seen_at=seen,
        sources=("Wire",),
        sketch=sketch(entry),
    )


def index_of(*stories: Story) -> Index:
    index = Index()
    index.put_all(stories)
    return index


def test_a_second_telling_joins_the_story() -> None:
    assert index_of(story(OTHER_FERRY, 2), story(FERRY, 1)).find(sketch(RETOLD), NOW) == 1


def test_another_event_of_the_same_kind_opens_its_own_story() -> None:
    assert index_of(story(FERRY)).find(sketch(OTHER_FERRY), NOW) is None


def test_a_notice_of_the_same_form_opens_its_own_story_and_a_correction_of_one_does_not() -> None:
    def appeal(who: str, street: str, number: str) -> Entry:
        text = f"{who} was robbed in {street} in Wexby on Tuesday night. Police ask witnesses to call {number}."
        return Entry(headline=f"Police appeal after theft in {street}", paragraphs=(text,), language="en")

    index = index_of(story(appeal("A courier", "Mill Lane", "415-2231")))
    assert index.find(sketch(appeal("A pensioner", "Quay Street", "620-8874")), NOW) is None
    assert index.find(sketch(appeal("A courier", "Mill Lane", "415-2239")), NOW) == 1


def test_the_same_text_is_fully_alike() -> None:
    again = replace(FERRY, url="https://example.org/copy", byline="Copy Desk")
    assert likeness(sketch(FERRY), sketch(again)) == pytest.approx(1.0)


def test_a_story_that_brought_nothing_for_a_week_takes_no_more_articles() -> None:
    old = story(FERRY, seen=NOW - WINDOW - timedelta(seconds=1))
    assert index_of(old).find(sketch(FERRY), NOW) is None
    assert index_of(old).find(sketch(FERRY), NOW - timedelta(minutes=1)) == old.id


def test_of_two_equal_stories_the_newest_wins_then_the_lowest_number() -> None:
    older, newer = story(FERRY, 1, NOW - timedelta(hours=1)), story(FERRY, 2)
    assert index_of(older, newer).find(sketch(FERRY), NOW) == 2
    assert index_of(newer, story(FERRY, 3)).find(sketch(FERRY), NOW) == 2


def test_headline_figures_and_names_weigh_most() -> None:
    weights = sketch(Entry(headline="Storm hits 4000 in Orsund", paragraphs=("filler " * 60 + "late orchard word",)))
    assert min(weights["4000"], weights["orsund"]) > weights["orchard"]


def test_function_words_and_lone_letters_are_in_no_sketch() -> None:
    assert sketch(Entry(headline="The a of x is", paragraphs=("and the of y",))) == {}


def test_a_publishers_name_at_the_end_of_its_headlines_says_nothing() -> None:
    said = Entry(headline="Lanes close south of Seymour - WDRB 41 News", source="WDRB")
    assert sketch(said) == sketch(replace(said, headline="Lanes close south of Seymour"))
    assert "wdrb" in sketch(replace(said, source="The Herald"))


def test_a_bare_headline_joins_more_readily_than_a_text() -> None:
    assert bar(sketch(Entry(headline=FERRY.headline))) < bar(
        sketch(replace(FERRY, paragraphs=FERRY.paragraphs + RETOLD.paragraphs))
    )


def test_an_empty_sketch_is_like_nothing() -> None:
    assert likeness({}, sketch(FERRY)) == 0.0
    assert index_of(story(FERRY)).find({}, NOW) is None
    assert Index().find(sketch(FERRY), NOW) is None


def test_a_joined_story_is_like_both_of_its_articles() -> None:
    both = joined(sketch(FERRY), sketch(RETOLD))
    assert likeness(both, sketch(FERRY)) > likeness(sketch(RETOLD), sketch(FERRY))
    assert likeness(both, sketch(RETOLD)) > likeness(sketch(RETOLD), sketch(FERRY))


def test_a_story_put_again_replaces_itself() -> None:
    index = index_of(story(FERRY, 1))
    index.put(1, sketch(OTHER_FERRY), NOW)

    assert len(index) == 1
    assert index.find(sketch(FERRY), NOW) is None
    assert index.find(sketch(OTHER_FERRY), NOW) == 1


def test_a_story_takes_articles_as_if_their_sketches_were_joined() -> None:
    taken, put = Index(), Index()
    taken.take(1, sketch(FERRY), NOW)
    taken.take(1, sketch(RETOLD), NOW)
    put.put(1, joined(sketch(FERRY), sketch(RETOLD)), NOW)
    assert taken.find(sketch(RETOLD), NOW) == put.find(sketch(RETOLD), NOW) == 1
    assert taken._packed == put._packed


def test_the_index_agrees_with_looking_at_every_story() -> None:
    names = ("ferry", "bank", "film", "planet", "cup", "marsh", "bus", "clinic")
    told = [
        Entry(headline=f"{a} {b} {number + 10}")
        for number, (a, b) in enumerate((a, b) for a in names for b in names if a != b)
    ]
    index = index_of(*(story(entry, number, NOW + timedelta(seconds=number)) for number, entry in enumerate(told)))

    for number, entry in enumerate(told):
        likest = max(range(len(told)), key=lambda other: likeness(sketch(entry), sketch(told[other])))
        assert index.find(sketch(entry), NOW) == likest == number


def test_a_dropped_story_is_found_no_more() -> None:
    index = index_of(story(FERRY, 1), story(OTHER_FERRY, 2))
    index.drop(1)
    index.drop(3)

    assert index.find(sketch(FERRY), NOW) is None
    assert index.find(sketch(OTHER_FERRY), NOW) == 2


def test_a_live_story_takes_less_than_a_kilobyte_in_any_script() -> None:
    hindi = ["भूकंप", "राजधानी", "अस्पताल", "बचावकर्मी", "इमारत", "मलबा", "मुख्यमंत्री", "घायल", "सड़क", "पुल", "नदी", "गाँव"]
    words = [f"{one}{other}" for one in hindi for other in hindi][:STORY_TERMS]
    before, after = Index(), Index()
    tracemalloc.start()
    try:
        for number in range(2_000):
            before.put(number, {}, NOW)
        empty = tracemalloc.get_traced_memory()[0]
        for number in range(2_000):
            after.put(number, {f"{word}{number}": 1.0 for word in words}, NOW)
        full = tracemalloc.get_traced_memory()[0] - empty
    finally:
        tracemalloc.stop()

    assert full / 2_000 < 1_000


def test_weights_beyond_all_measure_are_no_accident() -> None:
    index = Index()
    index.put(1, {"ferry": 1e300, "fog": 1e-300, "": 0.5, "\0\ud800": 1.0}, NOW)
    index.put(2, {"fog": 1e-300}, NOW)
    assert index.find({"ferry": 1.0}, NOW) == 1
    assert index.find({"fog": 0.0}, NOW) is None


def test_the_headline_that_says_more_of_a_story_becomes_its_headline() -> None:
    sum_of_both = joined(sketch(FERRY), sketch(RETOLD))
    vague = "What we know so far"

    assert better_headline(sum_of_both, vague, FERRY) == FERRY.headline
    assert better_headline(sum_of_both, FERRY.headline, replace(FERRY, headline=vague)) == FERRY.headline
    assert better_headline(sum_of_both, FERRY.headline, FERRY) == FERRY.headline


WORDS = st.lists(
    st.sampled_from(["ferry", "Halvard", "214", "fog", "雨天", "المطر", "a", "the", "3.5"]) | st.text(max_size=8),
    max_size=90,
)


@given(WORDS.map(" ".join), WORDS.map(" ".join))
def test_sketches_are_small_of_unit_length_and_the_same_again(headline: str, text: str) -> None:
    entry = Entry(headline=headline, paragraphs=(text,))
    terms = sketch(entry)

    assert len(terms) <= TERMS
    assert not terms or sum(value**2 for value in terms.values()) == pytest.approx(1.0)
    assert list(sketch(entry).items()) == list(terms.items())
    assert len(joined(terms, sketch(FERRY))) <= TERMS


@pytest.mark.parametrize("hostile", ["a" * 10**6, "ab " * 300_000, "雨" * 10**6, "1.1" * 300_000])
def test_a_megabyte_of_nonsense_has_a_small_sketch(hostile: str) -> None:
    assert len(sketch(Entry(headline=hostile, paragraphs=(hostile,)))) <= TERMS
