"""What readers say they want: read, read back, and held against articles."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.filters import All, AnyOf, Document, Filter, Index, Mark, Not, Since, Term, Unclear, document, matches, parse
from news.messages.filters import place, reading
from news.messages.words import Words

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
TOPICS = {"world": "World", "science": "Science", "sport": "Sport"}
ARTICLE = document(
    "Central bank holds interest rates",
    "The naïve forecasters in Zürich had expected a cut. Elections were held. Carbon prices rose.",
    first_seen_at=NOW - timedelta(days=3),
    topics=["world"],
    feed="The Daily Gazette",
    language="en-GB",
)


def read(typed: str) -> Filter:
    return parse(typed, topics=TOPICS)


@pytest.mark.parametrize(
    "typed",
    [
        "rates",
        "RATE",  # case and endings do not count
        "zurich naive",  # nor accents
        "election",
        '"interest rate"',
        "“interest rates”",
        "carb* price",
        '"central ban*"',
        "football OR carbon",
        "rates NOT football",
        "rates -football",
        "(football OR carbon) AND prices",
        "title:bank",
        'title:"interest rates"',
        "title:(football OR bank)",
        "topic:world",
        "topic:World rates",
        'feed:"the daily gazette"',
        "lang:en rates",
        "rates since:7d",
        "rates since:2026-11-01",
        "NOT NOT rates",
    ],
)
def test_a_filter_brings_what_it_asks_for(typed: str) -> None:
    assert matches(read(typed), ARTICLE, NOW)


@pytest.mark.parametrize(
    "typed",
    [
        "rates football",
        '"rates interest"',
        '"rates the"',  # the headline and the text do not touch
        "footb*",
        "rates -carbon",
        "rates NOT (football OR carbon)",
        "title:carbon",
        'title:"carbon prices"',
        "topic:sport",
        "feed:gazette",
        "lang:de rates",
        "rates since:2d",
        "rates since:2026-11-20",
    ],
)
def test_a_filter_keeps_out_what_it_does_not_ask_for(typed: str) -> None:
    assert not matches(read(typed), ARTICLE, NOW)


def test_not_binds_before_and_and_and_before_or() -> None:
    a, b, c = (Term((each,), each) for each in "abc")
    assert read("a OR b c") == AnyOf((a, All((b, c))))
    assert read("NOT a b") == All((Not(a), b))
    assert read("a (b OR c)") == All((a, AnyOf((b, c))))


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("climate (carbon", "climate ⟦(⟧carbon"),
        ("climate) carbon", "climate⟦)⟧ carbon"),
        ('climate "carbon tax', 'climate ⟦"carbon tax⟧'),
        ("climate AND", "climate ⟦AND⟧"),
        ("OR climate", "⟦OR⟧ climate"),
        ("climate NOT", "climate ⟦NOT⟧"),
        ("topc:world x", "⟦topc:⟧world x"),
        ("topic:wrld x", "topic:⟦wrld⟧ x"),
        ("x lang:english", "x lang:⟦english⟧"),
        ("x since:tuesday", "x since:⟦tuesday⟧"),
        ("x since:2026-13-01", "x since:⟦2026-13-01⟧"),
        ("cl* x", "⟦cl*⟧ x"),
        ("x ++", "x ⟦++⟧"),
        ("NOT football", "⟦NOT football⟧"),
        ("climate OR since:7d", "⟦climate OR since:7d⟧"),
        ("", "⟦⟧"),
        ("(" * 9 + "x" + ")" * 9, "(" * 8 + "⟦(⟧" + "x" + ")" * 9),
    ],
)
def test_what_cannot_be_read_is_shown_at_its_place(typed: str, where: str) -> None:
    with pytest.raises(Unclear) as unclear:
        read(typed)
    assert place(typed, unclear.value) == where
    assert str(unclear.value)[-1] in ".?"


def test_a_topic_misspelled_is_named() -> None:
    with pytest.raises(Unclear, match=r"Perhaps Science\?"):
        read("topic:scence")


@pytest.mark.parametrize(
    ("typed", "back"),
    [
        ("climate carbon", "articles that mention “climate” and “carbon”"),
        ("climate OR carbon", "articles that mention “climate” or “carbon”"),
        ('climate -football -"world cup"', "articles that mention “climate”, but not “football” or “world cup”"),
        ("climate NOT (a OR b)", "articles that mention “climate”, but not “a” or “b”"),
        ("topic:world -sport", "articles filed on World, but not “sport”"),
        ("title:rates lang:de", "articles that mention “rates” in the headline and in German"),
        ("emiss* since:2w", "articles that mention words that begin with “emiss” and of the last 14 days"),
        ('feed:"The Gazette" since:6h', "articles from “The Gazette” and of the last 6 hours"),
    ],
)
def test_a_filter_is_read_back_in_plain_words(typed: str, back: str) -> None:
    assert reading(read(typed), Words()) == back


@given(st.text(alphabet='ab "()*-:ANDORNOTtopicsincelangword', max_size=60) | st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(typed: str) -> None:
    try:
        wanted = read(typed)
    except Unclear as unclear:
        shown = place(typed, unclear)
    else:
        matches(wanted, ARTICLE, NOW)
        shown = reading(wanted, Words())
    assert len(shown) > 1


def _some_filter(dice: random.Random, depth: int = 0) -> str:
    word = dice.choice(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"])
    kind = dice.randrange(9 if depth < 3 else 5)
    if kind < 2:
        return word
    if kind == 2:
        return f'"{word} {dice.choice(["alpha", "beta"])}"'
    if kind == 3:
        return f"{dice.choice(['topic:world', 'topic:sport', 'lang:en'])}"
    if kind == 4:
        return f"title:{word}" if dice.random() < 0.5 else f"{word[:3]}*"
    left, right = _some_filter(dice, depth + 1), _some_filter(dice, depth + 1)
    return f"({left} {dice.choice(['AND', 'OR', 'NOT', 'AND NOT'])} {right})"


def _some_article(dice: random.Random) -> Document:
    names = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "alphabet", "thetas"]
    text = " ".join(dice.choices(names, k=dice.randrange(1, 8)))
    return document(
        text, " ".join(dice.choices(names, k=4)), first_seen_at=NOW, topics=dice.sample([*TOPICS], 1), language="en"
    )


def test_an_index_of_many_filters_finds_what_each_alone_would() -> None:
    dice = random.Random(7)
    index: Index[int] = Index()
    kept: dict[int, Filter] = {}
    for number in range(400):
        try:
            kept[number] = read(_some_filter(dice))
        except Unclear:  # wants nothing, such as (a OR (b NOT c)) never is, but NOT alone
            continue
        index.add(number, kept[number])
    for number in [*kept][::5]:
        index.remove(number, kept.pop(number))
    assert len(index) == len(kept)
    for _ in range(60):
        article = _some_article(dice)
        assert index.matching(article, NOW) == {key for key, one in kept.items() if matches(one, article, NOW)}


def test_a_filter_that_is_taken_back_brings_nothing() -> None:
    index: Index[str] = Index()
    index.add("one", read("rates"))
    index.add("two", read("rate"))
    index.remove("one", read("rates"))
    index.remove("nobody", read("carbon"))
    assert index.matching(ARTICLE, NOW) == {"two"}


def test_fields_have_their_own_shapes() -> None:
    assert read("topic:World") == Mark("topic", "world", "World")
    assert read("x since:2d") == All((Term(("x",), "x"), Since("2d", age=timedelta(days=2))))
    assert read("re: hello") == All((Term(("re",), "re:"), Term(("hello",), "hello")))
