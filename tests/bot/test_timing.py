"""When digests come: set by typing and tapping, and kept to the minute by a chat's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.app import running
from bot.desk import Desk
from bot.metronome import USUAL, in_step
from bot.settings import Settings
from bot.timing import EVERY_DAY, clock_of, read_quiet, read_times
from news.messages.speaking import words_in
from tests.bot.given import QUICK, Joining
from tests.bot.talking import Clock, Person, an_article, buttons, some_news, words

WEEKDAYS = frozenset(range(5))


async def test_a_digest_comes_at_eight_local_time_exactly_once(
    settings: Settings, clock: Clock, reader: Person
) -> None:
    async with running(settings, clock=clock, rhythm=QUICK) as desk:
        await some_news(desk)
        await reader.follows(desk, "world", at=time(8), zone="Asia/Tokyo")
        clock.put_to(7, 59, "Asia/Tokyo")
        await reader.say("/help")
        assert not await reader.has_seen("Ferry runs aground")
        clock.tick(minutes=1)
        digest = await reader.sees("Ferry runs aground")
        assert words(digest).startswith("Monday, 23 November · World")
    async with running(settings, clock=clock, rhythm=QUICK) as desk:
        clock.tick(minutes=5)
        await reader.say("/help")
        await an_article(desk, "A late story")
        clock.put_to(8, 0, "Asia/Tokyo")
        await reader.sees("A late story")
    assert len(await reader.has_seen("Ferry runs aground")) == 1


async def test_after_days_of_silence_one_digest_catches_up(settings: Settings, clock: Clock, reader: Person) -> None:
    async with running(settings, clock=clock, rhythm=USUAL) as desk:
        await reader.follows(desk, "world")
        clock.tick(days=9)
        await some_news(desk)
    async with running(settings, clock=clock, rhythm=QUICK) as desk:
        await reader.sees("Ferry runs aground")
        await an_article(desk, "A new story")
        clock.put_to(8)
        await reader.sees("A new story")
    assert len(await reader.all()) == 2


async def test_each_of_several_chats_gets_its_own_hour(desk: Desk, joins: Joining, clock: Clock) -> None:
    await some_news(desk)
    early, late = await joins("Early"), await joins("Late")
    await early.follows(desk, "world", at=time(7), zone="Europe/Berlin")
    await late.follows(desk, "world", at=time(7), zone="America/New_York")
    clock.put_to(7, 0, "Europe/Berlin")
    await early.sees("Ferry runs aground")
    assert not await late.has_seen("Ferry runs aground")
    clock.put_to(7, 0, "America/New_York")
    await late.sees("Ferry runs aground")
    assert len(await early.has_seen("Ferry runs aground")) == 1


async def test_times_and_days_are_set_in_one_line(desk: Desk, reader: Person) -> None:
    await reader.say("/timezone Lisbon")
    said = await reader.say("/schedule 07:30 18:00 mon-fri")
    assert words(said).split("\n")[1:3] == [
        "Monday to Friday at 07:30 and 18:00, Lisbon time",
        "The next one comes tomorrow, 07:30." if "tomorrow" in words(said) else "The next one comes Monday, 07:30.",
    ]
    assert "Monday to Friday at 09:00" in words(await reader.say("/schedule 9"))
    assert "Saturday and Sunday at 09:00" in words(await reader.say("/schedule weekend"))


async def test_no_times_at_all_may_be_typed_too(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    assert "No digests are planned." in words(await reader.say("/schedule off"))
    [schedule] = await desk.storage.schedules.of(reader.chat_id)
    assert (schedule.times, schedule.next_due_at) == ((), None)


async def test_times_set_before_the_place_is_known_are_said_to_be_of_utc(desk: Desk, reader: Person) -> None:
    unknown = "I don't know where you are, so that is UTC. Tap Time zone to tell me."
    assert unknown in words(await reader.say("/schedule 8"))
    await reader.say("/timezone Lisbon")
    assert unknown not in words(await reader.say("/schedule"))


async def test_tapping_a_time_adds_it_and_tapping_again_takes_it_away(desk: Desk, reader: Person) -> None:
    panel = await reader.say("/schedule")
    assert "No digests are planned." in words(panel)
    panel = await reader.tap(await reader.tap(panel, "08:00"), "18:00")
    assert "Every day at 08:00 and 18:00" in words(panel)
    panel = await reader.tap(await reader.tap(panel, "08:00 ✓"), "18:00 ✓")
    assert "No digests are planned." in words(panel)


async def test_times_that_make_no_sense_are_said(desk: Desk, reader: Person) -> None:
    for odd in ("25:00", "soon", "mon-fri", "😀" * 50, "8 9 10 11 nonsense"):
        assert words(await reader.say(f"/schedule {odd}")).startswith("I don't know “"), odd
    assert "more than 6 times" in words(await reader.say("/schedule 1 2 3 4 5 6 7"))
    await reader.say("/schedule 1 2 3 4 5 6")
    panel = await reader.say("/schedule")
    await reader.press(panel, "time:0700")
    assert reader.toasts == ["That is more than 6 times a day. Choose at most 6."]
    assert words(await reader.say("/timezone Atlantis")).startswith("I don't know “Atlantis”.")
    assert "Every day at 01:00" in words(await reader.say("/schedule"))
    assert "07:00" in buttons(panel)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("7", time(7)),
        ("07:30", time(7, 30)),
        ("7.30", time(7, 30)),
        ("0730", time(7, 30)),
        ("7h30", time(7, 30)),
        ("7:30 pm", time(19, 30)),
        ("12am", time(0)),
        ("12 PM", time(12)),
        ("00:00", time(0)),
        ("24:00", None),
        ("13 pm", None),
        ("7:60", None),
        ("7:3", None),
        ("", None),
        ("-7", None),
        ("seven", None),
    ],
)
def test_a_clock_is_read_as_people_write_it(text: str, at: time | None) -> None:
    assert clock_of(text) == at


@pytest.mark.parametrize(
    ("text", "times", "days"),
    [
        ("07:30 18:00", (time(7, 30), time(18)), None),
        ("18:00, 07:30 and 7:30", (time(7, 30), time(18)), None),
        ("7.30 pm", (time(19, 30),), None),
        ("7 am 7 pm mon-fri", (time(7), time(19)), WEEKDAYS),
        ("at 8 on Mondays and thursday", (time(8),), frozenset({0, 3})),
        ("8 sat–mon", (time(8),), frozenset({5, 6, 0})),
        ("every day at 8", (time(8),), EVERY_DAY),
        ("weekdays", (), WEEKDAYS),
        ("weekend 10", (time(10),), frozenset({5, 6})),
    ],
)
def test_times_and_days_are_read_as_people_write_them(
    text: str, times: tuple[time, ...], days: frozenset[int] | None
) -> None:
    assert read_times(text.split()) == (times, days)


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("de", "8 mo-fr", WEEKDAYS),
        ("de", "8 und 18 Uhr Montag", None),
        ("de", "8 Montag und Donnerstag", frozenset({0, 3})),
        ("es", "8 lun-vie", WEEKDAYS),
        ("pt", "8 segunda-feira e quarta-feira", frozenset({0, 2})),
        ("ru", "8:00 пн-пт", WEEKDAYS),
        ("ja", "8:00 月-金", WEEKDAYS),
        ("ar", "8:00 الاثنين", frozenset({0})),
        ("de", "8 mon-fri", WEEKDAYS),
        ("en", "8 mo-fr", None),
    ],
)
def test_days_are_read_in_the_language_of_the_chat_too(language: str, text: str, days: frozenset[int] | None) -> None:
    assert read_times(text.split(), words_in(language)) == (((time(8),), days) if days else None)


@pytest.mark.parametrize("text", ["", "monkey", "mon-", "mon-tue-wed", "mo 8", "8 days", "07:30-18:00", "😀", "and"])
def test_what_is_neither_time_nor_day_is_not_read(text: str) -> None:
    assert read_times(text.split()) is None


def test_digests_are_composed_at_the_very_minute_they_are_due() -> None:
    started = datetime(2026, 11, 23, 6, 59, 52, 700_000, tzinfo=UTC)
    for every in (USUAL.compose, USUAL.hand_out):
        ticks, last = [], started
        for _ in range(3):
            last = in_step(every).get_next_fire_time(last, last + timedelta(milliseconds=1))
            ticks.append(last)
        assert datetime(2026, 11, 23, 7, tzinfo=UTC) in ticks


async def test_quiet_hours_are_tapped_below_the_schedule_and_typed_behind_it(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world", zone="Europe/Lisbon")
    schedule = await reader.say("/schedule")
    assert "Quiet hours: 22:00 to 07:00" in words(schedule)
    panel = await reader.tap(schedule, "Quiet hours")
    assert words(panel).split("\n")[:3] == [
        "Quiet hours",
        "Alerts and stories you follow wait from 22:00 to 07:00, Lisbon time.",
        "Digests come at the times you chose.",
    ]
    assert "23:00–06:00 ✓" in buttons(await reader.tap(panel, "23:00–06:00"))
    assert "Alerts and stories you follow come at any hour." in words(await reader.tap(panel, "None"))
    assert "Quiet hours: none" in words(await reader.tap(panel, "◂ Back"))
    said = await reader.say("/schedule quiet 23:15 - 6.30")
    assert "23:15–06:30 ✓" in buttons(said)
    assert "between 23:15 and 06:30 it waits." in words(await reader.keeps("/alert comet"))
    await reader.say("/schedule quiet off")
    assert "what matches comes at once. Last 7 days" in words(await reader.keeps("/alert ferry"))
    assert words(await reader.say("/schedule quiet")).startswith("Quiet hours\nAlerts and stories you follow come at")


async def test_quiet_hours_that_are_none_are_refused_in_one_sentence(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    said = words(await reader.say("/schedule quiet at night"))
    assert said.startswith("I don't know “at night” as quiet hours. Send them as /schedule quiet 23:00-06:30")
    assert words(await reader.say("/schedule quiet 8-8")).startswith("From 08:00 to 08:00 is a whole day.")
    panel = await reader.tap(await reader.say("/schedule"), "Quiet hours")
    for data in ("quiet:2200:2200", "quiet:99:1", "quiet:2200", "quiet:a:b:c"):
        assert (await reader.press(panel, data)).startswith("This button is from an older message"), data
    assert "22:00–07:00 ✓" in buttons(await reader.again(panel))


@pytest.mark.parametrize(
    ("typed", "quiet"),
    [
        ("23:00-06:30", (time(23), time(6, 30))),
        ("from 11 pm to 6:30 am", (time(23), time(6, 30))),
        ("22 – 7", (time(22), time(7))),
        ("between 13 and 14", (time(13), time(14))),
        ("0:00 until 8", (time(0), time(8))),
        ("OFF", ()),
        ("7", None),
        ("22 7 8", None),
        ("25-7", None),
        ("on", None),
    ],
)
def test_quiet_hours_are_read_as_people_type_them(typed: str, quiet: tuple[time, ...] | None) -> None:
    assert read_quiet(typed.split()) == quiet
