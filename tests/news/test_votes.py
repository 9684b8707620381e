"""Votes: they weigh slowly, within bounds, and starve no topic."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.article import Article, Filing
from news.candidates import Candidate, rank
from news.digest import Budget, Item, choose, first_page
from news.votes import MOST, Scales, Weight, Weights, bounded, marks

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
WEIGHTS = st.lists(
    st.builds(
        Weight, st.sampled_from(("topic", "source")), st.sampled_from(("world", "sport", "Wire")), st.integers(-9, 9)
    ),
    unique_by=lambda each: (each.kind, each.value),
    max_size=6,
).map(bounded)
TOPICS = st.lists(st.sampled_from(("world", "sport", "culture")), unique=True, max_size=3).map(
    lambda names: tuple(Filing(each, 0.9) for each in names)
)


def candidate(number: int, topic: str, source: str = "Wire") -> Candidate[Article]:
    article = Article(
        id=number,
        story_id=number,
        first_seen_at=NOW,
        headline="word " * 40,
        topics=(Filing(topic, 0.9),),
        source=source,
    )
    return Candidate(article=article, source_count=1, story_first_seen_at=NOW)


def chosen(weights: Weights, some: list[Candidate[Article]], budget: Budget = Budget()) -> tuple[Item, ...]:  # noqa: B008
    scales = Scales(weights)
    topics = tuple(dict.fromkeys(each.article.topics[0].topic for each in some))
    weighed = rank(some, topics=topics, now=NOW, weigh=lambda each: scales.factor(each.topics, each.source))
    return choose(weighed, {each.article.id: each.article for each in some}, budget)


def test_a_vote_is_worth_two_hours_and_all_votes_are_worth_twelve() -> None:
    filed = (Filing("world", 0.9),)
    factors = [Scales(bounded([Weight("topic", "world", n)])).factor(filed, None) for n in (1, MOST, 99, -99)]
    assert factors == pytest.approx([2 ** (2 / 12), 2, 2, 0.5])


def test_a_story_on_several_topics_is_weighed_by_all_of_them() -> None:
    filed = (Filing("world", 0.9), Filing("sport", 0.3))
    scales = Scales((Weight("topic", "world", 4), Weight("topic", "sport", -4)))
    assert scales.factor(filed, None) == 1
    assert scales.factor(filed[:1], None) > 1 > scales.factor(filed[1:], None)
    alone = Scales((Weight("topic", "world", 4),))
    assert alone.factor(filed, None) == pytest.approx(2 ** (2 / MOST))


def test_a_topic_and_a_source_together_do_no_more_than_one_of_them_at_most() -> None:
    filed = (Filing("world", 0.9),)
    for votes in (MOST, -MOST):
        scales = Scales((Weight("source", "Wire", votes), Weight("topic", "world", votes)))
        assert scales.factor(filed, "Wire") == scales.factor(filed, None) == scales.factor((), "Wire")


@given(WEIGHTS, TOPICS, st.sampled_from((None, "Wire", "Herald")))
def test_no_votes_do_more_than_double_or_halve(
    weights: Weights, topics: tuple[Filing, ...], source: str | None
) -> None:
    scales = Scales(weights)
    factor = scales.factor(topics, source)
    assert 0.5 <= factor <= 2
    assert scales.bearing(topics, source) or factor == 1


def test_votes_for_and_against_in_equal_number_weigh_nothing() -> None:
    assert bounded([Weight("topic", "world", 0), Weight("source", "Wire", 9)]) == (Weight("source", "Wire", MOST),)


def test_a_topic_and_a_source_of_one_name_are_two_things() -> None:
    scales = Scales((Weight("source", "world", 6),))
    assert scales.factor((Filing("world", 0.9),), None) == 1
    assert Weight("source", "world", 1).key != Weight("topic", "world", 1).key


def test_more_of_a_topic_or_of_a_source_comes_first() -> None:
    some = [candidate(1, "world", "Herald"), candidate(2, "sport", "Post"), candidate(3, "world", "Wire")]
    assert chosen((Weight("topic", "sport", 1),), some)[0].article_id == 2
    assert chosen((Weight("source", "Wire", 1),), some)[0].article_id == 3
    assert [it.weight for it in chosen((Weight("topic", "sport", -6),), some)] == [1, 1, 0.5]


def test_the_topic_liked_least_keeps_a_place_on_the_first_page_beside_the_one_liked_most() -> None:
    some = [candidate(n, "world") for n in range(1, 31)] + [candidate(n, "sport") for n in range(31, 61)]
    items = chosen((Weight("topic", "sport", -MOST), Weight("topic", "world", MOST)), some)
    shown = [item.topic for item in items[: Budget().stories]]
    assert shown.count("world") > shown.count("sport") >= 1


@given(WEIGHTS, st.integers(1, 400))
def test_weights_change_no_budget(weights: Weights, words: int) -> None:
    some = [candidate(n, "world") for n in range(1, 21)] + [candidate(n, "sport") for n in range(21, 41)]
    budget = Budget(words=words, more=4)
    items, plain = chosen(weights, some, budget), chosen((), some, budget)
    assert len(items) == len(plain) == first_page(items, budget) + 4
    assert len({item.story_id for item in items}) == len(items)


def test_a_vote_is_about_all_topics_of_an_article_and_its_source() -> None:
    article = Article(
        id=1, story_id=1, first_seen_at=NOW, headline="A", topics=(Filing("world", 1), Filing("sport", 0.5))
    )
    assert marks(article) == [("topic", "world"), ("topic", "sport")]
    assert marks(candidate(1, "world").article) == [("topic", "world"), ("source", "Wire")]
