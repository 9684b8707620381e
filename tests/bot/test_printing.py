"""/full and *As a file*: the whole article as one file, for who may read it."""

from __future__ import annotations

import pytest

from bot.desk import Desk
from bot.transport import form
from tests.bot.given import Joining
from tests.bot.talking import LONG, Person, an_article, words
from tests.bot.test_exchanging import fetched
from tests.sandbox.running import Json


@pytest.mark.parametrize("by", ["a button", "a command"])
async def test_the_whole_article_comes_as_one_file(desk: Desk, reader: Person, by: str) -> None:
    await an_article(desk, "Паром “Halvard” на мели", *LONG, url="https://example.org/ferry")
    await reader.follows(desk, "world")
    digest = await reader.say("/digest")
    if by == "a button":
        file = await reader.open(await reader.open(digest, "1"), "As a file")
    else:
        file = await reader.say("/full 1")
    assert file["document"]["file_name"] == "Паром-Halvard-на-мели.html"
    assert file["caption"] == "The whole article, to keep, to pass on or to read offline."
    document = (await fetched(reader, file)).decode()
    assert all(paragraph.strip() in document for paragraph in LONG)
    assert '<a href="https://example.org/ferry">The Herald</a>' in document


async def test_full_says_what_it_needs_where_no_article_is_meant(desk: Desk, reader: Person) -> None:
    assert words(await reader.say("/full")).startswith("Which story? Send /full and its number")
    assert words(await reader.say("/full 1")).startswith("There is no digest here yet.")
    await an_article(desk, "Ferry runs aground")
    await reader.follows(desk, "world")
    await reader.say("/digest")
    assert words(await reader.say("/full 9")).startswith("Your latest digest has no story 9.")


async def test_an_article_of_a_private_feed_is_a_file_only_for_who_may_read_it(
    desk: Desk, reader: Person, joins: Joining
) -> None:
    feed = await desk.storage.feeds.add("https://a.example", now=desk.clock(), is_shared=False)
    await desk.storage.subscriptions.add((await follower(desk, reader)).chat_id, "feed", str(feed.id), desk.clock())
    article = await an_article(desk, "Ferry runs aground", feed_id=feed.id)
    opened = await reader.open(await reader.say("/digest"), "1")
    file = await reader.open(opened, "As a file")
    other = await joins("Other")
    theirs: Json = await other.say("/help")
    refused = await other.press(theirs, f"file:{article.id}")
    assert file["document"]["file_name"] == "Ferry-runs-aground.html"
    assert refused.startswith("This button is from an older message")
    assert (await other.last()) == theirs["message_id"]


async def follower(desk: Desk, reader: Person) -> Person:
    await reader.follows(desk, "world")
    return reader


async def test_a_name_leaves_as_it_is_written() -> None:
    made = bytearray()

    class Writer:
        async def write(self, some: bytes) -> None:
            made.extend(some)

    await form({}, {"document": ("Паром.html", b"x")})().write(Writer())  # type: ignore[arg-type]
    assert 'filename="Паром.html"' in made.decode()
