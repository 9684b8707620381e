"""What others say about an article, held against it."""

from __future__ import annotations

import random

import pytest

from news.article import Entry
from news.support import Support, Witness
from tests.news.claiming import Claims, claims, made

TEXT = (
    "Orsund, which lies on the strait, lost power on Monday, police said. "
    "The mayor, Ann Berg, did not order the 340 workers of the old mill to leave. "
    "If the dam breaks, about 2,000 people may have to go. "
    "For its critics, the law is a disaster. "
    "Ferries were ordered to stay in port. "
    "“The mayor lied to us. The police knew for years. Nobody came,” Per Holt said. "
    "Two firms cut 12 percent of their jobs in the U.S. on Friday and did not say why. "
    "Holt's firm, built up over 30 years, was one of them. "
    "It was sold on 3 May 2023, and the other one on 3 May 2024. "
    "Did the mayor know of the sale? "
    "The Foxes beat the Herons 3-1 in the final."
)


def supported(said: str, text: str = TEXT) -> Support | None:
    return Witness(Entry(headline="", paragraphs=(text,))).support(said)


@pytest.mark.parametrize(
    "said",
    [
        "Orsund lost power on Monday, police said.",
        "The mayor did not order the 340 workers of the old mill to leave.",
        "If the dam breaks, about 2,000 people may have to go.",
        "Ferries were ordered to stay in port.",
        "The Foxes beat the Herons 3–1 in the final.",
        "Police said Orsund, which lies on the strait, lost power on Monday.",
        "Police said that Orsund lost power on Monday.",
        "2 firms cut 12% of their jobs in the US on Friday and didn’t say why.",
    ],
)
def test_a_sentence_of_the_article_with_whole_parts_left_away_is_supported(said: str) -> None:
    place = supported(said)
    assert place is not None
    assert said.split()[-2] in TEXT[place.start : place.end]


@pytest.mark.parametrize(
    "said",
    [
        "Orsund lost power on Monday.",  # who said so
        "Orsund lost power on Tuesday, police said.",
        "The mayor ordered the 340 workers of the old mill to leave.",
        "The mayor did not order the 350 workers of the old mill to leave.",
        "The mayor did not order workers of the old mill to leave.",
        "The dam breaks, about 2,000 people may have to go.",
        "If the dam breaks, 2,000 people may have to go.",
        "If the dam breaks, about 2,000 people have to go.",
        "The law is a disaster.",
        "Ferries ordered to stay in port.",  # who orders is turned round
        "Ferries are ordered to stay in port.",
        "The Herons beat the Foxes 3-1 in the final.",
        "The Foxes beat the Herons 1-3 in the final.",
        "The harbour of Orsund burned down on Monday.",
        "The police knew for years.",  # so somebody said
        "Two firms cut 12 of their jobs in the U.S. on Friday and did not say why.",
        "Two firms cut 12 percent of their jobs in the U.S. on Friday and did say why.",
        "The mayor, Ann Berg, was one of them.",  # of two sentences
        "Did the mayor know of the sale.",
        "The mayor did know of the sale.",
        "It was sold on 3 May 2023, and the other one on 3 May 2024.",  # of which one may be wrong
        "Orsund.",
        "",
    ],
)
def test_what_says_more_less_or_other_than_the_article_is_not(said: str) -> None:
    assert supported(said) is None


@pytest.mark.parametrize(
    ("text", "lie"),
    [
        (
            "The mayor, said the paper, was wrong about the bridge.",
            "The mayor said the paper was wrong about the bridge.",
        ),
        ("The men, who had lied to them all, were freed.", "The men who had lied to them all were freed."),
        ("A few lorries reached the town of Tarn.", "Few lorries reached the town of Tarn."),
        ("UN troops left the town on Friday.", "Troops left the town on Friday."),
        ("The firm paid the town £5 million.", "The firm paid the town $5 million."),
        ("The lake lost 1,5 million litres in May.", "The lake lost 15 million litres in May."),
        ("Captain Edwards praised the crew at noon.", "Captain Edward praised the crew at noon."),
        ("The army is attacking the hills at night.", "The army is attacked the hills at night."),
        ("The drug, in mice, cured the illness.", "The drug cured the illness."),
        ("Every party, bar the Greens, backed the law.", "Every party backed the law."),
        ("Prices, excluding food, fell in the summer.", "Prices fell in the summer."),
        ("The debt will be paid, once the ship is sold.", "The debt will be paid."),
        ("The road will be closed, after the court rules.", "The road will be closed."),
        ("Ana Ruiz, Bo Ek and Cy Moss swam; Dan Orr, who steered, drowned.", "Ana Ruiz, who steered, drowned."),
        ("The bridge fell, but nobody was warned.", "But nobody was warned that the bridge fell."),
        ("The bridge fell, whatever Berg said.", "Whatever Berg said that the bridge fell."),
        ("The bridge fell, a man who was warned said.", "A man who was warned that the bridge fell said."),
        ("Hall was drunk, and he hit Berg, police said.", "Police said Hall was drunk, and he hit Berg."),
    ],
)
def test_a_sign_a_letter_or_a_part_may_be_what_the_truth_rests_on(text: str, lie: str) -> None:
    assert supported(text, text)
    assert supported(lie, text) is None


@pytest.mark.parametrize("given", claims(), ids=lambda each: each.entry.text[:30])
def test_no_lie_about_an_article_is_believed(given: Claims) -> None:
    witness = Witness(given.entry)
    assert [lie for lie in given.lies if witness.support(lie)] == []
    by_rule = list(made(given.entry, random.Random(7), most=8))
    assert len(by_rule) > 100 or not given.entry.text.isascii()
    assert [(kind, lie) for kind, lie in by_rule if witness.support(lie)] == []


def test_most_sentences_that_leave_parts_away_are_believed() -> None:
    given = claims()
    believed = [bool(Witness(each.entry).support(line)) for each in given for line in each.shorter]
    assert len(believed) > 70
    assert sum(believed) > 0.9 * len(believed)


def test_a_sentence_that_leans_on_the_one_before_says_so() -> None:
    place = supported("Holt's firm was one of them.")
    assert place is not None
    assert place.leans_on is None
    text = "The mayor of Orsund praised the police. He was arrested on the same day."
    leaning = supported("He was arrested on the same day.", text)
    assert leaning is not None
    assert leaning.leans_on == text.index(" He")
