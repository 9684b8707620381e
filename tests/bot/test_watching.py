"""A page without a feed is watched as it was previewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.desk import Desk
from tests.bot.talking import Person, buttons, until, words
from tests.bot.web import Web

PAGE = (Path(__file__).parents[1] / "ingest" / "fixtures" / "page-without-feed.html").read_text()


def put(web: Web, path: str, text: str = PAGE) -> str:
    web.holds[path] = "text/html", text
    return web.at(path)


async def test_a_page_is_previewed_watched_and_read_like_a_feed(desk: Desk, reader: Person, web: Web) -> None:
    address = put(web, "/office")
    assert "I can watch the page itself: /watch" in words(await reader.say(f"/subscribe {address}"))
    preview = await reader.say(f"/watch {address}")
    assert words(preview).split("\n")[:4] == [
        f"This is what I would watch at 127.0.0.1:{web.port}/office:",
        "",
        "• The tug has left <for good>",
        "• Two barges brought salt",
    ]
    other = await reader.tap(preview, "Another list")
    assert "• Harbour day for children" in words(other)
    again = await reader.tap(other, "Another list")
    assert words(again) == words(preview)
    said = await reader.tap(again, "Watch this")
    assert words(said).startswith("You now follow feed Harbour office.")

    await until(desk.storage.articles.count, 4)
    web.holds["/office"] = (
        "text/html",
        PAGE.replace("Fees stay as they are now", "Fees go up").replace('href="fees"', 'href="up"'),
    )
    desk.clock.tick(hours=1)  # type: ignore[attr-defined]
    await until(desk.storage.articles.count, 5)
    assert "Fees go up" in words(await reader.say("/digest"))
    await reader.say(f"/unsubscribe {address}")


async def test_exactly_what_a_selector_says_is_watched(desk: Desk, reader: Person, web: Web) -> None:
    address = put(web, "/office")
    preview = await reader.say(f"/watch {address} ul.events > li")
    assert list(buttons(preview)) == ["Watch this"]
    assert "Found by ul.events > li" in words(preview)
    await reader.tap(preview, "Watch this")
    await until(desk.storage.articles.count, 3)
    [feed] = await desk.storage.feeds.all()
    assert (feed.url, feed.is_shared) == (f"{address}#watch=ul.events%20%3E%20li", False)


async def test_what_cannot_be_watched_is_said_in_a_sentence(desk: Desk, reader: Person, web: Web) -> None:
    address, feed = put(web, "/office"), web.put_feed("/wire", "The Wire", "Ferry runs aground")
    plain = put(web, "/plain", "<!doctype html><html><body><p>Nothing here.</p></body></html>")
    said = {
        "": "Which page would you like to watch?",
        "gardening": "Which page would you like to watch?",
        feed: "has a feed, so there is no need to watch the page.",
        plain: "I see no list of news at",
        f"{address} ul[": "This is not a selector that I understand.",
        f"{address} .missing": "The page does not show what is watched on it.",
        web.at("/gone"): "There is nothing at this address any more.",
        "http://127.0.0.1:1/x a": "This address leads to a private network",
    }
    for asked, sentence in said.items():
        assert sentence in words(await reader.say(f"/watch {asked}")), asked
    assert await desk.storage.feeds.all() == []


@pytest.mark.parametrize("data", ["watched:0123456789abcdef", "watched:", "watch:99999", "watched:../x"])
async def test_a_forged_press_watches_nothing(desk: Desk, reader: Person, web: Web, data: str) -> None:
    preview = await reader.say(f"/watch {put(web, '/office')}")
    await reader.press(preview, data)
    await reader.press(await reader.say("/help"), data)
    assert await desk.storage.feeds.all() == []


async def test_a_page_that_changed_its_looks_is_said_to_bring_nothing(desk: Desk, reader: Person, web: Web) -> None:
    preview = await reader.say(f"/watch {put(web, '/office')} .news a")
    await reader.tap(preview, "Watch this")
    await until(desk.storage.articles.count, 4)
    put(web, "/office", "<html><body><p>All new.</p></body></html>")
    desk.clock.tick(hours=1)  # type: ignore[attr-defined]

    async def problem() -> bool:
        return any("watched" in (feed.problem or "") for feed in await desk.storage.feeds.all())

    await until(problem, True)
    said = words(await reader.say("/subscriptions"))
    assert "not readable since today, 20:30. The page does not show what is watched on it." in said
    assert "The next try is today, 21:00." in said
