"""Pauses: no digest while one lasts, and one that catches up when it ends."""

from __future__ import annotations

from datetime import date, time

import pytest

from bot.app import running
from bot.desk import Desk
from bot.metronome import USUAL
from bot.pausing import read_day
from bot.settings import Settings
from news.schedule import NEVER
from tests.bot.given import QUICK, REFUSAL, Founding
from tests.bot.talking import Clock, Person, an_article, buttons, some_news, until, words

SUNDAY = date(2026, 11, 22)


async def composed(desk: Desk, reader: Person) -> None:
    """Waits until everything that is due by now was composed and sent."""

    async def is_due() -> bool:
        return bool(await desk.storage.schedules.due_ids(desk.clock(), limit=9))

    await until(is_due, False)
    await reader.say("/help")


async def test_no_digest_comes_while_a_chat_is_paused_and_one_catches_up_at_its_end(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    await reader.follows(desk, "world", "science", at=time(8), zone="Europe/Berlin")
    said = await reader.say("/pause until wednesday")
    assert words(said).startswith("Your digests are paused until Wednesday, 25 November.")
    await an_article(desk, "Monday's story")
    clock.put_to(9, 0, "Europe/Berlin")
    await composed(desk, reader)
    clock.tick(days=1)
    await an_article(desk, "Tuesday's story", topic="science")
    await composed(desk, reader)
    assert not await reader.has_seen("Monday's story")
    clock.put_to(7, 59, "Europe/Berlin")
    await composed(desk, reader)
    assert not await reader.has_seen("Monday's story")
    clock.tick(minutes=1)
    digest = await reader.sees("Monday's story")
    assert "Tuesday's story" in words(digest)
    await composed(desk, reader)
    assert len(await reader.has_seen("Wednesday, 25 November · ")) == 1
    await an_article(desk, "Thursday's story")
    clock.put_to(8, 0, "Europe/Berlin")
    await reader.sees("Thursday's story")


async def test_a_pause_that_ends_on_a_day_without_digests_is_caught_up_at_the_usual_hour(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    await reader.follows(desk, "world", at=time(8), zone="Europe/Berlin")
    await reader.say("/schedule 8 mon-fri")
    await reader.say("/pause until saturday")
    clock.tick(days=4)
    await an_article(desk, "The week's story")
    clock.tick(days=1)
    clock.put_to(7, 59, "Europe/Berlin")
    await composed(desk, reader)
    assert not await reader.has_seen("The week's story")
    clock.tick(minutes=1)
    await reader.sees("The week's story")


async def test_a_pause_ends_at_the_local_hour_across_a_clock_change(desk: Desk, reader: Person, clock: Clock) -> None:
    clock.tick(days=124)  # Friday, 26 March 2027; clocks go forward on Sunday
    await reader.follows(desk, "world", at=time(8), zone="Europe/Berlin")
    await reader.say("/pause until monday")
    await an_article(desk, "The weekend's story")
    [schedule] = await desk.storage.schedules.of(reader.chat_id)
    assert schedule.paused_until is not None
    assert schedule.paused_until.isoformat() == "2027-03-29T06:00:00+00:00"
    clock.tick(days=2)
    await composed(desk, reader)
    assert not await reader.has_seen("The weekend's story")
    clock.put_to(8, 0, "Europe/Berlin")
    await reader.sees("The weekend's story")


async def test_after_days_of_downtime_the_end_of_a_pause_brings_one_digest(
    settings: Settings, clock: Clock, reader: Person
) -> None:
    async with running(settings, clock=clock, rhythm=USUAL) as desk:
        await reader.follows(desk, "world")
        await reader.say("/pause 2 days")
        clock.tick(days=2)
        await some_news(desk)
    clock.tick(days=2)
    async with running(settings, clock=clock, rhythm=QUICK) as desk:
        await reader.sees("Ferry runs aground")
        await composed(desk, reader)
    assert len(await reader.has_seen("Ferry runs aground")) == 1


async def test_resuming_brings_what_was_missed_at_once_in_one_digest(desk: Desk, reader: Person, clock: Clock) -> None:
    await reader.follows(desk, "world")
    panel = await reader.say("/pause")
    assert [*buttons(panel)] == ["Until tomorrow", "For a week", "Until I resume"]
    panel = await reader.tap(panel, "Until I resume")
    assert words(panel).startswith("Your digests are paused until you resume.")
    await an_article(desk, "A missed story")
    clock.tick(days=3)
    await composed(desk, reader)
    assert not await reader.has_seen("A missed story")
    assert words(await reader.tap(panel, "Resume")) == "Your digests come again. One comes now, for what you missed."
    await reader.sees("A missed story")
    await composed(desk, reader)
    assert len(await reader.has_seen("A missed story")) == 1
    assert await reader.press(panel, "resume") == "Your digests are not paused."
    assert words(await reader.say("/resume")) == "Your digests are not paused."


async def test_resuming_before_anything_was_missed_says_when_the_next_one_comes(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    panel = await reader.tap(await reader.say("/pause"), "For a week")
    assert words(panel).startswith("Your digests are paused until Sunday, 29 November.")
    assert words(await reader.say("/resume")) == "Your digests come again. The next one comes tomorrow, 08:00."


async def test_digest_works_while_paused_and_the_catch_up_does_not_repeat_it(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    await reader.follows(desk, "world")
    await reader.say("/pause until 24 december")
    await an_article(desk, "An early story")
    assert "An early story" in words(await reader.say("/digest"))
    clock.tick(days=1)
    await an_article(desk, "A later story")
    await reader.say("/resume")
    await reader.sees("A later story")
    assert len(await reader.has_seen("An early story")) == 1


async def test_start_and_schedule_say_until_when_it_is_paused(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    await reader.say("/pause until 3 january")
    for text in ("/start", "/schedule"):
        said = await reader.say(text)
        assert "Your digests are paused until Sunday, 3 January 2027." in words(said), text
        assert "The next one comes" not in words(said)
        assert "Resume" in buttons(said)
    assert "paused until Sunday, 3 January 2027" in words(await reader.say("/pause"))
    await reader.tap(said, "Resume")
    assert "paused" not in words(await reader.say("/start"))
    assert "The next one comes tomorrow, 08:00." in words(await reader.say("/schedule"))


async def test_a_pause_outlives_a_change_of_times_and_of_zone(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world", at=time(8), zone="Europe/Berlin")
    await reader.say("/pause until friday")
    await reader.say("/schedule 06:30 18:00")
    await reader.say("/timezone Tokyo")
    [schedule] = await desk.storage.schedules.of(reader.chat_id)
    assert schedule.paused_until is not None
    assert schedule.paused_until.isoformat() == "2026-11-26T21:30:00+00:00"  # Friday, 06:30 in Tokyo


async def test_stopped_digests_are_resumed_too(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    await reader.say("/stop")
    assert words(await reader.say("/resume")).startswith("Your digests come again.")
    assert await reader.state(desk) == "active"


async def test_what_is_no_day_to_come_is_said_with_examples(desk: Desk, reader: Person) -> None:
    assert words(await reader.say("/pause until monday")).startswith("No digests are planned, so")
    await reader.follows(desk, "world")
    for odd in ("soon", "until", "30 february", "2026-13-01", "0000-00-00", "99999999999 days", "😀" * 50, "<b>"):
        assert words(await reader.say(f"/pause {odd}")).startswith("I don't know when “"), odd
    for past in ("until today", "0 days", "2026-11-22", "until 1 november", "2020-01-01", "until yesterday"):
        assert "is not a day to come" in words(await reader.say(f"/pause {past}")), past
    for far in ("2028-01-01", "9999 weeks", "9999-12-30", "3 years", "9999 years"):
        assert "is more than a year away" in words(await reader.say(f"/pause {far}")), far
    panel = await reader.say("/pause")
    for data in ("pause:", "pause:8", "pause:-1", "pause:never"):
        assert (await reader.press(panel, data)).startswith("This button is from an older message."), data
    assert "The next one comes tomorrow" in words(await reader.say("/schedule"))


async def test_a_days_end_is_that_of_the_chats_own_zone(desk: Desk, reader: Person, clock: Clock) -> None:
    await reader.follows(desk, "world", zone="Asia/Tokyo")  # 04:30 on Monday there, Sunday elsewhere
    assert "until Tuesday, 24 November" in words(await reader.say("/pause tomorrow"))
    assert "until Monday, 30 November" in words(await reader.say("/pause until monday"))


async def test_in_a_group_administrators_pause_all_its_topics(desk: Desk, founds: Founding, clock: Clock) -> None:
    group = await founds("supergroup", is_forum=True)
    await group.admin.follows(desk, "world")
    thread = (await group.admin.telegram.post("topics", chat_id=group.id, name="News"))["id"]
    inside = group.admin.among(group.id, thread)
    await inside.follows(desk, "world", at=time(9))
    for text in ("/pause", "/pause until monday", "/resume"):
        assert words(await group.member.say(text)) == REFUSAL, text
    panel = await group.admin.say("/pause")
    for data in ("pause:7", "pause:open", "resume"):
        assert await group.member.press(panel, data) == REFUSAL, data
    panel = await group.admin.tap(panel, "For a week")
    assert words(panel).endswith("That holds for all topics of this group.")
    assert [one.paused_until is not None for one in await desk.storage.schedules.of(group.id)] == [True, True]
    assert await group.member.press(panel, "resume") == REFUSAL
    await inside.say("/schedule 10")
    await group.admin.tap(panel, "Resume")
    assert [one.paused_until for one in await desk.storage.schedules.of(group.id)] == [None, None]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("until Monday", date(2026, 11, 23)),
        ("until sunday", date(2026, 11, 29)),
        ("till fri", date(2026, 11, 27)),
        ("tomorrow", date(2026, 11, 23)),
        ("3 days", date(2026, 11, 25)),
        ("for 2 weeks", date(2026, 12, 6)),
        ("a week", date(2026, 11, 29)),
        ("until 24 December", date(2026, 12, 24)),
        ("until December 24th", date(2026, 12, 24)),
        ("until the 24th of dec.", date(2026, 12, 24)),
        ("24 Dec 2027", date(2027, 12, 24)),
        ("until 24.12.", date(2026, 12, 24)),
        ("24.12.2026", date(2026, 12, 24)),
        ("2026-12-24", date(2026, 12, 24)),
        ("until 3 January", date(2027, 1, 3)),
        ("1 november", date(2026, 11, 1)),
        ("until I resume", NEVER),
        ("forever", NEVER),
        ("29 february", None),
        ("24/12", None),
        ("0 december", None),
        ("24 dezember", date(2026, 12, 24)),
        ("24 listopada", date(2026, 11, 24)),
        ("24 desember", None),
        ("next time", None),
        ("٣ days", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: date | None) -> None:
    assert read_day(text, SUNDAY) == day


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("de", "until monday", date(2026, 11, 23)),
        ("de", "bis Montag", date(2026, 11, 23)),
        ("de", "bis zum 24. Dezember", date(2026, 12, 24)),
        ("es", "hasta el 24 de diciembre de 2027", date(2027, 12, 24)),
        ("fr", "jusqu’au 1er mars", date(2027, 3, 1)),
        ("pt", "até segunda-feira", date(2026, 11, 23)),
        ("ru", "до понедельника", date(2026, 11, 23)),
        ("uk", "до п'ятниці", date(2026, 11, 27)),
        ("tr", "pazara kadar", date(2026, 11, 29)),
        ("tr", "pazartesiye kadar", date(2026, 11, 23)),
        ("ar", "حتى الاثنين", date(2026, 11, 23)),
        ("hi", "24 दिसंबर तक", date(2026, 12, 24)),
        ("ja", "月曜日まで", date(2026, 11, 23)),
        ("zh", "2026年12月24日", date(2026, 12, 24)),
        ("ko", "12월 24일까지", date(2026, 12, 24)),
        ("de", "bald", None),
        ("de", "32. Dezember", None),
        ("de", "24 123456789012345678901234567890", None),
        ("en", "bis Montag", None),
    ],
)
def test_a_day_is_read_in_the_language_of_the_chat_too(language: str, text: str, day: date | None) -> None:
    assert read_day(text, SUNDAY, language) == day


@pytest.mark.parametrize("text", ["29 February", "feb 29", "29.2."])
def test_the_29th_of_february_without_a_year_is_that_of_the_next_leap_year(text: str) -> None:
    assert read_day(text, date(2027, 11, 20)) == read_day(text, date(2028, 1, 3)) == date(2028, 2, 29)
    assert read_day(text, date(2028, 12, 1)) is None
