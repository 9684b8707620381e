"""Alerts as their readers meet them: made, told at once, listed and stopped."""

from __future__ import annotations

from datetime import time

from bot.desk import Desk
from news.alerts import MOST_ALERTS
from tests.bot.given import Joining
from tests.bot.talking import Clock, Person, an_article, buttons, words


async def test_an_alert_tells_at_once_opens_the_article_and_leaves_it_out_of_the_next_digest(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    await reader.follows(desk, "world", at=time(8))
    said = await reader.keeps("/alert ferry OR lighthouse")
    assert words(said).startswith("“ferry OR lighthouse” is an alert now: what matches comes at once")
    await an_article(desk, "Ferry runs aground in the strait", topic="world")
    await an_article(desk, "Ceasefire talks begin in the capital", topic="world")
    alert = await reader.sees("Alert: “ferry OR lighthouse”")
    assert "Ferry runs aground" in words(alert)
    assert "Ceasefire" not in words(alert)
    assert "people there say" in words(await reader.open(alert, "1"))
    why = words(await reader.say("/why 1", reply_to_message_id=alert["message_id"]))
    assert "Why this is story 1 of your alert of" in why
    assert "“ferry OR lighthouse” is an alert of yours, and this matches." in why
    last = await reader.last()
    clock.put_to(8)
    digest = words(await reader.sees("Ceasefire talks", after=last))
    assert "Ferry runs aground" not in digest


async def test_an_alert_is_taken_back_with_a_tap(desk: Desk, reader: Person) -> None:
    await an_article(desk, "Solar power for a village")
    said = await reader.keeps('/alert "solar power" -nuclear')
    assert "Last 7 days: 1 article, 1 matches" in words(said)
    assert words(await reader.tap(said, "Undo")).startswith("What should come as soon as it is news?")
    assert await desk.storage.subscriptions.alerts(reader.chat_id) == []


async def test_what_cannot_be_read_is_shown_at_its_place(desk: Desk, reader: Person) -> None:
    assert "⟦(⟧" in words(await reader.say("/alert climate (carbon"))


async def test_alerts_are_listed_apart_from_what_is_followed_and_stopped_with_a_tap(desk: Desk, reader: Person) -> None:
    for typed in ("ferry", "comet"):
        await reader.keeps(f"/alert {typed}")
    panel = await reader.say("/alert")
    assert words(panel).startswith("Your alerts\n“ferry”\n“comet”")
    panel = await reader.tap(panel, "✕ “ferry”")
    assert list(buttons(panel)) == ["✕ “comet”"]
    assert reader.toasts == ["“ferry” is no alert any more."]
    assert words(await reader.say("/subscriptions")).startswith("You follow nothing yet.")


async def test_one_more_alert_than_a_chat_may_have_is_refused_in_one_sentence(desk: Desk, reader: Person) -> None:
    await reader.say("/alert")
    for at in range(MOST_ALERTS):
        await desk.storage.subscriptions.add(reader.chat_id, "alert", f"word{at}", desk.clock())
    said = words(await reader.say("/alert another"))
    assert said == (
        "You have 20 alerts and followed stories, which is the most. Stop one first: send /alert alone to see them."
    )


async def test_a_button_of_another_chats_alert_does_nothing(desk: Desk, reader: Person, joins: Joining) -> None:
    panel = await reader.keeps("/alert ferry")
    other = await joins("Other")
    theirs = await other.keeps("/alert comet")
    assert (await other.press(theirs, buttons(panel)["Undo"])).startswith("This button is from an older message")
    assert len(await desk.storage.subscriptions.alerts(reader.chat_id)) == 1


async def test_a_bare_number_means_the_latest_digest_and_not_an_alert_that_came_since(
    desk: Desk, reader: Person
) -> None:
    await reader.follows(desk, "world")
    await an_article(desk, "Ceasefire talks begin in the capital")
    await reader.say("/digest")
    await reader.keeps("/alert ferry")
    await an_article(desk, "Ferry runs aground in the strait")
    await reader.sees("Alert: “ferry”")
    assert "Ceasefire talks" in words(await reader.say("/article 1"))
