"""What readers say they want: read, read back, and held against articles."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.filters import All, AnyOf, Filter, Mark, Not, Since, Term
from news.grammar import Unclear, parse, understood
from news.messages.filters import place, reading
from news.messages.words import Words
from news.roots import Roots, microseconds, openings, roots_of
from news.sieve import Sieve

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
TOPICS = {"world": "World", "science": "Science", "sport": "Sport"}
ARTICLE = roots_of(
    1,
    "Central bank holds interest rates",
    "The naïve forecasters in Zürich had expected a cut. Elections were held. Carbon prices rose.",
    NOW - timedelta(days=3),
    topics=["world"],
    feed="The Daily Gazette",
    language="en-GB",
)


def read(typed: str) -> Filter:
    return parse(typed, topics=TOPICS)


def is_wanted(typed: str) -> bool:
    return Sieve([ARTICLE]).wanted(read(typed), NOW) == [ARTICLE.id]


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
    assert is_wanted(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bitcoin or ethereum", "bitcoin OR ethereum"),
        ("(solar or wind) and not nuclear", "(solar OR wind) AND NOT nuclear"),
        ("climate but not football", "climate AND NOT football"),
        ("topic:world or title:comet", "topic:world OR title:comet"),
        ("rates not football", "rates NOT football"),
        ('"life and death" or rates', '"life and death" OR rates'),
        ("not guilty", "not guilty"),
        ("rock and", "rock and"),
        ("whether or not", "whether or not"),
        ("whether or not true", "whether or not true"),
        ("small but fine", "small but fine"),
        ("a or -b", "a or -b"),  # would bring nearly everything
        ("topic:world or", "topic:world or"),
    ],
)
def test_small_signs_are_taken_as_meant_where_only_a_sign_makes_sense(typed: str, meant: str) -> None:
    assert understood(typed, topics=TOPICS) == (meant, read(meant))


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
    assert not is_wanted(typed)


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
        ("x lang:elvish", "x lang:⟦elvish⟧"),
        ("x since:tuesday", "x since:⟦tuesday⟧"),
        ("x since:2026-13-01", "x since:⟦2026-13-01⟧"),
        ("cl* x", "⟦cl*⟧ x"),
        ("x ++", "x ⟦++⟧"),
        ("NOT football", "⟦NOT football⟧"),
        ("climate OR since:7d", "⟦climate OR since:7d⟧"),
        ("since:7d", "⟦since:7d⟧"),
        ("climate since:", "climate ⟦since:⟧"),
        ("climate since:0d", "climate since:⟦0d⟧"),
        ("topic: AND x", "⟦topic:⟧ AND x"),
        ("(climate title:)", "(climate title:⟦)⟧"),
        ('feed:"" x', 'feed:⟦""⟧ x'),
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
        ("title:rates lang:de", "articles in German that mention “rates” in the headline"),
        ("emiss* since:2w", "articles of the last 14 days that mention words that begin with “emiss”"),
        (
            '"solar power" (wind OR sun) -nuclear lang:en',
            "articles in English that mention “solar power” and either “wind” or “sun”, but not “nuclear”",
        ),
        (
            "(wind OR sun) topic:science lang:en",
            "articles filed on Science and in English that mention “wind” or “sun”",
        ),
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
        Sieve([ARTICLE]).wanted(wanted, NOW)
        shown = reading(wanted, Words())
    assert len(shown) > 1


NAMES = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "alphabet", "thetas"]


def _some_filter(dice: random.Random, depth: int = 0) -> str:
    word, other = dice.sample(NAMES, 2)
    kind = dice.randrange(10 if depth < 3 else 6)
    if kind < 2:
        return word
    if kind == 2:
        return dice.choice([f'"{word} {other}"', f'"{word} {other[:3]}*"', f'title:"{word} {other}"'])
    if kind == 3:
        return dice.choice(["topic:world", "topic:sport", "lang:en", 'feed:"the gazette"', "since:3d", "since:6d"])
    if kind == 4:
        return f"title:{word}"
    if kind == 5:
        return dice.choice([f"{word[:3]}*", f"title:{word[:4]}*"])
    left, right = _some_filter(dice, depth + 1), _some_filter(dice, depth + 1)
    return f"({left} {dice.choice(['AND', 'OR', 'NOT', 'AND NOT', 'OR NOT'])} {right})"


def _some_article(dice: random.Random, at: int) -> Roots:
    return roots_of(
        at,
        " ".join(dice.choices(NAMES, k=dice.randrange(1, 5))),
        " ".join(dice.choices(NAMES, k=dice.randrange(8))),
        NOW - timedelta(days=dice.randrange(9)),
        topics=dice.sample([*TOPICS], dice.randrange(2)),
        feed=dice.choice(["The Gazette", None]),
        language=dice.choice(["en", "de-AT", None]),
    )


def _plainly_wanted(part: Filter, article: Roots) -> bool:
    """What a filter means, said as simply as can be."""
    match part:
        case Term(stems, _, is_prefix, in_title):
            for row in [article.headline.split(), *([] if in_title else [article.body.split()])]:
                for at in range(len(row) - len(stems) + 1):
                    last = row[at + len(stems) - 1]
                    is_last = last == stems[-1] or (
                        is_prefix and (last.startswith(stems[-1]) or last in openings(stems[-1]))
                    )
                    if is_last and row[at : at + len(stems) - 1] == list(stems[:-1]):
                        return True
            return False
        case Mark(name, value):
            return f":{name}:{value}".replace(" ", "+") in article.marks.split()
        case Since(_, age, at):
            return article.seen_at >= microseconds(NOW - age if age else at or NOW)
        case Not(inner):
            return not _plainly_wanted(inner, article)
        case All(parts):
            return all(_plainly_wanted(each, article) for each in parts)
        case AnyOf(parts):
            return any(_plainly_wanted(each, article) for each in parts)


def test_many_filters_held_against_many_articles_bring_what_each_means_for_each() -> None:
    dice = random.Random(7)
    articles = [_some_article(dice, at) for at in range(100, 230)]
    sieve, tried = Sieve(articles), 0
    for _ in range(500):
        try:
            wanted = read(_some_filter(dice))
        except Unclear:  # wants nothing
            continue
        tried += 1
        assert sieve.wanted(wanted, NOW) == [each.id for each in articles if _plainly_wanted(wanted, each)], wanted
    assert tried > 200


def test_a_filter_held_against_no_article_brings_none() -> None:
    assert Sieve([]).wanted(read("rates -football since:2d"), NOW) == []


def test_fields_have_their_own_shapes() -> None:
    assert read("topic:World") == read("topic: world") == Mark("topic", "world", "World")
    assert read("title: rates") == read("title:rates")
    assert read("x since:2d") == All((Term(("x",), "x"), Since("2d", age=timedelta(days=2))))
    assert read("re: hello") == All((Term(("re",), "re:"), Term(("hello",), "hello")))


@pytest.mark.parametrize(
    ("typed", "like"),
    [
        ("rates -(zinc OR tin)", "rates NOT (zinc OR tin)"),
        ("rates −zinc", "rates -zinc"),
        ("rates --zinc", "rates -zinc"),
        ("「rates」", '"rates"'),
        ("rates lang:english", "rates lang:en"),
        ("rates lang:en-US", "rates lang:en"),
    ],
)
def test_what_means_the_same_is_read_the_same(typed: str, like: str) -> None:
    assert read(typed) == read(like)
    assert isinstance(read("日本*"), Term)
