"""A followed story: what is new in it comes at once, once, outside the night, until the follow ends."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from jobs.compose import compose_now
from jobs.correct import edit_messages
from jobs.deliver import deliver
from news.alerts import LONGEST_FOLLOW, SILENCE, followed_until
from news.article import Article, Entry
from storage import Storage
from storage.corrections import Standing
from tests.jobs.given import NOW, Clock, FakeTelegram, a_chat, a_reader, morning, news
from tests.jobs.test_alert import an_alert, at_once
from tests.jobs.test_updates import AGAIN, FERRY, HOLE, TWELVE, told


async def follow(
    storage: Storage, clock: Clock, article: Article, chat_id: int = 7, thread_id: int | None = None
) -> None:
    now = clock.tick(minutes=1)
    until = followed_until(now, now)
    title, value = article.headline, str(article.id)
    await storage.subscriptions.add(chat_id, "story", value, now, title=title, thread_id=thread_id, ends_at=until)


async def goes_on(storage: Storage, clock: Clock, article: Article, *lines: str, feed_id: int | None = None) -> Article:
    clock.tick(minutes=1)
    return await told(storage, clock, *lines, story_id=article.story_id, feed_id=feed_id)


async def test_what_is_new_in_a_followed_story_comes_at_once_as_a_reply_to_the_message_that_told_it(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    chat = await a_reader(storage, since=NOW)
    first = await told(storage, clock, *FERRY)
    await compose_now(storage, chat, now=clock())
    await deliver(storage, telegram, owner="me", clock=clock)
    [before] = await storage.outbox.of(7)
    await follow(storage, clock, first)
    await goes_on(storage, clock, first, AGAIN)
    nothing_new = await at_once(storage, telegram, clock)
    await goes_on(storage, clock, first, AGAIN, HOLE)
    something_new = await at_once(storage, telegram, clock)
    again = await at_once(storage, telegram, clock)

    assert (nothing_new, something_new, again) == (0, 1, 0)
    update = telegram.sent[-1].message
    assert update.html.startswith("<b>New in a story you follow</b>\n1 story, about 1 minute\n\n<b>1  Ferry")
    assert HOLE in update.html
    assert AGAIN not in update.html
    assert (update.reply_to, update.is_silent) == (before.message_id, False)
    assert "Stop following" in [button.text for row in update.keyboard for button in row]


async def test_of_a_story_that_no_digest_told_all_counts_as_had_that_came_before_what_was_read(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    first = await told(storage, clock, HOLE)
    read = await goes_on(storage, clock, first, *FERRY)
    await goes_on(storage, clock, first, TWELVE)
    await follow(storage, clock, read)
    before = await at_once(storage, telegram, clock)
    await goes_on(storage, clock, first, AGAIN, HOLE)
    known = await at_once(storage, telegram, clock)
    await goes_on(storage, clock, first, TWELVE)
    unread = await at_once(storage, telegram, clock)

    assert (before, known, unread) == (0, 0, 1)
    assert TWELVE in telegram.to(7)[0]


async def test_no_digest_repeats_what_a_followed_story_told(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage, since=NOW)
    first = await told(storage, clock, *FERRY)
    await follow(storage, clock, first)
    await goes_on(storage, clock, first, HOLE)
    await at_once(storage, telegram, clock)
    await news(storage, "Comet passes", now=clock())
    clock.now = NOW + timedelta(days=1)
    await morning(storage, telegram, clock)

    digest = telegram.to(7)[1]
    assert "Comet passes" in digest
    assert HOLE not in digest


async def test_only_who_follows_it_is_told_and_who_may_not_see_it_is_not(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    feed = await storage.feeds.add("https://a.example", now=clock(), is_shared=False)
    for chat_id in (7, 8, 9):
        await a_chat(storage, chat_id)
    await storage.subscriptions.add(8, "feed", str(feed.id), clock())
    first = await told(storage, clock, *FERRY)
    for chat_id in (7, 8):
        await follow(storage, clock, first, chat_id)
    await goes_on(storage, clock, first, HOLE, feed_id=feed.id)
    assert await at_once(storage, telegram, clock) == 1
    assert [sent.chat_id for sent in telegram.sent] == [8]


async def test_what_is_new_at_night_waits_for_the_morning_even_if_the_follow_ends_meanwhile(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    first = await told(storage, clock, *FERRY)
    clock.now = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    await follow(storage, clock, first)
    clock.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    await goes_on(storage, clock, first, HOLE)
    night = await at_once(storage, telegram, clock)
    clock.now = datetime(2026, 11, 24, 6, 59, tzinfo=UTC)
    early = await at_once(storage, telegram, clock)
    clock.tick(minutes=1)
    assert (night, early, await at_once(storage, telegram, clock)) == (0, 0, 1)


async def test_a_follow_ends_by_itself_after_days_without_news_and_after_a_month_in_any_case(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat_id in (7, 8):
        await a_chat(storage, chat_id)
    first, other = await told(storage, clock, *FERRY), await told(storage, clock, "Rain falls in Orsund.")
    await follow(storage, clock, first)
    await follow(storage, clock, other, 8)
    begun, days = clock(), 0
    while clock() < begun + LONGEST_FOLLOW:
        assert [each.chat_id for each in await storage.subscriptions.alerts(7)] == [7]
        await goes_on(storage, clock, first, f"Divers counted {1_000_003 * 2**days} crates of apples.")
        await at_once(storage, telegram, clock)
        assert len(await storage.subscriptions.alerts(8)) == (days < SILENCE.days)
        clock.tick(days=1, minutes=5)
        days += 1
    await goes_on(storage, clock, first, HOLE)
    assert await at_once(storage, telegram, clock) == 0
    assert await storage.subscriptions.alerts(7) == []
    assert len(telegram.to(7)) == days
    assert not await storage.alerts.is_waiting(clock())


async def test_what_only_says_it_again_keeps_no_follow_going(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    first = await told(storage, clock, *FERRY)
    await follow(storage, clock, first)
    clock.tick(days=4)
    await goes_on(storage, clock, first, AGAIN)
    await at_once(storage, telegram, clock)
    clock.tick(days=1, hours=1)
    await at_once(storage, telegram, clock)
    assert await storage.subscriptions.alerts(7) == []


async def test_what_a_digest_told_first_keeps_a_follow_going_too(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage, since=NOW, times=(time(7),))
    first = await told(storage, clock, *FERRY)
    await follow(storage, clock, first)
    clock.now = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)
    await goes_on(storage, clock, first, HOLE)
    await at_once(storage, telegram, clock)
    clock.now = datetime(2026, 11, 28, 7, 0, tzinfo=UTC)
    await morning(storage, telegram, clock)
    twice = await at_once(storage, telegram, clock)
    [followed] = await storage.subscriptions.alerts(7)
    assert (twice, followed.ends_at) == (0, clock() + SILENCE)


async def test_what_came_just_before_the_end_is_told(storage: Storage, telegram: FakeTelegram, clock: Clock) -> None:
    await a_chat(storage)
    first = await told(storage, clock, *FERRY)
    await follow(storage, clock, first)
    clock.tick(days=5, minutes=-2)
    await goes_on(storage, clock, first, HOLE)
    clock.tick(hours=1)
    assert await at_once(storage, telegram, clock) == 1


@pytest.mark.parametrize("moved", ["the article", "what was read"])
async def test_a_second_look_that_regroups_stories_loses_nothing_of_a_follow(
    storage: Storage, telegram: FakeTelegram, clock: Clock, moved: str
) -> None:
    await a_chat(storage)
    first = await told(storage, clock, *FERRY)
    await follow(storage, clock, first)
    clock.tick(minutes=1)
    newer = await told(storage, clock, HOLE)
    apart = await at_once(storage, telegram, clock)
    one, other = (newer, first) if moved == "the article" else (first, newer)
    await storage.stories.move({one.id: other.story_id}, {})
    together = await at_once(storage, telegram, clock)

    assert (apart, together) == (0, 1)
    assert HOLE in telegram.to(7)[0]


async def test_what_a_second_look_takes_out_of_a_followed_story_before_it_is_told_is_not_told(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    first = await told(storage, clock, *FERRY)
    await follow(storage, clock, first)
    clock.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    newer = await goes_on(storage, clock, first, HOLE)
    await at_once(storage, telegram, clock)
    await storage.stories.move({newer.id: -1}, {-1: {"hole": 1.0}})
    clock.tick(hours=9)
    assert await at_once(storage, telegram, clock) == 0


async def test_a_story_that_is_followed_and_matches_an_alert_is_one_message_that_can_be_stopped(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    await an_alert(storage, clock, "divers OR comet")
    first = await told(storage, clock, *FERRY)
    await follow(storage, clock, first)
    await goes_on(storage, clock, first, AGAIN, HOLE)
    await news(storage, "Comet passes", now=clock())
    assert await at_once(storage, telegram, clock) == 1
    [html] = telegram.to(7)
    assert html.startswith("<b>Alert: ")
    assert "“divers OR comet”" in html.split("\n")[0]
    assert "a story you follow" in html.split("\n")[0]
    assert AGAIN not in html
    [stop] = [each.text for row in telegram.sent[0].message.keyboard for each in row if "Stop" in each.text]
    assert stop in ("Stop following 1", "Stop following 2")


async def test_who_paused_or_stopped_is_told_nothing_of_a_story_nor_later_of_then(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage, 7, since=NOW)
    await a_chat(storage, 8)
    first = await told(storage, clock, *FERRY)
    for chat_id in (7, 8):
        await follow(storage, clock, first, chat_id)
    [its] = await storage.schedules.of(7)
    await storage.schedules.pause(7, {its.id: clock() + timedelta(days=2)})
    await storage.chats.update(8, state="stopped")
    await goes_on(storage, clock, first, HOLE)
    meanwhile = await at_once(storage, telegram, clock)
    await storage.schedules.pause(7, {})
    await storage.chats.update(8, state="active")
    later = await at_once(storage, telegram, clock)
    await goes_on(storage, clock, first, TWELVE)

    assert (meanwhile, later, await at_once(storage, telegram, clock)) == (0, 0, 2)


async def test_articles_that_are_followed_outlive_others(storage: Storage, clock: Clock) -> None:
    await a_chat(storage)
    first, other = await told(storage, clock, *FERRY), await told(storage, clock, HOLE)
    await follow(storage, clock, first)
    await storage.tidy(articles_before=clock() + timedelta(days=1), seen_before=clock())
    assert [each.id for each in await storage.articles.read([first.id, other.id])] == [first.id]


async def test_a_follow_comes_in_the_thread_it_was_made_in(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    group = -(10**12) - 5
    await a_chat(storage, group, kind="supergroup")
    first = await told(storage, clock, *FERRY)
    await follow(storage, clock, first, group, thread_id=3)
    await goes_on(storage, clock, first, HOLE)
    await at_once(storage, telegram, clock)
    assert [sent.thread_id for sent in telegram.sent] == [3]


@pytest.mark.parametrize("is_followed", [True, False])
async def test_what_is_corrected_keeps_its_button_to_stop_following_while_the_story_is_followed(
    storage: Storage, telegram: FakeTelegram, clock: Clock, is_followed: bool
) -> None:
    await a_chat(storage, look="rich")
    first = await told(storage, clock, *FERRY)
    await follow(storage, clock, first)
    newer = await goes_on(storage, clock, first, HOLE)
    await at_once(storage, telegram, clock)
    clock.tick(minutes=1)
    for each in [] if is_followed else await storage.subscriptions.following(7, newer.id):
        await storage.subscriptions.remove(7, each.kind, each.value)
    entry = Entry(headline="Ferry towed to Orsund", paragraphs=("Towed.",))
    await storage.corrections.record(Standing(newer.id, newer.headline, None, None), entry, "headline", None, clock())
    await edit_messages(storage, now=clock())
    await deliver(storage, telegram, owner="me", clock=clock)
    first_sent, edit = telegram.sent
    assert edit.edits
    rows = first_sent.message.keyboard
    assert edit.message.keyboard == (rows if is_followed else tuple([row for row in rows if "Stop" not in row[0].text]))
    assert "Ferry towed to Orsund" in edit.message.html
    assert first_sent.message.html.startswith("<h2>New in a story you follow</h2>")
