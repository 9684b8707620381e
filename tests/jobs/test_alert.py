"""Alert: what matches comes at once, once, outside the night, and only to who asked for it and may see it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from jobs.alert import alert
from jobs.compose import compose, compose_now
from jobs.correct import edit_messages
from jobs.deliver import deliver
from news.alerts import comes_at
from news.article import Entry
from news.chat import NIGHT
from storage import Storage
from storage.corrections import Standing
from tests.jobs.given import NOW, Clock, FakeTelegram, a_chat, a_reader, instead, morning, news, states
from tests.jobs.test_updates import FERRY, HOLE, told
from tests.storage.given import an_article


async def an_alert(storage: Storage, clock: Clock, typed: str = "comet", chat_id: int = 7, **more: Any) -> None:
    await storage.subscriptions.add(chat_id, "alert", typed, clock(), **more)


async def at_once(storage: Storage, telegram: FakeTelegram, clock: Clock) -> int:
    """What matched is told and sent; to how many chats."""
    done = await alert(storage, now=clock())
    await deliver(storage, telegram, owner="me", clock=clock)
    assert done.accidents == ()
    return done.digests


async def test_what_matches_comes_at_once_and_once(storage: Storage, telegram: FakeTelegram, clock: Clock) -> None:
    await a_chat(storage)
    await a_chat(storage, 8)
    await news(storage, "Comet of before the alert")
    await an_alert(storage, clock)
    await an_alert(storage, clock, "border OR comet", 8)
    await news(storage, "Comet passes", "A late goal", now=clock.tick(minutes=1))
    first = await at_once(storage, telegram, clock)
    again = await at_once(storage, telegram, clock)
    await news(storage, "Border opens", now=clock.tick(minutes=1))
    third = await at_once(storage, telegram, clock)

    assert (first, again, third) == (2, 0, 1)
    [html], [_, last] = telegram.to(7), telegram.to(8)
    assert html.startswith("<b>Alert: “comet”</b>\n1 story, about 1 minute\n\n<b>1  Comet passes</b>")
    assert "• Bullet 0" in html
    assert "Border opens" in last
    assert not any("goal" in each or "before" in each for each in (html, last))
    assert not telegram.sent[0].message.is_silent


async def test_several_matches_of_one_round_are_one_message_that_says_which_alert_brought_each(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    await an_alert(storage, clock)
    await an_alert(storage, clock, "border")
    await news(storage, "Comet passes", "Border opens", now=clock.tick(minutes=1))
    await at_once(storage, telegram, clock)
    [html] = telegram.to(7)
    assert html.startswith("<b>Alert: ")
    assert html.count("· “comet”") == html.count("· “border”") == 1


async def test_what_is_too_much_for_one_message_is_behind_more_and_the_rest_is_said(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(sqlite)
    await an_alert(sqlite, clock)
    await news(sqlite, *(f"Comet {at} passes" for at in range(35)), now=clock.tick(minutes=1))
    await at_once(sqlite, telegram, clock)
    [sent] = telegram.sent
    assert "7 of 30 stories" in sent.message.html
    assert "More matched than is listed here" in sent.message.html
    assert "More ▾" in [button.text for row in sent.message.keyboard for button in row]


async def test_the_next_digest_does_not_repeat_it_nor_look_back_less_far_for_it(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage, days=frozenset({0}))
    await news(storage, "Told on Monday")
    await morning(storage, telegram, clock)
    await an_alert(storage, clock)
    await news(storage, "Lichen of Tuesday", now=clock.tick(days=1))
    await news(storage, "Comet passes", now=clock.tick(days=3))
    await at_once(storage, telegram, clock)
    clock.tick(days=3)
    await morning(storage, telegram, clock)

    digest = telegram.to(7)[2]
    assert "Lichen of Tuesday" in digest
    assert "Comet passes" not in digest


async def test_what_a_digest_told_comes_as_an_alert_only_with_something_new(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    chat = await a_reader(storage, since=NOW)
    first = await told(storage, clock, *FERRY)
    await an_alert(storage, clock, "lifeboats OR divers")
    await compose_now(storage, chat, now=clock())
    clock.tick(minutes=1)
    await told(storage, clock, FERRY[0], story_id=first.story_id)
    quiet = await at_once(storage, telegram, clock)
    await told(storage, clock, HOLE, story_id=first.story_id)
    update = await at_once(storage, telegram, clock)

    assert (quiet, update) == (0, 1)
    assert HOLE in telegram.to(7)[1]
    assert "Update: new since you last read" in telegram.to(7)[1]


NO_HOURS: tuple[time, ...] = ()
NOON, EARLY = (time(12), time(14)), (time(22), time(2, 30))


@pytest.mark.parametrize(
    ("zone", "quiet", "matched", "comes"),
    [
        ("UTC", NIGHT, "2026-11-23T21:59", "2026-11-23T21:59"),
        ("UTC", NIGHT, "2026-11-23T22:00", "2026-11-24T07:00"),
        ("UTC", NIGHT, "2026-11-24T06:59", "2026-11-24T07:00"),
        ("UTC", NIGHT, "2026-11-24T07:00", "2026-11-24T07:00"),
        ("Asia/Kolkata", NIGHT, "2026-11-23T18:00", "2026-11-24T01:30"),
        ("Europe/Berlin", NIGHT, "2026-10-24T21:00", "2026-10-25T06:00"),  # clocks are put back that night
        ("Pacific/Apia", NIGHT, "2026-11-23T08:00", "2026-11-23T08:00"),
        (None, NIGHT, "2026-11-23T23:30", "2026-11-24T07:00"),
        ("UTC", NO_HOURS, "2026-11-23T23:30", "2026-11-23T23:30"),
        ("UTC", NOON, "2026-11-23T11:59", "2026-11-23T11:59"),
        ("UTC", NOON, "2026-11-23T12:00", "2026-11-23T14:00"),
        ("UTC", NOON, "2026-11-23T23:30", "2026-11-23T23:30"),
        ("Europe/Berlin", EARLY, "2026-03-29T00:30", "2026-03-29T01:30"),  # 02:30 does not exist: it is 03:30
        ("Europe/Berlin", EARLY, "2026-10-25T00:10", "2026-10-25T00:30"),
        ("Europe/Berlin", EARLY, "2026-10-25T01:10", "2026-10-25T01:10"),  # 02:10 again, after the first 02:30
    ],
)
def test_quiet_hours_are_of_the_chats_own_time(
    zone: str | None, quiet: tuple[time, ...], matched: str, comes: str
) -> None:
    at, then = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (matched, comes))
    assert comes_at(at, zone, quiet) == then


@pytest.mark.parametrize(
    ("quiet", "told"), [((), "23:00"), ((time(21), time(6)), "06:00"), ((time(9), time(8)), "08:00")]
)
async def test_what_waits_is_moved_when_quiet_hours_are_changed(
    storage: Storage, telegram: FakeTelegram, clock: Clock, quiet: tuple[time, ...], told: str
) -> None:
    await a_chat(storage)
    await an_alert(storage, clock)
    clock.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    await news(storage, "Comet passes", now=clock())
    await at_once(storage, telegram, clock)
    await storage.alerts.hush(7, quiet, clock())
    while not await at_once(storage, telegram, clock):
        clock.tick(minutes=30)
    assert f"{clock():%H:%M}" == told
    assert len(telegram.to(7)) == 1


async def test_who_moves_to_where_it_is_day_need_not_wait(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage, zone="UTC")
    await an_alert(storage, clock)
    clock.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    await news(storage, "Comet passes", now=clock())
    before = await at_once(storage, telegram, clock)
    await storage.schedules.rezone(7, "America/New_York", clock(), {})
    assert (before, await at_once(storage, telegram, clock)) == (0, 1)


async def test_what_matches_at_night_comes_at_seven_in_one_message(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage, zone="Asia/Kolkata")
    await an_alert(storage, clock)
    clock.now = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # half past one
    for headline in ("Comet passes", "Comet returns"):
        await news(storage, headline, now=clock.tick(hours=1))
        assert await at_once(storage, telegram, clock) == 0
    clock.now = datetime(2026, 11, 24, 1, 29, tzinfo=UTC)
    early = await at_once(storage, telegram, clock)
    clock.tick(minutes=1)
    seven = await at_once(storage, telegram, clock)

    assert (early, seven) == (0, 1)
    [html] = telegram.to(7)
    assert "Comet passes" in html
    assert "Comet returns" in html


async def test_who_has_moved_to_where_it_is_night_waits_for_the_morning_there(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage, zone="UTC")
    await an_alert(storage, clock)
    clock.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    await news(storage, "Comet passes", now=clock())
    await at_once(storage, telegram, clock)
    await storage.chats.update(7, zone="America/New_York")
    clock.now = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    at_two = await at_once(storage, telegram, clock)
    clock.now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert (at_two, await at_once(storage, telegram, clock)) == (0, 1)


async def test_what_is_muted_and_what_another_chats_private_feed_brings_never_comes(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat_id in (7, 8, 9):
        await a_chat(storage, chat_id)
        await an_alert(storage, clock, chat_id=chat_id)
    feed = await storage.feeds.add("https://a.example", now=clock(), is_shared=False)
    await storage.subscriptions.add(8, "feed", str(feed.id), clock())
    await storage.subscriptions.add(9, "feed", str(feed.id), clock())
    await storage.subscriptions.add(9, "mute", "passes", clock())
    clock.tick(minutes=1)
    await an_article(storage, "Comet passes", feed_id=feed.id, now=clock())
    assert await at_once(storage, telegram, clock) == 1
    assert [sent.chat_id for sent in telegram.sent] == [8]
    assert not await storage.alerts.is_waiting(clock())


@pytest.mark.parametrize("state", ["stopped", "paused", "suspended"])
async def test_who_does_not_want_news_gets_no_alert_then_and_none_of_then_later(
    storage: Storage, telegram: FakeTelegram, clock: Clock, state: str
) -> None:
    await a_chat(storage)
    await an_alert(storage, clock)
    await storage.chats.update(7, state=state)
    await news(storage, "Comet passes", now=clock.tick(minutes=1))
    meanwhile = await at_once(storage, telegram, clock)
    await storage.chats.update(7, state="active")
    assert (meanwhile, await at_once(storage, telegram, clock)) == (0, 0)


async def test_who_paused_gets_no_alert_meanwhile_not_even_of_what_waited_for_the_morning(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage, since=NOW)
    await an_alert(storage, clock)
    clock.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    await news(storage, "Comet passes", now=clock())
    await at_once(storage, telegram, clock)
    [its] = await storage.schedules.of(7)
    await storage.schedules.pause(7, {its.id: clock() + timedelta(days=2)})
    await news(storage, "Comet returns", now=clock.tick(hours=9))
    assert await at_once(storage, telegram, clock) == 0
    await storage.schedules.pause(7, {})
    assert await at_once(storage, telegram, clock) == 0


async def test_an_alert_taken_back_tells_nothing_more(storage: Storage, telegram: FakeTelegram, clock: Clock) -> None:
    await a_chat(storage)
    await an_alert(storage, clock)
    clock.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    await news(storage, "Comet passes", now=clock())
    await at_once(storage, telegram, clock)
    await storage.subscriptions.remove(7, "alert", "comet")
    clock.tick(hours=9)
    assert await at_once(storage, telegram, clock) == 0


async def test_a_death_between_looking_and_telling_loses_nothing_and_doubles_nothing(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    await an_alert(storage, clock)
    await news(storage, "Comet passes", now=clock.tick(minutes=1))

    async def dies(*_: object) -> None:
        raise KeyboardInterrupt

    digests = storage.digests
    storage.digests = instead(digests, write_all=dies)
    with pytest.raises(KeyboardInterrupt):
        await alert(storage, now=clock())
    storage.digests = digests
    assert [await at_once(storage, telegram, clock) for _ in range(2)] == [1, 0]
    assert len(telegram.to(7)) == 1


async def test_two_processes_that_tell_the_same_match_send_one_message(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    await an_alert(storage, clock)
    await news(storage, "Comet passes", now=clock.tick(minutes=1))
    digests = storage.digests

    async def late(drafts: object) -> object:
        storage.digests = digests
        await alert(storage, now=clock())
        return await digests.write_all(drafts)  # type: ignore[arg-type]

    storage.digests = instead(digests, write_all=late)
    await at_once(storage, telegram, clock)
    assert len(telegram.to(7)) == 1


async def test_each_article_is_held_against_alerts_once(storage: Storage, clock: Clock) -> None:
    await a_chat(storage)
    await an_alert(storage, clock)
    await news(storage, "Comet passes", now=clock.tick(minutes=1))
    held = await storage.alerts.match(clock())
    [waiting] = await storage.alerts.due(clock(), 10)
    await storage.alerts.drop(waiting.matches)
    assert (held, await storage.alerts.match(clock())) == (1, 0)
    assert await storage.alerts.due(clock(), 10) == []


async def test_one_chats_trouble_is_its_own_and_it_is_tried_again(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat_id in (7, 8, 9):
        await a_chat(storage, chat_id)
        await an_alert(storage, clock, chat_id=chat_id)
    await news(storage, "Comet passes", now=clock.tick(minutes=1))
    digests = storage.digests

    async def fails(drafts: list[object]) -> object:
        if any(draft.digest.chat_id == 8 for draft in drafts):  # type: ignore[attr-defined]
            raise ValueError("broken")
        return await digests.write_all(drafts)  # type: ignore[arg-type]

    storage.digests = instead(digests, write_all=fails)
    done = await alert(storage, now=clock())
    storage.digests = digests
    await at_once(storage, telegram, clock)
    assert (done.digests, done.put_off, len(done.accidents)) == (2, 1, 1)
    clock.tick(minutes=6)
    assert await at_once(storage, telegram, clock) == 1
    assert sorted(sent.chat_id for sent in telegram.sent) == [7, 8, 9]


async def test_an_alert_that_still_waits_to_be_sent_is_not_put_aside_for_a_newer_digest(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage, since=NOW, topics=("world",))
    await an_alert(storage, clock)
    await news(storage, "Comet passes", now=clock.tick(hours=13))
    await alert(storage, now=clock())
    clock.tick(hours=11)
    await compose(storage, now=clock())
    await deliver(storage, telegram, owner="me", clock=clock)
    assert any("Comet passes" in html for html in telegram.to(7))
    assert "cancelled" not in await states(storage)


async def test_alerts_come_in_the_thread_they_were_made_in_one_message_each(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage, -(10**12) - 5, kind="supergroup")
    await an_alert(storage, clock, chat_id=-(10**12) - 5, thread_id=3)
    await an_alert(storage, clock, "border", chat_id=-(10**12) - 5)
    await news(storage, "Comet passes", "Border opens", now=clock.tick(minutes=1))
    assert await at_once(storage, telegram, clock) == 2
    await deliver(storage, telegram, owner="me", clock=clock)
    assert {(sent.thread_id, "Comet" in sent.message.html) for sent in telegram.sent} == {(3, True), (None, False)}


async def test_an_alert_says_so_in_the_rich_look_too(storage: Storage, telegram: FakeTelegram, clock: Clock) -> None:
    await a_chat(storage, look="rich")
    await an_alert(storage, clock)
    await news(storage, "Comet passes", now=clock.tick(minutes=1))
    await at_once(storage, telegram, clock)
    assert telegram.to(7)[0].startswith("<h2>Alert: “comet”</h2>")


async def test_nothing_is_looked_at_where_nobody_has_alerts_and_where_nothing_is_new(
    storage: Storage, clock: Clock
) -> None:
    await a_chat(storage)
    await news(storage, "Comet passes")
    without = await storage.alerts.is_waiting(clock())
    await an_alert(storage, clock)
    nothing_new = await storage.alerts.is_waiting(clock())
    await news(storage, "Comet returns", now=clock.tick(minutes=1))
    assert (without, nothing_new, await storage.alerts.is_waiting(clock())) == (False, False, True)


async def test_what_another_process_told_while_we_looked_does_not_wait_again(storage: Storage, clock: Clock) -> None:
    await a_chat(storage)
    await an_alert(storage, clock)
    await news(storage, "Comet passes", now=clock.tick(minutes=1))
    loop, other, held = asyncio.get_running_loop(), Storage(storage._database), storage.alerts._held

    def meanwhile(*given: Any) -> Any:
        told = asyncio.run_coroutine_threadsafe(alert(other, now=clock()), loop).result(30)
        assert told.digests == 1
        return held(*given)

    storage.alerts._held = meanwhile  # type: ignore[assignment, method-assign]
    assert await storage.alerts.match(clock()) == 1
    assert await storage.alerts.due(clock(), 9) == []


async def test_what_a_clock_that_was_ahead_put_off_is_told_once_it_is_right(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    await an_alert(storage, clock)
    await news(storage, "Comet passes", now=clock.tick(minutes=1))
    ahead = datetime(2027, 3, 1, 23, 0, tzinfo=UTC)
    await alert(storage, now=ahead)
    assert await at_once(storage, telegram, clock) == 1


async def test_what_is_corrected_is_corrected_in_the_alert_that_told_it(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    await an_alert(storage, clock, '"comet passes" -late')
    [article] = await news(storage, "Comet passes", now=clock.tick(minutes=1))
    await at_once(storage, telegram, clock)
    entry = Entry(headline="Comet passes at dawn", paragraphs=("Dawn.",))
    clock.tick(minutes=1)
    await storage.corrections.record(
        Standing(article.id, article.headline, None, None), entry, "headline", None, clock()
    )
    await edit_messages(storage, now=clock())
    await deliver(storage, telegram, owner="me", clock=clock)
    first, edit = telegram.sent
    assert edit.edits
    assert edit.message.html == first.message.html.replace("Comet passes</b>", "Comet passes at dawn</b>")


async def test_what_another_process_told_behind_more_while_we_looked_is_not_told_again(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_chat(storage)
    await an_alert(storage, clock)
    await news(storage, *(f"Comet {at} passes" for at in range(9)), now=clock.tick(minutes=1))
    alerts = storage.alerts

    async def stale(now: datetime, limit: int) -> object:
        seen = await alerts.due(now, limit)
        storage.alerts = alerts
        await alert(storage, now=now)
        return seen

    storage.alerts = instead(alerts, due=stale)
    await at_once(storage, telegram, clock)
    await at_once(storage, telegram, clock)
    assert len(telegram.to(7)) == 1


async def test_an_alert_takes_no_correction_from_the_next_digest(
    storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await a_reader(storage)
    [article] = await news(storage, "Border opens")
    await morning(storage, telegram, clock)
    clock.tick(hours=1)
    was = Standing(article.id, article.headline, None, None)
    await storage.corrections.record(was, Entry(headline="Border stays shut"), "headline", None, clock())
    await an_alert(storage, clock)
    await news(storage, "Comet passes", now=clock.tick(minutes=1))
    await at_once(storage, telegram, clock)
    clock.now = NOW + timedelta(days=1)
    await morning(storage, telegram, clock)
    assert "“Border opens” now reads “Border stays shut”." in telegram.to(7)[2]
