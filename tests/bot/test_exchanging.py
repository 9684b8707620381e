"""Lists of feeds go in and out of a chat, with its own names and folders."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.desk import Desk
from ingest.opml import Outline, read_opml, write_opml
from tests.bot.talking import Person, buttons, until, words
from tests.bot.web import Web
from tests.sandbox.running import Json


def a_file(content: bytes, name: str = "list.opml", kind: str = "text/x-opml") -> dict[str, Any]:
    return {"document": {"file_name": name, "mime_type": kind, "content": content.decode()}}


async def fetched(reader: Person, message: Json) -> bytes:
    """What a file that the bot sent holds."""
    url, token = reader.telegram.url, reader.telegram.token
    async with aiohttp.ClientSession() as session:
        asked = f"{url}/bot{token}/getFile"
        async with session.get(asked, params={"file_id": message["document"]["file_id"]}) as told:
            path = (await told.json())["result"]["file_path"]
        async with session.get(f"{url}/file/bot{token}/{path}") as file:
            return await file.read()


async def test_a_list_goes_in_and_comes_out_with_the_chats_own_names_and_folders(
    desk: Desk, reader: Person, web: Web
) -> None:
    given = (
        Outline(web.put_feed("/ferries", "The Harbour Wire", "Ferry runs aground"), "Ferries & co", "Science"),
        Outline(web.put_feed("/bridges", "The Bridge Wire", "Bridge opens"), "Bridges", "My own folder"),
        Outline(f"{web.at('/office')}#watch=.news%20a", "Office", None),
    )
    said = await reader.say(**a_file(write_opml(given)))
    assert words(said) == "You now follow 3 feeds of this list. /subscriptions shows what they bring."
    again = await reader.say(**a_file(write_opml(given)))
    assert words(again) == "You follow all 3 feeds of this list already."

    async def titles() -> list[str | None]:
        return [feed.title for feed in await desk.storage.feeds.all()]

    await until(titles, ["The Harbour Wire", "The Bridge Wire", None])
    panel = await reader.say("/subscriptions")
    assert [each for each in buttons(panel) if each.startswith("✕")] == [
        "✕ feed Ferries & co", "✕ feed Bridges", "✕ feed Office"
    ]  # fmt: skip
    stored = await desk.storage.feeds.all()
    assert [(feed.topic, feed.is_shared) for feed in stored] == [("science", False), (None, False), (None, False)]
    file = await reader.say("/opml")
    assert file["caption"].startswith("3 feeds you follow.")
    assert read_opml(await fetched(reader, file)) == given


async def test_what_a_chat_calls_a_feed_nobody_else_sees(desk: Desk, joins: Any, web: Web) -> None:
    one, other = await joins("One"), await joins("Other")
    address = web.put_feed("/wire", "The Wire", "Ferry runs aground")
    await one.say(**a_file(write_opml([Outline(address, "My secret name", "My secret folder")])))

    async def title() -> str | None:
        return (await desk.storage.feeds.all())[0].title

    await until(title, "The Wire")
    assert words(await other.say(f"/subscribe {address}")).startswith("You now follow feed The Wire")
    assert b"secret" not in await fetched(other, await other.say("/opml"))


async def test_no_more_than_a_hundred_feeds_are_followed_and_the_rest_is_said(desk: Desk, reader: Person) -> None:
    await desk.storage.subscriptions.add((await desk_chat(desk, reader)), "topic", "world", desk.clock())
    many = [Outline(f"https://{n}.example/feed", f"Feed {n}") for n in range(120)]
    said = words(await reader.say(**a_file(write_opml(many))))
    assert said.startswith("You now follow 99 feeds of this list.")
    assert said.endswith("21 are left out, since 100 things are the most that can be followed.")


async def desk_chat(desk: Desk, reader: Person) -> int:
    await reader.follows(desk)
    return reader.chat_id


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (a_file(b"<opml><body></body></opml>"), "This file names no feeds."),
        (a_file(b"hello", name="feeds.xml", kind="application/xml"), "This file names no feeds."),
        (a_file(b"x" * 900_001), "This file is too large for a list of feeds."),
        (a_file(b"%PDF", name="a.pdf", kind="application/pdf"), "I can read lists of feeds"),
    ],
    ids=["empty", "no list", "too large", "something else"],
)
async def test_what_is_no_list_is_said_to_be_none(desk: Desk, reader: Person, file: Any, sentence: str) -> None:
    assert words(await reader.say(**file)).startswith(sentence)
    assert await desk.storage.feeds.all() == []


async def test_without_feeds_there_is_no_file(desk: Desk, reader: Person) -> None:
    assert words(await reader.say("/opml")).startswith("You follow no feeds by themselves yet.")
