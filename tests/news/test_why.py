"""Why an article was no candidate for a digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.article import Article, Filing
from news.candidates import freshness
from news.chat import Subscription
from news.digest import Digest, Miss
from news.why import age, left_out

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
SINCE = NOW - timedelta(days=2)
DIGEST = Digest(chat_id=1, number=1, composed_at=NOW, items=(), pushed=0, topics=())
ARTICLE = Article(
    id=1,
    story_id=1,
    headline="A comet passes",
    first_seen_at=NOW - timedelta(hours=1),
    topics=(Filing("science", 0.9),),
)
TOPIC = Subscription(id=1, chat_id=1, kind="topic", value="science", created_at=SINCE)
MUTE = Subscription(id=2, chat_id=1, kind="mute", value="comet", created_at=SINCE)
MISS = Miss(position=31, story_id=9, article_id=9, reason="", source_count=1, score=1, fit=1, freshness=1)


def young(subscription: Subscription) -> Subscription:
    return replace(subscription, created_at=NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("digest", "article", "matching", "expected"),
    [
        (DIGEST, replace(ARTICLE, first_seen_at=NOW + timedelta(minutes=1)), [TOPIC, MUTE], ("later", None)),
        (DIGEST, ARTICLE, [TOPIC, MUTE], ("muted", MUTE)),
        (DIGEST, ARTICLE, [TOPIC, young(MUTE)], ("unclear", None)),
        (DIGEST, ARTICLE, [young(MUTE)], ("unfollowed", None)),
        (DIGEST, ARTICLE, [young(TOPIC)], ("since", young(TOPIC))),
        (DIGEST, replace(ARTICLE, first_seen_at=SINCE - timedelta(hours=1)), [TOPIC], ("old", None)),
        (replace(DIGEST, missed=(MISS,)), ARTICLE, [TOPIC], ("full", None)),
        (replace(DIGEST, asked="world"), ARTICLE, [TOPIC], ("asked", None)),
        (replace(DIGEST, asked="science", missed=(MISS,)), ARTICLE, [], ("full", None)),
    ],
)
def test_only_what_was_so_when_the_digest_was_composed_explains_it(
    digest: Digest, article: Article, matching: list[Subscription], expected: tuple[str, Subscription | None]
) -> None:
    given = left_out(digest, article, matching, SINCE)
    assert (given.cause, given.by) == expected


@pytest.mark.parametrize("hours", [0, 1, 12, 190])
def test_freshness_tells_how_long_a_story_had_been_known(hours: int) -> None:
    assert round(age(freshness(NOW - timedelta(hours=hours), NOW)) / timedelta(hours=1)) == hours
