"""/export: everything that is kept for a chat, and nothing of another."""

from __future__ import annotations

import json
from datetime import time, timedelta

from bot.desk import Desk
from ingest.opml import Outline, read_opml
from tests.bot.given import Joining
from tests.bot.talking import Person, an_article, words
from tests.bot.test_exchanging import fetched
from tests.bot.web import Web


async def test_a_chat_takes_all_that_is_kept_for_it_along(desk: Desk, joins: Joining, web: Web) -> None:
    reader, other = await joins("Reader"), await joins("Other")
    await reader.follows(desk, "science", at=time(7, 30), zone="Europe/Berlin")
    await other.follows(desk, "world")
    address = web.put_feed("/wire", "The Wire", "Ferry runs aground")
    await reader.say(f"/subscribe {address}")
    await reader.keeps("/mute football")
    await reader.keeps("/alert lighthouse")
    article = await an_article(desk, "Comet returns", "It was seen at dawn.", topic="science")
    now, story = desk.clock(), str(article.id)
    await desk.storage.subscriptions.add(reader.chat_id, "story", story, now, title="Comet", ends_at=now + timedelta(1))
    await desk.storage.shelf.save(reader.chat_id, article.id, desk.clock())
    await desk.storage.votes.vote(reader.chat_id, reader.id, article.story_id, [("topic", "science")], 1, desk.clock())
    await desk.storage.shelf.put_place(reader.chat_id, article.id, 9, desk.clock())
    first = await reader.say("/export")
    second = await reader.telegram.wait_for_message(reader.chat_id, after=first["message_id"])
    kept = json.loads(await fetched(reader, first))

    assert (first["document"]["file_name"], first["caption"].split(":")[0]) == (
        "newsdigest.json",
        "What I keep for this chat",
    )
    [read] = kept["reading"]
    assert (read["headline"], read["place"]) == ("Comet returns", 9)
    assert (kept["chat"]["id"], kept["chat"]["time_zone"]) == (reader.chat_id, "Europe/Berlin")
    assert [(each["times"], each["days"]) for each in kept["schedules"]] == [
        (["07:30"], ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    ]
    assert [(each["kind"], each["value"]) for each in kept["subscriptions"]] == [
        ("topic", "science"),
        ("feed", address),
        ("mute", "football"),
        ("alert", "lighthouse"),
        ("story", "Comet returns"),
    ]
    assert [(each["headline"], each["paragraphs"]) for each in kept["saved"]] == [
        ("Comet returns", ["It was seen at dawn."])
    ]
    assert {"kind": "topic", "value": "science", "votes": 1} in kept["weights"]
    assert read_opml(await fetched(reader, second)) == (Outline(address, "The Wire"),)


async def test_nothing_is_kept_of_who_only_asks_what_is_kept(desk: Desk, reader: Person) -> None:
    assert words(await reader.say("/export")) == "I keep nothing of this chat."
    assert await reader.state(desk) == "unknown"


async def test_a_chat_without_feeds_gets_one_file(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    file = await reader.say("/export")
    said = await reader.say("/help")

    assert json.loads(await fetched(reader, file))["saved"] == []
    assert said["message_id"] == file["message_id"] + 2


async def test_the_digests_that_a_chat_was_sent_go_along(desk: Desk, reader: Person) -> None:
    await reader.follows(desk, "world")
    await an_article(desk, "Ferry runs aground", url="https://herald.example/ferry")
    await reader.say("/digest")
    kept = json.loads(await fetched(reader, await reader.say("/export")))

    assert kept["digests"] == [
        {
            "at": desk.clock().isoformat(),
            "is_alert": False,
            "stories": [{"headline": "Ferry runs aground", "url": "https://herald.example/ferry"}],
        }
    ]
