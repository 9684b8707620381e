"""The first minute: three taps on one message, then a first digest at once."""

from __future__ import annotations

from datetime import time

import pytest

from bot.desk import Desk
from news.messages import texts
from news.messages.speaking import words_in
from tests.bot.given import Joining
from tests.bot.talking import Clock, Person, buttons, some_news, words
from tests.sandbox.running import Json


async def to_the_time(reader: Person, language: str = "en") -> Json:
    said = words_in(language).known
    panel = await reader.say("/start")
    panel = await reader.tap(panel, said("World"))
    return await reader.tap(panel, said(texts.NEXT))


async def to_the_place(reader: Person, language: str = "en") -> Json:
    return await reader.tap(await to_the_time(reader, language), "08:00")


async def test_three_taps_on_one_message_bring_a_first_digest_at_once(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    panel = await to_the_place(reader)
    done = await reader.tap(panel, "New York")
    assert words(done) == "Every day at 08:00 in New York: World. Here is your first."
    digest = await reader.sees("Ferry runs aground")
    assert "Ceasefire talks begin" in words(digest)
    assert "Central bank" not in words(digest)
    asked = [each for each in await reader.all() if each["message_id"] < digest["message_id"]]
    assert [each["message_id"] for each in asked[1:]] == [panel["message_id"]]


async def test_the_look_is_asked_for_once_and_below_the_first_digest(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await reader.tap(await to_the_place(reader), "New York")
    card = await reader.sees("Do you see a line above that unfolds?")
    digest = await reader.sees("Ferry runs aground")
    assert digest["message_id"] < card["message_id"]
    again = await reader.say("/start")
    await reader.open(again, "Times")
    assert len(await reader.has_seen("Do you see a line above")) == 1


async def test_start_again_shows_what_is_set_and_starts_nothing_over(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world", "science", at=time(7), zone="Europe/Lisbon")
    panel = await reader.say("/start")
    assert words(panel) == "Your news is set up.\nEvery day at 07:00 in Lisbon: World and Science."
    parts = ["Topics", "What you follow", "Times", "Time zone", "Look", "Language", "Your channels"]
    assert list(buttons(panel)) == parts


async def test_at_least_one_topic_is_asked_for_before_going_on(desk: Desk, reader: Person) -> None:
    panel = await reader.say("/start")
    panel = await reader.tap(panel, "Next")
    assert reader.toasts == ["Tap at least one topic first."]
    assert "What interests you?" in words(panel)


async def test_a_tapped_topic_is_marked_and_unmarked(desk: Desk, reader: Person) -> None:
    panel = await reader.say("/start")
    panel = await reader.tap(panel, "Science")
    assert "Science ✓" in buttons(panel)
    panel = await reader.tap(panel, "Science")
    assert "Science" in buttons(panel)


async def test_back_returns_to_each_step(desk: Desk, reader: Person) -> None:
    panel = await to_the_place(reader)
    panel = await reader.tap(panel, "Other city")
    assert words(panel) == "Type the name of your city, such as Lisbon."
    panel = await reader.tap(panel, "◂ Back")
    assert words(panel).startswith("Where are you?")
    panel = await reader.tap(panel, "◂ Back")
    assert words(panel) == "When would you like your digest?"
    panel = await reader.tap(panel, "Other")
    assert words(panel).startswith("Type the time as 07:30")
    panel = await reader.tap(panel, "◂ Back")
    panel = await reader.tap(panel, "◂ Back")
    assert "World ✓" in buttons(panel)


async def test_time_and_city_may_be_typed_and_go_on_in_the_same_message(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    panel = await reader.tap(await to_the_time(reader), "Other")
    await reader.write("7.30 pm")
    await reader.sees("So that 19:30 is your 19:30.")
    panel = await reader.tap(await reader.again(panel), "◂ Back")
    panel = await reader.tap(await reader.tap(panel, "19:30 ✓"), "Other city")
    await reader.write("lisboa")
    done = await reader.sees("Every day at 19:30 in Lisbon: World.")
    assert done["message_id"] == panel["message_id"]
    await reader.sees("Ferry runs aground")


async def test_a_city_may_be_typed_without_asking_for_it(desk: Desk, reader: Person) -> None:
    await to_the_place(reader)
    await reader.write("Weimar, Germany")
    await reader.sees("Every day at 08:00 in Berlin: World.")


async def test_what_cannot_be_read_is_said_and_may_be_typed_again(desk: Desk, reader: Person) -> None:
    await to_the_time(reader)
    sentence = "I don't know “when I wake”. Type the time as 07:30, or several as 07:30 18:00."
    assert words(await reader.say("when I wake")) == sentence
    assert "more than 6 times" in words(await reader.say("1 2 3 4 5 6 7"))
    await reader.write("6")
    await reader.sees("So that 06:00 is your 06:00.")
    sentence = (
        "I don't know “Atlantis”. Try a city such as Lisbon, a small one with its country, such as Weimar, Germany, "
        "or a zone such as Europe/Lisbon."
    )
    assert words(await reader.say("Atlantis")) == sentence
    await reader.write("Europe/Lisbon")
    await reader.sees("Every day at 06:00 in Lisbon")


async def test_a_question_that_has_scrolled_away_is_answered_below(desk: Desk, reader: Person) -> None:
    panel = await to_the_place(reader)
    for _ in range(4):
        await reader.say("/help")
    done = await reader.say("Lisbon")
    assert words(done).startswith("Every day at 08:00 in Lisbon")
    assert done["message_id"] != panel["message_id"]


async def test_a_question_that_was_deleted_is_answered_below(desk: Desk, reader: Person) -> None:
    panel = await to_the_place(reader)
    await reader.telegram.result("deleteMessage", chat_id=reader.chat_id, message_id=panel["message_id"])
    assert words(await reader.say("Lisbon")).startswith("Every day at 08:00 in Lisbon")


async def test_a_shared_location_sets_the_zone(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    panel = await to_the_place(reader)
    asked = await reader.open(panel, "Share location")
    assert asked["reply_markup"]["keyboard"] == [[{"text": "Share location", "request_location": True}]]
    said = await reader.say(location={"latitude": 52.52, "longitude": 13.40})
    assert words(said) == "Your time zone is now Europe/Berlin, where it is 20:30."
    await reader.sees("Every day at 08:00 in Berlin: World. Here is your first.")
    await reader.sees("Ferry runs aground")


async def test_a_city_typed_instead_of_a_location_takes_the_keyboard_away(desk: Desk, reader: Person) -> None:
    await reader.open(await to_the_place(reader), "Share location")
    said = await reader.say("Lisbon")
    assert words(said) == "Your time zone is now Europe/Lisbon, where it is 19:30."
    assert said["reply_markup"] == {"remove_keyboard": True}
    await reader.sees("Every day at 08:00 in Lisbon")


async def test_without_news_the_first_digest_says_so(desk: Desk, reader: Person) -> None:
    await reader.tap(await to_the_place(reader), "New York")
    await reader.sees("Nothing new in World yet. New stories arrive as your topics publish them.")


@pytest.mark.parametrize(("language", "city"), [("de", "Berlin"), ("pt-br", "São Paulo"), ("tlh", "UTC")])
async def test_the_place_that_is_offered_is_guessed_from_the_language(
    desk: Desk, joins: Joining, language: str, city: str
) -> None:
    reader = await joins("Reader", language)
    assert city in buttons(await to_the_place(reader, language))


async def test_two_people_set_up_at_the_same_moment(desk: Desk, joins: Joining, clock: Clock) -> None:
    await some_news(desk)
    ada, ben = await joins("Ada"), await joins("Ben", "de")
    hers, his = await ada.say("/start"), await ben.say("/start")
    german = words_in("de")
    science = german.known("Science")
    hers, his = await ada.tap(hers, "World"), await ben.tap(his, science)
    hers, his = await ada.tap(hers, "Next"), await ben.tap(his, german.known(texts.NEXT))
    hers, his = await ada.tap(hers, "07:00"), await ben.tap(his, "18:00")
    hers, his = await ada.tap(hers, "New York"), await ben.tap(his, "Berlin")
    assert words(hers) == "Every day at 07:00 in New York: World. Here is your first."
    says = german.say(texts.EVERY_DAY_AT, times="18:00", city="Berlin", topics=science)
    assert words(his) == f"{says} {german.say(texts.HERE_IS_FIRST)}"
    await ada.sees("Ferry runs aground")
    await ben.sees("Comet returns")


async def test_a_changed_time_zone_moves_the_digests_and_sends_none(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await reader.follows(desk, "world")
    panel = await reader.say("/timezone")
    assert words(panel) == "Your time zone is UTC. It is 19:30 there now."
    panel = await reader.tap(panel, "Other city")
    await reader.write("Tokyo")
    await reader.sees("Your time zone is now Asia/Tokyo, where it is 04:30.")
    assert "at 08:00, Tokyo time" in words(await reader.say("/schedule"))
    assert words(await reader.say("/timezone Lisbon")) == "Your time zone is now Europe/Lisbon, where it is 19:30."
    assert not await reader.has_seen("Ferry runs aground")
