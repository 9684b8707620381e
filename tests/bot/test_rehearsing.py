"""What a filter would do is shown before it is followed, muted or an alert."""

from __future__ import annotations

import pytest

from bot.app import running
from bot.desk import Desk
from bot.settings import Settings
from tests.bot.given import QUICK, REFUSAL, Founding, Joining
from tests.bot.talking import Clock, Person, an_article, buttons, label, words

GONE = "I no longer see what you sent for this. Send it again."


async def kept(desk: Desk, chat_id: int) -> list[tuple[str, str]]:
    subscriptions = desk.storage.subscriptions
    return [
        (each.kind, each.value) for each in [*await subscriptions.of(chat_id), *await subscriptions.alerts(chat_id)]
    ]


async def test_a_filter_is_shown_with_what_it_would_bring_and_followed_with_a_tap(desk: Desk, reader: Person) -> None:
    for headline in ("Solar power for a village", "Nuclear and solar power", "A late goal"):
        await an_article(desk, headline)
    offer = await reader.say('/subscribe "solar power" -nuclear')
    assert words(offer).split("\n") == [
        'Follow “"solar power" -nuclear”?',
        "Last 7 days: 3 articles, 1 matches, less than one a day.",
        "It brings articles that mention “solar power”, but not “nuclear”.",
        "",
        "Such as:",
        "• Solar power for a village",
        "",
        "But not:",
        "• A late goal",
        "• Nuclear and solar power",
    ]
    assert list(buttons(offer)) == ["Follow", "Leave it"]
    assert await kept(desk, reader.chat_id) == []

    done = await reader.tap(offer, "Follow")

    says = 'You now follow “"solar power" -nuclear”. Last 7 days: 3 articles, 1 matches, less than one a day.'
    assert words(done) == says
    assert await kept(desk, reader.chat_id) == [("words", '"solar power" -nuclear')]
    assert await reader.press(done, buttons(offer)["Follow"]) == 'You already follow “"solar power" -nuclear”.'
    assert words(await reader.tap(done, "Undo")).startswith("You follow nothing yet.")
    assert await kept(desk, reader.chat_id) == []


@pytest.mark.parametrize(
    ("typed", "yes", "kind"), [("/mute football", "Keep out", "mute"), ("/alert football", "Tell me", "alert")]
)
async def test_mutes_and_alerts_are_rehearsed_too_and_left_with_a_tap(
    desk: Desk, reader: Person, typed: str, yes: str, kind: str
) -> None:
    await an_article(desk, "Football final tonight")
    offer = await reader.say(typed)
    assert "• Football final tonight" in words(offer)
    assert words(await reader.tap(offer, "Leave it")) == "Nothing was changed."
    assert await kept(desk, reader.chat_id) == []
    await reader.tap(await reader.say(typed), yes)
    assert await kept(desk, reader.chat_id) == [(kind, "football")]
    assert words(await reader.say(typed)).startswith("“football” is ")


async def test_a_filter_of_nothing_or_of_nearly_everything_says_so_before_it_is_kept(
    desk: Desk, reader: Person
) -> None:
    assert "nothing to try it on" in words(await reader.say("/subscribe comet"))
    for at in range(10):
        await an_article(desk, f"Harbour report {at}")
    says = {
        "/subscribe habrour": "As nothing matches, look at the spelling",
        "/subscribe harbour": "That is nearly everything there is.",
        "/mute harbour": "Your digests would be left with next to nothing.",
        "/alert harbour": "you would be told all day long.",
        "/subscribe scinece": "For the topic Science, send /subscribe Science.",
        "/subscribe gardening": "There is no topic “gardening” (/topics shows them all)",
    }
    for typed, sentence in says.items():
        assert sentence in words(await reader.say(typed)), typed


async def test_a_slip_of_the_pen_is_put_right_with_a_tap(desk: Desk, reader: Person) -> None:
    for at in range(3):
        await an_article(desk, f"Earthquake shakes town {at}")
    offer = await reader.say("/alert earthqauke")
    better = await reader.tap(offer, "Did you mean earthquake?")
    assert words(better).startswith("Be told of “earthquake” at once?\nLast 7 days: 3 articles, 3 match")
    await reader.tap(better, "Tell me")
    assert await kept(desk, reader.chat_id) == [("alert", "earthquake")]


async def test_small_signs_are_taken_as_meant_and_as_words_with_a_tap(desk: Desk, reader: Person) -> None:
    await an_article(desk, "Bitcoin falls")
    offer = await reader.say("/subscribe bitcoin or ethereum")
    assert words(offer).startswith("Follow “bitcoin OR ethereum”?")
    assert "It brings articles that mention “bitcoin” or “ethereum”." in words(offer)
    plain = await reader.tap(offer, "Read “or” as plain text")
    assert "articles that mention “bitcoin”, “or” and “ethereum”." in words(plain)
    meant = await reader.tap(plain, "Read “or” as OR")
    assert (words(meant), buttons(meant)) == (words(offer), buttons(offer))
    await reader.tap(await reader.tap(meant, "Read “or”"), "Follow")
    assert await kept(desk, reader.chat_id) == [("words", "bitcoin or ethereum")]


async def test_a_rehearsal_survives_a_restart(
    settings: Settings, clock: Clock, joins: Joining, sqlite_url: str
) -> None:
    reader = await joins()
    async with running(settings, clock=clock, rhythm=QUICK):
        offer = await reader.say("/mute football")
    async with running(settings, clock=clock, rhythm=QUICK) as desk:
        assert words(await reader.tap(offer, "Keep out")).startswith("“football” is muted")
        assert await kept(desk, reader.chat_id) == [("mute", "football")]


@pytest.mark.parametrize("data", ["keep:words:0123456789abcdef", "keep:topic:x", "keep:", "reread:alert", "keep:mute"])
async def test_a_press_that_names_nothing_shown_is_answered_kindly(desk: Desk, reader: Person, data: str) -> None:
    offer = await reader.say("/subscribe comet")
    assert await reader.press(offer, data) == GONE
    assert await reader.press(await reader.say("/help"), buttons(offer)["Follow"]) == GONE
    assert await kept(desk, reader.chat_id) == []


async def test_only_an_administrator_of_a_group_keeps_what_was_rehearsed(desk: Desk, founds: Founding) -> None:
    group = await founds()
    offer = await group.admin.say("/alert comet")
    data = buttons(offer)[label(offer, "Tell me")]
    assert await group.member.press(offer, data) == REFUSAL
    assert await kept(desk, group.id) == []
    await group.admin.press(offer, data)
    assert await kept(desk, group.id) == [("alert", "comet")]
