"""What a digest is chosen from."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from news.article import Filing
from news.candidates import rank
from news.chat import Wished
from news.pool import Outline, Pool, Wants, kept_out, stock

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TOPICS = ("world", "sport", "science", "business")
OWN = (Wished(11, "feed", "1"), Wished(12, "feed", "4"), Wished(13, "words", "comet"))


def a_pool(dice: random.Random, count: int) -> Pool:
    pool = Pool(NOW - timedelta(days=2))
    outlines = [
        Outline(
            id=each,
            story_id=dice.randint(1, count // 2),
            feed_id=dice.randint(1, 5),
            is_shared=dice.random() < 0.9,
            first_seen_at=NOW - timedelta(minutes=dice.randint(1, 3_000)),
            weight=(dice.randint(0, 3), dice.randint(0, 50), each),
            topics=tuple(Filing(topic, dice.random()) for topic in dice.sample(TOPICS, dice.randint(0, 2))),
        )
        for each in range(1, count)
    ]
    pool.stories = {each.story_id: (each.first_seen_at, dice.randint(1, 4)) for each in outlines}
    pool.add(outlines)
    pool.filtered = {"comet": set(dice.sample(range(1, count), count // 10))}
    pool.gone = set(dice.sample(range(1, count), count // 50))
    return pool


def test_what_topics_bring_is_ranked_once_for_many_as_it_would_be_for_each() -> None:
    dice = random.Random(5)
    pool = a_pool(dice, 1_200)
    for _ in range(60):
        topics = dice.sample(TOPICS, dice.randint(0, 3))
        own = dice.sample(OWN, dice.randint(0, 2))
        wishes = [*(Wished(at, "topic", each) for at, each in enumerate(topics)), *own]
        had = frozenset(dice.sample(sorted(pool.stories), dice.choice([0, 10, 200])))
        some = stock(pool, wishes, Wants(NOW - timedelta(days=1)), had=had, most=dice.choice([20, 90, 400]))
        alone = list(rank(list(some), topics=topics, now=NOW, subscriptions=wishes))

        together = rank(some.others, topics=topics, now=NOW, subscriptions=wishes, beside=some.merits(topics, NOW))
        assert list(together) == alone
        assert bool(alone) == bool(wishes)
        assert not had & {each.candidate.article.story_id for each in alone}


def test_what_mutes_keep_out_is_counted_of_what_the_other_wishes_bring_to_those_who_may_see_it() -> None:
    pool = Pool(NOW - timedelta(days=2))
    rows = [  # of which feed, whether all may see it, hours ago, on which topics
        (None, True, 3, ["sport"]),
        (1, True, 3, []),
        (2, True, 3, []),
        (3, False, 3, ["sport"]),
        (4, False, 3, ["sport"]),
        (None, True, 30, ["sport"]),
        (None, True, 3, ["world", "sport"]),
    ]
    pool.add(
        Outline(
            at, at, feed_id, is_shared, NOW - timedelta(hours=hours), (0, 0, at), tuple(Filing(t, 1) for t in topics)
        )
        for at, (feed_id, is_shared, hours, topics) in enumerate(rows, 1)
    )
    pool.filtered = {"ball": {1, 2, 3, 4, 5, 6}, "goal": {1}, "net": {3}}
    sport, mine, theirs = ("topic", "sport"), [("feed", "1"), ("feed", "4")], [("mute", "ball"), ("mute", "goal")]
    day_ago = NOW - timedelta(days=1)

    assert kept_out(pool, [sport, *theirs], day_ago) == 1
    assert kept_out(pool, [sport, *mine, *theirs], day_ago) == 3
    assert kept_out(pool, [sport, *theirs], NOW - timedelta(days=2)) == 2
    assert kept_out(pool, [("words", "net"), *theirs], day_ago) == 1
    assert kept_out(pool, [("words", "net"), *theirs], day_ago, ["sport"]) == 1
    assert kept_out(pool, [sport, ("words", "net")], day_ago) == 0
