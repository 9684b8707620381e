"""Ranking stories and composing a digest to a budget."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news import digest as deciding
from news.article import Article, Bullet, Filing
from news.candidates import Candidate, of_fit, of_sources, rank
from news.chat import Subscription
from news.digest import Budget, Digest, Item, edition_of, first_page, reading_minutes, reading_words

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)


def candidate(
    number: int,
    *topics: str,
    sources: int = 1,
    hours: float = 1,
    subscriptions: tuple[int, ...] = (),
    story: int | None = None,
    words: int = 10,
    confidence: float = 0.9,
) -> Candidate[Article]:
    seen = NOW - timedelta(hours=hours)
    article = Article(
        id=number,
        story_id=story or number,
        first_seen_at=seen,
        headline="word " * words,
        bullets=tuple(Bullet(f"Bullet {n} of it.", "publisher") for n in range(5)),
        topics=tuple(Filing(topic, confidence) for topic in topics),
        source="Wire",
        url=f"https://example.org/{number}",
        language="en",
    )
    return Candidate(article=article, source_count=sources, story_first_seen_at=seen, subscriptions=subscriptions)


def choose(
    candidates: Sequence[Candidate[Article]],
    *,
    topics: tuple[str, ...],
    now: datetime = NOW,
    budget: Budget = Budget(),  # noqa: B008
    subscriptions: tuple[Subscription, ...] = (),
) -> tuple[Item, ...]:
    articles = {each.article.id: each.article for each in candidates}
    return deciding.choose(rank(candidates, topics=topics, now=now, subscriptions=subscriptions), articles, budget)


def compose(candidates: Sequence[Candidate[Article]], *, topics: tuple[str, ...], **more: Any) -> Digest:
    filed = {filing.topic for each in candidates for filing in each.article.topics}
    items = choose(candidates, topics=topics, subscriptions=more.pop("subscriptions", ()))
    return deciding.compose(items, topics=topics, filed=filed, **more)


def numbers(*candidates: Candidate[Article], topics: tuple[str, ...] = ("world",)) -> list[int]:
    return [item.article_id for item in choose(candidates, topics=topics, now=NOW)]


def wish(number: int, kind: str, value: str) -> Subscription:
    return Subscription(id=number, chat_id=1, kind=kind, value=value, created_at=NOW)  # type: ignore[arg-type]


def test_a_story_that_more_sources_tell_comes_first() -> None:
    assert numbers(candidate(1, "world"), candidate(2, "world", sources=4)) == [2, 1]


def test_a_story_we_saw_later_comes_first_whatever_its_feed_dates_say() -> None:
    assert numbers(candidate(1, "world", hours=9), candidate(2, "world", hours=2)) == [2, 1]


def test_a_story_from_the_future_is_merely_fresh() -> None:
    assert numbers(candidate(1, "world", hours=-5, sources=1), candidate(2, "world", hours=0, sources=2)) == [2, 1]


def test_a_story_that_fits_its_topic_better_comes_first() -> None:
    assert numbers(candidate(1, "world", confidence=0.3), candidate(2, "world")) == [2, 1]


def test_a_busy_topic_leaves_room_for_the_others() -> None:
    busy = [candidate(n, "world", sources=3) for n in range(1, 20)]
    quiet = [candidate(n, "science") for n in range(20, 23)]

    first_five = choose([*busy, *quiet], topics=("world", "science"), now=NOW)[:5]

    assert {item.topic for item in first_five} == {"world", "science"}


def test_each_story_is_told_once_by_its_better_candidate() -> None:
    twice = (candidate(1, "world", story=7, hours=9), candidate(2, "science", story=7))
    assert numbers(*twice, topics=("world", "science")) == [2]


def test_an_item_shows_three_bullets_and_says_what_brought_it() -> None:
    (item,) = choose([candidate(1, "science", "world")], topics=("world",), now=NOW)

    assert (item.position, item.topic, item.reason, len(item.bullets)) == (1, "world", "topic:world", 3)
    assert (item.source, item.url, item.language) == ("Wire", "https://example.org/1", "en")


def test_feeds_and_words_bring_stories_of_any_topic_or_none() -> None:
    wishes = (wish(3, "feed", "12"), wish(4, "words", "tea"), wish(5, "topic", "world"))
    found = choose(
        [
            candidate(1, "science", subscriptions=(3,)),
            candidate(2, subscriptions=(4, 9)),
            candidate(3, "world", subscriptions=(5,)),
            candidate(4, "science"),
        ],
        topics=("world",),
        now=NOW,
        subscriptions=wishes,
    )

    assert {item.article_id: (item.reason, item.topic) for item in found} == {
        1: ("feed:12", "science"),
        2: ("words:tea", None),
        3: ("topic:world", "world"),
        4: ("", "science"),
    }


def test_the_first_page_holds_seven_stories_and_the_rest_waits_behind_more() -> None:
    many = [candidate(n, "world") for n in range(1, 60)]
    digest = compose(many, chat_id=5, number=2, topics=("world",), now=NOW)

    assert (len(digest.items), digest.pushed) == (30, 7)
    assert [item.position for item in digest.items] == list(range(1, 31))


def test_a_budget_of_words_rules_the_first_page_and_shows_at_least_one_story() -> None:
    many = [candidate(n, "world", words=80) for n in range(1, 60)]
    items = choose(many, topics=("world",), now=NOW, budget=Budget(words=3 * 230, more=4))
    pushed = first_page(items, Budget(words=3 * 230))

    assert sum(map(reading_words, items[:pushed])) <= 690 < sum(map(reading_words, items[: pushed + 1]))
    assert len(items) == pushed + 4
    assert first_page(items, Budget(words=1)) == 1
    assert first_page(items[:2], Budget(words=10_000)) == 2


def test_reading_takes_at_least_a_minute() -> None:
    items = choose([candidate(n, "world", words=220) for n in (1, 2)], topics=("world",), now=NOW)

    assert reading_minutes(()) == 1
    assert reading_minutes(items[:1]) == 2
    assert reading_minutes(items) == 3


def test_a_digest_names_its_topics_in_the_readers_order_and_what_is_missing() -> None:
    failing = (("Wire", NOW - timedelta(days=1)),)
    digest = compose(
        [candidate(1, "sport"), candidate(2, "world"), candidate(3, "culture", subscriptions=(3,))],
        chat_id=5,
        number=2,
        topics=("world", "science", "sport"),
        now=NOW,
        subscriptions=(wish(3, "feed", "12"),),
        failing_feeds=failing,
        since=NOW - timedelta(days=1),
    )

    assert digest.topics == ("world", "sport", "culture")
    assert digest.footer.quiet_topics == ("science",)
    assert digest.footer.failing_feeds == failing
    assert (digest.chat_id, digest.number, digest.composed_at, digest.since) == (5, 2, NOW, NOW - timedelta(days=1))


def test_a_digest_of_nothing_is_empty_and_says_that_all_topics_are_quiet() -> None:
    digest = compose([], chat_id=5, number=1, topics=("world", "sport"), now=NOW)

    assert (digest.items, digest.pushed, digest.topics) == ((), 0, ())
    assert digest.footer.quiet_topics == ("world", "sport")


CANDIDATES = st.lists(
    st.builds(
        lambda number, story, topics, sources, hours, subscriptions: candidate(
            number, *topics, story=story, sources=sources, hours=hours, subscriptions=subscriptions
        ),
        st.integers(1, 40),
        st.integers(1, 20),
        st.lists(st.sampled_from(("world", "sport", "science")), unique=True, max_size=2),
        st.integers(0, 5),
        st.integers(-3, 90),
        st.sampled_from(((), (3,), (3, 5))),
    ),
    unique_by=lambda c: c.article.id,
    max_size=30,
)


@given(CANDIDATES, st.integers(0, 8), st.integers(0, 8), st.none() | st.integers(0, 400), st.randoms())
def test_the_same_candidates_in_any_order_make_the_same_digest_within_its_budget(
    candidates: list[Candidate[Article]], stories: int, more: int, words: int | None, luck: random.Random
) -> None:
    budget, wishes = Budget(stories, more, words), (wish(3, "feed", "12"), wish(5, "topic", "sport"))
    items = choose(candidates, topics=("world", "sport"), now=NOW, budget=budget, subscriptions=wishes)
    shuffled = luck.sample(candidates, len(candidates))

    assert items == choose(shuffled, topics=("world", "sport"), now=NOW, budget=budget, subscriptions=wishes)
    assert [item.position for item in items] == list(range(1, len(items) + 1))
    assert len({item.story_id for item in items}) == len(items) <= first_page(items, budget) + more
    if len(items) < first_page(items, budget) + more:
        assert {item.story_id for item in items} == {c.article.story_id for c in candidates}


@given(CANDIDATES)
def test_what_was_chosen_is_chosen_alike_among_itself_alone(candidates: list[Candidate[Article]]) -> None:
    wishes = (wish(3, "feed", "12"), wish(5, "topic", "sport"))
    first = list(islice(rank(candidates, topics=("world", "sport"), now=NOW, subscriptions=wishes), 6))
    again = rank([each.candidate for each in first], topics=("world", "sport"), now=NOW, subscriptions=wishes)

    assert list(again) == first


@given(CANDIDATES)
def test_a_score_is_the_product_of_the_parts_that_are_kept_of_it(candidates: list[Candidate[Article]]) -> None:
    for each in rank(candidates, topics=("world", "sport"), now=NOW, subscriptions=(wish(3, "feed", "12"),)):
        product = of_fit(each.fit) * of_sources(each.candidate.source_count) * each.freshness
        assert each.score == pytest.approx(product, abs=1e-6)


def test_the_first_stories_that_there_was_no_room_for_are_remembered_by_their_place() -> None:
    candidates = [candidate(n, "world", hours=n) for n in range(1, 60)]
    ranked = list(rank(candidates, topics=("world",), now=NOW))
    items = deciding.choose(ranked, {each.article.id: each.article for each in candidates})
    missed = deciding.missed(ranked, len(items))

    assert [(each.position, each.article_id) for each in missed] == [(n, n) for n in range(31, 41)]
    assert missed[0].score < items[-1].score
    assert deciding.missed(ranked[:30], 30) == ()


def test_digests_that_missed_other_stories_are_other_editions() -> None:
    digest = compose([candidate(1, "world")], chat_id=5, number=1, topics=("world",), now=NOW)
    ranked = list(rank([candidate(n, "world") for n in (1, 2)], topics=("world",), now=NOW))
    missing = replace(digest, missed=deciding.missed(ranked, 1))
    aged = replace(digest, missed=tuple(replace(each, score=0.1, freshness=0.1) for each in missing.missed))

    assert len({edition_of(each) for each in (digest, missing, replace(digest, asked="world"))}) == 3
    assert edition_of(aged) == edition_of(missing)
