"""Shorter forms of sentences: what may be left out, and what never is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.shortening import SHORTEST, bounds_a_claim, shortened
from news.vocabulary import length


@pytest.mark.parametrize(
    ("sentence", "shorter"),
    [
        (
            "Meanwhile, the ferry Halvard was towed to the harbour of Orsund.",
            "The ferry Halvard was towed to the harbour of Orsund.",
        ),
        (
            "The ferry Halvard (built in Lysoy) was towed to the harbour.",
            "The ferry Halvard was towed to the harbour.",
        ),
        (
            "Jonas Eide, who runs the harbour, told the board of three warnings.",
            "Jonas Eide told the board of three warnings.",
        ),
        (
            "Jonas Eide, who runs the harbour, repaints a light that was left alone.",
            "Jonas Eide repaints a light that was left alone.",
        ),
        (
            "Jonas Eide, 53, from Lysoy, was given the wheel of the ferry.",
            "Jonas Eide, 53, was given the wheel of the ferry.",
        ),
        (
            "Jonas Eide, a pilot of Lysoy, was given the wheel of the ferry.",
            "Jonas Eide was given the wheel of the ferry.",
        ),
        (
            "The Halvard -- a car ferry of Lysoy -- was towed to the harbour.",
            "The Halvard was towed to the harbour.",
        ),
        (
            "The storm closed the harbour of Orsund – a nightmare for the island.",
            "The storm closed the harbour of Orsund.",
        ),
        (
            "The storm closed the harbour of Orsund, leaving the ferries outside.",
            "The storm closed the harbour of Orsund.",
        ),
        (
            "The storm closed the harbour of Orsund, and the ferries were left outside.",
            "The storm closed the harbour of Orsund.",
        ),
        (
            "The ferry struck the shoal of Skarv, as the crew was changing watch.",
            "The ferry struck the shoal of Skarv.",
        ),
        (
            "The board read the recorder, the coastguard said on Friday.",
            "The board read the recorder, the coastguard said.",
        ),
        ("But the board also read the voyage recorder.", "The board read the voyage recorder."),
    ],
)
def test_what_only_adds_to_a_claim_may_be_left_out(sentence: str, shorter: str) -> None:
    assert shorter in shortened(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The captain, police allege, was asleep when the ferry struck.",
        "The captain was asleep when the ferry struck, a court heard.",
        "The captain was asleep, according to the harbour master of Orsund.",
        "The captain was asleep, said one passenger, speaking on condition of anonymity.",
        "According to the board, the captain was asleep at the wheel.",
        "The ferry will sail again, if the board allows it.",
        "The ferry, which may have been overloaded, was towed to the harbour.",
        "The ferry was towed to the harbour, which is not open to cars.",
        "The fire, which killed about 30 people, was put out by noon.",
        "Passengers who had paid for a cabin were given their money back.",
        "The island has a church, a school and a lighthouse.",
        "He was accused of taking boats, hiding them and selling the engines.",
        'The captain said "the fog, which was thick, hid the light" at noon.',
        "Unless it rains, the wells of the island will be dry by June.",
        "In 1985, the ferry struck the shoal of Skarv.",
        "The goal gave him 228 in the league, passing the mark of a man who, like him, made a name in Orsund.",
        "Everybody can find the light, but few are ready to pay (for mending it).",
        "Last Wednesday the board read the recorder in the Mail on Sunday.",
        "The men were tied, handcuffed, put in a boat and sent home.",
        "The drug, in mice, was found to shrink the tumours.",
        "Every party of the island, bar the Greens, was for the law.",
        "Prices of the island, excluding food, are falling again.",
        "As the story goes, the keeper of the light was drowned.",
        "The ferry will sail for the island again, after the board has read the recorder.",
        "The vote is on Tuesday and the result comes by Friday.",
        "Jonas Eide, 53, told the board of the warnings.",
        "The storm closed the harbour of Orsund, leaving four ferries outside.",
        "The board read the recorder on Friday, the coastguard said.",
        "The harbour of Orsund is swept by the council Tuesday mornings.",
        "The ferry Halvard (built in Lysoy)was towed to the harbour of Orsund.",
    ],
)
def test_attributions_negations_conditions_quotations_numbers_dates_and_lists_stay(sentence: str) -> None:
    assert shortened(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Eide left his car in a street near the station, where he works, for years.",
        "Films show a man of Orsund, whose name is known, kicking at the door of the ferry.",
        "Eide was charged with theft of a boat, resisting arrest at the harbour, and selling spirits.",
        "The ferry is known as the oldest of the coast, as the pride of the island.",
    ],
)
def test_a_closing_part_behind_which_the_claim_goes_on_stays(sentence: str) -> None:
    assert shortened(sentence) == []


def test_an_abbreviation_that_comes_to_stand_at_the_end_brings_no_second_stop() -> None:
    assert shortened("The ferry was sold to Lysoy Lines Ltd., which was founded by its crew.") == [
        "The ferry was sold to Lysoy Lines Ltd."
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "After leaving the captain ashore, he gave the wheel of the ferry to the mate.",
        "As the lights were mended, selling more boats was the plan of the harbour.",
        "Following the storm, the worst in memory on this coast, the mate was given the wheel.",
        "After coming back to the harbour, Eide was sure the recorder was still there.",
        "While prices rose in the north, boats of Orsund were sold for little.",
    ],
)
def test_an_opening_that_the_rest_leans_on_stays(sentence: str) -> None:
    assert shortened(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "“It shook me like a wave,” said Hakki, the president of the coastguard.",
        "Maren Sol, an expert for fog, told the board of the light.",
    ],
)
def test_who_a_speaker_is_stays(sentence: str) -> None:
    assert shortened(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Der Kapitän, der seit 1987 fährt, wurde am Mittwoch in Orsund gehört.",
        "El capitán, que navega desde 1987, declaró el miércoles en Orsund.",
        "Капитан, который ходит с 1987 года, дал показания в среду.",
        "船长（五十三岁）星期三在听证会上作证。",
    ],
)
def test_other_languages_are_left_whole(sentence: str) -> None:
    assert shortened(sentence) == []


PIECES = st.sampled_from(
    [
        *("the", "ferry", "was,", "who,", "which,", "said", "not", "if", "(left)", "--", "and,", "Orsund", "towed"),
        *("53,", "leaving", "killed;", "on", "Friday", "“", "”", "'", ".", "also", "But"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map(" ".join))
def test_a_shorter_form_has_the_words_of_the_sentence_in_their_order_and_all_that_bound_its_claim(text: str) -> None:
    def found(line: str) -> list[str]:
        return re.findall(r"\w+", line.casefold())

    for form in shortened(text):
        left = iter(found(text))
        assert all(word in left for word in found(form))
        assert length(form) >= SHORTEST
        for word in ("said", "not", "if"):
            assert found(form).count(word) == found(text).count(word)


@pytest.mark.parametrize(
    "part", ["police said", "isn't open", "which may sink", "at least a few", "the alleged thief", "two boats", "1987"]
)
def test_a_part_that_bounds_a_claim_is_known(part: str) -> None:
    assert bounds_a_claim(part)
    assert not bounds_a_claim("who runs the harbour of Orsund")
